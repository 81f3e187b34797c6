//! How old an answer may be, whatever KV, clocks and restarts do.

mod ceilings;
mod clocks;
mod copies;
mod outage;
mod put_back;

use keyward_core::{KeyDigest, OwnerId, Timestamp};
use serde_json::{Value, json};

use crate::kv::{kv_key_of_digest, kv_key_of_member};
use crate::memory::{Counts, Faults, Made, ROOT, START, Seen, World, after, user};
use crate::ports::Clock;

const ORGANIZATION: &str = "organizations/acme";

/// A deployment with a key of this owner in KV, and an isolate that knows that nothing has changed.
fn with_key_of(owner: &str, fields: Value) -> (World, Made) {
    let world = World::with_acme();
    let key = world.create(ROOT, owner, fields);
    world.deliver();
    world.warm();
    (world, key)
}

fn with_key() -> (World, Made) {
    with_key_of(ORGANIZATION, json!({}))
}

fn revoke(world: &World, key: &Made) -> Seen {
    world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/keys/{}/revoke", key.id), Value::Null)
}

fn instant(seen: &Seen, field: &str) -> Timestamp {
    Timestamp::parse(&seen.text(field)).expect("an instant")
}

fn costs(seen: &Seen) -> [u64; 2] {
    [seen.cost.kv_reads, seen.cost.ledger_calls]
}

/// What KV holds now, to be put back later.
fn copy<'w>(world: &'w World, kv_key: &str) -> impl Fn() + use<'w> {
    let (kv_key, value) = (kv_key.to_owned(), world.outside.stored(kv_key).expect("delivered"));
    move || drop(world.outside.kv.borrow_mut().insert(kv_key.clone(), (value.clone(), None)))
}

fn place(key: &Made) -> String {
    kv_key_of_digest(&KeyDigest::of(&key.token))
}

fn member(user: &str) -> String {
    kv_key_of_member(&OwnerId::parse("acme").expect("id"), &OwnerId::parse(user).expect("id"))
}

#[test]
fn a_revoked_key_is_refused_within_its_bound_even_when_kv_is_stale_for_hours() {
    let (world, key) = with_key();
    let put_back = copy(&world, &place(&key));
    let revoked_at = instant(&revoke(&world, &key), "revoked_at");
    for bound in [30, 5, 1] {
        for _ in 0..400 {
            world.deliver_due();
            put_back();
            world.pass(3);
            let seen = world.ask(ROOT, json!({ "key": key.token, "max_staleness_seconds": bound }));
            world.refresh(&seen);
            let (as_of, now) = (instant(&seen, "as_of"), world.outside.now());
            assert!(as_of.plus_seconds(bound) >= now, "{}", seen.body);
            assert_eq!(seen.code(), if as_of < revoked_at { "valid" } else { "revoked" });
        }
    }
    world.forget();
    assert_eq!(world.verify(&key, "fast").code(), "revoked", "another isolate knows no better");
    assert_eq!(world.verify(&key, "fast").code(), "revoked", "and hears of it at once");
}

#[test]
fn a_copy_that_is_put_back_and_a_tombstone_that_is_lost_bring_no_key_back() {
    let (world, key) = with_key();
    let put_back = copy(&world, &place(&key));
    world.ok(ROOT, "DELETE", &format!("/v1/{ORGANIZATION}/keys/{}?revoke=true", key.id), Value::Null);
    world.settle();
    for hours in 0..24 {
        world.warm();
        assert_eq!(world.verify(&key, "fast").code(), "unknown");
        put_back();
        assert_eq!(world.verify(&key, "fast").code(), "unknown", "after {hours} hours");
        world.outside.kv.borrow_mut().remove(&place(&key));
        world.pass(3600);
    }
}

#[test]
fn members_who_leave_and_roles_that_come_back_are_told_as_they_were_within_the_bound() {
    let (world, key) = with_key_of("users/bob", json!({}));
    let put_back = copy(&world, &member("bob"));
    let ask = || world.ask(ROOT, json!({ "key": key.token, "organization": "acme" }));
    assert_eq!((ask().code(), costs(&ask())), ("valid", [2, 0]));
    world.ok(ROOT, "DELETE", "/v1/organizations/acme/members/bob", Value::Null);
    let left_at = world.outside.now();
    for _ in 0..100 {
        world.deliver_due();
        put_back();
        world.pass(3);
        let seen = ask();
        world.refresh(&seen);
        let as_of = instant(&seen, "as_of");
        assert!(as_of.plus_seconds(30) >= world.outside.now());
        assert_eq!(seen.code(), if as_of <= left_at { "valid" } else { "not_a_member" });
    }
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "member" }));
    world.warm();
    assert_eq!(ask().code(), "valid", "KV still has what was before");
}

