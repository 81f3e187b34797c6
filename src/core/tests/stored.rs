//! The shapes in which values are stored and sent. A change here needs a migration of what is stored.
#![expect(clippy::expect_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use core::fmt::Debug;

use keyward_core::event::EventAction;
use keyward_core::principal::{Claim, Principal, Role};
use keyward_core::session::{Holder, Session};
use keyward_core::stored::{self, Stored};
use keyward_core::{
    Actor, Consistency, Event, KeyDigest, KeyId, KeyRecord, KeyType, Revocation, Status, Timestamp,
};
use serde::Serialize;
use serde_json::{Value, json};
use support::{at, id, metadata, organization, reason, scopes, title, user};

fn read<T: Stored>(value: &Value) -> Option<T> {
    // By way of text, as storage does.
    stored::read(&value.to_string())
}

/// `value` has this shape, and is read back from it as the same value.
fn pinned<T: Serialize + Stored + Debug>(value: &T, shape: &Value) {
    assert_eq!(&serde_json::to_value(value).expect("JSON"), shape);
    let again: T = read(shape).expect("its own shape");
    assert_eq!(format!("{again:?}"), format!("{value:?}"));
    assert_eq!(&serde_json::to_value(&again).expect("JSON"), shape);
}

/// The shape with one field replaced: `path` is a JSON pointer.
fn with(shape: &Value, path: &str, value: Value) -> Value {
    let mut shape = shape.clone();
    *shape.pointer_mut(path).expect("a field") = value;
    shape
}

fn without(shape: &Value, field: &str) -> Value {
    let mut shape = shape.clone();
    shape.as_object_mut().expect("object").remove(field).expect("a field");
    shape
}

fn apk(last: char) -> KeyId {
    KeyId::parse(&format!("apk_01KAHQ0000000000000000000{last}")).expect("key id")
}

fn record() -> (KeyRecord, Value) {
    let record = KeyRecord {
        version: 7,
        id: apk('A'),
        key_type: KeyType::Publishable,
        owner: organization("acme"),
        title: title("Störer 🔑"),
        redacted: "kw_pk_test_***JnsL".to_owned(),
        token: Some("kw_pk_test_1sample".to_owned()),
        digest: KeyDigest::of("kw_pk_test_1sample"),
        scopes: scopes(&["orders:write", "orders:read"]),
        metadata: metadata(json!({"stage": "ci", "nested": {"list": [1, 2.5, null, true]}})),
        consistency: Consistency::Strong,
        created_at: at(1),
        created_by: Actor::User(id("ada")),
        updated_at: at(2),
        last_used_at: Some(at(3)),
        expires_at: Some(at(4)),
        revocation: Some(Revocation { at: at(5), by: Actor::Key(apk('B')), reason: Some(reason("leaked")) }),
    };
    let shape = json!({
        "version": 7,
        "id": "apk_01KAHQ0000000000000000000A",
        "type": "publishable",
        "owner": "organization:acme",
        "title": "Störer 🔑",
        "redacted": "kw_pk_test_***JnsL",
        "token": "kw_pk_test_1sample",
        "digest": "3c819ab60f0e8548264a672dc8c9d8fe8264ff9d83ffc2b765910cfe6d19ba12",
        "scopes": "orders:read orders:write",
        "metadata": {"stage": "ci", "nested": {"list": [1, 2.5, null, true]}},
        "consistency": "strong",
        "created_at": 1_795_248_000_001_i64,
        "created_by": "user:ada",
        "updated_at": 1_795_248_000_002_i64,
        "last_used_at": 1_795_248_000_003_i64,
        "expires_at": 1_795_248_000_004_i64,
        "revocation": {
            "at": 1_795_248_000_005_i64,
            "by": "key:apk_01KAHQ0000000000000000000B",
            "reason": "leaked",
        },
    });
    (record, shape)
}

