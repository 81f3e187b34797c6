//! Tells a principal who it is.

use keyward_core::policy::Principal;
use keyward_core::{ErrorCode, Owner};

use super::App;
use crate::ledger::call::Membership;
use crate::ledger::{Call, Command, Reply};
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> App<'_, P> {
    /// The organizations that a principal reaches: a person's and a personal key's are those of the person, an
    /// organization's key has one and no role in it. The operator reaches all, and no list of them exists.
    ///
    /// # Errors
    /// `server.unavailable`.
    pub async fn organizations_of(&self, principal: &Principal) -> Result<Vec<Membership>, Problem> {
        if let Some(user) = principal.user() {
            let owner = Owner::User(user.clone());
            return match self.manage(principal, owner, Command::ListOrganizations).await? {
                Reply::Organizations { memberships } => Ok(memberships),
                _ => Err(ErrorCode::ServerInternal.into()),
            };
        }
        let Principal::Key { owner: Owner::Organization(id), .. } = principal else { return Ok(Vec::new()) };
        let ledger = Owner::Organization(id.clone()).ledger();
        match self.ask(ledger, &Call::FindOrganization { organization: id.clone() }).await? {
            Reply::Organization { organization, .. } => Ok(vec![Membership {
                version: 0,
                organization: organization.id,
                name: Some(organization.name),
                user: id.clone(),
                role: None,
            }]),
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }
}
