//! What proves that a copy is not out of date, and for how long.

use keyward_core::feed::{CLOCK_DRIFT_SECONDS, Feed, NEWS_SECONDS, News, Place};
use keyward_core::organization::OrganizationChanges;
use keyward_core::staleness::{Bound, Freshness, Limits, OnOutage, Seconds, Staleness};
use keyward_core::{Consistency, KeyDigest, Organization, Timestamp};
use serde_json::json;

use crate::support::{actor, at, id, organization, title, user};

fn place(n: u32) -> Place {
    Place::of(&n.to_string())
}

fn millis(at: Timestamp) -> i64 {
    at.as_millis()
}

/// News up to `until`, in which these places have changed.
fn news(since: Option<i64>, until: i64, changes: &[(u32, i64)]) -> News {
    News {
        since: since.map(at),
        until: at(until),
        floor: Timestamp::default(),
        changes: changes.iter().map(|(n, changed)| (place(*n), millis(at(*changed)))).collect(),
        limits: Some(vec![]),
    }
}

/// A feed that is complete up to 1000, of which the isolate has asked at 5000 by its own clock.
fn feed(changes: &[(u32, i64)]) -> Feed {
    Feed::begin(news(None, 1000, changes), at(5000)).expect("everything")
}

#[test]
fn a_copy_is_right_up_to_the_end_of_the_feed_or_since_it_began_if_that_is_later() {
    let feed = feed(&[(1, 700)]);
    for (n, begun, proven) in [
        (1, 699, None),
        (1, 700, Some(1000)),
        (1, 1000, Some(1000)),
        (1, 1200, Some(1200)),
        (2, 0, Some(1000)),
        (2, 1200, Some(1200)),
    ] {
        assert_eq!(feed.proves(place(n), at(begun)), proven.map(at), "{n} since {begun}");
    }
}

#[test]
fn what_the_feed_could_not_tell_is_not_proven() {
    let mut feed = Feed::begin(News { floor: at(500), ..news(None, 1000, &[]) }, at(5000)).expect("begun");
    assert_eq!([feed.proves(place(1), at(499)), feed.proves(place(1), at(500))], [None, Some(at(1000))]);
    feed.learn(news(Some(1000), 2000, &[]), at(6000));
    assert_eq!(
        feed.proves(place(1), at(499)),
        None,
        "that there is nothing new does not tell what there was"
    );
    feed.learn(news(None, 3000, &[]), at(7000));
    assert_eq!(feed.proves(place(1), at(499)), Some(at(3000)));
}

#[test]
fn news_that_leave_something_out_or_come_too_late_say_nothing() {
    assert!(Feed::begin(news(Some(0), 1000, &[]), at(5000)).is_none());
    let mut feed = feed(&[(1, 700)]);
    feed.learn(news(Some(1001), 3000, &[]), at(8000));
    assert_eq!(feed.proves(place(2), at(0)), Some(at(1000)), "what happened at 1001 is not known");
    feed.learn(news(Some(900), 2000, &[(2, 1500)]), at(7000));
    assert_eq!((feed.proves(place(2), at(0)), feed.proves(place(3), at(0))), (None, Some(at(2000))));
    assert_eq!(feed.proves(place(1), at(699)), None, "what was known stays known");
    feed.learn(news(None, 1500, &[]), at(9000));
    feed.learn(news(Some(900), 1999, &[(3, 1400)]), at(9000));
    assert_eq!(feed.proves(place(2), at(0)), None);
    assert_eq!(feed.age(at(9000)), Some(3000), "answers overtake each other");
}

#[test]
fn the_age_is_counted_by_the_isolates_clock_from_when_it_asked_and_one_second_more() {
    let feed = feed(&[]);
    assert_eq!(
        [feed.age(at(5000)), feed.age(at(9000)), feed.age(at(4000))],
        [Some(1000), Some(5000), Some(1000)]
    );
    assert_eq!(feed.age(at(3999)), None, "the clock has gone back");
    let within = |bound, now| feed.is_within(Bound(bound), at(now));
    assert_eq!([within(30, 34_000), within(30, 34_001), within(0, 5000)], [true, false, false]);
    assert_eq!(feed.possible_now(at(9000)), at(6000));
    assert_eq!(i64::from(CLOCK_DRIFT_SECONDS), 1);
}

#[test]
fn an_answer_at_the_same_instant_of_the_ledgers_clock_makes_the_feed_younger() {
    let mut feed = feed(&[]);
    feed.learn(news(Some(1000), 1000, &[]), at(9000));
    assert_eq!(feed.age(at(9000)), Some(1000));
}

#[test]
fn news_are_due_after_half_of_the_bound_and_asked_for_once_until_they_are_lost() {
    let mut feed = feed(&[]);
    let due = |feed: &mut Feed, now| feed.is_due(Bound(30), at(now));
    assert_eq!(
        [20_000, 20_001, 20_002, 30_000, 30_001].map(|now| due(&mut feed, now)),
        [false, true, false, false, true]
    );
    feed.learn(news(Some(1000), 2000, &[]), at(30_001));
    assert!(!due(&mut feed, 30_002));
    assert!(due(&mut feed, 45_002));
}

