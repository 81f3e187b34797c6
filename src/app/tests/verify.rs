//! Verifying a key: what it costs, and what it knows of keys that have changed.

mod failures;
mod uses;

use keyward_core::{KeyDigest, Kind, Owner, OwnerId};
use serde_json::{Value, json};

use crate::kv::kv_key_of_digest;
use crate::memory::{Counts, Faults, Made, ROOT, World, after, config};
use crate::ports::{Clock, Randomness};

const ORGANIZATION: &str = "organizations/acme";

fn cost(kv_reads: u64, ledger_calls: u64) -> Counts {
    Counts { kv_reads, ledger_calls, ..Counts::default() }
}

/// A deployment with a key of acme that has reached KV, and an isolate that knows that nothing has changed.
fn with_key(fields: Value) -> (World, Made) {
    let world = World::with_acme();
    let key = world.create(ROOT, ORGANIZATION, fields);
    world.deliver();
    world.warm();
    (world, key)
}

fn revoke(world: &World, key: &Made, body: Value) {
    world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/keys/{}/revoke", key.id), body);
}

fn kv_key(key: &Made) -> String {
    kv_key_of_digest(&KeyDigest::of(&key.token))
}

// What it costs.

#[test]
fn a_text_that_this_deployment_did_not_issue_is_refused_without_storage() {
    let (world, key) = with_key(json!({}));
    let made_by = |changed: &[(&str, &str)]| {
        let owner = Owner::Organization(OwnerId::parse("acme").expect("id"));
        let issued = config(changed).issuer.issue(Kind::Secret, &owner, &mut world.outside.entropy());
        issued.expect("entropy").text().to_owned()
    };
    let foreign = made_by(&[("ENVIRONMENT", "live")]);
    let forged = made_by(&[("SEAL_KEYS", &"77".repeat(32))]);
    let last = if key.token.ends_with('0') { '1' } else { '0' };
    let wrong = format!("{}{last}", key.token.get(..key.token.len() - 1).expect("ASCII"));
    for (text, code) in [
        (String::new(), "malformed"),
        ("x".repeat(10_000), "malformed"),
        ("kw_sk_test_1 ä".to_owned(), "malformed"),
        (wrong, "malformed"),
        (foreign, "wrong_environment"),
        (forged, "forged"),
    ] {
        for consistency in ["fast", "strong"] {
            let seen = world.ask(ROOT, json!({ "key": text, "consistency": consistency }));
            assert_eq!((seen.status, seen.code()), (200, code));
            let bound = if consistency == "fast" { 30 } else { 0 };
            let as_of = world.outside.now();
            let told = json!({
                "valid": false, "code": code, "key": null, "as_of": as_of, "max_staleness_seconds": bound,
            });
            assert_eq!(seen.body, told);
            assert_eq!(seen.cost, cost(0, 0), "{code}");
        }
    }
}

#[test]
fn fast_costs_one_read_of_kv_and_no_ledger() {
    let (world, key) = with_key(json!({ "scopes": ["a"] }));
    let seen = world.ask(ROOT, json!({ "key": key.token, "scopes": ["a"], "organization": "acme" }));
    assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 0)));
    assert_eq!(seen.body["consistency"], "fast");
    assert_eq!(seen.body["max_staleness_seconds"], 30);
    for (question, code) in [
        (json!({ "key": key.token, "scopes": ["b"] }), "insufficient_scope"),
        (json!({ "key": key.token, "organization": "other" }), "not_a_member"),
    ] {
        let seen = world.ask(ROOT, question);
        assert_eq!((seen.code(), seen.cost), (code, cost(1, 0)));
    }
}

#[test]
fn fast_costs_one_more_request_to_the_ledger_on_a_miss() {
    let world = World::with_acme();
    world.warm();
    let key = world.create(ROOT, ORGANIZATION, json!({}));
    let seen = world.verify(&key, "fast");
    assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 1)));
    world.deliver();
    assert_eq!(world.verify(&key, "fast").cost, cost(1, 0));
}

