//! The shapes in which values are stored and sent. A change here needs a migration of what is stored.
#![expect(clippy::expect_used, reason = "a test that panics has failed, which is what it is for")]

mod support;

use core::fmt::Debug;

use keyward_core::event::{Action, KeyReference};
use keyward_core::life::{Changes, NewKey};
use keyward_core::policy::{Claim, Principal, Role};
use keyward_core::query::{EventQuery, KeyQuery, Order, Page, SortField};
use keyward_core::{
    Actor, Consistency, Event, KeyDigest, KeyId, KeyRecord, KeyType, Revocation, Status, Timestamp,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};
use support::{at, id, metadata, organization, reason, scopes, title, user};

fn read<T: DeserializeOwned>(value: &Value) -> Result<T, serde_json::Error> {
    // By way of text, as storage does.
    serde_json::from_str(&value.to_string())
}

/// `value` has this shape, and is read back from it as the same value.
fn pinned<T: Serialize + DeserializeOwned + Debug>(value: &T, shape: &Value) {
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
        "owner": {"type": "organization", "id": "acme"},
        "title": "Störer 🔑",
        "redacted": "kw_pk_test_***JnsL",
        "token": "kw_pk_test_1sample",
        "digest": "3c819ab60f0e8548264a672dc8c9d8fe8264ff9d83ffc2b765910cfe6d19ba12",
        "scopes": ["orders:read", "orders:write"],
        "metadata": {"stage": "ci", "nested": {"list": [1, 2.5, null, true]}},
        "consistency": "strong",
        "created_at": 1_795_248_000_001_i64,
        "created_by": {"type": "user", "id": "ada"},
        "updated_at": 1_795_248_000_002_i64,
        "last_used_at": 1_795_248_000_003_i64,
        "expires_at": 1_795_248_000_004_i64,
        "revocation": {
            "at": 1_795_248_000_005_i64,
            "by": {"type": "key", "id": "apk_01KAHQ0000000000000000000B"},
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
        ("owner", json!({"type": "user", "id": "ada"})),
        ("token", Value::Null),
        ("scopes", json!([])),
        ("metadata", json!({})),
        ("consistency", json!("fast")),
        ("created_by", json!({"type": "root"})),
        ("last_used_at", Value::Null),
        ("expires_at", Value::Null),
        ("revocation", Value::Null),
    ] {
        bare_shape[field] = value;
    }
    pinned(&bare, &bare_shape);
}

/// Ledgers hold the audit trail in this shape: as for the record, changing it needs a migration.
#[test]
fn stored_event_has_the_pinned_shape() {
    let event = Event {
        at: at(1),
        actor: Actor::User(id("ada")),
        action: Action::KeyRevoked,
        key: Some(KeyReference {
            id: apk('A'),
            title: "CI deploys".to_owned(),
            redacted: "kw_sk_test_***JnsL".to_owned(),
        }),
        details: Map::from_iter([("reason".to_owned(), "leaked".into())]),
    };
    let shape = json!({
        "at": 1_795_248_000_001_i64,
        "actor": {"type": "user", "id": "ada"},
        "action": "key.revoked",
        "key": {
            "id": "apk_01KAHQ0000000000000000000A",
            "title": "CI deploys",
            "redacted": "kw_sk_test_***JnsL"
        },
        "details": {"reason": "leaked"},
    });
    pinned(&event, &shape);

    let details = [("role", "owner".into()), ("before", Value::Null)];
    let of_owner = Event::of_owner(Action::MemberAdded, &Actor::Root, at(1), &details);
    // What is null is left out of the particulars.
    let shape = json!({
        "at": 1_795_248_000_001_i64,
        "actor": {"type": "root"},
        "action": "member.added",
        "key": null,
        "details": {"role": "owner"},
    });
    pinned(&of_owner, &shape);
    assert!(read::<Event>(&with(&shape, "/action", json!("key.lent"))).is_err());
    assert!(read::<Event>(&with(&shape, "/actor", json!({"type": "robot"}))).is_err());
}

