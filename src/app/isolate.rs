//! What an isolate remembers between requests: bounded, and never needed to be right.

use std::collections::HashMap;

use keyward_core::record::{REFUSAL_RESOLUTION_SECONDS, USE_RESOLUTION_SECONDS, is_use_worth_recording};
use keyward_core::{KeyDigest, KeyId, KeyRecord, OwnerId, Timestamp};

use crate::identity::keys::Keys;

/// How many entries a table holds before it forgets some: an isolate has 128 MB for everything.
const CAPACITY: usize = 4096;
/// How long a key that its ledger does not know is refused without asking again, in seconds.
const UNKNOWN_SECONDS: u32 = 5;
/// How long it is remembered that an organization has no foreign keys, in seconds.
const NO_FOREIGN_SECONDS: u32 = 60;
/// How long a caller's key is remembered, in seconds. Together with the time that KV caches it, this stays within the
/// staleness that responses state.
const CALLER_SECONDS: u32 = 5;

/// SHA-256 in hexadecimal.
type Digest = [u8; 64];

/// An isolate's memory.
#[derive(Debug, Default)]
pub struct Memory {
    used: Expiring<KeyId, Timestamp>,
    refused: Expiring<KeyId, Refusals>,
    unknown: Expiring<Digest, ()>,
    no_foreign: Expiring<String, ()>,
    callers: Expiring<Digest, KeyRecord>,
    /// By where they are fetched from; there are as many as are configured.
    provider_keys: Vec<(String, Keys)>,
}

/// How often a revoked key was refused since its ledger was told, and when that was.
#[derive(Debug, Clone, Copy)]
struct Refusals {
    untold: u32,
    told_at: Timestamp,
}

/// Values that are forgotten after a while.
#[derive(Debug)]
struct Expiring<K, V>(HashMap<K, (V, Timestamp)>);

impl<K, V> Default for Expiring<K, V> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: std::hash::Hash + Eq, V> Expiring<K, V> {
    fn get(&self, key: &K, now: Timestamp) -> Option<&V> {
        self.0.get(key).filter(|(_, until)| now < *until).map(|(value, _)| value)
    }

    /// Remembers a value. When there is no room, what has expired is forgotten, or else everything.
    fn insert(&mut self, key: K, value: V, until: Timestamp, now: Timestamp) {
        if self.0.len() >= CAPACITY {
            self.0.retain(|_, (_, until)| now < *until);
        }
        if self.0.len() >= CAPACITY {
            self.0.clear();
        }
        self.0.insert(key, (value, until));
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

    /// Remembers that a ledger does not know the key of this digest. Only for an authentic key whose ledger has
    /// answered: such a key was deleted, and will not come back.
    pub fn remember_unknown(&mut self, digest: &KeyDigest, now: Timestamp) {
        self.unknown.insert(digest.hex(), (), now.plus_seconds(UNKNOWN_SECONDS), now);
    }

    /// Whether a ledger said a few seconds ago that it does not know this key.
    #[must_use]
    pub fn is_unknown(&self, digest: &KeyDigest, now: Timestamp) -> bool {
        self.unknown.get(&digest.hex(), now).is_some()
    }

    /// Remembers that an organization has no foreign keys, as its ledger has said.
    pub fn remember_no_foreign_keys(&mut self, organization: &OwnerId, now: Timestamp) {
        let until = now.plus_seconds(NO_FOREIGN_SECONDS);
        self.no_foreign.insert(organization.as_str().to_owned(), (), until, now);
    }

    /// Whether an organization had no foreign keys a minute ago.
    #[must_use]
    pub fn has_no_foreign_keys(&self, organization: &OwnerId, now: Timestamp) -> bool {
        self.no_foreign.get(&organization.as_str().to_owned(), now).is_some()
    }

    /// Remembers the key of a caller, which is authentic and was found in KV. One that no longer works is not
    /// remembered: with a clock behind the ledger's it would seem to work again.
    pub fn remember_caller(&mut self, record: &KeyRecord, now: Timestamp) {
        if !record.status(now.max(record.updated_at)).works() {
            return;
        }
        self.callers.insert(record.digest.hex(), record.clone(), now.plus_seconds(CALLER_SECONDS), now);
    }

    /// The key of a caller, as it was a few seconds ago.
    #[must_use]
    pub fn caller(&self, digest: &KeyDigest, now: Timestamp) -> Option<&KeyRecord> {
        self.callers.get(&digest.hex(), now)
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
        memory.remember_unknown(&digest(1), start);
        assert!(memory.is_unknown(&digest(1), start.plus_seconds(4)));
        assert!(!memory.is_unknown(&digest(1), start.plus_seconds(5)));
    }

    #[test]
    fn full_memory_forgets_what_has_expired_and_then_everything() {
        let start = Timestamp::from_millis(0);
        let mut memory = Memory::default();
        for n in 1..CAPACITY {
            memory.remember_unknown(&digest(n), start);
        }
        memory.remember_unknown(&digest(0), start.plus_seconds(4));
        memory.remember_unknown(&digest(CAPACITY), start.plus_seconds(5));
        assert!(memory.is_unknown(&digest(0), start.plus_seconds(6)));
        assert_eq!(memory.unknown.0.len(), 2);
        for n in 0..3 * CAPACITY {
            memory.remember_unknown(&digest(n), start.plus_seconds(5));
        }
        assert!(memory.unknown.0.len() <= CAPACITY);
    }
}
