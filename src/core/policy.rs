//! Who may do what: total functions over principal, role, action and owner.

use serde::Serialize;
use serde_json::Value;

use crate::actor::Actor;
use crate::fields::Scopes;
use crate::id::KeyId;
use crate::owner::{Owner, OwnerId};
use crate::record::KeyType;
use crate::stored::{Fields, Stored, alternative};

/// The scopes that Keyward itself asks for.
pub mod scope {
    /// Read the owner's keys.
    pub const KEYS_READ: &str = "keys:read";
    /// Create, change, revoke, roll and delete the owner's keys.
    pub const KEYS_WRITE: &str = "keys:write";
    /// Verify keys on behalf of the organization.
    pub const KEYS_VERIFY: &str = "keys:verify";
    /// Read the organization's members.
    pub const MEMBERS_READ: &str = "members:read";
    /// Read the owner's audit trail.
    pub const EVENTS_READ: &str = "events:read";
}

/// What a member may do to an organization. A later role may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages the organization's keys.
    Member,
    /// Also renames the organization and manages members and admins.
    Admin,
    /// Also makes and unmakes owners.
    Owner,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    /// `member`, `admin` or `owner`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Reads a role's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A membership that the identity provider vouches for, beside the stored ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Which organization.
    pub organization: OwnerId,
    /// As what.
    pub role: Role,
}

impl Stored for Claim {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        Some(Self { organization: fields.take("organization")?, role: fields.take("role")? })
    }
}

/// Who is asking, once the credential has been proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Principal {
    /// The operator.
    Root,
    /// A person.
    User {
        /// Which person.
        id: OwnerId,
        /// Memberships that came with the credential.
        claims: Vec<Claim>,
    },
    /// A key, which has been found valid.
    Key {
        /// Which key.
        id: KeyId,
        /// Secret or publishable.
        key_type: KeyType,
        /// Whose key.
        owner: Owner,
        /// What it may do.
        scopes: Scopes,
    },
}

impl Stored for Principal {
    fn read(value: Value) -> Option<Self> {
        let (name, content) = alternative(value)?;
        if name == "Root" {
            return Some(Self::Root);
        }
        let mut fields = Fields::of(content)?;
        match name.as_str() {
            "User" => Some(Self::User { id: fields.take("id")?, claims: fields.take("claims")? }),
            "Key" => Some(Self::Key {
                id: fields.take("id")?,
                key_type: fields.take("key_type")?,
                owner: fields.take("owner")?,
                scopes: fields.take("scopes")?,
            }),
            _ => None,
        }
    }
}

impl Principal {
    /// The principal as it is recorded.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Root => Actor::Root,
            Self::User { id, .. } => Actor::User(id.clone()),
            Self::Key { id, .. } => Actor::Key(id.clone()),
        }
    }

    /// The person behind the principal: whose memberships count.
    #[must_use]
    pub fn user(&self) -> Option<&OwnerId> {
        match self {
            Self::User { id, .. } | Self::Key { owner: Owner::User(id), .. } => Some(id),
            Self::Root | Self::Key { .. } => None,
        }
    }

    /// The role that the credential itself vouches for.
    #[must_use]
    pub fn claimed_role(&self, organization: &OwnerId) -> Option<Role> {
        let Self::User { claims, .. } = self else { return None };
        claims.iter().filter(|claim| claim.organization == *organization).map(|claim| claim.role).max()
    }

    /// Whether the principal may hand out these scopes: a key never grants what it does not hold, and a
    /// publishable one grants nothing at all.
    #[must_use]
    pub fn may_grant(&self, scopes: &Scopes) -> bool {
        match self {
            Self::Root | Self::User { .. } => true,
            Self::Key { key_type: KeyType::Publishable, .. } => false,
            Self::Key { scopes: held, .. } => held.hold_all(scopes),
        }
    }
}

