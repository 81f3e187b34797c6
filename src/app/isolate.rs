//! What an isolate remembers between requests: bounded, and never needed to be right.

use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;

use keyward_core::feed::{CLOCK_DRIFT_SECONDS, Feed, News};
use keyward_core::record::{REFUSAL_RESOLUTION_SECONDS, USE_RESOLUTION_SECONDS, is_use_worth_recording};
use keyward_core::staleness::Bound;
use keyward_core::{KeyDigest, KeyId, KeyRecord, LedgerLocator, OwnerId, Timestamp};

use crate::identity::keys::Keys;
use crate::metrics::Metrics;

/// How many entries a table holds before it forgets some: an isolate has 128 MB for everything.
const CAPACITY: usize = 4096;
/// How long a key that its ledger does not know is refused without asking again, in seconds.
const UNKNOWN_SECONDS: u32 = 5;
/// By how much a clock may run away meanwhile, in milliseconds.
const DRIFT: i64 = CLOCK_DRIFT_SECONDS as i64 * 1000;
/// How old that is then at most, whatever clocks do, in milliseconds.
pub(crate) const UNKNOWN_AGE_MAX: i64 = UNKNOWN_SECONDS as i64 * 1000 + DRIFT;
/// How long a copy of a key is remembered, in seconds. It counts only as long as the feed of its ledger proves it, and
/// much less long than what has changed is in the feed.
const KEY_SECONDS: u32 = 3600;
/// How many changes an isolate remembers of all ledgers together: some megabytes.
const CHANGES_CAPACITY: usize = 1 << 18;
/// How long it is remembered that an organization has no foreign keys, in seconds, for answers that may be as old.
const NO_FOREIGN_SECONDS: u32 = 60;

/// SHA-256 in hexadecimal.
type Digest = [u8; 64];

/// An isolate's memory.
#[derive(Debug, Default)]
pub struct Memory {
    used: Expiring<KeyId, Timestamp>,
    refused: Expiring<KeyId, Refusals>,
    unknown: Expiring<Digest, Timestamp>,
    /// As of when, and when that was asked.
    no_foreign: Expiring<String, (Timestamp, Timestamp)>,
    keys: Expiring<Digest, Remembered>,
    /// What is known of each ledger.
    feeds: HashMap<LedgerLocator, Feed>,
    /// What it counts.
    pub metrics: Metrics,
    /// By where they are fetched from; there are as many as are configured.
    provider_keys: Vec<(String, Keys)>,
}

/// A key as it was read from KV, or as its ledger has given it.
#[derive(Debug, Clone)]
pub struct Remembered {
    /// Its ledger.
    pub ledger: LedgerLocator,
    /// Since when the key is like this.
    pub at: Timestamp,
    /// The key.
    pub record: Rc<KeyRecord>,
}

/// How often a revoked key was refused since its ledger was told, and when that was.
#[derive(Debug, Clone, Copy)]
struct Refusals {
    untold: u32,
    told_at: Timestamp,
}

/// Values that are forgotten after a while, and when the clock goes back: then nobody knows how old they are.
#[derive(Debug)]
struct Expiring<K, V>(HashMap<K, (V, Range<Timestamp>)>);

impl<K, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: std::hash::Hash + Eq, V> Expiring<K, V> {
    fn get(&self, key: &K, now: Timestamp) -> Option<&V> {
        self.0.get(key).filter(|(_, known)| known.contains(&now)).map(|(value, _)| value)
    }

    /// Remembers a value. When there is no room, what has expired is forgotten, or else everything.
    fn insert(&mut self, key: K, value: V, until: Timestamp, now: Timestamp) {
        if self.0.len() >= CAPACITY {
            self.0.retain(|_, (_, known)| known.contains(&now));
        }
        if self.0.len() >= CAPACITY {
            self.0.clear();
        }
        let since = Timestamp::from_millis(now.as_millis() - DRIFT);
        self.0.insert(key, (value, since..until));
    }
}

impl Memory {
    /// Whether this isolate should tell the ledger that `key` was used at `now`; remembers that it will.
    pub fn should_record_use(&mut self, key: &KeyId, recorded: Option<Timestamp>, now: Timestamp) -> bool {
        let recorded = self.used.get(key, now).copied().max(recorded);
        let is_due = is_use_worth_recording(recorded, now);
        if is_due {
            self.used.insert(key.clone(), now, now.plus_seconds(USE_RESOLUTION_SECONDS), now);
        }
        is_due
    }

