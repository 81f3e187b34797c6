//! Operator keys: keys of the deployment, for the operator's own programs.

use serde_json::{Value, json};

use crate::memory::{ROOT, World, user};

const KEYS: &str = "/v1/deployment/keys";

#[test]
fn an_operator_key_has_the_life_of_any_secret_key_and_its_events_are_the_deployments() {
    let world = World::new();
    let made = world.create(ROOT, "deployment", json!({ "scopes": ["keys:read"] }));
    assert!(made.token.starts_with("kw_sk_test_"));
    let path = format!("{KEYS}/{}", made.id);
    let shown = world.ok(ROOT, "GET", &path, Value::Null).body;
    assert_eq!(shown["owner"], json!({ "type": "deployment", "id": null }));
    assert_eq!(world.ok(ROOT, "GET", KEYS, Value::Null).body["count"], 1);
    world.ok(ROOT, "PATCH", &path, json!({ "title": "Billing" }));
    let rolled = world.ok(ROOT, "POST", &format!("{path}/roll"), Value::Null);
    assert_eq!(rolled.location, Some(format!("{KEYS}/{}", rolled.text("id"))));
    assert_eq!(world.send(&made.token, "GET", KEYS, Value::Null).code(), "auth.invalid", "it was replaced");
    let next = rolled.text("token");
    assert_eq!(world.send(&next, "GET", KEYS, Value::Null).status, 200);
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/revoke", rolled.text("id")), Value::Null);
    assert_eq!(world.send(&next, "GET", KEYS, Value::Null).code(), "auth.invalid");
    world.ok(ROOT, "DELETE", &path, Value::Null);
    let events = world.ok(ROOT, "GET", "/v1/deployment/events", Value::Null).body;
    let actions: Vec<_> =
        events["events"].as_array().expect("list").iter().map(|event| event["action"].clone()).collect();
    assert_eq!(
        actions,
        ["key.deleted", "key.revoked", "key.created", "key.rolled", "key.updated", "key.created"]
    );
    let publishable = world.send(ROOT, "POST", KEYS, json!({ "title": "x", "type": "publishable" }));
    assert_eq!(publishable.pointer(), "/type");
}

#[test]
fn an_operator_key_manages_what_its_scopes_say_whoever_owns_it_and_is_named_in_the_trail() {
    let world = World::with_acme();
    let key = world.create(ROOT, "deployment", json!({ "scopes": ["keys:write", "keys:read", "a"] }));
    for owner in ["organizations/acme", "users/zoe", "deployment"] {
        let made = world.create(&key.token, owner, json!({ "scopes": ["a"] }));
        let shown = world.ok(&key.token, "GET", &format!("/v1/{owner}/keys/{}", made.id), Value::Null).body;
        assert_eq!(shown["created_by"], json!({ "type": "operator_key", "id": key.id }));
        let more = world.send(
            &key.token,
            "POST",
            &format!("/v1/{owner}/keys"),
            json!({ "title": "x", "scopes": ["b"] }),
        );
        assert_eq!(more.code(), "auth.grant_exceeds_own");
        let events = world.send(&key.token, "GET", &format!("/v1/{owner}/events"), Value::Null);
        assert_eq!(events.code(), "auth.insufficient_scope");
    }
    let writer = world.create(ROOT, "deployment", json!({ "scopes": ["organizations:write"] })).token;
    let named = json!({ "id": "new", "name": "New", "owner": "zoe" });
    let created = world.ok(&writer, "POST", "/v1/organizations", named).body;
    assert_eq!(created["created_by"]["type"], "operator_key");
    let renamed = world.send(&writer, "PATCH", "/v1/organizations/new", json!({ "name": "Newer" }));
    assert_eq!(renamed.status, 200, "it need not read what it writes");
    assert_eq!(
        world.send(&key.token, "POST", "/v1/organizations", json!({ "id": "x", "name": "X" })).code(),
        "auth.insufficient_scope"
    );
    assert_eq!(
        world.send(&writer, "GET", "/v1/organizations", Value::Null).code(),
        "auth.insufficient_scope"
    );
}

#[test]
fn an_operator_key_verifies_every_key_and_describes_itself() {
    let world = World::with_acme();
    let key = world.create(ROOT, "deployment", json!({ "scopes": ["keys:verify"] }));
    let poor = world.create(ROOT, "deployment", json!({}));
    let keys =
        ["organizations/acme", "users/zoe", "deployment"].map(|owner| world.create(ROOT, owner, json!({})));
    world.deliver();
    for consistency in ["fast", "strong"] {
        for made in &keys {
            let question = json!({ "key": made.token, "consistency": consistency });
            assert_eq!(world.ask(&key.token, question.clone()).code(), "valid");
            assert_eq!(world.ask(&poor.token, question).code(), "auth.insufficient_scope");
        }
        let of_acme = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:verify"] }));
        let question = json!({ "key": keys[2].token, "consistency": consistency });
        assert_eq!(world.ask(&of_acme.token, question).code(), "unknown", "organizations do not see it");
    }
    let me = world.ok(&key.token, "GET", "/v1/whoami", Value::Null).body;
    assert_eq!((&me["type"], &me["id"], &me["organizations"]), (&json!("key"), &json!(key.id), &json!([])));
    assert_eq!(
        (&me["key"]["owner"]["type"], &me["permissions"]),
        (&json!("deployment"), &json!(["verify_key"]))
    );
    assert_eq!(world.send(&key.token, "POST", "/v1/session", Value::Null).code(), "auth.forbidden");
    assert_eq!(world.send(&key.token, "GET", "/v1/users/me/keys", Value::Null).code(), "owner.not_found");
    assert_eq!(world.send(&user("ada"), "GET", KEYS, Value::Null).code(), "owner.not_found");
}
