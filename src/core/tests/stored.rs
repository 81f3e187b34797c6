//! The shapes in which values are stored. A change here needs a migration of what is stored.

use keyward_core::event::{Change, FieldChange, KeyReference, Via};
use keyward_core::principal::{AssertedMembership, Principal, Role};
use keyward_core::session::{Session, SessionSubject};
use keyward_core::settings::KeySettings;
use keyward_core::verify::Verdict;
use keyward_core::{
    Actor, ActorName, Consistency, ErrorCode, Event, KeyDigest, KeyId, KeyRecord, KeyType, Metadata,
    RequestContext, Revocation, RootKeyId, Scopes, SessionId, Source, Status,
};
use proptest::prelude::*;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::support::{actor, at, id, metadata, organization, reason, scopes, shape, title, user};

const KEY: &str = "apk_01KAHQ0000000000000000000A";
const SESSION: &str = "ses_01KAHQ0000000000000000000A";

fn read<T: DeserializeOwned>(shape: &Value) -> Option<T> {
    // By way of text, as storage does.
    serde_json::from_str(&shape.to_string()).ok()
}

/// The shape with one more field in every object, as a later version might write it.
fn extended(value: &Value) -> Value {
    match value {
        Value::Object(fields) => {
            let extend = |(name, field): (&String, &Value)| {
                let extended = match name.as_str() {
                    "metadata" => field.clone(),
                    "subject" => extended_variant(field),
                    _ => extended(field),
                };
                (name.clone(), extended)
            };
            fields.iter().map(extend).chain([("colour".to_owned(), json!("blue"))]).collect()
        }
        Value::Array(items) => items.iter().map(extended).collect(),
        other => other.clone(),
    }
}

/// The same for an object whose only field says what kind of thing is in it.
fn extended_variant(value: &Value) -> Value {
    match value {
        Value::Object(variant) => {
            variant.iter().map(|(name, field)| (name.clone(), extended(field))).collect()
        }
        other => other.clone(),
    }
}

/// `value` is written in this shape and read back from it, whatever fields a later version has added.
fn assert_pinned<T: Serialize + DeserializeOwned>(value: &T, pinned: &Value) {
    assert_eq!(&shape(value), pinned);
    for stored in [pinned, &extended(pinned)] {
        assert_eq!(read::<T>(stored).map(|read| shape(&read)).as_ref(), Some(pinned), "{stored}");
    }
}

/// The shape with another value at `path`, a JSON pointer.
fn with(shape: &Value, path: &str, value: Value) -> Value {
    let mut shape = shape.clone();
    *shape.pointer_mut(path).expect("a field") = value;
    shape
}

/// The name of each field of the object at `path`, with the shape that has lost this field.
fn losses(shape: &Value, path: &str) -> Vec<(String, Value)> {
    let fields = shape.pointer(path).and_then(Value::as_object).expect("an object");
    let without = |name: &String| {
        let mut rest = fields.clone();
        rest.remove(name);
        (name.clone(), with(shape, path, rest.into()))
    };
    fields.keys().map(without).collect()
}

fn key_id() -> KeyId {
    KeyId::parse(KEY).expect("key id")
}

fn session_id() -> SessionId {
    SessionId::parse(SESSION).expect("session id")
}

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

