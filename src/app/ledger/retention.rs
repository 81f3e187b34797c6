//! For how long events are kept: as long as the operator says. The alarm deletes what is older, a little at a time, and finds
//! it by the primary key: an owner's oldest events come first.

use keyward_core::Timestamp;

use super::share::{OF_EVENT, size_of_event};
use super::sql::{Row, Sql, SqlValue, Statement, StorageError};
use super::store::Store;

/// How many events are deleted at a time.
const BATCH: u32 = 200;
/// How long the alarm waits so that it has more than one event to delete, in seconds: events are kept for this long more.
const PAUSE_SECONDS: u32 = 3600;

/// The next owner, by name, that has events.
const NEXT_OWNER: &str = "SELECT owner FROM events WHERE owner > ? ORDER BY owner LIMIT 1";

/// When an owner's oldest event happened.
const OLDEST: &str = "SELECT at FROM events WHERE owner = ? ORDER BY id LIMIT 1";

/// An owner's oldest events, as far as they are too old: the last of them, what they take up, and how many
/// they are.
const TOO_OLD: &str = concat!(
    "SELECT max(id), sum(",
    size_of_event!(),
    "), count(*) FROM (SELECT id, at, body, search FROM events WHERE owner = ? ORDER BY id LIMIT ?) WHERE at < ?"
);

const DELETE: &str = "DELETE FROM events WHERE owner = ? AND id <= ?";

/// Every statement of this file.
#[cfg(test)]
pub(super) const ALL: [&str; 4] = [NEXT_OWNER, OLDEST, TOO_OLD, DELETE];

/// The instant before which events are too old.
fn limit(days: u32, now: Timestamp) -> i64 {
    now.as_millis() - i64::from(days) * 86_400_000
}

impl<S: Sql> Store<S> {
    /// Deletes events of every owner that are older than so many days; a few, and the next alarm goes on.
    pub(super) fn delete_old_events(&mut self, days: u32, now: Timestamp) -> Result<(), StorageError> {
        let mut statements = Vec::new();
        for owner in self.owners_with_events()? {
            let bindings = [owner.as_str().into(), BATCH.into(), limit(days, now).into()];
            let read = |row: &mut Row| Ok((row.optional_text()?, row.optional_number()?, row.number()?));
            let Some((Some(last), Some(bytes), count)) = self.first(TOO_OLD, &bindings, read)? else {
                continue;
            };
            let share: [SqlValue; 3] = [owner.as_str().into(), (-bytes).into(), (-count).into()];
            statements.push(Statement { sql: OF_EVENT, bindings: share.into() });
            statements.push(Statement { sql: DELETE, bindings: vec![owner.into(), last.into()] });
        }
        if statements.is_empty() { Ok(()) } else { self.write(statements) }
    }

    /// When the alarm has to ring because the oldest event will be too old.
    pub(super) fn next_deletion(&self, days: u32, now: Timestamp) -> Result<Option<Timestamp>, StorageError> {
        let mut oldest = None;
        for owner in self.owners_with_events()? {
            let at = self.first(OLDEST, &[owner.into()], Row::number)?;
            oldest = oldest.into_iter().chain(at).min();
        }
        let pause = i64::from(PAUSE_SECONDS) * 1000;
        Ok(oldest.map(|at| match at - limit(days, now) {
            // More than a batch was too old.
            left if left < 0 => now,
            left => Timestamp::from_millis(now.as_millis() + left + pause),
        }))
    }

    fn owners_with_events(&self) -> Result<Vec<String>, StorageError> {
        let mut owners: Vec<String> = Vec::new();
        while let Some(owner) = {
            let last = owners.last().map_or("", String::as_str);
            self.first(NEXT_OWNER, &[last.into()], Row::text)?
        } {
            owners.push(owner);
        }
        Ok(owners)
    }
}
