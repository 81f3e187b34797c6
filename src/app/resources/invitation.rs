//! How invitations are shown.

use keyward_core::principal::Role;
use keyward_core::{Actor, OwnerId, Timestamp, Title, organization};
use serde::Serialize;

use crate::caller::Caller;
use crate::operations::{Operation, Target};
#[cfg(feature = "schema")]
use crate::resources::PageFacts;

/// An invitation to an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Invitation {
    /// The organization's id.
    pub organization: OwnerId,
    /// The organization's name, if it is known.
    pub organization_name: Option<Title>,
    /// Who is invited.
    pub user: OwnerId,
    /// The role that they will have.
    pub role: Role,
    /// When they were invited.
    pub created_at: Timestamp,
    /// Who invited them.
    pub created_by: Actor,
    /// From when on it can no longer be accepted.
    pub expires_at: Timestamp,
    /// The operations that the caller may carry out on it.
    pub permissions: Vec<Operation>,
}

impl Invitation {
    /// An invitation as the caller sees it.
    #[must_use]
    pub fn new(
        invitation: organization::Invitation,
        organization: OwnerId,
        organization_name: Option<Title>,
        caller: &Caller,
    ) -> Self {
        let permissions = Operation::permitted(caller, Target::Invitation(&invitation));
        let organization::Invitation { user, role, created_at, created_by, expires_at } = invitation;
        Self { organization, organization_name, user, role, created_at, created_by, expires_at, permissions }
    }
}

/// A page of pending invitations.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct InvitationList {
    /// The invitations on this page: of an organization by user, of a user by organization.
    pub invitations: Vec<Invitation>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
    /// The operations that the caller may carry out on the organization, or on the user's account.
    pub permissions: Vec<Operation>,
}