#[test]
fn actions_are_stored_as_subject_and_verb() {
    for (action, word) in [
        (Action::KeyCreated, "key.created"),
        (Action::KeyUpdated, "key.updated"),
        (Action::KeyRevoked, "key.revoked"),
        (Action::KeyRolled, "key.rolled"),
        (Action::KeyDeleted, "key.deleted"),
        (Action::OrganizationCreated, "organization.created"),
        (Action::OrganizationRenamed, "organization.renamed"),
        (Action::MemberAdded, "member.added"),
        (Action::MemberChanged, "member.changed"),
        (Action::MemberRemoved, "member.removed"),
    ] {
        pinned(&action, &json!(word));
    }
}

#[test]
fn stored_record_of_an_unknown_shape_is_refused_rather_than_guessed() {
    let (_, shape) = record();
    for (path, value) in [
        ("/owner/type", json!("team")),
        ("/owner/id", json!("a b")),
        ("/owner", Value::Null),
        ("/type", json!("Secret")),
        ("/type", json!("sk")),
        ("/consistency", json!("eventual")),
        ("/id", json!("evt_01KAHQ0000000000000000000A")),
        ("/title", json!("")),
        ("/scopes", json!(["Orders"])),
        ("/scopes", json!("orders:read")),
        ("/metadata", json!([])),
        ("/metadata", json!({"a": "x".repeat(4096)})),
        ("/digest", json!("66cdd0")),
        ("/digest", json!("zz".repeat(32))),
        ("/version", json!(-1)),
        ("/created_by/type", json!("robot")),
        ("/created_at", json!("2026-11-21T08:00:00.000Z")),
        ("/created_at", json!(-1)),
        ("/expires_at", json!(253_402_300_800_000_i64)),
        ("/expires_at", json!(1.5)),
        ("/revocation", json!({})),
        ("/revocation", json!(true)),
        ("/revocation/at", Value::Null),
        ("/revocation/by", json!({"type": "user"})),
        ("/revocation/reason", json!("x".repeat(501))),
    ] {
        assert!(read::<KeyRecord>(&with(&shape, path, value.clone())).is_err(), "{path}: {value}");
    }
}

#[test]
fn stored_record_without_its_dates_is_refused_rather_than_valid() {
    let (_, shape) = record();
    for field in shape.as_object().expect("object").keys() {
        let optional = ["token", "last_used_at"].contains(&field.as_str());
        assert_eq!(read::<KeyRecord>(&without(&shape, field)).is_ok(), optional, "{field}");
    }
}

#[test]
fn status_consistency_and_type_have_one_word_in_storage_and_in_answers() {
    for status in Status::ALL {
        pinned(&status, &json!(status.as_str()));
    }
    for consistency in Consistency::ALL {
        pinned(&consistency, &json!(consistency.as_str()));
    }
    for key_type in KeyType::ALL {
        pinned(&key_type, &json!(key_type.as_str()));
    }
    for bad in ["", "Active", "deleted"] {
        assert!(read::<Status>(&json!(bad)).is_err());
    }
}

#[test]
fn instants_outside_of_the_years_that_can_be_written_are_refused() {
    for (milliseconds, readable) in
        [(-1, false), (0, true), (253_402_300_799_999, true), (253_402_300_800_000, false), (i64::MIN, false)]
    {
        let found = read::<Timestamp>(&json!(milliseconds));
        assert_eq!(found.is_ok(), readable, "{milliseconds}");
    }
}