#[test]
fn a_key_and_a_membership_are_told_of_one_instant() {
    let (world, key) = with_key_of("users/bob", json!({}));
    let ask = |more: u32| {
        let question = json!({ "key": key.token, "organization": "acme", "max_staleness_seconds": more });
        world.ask(ROOT, question)
    };
    let first = world.outside.now();
    world.pass(20);
    let acme = keyward_core::Owner::Organization(OwnerId::parse("acme").expect("id")).ledger();
    crate::memory::run(world.app().do_later(crate::Later::Refresh(acme)));
    let seen = ask(30);
    assert_eq!((seen.code(), instant(&seen, "as_of"), costs(&seen)), ("valid", first, [2, 0]));
    // Of a role that is newer than what is known of the key, both ledgers are asked.
    world.ok(ROOT, "DELETE", "/v1/organizations/acme/members/bob", Value::Null);
    crate::memory::run(world.app().do_later(crate::Later::Refresh(acme)));
    let seen = ask(30);
    assert_eq!((seen.code(), costs(&seen)), ("not_a_member", [2, 3]));
    assert!(instant(&seen, "as_of") >= world.outside.now());
}

#[test]
fn a_role_and_a_key_that_change_while_both_are_asked_are_told_as_they_are_now() {
    let (world, key) = with_key_of("users/bob", json!({}));
    world.ok(ROOT, "POST", &format!("/v1/users/bob/keys/{}/revoke", key.id), json!({ "revoke_in": 10 }));
    world.deliver();
    world.forget();
    let ask = || world.ask(ROOT, json!({ "key": key.token, "organization": "acme" }));
    assert_eq!(ask().code(), "valid");
    world.pass(11);
    assert_eq!(ask().code(), "revoked", "though the membership is known of before");
}

#[test]
fn a_key_that_may_have_ended_since_is_asked_of_its_ledger_and_one_that_has_is_refused_without() {
    let expires_at = after(20);
    let (world, key) = with_key_of(ORGANIZATION, json!({ "expires_at": expires_at.to_string() }));
    let ask = || world.ask(ROOT, json!({ "key": key.token }));
    let started = world.outside.now();
    for second in 0..40 {
        world.outside.set_wall(started.plus_seconds(second));
        let (seen, now) = (ask(), world.outside.now());
        assert_eq!(seen.code(), if now < expires_at { "valid" } else { "expired" });
        let may_have_ended = now.plus_seconds(1) >= expires_at && now <= expires_at;
        assert_eq!(seen.cost.ledger_calls, u64::from(may_have_ended), "{second}");
    }
}

#[test]
fn nothing_is_committed_up_to_an_instant_that_was_told_also_by_a_ledger_that_has_restarted_with_a_clock_that_is_behind()
 {
    let (world, key) = with_key();
    for seconds in [0, 1, 3, 3600] {
        let told = instant(&world.verify(&key, "strong"), "as_of");
        world.warm();
        world.outside.evict_ledgers();
        world.outside.set_wall(Timestamp::from_millis(START - i64::from(seconds) * 1000));
        let address = format!("/v1/{ORGANIZATION}/keys/{}", key.id);
        let changed = world.ok(ROOT, "PATCH", &address, json!({ "title": format!("t{seconds}") }));
        assert!(instant(&changed, "updated_at") > told, "{seconds}");
        assert!(instant(&world.verify(&key, "strong"), "as_of") > told);
    }
    let (asked, promised) = (world.verify(&key, "strong"), "SELECT promised FROM ledger WHERE promised > 0");
    let before = world.outside.rows(promised);
    for _ in 0..10 {
        world.verify(&key, "strong");
    }
    assert_eq!(world.outside.rows(promised), before, "a promise lasts for some seconds");
    assert_eq!(asked.cost.commits, 0);
}

