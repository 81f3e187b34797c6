//! What an isolate remembers between requests: plain data, bounded, and never needed to be right.

use keyward_core::record::{USE_RESOLUTION_SECONDS, is_use_worth_noting};
use keyward_core::{KeyId, Timestamp};

use crate::identity::Source;
use crate::identity::keys::Keys;

/// Entries that a memory holds before it forgets: one or two of the 128 megabytes that an isolate has.
const CAPACITY: usize = 16_384;
/// How long a refused key is refused without asking again, in seconds.
const REFUSAL_SECONDS: u32 = 5;

/// An isolate's memory.
#[derive(Debug, Default)]
pub struct Memory {
    used: Instants,
    unknown: Instants,
    bearer_keys: Keys,
    access_keys: Keys,
}

/// Instants by name, in the order of their names. A hash map would do as well, with four kilobytes more of code.
#[derive(Debug, Default)]
struct Instants(Vec<(String, Timestamp)>);

impl Instants {
    fn find(&self, name: &str) -> Result<usize, usize> {
        self.0.binary_search_by(|(known, _)| known.as_str().cmp(name))
    }

    fn get(&self, name: &str) -> Option<Timestamp> {
        let place = self.find(name).ok()?;
        self.0.get(place).map(|(_, at)| *at)
    }

    /// Remembers an instant. When there is no room, those that are no longer needed are forgotten, or else all.
    fn remember(&mut self, name: &str, at: Timestamp, over_at: Timestamp) {
        if self.0.len() >= CAPACITY {
            self.0.retain(|(_, at)| *at > over_at);
        }
        if self.0.len() >= CAPACITY {
            self.0.clear();
        }
        match self.find(name) {
            Ok(place) => self.0.get_mut(place).into_iter().for_each(|(_, known)| *known = at),
            Err(place) => self.0.insert(place, (name.to_owned(), at)),
        }
    }
}

impl Memory {
    /// Whether this isolate should report that `key` was used at `now`; remembers that it will.
    pub fn should_report_use(&mut self, key: &KeyId, noted: Option<Timestamp>, now: Timestamp) -> bool {
        let noted = self.used.get(key.as_str()).max(noted);
        let news = is_use_worth_noting(noted, now);
        if news {
            let over_at = Timestamp::from_millis(now.as_millis() - i64::from(USE_RESOLUTION_SECONDS) * 1000);
            self.used.remember(key.as_str(), now, over_at);
        }
        news
    }

    /// Remembers that a ledger does not know the key of this digest. Only ever said of an authentic key, whose ledger
    /// has answered: such a key was deleted, and will not come back.
    pub fn remember_unknown(&mut self, digest: &str, now: Timestamp) {
        self.unknown.remember(digest, now.plus_seconds(REFUSAL_SECONDS), now);
    }

    /// Whether a ledger said some seconds ago that it does not know this key.
    #[must_use]
    pub fn is_known_to_be_unknown(&self, digest: &str, now: Timestamp) -> bool {
        self.unknown.get(digest).is_some_and(|until| now < until)
    }

    /// The keys of a source's identity provider.
    pub fn provider_keys(&mut self, source: Source) -> &mut Keys {
        match source {
            Source::Bearer => &mut self.bearer_keys,
            Source::Access => &mut self.access_keys,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn use_is_reported_at_most_once_in_five_minutes() {
        let key = KeyId::parse("apk_01KAHQ0000000000000000000Z").expect("id");
        let (start, mut memory) = (Timestamp::from_millis(1_000_000), Memory::default());
        assert!(memory.should_report_use(&key, None, start));
        assert!(!memory.should_report_use(&key, None, start.plus_seconds(299)));
        assert!(memory.should_report_use(&key, None, start.plus_seconds(300)));
        assert!(!memory.should_report_use(&key, Some(start.plus_seconds(599)), start.plus_seconds(600)));
    }

    #[test]
    fn refusals_are_forgotten_after_some_seconds() {
        let (start, mut memory) = (Timestamp::from_millis(0), Memory::default());
        memory.remember_unknown("d", start);
        assert!(memory.is_known_to_be_unknown("d", start.plus_seconds(4)));
        assert!(!memory.is_known_to_be_unknown("d", start.plus_seconds(5)));
    }

    #[test]
    fn memory_stays_bounded() {
        let mut memory = Memory::default();
        for n in 0..3 * CAPACITY {
            memory.remember_unknown(&n.to_string(), Timestamp::from_millis(0));
        }
        assert!(memory.unknown.0.len() <= CAPACITY);
    }

    #[test]
    fn a_full_memory_forgets_what_is_over_and_keeps_what_is_not() {
        let start = Timestamp::from_millis(0);
        let mut memory = Memory::default();
        for n in 1..CAPACITY {
            memory.remember_unknown(&n.to_string(), start);
        }
        memory.remember_unknown("kept", start.plus_seconds(4));
        memory.remember_unknown("one more", start.plus_seconds(5));
        assert!(memory.is_known_to_be_unknown("kept", start.plus_seconds(6)));
        assert_eq!(memory.unknown.0.len(), 2);
    }
}
