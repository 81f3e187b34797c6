//! Who verifies: the caller's key is read at the same time as the key in question, and is remembered as long as it
//! proves itself.

use keyward_core::KeyDigest;
use serde_json::{Value, json};

use crate::kv::kv_key_of_digest;
use crate::memory::{Counts, Faults, Made, NOBODY, ROOT, Seen, World, user, user_token};
use crate::ports::Clock;

const ORGANIZATION: &str = "organizations/acme";

fn cost(kv_reads: u64, ledger_calls: u64) -> Counts {
    Counts { kv_reads, ledger_calls, ..Counts::default() }
}

/// acme with a key that may verify and one to ask about, both in KV.
struct Scene {
    world: World,
    caller: Made,
    asked: Made,
}

impl Scene {
    fn new() -> Self {
        Self::with_caller(json!({ "scopes": ["keys:verify", "keys:read"] }))
    }

    fn with_caller(fields: Value) -> Self {
        let world = World::with_acme();
        let caller = world.create(ROOT, ORGANIZATION, fields);
        let asked = world.create(ROOT, ORGANIZATION, json!({}));
        world.deliver();
        world.warm();
        Self { world, caller, asked }
    }

    fn ask(&self) -> Seen {
        self.world.ask(&self.caller.token, json!({ "key": self.asked.token }))
    }

    fn revoke_caller(&self) {
        let address = format!("/v1/{ORGANIZATION}/keys/{}/revoke", self.caller.id);
        self.world.ok(ROOT, "POST", &address, Value::Null);
        self.world.deliver();
    }
}

#[test]
fn a_callers_key_costs_one_more_read_of_kv_once_and_is_as_fresh_as_the_answer_has_to_be() {
    let scene = Scene::new();
    let start = scene.world.outside.now();
    for (milliseconds, consistency, expected) in [
        (0, "fast", cost(2, 0)),
        (0, "fast", cost(1, 0)),
        (2000, "strong", cost(0, 2)),
        (4999, "fast", cost(1, 0)),
        (31_000, "fast", cost(1, 0)),
        (31_001, "fast", cost(0, 2)),
        (31_001, "fast", cost(1, 0)),
    ] {
        scene.world.outside.set_wall(keyward_core::Timestamp::from_millis(start.as_millis() + milliseconds));
        let question = json!({ "key": scene.asked.token, "consistency": consistency });
        let seen = scene.world.ask(&scene.caller.token, question);
        assert_eq!((seen.code(), seen.cost), ("valid", expected), "{milliseconds} ms, {consistency}");
    }
}

#[test]
fn a_revoked_caller_verifies_for_no_longer_than_the_bound_allows() {
    let scene = Scene::new();
    assert_eq!(scene.ask().code(), "valid");
    scene.revoke_caller();
    scene.world.pass(28);
    assert_eq!(scene.ask().code(), "valid");
    scene.world.pass(1);
    for _ in 0..2 {
        assert_eq!(scene.ask().code(), "auth.invalid");
    }
}

#[test]
fn a_callers_key_that_expires_while_it_is_remembered_is_refused() {
    let expires_at = crate::memory::after(4).to_string();
    let scene = Scene::with_caller(json!({ "scopes": ["keys:verify"], "expires_at": expires_at }));
    assert_eq!(scene.ask().code(), "valid");
    scene.world.pass(2);
    assert_eq!(scene.ask().code(), "auth.invalid", "it may have expired since it was known to work");
    let seen = scene.ask();
    assert_eq!((seen.code(), seen.cost.ledger_calls), ("auth.invalid", 0));
}

#[test]
fn a_revoked_caller_is_refused_again_and_again_though_this_clock_is_behind_the_ledgers() {
    let scene = Scene::new();
    let behind = scene.world.outside.now();
    scene.world.pass(600);
    scene.revoke_caller();
    scene.world.outside.set_wall(behind);
    for _ in 0..3 {
        assert_eq!(scene.ask().code(), "auth.invalid");
    }
}

