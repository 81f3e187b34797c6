//! Who may do what: total functions over principal, role, action and owner.

use crate::owner::{Owner, OwnerId};
use crate::principal::{Principal, Role};
use crate::record::KeyType;
use crate::settings::Scopes;

/// The scopes that Keyward itself requires.
pub mod scope {
    /// Read the owner's keys; of a personal key, its user's sessions too.
    pub const KEYS_READ: &str = "keys:read";
    /// Create, change, revoke, roll and delete the owner's keys; of a personal key, end its user's sessions too.
    pub const KEYS_WRITE: &str = "keys:write";
    /// Verify keys on behalf of the organization.
    pub const KEYS_VERIFY: &str = "keys:verify";
    /// Read the organization's members.
    pub const MEMBERS_READ: &str = "members:read";
    /// Read the owner's audit trail.
    pub const EVENTS_READ: &str = "events:read";
    /// Read every organization and its members, and who is signed in: of use to operator keys only.
    pub const ORGANIZATIONS_READ: &str = "organizations:read";
    /// Create, change and delete organizations, change their members, delete users, and sign people out: of use to operator
    /// keys only.
    pub const ORGANIZATIONS_WRITE: &str = "organizations:write";
}

/// What somebody wants to do. Verification is not among them: see [`crate::verifier`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Create an organization.
    CreateOrganization,
    /// Read an organization's name.
    ReadOrganization,
    /// Rename an organization, or change its settings.
    RenameOrganization,
    /// Read an organization's members.
    ReadMembers,
    /// Add, change or remove a member, none of them an owner before or after.
    ChangeMembers,
    /// Make or unmake an owner.
    ChangeOwners,
    /// Delete the owner, with all that belongs to it.
    Delete,
    /// Leave the organization.
    Leave,
    /// Read which organizations a user belongs to.
    ReadOrganizations,
    /// Read keys.
    ReadKeys,
    /// Create, change, revoke, roll and delete keys.
    WriteKeys,
    /// Import keys that another system has issued.
    ImportKeys,
    /// Read everything that there is of the organization, digests and salts included, to move it elsewhere.
    Export,
    /// Read the audit trail.
    ReadEvents,
    /// Read who is signed in.
    ReadSessions,
    /// Sign somebody out.
    EndSessions,
}

impl Action {
    /// Every action.
    pub const ALL: [Self; 16] = [
        Self::CreateOrganization,
        Self::ReadOrganization,
        Self::RenameOrganization,
        Self::ReadMembers,
        Self::ChangeMembers,
        Self::ChangeOwners,
        Self::Delete,
        Self::Leave,
        Self::ReadOrganizations,
        Self::ReadKeys,
        Self::WriteKeys,
        Self::ImportKeys,
        Self::Export,
        Self::ReadEvents,
        Self::ReadSessions,
        Self::EndSessions,
    ];

    /// What a key has to hold to do this: a scope, or nothing; or that no key may ever do it.
    fn key_needs(self) -> Needs {
        match self {
            Self::ReadOrganization | Self::ReadOrganizations => Needs::Nothing,
            Self::ReadMembers => Needs::Scope(scope::MEMBERS_READ),
            // A session that was started with a personal key calls as that key.
            Self::ReadKeys | Self::ReadSessions => Needs::Scope(scope::KEYS_READ),
            Self::WriteKeys | Self::ImportKeys | Self::EndSessions => Needs::Scope(scope::KEYS_WRITE),
            Self::ReadEvents => Needs::Scope(scope::EVENTS_READ),
            Self::CreateOrganization
            | Self::RenameOrganization
            | Self::ChangeMembers
            | Self::ChangeOwners
            | Self::Delete
            | Self::Export
            | Self::Leave => Needs::APerson,
        }
    }

    /// What an operator key has to hold to do this. Only a person can leave.
    fn operator_key_needs(self, owner: &Owner) -> Option<&'static str> {
        match self {
            // The operator's sessions may do everything, so they are the concern of keys that may do everything.
            Self::ReadSessions | Self::EndSessions if *owner == Owner::DEPLOYMENT => Some(Scopes::ALL),
            Self::Export => Some(Scopes::ALL),
            Self::ReadOrganization | Self::ReadOrganizations | Self::ReadMembers | Self::ReadSessions => {
                Some(scope::ORGANIZATIONS_READ)
            }
            Self::CreateOrganization
            | Self::RenameOrganization
            | Self::ChangeMembers
            | Self::ChangeOwners
            | Self::Delete
            | Self::EndSessions => Some(scope::ORGANIZATIONS_WRITE),
            Self::ReadKeys => Some(scope::KEYS_READ),
            Self::WriteKeys | Self::ImportKeys => Some(scope::KEYS_WRITE),
            Self::ReadEvents => Some(scope::EVENTS_READ),
            Self::Leave => None,
        }
    }

    /// The least role that a person needs in the organization.
    fn role_needed(self) -> Role {
        match self {
            Self::RenameOrganization | Self::ChangeMembers | Self::ImportKeys => Role::Admin,
            Self::ChangeOwners | Self::Delete | Self::Export => Role::Owner,
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
}

/// How somebody becomes a member of an organization, apart from creating it. The operator always adds members directly.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Joining {
    /// They are invited, and accept.
    #[default]
    ByInvitation,
    /// Whoever manages members adds them, without asking: for back ends that people trust with that.
    Directly,
}