/// Ledgers and the projection hold records in this shape. When this test fails, what is stored can no longer be
/// read: give the ledger a migration, and let the projection be read in both shapes until it is rewritten.
#[test]
fn stored_key_record_has_the_pinned_shape() {
    let (record, shape) = record();
    pinned(&record, &shape);

    let bare = KeyRecord {
        key_type: KeyType::Secret,
        owner: user("ada"),
        token: None,
        scopes: scopes(&[]),
        metadata: metadata(json!({})),
        consistency: Consistency::Fast,
        created_by: Actor::Root,
        last_used_at: None,
        expires_at: None,
        revocation: None,
        ..record
    };
    let mut bare_shape = shape;
    for (field, value) in [
        ("type", json!("secret")),
        ("owner", json!("user:ada")),
        ("token", Value::Null),
        ("scopes", json!("")),
        ("metadata", json!({})),
        ("consistency", json!("fast")),
        ("created_by", json!("root")),
        ("last_used_at", Value::Null),
        ("expires_at", Value::Null),
        ("revocation", Value::Null),
    ] {
        bare_shape[field] = value;
    }
    pinned(&bare, &bare_shape);
}

/// Events are stored as they are shown (the worker pins that), so their words are for good.
#[test]
fn actions_are_named_by_subject_and_verb() {
    let words = [
        "key.created",
        "key.updated",
        "key.revoked",
        "key.rolled",
        "key.deleted",
        "organization.created",
        "organization.renamed",
        "member.added",
        "member.changed",
        "member.removed",
    ];
    assert_eq!(EventAction::ALL.map(EventAction::as_str), words);
}

#[test]
fn particulars_of_an_event_leave_out_what_is_null() {
    let details = [("role", "owner".into()), ("before", Value::Null)];
    let event = Event::of_owner(EventAction::MemberAdded, &Actor::Root, at(1), &details);
    assert_eq!(Value::Object(event.details), json!({"role": "owner"}));
}

#[test]
fn stored_record_of_an_unknown_shape_is_refused_rather_than_guessed() {
    let (_, shape) = record();
    for (path, value) in [
        ("/owner", json!("team:acme")),
        ("/owner", json!("organization:a b")),
        ("/owner", json!("organization")),
        ("/owner", json!({"type": "organization", "id": "acme"})),
        ("/owner", Value::Null),
        ("/type", json!("Secret")),
        ("/type", json!("sk")),
        ("/consistency", json!("eventual")),
        ("/id", json!("evt_01KAHQ0000000000000000000A")),
        ("/title", json!("")),
        ("/scopes", json!("Orders")),
        ("/scopes", json!(["orders:read"])),
        ("/metadata", json!([])),
        ("/digest", json!("66cdd0")),
        ("/digest", json!("zz".repeat(32))),
        ("/version", json!(-1)),
        ("/created_by", json!("robot")),
        ("/created_by", json!("robot:r2")),
        ("/created_by", json!("root:ada")),
        ("/created_at", json!("2026-11-21T08:00:00.000Z")),
        ("/created_at", json!(-1)),
        ("/expires_at", json!(253_402_300_800_000_i64)),
        ("/expires_at", json!(1.5)),
        ("/revocation", json!({})),
        ("/revocation", json!(true)),
        ("/revocation/at", Value::Null),
        ("/revocation/by", json!("user:")),
        ("/revocation/by", json!("key:ada")),
        ("/revocation/reason", json!("x".repeat(501))),
    ] {
        assert!(read::<KeyRecord>(&with(&shape, path, value.clone())).is_none(), "{path}: {value}");
    }
}

#[test]
fn stored_record_that_lost_a_field_is_refused_rather_than_valid() {
    let (_, shape) = record();
    for field in shape.as_object().expect("object").keys() {
        assert!(read::<KeyRecord>(&without(&shape, field)).is_none(), "{field}");
    }
}