#[test]
fn after_half_a_day_everything_is_asked_for_anew() {
    let feed = feed(&[]);
    let half_a_day = 5000 + i64::from(NEWS_SECONDS - CLOCK_DRIFT_SECONDS) * 1000;
    assert_eq!([feed.since(at(half_a_day)), feed.since(at(half_a_day + 1))], [Some(at(1000)), None]);
    assert_eq!(feed.since(at(0)), None, "nobody knows how old it is");
}

#[test]
fn a_feed_that_has_grown_too_large_forgets_and_proves_nothing_from_before() {
    let mut feed = feed(&[]);
    for batch in 0..3_u32 {
        let changes: Vec<_> = (0..30_000).map(|n| (batch * 30_000 + n, 1500)).collect();
        let until = 2000 + i64::from(batch);
        feed.learn(news(Some(until - 1000), until, &changes), at(6000));
    }
    assert!(feed.count() < 65_536);
    assert_eq!([feed.proves(place(7), at(1400)), feed.proves(place(1_000_000), at(1400))], [None, None]);
}

#[test]
fn places_of_keys_are_their_digests_and_travel_as_they_are() {
    let digest = KeyDigest::from_hex(&"ffeeddccbbaa9988".repeat(4)).expect("a digest");
    assert_eq!(serde_json::to_string(&Place::of_key(&digest)).expect("JSON"), "18441921395520346504");
    let told = news(None, 1, &[(1, 0)]);
    let text = serde_json::to_string(&told).expect("JSON");
    assert_eq!(serde_json::from_str::<News>(&text).expect("its own shape"), told);
}

#[test]
fn the_bound_is_the_least_of_what_is_asked_allowed_and_required() {
    let limits = |seconds| Limits { max_staleness_seconds: Seconds::at_most(seconds), ..Limits::default() };
    for (asked, allowed, consistency, bound) in [
        (30, 30, Consistency::Fast, 30),
        (7, 30, Consistency::Fast, 7),
        (3600, 30, Consistency::Fast, 30),
        (3600, 3600, Consistency::Strong, 0),
        (0, 30, Consistency::Fast, 0),
    ] {
        assert_eq!(Bound(asked).within(&limits(allowed), consistency), Bound(bound));
    }
    let of = |word, seconds: u32| {
        let wanted = Freshness::of(word, Some(Staleness::at_most(seconds)), OnOutage::Refuse);
        wanted.map(|wanted| wanted.bound.0)
    };
    assert_eq!([of(None, 0), of(None, 7), of(Some(Consistency::Fast), 7)], [Some(0), Some(7), Some(7)]);
    assert_eq!([of(Some(Consistency::Strong), 0), of(Some(Consistency::Strong), 7)], [Some(0), None]);
    assert_eq!(of(Some(Consistency::Fast), 0), None);
}

#[test]
fn an_owner_goes_by_its_own_limits_and_what_is_nobodys_by_the_strictest() {
    let limits = |seconds| Limits { max_staleness_seconds: Seconds::at_most(seconds), ..Limits::default() };
    let told = vec![(id("acme"), limits(600)), (id("strict"), limits(5))];
    let feed = Feed::begin(News { limits: Some(told), ..news(None, 1000, &[]) }, at(0)).expect("begun");
    for (owner, seconds) in [
        (Some(&organization("acme")), 600),
        (Some(&organization("strict")), 5),
        (Some(&organization("other")), 30),
        (Some(&user("acme")), 30),
        (None, 5),
    ] {
        assert_eq!(feed.limits(owner), limits(seconds));
    }
}

/// Ledgers hold organizations in this shape.
#[test]
fn a_stored_organization_has_the_pinned_shape_and_is_not_read_without_its_limits() {
    let (made, _) = Organization::create(id("acme"), title("Acme"), &actor("ada"), at(0));
    let lower =
        OrganizationChanges { max_staleness_seconds: Some(Staleness::at_most(5)), ..Default::default() };
    let (changed, events) = made.update(lower, &actor("ada"), at(1000));
    assert_eq!(events.len(), 1);
    let pinned = json!({
        "id": "acme", "name": "Acme", "created_at": at(0), "created_by": { "type": "user", "id": "ada", "key": null },
        "updated_at": at(1000), "limits": { "max_staleness_seconds": 5, "on_outage_max_seconds": 0 },
        "settled_at": at(31_000),
    });
    assert_eq!(serde_json::to_value(&changed).expect("JSON"), pinned);
    for field in ["limits", "settled_at"] {
        let mut lost = pinned.clone();
        lost.as_object_mut().expect("object").remove(field);
        assert!(serde_json::from_value::<Organization>(lost).is_err(), "{field}");
    }
    assert_eq!(changed.effective_by(at(2000)), at(31_000), "some go by the ceiling of before");
    assert_eq!(changed.effective_by(at(29_000)), at(34_000));
}