/// What is asked for. Verification is not among them: see [`may_verify`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Create an organization.
    CreateOrganization,
    /// Read an organization's name.
    ReadOrganization,
    /// Rename an organization.
    RenameOrganization,
    /// Read an organization's members.
    ReadMembers,
    /// Add, change or remove a member, none of them an owner before or after.
    ChangeMembers,
    /// Make or unmake an owner.
    ChangeOwners,
    /// Leave the organization.
    Leave,
    /// Read which organizations a user belongs to.
    ReadOrganizations,
    /// Read keys.
    ReadKeys,
    /// Create, change, revoke, roll and delete keys.
    WriteKeys,
    /// Read the audit trail.
    ReadEvents,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 11] = [
        Self::CreateOrganization,
        Self::ReadOrganization,
        Self::RenameOrganization,
        Self::ReadMembers,
        Self::ChangeMembers,
        Self::ChangeOwners,
        Self::Leave,
        Self::ReadOrganizations,
        Self::ReadKeys,
        Self::WriteKeys,
        Self::ReadEvents,
    ];

    /// What a key has to hold to do this: a scope, nothing, or no key ever may.
    fn key_needs(self) -> Needs {
        match self {
            Self::ReadOrganization | Self::ReadOrganizations => Needs::Nothing,
            Self::ReadMembers => Needs::Scope(scope::MEMBERS_READ),
            Self::ReadKeys => Needs::Scope(scope::KEYS_READ),
            Self::WriteKeys => Needs::Scope(scope::KEYS_WRITE),
            Self::ReadEvents => Needs::Scope(scope::EVENTS_READ),
            Self::CreateOrganization
            | Self::RenameOrganization
            | Self::ChangeMembers
            | Self::ChangeOwners
            | Self::Leave => Needs::APerson,
        }
    }

    /// The least role that a person needs in the organization.
    fn role_needed(self) -> Role {
        match self {
            Self::RenameOrganization | Self::ChangeMembers => Role::Admin,
            Self::ChangeOwners => Role::Owner,
            _ => Role::Member,
        }
    }
}

enum Needs {
    Nothing,
    Scope(&'static str),
    APerson,
}

/// Whether something may be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Yes.
    Granted,
    /// No, though the principal sees the owner.
    Forbidden,
    /// No, for want of this scope.
    LacksScope(&'static str),
    /// No, and for the principal the owner does not exist.
    Invisible,
}

/// Whether `principal` may do `action` to what belongs to `owner`. `role` is the role that the person behind the
/// principal has in the organization, if `owner` is one.
#[must_use]
pub fn permit(principal: &Principal, role: Option<Role>, action: Action, owner: &Owner) -> Permission {
    let personal = match principal {
        Principal::Root => return Permission::Granted,
        Principal::User { id, .. } => {
            return match owner {
                Owner::User(user) if user == id => Permission::Granted,
                Owner::User(_) => Permission::Invisible,
                Owner::Organization(_) => permit_person(role, action),
            };
        }
        Principal::Key { key_type: KeyType::Publishable, owner: own, .. } => {
            return if own == owner { Permission::Forbidden } else { Permission::Invisible };
        }
        Principal::Key { owner: own, .. } if own == owner => Permission::Granted,
        // A key creates nothing that its user does not belong to yet, so without a role it sees nothing.
        Principal::Key { owner: Owner::User(_), .. }
            if role.is_some() && matches!(owner, Owner::Organization(_)) =>
        {
            permit_person(role, action)
        }
        Principal::Key { .. } => Permission::Invisible,
    };
    let Principal::Key { scopes, .. } = principal else { return personal };
    match (personal, action.key_needs()) {
        (Permission::Invisible, _) => Permission::Invisible,
        (_, Needs::APerson) => Permission::Forbidden,
        (Permission::Granted, Needs::Scope(scope)) if !scopes.hold(scope) => Permission::LacksScope(scope),
        (personal, _) => personal,
    }
}

fn permit_person(role: Option<Role>, action: Action) -> Permission {
    match role {
        None if action == Action::CreateOrganization => Permission::Granted,
        None => Permission::Invisible,
        Some(role) if role >= action.role_needed() => Permission::Granted,
        Some(_) => Permission::Forbidden,
    }
}

/// Whether `principal` may verify keys, and on whose behalf.
///
/// # Errors
/// The [`Permission`] that stands against it.
pub fn may_verify(principal: &Principal) -> Result<crate::verify::Asker, Permission> {
    use crate::verify::Asker;
    match principal {
        Principal::Root => Ok(Asker::Root),
        Principal::Key { key_type: KeyType::Secret, owner: Owner::Organization(id), scopes, .. } => {
            if scopes.hold(scope::KEYS_VERIFY) {
                Ok(Asker::Organization(id.clone()))
            } else {
                Err(Permission::LacksScope(scope::KEYS_VERIFY))
            }
        }
        Principal::User { .. } | Principal::Key { .. } => Err(Permission::Forbidden),
    }
}

/// What it takes to turn a membership of role `before` into one of role `after`; `None` is no membership.
#[must_use]
pub fn action_to_change_member(before: Option<Role>, after: Option<Role>, oneself: bool) -> Action {
    if oneself && after.is_none() {
        Action::Leave
    } else if before == Some(Role::Owner) || after == Some(Role::Owner) {
        Action::ChangeOwners
    } else {
        Action::ChangeMembers
    }
}

/// Whether an organization of `owners` owners keeps one when a membership of role `before` becomes `after`.
#[must_use]
pub fn keeps_an_owner(owners: usize, before: Option<Role>, after: Option<Role>) -> bool {
    before != Some(Role::Owner) || after == Some(Role::Owner) || owners > 1
}