#[test]
fn principals_have_the_pinned_shape_between_worker_and_ledger() {
    pinned(&Principal::Root, &json!({"type": "root"}));
    let claims = vec![Claim { organization: id("acme"), role: Role::Admin }];
    pinned(
        &Principal::User { id: id("ada"), claims },
        &json!({"type": "user", "id": "ada", "claims": [{"organization": "acme", "role": "admin"}]}),
    );
    let shape = json!({
        "type": "key",
        "id": "apk_01KAHQ0000000000000000000A",
        "key_type": "secret",
        "owner": {"type": "user", "id": "ada"},
        "scopes": ["*", "keys:read"],
    });
    let key = Principal::Key {
        id: apk('A'),
        key_type: KeyType::Secret,
        owner: user("ada"),
        scopes: scopes(&["keys:read", "*"]),
    };
    pinned(&key, &shape);

    for field in ["id", "key_type", "owner", "scopes"] {
        assert!(read::<Principal>(&without(&shape, field)).is_err(), "{field}");
    }
    assert!(read::<Principal>(&with(&shape, "/type", json!("operator"))).is_err());
    assert!(read::<Principal>(&with(&shape, "/owner/type", json!("team"))).is_err());
    assert!(read::<Principal>(&json!({"type": "user", "id": "ada"})).is_err());
}

#[test]
fn changes_tell_no_expiry_from_the_expiry_left_out() {
    for (expires_at, sent) in [
        (None, None),
        (Some(None), Some(Value::Null)),
        (Some(Some(at(9))), Some(json!(1_795_248_000_009_i64))),
    ] {
        let changes = Changes { expires_at, ..Changes::default() };
        let shape = serde_json::to_value(&changes).expect("JSON");
        assert_eq!(shape.get("expires_at"), sent.as_ref());
        let again: Changes = read(&shape).expect("changes");
        assert_eq!(again.expires_at, expires_at);
        assert_eq!(serde_json::to_value(&again).expect("JSON"), shape);
    }
    assert_eq!(read::<Changes>(&json!({})).expect("changes").expires_at, None);
    assert_eq!(read::<Changes>(&json!({"expires_at": null})).expect("changes").expires_at, Some(None));
}

#[test]
fn changes_and_new_keys_have_the_pinned_shape_between_worker_and_ledger() {
    let changes = Changes {
        title: Some(title("Renamed")),
        scopes: Some(scopes(&["orders:read"])),
        metadata: Some(metadata(json!({"a": 1}))),
        expires_at: Some(Some(at(9))),
        consistency: Some(Consistency::Strong),
    };
    pinned(
        &changes,
        &json!({
            "title": "Renamed",
            "scopes": ["orders:read"],
            "metadata": {"a": 1},
            "expires_at": 1_795_248_000_009_i64,
            "consistency": "strong",
        }),
    );
    let new = NewKey { expires_at: Some(at(9)), ..support::new_key(KeyType::Secret) };
    pinned(
        &new,
        &json!({
            "type": "secret",
            "title": "CI deploys",
            "scopes": ["orders:read", "orders:write"],
            "metadata": {"stage": "m3tadata"},
            "consistency": "strong",
            "expires_at": 1_795_248_000_009_i64,
        }),
    );
}

#[test]
fn queries_have_the_pinned_shape_between_worker_and_ledger() {
    let page = Page { limit: 20, offset: 40 };
    let query = KeyQuery {
        q: Some("100%_".to_owned()),
        key_type: Some(KeyType::Secret),
        status: Some(Status::Retiring),
        created_after: Some(at(1)),
        created_before: Some(at(2)),
        order: Order { field: SortField::LastUsedAt, descending: true },
        page,
    };
    pinned(
        &query,
        &json!({
            "q": "100%_",
            "type": "secret",
            "status": "retiring",
            "created_after": 1_795_248_000_001_i64,
            "created_before": 1_795_248_000_002_i64,
            "order": {"field": "last_used_at", "descending": true},
            "page": {"limit": 20, "offset": 40},
        }),
    );
    pinned(
        &EventQuery { key: Some(apk('A')), page },
        &json!({"key": "apk_01KAHQ0000000000000000000A", "page": {"limit": 20, "offset": 40}}),
    );
}
