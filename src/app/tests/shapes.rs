//! The shapes in which the worker stores values. When a test here fails, what is stored can no longer be read: give the
//! ledger a migration, and let the projection and the outbox be read in both shapes until they are rewritten.

use core::fmt::Debug;

use keyward_core::stored::{self, Stored};
use keyward_core::{OwnerId, Role, Title};
use serde::Serialize;
use serde_json::{Value, json};

use crate::ledger::call::Membership;
use crate::ledger::rows::Delivery;
use crate::memory::{ROOT, World};
use crate::projection::{
    ProjectedKey, ProjectedMember, TOMBSTONE_TTL_SECONDS, of_deleted_key, of_key, of_membership,
};

fn pinned<T: Serialize + Stored + Debug>(value: &T, shape: &Value) {
    assert_eq!(&serde_json::to_value(value).expect("JSON"), shape);
    let again: T = stored::read(&shape.to_string()).expect("its own shape");
    assert_eq!(format!("{again:?}"), format!("{value:?}"));
}

fn membership(role: Option<Role>) -> Membership {
    let id = |text: &str| OwnerId::parse(text).expect("id");
    let name = Some(Title::parse("Acme").expect("title"));
    Membership { version: 7, organization: id("acme"), name, user: id("bob"), role }
}

fn membership_shape(role: &Value) -> Value {
    json!({ "version": 7, "organization": "acme", "name": "Acme", "user": "bob", "role": role })
}

#[test]
fn stored_membership_has_the_pinned_shape() {
    pinned(&membership(Some(Role::Admin)), &membership_shape(&json!("admin")));
    pinned(&membership(None), &membership_shape(&Value::Null));
    pinned(&Membership { name: None, ..membership(None) }, &{
        let mut shape = membership_shape(&Value::Null);
        shape["name"] = Value::Null;
        shape
    });
}

#[test]
fn deliveries_in_the_outbox_have_the_pinned_shape() {
    let told = Delivery::Membership(membership(Some(Role::Owner)));
    pinned(&told, &json!({ "Membership": membership_shape(&json!("owner")) }));
    assert_eq!(told.destination(), "ledger:bob:acme");
    let written = Delivery::Projection("key/00".into(), "{}".into(), Some(60));
    pinned(&written, &json!({ "Projection": ["key/00", "{}", 60] }));
    pinned(&Delivery::Projection("p".into(), "v".into(), None), &json!({ "Projection": ["p", "v", null] }));
    assert_eq!(written.destination(), "kv:key/00");
}

#[test]
fn projected_member_has_the_pinned_shape_and_place() {
    pinned(&ProjectedMember { v: 1, role: Some(Role::Member) }, &json!({ "v": 1, "role": "member" }));
    let member = r#"{"v":1,"role":"owner"}"#;
    assert_eq!(
        of_membership(&membership(Some(Role::Owner))),
        Delivery::Projection("member/acme/bob".into(), member.into(), None)
    );
    let left = Delivery::Projection(
        "member/acme/bob".into(),
        r#"{"v":1,"role":null}"#.into(),
        Some(TOMBSTONE_TTL_SECONDS),
    );
    assert_eq!(of_membership(&membership(None)), left);
}

#[test]
fn projected_key_has_the_pinned_shape_and_place() {
    let world = World::with_acme();
    let made = world.create(
        ROOT,
        "organizations/acme",
        json!({ "title": "CI", "scopes": ["b", "a"], "metadata": { "m": 1 } }),
    );
    let seen = world.verify(&made, "strong");
    world.record_uses(&seen);
    let record = world
        .ports
        .ledgers
        .borrow()
        .values()
        .flat_map(|ledger| ledger.rows.all_keys())
        .next()
        .expect("a key");
    assert!(record.last_used_at.is_some());
    let digest = record.digest.to_hex();
    let Delivery::Projection(place, value, ttl) = of_key(&record) else { panic!("no projection") };
    assert_eq!((place, ttl), (format!("key/{digest}"), None));
    let created_at = record.created_at.as_millis();
    let shape = json!({ "v": 1, "record": {
        "version": 1, "id": made.id, "type": "secret", "owner": "organization:acme", "title": "CI",
        "redacted": record.redacted, "token": null, "digest": digest, "scopes": "a b", "metadata": { "m": 1 },
        "consistency": "fast", "created_at": created_at, "created_by": "root", "updated_at": created_at,
        // The copy claims nothing about the last use, which changes without a write to KV.
        "last_used_at": null, "expires_at": null, "revocation": null,
    }});
    assert_eq!(serde_json::from_str::<Value>(&value).expect("JSON"), shape);
    pinned(&stored::read::<ProjectedKey>(&value).expect("its own shape"), &shape);
    let tombstone = Delivery::Projection(
        format!("key/{digest}"),
        r#"{"v":1,"record":null}"#.into(),
        Some(TOMBSTONE_TTL_SECONDS),
    );
    assert_eq!(of_deleted_key(&record), tombstone);
}
