//! The ledger as an object that outlives a request: it carries requests out, and delivers what is in its outbox.

use std::cell::RefCell;

use futures_util::future::select_all;
use keyward_core::{RequestContext, Timestamp};

use super::clock::LedgerClock;
use super::outbox::{Lane, alarm_for, confirm_at};
use super::queue::Due;
use super::slots::Slots;
use super::sql::{Sql, StorageError};
use super::store::Store;
use super::{Ledger, LedgerRequest};
use crate::Config;
use crate::ports::{Clock, KvWriter, Ledgers, Randomness};

/// How many deliveries are begun in one go: the platform allows a thousand. The alarm begins the others.
const TRIES_MAX: u32 = 500;
/// After how many seconds the alarm rings again if the outbox cannot be read.
const STORAGE_PAUSE_SECONDS: u32 = 60;

/// A ledger with its store, its clock and its outbox.
#[derive(Debug)]
pub struct LedgerObject<S, P> {
    sql: S,
    ports: P,
    compose: fn(&str) -> String,
    store: RefCell<Option<Store<S>>>,
    clock: RefCell<LedgerClock>,
    /// The deliveries that are under way.
    slots: RefCell<Slots>,
}

/// A ledger's answer.
#[derive(Debug)]
pub struct Answered {
    /// The answer, as JSON.
    pub answer: String,
    /// When the alarm has to ring, if anything was committed that has to be delivered.
    pub alarm: Option<Timestamp>,
}

/// When the alarm has to ring: for a delivery, or for events that will be too old.
fn alarm<S: Sql>(
    store: &Store<S>,
    events_retention_days: Option<u32>,
    now: Timestamp,
) -> Result<Option<Timestamp>, StorageError> {
    let deletion = match events_retention_days {
        Some(days) => store.next_deletion(days, now)?,
        None => None,
    };
    Ok(store.next_alarm(now)?.into_iter().chain(deletion).min())
}

impl<S: Sql + Clone, P: Clock + KvWriter + Ledgers + Randomness> LedgerObject<S, P> {
    /// A ledger over this database. `compose` is the platform's.
    pub fn new(sql: S, ports: P, compose: fn(&str) -> String) -> Self {
        let (store, clock, slots) = (RefCell::default(), RefCell::default(), RefCell::default());
        Self { sql, ports, compose, store, clock, slots }
    }

    /// Carries a request out. Nothing is awaited in here: rows, events, outbox and the alarm that the caller sets are
    /// one transaction.
    ///
    /// # Errors
    /// [`StorageError`] when the store cannot be opened; nothing has then changed.
    pub fn handle(&self, config: &Config, request: LedgerRequest) -> Result<Answered, StorageError> {
        self.with_store(|store| {
            let (committed, wall) = (store.clock(), self.ports.now());
            let (mut clock, behind) = (self.clock.borrow_mut(), store.behind());
            let now = if request.is_told() { clock.tell(wall, behind) } else { clock.tick(wall, behind) };
            let mut entropy = self.ports.entropy();
            let (context, compose) = (RequestContext::default(), self.compose);
            let mut ledger =
                Ledger { store, config, entropy: &mut entropy, now, wall, request: context, compose };
            let answer = request.answer(&mut ledger);
            // What only reads writes nothing, and needs no alarm: one for what is pending has been set before.
            let has_changed = store.clock() > committed;
            let alarm = if has_changed {
                // What was committed has succeeded, even if the outbox cannot be read now.
                alarm(store, config.events_retention_days, wall)
                    .unwrap_or_else(|_| Some(alarm_for(wall, wall)))
            } else {
                None
            };
            Ok(Answered { answer, alarm })
        })
    }

    /// When the alarm has to ring next, after it has rung. Deletes what has landed, and some of the events that are older
    /// than so many days.
    pub fn next_alarm(&self, events_retention_days: Option<u32>) -> Option<Timestamp> {
        let now = self.ports.now();
        let next = self.with_store(|store| {
            store.forget_landed(now)?;
            if let Some(days) = events_retention_days {
                store.delete_old_events(days, now)?;
            }
            alarm(store, events_retention_days, now)
        });
        match next {
            // At most one round a second, however many deliveries have to be tried again.
            Ok(next) => next.map(|next| next.max(now.plus_seconds(1))),
            // The platform gives up after six alarms that fail in a row, so none does.
            Err(_) => Some(now.plus_seconds(STORAGE_PAUSE_SECONDS)),
        }
    }

    /// Makes the deliveries of a lane that are due, as many at once as the lane has slots. What fails is left for the alarm.
    pub async fn deliver(&self, lane: Lane) {
        let (mut under_way, mut tries) = (Vec::new(), 0);
        loop {
            while tries < TRIES_MAX
                && let Some(due) = self.take_turn(lane)
            {
                tries += 1;
                under_way.push(Box::pin(self.make(due)));
            }
            if under_way.is_empty() {
                return;
            }
            let (recorded, _, others) = select_all(under_way).await;
            if recorded.is_err() {
                // It would be tried again at once, and again; the alarm waits.
                tries = TRIES_MAX;
            }
            under_way = others;
        }
    }

    fn take_turn(&self, lane: Lane) -> Option<Due> {
        let (mut slots, now) = (self.slots.borrow_mut(), self.ports.now());
        self.with_store(|store| store.take_turn(lane, &mut slots, now)).ok().flatten()
    }

    /// Makes a delivery, and records what has become of it.
    async fn make(&self, due: Due) -> Result<(), StorageError> {
        let landed = due.delivery.deliver(&self.ports).await;
        let now = self.ports.now();
        self.slots.borrow_mut().free(&due.destination, due.since);
        self.with_store(|store| {
            if landed.is_ok() {
                let is_unsettled = due.delivery.is_unsettled(&self.ports);
                let confirm = confirm_at(now, due.attempts, is_unsettled);
                store.record_landed(&due, now, confirm.filter(|_| due.delivery.last_one_counts()))
            } else {
                log::error!(target: "outbox", "a delivery has failed; it will be tried again");
                store.record_failed(&due, now)
            }
        })
    }

    fn with_store<T>(
        &self,
        act: impl FnOnce(&mut Store<S>) -> Result<T, StorageError>,
    ) -> Result<T, StorageError> {
        let mut slot = self.store.borrow_mut();
        let store = if let Some(store) = slot.take() {
            store
        } else {
            let mut store = Store::open(self.sql.clone())?;
            store.doubt_deliveries()?;
            store
        };
        act(slot.insert(store))
    }
}
