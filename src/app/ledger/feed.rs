//! What a ledger tells isolates of itself, so that they can tell which copies in KV are out of date: see
//! [`keyward_core::feed`]. The feed is a part of the outbox: where KV was, or is to be, told something that older copies
//! lack, until no location can have an older one any more.

use keyward_core::feed::{CHANGES_MAX, News, Place};
use keyward_core::staleness::Limits;
use keyward_core::{Entropy, KeyDigest, OwnerId, Timestamp};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::request::LedgerCall;
use super::sql::{Row, Sql, unreadable};
use super::store::{Store, Stored};
use crate::problem::Problem;

/// What has changed, the newest first. One more than is told: then there is more.
const CHANGES: &str =
    "SELECT destination, changed FROM outbox WHERE changed > ? ORDER BY changed DESC LIMIT ?";

/// When something has changed last, if KV may still have an older copy.
const CHANGED: &str = "SELECT changed FROM outbox WHERE destination = ?";

/// What organizations allow that is not what all do. Every id comes after the empty one.
const LIMITS: &str = "SELECT id, limits FROM organizations INDEXED BY organizations_by_limits WHERE limits IS NOT NULL AND id > ''";

/// Every statement of this file.
#[cfg(test)]
pub(super) const ALL: [&str; 3] = [CHANGES, CHANGED, LIMITS];

/// Where in KV a destination of the outbox is.
fn place(destination: &str) -> Place {
    let kv_key = destination.strip_prefix("kv:").unwrap_or(destination);
    let digest = kv_key.strip_prefix("key/").and_then(KeyDigest::from_hex);
    digest.map_or_else(|| Place::of(kv_key), |digest| Place::of_key(&digest))
}

fn change(row: &mut Row) -> Stored<(Place, i64)> {
    Ok((place(&row.text()?), row.number()?))
}

fn limits(row: &mut Row) -> Stored<(OwnerId, Limits)> {
    let id = OwnerId::parse(&row.text()?).map_err(|_| unreadable("an id is not one"))?;
    Ok((id, row.json()?))
}

impl<S: Sql> Store<S> {
    /// What there is to tell at `until`, to somebody who knows everything up to `since`.
    fn news(&self, since: Option<Timestamp>, until: Timestamp) -> Stored<News> {
        if since >= Some(self.clock()) {
            let floor = Timestamp::default();
            return Ok(News { since, until, floor, changes: Vec::new(), limits: None });
        }
        let bindings = [since.unwrap_or_default().into(), (CHANGES_MAX + 1).into()];
        let mut changes = self.read(CHANGES, &bindings, change)?;
        let untold = if changes.len() > CHANGES_MAX as usize { changes.pop() } else { None };
        let floor = untold.map_or_else(Timestamp::default, |(_, at)| Timestamp::from_millis(at));
        Ok(News { since, until, floor, changes, limits: Some(self.read(LIMITS, &[], limits)?) })
    }

    /// When what KV has under a key has changed last, if it may still have an older copy.
    pub(super) fn changed(&self, kv_key: &str) -> Stored<Option<Timestamp>> {
        let destination = format!("kv:{kv_key}");
        let changed = self.first(CHANGED, &[destination.into()], Row::optional_number)?;
        Ok(changed.flatten().map(Timestamp::from_millis))
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// What is told besides an answer, to whoever knows everything up to `since`; nothing if it cannot be read, which is logged.
    ///
    /// # Errors
    /// When it cannot be promised that nothing is committed up to now: then the answer must not say that it is as of now either.
    pub(super) fn news(&mut self, since: Option<Timestamp>) -> Stored<Option<News>> {
        let is_kept = self.store.promise(self.now, self.wall)?;
        // A ledger without tables promises nothing, and nobody has a copy of anything in it.
        Ok(is_kept.then(|| self.store.news(since, self.now).ok()).flatten())
    }
}

/// What is new?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindNews {
    /// What is known already: everything up to then.
    pub since: Option<Timestamp>,
}

impl LedgerCall for FindNews {
    type Answer = Option<News>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Option<News>, Problem> {
        Ok(ledger.news(self.since)?)
    }
}
