//! How organizations, members and memberships are shown.

use keyward_core::principal::Role;
use keyward_core::staleness::{Limits, OutageStaleness, Staleness};
use keyward_core::{Actor, OwnerId, Principal, Timestamp, Title, organization};
use serde::Serialize;

use crate::caller::Caller;
use crate::ledger::{directory, memberships as told};
use crate::operations::{Operation, Target};
#[cfg(feature = "schema")]
use crate::resources::PageFacts;

/// An organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Organization {
    /// Its id.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::OrganizationId"))]
    pub id: OwnerId,
    /// Its name.
    pub name: Title,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The organization's ceiling: no answer about its keys and members is older, in seconds.
    pub max_staleness_seconds: Staleness,
    /// How old an answer may be while the ledger cannot be reached, in seconds, for callers that prefer it to none; 0 for not at
    /// all.
    pub on_outage_max_seconds: OutageStaleness,
    /// The operations that the caller may carry out on it.
    pub permissions: Vec<Operation>,
}

impl Organization {
    /// An organization as the caller sees it.
    #[must_use]
    pub fn new(organization: organization::Organization, caller: &Caller) -> Self {
        let organization::Organization { id, name, created_at, created_by, updated_at, limits, .. } =
            organization;
        let Limits { max_staleness_seconds, on_outage_max_seconds } = limits;
        let permissions = Operation::permitted(caller, Target::Owner);
        Self {
            id,
            name,
            created_at,
            created_by,
            updated_at,
            max_staleness_seconds,
            on_outage_max_seconds,
            permissions,
        }
    }
}

/// A member of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Member {
    /// The user's id.
    pub user: OwnerId,
    /// The role in the organization.
    pub role: Role,
    /// When the user became a member.
    pub created_at: Timestamp,
    /// When the role was last changed.
    pub updated_at: Timestamp,
    /// The operations that the caller may carry out on this member.
    pub permissions: Vec<Operation>,
}

impl Member {
    /// A member as the caller sees it.
    #[must_use]
    pub fn new(member: organization::Member, caller: &Caller) -> Self {
        let permissions = Operation::permitted(caller, Target::Member(&member));
        let organization::Member { user, role, created_at, updated_at } = member;
        Self { user, role, created_at, updated_at, permissions }
    }
}

/// A page of the members of an organization.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct MemberList {
    /// The members on this page, by id.
    pub members: Vec<Member>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
    /// The operations that the caller may carry out on the organization.
    pub permissions: Vec<Operation>,
    /// The roles that the caller may give.
    pub assignable_roles: Vec<Role>,
}

/// An organization that somebody belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Membership {
    /// The organization's id.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::OrganizationId"))]
    pub id: OwnerId,
    /// The organization's name, if it is known.
    pub name: Option<Title>,
    /// The role in it; null if an organization's key describes itself.
    pub role: Option<Role>,
}

/// A page of the organizations that a user belongs to.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct UserOrganizationList {
    /// The organizations on this page, by id.
    pub organizations: Vec<Membership>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
    /// The operations that the caller may carry out on the user's account.
    pub permissions: Vec<Operation>,
}

/// The memberships of `user`, which are stored in the order of their organizations, with those that the user's own credential
/// asserts.
#[must_use]
pub fn memberships(stored: Vec<told::Membership>, principal: &Principal, user: &OwnerId) -> Vec<Membership> {
    let stored = stored.into_iter();
    let mut all: Vec<Membership> = stored
        .filter(|told| told.role.is_some())
        .map(|told::Membership { organization, name, role, .. }| Membership { id: organization, name, role })
        .collect();
    let Principal::User { id, asserted } = principal else { return all };
    for membership in asserted.iter().filter(|_| id == user) {
        let organization = &membership.organization;
        let place = all.partition_point(|known| known.id < *organization);
        if let Some(known) = all.get_mut(place).filter(|known| known.id == *organization) {
            known.role = principal.role_in(organization, known.role);
        } else {
            let role = Some(membership.role);
            all.insert(place, Membership { id: organization.clone(), name: None, role });
        }
    }
    all
}

/// An organization as the operator lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ListedOrganization {
    /// Its id.
    pub id: OwnerId,
    /// Its name.
    pub name: Title,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
}

impl From<directory::DirectoryEntry> for ListedOrganization {
    fn from(entry: directory::DirectoryEntry) -> Self {
        let directory::DirectoryEntry { id, name, created_at, created_by, .. } = entry;
        Self { id, name, created_at, created_by }
    }
}

/// A page of the organizations of the deployment.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct OrganizationList {
    /// The organizations on this page, by id.
    pub organizations: Vec<ListedOrganization>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
    /// The operations that the caller may carry out on the deployment.
    pub permissions: Vec<Operation>,
}
