//! Tells a principal who it is.

use keyward_core::{Owner, Principal};

use super::{App, unexpected_reply};
use crate::ledger::call::{Call, Membership, Reply};
use crate::ledger::with_claims;
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> App<'_, P> {
    /// The organizations that a principal reaches: a person's and a personal key's are those of the person, an
    /// organization's key has one and no role in it. The operator reaches all, and no list of them exists.
    ///
    /// # Errors
    /// `server.unavailable`.
    pub async fn memberships_of(&self, principal: &Principal) -> Result<Vec<Membership>, Problem> {
        if let Some(user) = principal.user() {
            let ledger = Owner::User(user.clone()).ledger();
            return match self.ask(ledger, &Call::FindMemberships(user.clone())).await? {
                Reply::Memberships(stored) => Ok(with_claims(stored, principal, user)),
                _ => Err(unexpected_reply()),
            };
        }
        let Principal::Key { owner: Owner::Organization(id), .. } = principal else { return Ok(Vec::new()) };
        let ledger = Owner::Organization(id.clone()).ledger();
        match self.ask(ledger, &Call::FindName(id.clone())).await? {
            Reply::Name(name) => Ok(vec![Membership {
                version: 0,
                organization: id.clone(),
                name,
                user: id.clone(),
                role: None,
            }]),
            _ => Err(unexpected_reply()),
        }
    }
}