impl Joining {
    /// Reads the word `by_invitation` or `directly`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "by_invitation" => Some(Self::ByInvitation),
            "directly" => Some(Self::Directly),
            _ => None,
        }
    }
}

/// Whether `principal`, who may change members, may also add somebody who has not accepted.
#[must_use]
pub fn may_add_directly(principal: &Principal, joining: Joining) -> bool {
    joining == Joining::Directly || is_operator(principal)
}

/// Whether `principal` may put back what was exported: the operator alone, since what is put back says who has made it, and
/// when.
#[must_use]
pub fn authorize_restoration(principal: &Principal, owner: &Owner) -> Access {
    if is_operator(principal) { authorize(principal, None, Action::Export, owner) } else { Access::Forbidden }
}

/// Whether `principal` may do `action` to what belongs to `owner`. `role` is the role that the person behind the
/// principal has in the organization, if `owner` is one.
#[must_use]
pub fn authorize(principal: &Principal, role: Option<Role>, action: Action, owner: &Owner) -> Access {
    let personal = match principal {
        Principal::Root { .. } => return Access::Granted,
        Principal::User { id, .. } => {
            return match owner {
                Owner::User(user) if user == id => Access::Granted,
                Owner::User(_) | Owner::Deployment(()) => Access::NotVisible,
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
        Principal::Key { owner: Owner::Deployment(()), scopes, .. } => {
            return match action.operator_key_needs(owner) {
                Some(scope) if scopes.hold(scope) => Access::Granted,
                Some(scope) => Access::MissingScope(scope),
                None => Access::Forbidden,
            };
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

/// Whether `principal` may create organizations: people may, and the operator. No other key stands for somebody who could
/// own one.
#[must_use]
pub fn authorize_creation(principal: &Principal) -> Access {
    match principal {
        Principal::User { id, .. } if !id.is_service() => Access::Granted,
        _ if is_operator(principal) => {
            authorize(principal, None, Action::CreateOrganization, &Owner::DEPLOYMENT)
        }
        _ => Access::Forbidden,
    }
}

/// Whether `principal` may list every organization: the operator alone.
#[must_use]
pub fn authorize_directory(principal: &Principal) -> Access {
    authorize(principal, None, Action::ReadOrganizations, &Owner::DEPLOYMENT)
}

/// Whether `principal` may delete the user `owner`: the operator alone, since people's accounts are the application's.
#[must_use]
pub fn authorize_user_deletion(principal: &Principal, owner: &Owner) -> Access {
    match authorize(principal, None, Action::Delete, owner) {
        Access::Granted if !is_operator(principal) => Access::Forbidden,
        access => access,
    }
}

/// Whether `principal` may change their own membership. A role that only their credential asserts counts for what they see,
/// but not here: it would become a stored one, which outlives the credential.
#[must_use]
pub fn authorize_own_change(
    principal: &Principal,
    stored: Option<Role>,
    role: Option<Role>,
    action: Action,
    owner: &Owner,
) -> Access {
    let access = authorize(principal, role, action, owner);
    let by_stored = authorize(principal, stored, action, owner);
    if access == Access::Granted && by_stored != Access::Granted { Access::Forbidden } else { access }
}

/// What somebody may do with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Accept it: only whoever is invited.
    Accept,
    /// Decline it, if one is invited, or else withdraw it.
    Delete,
}

/// Whether `principal` may answer the invitation of `user` to the organization `owner`, as `invited` if there is one. People
/// answer their own; who else sees the organization does not accept for them.
#[must_use]
pub fn authorize_answer(
    principal: &Principal,
    role: Option<Role>,
    answer: Answer,
    user: &OwnerId,
    invited: Option<Role>,
    owner: &Owner,
) -> Access {
    if matches!(principal, Principal::User { id, .. } if id == user) {
        if invited.is_some() {
            return Access::Granted;
        }
        return authorize(principal, role, Action::ReadOrganization, owner);
    }
    let access = authorize(principal, role, action_to_change_member(None, invited, false), owner);
    if access != Access::NotVisible && answer == Answer::Accept { Access::Forbidden } else { access }
}

/// Whether `principal` may choose who owns an organization that it creates; anybody else owns it themselves.
#[must_use]
pub fn may_name_owner(principal: &Principal) -> bool {
    is_operator(principal)
}

/// Whether the operator calls, with a root key or an operator key. What an operator key may do depends on its scopes.
#[must_use]
pub fn is_operator(principal: &Principal) -> bool {
    matches!(principal, Principal::Root { .. } | Principal::Key { owner: Owner::Deployment(()), .. })
}

/// Whether `principal` may grant these scopes: a key never grants what it does not hold, and a publishable one
/// grants nothing at all.
#[must_use]
pub fn may_grant(principal: &Principal, scopes: &Scopes) -> bool {
    match principal {
        Principal::Root { .. } | Principal::User { .. } => true,
        Principal::Key { key_type: KeyType::Publishable, .. } => false,
        Principal::Key { scopes: held, .. } => held.hold_all(scopes),
    }
}

/// Whether `principal` may see who has created, changed and revoked a key, and what people wrote about it. What a
/// publishable key is told is for everybody, as the key itself is.
#[must_use]
pub fn sees_more_than_everybody(principal: &Principal) -> bool {
    !matches!(principal, Principal::Key { key_type: KeyType::Publishable, .. })
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