    /// Counts that a revoked key was refused. Gives how often it was since its ledger was told, if that is to be told again: at
    /// once the first time, then after five minutes.
    pub fn count_refusal(&mut self, key: &KeyId, now: Timestamp) -> Option<u32> {
        let (untold, told_at) = match self.refused.get(key, now) {
            Some(Refusals { untold, told_at }) => (untold.saturating_add(1), Some(*told_at)),
            None => (1, None),
        };
        let is_due = is_use_worth_recording(told_at, now);
        let refusals = match told_at {
            Some(told_at) if !is_due => Refusals { untold, told_at },
            _ => Refusals { untold: 0, told_at: now },
        };
        self.refused.insert(key.clone(), refusals, now.plus_seconds(REFUSAL_RESOLUTION_SECONDS), now);
        is_due.then_some(untold)
    }

    /// Remembers that a ledger did not know the key of this digest at `as_of`. Only for an authentic key whose ledger has
    /// answered: such a key was deleted, and will not come back.
    pub fn remember_unknown(&mut self, digest: &KeyDigest, as_of: Timestamp, now: Timestamp) {
        self.unknown.insert(digest.hex(), as_of, now.plus_seconds(UNKNOWN_SECONDS), now);
    }

    /// When its ledger said that it does not know this key, if that was a few seconds ago, and these are not too many.
    #[must_use]
    pub fn unknown(&self, digest: &KeyDigest, now: Timestamp, bound: Bound) -> Option<Timestamp> {
        let is_allowed = bound >= Bound(UNKNOWN_SECONDS + CLOCK_DRIFT_SECONDS);
        self.unknown.get(&digest.hex(), now).copied().filter(|_| is_allowed)
    }

    /// Remembers that an organization had no foreign keys at `as_of`, as its ledger has said that was asked at `sent_at`.
    pub fn remember_no_foreign_keys(&mut self, organization: &OwnerId, as_of: Timestamp, sent_at: Timestamp) {
        let until = sent_at.plus_seconds(NO_FOREIGN_SECONDS);
        self.no_foreign.insert(organization.as_str().to_owned(), (as_of, sent_at), until, sent_at);
    }

    /// When an organization had no foreign keys, if that may be as old, and how old it is at most, in milliseconds.
    #[must_use]
    pub fn no_foreign_keys(
        &self,
        organization: &OwnerId,
        now: Timestamp,
        bound: Bound,
    ) -> Option<(Timestamp, i64)> {
        let (as_of, sent_at) = *self.no_foreign.get(&organization.as_str().to_owned(), now)?;
        let age = now.as_millis() - sent_at.as_millis() + DRIFT;
        (age <= i64::from(bound.0) * 1000).then_some((as_of, age))
    }

    /// Remembers an authentic key of a caller, or one that its ledger has given, and since when it is like this.
    pub fn remember_key(&mut self, record: &KeyRecord, ledger: LedgerLocator, at: Timestamp, now: Timestamp) {
        let remembered = Remembered { ledger, at, record: Rc::new(record.clone()) };
        self.keys.insert(record.digest.hex(), remembered, now.plus_seconds(KEY_SECONDS), now);
    }

    /// A key as it was. Whether it still is, is to be proven.
    #[must_use]
    pub fn key(&self, digest: &KeyDigest, now: Timestamp) -> Option<Remembered> {
        self.keys.get(&digest.hex(), now).cloned()
    }

    /// What is known of a ledger, if anything is.
    pub fn feed(&mut self, ledger: LedgerLocator) -> Option<&mut Feed> {
        self.feeds.get_mut(&ledger)
    }

    /// Learns what a ledger has told that was asked at `sent_at`. Where there is no room, everything else is forgotten, which costs
    /// requests and nothing more.
    pub fn learn(&mut self, ledger: LedgerLocator, news: News, sent_at: Timestamp) {
        if let Some(feed) = self.feeds.get_mut(&ledger) {
            feed.learn(news, sent_at);
        } else if let Some(feed) = Feed::begin(news, sent_at) {
            self.feeds.insert(ledger, feed);
        }
        let remembered: usize = self.feeds.values().map(Feed::count).sum();
        if self.feeds.len() > CAPACITY || remembered > CHANGES_CAPACITY {
            self.feeds.retain(|known, _| *known == ledger);
        }
    }

