//! Who may do what: total functions over principal, role, action and owner.

use crate::owner::Owner;
use crate::principal::{Principal, Role};
use crate::record::KeyType;
use crate::settings::Scopes;
use crate::verify::OnBehalfOf;

/// The scopes that Keyward itself requires.
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

/// What somebody wants to do. Verification is not among them: see [`may_verify`].
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

    /// What a key has to hold to do this: a scope, or nothing; or that no key may ever do it.
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
pub enum Access {
    /// Yes.
    Granted,
    /// No, though the principal sees the owner.
    Forbidden,
    /// No: the key does not hold this scope.
    MissingScope(&'static str),
    /// No, and for the principal the owner does not exist.
    NotVisible,
    /// No: the id that was chosen belongs to an organization that the principal does not see.
    Taken,
}

/// Whether `principal` may do `action` to what belongs to `owner`. `role` is the role that the person behind the
/// principal has in the organization, if `owner` is one.
#[must_use]
pub fn authorize(principal: &Principal, role: Option<Role>, action: Action, owner: &Owner) -> Access {
    let personal = match principal {
        Principal::Root => return Access::Granted,
        Principal::User { id, .. } => {
            return match owner {
                Owner::User(user) if user == id => Access::Granted,
                Owner::User(_) => Access::NotVisible,
                // A program creates no organization, so without a role it must not learn that one exists.
                Owner::Organization(_)
                    if id.is_service() && (role.is_none() || action == Action::CreateOrganization) =>
                {
                    Access::NotVisible
                }
                Owner::Organization(_) => authorize_person(role, action),
            };
        }
        Principal::Key { key_type: KeyType::Publishable, owner: own, .. } => {
            return if own == owner { Access::Forbidden } else { Access::NotVisible };
        }
        Principal::Key { owner: own, .. } if own == owner => Access::Granted,
        // A personal key creates no organization, so without a role it must not learn that one exists.
        Principal::Key { owner: Owner::User(_), .. }
            if role.is_some() && matches!(owner, Owner::Organization(_)) =>
        {
            authorize_person(role, action)
        }
        Principal::Key { .. } => Access::NotVisible,
    };
    let Principal::Key { scopes, .. } = principal else { return personal };
    match (personal, action.key_needs()) {
        (Access::NotVisible, _) => Access::NotVisible,
        (_, Needs::APerson) => Access::Forbidden,
        (Access::Granted, Needs::Scope(scope)) if !scopes.hold(scope) => Access::MissingScope(scope),
        (personal, _) => personal,
    }
}

fn authorize_person(role: Option<Role>, action: Action) -> Access {
    match role {
        None if action == Action::CreateOrganization => Access::Granted,
        None => Access::NotVisible,
        Some(role) if role >= action.role_needed() => Access::Granted,
        Some(_) => Access::Forbidden,
    }
}

/// Whether `principal` may create the organization `owner`, or rename it if it `exists`.
#[must_use]
pub fn authorize_put(principal: &Principal, role: Option<Role>, exists: bool, owner: &Owner) -> Access {
    let to = |action| authorize(principal, role, action, owner);
    match (exists, principal) {
        (false, _) => to(Action::CreateOrganization),
        // Whoever may choose ids learns which are taken: a 404 would hide nothing.
        (true, Principal::User { .. })
            if may_create_organizations(principal) && to(Action::ReadOrganization) == Access::NotVisible =>
        {
            Access::Taken
        }
        (true, _) => to(Action::RenameOrganization),
    }
}

/// Whether `principal` may choose who owns an organization that it creates; anybody else owns it themselves.
#[must_use]
pub fn may_name_owner(principal: &Principal) -> bool {
    *principal == Principal::Root
}

/// Whether `principal` may create organizations: neither a key nor another program ever does.
#[must_use]
pub fn may_create_organizations(principal: &Principal) -> bool {
    match principal {
        Principal::Root => true,
        Principal::User { id, .. } => !id.is_service(),
        Principal::Key { .. } => false,
    }
}

/// Whether `principal` may grant these scopes: a key never grants what it does not hold, and a publishable one
/// grants nothing at all.
#[must_use]
pub fn may_grant(principal: &Principal, scopes: &Scopes) -> bool {
    match principal {
        Principal::Root | Principal::User { .. } => true,
        Principal::Key { key_type: KeyType::Publishable, .. } => false,
        Principal::Key { scopes: held, .. } => held.hold_all(scopes),
    }
}

/// Whether `principal` may verify keys, and on whose behalf.
///
/// # Errors
/// The [`Access`] with which it is refused.
pub fn may_verify(principal: &Principal) -> Result<OnBehalfOf, Access> {
    match principal {
        Principal::Root => Ok(OnBehalfOf::Root),
        Principal::Key { key_type: KeyType::Secret, owner: Owner::Organization(id), scopes, .. } => {
            if scopes.hold(scope::KEYS_VERIFY) {
                Ok(OnBehalfOf::Organization(id.clone()))
            } else {
                Err(Access::MissingScope(scope::KEYS_VERIFY))
            }
        }
        Principal::User { .. } | Principal::Key { .. } => Err(Access::Forbidden),
    }
}

/// What it takes to turn a membership of role `before` into one of role `after`; `None` means no membership.
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

/// What it takes to read a membership. To read one's own it takes no more than to see the organization.
#[must_use]
pub fn action_to_read_member(oneself: bool) -> Action {
    if oneself { Action::ReadOrganization } else { Action::ReadMembers }
}