#[test]
fn strong_costs_one_request_to_the_ledger_and_no_kv() {
    let (world, key) = with_key(json!({}));
    let seen = world.verify(&key, "strong");
    assert_eq!((seen.code(), seen.cost), ("valid", cost(0, 1)));
    assert_eq!(seen.body["consistency"], "strong");
    assert_eq!(seen.body["max_staleness_seconds"], 0);
}

#[test]
fn a_key_that_requires_strong_consistency_gets_it_whatever_the_caller_asks() {
    let (world, key) = with_key(json!({ "consistency": "strong" }));
    let seen = world.verify(&key, "fast");
    assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 1)));
    assert_eq!(seen.body["consistency"], "strong");
    revoke(&world, &key, Value::Null);
    assert_eq!(world.verify(&key, "fast").code(), "revoked", "before anything is delivered");
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    assert_eq!(world.verify(&key, "fast").code(), "server.unavailable", "KV's copy is no answer");
}

#[test]
fn nothing_is_ever_written_on_verify() {
    let (world, key) = with_key(json!({}));
    for consistency in ["fast", "strong"] {
        for _ in 0..3 {
            world.pass(400);
            let seen = world.verify(&key, consistency);
            assert_eq!((seen.cost.kv_writes, seen.cost.commits), (0, 0));
        }
    }
}

// What it knows.

#[test]
fn a_refusal_names_the_key_to_whoever_may_see_it() {
    let (world, key) = with_key(json!({ "scopes": ["a"], "expires_at": after(1000).to_string() }));
    let organization = world.create(ROOT, ORGANIZATION, json!({ "scopes": ["keys:verify"] })).token;
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let foreign = world.create(ROOT, "organizations/globex", json!({ "scopes": ["keys:verify"] })).token;
    let named = json!({ "id": key.id, "owner": { "type": "organization", "id": "acme" } });
    let refused = |code: &str, question: Value| {
        for consistency in ["fast", "strong"] {
            let mut question = question.clone();
            question["key"] = key.token.clone().into();
            question["consistency"] = consistency.into();
            for who in [ROOT, &organization] {
                let seen = world.ask(who, question.clone());
                assert_eq!((seen.code(), &seen.body["key"]), (code, &named));
            }
            let seen = world.ask(&foreign, question);
            assert_eq!((seen.code(), &seen.body["key"]), ("unknown", &Value::Null));
        }
    };
    refused("insufficient_scope", json!({ "scopes": ["b"] }));
    refused("not_a_member", json!({ "organization": "globex" }));
    world.pass(2000);
    refused("expired", json!({}));
    revoke(&world, &key, Value::Null);
    world.deliver();
    refused("revoked", json!({}));
}

#[test]
fn strong_refuses_a_revoked_key_though_kv_is_stale() {
    let (world, key) = with_key(json!({}));
    revoke(&world, &key, Value::Null);
    assert_eq!(world.verify(&key, "strong").code(), "revoked");
}

#[test]
fn fast_accepts_a_revoked_key_until_it_hears_of_it_and_never_after() {
    let (world, key) = with_key(json!({}));
    revoke(&world, &key, Value::Null);
    assert_eq!(world.verify(&key, "fast").code(), "valid");
    world.deliver();
    for _ in 0..3 {
        let seen = world.verify(&key, "fast");
        assert_eq!((seen.code(), seen.cost), ("revoked", cost(1, 0)));
        world.pass(86_400 * 40);
        world.warm();
    }
}

#[test]
fn a_revocation_that_has_landed_counts_though_this_clock_is_behind_the_ledgers() {
    let (world, key) = with_key(json!({}));
    let behind = world.outside.now();
    world.pass(600);
    revoke(&world, &key, Value::Null);
    world.deliver();
    world.outside.set_wall(behind);
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
}

