//! The shapes in which values of this crate are stored; those of the core are pinned there. When a test here fails, what is
//! stored can no longer be read: give the ledger a migration, and let KV and the outbox be read in both shapes until they
//! are rewritten.

use std::collections::BTreeSet;
use std::fmt::Debug;

use keyward_core::{KeyRecord, OwnerId, Role, Title};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::kv::{
    KvKey, KvMember, TOMBSTONE_TTL_SECONDS, write_of_deleted_key, write_of_key, write_of_member,
};
use crate::ledger::LedgerRequest;
use crate::ledger::memberships::Membership;
use crate::ledger::outbox::{Delivery, KvWrite};
use crate::ledger::sql::SqlValue;
use crate::medusa;
use crate::memory::{ROOT, World, after, config, root_id};
use crate::operations::Operation;
use crate::router::Asked;

/// What is read of this shape is written in it again.
fn round_trip<T: Serialize + DeserializeOwned>(shape: &Value) -> T {
    // By way of text, as storage does.
    let read: T = serde_json::from_str(&shape.to_string()).unwrap_or_else(|error| panic!("{shape}: {error}"));
    assert_eq!(&serde_json::to_value(&read).expect("JSON"), shape);
    read
}

fn assert_pinned<T: Serialize + DeserializeOwned + Debug>(value: &T, shape: &Value) {
    assert_eq!(format!("{:?}", round_trip::<T>(shape)), format!("{value:?}"));
}

const AT: &str = "2026-11-21T08:00:00.001Z";

fn membership(role: Option<Role>) -> Membership {
    let id = |text: &str| OwnerId::parse(text).expect("id");
    let name = Some(Title::parse("Acme").expect("title"));
    Membership {
        version: 7,
        organization: id("acme"),
        name,
        user: id("bob"),
        role,
        invitation: None,
        is_creator: false,
    }
}

fn membership_shape(role: &Value) -> Value {
    json!({
        "version": 7, "organization": "acme", "name": "Acme", "user": "bob", "role": role, "invitation": null,
        "is_creator": false,
    })
}

fn directory_shape(by: &Value) -> Value {
    json!({
        "version": 7, "id": "acme", "name": "Acme", "created_at": AT, "created_by": by, "is_deleted": false,
    })
}

fn announcement_shape(by: &Value) -> Value {
    json!({
        "id": "evt_01KAHQ0000000000000000000A",
        "event": { "at": AT, "actor": by, "key": null, "change": { "action": "user.deleted", "user": "bob" },
            "request": { "request_id": "req_7", "address": null, "user_agent": null } },
    })
}

fn invitation_shape(by: &Value) -> Value {
    json!({ "user": "bob", "role": "admin", "created_at": AT, "created_by": by, "expires_at": AT })
}

fn kv_write(kv_key: &str, value: &str, ttl_seconds: Option<u32>) -> KvWrite {
    KvWrite { kv_key: kv_key.to_owned(), value: value.to_owned(), ttl_seconds }
}

#[test]
fn a_stored_membership_has_the_pinned_shape() {
    assert_pinned(&membership(Some(Role::Admin)), &membership_shape(&json!("admin")));
    assert_pinned(&membership(None), &membership_shape(&Value::Null));
    let mut nameless = membership_shape(&Value::Null);
    nameless["name"] = Value::Null;
    assert_pinned(&Membership { name: None, ..membership(None) }, &nameless);
    let mut inviting = membership_shape(&Value::Null);
    inviting["invitation"] = invitation_shape(&json!({ "type": "user", "id": "ada", "key": null }));
    assert!(round_trip::<Membership>(&inviting).invitation.is_some());
}

