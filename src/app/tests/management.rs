//! Keys are managed: what each operation does and refuses.

mod failures;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::ledger::sql::SqlValue;
use crate::memory::{Made, ROOT, World, after, root_id, user};

const KEYS: &str = "/v1/organizations/acme/keys";

fn address(key: &Made) -> String {
    format!("{KEYS}/{}", key.id)
}

fn make(world: &World) -> Made {
    world.create(ROOT, "organizations/acme", json!({}))
}

/// What the audit trail says, newest first.
fn trail(world: &World, owner: &str) -> Vec<String> {
    let seen = world.ok(ROOT, "GET", &format!("/v1/{owner}/events?limit=100"), Value::Null);
    let events = seen.body["events"].as_array().expect("list").clone();
    events.iter().map(|event| event["action"].as_str().expect("action").to_owned()).collect()
}

#[test]
fn a_secret_keys_text_is_shown_when_it_is_created_and_never_again() {
    let world = World::with_acme();
    let seen = world.ok(&user("bob"), "POST", KEYS, json!({
        "title": " CI deploys ", "scopes": ["b", "a"], "metadata": { "stage": "ci" }, "expires_at": after(3600).to_string(),
    }));
    assert_eq!(seen.status, 201);
    let (id, token) = (seen.text("id"), seen.text("token"));
    assert_eq!(seen.location.as_deref(), Some(format!("{KEYS}/{id}").as_str()));
    assert!(token.starts_with("kw_sk_test_"));
    let mut expected = seen.body.clone();
    assert_eq!(expected["title"], "CI deploys");
    assert_eq!(expected["scopes"], json!(["a", "b"]));
    assert_eq!(expected["created_by"], json!({ "type": "user", "id": "bob", "key": null }));
    assert_eq!(expected["status"], "active");
    expected["token"] = Value::Null;
    assert_eq!(world.ok(&user("bob"), "GET", &format!("{KEYS}/{id}"), Value::Null).body, expected);
    assert_eq!(world.ok(&user("bob"), "GET", KEYS, Value::Null).body["keys"], json!([expected]));
    world.deliver();
    assert!(!format!("{:?}", world.outside.kv.borrow()).contains(&token), "nor in KV");
    assert!(!everything(&world).contains(&token), "nor in a ledger");
}

#[test]
fn a_publishable_keys_text_is_always_shown_and_users_have_no_such_keys() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "type": "publishable" }));
    assert!(key.token.starts_with("kw_pk_test_"));
    assert_eq!(world.ok(ROOT, "GET", &address(&key), Value::Null).text("token"), key.token);
    let refused =
        world.send(ROOT, "POST", "/v1/users/ada/keys", json!({ "title": "x", "type": "publishable" }));
    assert_eq!(refused.code(), "request.bad_field");
    assert_eq!(refused.body["errors"][0]["pointer"], "/type");
    assert!(world.create(&user("ada"), "users/me", json!({})).token.starts_with("kw_pat_test_"));
}

#[test]
fn an_expiry_has_to_lie_ahead() {
    let world = World::with_acme();
    let key = make(&world);
    for (method, place) in [("POST", KEYS.to_owned()), ("PATCH", address(&key))] {
        let seen =
            world.send(ROOT, method, &place, json!({ "title": "x", "expires_at": after(0).to_string() }));
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", "/expires_at"));
    }
}

#[test]
fn a_change_keeps_what_it_does_not_name() {
    let world = World::with_acme();
    let key = make(&world);
    let before = world.ok(ROOT, "GET", &address(&key), Value::Null).body;
    world.pass(5);
    let changes = json!({ "title": "New", "scopes": ["x"], "metadata": { "a": 1 }, "expires_at": after(99).to_string(), "consistency": "strong" });
    for (field, value) in changes.as_object().expect("object") {
        let seen = world.ok(ROOT, "PATCH", &address(&key), json!({ field: value }));
        assert_eq!((seen.status, &seen.body[field]), (200, value));
    }
    let after = world.ok(ROOT, "GET", &address(&key), Value::Null).body;
    for field in ["id", "created_at", "created_by", "redacted", "owner", "type", "revoked_at"] {
        assert_eq!(after[field], before[field], "{field}");
    }
    assert!(after["updated_at"].as_str() > before["updated_at"].as_str());
    let seen = world.ok(ROOT, "PATCH", &address(&key), json!({ "expires_at": null }));
    assert_eq!(seen.body["expires_at"], Value::Null);
    assert_eq!(world.send(ROOT, "PATCH", &address(&key), json!({})).code(), "request.bad_field");
}

