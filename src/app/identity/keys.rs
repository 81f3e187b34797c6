//! What an isolate remembers of a provider's keys, and when it fetches them again: a state machine over values.
//!
//! Requests of one isolate cannot wait for each other's fetches, so the one that fetches leaves a mark. The others use
//! the last good set, or, if that does not have their key, look again a little later.

use std::rc::Rc;

use keyward_core::Timestamp;

use super::jwk::Jwk;

/// How long a set is used without fetching it again, in seconds.
const FRESH_SECONDS: u32 = 600;
/// How long the last good set is used when the provider cannot be reached, in seconds.
const KEPT_SECONDS: u32 = 86_400;
/// How long the provider is not asked again after it has failed, or was asked for a key that it does not have, or
/// because a signature was not that of any key that it has, in seconds. Whoever forges tokens makes us ask no more often.
const REST_SECONDS: u32 = 30;
/// The same, as long as there is no set at all.
const REST_WITHOUT_KEYS_SECONDS: u32 = 5;
/// How long the provider has to answer, in seconds.
pub const TIMEOUT_SECONDS: u32 = 5;

/// A provider's keys, as far as they are known.
#[derive(Debug, Default)]
pub struct Keys {
    good: Option<(Rc<Vec<Jwk>>, Timestamp)>,
    /// When the fetch under way is given up: its request may have ended without a result.
    fetching_until: Option<Timestamp>,
    resting_until: Option<Timestamp>,
}

/// What a request that needs a key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Plan {
    /// It uses these.
    Use(Rc<Vec<Jwk>>),
    /// It fetches them and hands the response to [`Keys::arrived`].
    Fetch,
    /// Another request is fetching them: it looks again a little later.
    Wait,
    /// It gives up.
    Unavailable,
}

impl Keys {
    /// What a request does at `now`; `is_in` tells whether a set has a key that may be its own, and that it has not
    /// tried in vain.
    pub fn plan(&mut self, now: Timestamp, is_in: impl FnOnce(&[Jwk]) -> bool) -> Plan {
        self.good.take_if(|(_, since)| now >= since.plus_seconds(KEPT_SECONDS));
        let good = self
            .good
            .as_ref()
            .map(|(keys, since)| (Rc::clone(keys), now < since.plus_seconds(FRESH_SECONDS)));
        let known = good.as_ref().is_some_and(|(keys, _)| is_in(keys));
        let is_fetching = self.fetching_until.is_some_and(|until| now < until);
        let is_resting = self.resting_until.is_some_and(|until| now < until);
        match good {
            Some((keys, fresh)) if known && (fresh || is_fetching || is_resting) => Plan::Use(keys),
            _ if is_fetching => Plan::Wait,
            Some((keys, _)) if is_resting => Plan::Use(keys),
            None if is_resting => Plan::Unavailable,
            good => {
                self.fetching_until = Some(now.plus_seconds(TIMEOUT_SECONDS + 1));
                // Set before the response has arrived, because it may never arrive.
                self.resting_until = good.is_some().then(|| now.plus_seconds(REST_SECONDS));
                Plan::Fetch
            }
        }
    }

