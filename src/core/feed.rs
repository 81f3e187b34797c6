//! What proves that a copy is not out of date: a ledger tells what has changed, and until when it knows it.
//!
//! A [`Feed`] is what an isolate knows of one ledger. The ledger's instants are of the ledger's clock, which gives every
//! commit one of its own and never goes back; ages are counted by the isolate's clock alone. So the two need not agree: it
//! is enough that the isolate's does not run away from the ledger's by more than [`CLOCK_DRIFT_SECONDS`] between two news.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest::KeyDigest;
use crate::owner::{Owner, OwnerId, first_u64};
use crate::staleness::{Bound, Limits};
use crate::timestamp::Timestamp;

/// How long KV may go on giving a copy after a newer one was written, in seconds: a day. KV's documentation speaks of a minute.
pub const KV_LAG_MAX_SECONDS: u32 = 86_400;
/// By how much an isolate's clock may run away from a ledger's between two news, in seconds.
pub const CLOCK_DRIFT_SECONDS: u32 = 1;
/// After how long an isolate asks for everything anew, in seconds. What has happened is in the feed for twice as long.
pub const NEWS_SECONDS: u32 = KV_LAG_MAX_SECONDS / 2;
/// Most changes that a ledger tells at once.
pub const CHANGES_MAX: u32 = 32_768;
/// Most changes that an isolate remembers of one ledger.
const REMEMBERED_MAX: usize = 2 * CHANGES_MAX as usize;
/// How long a request for news keeps others from being sent, in seconds, if it is not answered.
const UNANSWERED_SECONDS: u32 = 10;

/// A place in KV, in short. If two have the same, a copy in one of them is at worst asked for once too often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Place(u64);

impl Place {
    /// Where the copy of a key is.
    #[must_use]
    pub fn of_key(digest: &KeyDigest) -> Self {
        Self(first_u64(digest.as_bytes()))
    }

    /// Where any other copy is, by its key in KV.
    #[must_use]
    pub fn of(kv_key: &str) -> Self {
        Self(first_u64(&Sha256::digest(kv_key)))
    }
}

/// What a ledger tells of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// What has changed after this instant; `None` for everything of which KV may hold an older copy.
    pub since: Option<Timestamp>,
    /// Everything up to this instant, itself included.
    pub until: Timestamp,
    /// There was more than could be told: copies from before this instant prove nothing.
    pub floor: Timestamp,
    /// Where, and in which millisecond since 1970 last.
    pub changes: Vec<(Place, i64)>,
    /// What the organizations of this ledger allow, if that is not what all do; `None` if nothing was committed since.
    pub limits: Option<Vec<(OwnerId, Limits)>>,
}

/// What an isolate knows of a ledger.
#[derive(Debug)]
pub struct Feed {
    until: Timestamp,
    /// When this was asked for, by the isolate's clock: `until` is not older.
    sent_at: Timestamp,
    floor: Timestamp,
    changes: HashMap<Place, i64>,
    limits: Vec<(OwnerId, Limits)>,
    /// When the next news were asked for, if they have not come.
    asked_at: Option<Timestamp>,
}

/// Milliseconds from one instant to another.
fn between(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millis() - from.as_millis()
}

fn millis(seconds: u32) -> i64 {
    i64::from(seconds) * 1000
}

impl Feed {
    /// A feed that begins with these news, if they are all that is needed to begin with. They were asked for at `sent_at`.
    #[must_use]
    pub fn begin(news: News, sent_at: Timestamp) -> Option<Self> {
        let News { since, until, floor, changes, limits } = news;
        let (changes, limits) = (changes.into_iter().collect(), limits.unwrap_or_default());
        if since.is_some() {
            return None;
        }
        Some(Self { until, sent_at, floor, changes, limits, asked_at: None })
    }

    /// Adds news that were asked for at `sent_at`. Such that come too late, or leave something out, say nothing.
    pub fn learn(&mut self, news: News, sent_at: Timestamp) {
        if news.until < self.until {
            return;
        }
        let sent_at = sent_at.max(self.sent_at);
        match news.since {
            None => {
                if let Some(feed) = Self::begin(news, sent_at) {
                    *self = feed;
                }
            }
            Some(since) if since > self.until => {}
            Some(_) => {
                for (place, at) in news.changes {
                    let known = self.changes.entry(place).or_insert(at);
                    *known = at.max(*known);
                }
                (self.until, self.sent_at, self.asked_at) = (news.until, sent_at, None);
                self.floor = self.floor.max(news.floor);
                if let Some(limits) = news.limits {
                    self.limits = limits;
                }
                if self.changes.len() > REMEMBERED_MAX {
                    // Forgetting is safe: a copy from before now has to be asked for.
                    self.changes.clear();
                    self.floor = self.until;
                }
            }
        }
    }

    /// How many changes it remembers.
    #[must_use]
    pub fn count(&self) -> usize {
        self.changes.len()
    }

    /// How old it may be at most, in milliseconds, at an instant of the isolate's clock. Nobody knows after that has gone back.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Option<i64> {
        let (elapsed, drift) = (between(self.sent_at, now), millis(CLOCK_DRIFT_SECONDS));
        (elapsed >= -drift).then(|| elapsed.max(0) + drift)
    }

    /// Whether it is not older than this.
    #[must_use]
    pub fn is_within(&self, bound: Bound, now: Timestamp) -> bool {
        self.age(now).is_some_and(|age| age <= millis(bound.0))
    }

    /// The latest instant at which a copy was right that tells how things are since `begun_at`; `None` if it proves nothing.
    #[must_use]
    pub fn proves(&self, place: Place, begun_at: Timestamp) -> Option<Timestamp> {
        let begun = begun_at.as_millis();
        let is_newest = self.changes.get(&place).is_none_or(|changed| *changed <= begun);
        (is_newest && begun_at >= self.floor).then(|| self.until.max(begun_at))
    }

    /// The latest instant that the ledger's clock may show by now.
    #[must_use]
    pub fn possible_now(&self, now: Timestamp) -> Timestamp {
        Timestamp::from_millis(self.until.as_millis().saturating_add(self.age(now).unwrap_or(i64::MAX)))
    }

    /// What the owner of a key allows. Where nobody knows whose it was, what the strictest of the ledger's owners allows.
    #[must_use]
    pub fn limits(&self, owner: Option<&Owner>) -> Limits {
        let mut limits = Limits::default();
        for (id, its) in &self.limits {
            match owner {
                Some(Owner::Organization(owner)) if owner == id => return *its,
                Some(_) => {}
                None => {
                    let ceiling = &mut limits.max_staleness_seconds;
                    *ceiling = its.max_staleness_seconds.min(*ceiling);
                }
            }
        }
        limits
    }

    /// Since when news are wanted; `None` if it is too long ago, so that everything is.
    #[must_use]
    pub fn since(&self, now: Timestamp) -> Option<Timestamp> {
        self.age(now).is_some_and(|age| age <= millis(NEWS_SECONDS)).then_some(self.until)
    }

    /// Whether news have to be asked for, so that nobody who asks for this bound has to wait: it is older than half of that. It
    /// is said once, until they have come or ought to have.
    pub fn is_due(&mut self, bound: Bound, now: Timestamp) -> bool {
        let is_asked =
            self.asked_at.is_some_and(|at| (0..millis(UNANSWERED_SECONDS)).contains(&between(at, now)));
        let is_due = !is_asked && between(self.sent_at, now).abs() * 2 > millis(bound.0);
        if is_due {
            self.asked_at = Some(now);
        }
        is_due
    }
}
