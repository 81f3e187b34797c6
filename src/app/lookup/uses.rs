//! That keys were used, or refused, as their ledgers are told from time to time.

use keyward_core::{KeyRecord, Status, Timestamp};

use crate::App;
use crate::ledger::queries::KeyUse;
use crate::ports::Ports;

impl<P: Ports> App<'_, P> {
    /// What to tell the ledger about a use of a key now; `None` if this isolate has done so lately.
    pub(crate) fn use_of(&self, record: &KeyRecord) -> Option<KeyUse> {
        let now = self.ports.now();
        let is_due = self.memory.borrow_mut().should_record_use(&record.id, record.last_used_at, now);
        is_due.then(|| KeyUse { owner: record.owner.clone(), key: record.id.clone(), at: now, refused: 0 })
    }

    /// Counts that a key was refused, if it was because it is revoked. Its ledger is told from time to time.
    pub(crate) fn count_refusal(&self, record: &KeyRecord, as_of: Timestamp) {
        if record.status(as_of) != Status::Revoked {
            return;
        }
        let now = self.ports.now();
        if let Some(refused) = self.memory.borrow_mut().count_refusal(&record.id, now) {
            let (owner, key) = (record.owner.clone(), record.id.clone());
            self.uses.borrow_mut().push(KeyUse { owner, key, at: now, refused });
        }
    }
}