/// A change, its action, and its particulars as they are stored.
type PinnedChange = (Change, &'static str, Value);

fn changes_of_keys() -> Vec<PinnedChange> {
    let reason = Some(reason("leaked"));
    let scopes = scopes(&["orders:write", "orders:read"]);
    let (expires_at, rolled_from) = (Some(at(4)), Some(key_id()));
    let renamed = FieldChange { field: "title".into(), old: json!("CI"), new: json!("Deploys") };
    vec![
        (
            Change::KeyCreated {
                key_type: KeyType::Secret,
                scopes,
                expires_at,
                revoked_at: None,
                rolled_from,
            },
            "key.created",
            json!({
                "type": "secret", "scopes": ["orders:read", "orders:write"], "expires_at": at(4), "revoked_at": null,
                "rolled_from": KEY,
            }),
        ),
        (
            Change::KeyUpdated { changes: vec![renamed] },
            "key.updated",
            json!({"changes": [{"field": "title", "old": "CI", "new": "Deploys"}]}),
        ),
        (
            Change::KeyRevoked {
                revoked_at: at(5),
                old_revoked_at: Some(at(6)),
                reason,
                old_reason: None,
                created_by: Some(ActorName::User(id("bob"))),
                via: Some(Via::Possession),
                source: Source::of("app/.env:7"),
            },
            "key.revoked",
            json!({
                "revoked_at": at(5), "old_revoked_at": at(6), "reason": "leaked", "old_reason": null,
                "created_by": "user:bob", "via": "possession", "source": "app/.env:7",
            }),
        ),
        (
            Change::KeyRolled { rolled_to: key_id(), revoked_at: at(5), old_revoked_at: None },
            "key.rolled",
            json!({"rolled_to": KEY, "revoked_at": at(5), "old_revoked_at": null}),
        ),
        (Change::KeyRefused { count: 7, since: at(6) }, "key.refused", json!({"count": 7, "since": at(6)})),
        (Change::KeyDeleted, "key.deleted", json!({})),
    ]
}

fn changes_of_people() -> Vec<PinnedChange> {
    let (user, name) = (id("bob"), title("Acme"));
    vec![
        (Change::OrganizationCreated { name: name.clone() }, "organization.created", json!({"name": "Acme"})),
        (
            Change::OrganizationRenamed { name: name.clone(), old_name: title("Acne") },
            "organization.renamed",
            json!({"name": "Acme", "old_name": "Acne"}),
        ),
        (
            Change::OrganizationDeleted { organization: id("acme"), name: name.clone() },
            "organization.deleted",
            json!({"organization": "acme", "name": "Acme"}),
        ),
        (Change::UserDeleted { user: user.clone() }, "user.deleted", json!({"user": "bob"})),
        (
            Change::InvitationCreated { user: user.clone(), role: Role::Admin },
            "invitation.created",
            json!({"user": "bob", "role": "admin"}),
        ),
        (
            Change::InvitationAccepted { user: user.clone(), role: Role::Admin },
            "invitation.accepted",
            json!({"user": "bob", "role": "admin"}),
        ),
        (
            Change::InvitationDeleted { user: user.clone(), role: Some(Role::Admin) },
            "invitation.deleted",
            json!({"user": "bob", "role": "admin"}),
        ),
        (
            Change::MemberAdded { user: user.clone(), role: Role::Member },
            "member.added",
            json!({"user": "bob", "role": "member"}),
        ),
        (
            Change::MemberChanged { user: user.clone(), role: Role::Owner, old_role: Role::Admin },
            "member.changed",
            json!({"user": "bob", "role": "owner", "old_role": "admin"}),
        ),
        (
            Change::MemberRemoved { user, old_role: Some(Role::Member) },
            "member.removed",
            json!({"user": "bob", "old_role": "member"}),
        ),
        (Change::SessionStarted { session: session_id() }, "session.started", json!({"session": SESSION})),
        (
            Change::SessionEnded { count: 1, session: Some(session_id()) },
            "session.ended",
            json!({"count": 1, "session": SESSION}),
        ),
        (
            Change::SessionEnded { count: 3, session: None },
            "session.ended",
            json!({"count": 3, "session": null}),
        ),
    ]
}

/// Ledgers hold events in this shape, and the trail is never rewritten: the words of actions are for good.
#[test]
fn stored_event_of_each_kind_has_the_pinned_shape() {
    let mut named = Vec::new();
    for (change, action, details) in changes_of_keys().into_iter().chain(changes_of_people()) {
        let mut pinned = json!({
            "at": "2026-11-21T08:00:00.001Z",
            "actor": {"type": "user", "id": "ada", "key": null},
            "key": {"id": KEY, "title": "CI", "redacted": "kw_sk_test_***JnsL"},
            "change": details,
            "request": {"request_id": "req_7", "address": "::1", "user_agent": null},
        });
        pinned["change"]["action"] = json!(action);
        let redacted = "kw_sk_test_***JnsL".to_owned();
        let key = KeyReference { id: key_id(), title: title("CI"), redacted };
        named.push(action);
        let request = RequestContext::new("req_7", Some("::1"), None);
        let event = Event { at: at(1), actor: actor("ada"), key: Some(key), change, request };
        assert_pinned(&event, &pinned);
        assert_pinned(&Event { key: None, ..event }, &with(&pinned, "/key", Value::Null));
    }
    named.dedup();
    assert_eq!(named, Change::ACTIONS);
}

#[test]
fn every_action_can_be_filtered_by() {
    // serde lists the variants when it is given another.
    let error = serde_json::from_value::<Change>(json!({"action": "?"})).expect_err("no action").to_string();
    let variants: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
    assert_eq!(variants, Change::ACTIONS);
}

fn asserted() -> Vec<AssertedMembership> {
    vec![AssertedMembership { organization: id("acme"), role: Role::Admin }]
}

/// Ledgers hold sessions in this shape. Changing it ends every session, or needs a migration.
#[test]
fn stored_session_of_each_subject_has_the_pinned_shape() {
    for (subject, pinned) in [
        (
            SessionSubject::Root { digest: KeyDigest::of("root") },
            json!({"root": {"digest": "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"}}),
        ),
        (
            SessionSubject::User { id: id("ada"), asserted: asserted() },
            json!({"user": {"id": "ada", "asserted": [{"organization": "acme", "role": "admin"}]}}),
        ),
        (
            SessionSubject::Key { owner: user("ada"), id: key_id() },
            json!({"key": {"owner": {"type": "user", "id": "ada"}, "id": KEY}}),
        ),
    ] {
        let variant = pinned.as_object().and_then(|all| all.keys().next()).expect("a variant");
        let subject_path = format!("/subject/{variant}");
        let session = Session {
            id: session_id(),
            digest: KeyDigest::of("token"),
            subject,
            started_at: at(1),
            seen_at: at(2),
            vouched_until: Some(at(3)),
            issuer: Some("https://id.example/".to_owned()),
            address: Some("192.0.2.1".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        };
        let pinned = json!({
            "id": SESSION,
            "digest": "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0",
            "subject": pinned,
            "started_at": "2026-11-21T08:00:00.001Z",
            "seen_at": "2026-11-21T08:00:00.002Z",
            "vouched_until": "2026-11-21T08:00:00.003Z",
            "issuer": "https://id.example/",
            "address": "192.0.2.1",
            "user_agent": "Mozilla/5.0",
        });
        assert_pinned(&session, &pinned);
        // One that has lost its end must not become one that lasts longer.
        for (name, lost) in losses(&pinned, "").into_iter().chain(losses(&pinned, &subject_path)) {
            let is_harmless = ["issuer", "address", "user_agent"].contains(&name.as_str());
            assert_eq!(read::<Session>(&lost).is_some(), is_harmless, "{name}");
        }
        let optional = ["/vouched_until", "/issuer", "/address", "/user_agent"];
        let bare = optional.iter().fold(pinned, |pinned, path| with(&pinned, path, Value::Null));
        let session =
            Session { vouched_until: None, issuer: None, address: None, user_agent: None, ..session };
        assert_pinned(&session, &bare);
    }
}

/// The worker sends principals to ledgers in this shape, and both may be of different versions for a while.
#[test]
fn principals_have_the_pinned_shape_between_worker_and_ledger() {
    let key = Principal::Key {
        id: key_id(),
        key_type: KeyType::Secret,
        owner: user("ada"),
        scopes: scopes(&["keys:read", "*"]),
        ends_at: Some(at(5)),
        consistency: Consistency::Strong,
    };
    let owner = json!({"type": "user", "id": "ada"});
    for (principal, pinned) in [
        (
            Principal::User { id: id("ada"), asserted: asserted() },
            json!({"User": {"id": "ada", "asserted": [{"organization": "acme", "role": "admin"}]}}),
        ),
        (
            Principal::Root { id: RootKeyId::parse("root_0123456789abcdef").expect("id") },
            json!({"Root": {"id": "root_0123456789abcdef"}}),
        ),
        (
            key,
            json!({"Key": {"id": KEY, "key_type": "secret", "owner": owner, "scopes": ["*", "keys:read"], "ends_at": at(5).to_string(), "consistency": "strong"}}),
        ),
    ] {
        assert_eq!(shape(&principal), pinned);
        assert_eq!(read(&pinned), Some(principal));
        let variant = pinned.as_object().and_then(|all| all.keys().next()).expect("a variant");
        let path = &format!("/{variant}");
        for (name, lost) in losses(&pinned, path) {
            assert!(read::<Principal>(&lost).is_none(), "{name}");
        }
    }
    assert!(read::<Principal>(&json!("Operator")).is_none());
}

#[test]
fn words_are_the_same_in_storage_in_responses_and_in_code() {
    fn check<T: Serialize + DeserializeOwned + Copy>(all: &[T], word: fn(T) -> &'static str) {
        for value in all {
            assert_pinned(value, &json!(word(*value)));
        }
        assert!(read::<T>(&json!("")).is_none() && read::<T>(&json!("Fast")).is_none());
    }
    assert_eq!(Status::ALL.map(Status::as_str), ["active", "retiring", "expired", "revoked"]);
    check(&Status::ALL, Status::as_str);
    check(&Consistency::ALL, Consistency::as_str);
    check(&KeyType::ALL, KeyType::as_str);
    check(&Role::ALL, Role::as_str);
    check(&Verdict::ALL, Verdict::as_str);
    check(ErrorCode::ALL, ErrorCode::as_str);
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
