//! What is answered while a ledger cannot be reached: nothing, unless the caller and the organization prefer an old answer.

use keyward_core::{Owner, OwnerId};
use serde_json::{Value, json};

use super::{ORGANIZATION, instant, revoke, with_key, with_key_of};
use crate::memory::{Faults, Made, ROOT, Seen, World, after};
use crate::ports::Clock;

const DOWN: Faults = Faults { ledgers_down: true, ..Faults::NONE };

fn allow(world: &World, seconds: u32) {
    world.ok(ROOT, "PATCH", "/v1/organizations/acme", json!({ "on_outage_max_seconds": seconds }));
    world.warm();
}

#[expect(clippy::needless_pass_by_value, reason = "a question is written where it is asked")]
fn ask(world: &World, key: &Made, more: Value) -> Seen {
    let mut question = json!({ "key": key.token, "on_outage": "stale" });
    question.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
    world.ask(ROOT, question)
}

#[test]
fn an_old_answer_is_given_where_both_want_it_and_says_how_old_it_is() {
    let (world, key) = with_key();
    allow(&world, 600);
    let known = instant(&ask(&world, &key, json!({})), "as_of");
    world.suffer(DOWN);
    world.pass(500);
    let seen = ask(&world, &key, json!({}));
    assert_eq!((seen.code(), instant(&seen, "as_of")), ("valid", known));
    assert_eq!(
        (&seen.body["max_staleness_seconds"], &seen.body["consistency"]),
        (&json!(600), &json!("fast"))
    );
    assert_eq!(ask(&world, &key, json!({ "consistency": "strong" })).code(), "valid");
    assert_eq!(ask(&world, &key, json!({ "on_outage": "refuse" })).code(), "server.unavailable");
    assert_eq!(world.verify(&key, "fast").code(), "server.unavailable");
    world.pass(100);
    assert_eq!(ask(&world, &key, json!({})).code(), "server.unavailable", "it is too old");
}

#[test]
fn nothing_fails_open_by_itself() {
    let (world, key) = with_key();
    let strict = world.create(ROOT, ORGANIZATION, json!({ "consistency": "strong" }));
    let ending = world.create(ROOT, ORGANIZATION, json!({ "expires_at": after(100).to_string() }));
    world.deliver();
    world.suffer(DOWN);
    world.pass(60);
    assert_eq!(ask(&world, &key, json!({})).code(), "server.unavailable", "the organization allows nothing");
    world.suffer(Faults::NONE);
    allow(&world, 86_400);
    let revoked = world.create(ROOT, ORGANIZATION, json!({}));
    world.deliver();
    revoke(&world, &revoked);
    world.warm();
    world.suffer(DOWN);
    world.pass(60);
    assert_eq!(ask(&world, &key, json!({})).code(), "valid");
    for key in [&strict, &ending, &revoked] {
        assert_eq!(ask(&world, key, json!({})).code(), "server.unavailable");
    }
    world.deliver();
    assert_eq!(ask(&world, &revoked, json!({})).code(), "revoked", "KV has the newest copy");
    world.suffer(Faults { kv_down: true, ..DOWN });
    assert_eq!(ask(&world, &key, json!({})).code(), "server.unavailable");
    world.suffer(DOWN);
    world.forget();
    assert_eq!(ask(&world, &key, json!({})).code(), "server.unavailable", "a cold isolate can prove nothing");
}

#[test]
fn a_personal_key_has_no_organization_that_could_allow_it() {
    let (world, key) = with_key_of("users/bob", json!({}));
    allow(&world, 86_400);
    world.suffer(DOWN);
    world.pass(60);
    assert_eq!(ask(&world, &key, json!({ "organization": "acme" })).code(), "server.unavailable");
    assert!(world.outside.now() > after(60));
}

#[test]
fn a_key_that_is_always_verified_strongly_takes_no_old_membership() {
    for (consistency, code) in [("fast", "valid"), ("strong", "server.unavailable")] {
        let (world, key) = with_key_of("users/bob", json!({ "consistency": consistency }));
        allow(&world, 600);
        let acme = Owner::Organization(OwnerId::parse("acme").expect("id"));
        world.outside.unreachable.set(Some(acme.ledger()));
        world.pass(60);
        assert_eq!(ask(&world, &key, json!({ "organization": "acme" })).code(), code);
    }
}
