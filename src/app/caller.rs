//! Callers: principals that want something of an owner.

use keyward_core::policy::{Access, Action, Joining, authorize, authorize_own_change, may_add_directly};
use keyward_core::{Actor, Owner, OwnerId, Principal, Role};

use crate::operations::{Operation, Target};
use crate::problem::{Problem, require};

/// A principal that wants something of an owner's resources.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who calls.
    pub principal: Principal,
    /// Whose resources.
    pub owner: Owner,
    /// The role of the person behind the principal, if the owner is an organization: the higher of the stored one and of what
    /// the credential asserts.
    pub role: Option<Role>,
    /// The stored one alone.
    stored_role: Option<Role>,
    /// How people become members.
    joining: Joining,
}

impl Caller {
    /// A caller. `stored_role`: what the owner's ledger knows of the person behind the principal.
    #[must_use]
    pub fn new(principal: Principal, owner: Owner, stored_role: Option<Role>, joining: Joining) -> Self {
        let role = match &owner {
            Owner::Organization(id) => principal.role_in(id, stored_role),
            Owner::User(_) | Owner::Deployment(()) => None,
        };
        Self { principal, owner, role, stored_role, joining }
    }

    /// The caller with another stored role, as after a change of the caller's own membership.
    #[must_use]
    pub fn with_role(&self, stored_role: Option<Role>) -> Self {
        Self::new(self.principal.clone(), self.owner.clone(), stored_role, self.joining)
    }

    /// What a list of the owner's is called, so that no other list takes its cursors.
    #[must_use]
    pub fn list(&self, name: &str) -> String {
        [&self.owner.to_string(), " ", name].concat()
    }

    /// What the caller may do with the owner, as lists say it with their entries.
    #[must_use]
    pub(crate) fn permissions(&self) -> (&'static str, String) {
        ("permissions", crate::json(&Operation::permitted(self, Target::Owner)))
    }

    /// Whether the caller may do this, and if not, why.
    #[must_use]
    pub fn access(&self, action: Action) -> Access {
        authorize(&self.principal, self.role, action, &self.owner)
    }

    /// Whether the caller may do this to the membership of `user`; their own is judged by their stored role.
    #[must_use]
    pub fn access_to_member(&self, action: Action, user: &OwnerId) -> Access {
        if self.is(user) {
            authorize_own_change(&self.principal, self.stored_role, self.role, action, &self.owner)
        } else {
            self.access(action)
        }
    }

    /// Whether the caller, who may change members, may also add somebody who has not accepted.
    #[must_use]
    pub fn may_add_directly(&self) -> bool {
        may_add_directly(&self.principal, self.joining)
    }

    /// Whether the caller may do this.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.access(action) == Access::Granted
    }

    /// Refuses what the caller may not do.
    ///
    /// # Errors
    /// `auth.forbidden`, `auth.insufficient_scope` or `owner.not_found`.
    pub fn require(&self, action: Action) -> Result<(), Problem> {
        require(self.access(action))
    }

    /// The caller as records name it.
    #[must_use]
    pub fn actor(&self) -> Actor {
        self.principal.actor()
    }

    /// Whether the owner is an organization.
    #[must_use]
    pub fn has_organization(&self) -> bool {
        matches!(self.owner, Owner::Organization(_))
    }

    /// Whether the owner is a user.
    #[must_use]
    pub fn has_user(&self) -> bool {
        matches!(self.owner, Owner::User(_))
    }

    /// Whether the caller is this user, or a key of this user.
    #[must_use]
    pub fn is(&self, user: &OwnerId) -> bool {
        self.principal.user() == Some(user)
    }
}
