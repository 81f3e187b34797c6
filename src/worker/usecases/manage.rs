//! Carries a command out in the ledger of the owner concerned. Who may, and what becomes of it, is decided there, in
//! one transaction.

use keyward_core::Owner;
use keyward_core::policy::Principal;

use super::App;
use crate::ledger::{Call, Command, Reply};
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> App<'_, P> {
    /// Carries out `command` on what belongs to `owner`.
    ///
    /// # Errors
    /// Whatever stands against it; nothing has then changed. After `server.unavailable` it may have.
    pub async fn manage(
        &self,
        principal: &Principal,
        owner: Owner,
        command: Command,
    ) -> Result<Reply, Problem> {
        let ledger = owner.ledger();
        self.ask(ledger, &Call::Manage { principal: principal.clone(), owner, command }).await
    }
}
