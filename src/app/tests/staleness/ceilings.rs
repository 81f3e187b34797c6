//! What an organization allows, and when a restriction has taken effect.

use keyward_core::Timestamp;
use serde_json::{Value, json};

use super::{ORGANIZATION, costs, instant, revoke, with_key};
use crate::memory::{ROOT, Seen, World, after, user};
use crate::ports::Clock;

fn set(world: &World, fields: Value) -> Seen {
    world.ok(&user("ada"), "PATCH", "/v1/organizations/acme", fields)
}

fn by(seen: &Seen) -> Timestamp {
    Timestamp::parse(seen.body["effective"]["by"].as_str().expect("text")).expect("an instant")
}

#[test]
fn a_ceiling_is_30_seconds_until_it_is_set_and_holds_for_whoever_asks_for_more() {
    let (world, key) = with_key();
    let organization = world.ok(ROOT, "GET", "/v1/organizations/acme", Value::Null).body;
    assert_eq!([&organization["max_staleness_seconds"], &organization["on_outage_max_seconds"]], [30, 0]);
    let bound = |asked: u32| {
        let seen = world.ask(ROOT, json!({ "key": key.token, "max_staleness_seconds": asked }));
        assert_eq!((seen.code(), costs(&seen)), ("valid", [1, 0]));
        seen.body["max_staleness_seconds"].clone()
    };
    assert_eq!([bound(3600), bound(30), bound(7)], [30, 30, 7]);
    set(&world, json!({ "max_staleness_seconds": 3600 }));
    world.warm();
    assert_eq!([bound(3600), bound(30), bound(7)], [3600, 30, 7]);
    world.pass(1800);
    assert_eq!(bound(3600), 3600);
    set(&world, json!({ "max_staleness_seconds": 10 }));
    world.warm();
    assert_eq!([bound(3600), bound(7)], [10, 7]);
}

#[test]
fn a_ceiling_of_0_seconds_is_strong_for_everybody() {
    let (world, key) = with_key();
    set(&world, json!({ "max_staleness_seconds": 0 }));
    world.warm();
    assert_eq!(world.verify(&key, "fast").body["consistency"], "strong");
    assert_eq!(
        by(&revoke(&world, &key)),
        world.outside.now().plus_seconds(30).max(by(&revoke_again(&world)))
    );
}

#[test]
fn that_there_is_no_such_key_is_remembered_within_the_strictest_ceiling_of_its_ledger() {
    for (ceiling, calls) in [(30, 0), (5, 1)] {
        let (world, key) = with_key();
        set(&world, json!({ "max_staleness_seconds": ceiling, "on_outage_max_seconds": 1 }));
        world.ok(ROOT, "DELETE", &format!("/v1/{ORGANIZATION}/keys/{}?revoke=true", key.id), Value::Null);
        world.warm();
        assert_eq!(world.verify(&key, "fast").code(), "unknown");
        assert_eq!(world.verify(&key, "fast").cost.ledger_calls, calls, "{ceiling}");
    }
}

fn revoke_again(world: &World) -> Seen {
    let key = world.create(ROOT, ORGANIZATION, json!({}));
    revoke(world, &key)
}

#[test]
fn a_restriction_says_when_nobody_is_told_otherwise_any_more_also_where_the_ceiling_was_higher() {
    let (world, key) = with_key();
    let first = revoke_again(&world);
    assert_eq!(by(&first), instant(&first, "revoked_at").plus_seconds(30));
    set(&world, json!({ "max_staleness_seconds": 600 }));
    world.warm();
    world.pass(10);
    let lowered = set(&world, json!({ "max_staleness_seconds": 5 }));
    let settled_at = instant(&lowered, "updated_at").plus_seconds(600);
    // This isolate has not heard of the lower ceiling.
    let revoked = revoke(&world, &key);
    assert_eq!(by(&revoked), settled_at);
    world.outside.set_wall(Timestamp::from_millis(settled_at.as_millis() - 12_000));
    let asked = json!({ "key": key.token, "max_staleness_seconds": 3600 });
    assert_eq!(world.ask(ROOT, asked.clone()).code(), "valid");
    world.outside.set_wall(settled_at);
    assert_eq!(world.ask(ROOT, asked).code(), "revoked");
    let later = revoke_again(&world);
    assert_eq!(by(&later), instant(&later, "revoked_at").plus_seconds(5));
}

