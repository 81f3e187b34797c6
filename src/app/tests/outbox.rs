//! When what others have to be told is delivered. The random test says that it always lands.

use std::pin::pin;

use serde_json::{Value, json};

use crate::kv::{KvKey, kv_key_of_digest, kv_key_of_member};
use crate::ledger::LedgerRequest;
use crate::ledger::outbox::Lane;
use crate::ledger::queries::FindRole;
use crate::memory::{Faults, Made, ROOT, World, go_on, user};
use crate::ports::Clock;

const DOWN: Faults = Faults { kv_down: true, ..Faults::NONE };

/// A deployment with a key of acme that reached KV a second ago.
fn with_key() -> (World, Made) {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    world.settle();
    world.pass(1);
    (world, key)
}

fn retitle(world: &World, key: &Made, title: &str) {
    world.ok(ROOT, "PATCH", &format!("/v1/organizations/acme/keys/{}", key.id), json!({ "title": title }));
}

fn id(text: &str) -> keyward_core::OwnerId {
    keyward_core::OwnerId::parse(text).expect("id")
}

/// The title that KV holds.
fn title(world: &World, key: &Made) -> String {
    let digest = keyward_core::KeyDigest::of(&key.token);
    let kv_key = kv_key_of_digest(&digest);
    let stored = world.outside.stored(&kv_key).expect("delivered");
    let record =
        KvKey::read(&world.config.issuer.ring, &kv_key, &stored).and_then(|copy| copy.record).expect("a key");
    record.settings.title.as_str().to_owned()
}

#[test]
fn kv_takes_one_write_a_second_of_a_key_and_the_newest_is_written() {
    let (world, key) = with_key();
    for (title_given, writes) in [("a", 1), ("b", 0), ("c", 0)] {
        let before = world.outside.counts().kv_writes;
        retitle(&world, &key, title_given);
        world.deliver_due();
        assert_eq!(world.outside.counts().kv_writes - before, writes);
        assert_eq!(title(&world, &key), "a");
    }
    let before = world.outside.counts().kv_writes;
    world.deliver();
    assert_eq!((title(&world, &key), world.outside.counts().kv_writes - before), ("c".to_owned(), 1));
}

#[test]
fn what_waits_when_a_ledger_starts_is_written_once_more_since_the_one_before_may_have_begun_to_write_it() {
    let (world, key) = with_key();
    let writes = || {
        let before = world.outside.counts().kv_writes;
        world.deliver_due();
        world.outside.counts().kv_writes - before
    };
    retitle(&world, &key, "a");
    world.outside.evict_ledgers();
    assert_eq!(writes(), 1);
    world.pass(10);
    retitle(&world, &key, "b");
    assert_eq!((writes(), title(&world, &key)), (1, "b".to_owned()), "what takes its place as well");
    for (seconds, expected) in [(59, 0), (1, 1), (60, 0)] {
        world.pass(seconds);
        assert_eq!(writes(), expected);
    }
}

#[test]
fn a_clock_that_went_back_holds_up_no_delivery() {
    let (world, key) = with_key();
    retitle(&world, &key, "before");
    world.deliver_due();
    world.outside.set_wall(keyward_core::Timestamp::from_millis(crate::memory::START - 3_600_000));
    retitle(&world, &key, "after");
    world.deliver();
    assert_eq!(title(&world, &key), "after");
}

#[test]
fn a_delivery_that_fails_is_tried_again_after_longer_and_longer_and_confirmed_once_it_has_landed() {
    let (world, key) = with_key();
    world.suffer(DOWN);
    retitle(&world, &key, "a");
    world.deliver_due();
    let ledgers = world.outside.ledgers();
    let next = || ledgers.iter().filter_map(|ledger| world.next_alarm(ledger)).min();
    let pause = || {
        let (next, now) = (next().expect("an alarm"), world.outside.now());
        world.outside.set_wall(next);
        world.deliver_due();
        (next.as_millis() - now.as_millis()) / 1000
    };
    assert_eq!([(); 8].map(|()| pause()), [1, 2, 4, 8, 16, 32, 60, 60]);
    world.suffer(Faults::NONE);
    assert_eq!(pause(), 60);
    assert_eq!(title(&world, &key), "a");
    let before = world.outside.counts().kv_writes;
    assert_eq!(
        (pause(), world.outside.counts().kv_writes - before),
        (60, 1),
        "an earlier try may have landed since"
    );
    assert_eq!(next(), None);
}

#[test]
fn a_write_that_lands_late_does_not_stay() {
    let (world, key) = with_key();
    world.suffer(Faults { kv_late: true, ..Faults::NONE });
    retitle(&world, &key, "late");
    world.deliver();
    world.suffer(Faults::NONE);
    retitle(&world, &key, "newer");
    world.deliver();
    assert_eq!(title(&world, &key), "newer");
    // It is confirmed for as long as the late write is still going on.
    for _ in 0..5 {
        world.pass(60);
        world.deliver();
        assert_eq!(world.outside.waiting().len(), 1);
    }
    world.outside.land_late_writes();
    assert_eq!(title(&world, &key), "late");
    world.settle();
    assert_eq!(title(&world, &key), "newer");
}

#[test]
fn a_delivery_that_is_lost_holds_up_its_destination_for_a_minute_and_nothing_else() {
    let (world, key) = with_key();
    retitle(&world, &key, "a");
    let ledgers = world.outside.ledgers();
    for ledger in &ledgers {
        assert!(go_on(pin!(ledger.object.deliver(Lane::Kv)), 1) || title(&world, &key) == "Key");
    }
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "admin" }));
    world.deliver();
    assert_eq!(title(&world, &key), "Key");
    let bob = kv_key_of_member(&id("acme"), &id("bob"));
    assert!(world.outside.stored(&bob).expect("delivered").ends_with(r#""admin"}"#));
    let told = world.ok(&user("bob"), "GET", "/v1/whoami", Value::Null).body;
    assert_eq!(told["organizations"][0]["role"], "admin");
    world.pass(60);
    world.deliver();
    assert_eq!(title(&world, &key), "a");
}

#[test]
fn an_evicted_ledger_delivers_what_it_had_committed() {
    let (world, key) = with_key();
    retitle(&world, &key, "a");
    for ledger in world.outside.ledgers() {
        go_on(pin!(ledger.object.deliver(Lane::Kv)), 1);
    }
    world.outside.evict_ledgers();
    world.settle();
    assert_eq!(title(&world, &key), "a");
}

#[test]
fn an_alarm_is_asked_for_by_what_commits_and_by_nothing_else() {
    let (world, key) = with_key();
    world.suffer(DOWN);
    retitle(&world, &key, "a");
    let find = FindRole {
        organization: id("acme"),
        user: id("bob"),
        asserted: None,
        copy_is_bad: false,
        since: None,
    };
    for ledger in world.outside.ledgers() {
        let answered = ledger.object.handle(&world.config, LedgerRequest::from(find.clone()));
        assert_eq!(answered.expect("an answer").alarm, None);
    }
    // What cannot be read is tried again.
    world.suffer(Faults { reads_fail: true, ..Faults::NONE });
    let retry = Some(world.outside.now().plus_seconds(60));
    assert!(world.outside.ledgers().iter().all(|ledger| world.next_alarm(ledger) == retry));
    world.suffer(Faults::NONE);
    world.settle();
    assert_eq!(title(&world, &key), "a");
}
