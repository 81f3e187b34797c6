//! The rows of the outbox: whose turn it is, what has landed, and when the alarm has to ring. Every statement here finds its
//! rows by an index.

use keyward_core::Timestamp;
use keyward_core::feed::KV_LAG_MAX_SECONDS;

use super::outbox::{Delivery, Lane, UNREADABLE_PAUSE_SECONDS, Urgency, alarm_for, next_try};
use super::slots::Slots;
use super::sql::{Row, Sql, SqlValue, Statement, StorageError};
use super::store::Store;

/// For how long it is remembered that something has landed, in seconds: a destination is tried at most once a second, and a
/// copy is mended at most once in this time.
pub(super) const LANDED_SECONDS: u32 = 60;

/// For how long it is remembered that something has landed in KV where there were older copies, in seconds: an hour longer than
/// KV may go on giving those.
const CHANGED_SECONDS: u32 = KV_LAG_MAX_SECONDS + 3600;

/// The next owner, by name, that has something in a lane.
const NEXT_OWNER: &str = "SELECT owner FROM outbox
    WHERE lane = ? AND owner > ? AND not_before IS NOT NULL ORDER BY owner LIMIT 1";

/// What is due of one owner and one urgency, oldest first.
const DUE: &str = "SELECT destination, revision, attempts, body FROM outbox
    WHERE lane = ? AND owner = ? AND urgency = ? AND not_before <= ? ORDER BY not_before LIMIT ?";

/// When the first of a lane is due, and the first that is not due yet.
const FIRST: &str = "SELECT min(not_before) FROM outbox WHERE lane = ? AND not_before > ?";

const LAND: &str =
    "UPDATE outbox SET tried_at = ?, attempts = 0, not_before = ?, body = CASE WHEN ? THEN body END,
    forget_at = iif(changed IS NULL, ?, ?) WHERE destination = ? AND revision = ?";

/// A newer delivery has taken its place.
const LAND_OLDER: &str = "UPDATE outbox SET tried_at = ?, not_before = max(not_before, ?)
    WHERE destination = ? AND revision <> ?";

const FAIL: &str = "UPDATE outbox SET tried_at = ?, attempts = attempts + 1,
    not_before = CASE WHEN revision = ? THEN ? ELSE max(not_before, ?) END WHERE destination = ?";

/// What waits when a ledger starts may have been under way before, and may still land.
const DOUBT: &str =
    "UPDATE outbox SET attempts = attempts + 1 WHERE lane = ? AND not_before IS NOT NULL AND attempts = 0";

/// Whether anything waits in a lane.
const WAITS: &str = "SELECT 1 FROM outbox WHERE lane = ? AND not_before IS NOT NULL LIMIT 1";

const POSTPONE: &str = "UPDATE outbox SET not_before = ? WHERE destination = ?";

const FORGET: &str = "DELETE FROM outbox WHERE lane = ? AND not_before IS NULL AND forget_at <= ?";

/// Whether something waits for a destination, and when that was last tried.
const STATE: &str = "SELECT not_before IS NOT NULL, tried_at FROM outbox WHERE destination = ?";

/// Every statement of this file.
#[cfg(test)]
pub(super) const ALL: [&str; 11] =
    [NEXT_OWNER, DUE, FIRST, LAND, LAND_OLDER, FAIL, POSTPONE, FORGET, STATE, DOUBT, WAITS];

/// A delivery whose turn it is.
#[derive(Debug)]
pub(super) struct Due {
    pub(super) destination: String,
    /// Which of the destination's deliveries it is.
    pub(super) revision: i64,
    /// How often it has failed in a row.
    pub(super) attempts: u32,
    pub(super) delivery: Delivery,
    /// Since when it is under way.
    pub(super) since: Timestamp,
}

/// A row that is due: the destination, and the delivery if it can be read.
fn due(row: &mut Row, now: Timestamp) -> Result<(String, Option<Due>), StorageError> {
    let destination = row.text()?;
    let mut rest = || -> Result<Due, StorageError> {
        let (revision, attempts) = (row.number()?, row.number()?);
        let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
        Ok(Due { destination: destination.clone(), revision, attempts, delivery: row.json()?, since: now })
    };
    let due = rest().ok();
    Ok((destination, due))
}

impl<S: Sql> Store<S> {
    /// The next delivery of a lane, which takes a slot: owners take turns, and of one owner's what restricts goes first.
    pub(super) fn take_turn(
        &mut self,
        lane: Lane,
        slots: &mut Slots,
        now: Timestamp,
    ) -> Result<Option<Due>, StorageError> {
        slots.forget_lost(now);
        if !slots.has_room(lane, Urgency::Restriction) {
            return Ok(None);
        }
        let last = slots.last_turn(lane).to_owned();
        let (mut owner, mut has_wrapped) = (last.clone(), false);
        loop {
            owner = match self.next_owner(lane, &owner)? {
                Some(owner) if has_wrapped && owner > last => return Ok(None),
                Some(owner) => owner,
                None if has_wrapped => return Ok(None),
                None => {
                    has_wrapped = true;
                    owner.clear();
                    continue;
                }
            };
            for urgency in Urgency::ALL.into_iter().filter(|urgency| slots.has_room(lane, *urgency)) {
                if let Some(due) = self.due(lane, &owner, urgency, slots, now)? {
                    slots.take(lane, urgency, owner, &due.destination, now);
                    return Ok(Some(due));
                }
            }
        }
    }