#[test]
fn a_new_key_works_at_once_though_kv_does_not_know_it_and_a_miss_was_cached() {
    let world = World::with_acme();
    world.warm();
    world.suffer(Faults { kv_caches: true, ..Faults::NONE });
    let key = world.create(ROOT, ORGANIZATION, json!({}));
    assert_eq!(world.verify(&key, "fast").code(), "valid");
    world.deliver();
    let seen = world.verify(&key, "fast");
    assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 0)), "its ledger has been asked once");
    world.pass(30);
    world.warm();
    assert_eq!(world.verify(&key, "fast").cost, cost(1, 0));
}

#[test]
fn scheduled_revocations_and_expiries_take_effect_without_a_delivery() {
    let (world, expiring) = with_key(json!({ "expires_at": after(1000).to_string() }));
    let retiring = world.create(ROOT, ORGANIZATION, json!({}));
    revoke(&world, &retiring, json!({ "revoke_in": 100 }));
    world.deliver();
    // The ledger's clock is some milliseconds ahead.
    world.pass(1);
    let code = |key, consistency| world.verify(key, consistency).code().to_owned();
    world.pass(98);
    assert_eq!(code(&retiring, "fast"), "valid");
    world.pass(2);
    for consistency in ["fast", "strong"] {
        assert_eq!(code(&retiring, consistency), "revoked");
        assert_eq!(code(&expiring, consistency), "valid");
    }
    world.pass(1000);
    for consistency in ["fast", "strong"] {
        assert_eq!(code(&expiring, consistency), "expired");
    }
}

#[test]
fn a_deleted_key_is_unknown_by_its_tombstone_without_the_ledger() {
    let (world, key) = with_key(json!({}));
    world.ok(ROOT, "DELETE", &format!("/v1/{ORGANIZATION}/keys/{}?revoke=true", key.id), Value::Null);
    assert_eq!(world.verify(&key, "strong").code(), "unknown");
    world.deliver();
    world.forget();
    world.warm();
    let seen = world.verify(&key, "fast");
    assert_eq!((seen.code(), seen.cost), ("unknown", cost(1, 0)));
}

#[test]
fn a_deleted_key_without_a_tombstone_is_unknown_and_remembered_for_five_seconds() {
    let (world, key) = with_key(json!({}));
    world.ok(ROOT, "DELETE", &format!("/v1/{ORGANIZATION}/keys/{}?revoke=true", key.id), Value::Null);
    world.deliver();
    world.pass(30 * 86_400);
    world.warm();
    assert_eq!(world.outside.stored(&kv_key(&key)), None, "the tombstone has vanished");
    let costs = |world: &World| {
        let seen = world.verify(&key, "fast");
        assert_eq!(seen.code(), "unknown");
        seen.cost
    };
    assert_eq!(costs(&world), cost(1, 1));
    assert_eq!(costs(&world), cost(0, 0));
    world.pass(5);
    assert_eq!(costs(&world), cost(1, 1));
}

#[test]
fn a_remembered_refusal_never_affects_strong() {
    let (world, key) = with_key(json!({}));
    world.memory.borrow_mut().remember_unknown(
        &KeyDigest::of(&key.token),
        world.outside.now(),
        world.outside.now(),
    );
    world.outside.kv.borrow_mut().clear();
    assert_eq!(world.verify(&key, "fast").code(), "unknown");
    assert_eq!(world.verify(&key, "strong").code(), "valid");
}

#[test]
fn a_verdict_shows_no_token_no_digest_and_no_last_use() {
    let (world, secret) = with_key(json!({}));
    let public = world.create(ROOT, ORGANIZATION, json!({ "type": "publishable" }));
    for key in [secret, public] {
        for consistency in ["fast", "strong"] {
            let seen = world.verify(&key, consistency);
            assert_eq!(seen.code(), "valid");
            let text = seen.body.to_string();
            assert!(!text.contains(&key.token) && !text.contains(&KeyDigest::of(&key.token).to_hex()));
            assert_eq!((seen.body["key"].get("token"), seen.body["key"].get("last_used_at")), (None, None));
        }
    }
}