    /// Takes the provider's keys; `None` if they could not be fetched, or there are none: the last good ones stay.
    pub fn arrived(&mut self, keys: Option<Vec<Jwk>>, now: Timestamp) {
        self.fetching_until = None;
        match keys {
            Some(keys) => self.good = Some((Rc::new(keys), now)),
            None if self.good.is_none() => {
                self.resting_until = Some(now.plus_seconds(REST_WITHOUT_KEYS_SECONDS));
            }
            None => self.resting_until = Some(now.plus_seconds(REST_SECONDS)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::jwk::read_key_set;
    use super::super::jwk::tests::ed;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn set(kid: &str) -> Vec<Jwk> {
        read_key_set(&json!({ "keys": [ed(kid)] }).to_string()).expect("set")
    }

    fn at(seconds: u32) -> Timestamp {
        Timestamp::from_millis(1_795_000_000_000).plus_seconds(seconds)
    }

    fn using(kid: &str) -> Plan {
        Plan::Use(set(kid).into())
    }

    /// Keys that have been fetched at 0.
    fn fetched() -> Keys {
        let mut keys = Keys::default();
        assert_eq!(keys.plan(at(0), |_| true), Plan::Fetch);
        keys.arrived(Some(set("a")), at(0));
        keys
    }

    #[test]
    fn the_first_request_fetches_and_the_others_wait() {
        let mut keys = Keys::default();
        assert_eq!(keys.plan(at(0), |_| true), Plan::Fetch);
        assert_eq!(keys.plan(at(0), |_| true), Plan::Wait);
        assert_eq!(keys.plan(at(5), |_| true), Plan::Wait);
        keys.arrived(Some(set("a")), at(5));
        assert_eq!(keys.plan(at(5), |_| true), using("a"));
    }

    #[test]
    fn a_fetch_that_ended_without_a_word_is_given_up() {
        let mut keys = Keys::default();
        assert_eq!(keys.plan(at(0), |_| true), Plan::Fetch);
        assert_eq!(keys.plan(at(6), |_| true), Plan::Fetch);
    }

    #[test]
    fn without_keys_a_failure_is_final_for_some_seconds() {
        let mut keys = Keys::default();
        assert_eq!(keys.plan(at(0), |_| true), Plan::Fetch);
        keys.arrived(None, at(1));
        assert_eq!(keys.plan(at(5), |_| true), Plan::Unavailable);
        assert_eq!(keys.plan(at(6), |_| true), Plan::Fetch);
    }

    #[test]
    fn a_set_is_fresh_for_ten_minutes_and_then_refreshed_by_one() {
        let mut keys = fetched();
        assert_eq!(keys.plan(at(599), |_| true), using("a"));
        assert_eq!(keys.plan(at(600), |_| true), Plan::Fetch);
        assert_eq!(keys.plan(at(600), |_| true), using("a"));
        keys.arrived(Some(set("b")), at(601));
        assert_eq!(keys.plan(at(1200), |_| true), using("b"));
        assert_eq!(keys.plan(at(1201), |_| true), Plan::Fetch);
    }

    #[test]
    fn an_unknown_key_asks_again_at_most_every_half_minute() {
        let mut keys = fetched();
        assert_eq!(keys.plan(at(1), |_| false), Plan::Fetch);
        assert_eq!(keys.plan(at(1), |_| false), Plan::Wait);
        assert_eq!(keys.plan(at(1), |_| true), using("a"));
        keys.arrived(Some(set("b")), at(2));
        assert_eq!(keys.plan(at(30), |_| false), using("b"));
        assert_eq!(keys.plan(at(31), |_| false), Plan::Fetch);
    }

    #[test]
    fn the_last_good_set_is_kept_for_a_day() {
        let mut keys = fetched();
        for hour in 1..24 {
            assert_eq!(keys.plan(at(hour * 3600), |_| true), Plan::Fetch);
            keys.arrived(None, at(hour * 3600 + 5));
            assert_eq!(keys.plan(at(hour * 3600 + 34), |_| true), using("a"));
            assert_eq!(keys.plan(at(hour * 3600 + 34), |_| false), using("a"));
        }
        assert_eq!(keys.plan(at(86_399), |_| true), Plan::Fetch);
        keys.arrived(None, at(86_399));
        assert_eq!(keys.plan(at(86_399), |_| true), using("a"));
        assert_eq!(keys.plan(at(86_400), |_| true), Plan::Unavailable);
    }

    proptest! {
        /// Whatever comes in whatever order: one fetch at a time, and once there is a set at most one in half a minute.
        #[test]
        fn there_is_no_stampede(steps in proptest::collection::vec((0_u32..20, any::<bool>(), any::<bool>()), 1..200)) {
            let (mut keys, mut now, mut last, mut open) = (Keys::default(), 0, None, false);
            for (wait, known, answers) in steps {
                now += wait;
                match keys.plan(at(now), |_| known) {
                    Plan::Fetch => {
                        let pause = if keys.good.is_some() { 30 } else if open { 6 } else { 0 };
                        prop_assert!(last.is_none_or(|last| now >= last + pause));
                        // The first set does not make anybody wait for the next.
                        last = (keys.good.is_some() || !answers).then_some(now);
                        open = true;
                    }
                    Plan::Wait => prop_assert!(open),
                    Plan::Use(_) => {}
                    Plan::Unavailable => prop_assert!(false, "the provider has not failed"),
                }
                if open && answers {
                    last = last.filter(|_| keys.good.is_some());
                    keys.arrived(Some(set("a")), at(now));
                    open = false;
                }
            }
        }
    }
}
