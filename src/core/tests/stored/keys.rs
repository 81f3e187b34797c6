//! The shape in which keys are stored.

use keyward_core::foreign::Foreign;
use keyward_core::settings::KeySettings;
use keyward_core::{
    Actor, Consistency, KeyDigest, KeyRecord, KeyType, Metadata, Revocation, RootKeyId, Scopes,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{KEY, assert_pinned, key_id, losses, read, with};
use crate::support::{actor, at, metadata, organization, reason, scopes, title};

fn record() -> (KeyRecord, Value) {
    let by = Actor::Key { id: key_id() };
    let revocation = Revocation { at: at(5), by, reason: Some(reason("leaked")) };
    let record = KeyRecord {
        version: 7,
        id: key_id(),
        key_type: KeyType::Publishable,
        owner: organization("acme"),
        redacted: "kw_pk_test_***JnsL".to_owned(),
        token: Some("kw_pk_test_1sample".to_owned()),
        digest: KeyDigest::of("kw_pk_test_1sample"),
        settings: KeySettings {
            title: title("Störer 🔑"),
            scopes: scopes(&["orders:write", "orders:read"]),
            metadata: metadata(json!({"stage": "ci", "nested": {"list": [1, 2.5, null, true]}})),
            consistency: Consistency::Strong,
            expires_at: Some(at(4)),
        },
        created_at: at(1),
        created_by: actor("ada"),
        updated_at: at(2),
        last_used_at: Some(at(3)),
        rolled_from: Some(key_id()),
        rolled_to: Some(key_id()),
        revocation: Some(revocation),
        foreign: None,
    };
    let pinned = json!({
        "version": 7,
        "id": KEY,
        "type": "publishable",
        "owner": {"type": "organization", "id": "acme"},
        "redacted": "kw_pk_test_***JnsL",
        "token": "kw_pk_test_1sample",
        "digest": "3c819ab60f0e8548264a672dc8c9d8fe8264ff9d83ffc2b765910cfe6d19ba12",
        "settings": {
            "title": "Störer 🔑",
            "scopes": ["orders:read", "orders:write"],
            "metadata": {"stage": "ci", "nested": {"list": [1, 2.5, null, true]}},
            "consistency": "strong",
            "expires_at": "2026-11-21T08:00:00.004Z",
        },
        "created_at": "2026-11-21T08:00:00.001Z",
        "created_by": {"type": "user", "id": "ada", "key": null},
        "updated_at": "2026-11-21T08:00:00.002Z",
        "last_used_at": "2026-11-21T08:00:00.003Z",
        "rolled_from": KEY,
        "rolled_to": KEY,
        "revocation": {"at": "2026-11-21T08:00:00.005Z", "by": {"type": "key", "id": KEY}, "reason": "leaked"},
    });
    (record, pinned)
}

/// Ledgers and KV hold keys in this shape. When this test fails, what is stored can no longer be read: give the ledger
/// a migration, and let KV be read in both shapes until it is rewritten.
#[test]
fn stored_key_has_the_pinned_shape() {
    let (record, pinned) = record();
    assert_pinned(&record, &pinned);

    // A key that has lost one of its dates or rights must not become one that is valid, or for longer.
    for (name, lost) in losses(&pinned, "/settings") {
        assert!(read::<KeyRecord>(&lost).is_none(), "settings.{name}");
    }
    for (name, lost) in losses(&pinned, "") {
        let is_harmless = ["token", "last_used_at"].contains(&name.as_str());
        assert_eq!(read::<KeyRecord>(&lost).is_some(), is_harmless, "{name}");
    }

    let empty = [
        ("/token", Value::Null),
        ("/settings/scopes", json!([])),
        ("/settings/metadata", json!({})),
        ("/settings/expires_at", Value::Null),
        ("/created_by", json!({"type": "root", "id": "root_0123456789abcdef"})),
        ("/last_used_at", Value::Null),
        ("/rolled_from", Value::Null),
        ("/rolled_to", Value::Null),
        ("/revocation", Value::Null),
    ];
    let pinned = empty.into_iter().fold(pinned, |pinned, (path, value)| with(&pinned, path, value));
    let mut bare = KeyRecord { token: None, last_used_at: None, revocation: None, ..record };
    (bare.rolled_from, bare.rolled_to) = (None, None);
    bare.created_by = Actor::Root { id: RootKeyId::parse("root_0123456789abcdef").expect("id") };
    (bare.settings.scopes, bare.settings.metadata) = (Scopes::default(), Metadata::default());
    bare.settings.expires_at = None;
    assert_pinned(&bare, &pinned);

    let foreign = with(&pinned, "", {
        let mut object = pinned.clone();
        object["foreign"] = json!({"creator": "user_01H", "is_pending": true});
        object
    });
    bare.foreign = Some(Foreign { creator: Some(title("user_01H")), is_pending: true });
    assert_pinned(&bare, &foreign);
}

#[test]
fn stored_key_of_an_unknown_shape_is_refused_rather_than_guessed() {
    let (_, pinned) = record();
    for (path, value) in [
        ("/owner", json!({"type": "team", "id": "acme"})),
        ("/owner", json!({"type": "organization", "id": "a b"})),
        ("/owner", json!({"type": "organization"})),
        ("/owner", json!("organization:acme")),
        ("/owner", Value::Null),
        ("/type", json!("Secret")),
        ("/type", json!("sk")),
        ("/id", json!("evt_01KAHQ0000000000000000000A")),
        ("/digest", json!("66cdd0")),
        ("/digest", json!("zz".repeat(32))),
        ("/version", json!(-1)),
        ("/settings/consistency", json!("eventual")),
        ("/settings/title", json!("")),
        ("/settings/scopes", json!(["Orders"])),
        ("/settings/scopes", json!("orders:read")),
        ("/settings/metadata", json!([])),
        ("/settings/expires_at", json!("10000-01-01T00:00:00Z")),
        ("/settings/expires_at", json!("")),
        ("/created_by", json!({"type": "robot", "id": "r2"})),
        ("/created_by", json!({"type": "root", "id": "ada"})),
        ("/created_by", json!({"type": "root"})),
        ("/created_at", json!(1_795_248_000_001_i64)),
        ("/created_at", json!("1969-12-31T23:59:59.999Z")),
        ("/revocation", json!({})),
        ("/revocation", json!(true)),
        ("/revocation/at", Value::Null),
        ("/revocation/by", json!({"type": "user", "id": ""})),
        ("/revocation/by", json!({"type": "key", "id": "ada"})),
        ("/revocation/reason", json!("x".repeat(501))),
    ] {
        assert!(read::<KeyRecord>(&with(&pinned, path, value.clone())).is_none(), "{path}: {value}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        (-9_999_999_999_i64..9_999_999_999, -330_i32..300)
            .prop_filter_map("a double", |(digits, power)| format!("{digits}e{power}").parse::<f64>().ok())
            .prop_map(Value::from),
        ".{0,20}".prop_map(Value::from),
    ];
    leaf.prop_recursive(8, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(".{0,20}", inner, 0..8).prop_map(Value::from_iter),
        ]
    })
}

proptest! {
    #[test]
    fn key_is_the_same_however_often_it_is_written_and_read(value in any_json()) {
        let object = Map::from_iter([("a".to_owned(), value)]);
        let Ok(metadata) = Metadata::try_from(object) else { return Ok(()) };
        let mut record = record().0;
        record.settings.metadata = metadata;
        let written = serde_json::to_string(&record).expect("JSON");
        let again: KeyRecord = serde_json::from_str(&written).expect("what was accepted is readable");
        prop_assert_eq!(&again.settings, &record.settings);
        prop_assert_eq!(serde_json::to_string(&again).expect("JSON"), written);
    }
}