#[test]
fn a_key_that_is_not_changed_or_rolled_is_said_to_be_revoked_or_to_have_expired() {
    let world = World::with_acme();
    let revoked = make(&world);
    let expired = world.create(ROOT, "organizations/acme", json!({ "expires_at": after(100).to_string() }));
    world.ok(ROOT, "POST", &format!("{}/revoke", address(&revoked)), Value::Null);
    world.pass(101);
    for (key, expected) in [(&revoked, "The key is revoked."), (&expired, "The key has expired.")] {
        for (method, address, body) in [
            ("PATCH", address(key), json!({ "scopes": ["*"] })),
            ("POST", format!("{}/roll", address(key)), Value::Null),
        ] {
            let seen = world.send(ROOT, method, &address, body);
            assert_eq!(
                (seen.code(), seen.text("detail").as_str()),
                ("key.not_active", expected),
                "{address}"
            );
        }
    }
}

#[test]
fn a_revocation_says_when_it_takes_effect_and_is_for_good() {
    let world = World::with_acme();
    let key = make(&world);
    let revoke = |body| world.send(ROOT, "POST", &format!("{}/revoke", address(&key)), body);
    let planned = revoke(json!({ "revoke_in": 100, "reason": "leaked" }));
    assert_eq!((planned.status, &planned.body["status"]), (200, &json!("retiring")));
    let at = keyward_core::Timestamp::parse(&planned.text("revoked_at")).expect("an instant");
    assert_eq!(planned.body["effective"], json!({ "by": at.plus_seconds(30) }));
    assert_eq!(revoke(json!({ "revoke_in": 200 })).code(), "key.revocation_put_off");
    assert_eq!(revoke(json!({ "revoke_in": 31_536_001 })).code(), "request.bad_field");
    let now = revoke(Value::Null);
    assert_eq!((&now.body["status"], &now.body["revocation_reason"]), (&json!("revoked"), &json!("leaked")));
    assert_eq!(now.body["revoked_by"], json!({ "type": "root", "id": root_id() }));
    assert_eq!((revoke(Value::Null).status, revoke(Value::Null).code()), (409, "key.already_revoked"));
    assert_eq!(world.ok(ROOT, "PATCH", &address(&key), json!({ "title": "Old" })).body["status"], "revoked");
    assert_eq!(world.verify(&key, "strong").code(), "revoked");
}

#[test]
fn rolling_gives_a_new_key_and_revokes_the_old_one_after_the_grace_period() {
    let world = World::with_acme();
    let old = world.create(
        ROOT,
        "organizations/acme",
        json!({ "scopes": ["a"], "metadata": { "m": 1 }, "consistency": "strong" }),
    );
    let roll = |body| world.send(ROOT, "POST", &format!("{}/roll", address(&old)), body);
    let rolled = roll(json!({ "grace": 60 }));
    let new = Made { id: rolled.text("id"), token: rolled.text("token") };
    assert_eq!(rolled.status, 201);
    assert_eq!(rolled.location.as_deref(), Some(address(&new).as_str()));
    for (field, value) in
        [("scopes", json!(["a"])), ("metadata", json!({ "m": 1 })), ("consistency", json!("strong"))]
    {
        assert_eq!(rolled.body[field], value);
    }
    assert_eq!(
        (&rolled.body["rolled"]["id"], &rolled.body["rolled"]["status"]),
        (&json!(old.id), &json!("retiring"))
    );
    for key in [&old, &new] {
        assert_eq!(world.verify(key, "strong").code(), "valid");
    }
    let links = |body: &Value| (body["rolled_from"].clone(), body["rolled_to"].clone());
    assert_eq!(links(&rolled.body), (json!(old.id), Value::Null));
    assert_eq!(links(&rolled.body["rolled"]), (Value::Null, json!(new.id)));
    world.pass(61);
    assert_eq!(world.verify(&old, "strong").code(), "revoked");
    assert_eq!(world.verify(&new, "strong").code(), "valid");
}

#[test]
fn a_key_has_one_successor_and_a_second_roll_names_it() {
    let world = World::with_acme();
    for grace in [0, 60] {
        let old = make(&world);
        let roll =
            |key: &str| world.send(ROOT, "POST", &format!("{KEYS}/{key}/roll"), json!({ "grace": grace }));
        let successor = roll(&old.id).text("id");
        let again = roll(&old.id);
        assert_eq!((again.status, again.code()), (409, "key.already_rolled"));
        assert!(again.text("detail").contains(&successor), "{}", again.body);
        // Whoever has lost the answer has it rolled.
        let next = roll(&successor);
        assert_eq!((next.status, &next.body["rolled_from"]), (201, &json!(successor)));
    }
}