#[test]
fn a_membership_that_has_lost_its_role_is_not_read() {
    let mut shape = membership_shape(&Value::Null);
    shape.as_object_mut().expect("object").remove("role");
    assert!(serde_json::from_value::<Membership>(shape).is_err());
    let (ring, place) = (&config(&[]).issuer.ring, "member/acme/bob");
    assert!(KvMember::read(ring, place, &ring.stamped(place, r#"{"v":1}"#)).is_none());
}

#[test]
fn deliveries_in_the_outbox_have_the_pinned_shape() {
    let told = Delivery::from(membership(Some(Role::Owner)));
    assert_pinned(&told, &json!({ "Membership": membership_shape(&json!("owner")) }));
    assert_eq!(told.destination(), "ledger:bob:acme");
    let by = json!({ "type": "root", "id": root_id() });
    let departure = json!({ "Departure": { "organization": "acme", "user": "bob", "by": by } });
    assert_eq!(round_trip::<Delivery>(&departure).destination(), "departure:bob:acme");
    let listed = json!({ "Directory": directory_shape(&by) });
    assert_eq!(round_trip::<Delivery>(&listed).destination(), "directory:acme");
    let announced = json!({ "Announcement": announcement_shape(&by) });
    let destination = "announcement:evt_01KAHQ0000000000000000000A";
    assert_eq!(round_trip::<Delivery>(&announced).destination(), destination);
    for ttl_seconds in [Some(60), None] {
        let written = Delivery::from(kv_write("key/00", "{}", ttl_seconds));
        assert_pinned(
            &written,
            &json!({ "Kv": { "kv_key": "key/00", "value": "{}", "ttl_seconds": ttl_seconds } }),
        );
        assert_eq!(written.destination(), "kv:key/00");
    }
}

#[test]
fn kv_holds_members_in_the_pinned_shape_under_the_pinned_key() {
    for (role, value, ttl_seconds) in [
        (Some(Role::Owner), r#"{"v":1,"at":"2026-11-21T08:00:00.000Z","role":"owner"}"#, None),
        (None, r#"{"v":1,"at":"2026-11-21T08:00:00.000Z","role":null}"#, Some(TOMBSTONE_TTL_SECONDS)),
    ] {
        let (ring, place) = (&config(&[]).issuer.ring, "member/acme/bob");
        let Membership { organization, user, .. } = membership(role);
        let written = write_of_member(ring, &organization, &user, role, after(0));
        assert_eq!(written, kv_write(place, &ring.stamped(place, value), ttl_seconds));
        assert_eq!(KvMember::read(ring, place, &written.value).expect("its own shape").role, role);
    }
}

#[test]
fn kv_holds_keys_in_the_pinned_shape_under_the_pinned_key() {
    let world = World::with_acme();
    let fields = json!({ "title": "CI", "scopes": ["b", "a"], "metadata": { "m": 1 } });
    let made = world.create(ROOT, "organizations/acme", fields);
    world.record_uses(&world.verify(&made, "strong"));
    let [record]: [KeyRecord; 1] = world.outside.keys().try_into().expect("one key");
    assert!(record.last_used_at.is_some());
    let kv_key = format!("key/{}", record.digest.to_hex());
    let ring = &world.config.issuer.ring;
    let written = write_of_key(ring, &record);
    assert_eq!((&written.kv_key, written.ttl_seconds), (&kv_key, None));
    let shape = json!({ "v": 1, "at": record.updated_at, "record": {
        "version": 1, "id": made.id, "type": "secret", "owner": { "type": "organization", "id": "acme" },
        "redacted": record.redacted, "token": null, "digest": record.digest.to_hex(),
        "settings": {
            "title": "CI", "scopes": ["a", "b"], "metadata": { "m": 1 }, "consistency": "fast", "expires_at": null, "links": [],
        },
        "created_at": record.created_at.to_string(), "created_by": { "type": "root", "id": root_id() },
        "updated_at": record.created_at.to_string(),
        // The copy claims nothing about the last use, which changes without a write to KV.
        "last_used_at": null, "rolled_from": null, "rolled_to": null, "revocation": null,
    }});
    let value = ring.unstamped(&kv_key, &written.value).expect("a stamp");
    assert_eq!(serde_json::from_str::<Value>(value).expect("JSON"), shape);
    assert_pinned(&KvKey::read(ring, &kv_key, &written.value).expect("its own shape"), &shape);
    let stamped = ring.stamped(&kv_key, r#"{"v":1,"at":"2026-11-21T08:00:00.000Z","record":null}"#);
    let tombstone = kv_write(&kv_key, &stamped, Some(TOMBSTONE_TTL_SECONDS));
    assert_eq!(write_of_deleted_key(ring, &record.digest, after(0)), tombstone);
}

#[test]
fn what_is_remembered_of_a_request_has_the_pinned_shape() {
    let world = World::with_acme();
    let keys = "/v1/organizations/acme/keys";
    let made = world.send_with("0123456789abcdef", ROOT, "POST", keys, json!({ "title": "CI" }));
    let [row] = <[_; 1]>::try_from(world.outside.rows("SELECT body FROM idempotency")).expect("one row");
    let [SqlValue::Text(body)] = row.as_slice() else { panic!("{row:?}") };
    let stored: Value = serde_json::from_str(body).expect("JSON");
    let [record]: [KeyRecord; 1] = world.outside.keys().try_into().expect("one key");
    let mut answer = made.body.clone();
    answer["token"] = stored["salt"].clone();
    let response = serde_json::from_str::<Value>(stored["response"]["body"].as_str().expect("text"));
    assert_eq!(response.expect("JSON"), answer);
    let shape = json!({
        "request": stored["request"], "salt": stored["salt"], "digest": record.digest.to_hex(), "key_type": "secret",
        "response": { "success": "Created", "body": stored["response"]["body"], "location": made.location, "next": null, "is_lines": false },
    });
    assert_eq!(stored, shape);
}

/// The variants of an enum, as serde names them.
fn variants<T: DeserializeOwned>() -> BTreeSet<String> {
    let error = serde_json::from_value::<T>(json!({ "?": null })).err().expect("no variant").to_string();
    error.split('`').skip(3).step_by(2).map(str::to_owned).collect()
}

const DIGEST: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
const ID_OF_KEY: &str = "apk_01KAHQ0000000000000000000A";

fn owners() -> [Value; 3] {
    [
        json!({ "type": "organization", "id": "acme" }),
        json!({ "type": "user", "id": "ada" }),
        json!({ "type": "deployment", "id": null }),
    ]
}

fn principals() -> [Value; 3] {
    [
        json!({ "Root": { "id": "root_0123456789abcdef" } }),
        json!({ "User": { "id": "ada", "asserted": [{ "organization": "acme", "role": "admin" }] } }),
        json!({ "Key": {
            "id": ID_OF_KEY, "key_type": "secret", "owner": owners()[0], "scopes": ["a", "b"], "ends_at": AT,
            "consistency": "strong",
        } }),
    ]
}

fn requests() -> Vec<Value> {
    let (digest, key, at) = (DIGEST, ID_OF_KEY, AT);
    let by = json!({ "type": "root", "id": root_id() });
    let (owners, principals) = (owners(), principals());
    let request = json!({ "request_id": "req_7", "address": "::1", "user_agent": null });
    let organization = |id: &str, owner: Value| json!({ "id": id, "name": "Acme", "owner": owner });
    vec![
        json!({ "FindKey": { "digest": digest, "copy_is_bad": true, "since": at } }),
        json!({ "FindForeignKey": {
            "organization": "acme", "digest": digest, "copy_is_bad": true, "hashes": [["5e", "77"]],
            "hints": ["sk_44d***3be"], "since": at,
        } }),
        json!({ "FindRole": { "organization": "acme", "user": "bob", "asserted": "admin", "copy_is_bad": false, "since": null } }),
        json!({ "LookUpKey": { "principal": principals[2], "digest": digest } }),
        json!({ "FindNews": { "since": at } }),
        json!({ "FindMemberships": { "user": "bob" } }),
        json!({ "FindOrganizationName": { "organization": "acme" } }),
        json!({ "RecordUse": { "owner": owners[0], "key": key, "at": at, "refused": 0 } }),
        json!({ "RecordUse": { "owner": owners[0], "key": key, "at": at, "refused": 7 } }),
        json!({ "CreateOrganization": { "request": request, "principal": principals[0], "new": organization("acme", "ada".into()) } }),
        json!({ "CreateOrganization": { "request": request, "principal": principals[1], "new": organization("ACME", Value::Null) } }),
        json!({ "ClaimId": { "id": "ACME" } }),
        json!({ "ReserveOrganization": { "user": "bob", "organization": "acme" } }),
        json!({ "RecordDeparture": { "organization": "acme", "user": "bob", "by": by } }),
        json!({ "RecordOrganization": directory_shape(&by) }),
        json!({ "RecordAnnouncement": announcement_shape(&by) }),
        json!({ "RecordMembership": membership_shape(&json!("member")) }),
        json!({ "StartSession": { "request": request, "session": {
            "id": "ses_01KAHQ0000000000000000000A", "started_at": at, "seen_at": at, "digest": digest, "subject": { "key": { "owner": owners[1], "id": key } }, "vouched_until": at,
            "issuer": "https://id.example/", "address": "192.0.2.1", "user_agent": "Mozilla/5.0",
        } } }),
        json!({ "FindSession": { "digest": digest } }),
        json!({ "EndSession": { "digest": digest, "request": request } }),
        json!({ "RevokePresentedKeys": { "keys": { digest: "app/.env:7" }, "request": request } }),
        json!({ "RevokePresentedKeys": { "keys": { digest: null }, "request": request } }),
    ]
}

/// What an operation asks for, on its way to a ledger.
fn asked(asked: &Value) -> Value {
    json!({
        "asked": asked, "params": [["organization", "acme"], ["key", ID_OF_KEY]],
        "request": {
            "path": "/v1/organizations/acme/keys", "query": "dry_run=true", "idempotency_key": "0123456789abcdef",
            "content_type": "application/json", "session": DIGEST, "body": "{ \"n\": 9007199254740993, \"é\": \"\\u0000\" }",
        },
        "context": { "request_id": "req_7", "address": "::1", "user_agent": null },
    })
}

fn perform(what: &Value, principal: &Value, owner: &Value) -> Value {
    let mut perform = asked(what);
    (perform["principal"], perform["owner"]) = (principal.clone(), owner.clone());
    json!({ "Perform": perform })
}

#[test]
fn every_request_to_a_ledger_reads_the_same_on_the_other_side() {
    let (requests, principals, owners) = (requests(), principals(), owners());
    let name =
        |shape: &Value| shape.as_object().and_then(|fields| fields.keys().next().cloned()).expect("a name");
    let mut names: BTreeSet<String> = requests.iter().map(name).collect();
    names.insert("Perform".to_owned());
    assert_eq!(names, variants::<LedgerRequest>());
    for shape in &requests {
        round_trip::<LedgerRequest>(shape);
    }
    for (principal, owner) in principals.iter().flat_map(|who| owners.iter().map(move |whose| (who, whose))) {
        round_trip::<LedgerRequest>(&perform(&json!("update_key"), principal, owner));
    }
    let operations = Operation::ALL.iter().map(|operation| Asked::Operation(*operation));
    let calls = medusa::ROUTES.iter().map(|(.., call)| Asked::Medusa(*call));
    for what in operations.chain(calls) {
        let what = serde_json::to_value(what).expect("JSON");
        round_trip::<LedgerRequest>(&perform(&what, &principals[0], &owners[0]));
    }
}
