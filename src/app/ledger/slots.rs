//! Which deliveries are under way. It is remembered in memory alone: after an eviction none is.

use keyward_core::Timestamp;

use super::outbox::{Lane, Urgency};

/// How long a delivery keeps its slot, in seconds: far longer than any takes, in case whoever waited for it is gone.
const DELIVERY_SECONDS: i64 = 60;

/// A delivery that is under way.
#[derive(Debug)]
struct Taken {
    lane: Lane,
    urgency: Urgency,
    destination: String,
    since: Timestamp,
}

/// The slots of a ledger's lanes.
#[derive(Debug, Default)]
pub(super) struct Slots {
    taken: Vec<Taken>,
    /// Whose turn it was last, in each lane.
    last_turns: [String; 2],
}

impl Slots {
    /// Gives back the slots of deliveries that must have been lost.
    pub(super) fn forget_lost(&mut self, now: Timestamp) {
        let age = |since: Timestamp| (now.as_millis() - since.as_millis()).abs();
        self.taken.retain(|taken| age(taken.since) < DELIVERY_SECONDS * 1000);
    }

    /// How many deliveries of a lane are under way.
    pub(super) fn taken(&self, lane: Lane) -> usize {
        self.taken.iter().filter(|taken| taken.lane == lane).count()
    }

    /// Whether another delivery of this urgency may begin.
    pub(super) fn has_room(&self, lane: Lane, urgency: Urgency) -> bool {
        let is_ordinary = |taken: &&Taken| taken.lane == lane && taken.urgency == Urgency::Ordinary;
        let ordinary = || self.taken.iter().filter(is_ordinary).count();
        self.taken(lane) < lane.slots() && (urgency < Urgency::Ordinary || ordinary() < lane.ordinary_slots())
    }

    /// Whether a delivery to this destination is under way: two at once could land in the wrong order.
    pub(super) fn is_under_way(&self, destination: &str) -> bool {
        self.taken.iter().any(|taken| taken.destination == destination)
    }

    /// Whose turn it was last.
    pub(super) fn last_turn(&self, lane: Lane) -> &str {
        let [kv, ledgers] = &self.last_turns;
        if lane == Lane::Kv { kv } else { ledgers }
    }

    /// A delivery of this owner begins.
    pub(super) fn take(
        &mut self,
        lane: Lane,
        urgency: Urgency,
        owner: String,
        destination: &str,
        now: Timestamp,
    ) {
        let [kv, ledgers] = &mut self.last_turns;
        *(if lane == Lane::Kv { kv } else { ledgers }) = owner;
        self.taken.push(Taken { lane, urgency, destination: destination.to_owned(), since: now });
    }

    /// The delivery that was begun then has ended.
    pub(super) fn free(&mut self, destination: &str, since: Timestamp) {
        self.taken.retain(|taken| taken.since != since || taken.destination != destination);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_delivery_that_is_lost_keeps_its_slot_for_a_minute() {
        let (mut slots, since) = (Slots::default(), Timestamp::from_millis(5_000));
        slots.take(Lane::Kv, Urgency::Ordinary, "user:ada".to_owned(), "kv:a", since);
        slots.forget_lost(since.plus_seconds(59));
        assert!(slots.is_under_way("kv:a"));
        slots.forget_lost(since.plus_seconds(60));
        assert!(!slots.is_under_way("kv:a"));
    }

    #[test]
    fn one_slot_to_kv_is_kept_for_restrictions_and_they_keep_none_from_the_others() {
        let begun = |first: Urgency, then: Urgency| {
            let (mut slots, mut begun) = (Slots::default(), [0, 0]);
            for (count, urgency) in begun.iter_mut().zip([first, then]) {
                while slots.has_room(Lane::Kv, urgency) {
                    *count += 1;
                    let destination = format!("{urgency:?} {count}");
                    slots.take(Lane::Kv, urgency, String::new(), &destination, Timestamp::default());
                }
            }
            assert!(slots.has_room(Lane::Ledgers, Urgency::Ordinary), "lanes do not wait for each other");
            begun
        };
        assert_eq!(begun(Urgency::Ordinary, Urgency::Restriction), [3, 1]);
        assert_eq!(begun(Urgency::Restriction, Urgency::Ordinary), [4, 0]);
        let mut slots = Slots::default();
        for n in 0..3 {
            slots.take(Lane::Kv, Urgency::Restriction, String::new(), &format!("{n}"), Timestamp::default());
        }
        assert!(
            slots.has_room(Lane::Kv, Urgency::Ordinary),
            "a slot that is free is for whoever has the turn"
        );
    }
}