#[test]
fn what_is_planned_takes_effect_when_it_is_due_and_the_ceiling_is_over() {
    let (world, key) = with_key();
    let address = format!("/v1/{ORGANIZATION}/keys/{}", key.id);
    let rolled = world.ok(ROOT, "POST", &format!("{address}/roll"), json!({ "grace": 100 }));
    let ends_at = Timestamp::parse(rolled.body["rolled"]["revoked_at"].as_str().expect("text"));
    assert_eq!(by(&rolled), ends_at.expect("an instant").plus_seconds(30));
}

#[test]
fn what_is_changed_says_when_that_has_taken_effect_if_it_takes_something_away() {
    let (world, key) = with_key();
    set(&world, json!({ "max_staleness_seconds": 20 }));
    world.pass(60);
    let address = format!("/v1/{ORGANIZATION}/keys/{}", key.id);
    let change = |fields: Value| world.ok(ROOT, "PATCH", &address, fields);
    assert_eq!(change(json!({ "scopes": ["a", "b"] })).body["effective"], Value::Null);
    let narrowed = change(json!({ "scopes": ["b"], "title": "Narrower" }));
    assert_eq!(by(&narrowed), instant(&narrowed, "updated_at").plus_seconds(20));
    let strict = change(json!({ "consistency": "strong" }));
    assert_eq!(by(&strict), instant(&strict, "updated_at").plus_seconds(20));
    let at = after(1000);
    let ended = change(json!({ "expires_at": at }));
    assert_eq!(by(&ended), at.plus_seconds(20), "it works until then");
    let earlier = change(json!({ "expires_at": after(900) }));
    assert_eq!(by(&earlier), after(900).plus_seconds(20));
    for fields in [
        json!({ "title": "Another" }),
        json!({ "expires_at": at }),
        json!({ "scopes": ["a", "b", "c"] }),
        json!({ "scopes": ["a", "b", "c"] }),
        json!({ "consistency": "fast" }),
    ] {
        assert_eq!(change(fields.clone()).body["effective"], Value::Null, "{fields}");
    }
}

#[test]
fn what_is_revoked_or_deleted_together_says_when_that_has_taken_effect() {
    let (world, _) = with_key();
    set(&world, json!({ "max_staleness_seconds": 20 }));
    world.create(&user("bob"), ORGANIZATION, json!({}));
    world.create(&user("bob"), "users/bob", json!({}));
    world.pass(60);
    let revoke = |dry_run: bool| {
        let body = json!({ "created_by": "user:bob", "dry_run": dry_run });
        world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/keys/revoke"), body)
    };
    assert_eq!(revoke(true).body["effective"], Value::Null);
    let is_in = |seen: &Seen, seconds: u32| {
        let now = world.outside.now();
        (now.plus_seconds(seconds)..now.plus_seconds(seconds + 1)).contains(&by(seen))
    };
    assert!(is_in(&revoke(false), 20));
    assert_eq!(revoke(false).body["effective"], Value::Null, "there are none any more");
    let delete =
        |who: &str, place: &str| world.ok(who, "DELETE", &format!("/v1/{place}?revoke=true"), Value::Null);
    assert!(is_in(&delete(ROOT, "users/bob"), 30), "no organization's ceiling holds for personal keys");
    assert!(is_in(&delete(&user("ada"), ORGANIZATION), 20));
}

#[test]
fn settings_are_changed_by_admins_and_owners_recorded_and_nothing_else_changes() {
    let (world, _) = with_key();
    for (fields, pointer) in [
        (json!({ "max_staleness_seconds": 3601 }), "/max_staleness_seconds"),
        (json!({ "max_staleness_seconds": null }), "/max_staleness_seconds"),
        (json!({ "on_outage_max_seconds": 86_401 }), "/on_outage_max_seconds"),
        (json!({}), ""),
    ] {
        let seen = world.send(ROOT, "PATCH", "/v1/organizations/acme", fields);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", pointer));
    }
    let fields = json!({ "max_staleness_seconds": 60, "on_outage_max_seconds": 3600 });
    let refused = world.send(&user("bob"), "PATCH", "/v1/organizations/acme", fields.clone());
    assert_eq!(refused.code(), "auth.forbidden");
    let changed = set(&world, fields.clone());
    assert_eq!((&changed.body["max_staleness_seconds"], &changed.body["name"]), (&json!(60), &json!("Acme")));
    assert_eq!(set(&world, fields).cost.commits, 0, "it is as it should be");
    let events = world.ok(ROOT, "GET", "/v1/organizations/acme/events", Value::Null).body;
    assert_eq!(events["events"][0]["action"], "organization.updated");
    assert_eq!(
        events["events"][0]["details"]["changes"],
        json!([
            { "field": "max_staleness_seconds", "old": 30, "new": 60 },
            { "field": "on_outage_max_seconds", "old": 0, "new": 3600 },
        ])
    );
}
