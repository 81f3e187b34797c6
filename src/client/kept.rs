//! Answers that are kept for a while: never for longer than was asked, counted from when they were true.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyward_core::record::Status;
use keyward_core::{KeyDigest, Timestamp};
use lru::LruCache;

use crate::answer::Answer;
use crate::question::Question;

/// For how long a refusal may be kept at most: whoever has mended a key waits no longer than that.
const REFUSALS: Duration = Duration::from_secs(5);
/// The header Date counts whole seconds.
const SECOND: i64 = 1000;

/// A question about a key, by a name in which there is no key.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name([u8; 64], Question);

impl Name {
    pub(crate) fn new(key: &str, question: &Question) -> Self {
        Self(KeyDigest::of(key).hex(), question.clone())
    }
}

/// An answer, with how old it is, by the client's own clock.
#[derive(Debug)]
pub(crate) struct Dated {
    pub(crate) answer: Answer,
    /// When it was true for certain.
    from: Duration,
    /// When it is older than its own bound allows: at once, if its key wants strong answers.
    ends: Duration,
    /// For how long it may be kept, whatever is asked.
    until: Duration,
}

impl Dated {
    /// Says how old an answer is, at worst. The server's instants are compared with each other only: this machine's clock may be
    /// off by any amount. `sent` is when it was asked for, `date` the answer's header, `day` the time of day
    /// here.
    pub(crate) fn new(answer: Answer, sent: Duration, date: Option<&str>, day: SystemTime) -> Self {
        // The last instant at which it can have been given. Without the header the worst holds.
        let served = date.and_then(instant).map(|at| at + SECOND);
        let most = Duration::from_secs(u64::from(answer.max_staleness_seconds));
        let told = served.map_or(most, |served| between(answer.as_of.as_millis(), served).min(most));
        let from = sent.saturating_sub(told);
        let ends = from + most;
        let kept_for = match &answer.verdict {
            Err(_) => Some(REFUSALS),
            Ok(key) => {
                let now = served.unwrap_or_else(|| millis(day));
                let ends = [key.expires_at, key.revoked_at].into_iter().flatten();
                let left = ends.map(|end: Timestamp| between(now, end.as_millis())).min();
                // Its end is near, and it is not told when.
                left.or((key.status != Status::Active).then_some(Duration::ZERO))
            }
        };
        let until = kept_for.map_or(ends, |time| ends.min(sent + time));
        Self { answer, from, ends, until }
    }

    /// Whether it is fresh enough for whoever has waited for it.
    pub(crate) fn serves(&self, bound: Option<u32>, now: Duration) -> bool {
        now < self.ends && self.is_within(bound, now)
    }

    fn is_within(&self, bound: Option<u32>, now: Duration) -> bool {
        bound.is_none_or(|bound| now.saturating_sub(self.from) <= Duration::from_secs(u64::from(bound)))
    }
}

fn instant(date: &str) -> Option<i64> {
    Some(millis(httpdate::parse_http_date(date).ok()?))
}

/// Milliseconds since 1970, or none before.
pub(crate) fn millis(at: SystemTime) -> i64 {
    at.duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok())
        .unwrap_or_default()
}

/// The time from one instant to a later one.
fn between(from: i64, to: i64) -> Duration {
    Duration::from_millis(u64::try_from(to.saturating_sub(from)).unwrap_or_default())
}

/// The answers that are kept.
pub(crate) struct Kept {
    answers: Mutex<LruCache<Name, Arc<Dated>>>,
    max_age: Duration,
}

impl Kept {
    pub(crate) fn new(max_age: Duration, size: NonZeroUsize) -> Self {
        Self { answers: Mutex::new(LruCache::new(size)), max_age }
    }

    pub(crate) fn get(&self, name: &Name, bound: Option<u32>, now: Duration) -> Option<Arc<Dated>> {
        let mut answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let found = answers.get(name)?;
        if now >= found.until || now.saturating_sub(found.from) >= self.max_age {
            answers.pop(name);
            return None;
        }
        found.is_within(bound, now).then(|| Arc::clone(found))
    }

    pub(crate) fn put(&self, name: Name, answer: Arc<Dated>) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).put(name, answer);
    }

    pub(crate) fn clear(&self) {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
