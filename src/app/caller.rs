//! Callers: principals that want something of an owner.

use keyward_core::policy::{Access, Action, authorize};
use keyward_core::{Actor, Owner, OwnerId, Principal, Role};

use crate::problem::{Problem, require};

/// A principal that wants something of an owner's resources.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Who calls.
    pub principal: Principal,
    /// Whose resources.
    pub owner: Owner,
    /// The role of the person behind the principal, if the owner is an organization.
    pub role: Option<Role>,
}

impl Caller {
    /// Whether the caller may do this, and if not, why.
    #[must_use]
    pub fn access(&self, action: Action) -> Access {
        authorize(&self.principal, self.role, action, &self.owner)
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

    /// Whether the caller is this user, or a key of this user.
    #[must_use]
    pub fn is(&self, user: &OwnerId) -> bool {
        self.principal.user() == Some(user)
    }
}