    fn next_owner(&self, lane: Lane, after: &str) -> Result<Option<String>, StorageError> {
        self.first(NEXT_OWNER, &[lane.as_str().into(), after.into()], Row::text)
    }

    /// What is due first and not under way. What cannot be read is logged and left alone for a while.
    fn due(
        &mut self,
        lane: Lane,
        owner: &str,
        urgency: Urgency,
        slots: &Slots,
        now: Timestamp,
    ) -> Result<Option<Due>, StorageError> {
        // So many that one is among them that is not under way.
        let limit = u32::try_from(slots.taken(lane)).unwrap_or(u32::MAX).saturating_add(1);
        loop {
            let bindings =
                [lane.as_str().into(), owner.into(), urgency.as_number().into(), now.into(), limit.into()];
            let mut postponed = Vec::new();
            for (destination, due) in self.read(DUE, &bindings, |row| due(row, now))? {
                match due {
                    Some(due) if !slots.is_under_way(&destination) => return Ok(Some(due)),
                    Some(_) => {}
                    None => {
                        let later = now.plus_seconds(UNREADABLE_PAUSE_SECONDS);
                        let bindings = vec![later.into(), destination.into()];
                        postponed.push(Statement { sql: POSTPONE, bindings });
                    }
                }
            }
            if postponed.is_empty() {
                return Ok(None);
            }
            log::error!(target: "outbox", "a delivery cannot be read; the others go on");
            self.write(postponed)?;
        }
    }

    /// Counts what waits as tried once, when a ledger starts: the one before may have begun to write it to KV, and what was begun
    /// may land after something newer. So that is written once more, a minute later.
    pub(super) fn doubt_deliveries(&mut self) -> Result<(), StorageError> {
        let lane = SqlValue::from(Lane::Kv.as_str());
        if self.first(WAITS, std::slice::from_ref(&lane), Row::number)?.is_some() {
            self.write(vec![Statement { sql: DOUBT, bindings: vec![lane] }])?;
        }
        Ok(())
    }

    /// Records that a delivery has landed. A newer one that has taken its place waits for a second. At `confirm`, if
    /// there is one, the same delivery is made once more.
    pub(super) fn record_landed(
        &mut self,
        due: &Due,
        now: Timestamp,
        confirm: Option<Timestamp>,
    ) -> Result<(), StorageError> {
        let destination = due.destination.as_str();
        let newest = vec![
            now.into(),
            confirm.into(),
            i64::from(confirm.is_some()).into(),
            now.plus_seconds(LANDED_SECONDS).into(),
            now.plus_seconds(CHANGED_SECONDS).into(),
            destination.into(),
            due.revision.into(),
        ];
        let newer = vec![now.into(), now.plus_seconds(1).into(), destination.into(), due.revision.into()];
        self.write(vec![
            Statement { sql: LAND, bindings: newest },
            Statement { sql: LAND_OLDER, bindings: newer },
        ])
    }

    /// Records that a delivery has failed, and when to try again. A newer one that has taken its place waits for a second.
    pub(super) fn record_failed(&mut self, due: &Due, now: Timestamp) -> Result<(), StorageError> {
        let next = next_try(now, due.attempts.saturating_add(1));
        let bindings = vec![
            now.into(),
            due.revision.into(),
            next.into(),
            now.plus_seconds(1).into(),
            due.destination.as_str().into(),
        ];
        self.write(vec![Statement { sql: FAIL, bindings }])
    }

    /// Forgets deliveries that landed a while ago: they no longer hold anything back.
    pub(super) fn forget_landed(&mut self, now: Timestamp) -> Result<(), StorageError> {
        if !self.is_created() {
            return Ok(());
        }
        let forget = |lane: Lane| vec![lane.as_str().into(), now.into()];
        self.write(Lane::ALL.map(|lane| Statement { sql: FORGET, bindings: forget(lane) }).into())
    }

    /// When the alarm has to ring, if there is anything to deliver.
    pub(super) fn next_alarm(&self, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let mut alarms = Vec::new();
        for lane in Lane::ALL {
            // The first of those that are due, and the first of the others.
            for after in [-1, now.as_millis()] {
                let first = |row: &mut Row| row.optional_number();
                let first = self.first(FIRST, &[lane.as_str().into(), after.into()], first)?.flatten();
                alarms.extend(first.map(|due| alarm_for(Timestamp::from_millis(due), now)));
            }
        }
        Ok(alarms.into_iter().min())
    }

    /// Whether a destination has not been told anything for a while, and nothing waits to be.
    pub(super) fn is_at_rest(&self, destination: &str, now: Timestamp) -> Result<bool, StorageError> {
        let read = |row: &mut Row| Ok((row.number()? == 1, row.optional_number()?));
        let state = self.first(STATE, &[destination.into()], read)?;
        let (waits, tried) = state.unwrap_or_default();
        let pause = i64::from(LANDED_SECONDS) * 1000;
        Ok(!waits && tried.is_none_or(|tried| (now.as_millis() - tried).abs() >= pause))
    }
}