#[test]
fn two_changes_within_a_millisecond_are_told_apart() {
    let (world, key) = with_key();
    for title in ["a", "b"] {
        let address = format!("/v1/{ORGANIZATION}/keys/{}", key.id);
        world.ok(ROOT, "PATCH", &address, json!({ "title": title }));
        if title == "a" {
            world.deliver_due();
            world.warm();
        }
    }
    world.warm();
    let seen = world.verify(&key, "fast");
    assert_eq!((&seen.body["key"]["title"], costs(&seen)), (&json!("b"), [1, 1]));
}

#[test]
fn where_more_has_changed_than_can_be_told_older_copies_prove_nothing() {
    let (world, key) = with_key();
    world.pass(10);
    world.outside.tamper(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 32769)
         INSERT INTO outbox (destination, lane, owner, urgency, revision, attempts, changed)
         SELECT 'kv:many/' || i, 'kv', 'organization:acme', 0, 1, 0, 1795248008000 + i / 100 FROM n",
    );
    let newer = world.create(ROOT, ORGANIZATION, json!({}));
    world.deliver();
    world.forget();
    world.warm();
    for _ in 0..2 {
        assert_eq!(costs(&world.verify(&key, "fast")), [1, 1], "it may have changed");
        assert_eq!(costs(&world.verify(&newer, "fast")), [1, 0]);
    }
}

#[test]
fn a_cold_isolate_asks_the_ledger_once_and_hears_everything() {
    let (world, key) = with_key();
    let other = world.create(ROOT, ORGANIZATION, json!({}));
    world.deliver();
    let put_back = copy(&world, &place(&other));
    revoke(&world, &other);
    world.deliver();
    put_back();
    world.forget();
    assert_eq!(costs(&world.verify(&key, "fast")), [0, 1]);
    assert_eq!(costs(&world.verify(&key, "fast")), [1, 0]);
    assert_eq!(world.verify(&other, "fast").code(), "revoked");
}

#[test]
fn a_key_that_has_changed_is_asked_once_of_its_ledger_though_kv_goes_on_giving_what_was_before() {
    let (world, key) = with_key();
    let put_back = copy(&world, &place(&key));
    for (change, code) in
        [(json!({ "title": "a" }), "valid"), (json!({ "title": "b" }), "valid"), (Value::Null, "revoked")]
    {
        let address = format!("/v1/{ORGANIZATION}/keys/{}", key.id);
        match change {
            Value::Null => drop(revoke(&world, &key)),
            change => drop(world.ok(ROOT, "PATCH", &address, change)),
        }
        world.deliver();
        put_back();
        world.warm();
        let asked: Vec<_> = (0..5).map(|_| world.verify(&key, "fast")).collect();
        assert!(asked.iter().all(|seen| seen.code() == code));
        assert_eq!(asked.iter().map(|seen| seen.cost.ledger_calls).sum::<u64>(), 1);
    }
}

#[test]
fn a_hot_isolate_asks_a_ledger_at_most_once_in_half_the_bound_and_nobody_waits() {
    for (bound, expected) in [(30, 60), (10, 180)] {
        let (world, key) = with_key();
        let mut refreshes = 0;
        for _ in 0..900 {
            world.pass(1);
            let seen = world.ask(ROOT, json!({ "key": key.token, "max_staleness_seconds": bound }));
            assert_eq!((seen.code(), costs(&seen)), ("valid", [1, 0]));
            refreshes += seen.stale_feeds.len();
            world.refresh(&seen);
        }
        assert!(refreshes <= expected, "{refreshes} in 900 seconds");
    }
    let (world, key) = with_key();
    world.pass(16);
    assert_eq!(world.verify(&key, "fast").stale_feeds.len(), 1);
    assert_eq!(world.verify(&key, "fast").stale_feeds.len(), 0, "one is under way");
    world.pass(10);
    assert_eq!(world.verify(&key, "fast").stale_feeds.len(), 1, "it must have been lost");
}

#[test]
fn an_isolate_whose_clock_goes_back_asks_and_one_whose_clock_is_wrong_need_not() {
    let (world, key) = with_key();
    let now = world.outside.now();
    world.outside.set_wall(Timestamp::from_millis(now.as_millis() - 2000));
    assert_eq!(costs(&world.verify(&key, "fast")), [0, 1]);
    let (world, key) = with_key();
    let isolate = |seconds: i64| Timestamp::from_millis(world.outside.now().as_millis() + seconds * 1000);
    for seconds in [-86_400, 86_400] {
        // The ledger's clock does not follow: what it has told is older or newer than this isolate's time of day.
        let at = isolate(seconds);
        world.forget();
        world.outside.set_wall(at);
        world.warm();
        assert_eq!(
            (world.verify(&key, "fast").code(), costs(&world.verify(&key, "fast"))),
            ("valid", [1, 0])
        );
    }
}

