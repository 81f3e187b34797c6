//! When a key was last used: what of it is recorded, and how often.

use serde_json::{Value, json};

use super::{ORGANIZATION, revoke, with_key};
use crate::memory::ROOT;
use crate::ports::Clock;

#[test]
fn a_use_is_recorded_at_most_once_in_five_minutes() {
    let (world, key) = with_key(json!({}));
    let shown = || {
        world.ok(ROOT, "GET", &format!("/v1/{ORGANIZATION}/keys/{}", key.id), Value::Null).body["last_used_at"].clone()
    };
    assert_eq!(shown(), Value::Null);
    let first = world.outside.now();
    let seen = world.verify(&key, "fast");
    assert_eq!(seen.uses.len(), 1);
    world.record_uses(&seen);
    assert_eq!(shown(), first.to_string());
    world.pass(299);
    assert_eq!(world.verify(&key, "fast").uses.len(), 0);
    assert_eq!(world.verify(&key, "strong").uses.len(), 0);
    world.pass(1);
    let seen = world.verify(&key, "fast");
    world.record_uses(&seen);
    assert_eq!(shown(), first.plus_seconds(300).to_string());
    assert!(world.outside.waiting().is_empty(), "KV does not learn of a use");
}

#[test]
fn the_ledger_ignores_uses_that_come_too_close() {
    let (world, key) = with_key(json!({}));
    let seen = world.verify(&key, "fast");
    world.record_uses(&seen);
    let before = world.outside.counts().commits;
    world.record_uses(&seen);
    // Another isolate does not know what this one has told the ledger.
    world.forget();
    world.pass(200);
    world.warm();
    let other = world.verify(&key, "fast");
    assert_eq!(other.uses.len(), 1);
    world.record_uses(&other);
    // A use that is told late says less than what is known.
    world.pass(200);
    world.forget();
    let newer = world.verify(&key, "fast");
    world.record_uses(&newer);
    world.record_uses(&seen);
    assert_eq!(world.outside.counts().commits - before, 1);
}

#[test]
fn only_a_use_of_a_valid_key_is_recorded() {
    let (world, key) = with_key(json!({ "scopes": ["a"] }));
    assert!(world.ask(ROOT, json!({ "key": key.token, "scopes": ["b"] })).uses.is_empty());
    revoke(&world, &key, Value::Null);
    assert!(world.verify(&key, "strong").uses.iter().all(|told| told.refused > 0));
}

#[test]
fn a_change_keeps_when_the_key_was_last_used() {
    let (world, key) = with_key(json!({}));
    let used = world.outside.now().to_string();
    let seen = world.verify(&key, "fast");
    world.record_uses(&seen);
    world.pass(10);
    let address = format!("/v1/{ORGANIZATION}/keys/{}", key.id);
    let changed = world.ok(ROOT, "PATCH", &address, json!({ "title": "Other" }));
    assert_eq!(changed.body["last_used_at"], used);
    assert_eq!(world.ok(ROOT, "GET", &address, Value::Null).body["last_used_at"], used);
}