#[test]
fn only_a_revoked_key_is_deleted_and_its_events_outlive_it() {
    let world = World::with_acme();
    let key = make(&world);
    let delete = |query: &str| world.send(ROOT, "DELETE", &format!("{}{query}", address(&key)), Value::Null);
    assert_eq!((delete("").status, delete("?revoke=false").code()), (409, "key.not_revoked"));
    world.ok(ROOT, "POST", &format!("{}/revoke", address(&key)), Value::Null);
    let deleted = delete("");
    let by = keyward_core::Timestamp::parse(deleted.body["effective"]["by"].as_str().expect("text"));
    assert!(deleted.status == 200 && by.expect("an instant") >= after(30), "{}", deleted.body);
    for (method, place) in
        [("GET", ""), ("DELETE", ""), ("DELETE", "?revoke=true"), ("POST", "/revoke"), ("POST", "/roll")]
    {
        let seen = world.send(ROOT, method, &format!("{}{place}", address(&key)), Value::Null);
        assert_eq!((seen.status, seen.code()), (404, "key.not_found"), "{method} {place}");
    }
    let about = world.ok(ROOT, "GET", &format!("/v1/organizations/acme/events?key={}", key.id), Value::Null);
    assert_eq!(about.body["count"], 3);
    assert_eq!(
        trail(&world, "organizations/acme").get(..3).expect("three"),
        ["key.deleted", "key.revoked", "key.created"]
    );
}

#[test]
fn events_of_one_transaction_are_listed_in_their_order() {
    let world = World::new();
    for number in 0..16 {
        let id = format!("o{number}");
        world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": id, "name": "O", "owner": "ada" }));
        let owner = format!("organizations/{id}");
        let key = world.create(ROOT, &owner, json!({}));
        world.ok(ROOT, "POST", &format!("/v1/{owner}/keys/{}/roll", key.id), Value::Null);
        let other = world.create(ROOT, &owner, json!({}));
        world.ok(ROOT, "DELETE", &format!("/v1/{owner}/keys/{}?revoke=true", other.id), Value::Null);
        let expected = [
            "key.deleted",
            "key.revoked",
            "key.created",
            "key.created",
            "key.rolled",
            "key.created",
            "member.added",
            "organization.created",
        ];
        assert_eq!(trail(&world, &owner), expected);
    }
}

#[test]
fn a_key_never_grants_what_it_does_not_hold() {
    let world = World::with_acme();
    let holder = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:write", "a"] }));
    let rich = world.create(ROOT, "organizations/acme", json!({ "scopes": ["b"] }));
    let send = |method: &str, place: &str, body: Value| world.send(&holder.token, method, place, body);
    let refused_patch = |changes| send("PATCH", &address(&rich), changes);
    for seen in [
        refused_patch(json!({ "title": "x" })),
        refused_patch(json!({ "metadata": { "plan": "enterprise" } })),
        refused_patch(json!({ "scopes": [] })),
        send("POST", KEYS, json!({ "title": "x", "scopes": ["b"] })),
        send("POST", KEYS, json!({ "title": "x", "scopes": ["*"] })),
        send("PATCH", &address(&rich), json!({ "scopes": ["a", "b"] })),
        send("POST", &format!("{}/roll", address(&rich)), Value::Null),
    ] {
        assert_eq!((seen.status, seen.code()), (403, "auth.grant_exceeds_own"));
    }
    assert_eq!(send("POST", KEYS, json!({ "title": "x", "scopes": ["a", "keys:write"] })).status, 201);
    assert_eq!(send("POST", &format!("{}/revoke", address(&rich)), Value::Null).status, 200);
    assert_eq!(send("GET", KEYS, Value::Null).code(), "auth.insufficient_scope");
}

#[test]
fn a_key_is_not_found_under_another_owner() {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other" }));
    let foreign = world.create(ROOT, "organizations/other", json!({}));
    for (method, place) in [("GET", ""), ("DELETE", "?revoke=true"), ("POST", "/revoke"), ("POST", "/roll")] {
        let seen = world.send(&user("ada"), method, &format!("{KEYS}/{}{place}", foreign.id), Value::Null);
        assert_eq!(seen.code(), "key.not_found");
    }
}

/// Everything that the ledgers hold.
fn everything(world: &World) -> String {
    // Not those in which SQLite keeps its index of words: their bytes say no more than the rows that they are made of.
    let tables = world.outside.rows("SELECT name FROM pragma_table_list WHERE type = 'table'");
    let names = tables.iter().flatten().filter_map(|name| match name {
        SqlValue::Text(name) => Some(name.as_str()),
        _ => None,
    });
    let names: BTreeSet<&str> = names.collect();
    assert!(names.is_superset(&["keys", "events", "outbox"].into()), "{names:?}");
    let rows = |table| world.outside.rows(&format!("SELECT * FROM {table}"));
    format!("{:?}", names.into_iter().map(rows).collect::<Vec<_>>())
}