#[test]
fn what_has_changed_is_told_for_a_day_after_it_has_landed_and_a_new_key_not_at_all() {
    let (world, key) = with_key();
    let told = || world.outside.rows("SELECT destination FROM outbox WHERE changed > 0").len();
    world.settle();
    let before = told();
    world.create(ROOT, ORGANIZATION, json!({}));
    assert_eq!(told(), before);
    revoke(&world, &key);
    world.settle();
    let round = || {
        world.outside.ledgers().iter().for_each(|ledger| {
            world.next_alarm(ledger);
        });
    };
    world.pass(86_400);
    round();
    assert_eq!(told(), before + 1);
    world.pass(3601);
    round();
    assert_eq!(told(), 0);
    assert_eq!(world.outside.rows("SELECT destination FROM outbox").len(), 0);
}

#[test]
fn the_bound_is_told_in_either_word_and_not_in_two_that_contradict_each_other() {
    let (world, key) = with_key();
    let ask = |fields: Value| {
        let mut question = json!({ "key": key.token });
        question.as_object_mut().expect("object").extend(fields.as_object().expect("object").clone());
        world.ask(ROOT, question)
    };
    for (fields, bound, consistency) in [
        (json!({}), 30, "fast"),
        (json!({ "consistency": "fast" }), 30, "fast"),
        (json!({ "max_staleness_seconds": 7 }), 7, "fast"),
        (json!({ "max_staleness_seconds": 7.0, "consistency": "fast" }), 7, "fast"),
        (json!({ "max_staleness_seconds": 3600 }), 30, "fast"),
        (json!({ "consistency": "strong" }), 0, "strong"),
        (json!({ "max_staleness_seconds": 0 }), 0, "strong"),
        (json!({ "max_staleness_seconds": 0, "consistency": "strong" }), 0, "strong"),
    ] {
        let seen = ask(fields);
        let told = (&seen.body["max_staleness_seconds"], &seen.body["consistency"]);
        assert_eq!(told, (&json!(bound), &json!(consistency)), "{}", seen.body);
    }
    for fields in [
        json!({ "max_staleness_seconds": 0, "consistency": "fast" }),
        json!({ "max_staleness_seconds": 30, "consistency": "strong" }),
        json!({ "max_staleness_seconds": 3601 }),
        json!({ "max_staleness_seconds": -1 }),
        json!({ "max_staleness_seconds": 1.5 }),
        json!({ "max_staleness_seconds": "30" }),
        json!({ "max_staleness_seconds": null }),
    ] {
        let seen = ask(fields);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", "/max_staleness_seconds"));
    }
}

#[test]
fn whoever_calls_is_as_fresh_as_the_answer() {
    let (world, key) = with_key();
    let caller = world.create(ROOT, ORGANIZATION, json!({ "scopes": ["keys:verify"] }));
    world.deliver();
    world.warm();
    let ask =
        |bound: u32| world.ask(&caller.token, json!({ "key": key.token, "max_staleness_seconds": bound }));
    assert_eq!(ask(30).code(), "valid");
    revoke(&world, &caller);
    world.pass(5);
    assert_eq!(ask(30).code(), "valid");
    assert_eq!(ask(5).code(), "auth.invalid");
    let person = user("zoe");
    assert_eq!(
        world.ask(&person, json!({ "key": key.token, "organization": "acme" })).code(),
        "owner.not_found"
    );
}

#[test]
fn a_verify_of_a_feed_that_fails_to_come_goes_on_until_the_bound_is_over() {
    let (world, key) = with_key();
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    world.pass(29);
    let seen = world.verify(&key, "fast");
    world.refresh(&seen);
    assert_eq!((seen.code(), seen.cost), ("valid", Counts { kv_reads: 1, ..Counts::default() }));
    world.pass(1);
    assert_eq!(world.verify(&key, "fast").code(), "server.unavailable");
}
