//! What KV holds is believed only if the deployment has written it there, and whatever else is found there is mended.

use keyward_core::{KeyDigest, KeyRing, OwnerId};
use serde_json::{Value, json};

use crate::kv::{KvKey, kv_key_of_digest, kv_key_of_member};
use crate::memory::{Counts, Made, ROOT, World, config, user};

const ORGANIZATION: &str = "organizations/acme";
const TOMBSTONE: &str = r#"{"v":1,"at":"2026-11-21T08:00:00.000Z","record":null}"#;

fn cost(kv_reads: u64, ledger_calls: u64, commits: u64) -> Counts {
    Counts { kv_reads, ledger_calls, commits, ..Counts::default() }
}

/// A deployment with a key of acme that reached KV more than a minute ago.
fn with_key() -> (World, Made) {
    let world = World::with_acme();
    let key = world.create(ROOT, ORGANIZATION, json!({}));
    rest(&world);
    (world, key)
}

fn kv_key(key: &Made) -> String {
    kv_key_of_digest(&KeyDigest::of(&key.token))
}

fn ring(world: &World) -> &KeyRing {
    &world.config.issuer.ring
}

fn stored(world: &World, kv_key: &str) -> String {
    world.outside.stored(kv_key).expect("delivered")
}

fn put(world: &World, kv_key: &str, value: String) {
    world.outside.kv.borrow_mut().insert(kv_key.to_owned(), (value, None));
}

/// Lets everything land, and a minute pass.
fn rest(world: &World) {
    world.settle();
    world.pass(61);
    world.warm();
}

fn revoke(world: &World, key: &Made) {
    world.ok(ROOT, "POST", &format!("/v1/{ORGANIZATION}/keys/{}/revoke", key.id), Value::Null);
    rest(world);
}

#[test]
fn whoever_can_write_to_kv_can_neither_bring_a_key_back_nor_raise_its_scopes() {
    let (world, key) = with_key();
    let place = kv_key(&key);
    let value = ring(&world).unstamped(&place, &stored(&world, &place)).expect("ours").to_owned();
    revoke(&world, &key);
    let revoked = stored(&world, &place);
    let (stamp, _) = revoked.split_once('.').expect("a stamp");
    let raised = value.replace(r#""scopes":[]"#, r#""scopes":["*"]"#);
    assert_ne!(raised, value);
    let foreign = config(&[("SEAL_KEYS", &"77".repeat(32))]).issuer.ring;
    for forged in [
        value.clone(),
        raised.clone(),
        format!("{stamp}.{value}"),
        format!("{stamp}.{raised}"),
        format!(".{value}"),
        format!("{}.{value}", "0".repeat(32)),
        foreign.stamped(&place, &value),
        ring(&world).stamped("key/00", &value),
    ] {
        put(&world, &place, forged.clone());
        let seen = world.verify(&key, "fast");
        assert_eq!((seen.code(), seen.cost), ("revoked", cost(1, 1, 1)), "{forged}");
        world.deliver();
        assert_eq!(stored(&world, &place), revoked, "{forged}");
        assert_eq!(world.verify(&key, "fast").cost, cost(1, 0, 0), "it is mended");
        rest(&world);
    }
}

#[test]
fn a_copy_of_another_key_is_not_taken_for_this_one() {
    let (world, key) = with_key();
    let other = world.create(ROOT, ORGANIZATION, json!({ "scopes": ["*"] }));
    world.deliver();
    put(&world, &kv_key(&key), stored(&world, &kv_key(&other)));
    let seen = world.verify(&key, "fast");
    assert_eq!((seen.code(), &seen.body["key"]["id"]), ("valid", &json!(key.id)));
}

#[test]
fn whoever_can_write_to_kv_makes_nobody_a_member() {
    let world = World::with_acme();
    let key = world.create(&user("zoe"), "users/me", json!({}));
    rest(&world);
    let id = |text: &str| OwnerId::parse(text).expect("id");
    let [zoe, ada] = ["zoe", "ada"].map(|user| kv_key_of_member(&id("acme"), &id(user)));
    let member = r#"{"v":1,"at":"2026-11-21T08:00:00.000Z","role":"owner"}"#;
    for forged in [member.to_owned(), ring(&world).stamped(&ada, member)] {
        put(&world, &zoe, forged);
        let seen = world.ask(ROOT, json!({ "key": key.token, "organization": "acme" }));
        assert_eq!((seen.code(), seen.cost), ("not_a_member", cost(2, 1, 1)));
        world.deliver();
        assert_eq!(
            stored(&world, &zoe),
            ring(&world).stamped(&zoe, r#"{"v":1,"at":"1970-01-01T00:00:00.000Z","role":null}"#)
        );
        rest(&world);
    }
}

#[test]
fn a_copy_of_an_unknown_shape_or_version_is_left_to_the_ledger_and_mended() {
    let (world, key) = with_key();
    let place = kv_key(&key);
    let right = stored(&world, &place);
    let later = TOMBSTONE.replace("\"v\":1", "\"v\":2");
    let timeless = r#"{"v":1,"record":null}"#;
    for broken in ["", "null", "{}", "[]", r#"{"v":1,"record":{}}"#, r#"{"v":1}"#, timeless, &later] {
        put(&world, &place, ring(&world).stamped(&place, broken));
        let seen = world.verify(&key, "fast");
        assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 1, 1)), "{broken}");
        world.deliver();
        assert_eq!(stored(&world, &place), right, "{broken}");
        rest(&world);
    }
}

#[test]
fn a_copy_that_has_lost_its_record_is_no_tombstone() {
    let ring = config(&[]).issuer.ring;
    let read = |value: &str| KvKey::read(&ring, "key/00", &ring.stamped("key/00", value));
    assert!(read(TOMBSTONE).is_some());
    assert!(read(r#"{"v":1,"at":"2026-11-21T08:00:00.000Z"}"#).is_none());
}

#[test]
fn a_copy_is_mended_at_most_once_a_minute_whoever_destroys_it() {
    let (world, key) = with_key();
    let place = kv_key(&key);
    let mut commits = 0;
    for _ in 0..150 {
        put(&world, &place, "not ours".to_owned());
        commits += world.verify(&key, "fast").cost.commits;
        world.deliver();
    }
    assert_eq!(commits, 3);
}

#[test]
fn a_copy_of_a_key_that_is_gone_becomes_a_tombstone_again() {
    let (world, key) = with_key();
    let place = kv_key(&key);
    let old = stored(&world, &place);
    world.ok(ROOT, "DELETE", &format!("/v1/{ORGANIZATION}/keys/{}?revoke=true", key.id), Value::Null);
    rest(&world);
    put(&world, &place, format!("0{old}"));
    assert_eq!(world.verify(&key, "fast").code(), "unknown");
    world.deliver();
    let mended = KvKey::read(ring(&world), &place, &stored(&world, &place)).expect("ours");
    assert!(mended.record.is_none());
}

#[test]
fn an_answer_does_not_depend_on_whether_its_copy_can_be_mended() {
    let (world, key) = with_key();
    put(&world, &kv_key(&key), "not ours".to_owned());
    world.suffer(crate::memory::Faults { commits_fail: true, ..crate::memory::Faults::NONE });
    assert_eq!(world.verify(&key, "fast").code(), "valid");
}
