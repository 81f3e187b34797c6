//! More keys than requests would make in a reasonable time.

use keyward_core::event::Change;
use keyward_core::{Event, EventId, KeyDigest, KeyId, KeyRecord, Timestamp};

use super::World;
use crate::ledger::Transaction;
use crate::ledger::store::Store;
use crate::ports::{Clock, Randomness};

/// So many are committed at once.
const BATCH: u32 = 1000;

impl World {
    /// Commits so many keys besides the first that there is, each with an event. They are like it, but for what `change`
    /// makes of them.
    pub(crate) fn fill(&self, count: u32, change: impl Fn(u32, &mut KeyRecord)) {
        let first = self.outside.keys().remove(0);
        let ledger = self.outside.ledger(first.owner.ledger());
        let mut store = Store::open(ledger.sql.clone()).expect("tables");
        let mut entropy = self.outside.entropy();
        for start in (0..count).step_by(BATCH as usize) {
            let now = Timestamp::from_millis(store.clock().as_millis() + 1);
            let mut transaction = Transaction::new(now, self.outside.now());
            for n in start..count.min(start + BATCH) {
                let mut record = KeyRecord {
                    id: KeyId::make(now, &mut entropy).expect("an id"),
                    digest: KeyDigest::of(&format!("{} {n}", now.as_millis())),
                    created_at: now,
                    updated_at: now,
                    ..first.clone()
                };
                change(n, &mut record);
                transaction.put_key(&record);
                let refused = Change::KeyRefused { count: 1, since: now };
                let event = Event::of_key(&record, refused, &record.created_by, now);
                let id = EventId::make(now, &mut entropy).expect("an id");
                transaction.record(id, &record.owner, event.into());
            }
            store.commit(transaction).expect("room");
        }
        self.outside.set_wall(store.clock());
        self.outside.evict_ledgers();
    }
}
