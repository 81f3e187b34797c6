//! What clocks do: they stand still, and go back.

use keyward_core::{KeyDigest, Owner, OwnerId, Timestamp};
use serde_json::{Value, json};

use super::{ORGANIZATION, costs, revoke, with_key, with_key_of};
use crate::Later;
use crate::memory::{ROOT, World, run};
use crate::ports::Clock;

fn set_back(world: &World, seconds: i64) {
    let now = world.outside.now().as_millis();
    world.outside.set_wall(Timestamp::from_millis(now - seconds * 1000));
}

#[test]
fn what_is_revoked_in_the_millisecond_in_which_a_foreign_key_was_looked_for_is_told() {
    let (world, key) = with_key();
    let value = KeyDigest::of("a-foreign-key").to_hex();
    let row =
        json!({ "hash": { "algorithm": "sha256", "encoding": "hex", "value": value }, "title": "Theirs" });
    world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/import"), json!([row]));
    world.pass(10);
    assert_eq!(
        world.ask(ROOT, json!({ "key": "another-foreign-key", "organization": "acme" })).code(),
        "unknown"
    );
    revoke(&world, &key);
    world.warm();
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
}

#[test]
fn that_there_is_no_such_key_is_asked_again_by_an_isolate_whose_clock_goes_back() {
    let (world, key) = with_key();
    let address = format!("/v1/{ORGANIZATION}/keys/{}?revoke=true", key.id);
    world.ok(ROOT, "DELETE", &address, Value::Null);
    world.warm();
    let foreign = json!({ "key": "a-foreign-key", "organization": "acme" });
    for (question, code) in [(json!({ "key": key.token }), "unknown"), (foreign, "malformed")] {
        let ask = || world.ask(ROOT, question.clone());
        assert_eq!(ask().code(), code);
        assert_eq!((ask().code(), ask().cost.ledger_calls), (code, 0));
        set_back(&world, 3600);
        let asked = ask();
        assert!(asked.cost.ledger_calls > 0, "{}", asked.body);
        assert_eq!((asked.code(), ask().cost.ledger_calls), (code, 0), "it is known anew");
    }
}

#[test]
fn an_answer_that_was_proven_before_the_clock_went_back_is_asked_of_the_ledgers() {
    let (world, key) = with_key_of("users/bob", json!({}));
    world.forget();
    let bobs = Owner::User(OwnerId::parse("bob").expect("id")).ledger();
    run(world.app().do_later(Later::Refresh(bobs)));
    world.pass(20);
    world.outside.ledgers_take.set(-10);
    let seen = world.ask(ROOT, json!({ "key": key.token, "organization": "acme" }));
    assert_eq!((seen.code(), costs(&seen)), ("valid", [1, 3]), "the role, and then both");
    assert_eq!(seen.body["consistency"], "strong");
}

#[test]
fn an_old_answer_that_has_become_too_old_while_others_were_asked_is_not_given() {
    let (world, key) = with_key();
    world.ok(ROOT, "PATCH", "/v1/organizations/acme", json!({ "on_outage_max_seconds": 60 }));
    let caller = world.create(ROOT, "deployment", json!({ "scopes": ["keys:verify"] }));
    world.deliver();
    world.warm();
    let acme = Owner::Organization(OwnerId::parse("acme").expect("id"));
    world.outside.unreachable.set(Some(acme.ledger()));
    world.outside.ledgers_take.set(10);
    let question = json!({ "key": key.token, "max_staleness_seconds": 0, "on_outage": "stale" });
    let ask = || world.ask(&caller.token, question.clone()).code().to_owned();
    world.pass(45);
    assert_eq!([ask(), ask()], ["valid", "server.unavailable"]);
}