#[test]
fn fields_of_a_later_version_do_no_harm() {
    let (record, mut shape) = record();
    shape["colour"] = json!("blue");
    assert_eq!(read::<KeyRecord>(&shape).map(|read| format!("{read:?}")), Some(format!("{record:?}")));
}

#[test]
fn alternatives_are_read_by_their_one_name() {
    let two = json!({"Root": "00", "Key": ["user:ada", "apk_01KAHQ0000000000000000000A"]});
    for bad in
        [two, json!({}), json!("User"), json!("Nobody"), json!({"User": ["ada"]}), json!(["Root"]), json!(1)]
    {
        assert!(read::<Holder>(&bad).is_none(), "{bad}");
    }
}

#[test]
fn status_consistency_and_type_have_one_word_in_storage_and_in_answers() {
    assert_eq!(Status::ALL.map(Status::as_str), ["active", "retiring", "expired", "revoked"]);
    for consistency in Consistency::ALL {
        pinned(&consistency, &json!(consistency.as_str()));
    }
    for key_type in KeyType::ALL {
        pinned(&key_type, &json!(key_type.as_str()));
    }
    for bad in ["", "Fast", "eventual"] {
        assert!(read::<Consistency>(&json!(bad)).is_none());
    }
}

#[test]
fn instants_outside_of_the_years_that_can_be_written_are_refused() {
    for (milliseconds, readable) in
        [(-1, false), (0, true), (253_402_300_799_999, true), (253_402_300_800_000, false), (i64::MIN, false)]
    {
        let found = read::<Timestamp>(&json!(milliseconds));
        assert_eq!(found.is_some(), readable, "{milliseconds}");
    }
}

/// Ledgers hold sessions in this shape. Changing it ends every session, or needs a migration.
#[test]
fn stored_session_has_the_pinned_shape() {
    let claims = vec![Claim { organization: id("acme"), role: Role::Admin }];
    for (holder, shape) in [
        (
            Holder::Root(KeyDigest::of("root")),
            json!({"Root": "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"}),
        ),
        (
            Holder::User(id("ada"), claims),
            json!({"User": ["ada", [{"organization": "acme", "role": "admin"}]]}),
        ),
        (Holder::Key(user("ada"), apk('A')), json!({"Key": ["user:ada", "apk_01KAHQ0000000000000000000A"]})),
    ] {
        let digest = KeyDigest::of("token");
        let session = Session { digest, holder, started_at: at(1), seen_at: at(2) };
        pinned(
            &session,
            &json!({
                "digest": "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0",
                "holder": shape,
                "started_at": 1_795_248_000_001_i64,
                "seen_at": 1_795_248_000_002_i64,
            }),
        );
    }
}

#[test]
fn principals_have_the_pinned_shape_between_worker_and_ledger() {
    pinned(&Principal::Root, &json!("Root"));
    let claims = vec![Claim { organization: id("acme"), role: Role::Admin }];
    pinned(
        &Principal::User { id: id("ada"), claims },
        &json!({"User": {"id": "ada", "claims": [{"organization": "acme", "role": "admin"}]}}),
    );
    let shape = json!({
        "id": "apk_01KAHQ0000000000000000000A",
        "key_type": "secret",
        "owner": "user:ada",
        "scopes": "* keys:read",
    });
    let key = Principal::Key {
        id: apk('A'),
        key_type: KeyType::Secret,
        owner: user("ada"),
        scopes: scopes(&["keys:read", "*"]),
    };
    pinned(&key, &json!({ "Key": shape }));

    for field in ["id", "key_type", "owner", "scopes"] {
        assert!(read::<Principal>(&json!({ "Key": without(&shape, field) })).is_none(), "{field}");
    }
    assert!(read::<Principal>(&json!("Operator")).is_none());
    assert!(read::<Principal>(&json!({ "Key": with(&shape, "/owner", json!("team:acme")) })).is_none());
    assert!(read::<Principal>(&json!({ "User": { "id": "ada" } })).is_none());
}
