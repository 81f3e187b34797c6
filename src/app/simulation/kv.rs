//! KV as the isolates of several places see it: late, out of order, and at times what was before.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use super::random::Random;
use super::world::Counter;
use crate::ledger::outbox::KvWrite;

/// A write that has landed.
#[derive(Debug, Clone)]
struct Landed {
    value: String,
    /// When it vanishes.
    until: Option<i64>,
    at: i64,
    /// From when on each place may see it.
    visible: Vec<i64>,
}

/// All values, with those before them.
#[derive(Debug, Default)]
pub(crate) struct Kv {
    places: usize,
    landed: RefCell<BTreeMap<String, Vec<Landed>>>,
    /// Nothing lags any more.
    pub(crate) is_healed: Cell<bool>,
}

/// How far back a place may go to a value that was already replaced: the product assumes at most 24 hours.
const REPLAY_MAX: i64 = 20 * 3_600_000;

impl Kv {
    pub(crate) fn new(places: usize) -> Self {
        Self { places, ..Self::default() }
    }

    /// A write lands; each place sees it when it does.
    pub(crate) fn land(&self, write: &KvWrite, now: i64, mut lag: impl FnMut() -> i64) {
        let visible = (0..self.places).map(|_| now + lag()).collect();
        let until = write.ttl_seconds.map(|ttl| now + i64::from(ttl) * 1000);
        let landed = Landed { value: write.value.clone(), until, at: now, visible };
        self.landed.borrow_mut().entry(write.kv_key.clone()).or_default().push(landed);
    }

    /// What a place sees: which of how many values that have landed, and the value.
    pub(crate) fn read(
        &self,
        kv_key: &str,
        place: usize,
        now: i64,
        random: &Random,
        replays: impl Fn(&Random) -> bool,
        count: &Counter,
    ) -> (usize, usize, Option<String>) {
        let landed = self.landed.borrow();
        let Some(values) = landed.get(kv_key) else { return (0, 0, None) };
        let seen = |value: &Landed| self.is_healed.get() || value.visible[place] <= now;
        let mut index = values.iter().rposition(seen).map_or(0, |index| index + 1);
        if index + 1 < values.len() + 1 && index < values.len() {
            count.add("KV: a place sees an old value");
        }
        if index > 1 && replays(random) {
            let before = random.below(index);
            // What has replaced it is not long ago.
            if values[before].at > now - REPLAY_MAX {
                index = before;
                count.add("KV: a value is seen again after a newer one");
            }
        }
        let value = index.checked_sub(1).map(|index| &values[index]);
        let value = value.filter(|value| value.until.is_none_or(|until| now < until));
        (index, values.len(), value.map(|value| value.value.clone()))
    }

    /// What is there in the end.
    pub(crate) fn last(&self, kv_key: &str) -> Option<String> {
        self.landed.borrow().get(kv_key).and_then(|values| values.last()).map(|value| value.value.clone())
    }
}