    /// Uses the keys that an identity provider has under this URL.
    pub fn with_provider_keys<T>(&mut self, url: &str, using: impl FnOnce(&mut Keys) -> T) -> T {
        let place = self.provider_keys.iter().position(|(known, _)| known == url);
        let (url, mut keys) = match place {
            Some(place) => self.provider_keys.swap_remove(place),
            None => (url.to_owned(), Keys::default()),
        };
        let result = using(&mut keys);
        self.provider_keys.push((url, keys));
        result
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(n: usize) -> KeyDigest {
        KeyDigest::of(&n.to_string())
    }

    #[test]
    fn use_is_recorded_at_most_once_in_five_minutes() {
        let key = KeyId::parse("apk_01KAHQ0000000000000000000Z").expect("id");
        let (start, mut memory) = (Timestamp::from_millis(1_000_000), Memory::default());
        assert!(memory.should_record_use(&key, None, start));
        assert!(!memory.should_record_use(&key, None, start.plus_seconds(299)));
        assert!(memory.should_record_use(&key, None, start.plus_seconds(300)));
        assert!(!memory.should_record_use(&key, Some(start.plus_seconds(599)), start.plus_seconds(600)));
    }

    #[test]
    fn refusals_are_told_at_once_and_then_every_five_minutes_with_their_number() {
        let key = KeyId::parse("apk_01KAHQ0000000000000000000Z").expect("id");
        let (start, mut memory) = (Timestamp::from_millis(1_000_000), Memory::default());
        let told = [0, 1, 299, 300, 301, 302, 700, 5000]
            .map(|seconds| memory.count_refusal(&key, start.plus_seconds(seconds)));
        assert_eq!(told, [Some(1), None, None, Some(3), None, None, Some(3), Some(1)]);
    }

    #[test]
    fn unknown_keys_are_forgotten_after_some_seconds() {
        let (start, mut memory) = (Timestamp::from_millis(0), Memory::default());
        memory.remember_unknown(&digest(1), start, start);
        let told = |seconds, bound| memory.unknown(&digest(1), start.plus_seconds(seconds), Bound(bound));
        assert_eq!([told(4, 30), told(5, 30)], [Some(start), None]);
        assert_eq!([told(0, 6), told(0, 5)], [Some(start), None], "who asks for less gets that");
    }

    #[test]
    fn what_was_remembered_is_not_known_any_more_when_the_clock_has_gone_back() {
        let (start, mut memory) = (Timestamp::from_millis(100_000), Memory::default());
        let organization = OwnerId::parse("acme").expect("id");
        memory.remember_unknown(&digest(1), start, start);
        memory.remember_no_foreign_keys(&organization, start, start);
        let told = |millis: i64| {
            let now = Timestamp::from_millis(start.as_millis() - millis);
            let unknown = memory.unknown(&digest(1), now, Bound(30)).is_some();
            [unknown, memory.no_foreign_keys(&organization, now, Bound(30)).is_some()]
        };
        assert_eq!(
            [told(0), told(1000), told(1001), told(90_000)],
            [[true; 2], [true; 2], [false; 2], [false; 2]]
        );
    }

    #[test]
    fn full_memory_forgets_what_has_expired_and_then_everything() {
        let start = Timestamp::from_millis(0);
        let mut memory = Memory::default();
        for n in 1..CAPACITY {
            memory.remember_unknown(&digest(n), start, start);
        }
        memory.remember_unknown(&digest(0), start, start.plus_seconds(4));
        memory.remember_unknown(&digest(CAPACITY), start, start.plus_seconds(5));
        assert!(memory.unknown(&digest(0), start.plus_seconds(6), Bound(30)).is_some());
        assert_eq!(memory.unknown.0.len(), 2);
        for n in 0..3 * CAPACITY {
            memory.remember_unknown(&digest(n), start, start.plus_seconds(5));
        }
        assert!(memory.unknown.0.len() <= CAPACITY);
    }
}