#[test]
fn a_remembered_caller_may_do_nothing_else_once_its_key_is_revoked() {
    let scene = Scene::new();
    assert_eq!(scene.ask().code(), "valid");
    scene.revoke_caller();
    for address in ["/v1/whoami", "/v1/organizations/acme/keys"] {
        let seen = scene.world.send(&scene.caller.token, "GET", address, Value::Null);
        assert_eq!((seen.code(), seen.cost), ("auth.invalid", cost(0, 1)), "{address}");
    }
    assert_eq!(
        scene.world.verify(&scene.caller, "fast").code(),
        "revoked",
        "nor does it count as an asked key"
    );
    assert_eq!(scene.ask().code(), "auth.invalid", "this isolate has heard of it");
}

#[test]
fn a_caller_that_requires_strong_consistency_is_asked_of_its_ledger_each_time() {
    let strict = Scene::with_caller(json!({ "scopes": ["keys:verify"], "consistency": "strong" }));
    for _ in 0..2 {
        assert_eq!(strict.ask().cost, cost(2, 1), "it requires strong consistency");
    }
    let scene = Scene::new();
    scene.world.suffer(Faults { kv_down: true, ..Faults::NONE });
    assert_eq!([scene.ask().cost, scene.ask().cost], [cost(2, 2), cost(1, 0)], "others are remembered");
}

#[test]
fn both_keys_are_being_read_before_either_is_answered() {
    let scene = Scene::new();
    let outside = &scene.world.outside;
    outside.kv_answers_after.set(outside.counts().kv_reads + 2);
    assert_eq!(scene.ask().code(), "valid");
}

#[test]
fn nothing_is_read_for_somebody_whose_credential_is_no_key() {
    let scene = Scene::new();
    for (who, code) in [
        (NOBODY.to_owned(), "auth.missing"),
        ("toor".to_owned(), "auth.invalid"),
        ("kw_sk_test_1".to_owned(), "auth.invalid"),
        ("a b".to_owned(), "auth.malformed"),
        (user_token("ada", 2), "auth.invalid"),
        (user("ada"), "auth.forbidden"),
    ] {
        for consistency in ["fast", "strong"] {
            let question = json!({ "key": scene.asked.token, "consistency": consistency });
            let seen = scene.world.ask(&who, question);
            assert_eq!((seen.code(), seen.cost), (code, cost(0, 0)));
        }
    }
}

#[test]
fn whoever_may_not_verify_learns_nothing_about_a_key() {
    let Scene { world, caller, asked } = &Scene::new();
    let key = |fields: Value| world.create(ROOT, ORGANIZATION, fields);
    let (revoked, undelivered) = (key(json!({})), key(json!({})));
    world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/keys/{}/revoke", caller.id), Value::Null);
    world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/keys/{}/revoke", revoked.id), Value::Null);
    world.deliver();
    let questions = [
        json!({ "key": asked.token }),
        json!({ "key": revoked.token }),
        json!({ "key": undelivered.token, "consistency": "strong" }),
        json!({ "key": "forged" }),
        json!({ "key": asked.token, "organization": "other", "scopes": ["a"] }),
        json!({ "key": 7 }),
        json!({}),
        json!([]),
    ];
    for (who, code) in [
        (caller.token.clone(), "auth.invalid"),
        (key(json!({ "scopes": ["keys:read"] })).token, "auth.insufficient_scope"),
        (key(json!({ "type": "publishable", "scopes": ["*"] })).token, "auth.forbidden"),
        (NOBODY.to_owned(), "auth.missing"),
    ] {
        let bodies: Vec<Value> =
            questions.iter().map(|question| world.ask(&who, question.clone()).body).collect();
        assert!(bodies.iter().all(|body| *body == bodies[0] && body["code"] == code), "{bodies:?}");
        assert!(
            world.ask(&who, questions[0].clone()).uses.iter().all(|key_use| key_use.key.as_str() != asked.id)
        );
    }
}

#[test]
fn a_refusal_of_the_caller_comes_before_a_failure_to_read_the_asked_key() {
    let scene = Scene::with_caller(json!({ "scopes": [] }));
    scene.world.outside.kv.borrow_mut().remove(&kv_key_of_digest(&KeyDigest::of(&scene.asked.token)));
    scene.world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    assert_eq!(scene.ask().code(), "auth.insufficient_scope");
}
