//! The ledger as an object that outlives a request: it carries requests out, and delivers what is in its outbox.

use std::cell::{Cell, RefCell};

use keyward_core::Timestamp;

use super::clock::LedgerClock;
use super::outbox::{Lane, alarm_for, confirm_at, is_under_way, next_try};
use super::sql::{Sql, StorageError};
use super::store::Store;
use super::{Ledger, LedgerRequest};
use crate::Config;
use crate::ports::{Clock, KvWriter, Ledgers, Randomness};

/// How many deliveries are read from the outbox at a time.
const ROUND: u32 = 32;
/// After how many seconds the alarm rings again if the outbox cannot be read.
const STORAGE_PAUSE_SECONDS: u32 = 60;

/// A ledger with its store, its clock and its outbox.
#[derive(Debug)]
pub struct LedgerObject<S, P> {
    sql: S,
    ports: P,
    store: RefCell<Option<Store<S>>>,
    clock: RefCell<LedgerClock>,
    /// Since when a delivery of each lane is under way: two at once could land in the wrong order.
    delivering_since: [Cell<Option<Timestamp>>; 2],
}

/// A ledger's answer.
#[derive(Debug)]
pub struct Answered {
    /// The answer, as JSON.
    pub answer: String,
    /// When the alarm has to ring, if anything was committed that has to be delivered.
    pub alarm: Option<Timestamp>,
}

impl<S: Sql + Clone, P: Clock + KvWriter + Ledgers + Randomness> LedgerObject<S, P> {
    /// A ledger over this database.
    pub fn new(sql: S, ports: P) -> Self {
        Self {
            sql,
            ports,
            store: RefCell::default(),
            clock: RefCell::default(),
            delivering_since: Default::default(),
        }
    }

    /// Carries a request out. Nothing is awaited in here: rows, events, outbox and the alarm that the caller sets are
    /// one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when the store cannot be opened; nothing has then changed.
    pub fn handle(&self, config: &Config, request: LedgerRequest) -> Result<Answered, StorageError> {
        self.with_store(|store| {
            let (committed, wall) = (store.clock(), self.ports.now());
            let now = self.clock.borrow_mut().tick(wall, committed);
            let mut entropy = self.ports.entropy();
            let answer = request.answer(&mut Ledger { store, config, entropy: &mut entropy, now, wall });
            // What only reads writes nothing, and needs no alarm: one for what is pending has been set before.
            let has_changed = store.clock() > committed;
            let alarm = if has_changed {
                // What was committed has succeeded, even if the outbox cannot be read now.
                store.next_alarm(wall).unwrap_or_else(|StorageError| Some(alarm_for(wall, wall)))
            } else {
                None
            };
            Ok(Answered { answer, alarm })
        })
    }

    /// When the alarm has to ring next, after it has rung.
    pub fn next_alarm(&self) -> Option<Timestamp> {
        let now = self.ports.now();
        let next = self.with_store(|store| {
            store.forget_landed(now)?;
            store.next_alarm(now)
        });
        match next {
            // At most one round a second, however many deliveries have to be tried again.
            Ok(next) => next.map(|next| next.max(now.plus_seconds(1))),
            // The platform gives up after six alarms that fail in a row, so none does.
            Err(StorageError) => Some(now.plus_seconds(STORAGE_PAUSE_SECONDS)),
        }
    }

    /// Makes the deliveries of a lane that are due, one after the other. What fails is left for the alarm.
    pub async fn deliver(&self, lane: Lane) {
        let [kv, ledgers] = &self.delivering_since;
        let since = if lane == Lane::Kv { kv } else { ledgers };
        if is_under_way(since.get(), self.ports.now()) {
            return;
        }
        while let Ok(round) = self.with_store(|store| store.due(lane, self.ports.now(), ROUND)) {
            if round.is_empty() {
                break;
            }
            for due in round {
                since.set(Some(self.ports.now()));
                let landed = due.delivery.deliver(&self.ports).await;
                let now = self.ports.now();
                let recorded = self.with_store(|store| {
                    if landed.is_ok() {
                        let is_unsettled = due.delivery.is_unsettled(&self.ports);
                        let confirm = confirm_at(now, due.attempts, is_unsettled);
                        store.record_landed(&due, now, confirm.filter(|_| due.delivery.last_one_counts()))
                    } else {
                        log::error!(target: "outbox", "a delivery has failed; it will be tried again");
                        store.record_failed(&due, now, next_try(now, due.attempts + 1))
                    }
                });
                if recorded.is_err() {
                    since.set(None);
                    return;
                }
            }
        }
        since.set(None);
    }

    fn with_store<T>(
        &self,
        act: impl FnOnce(&mut Store<S>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut slot = self.store.borrow_mut();
        let store = match slot.take() {
            Some(store) => store,
            None => Store::open(self.sql.clone())?,
        };
        act(slot.insert(store))
    }
}
