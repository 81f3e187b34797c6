//! What the audit trail holds, and what is no event.

use std::rc::Rc;

use serde_json::{Value, json};

use super::sessions::{start, with_cookie};
use crate::memory::{Made, REQUEST_ID, ROOT, World, after, config, user};
use crate::request::RequestOrigin;

const KEYS: &str = "/v1/organizations/acme/keys";

fn key(world: &World, fields: Value) -> Made {
    world.create(ROOT, "organizations/acme", fields)
}

fn events(world: &World, query: &str) -> Vec<Value> {
    let list = world.ok(ROOT, "GET", &format!("/v1/organizations/acme/events?{query}"), Value::Null).body;
    list["events"].as_array().expect("a list").clone()
}

fn latest(world: &World) -> Value {
    events(world, "limit=1").remove(0)
}

#[test]
fn events_hold_old_and_new_values_of_what_has_changed_and_of_nothing_else() {
    let world = World::with_acme();
    let key = key(&world, json!({ "title": "CI", "scopes": ["a"], "metadata": { "plan": "free" } }));
    let place = format!("{KEYS}/{}", key.id);
    let expires_at = after(60).to_string();
    let change = json!({
        "title": "CI", "scopes": ["a", "b"], "metadata": { "plan": "pro" }, "consistency": "strong",
        "expires_at": expires_at,
    });
    world.ok(ROOT, "PATCH", &place, change);
    assert_eq!(
        latest(&world)["details"],
        json!({ "changes": [
        { "field": "consistency", "old": "fast", "new": "strong" },
        { "field": "expires_at", "old": null, "new": expires_at },
        { "field": "metadata", "old": { "plan": "free" }, "new": { "plan": "pro" } },
        { "field": "scopes", "old": ["a"], "new": ["a", "b"] },
    ] })
    );
    let revoke = |body| world.ok(ROOT, "POST", &format!("{place}/revoke"), body).text("revoked_at");
    let planned = revoke(json!({ "revoke_in": 50, "reason": "planned" }));
    let revoked = revoke(json!({ "revoke_in": 40, "reason": "leaked" }));
    assert_eq!(
        latest(&world)["details"],
        json!({ "revoked_at": revoked, "old_revoked_at": planned, "reason": "leaked", "old_reason": "planned" })
    );
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "admin" }));
    assert_eq!(latest(&world)["details"], json!({ "user": "bob", "role": "admin", "old_role": "member" }));
    world.ok(ROOT, "DELETE", "/v1/organizations/acme/members/bob", Value::Null);
    assert_eq!(latest(&world)["details"], json!({ "user": "bob", "old_role": "admin" }));
    world.ok(ROOT, "PATCH", "/v1/organizations/acme", json!({ "name": "Acme 2" }));
    assert_eq!(latest(&world)["details"], json!({ "name": "Acme 2", "old_name": "Acme" }));
}

#[test]
fn a_change_that_changes_nothing_writes_nothing() {
    let world = World::with_acme();
    let fields = json!({
        "title": "CI", "scopes": ["a", "b"], "metadata": { "n": 1.5 }, "consistency": "strong",
        "expires_at": after(3600).to_string(),
    });
    let key = key(&world, fields.clone());
    let place = format!("{KEYS}/{}", key.id);
    world.ok(ROOT, "POST", &format!("{place}/revoke"), json!({ "revoke_in": 3000, "reason": "planned" }));
    world.deliver();
    let mut shown = world.ok(ROOT, "GET", &place, Value::Null).body;
    shown["effective"] = Value::Null;
    let (before, kv_writes) = (world.outside.counts().commits, world.outside.counts().kv_writes);
    for name in ["title", "scopes", "metadata", "consistency", "expires_at"] {
        assert_eq!(world.ok(ROOT, "PATCH", &place, json!({ name: fields[name] })).body, shown, "{name}");
    }
    let same = json!({ "title": " CI ", "scopes": ["b", "a", "b"], "metadata": { "n": 15e-1 } });
    assert_eq!(world.ok(ROOT, "PATCH", &place, same).body, shown);
    world.deliver();
    assert_eq!(world.outside.counts().commits, before);
    assert_eq!(world.outside.counts().kv_writes, kv_writes);
}

#[test]
fn events_name_the_request_and_nothing_more_unless_the_operator_wants_it() {
    let mut world = World::with_acme();
    for (wanted, address, user_agent) in [
        ("", json!(null), json!(null)),
        ("address", json!("2001:db8::7"), json!(null)),
        ("address,user_agent", json!("2001:db8::7"), json!(format!("{}test", "tests ".repeat(42)))),
    ] {
        world.config = Rc::new(config(&[("EVENTS_RECORD", wanted)]));
        key(&world, json!({}));
        let event = latest(&world);
        assert_eq!(event["request_id"], REQUEST_ID);
        assert_eq!((&event["address"], &event["user_agent"]), (&address, &user_agent), "{wanted}");
    }
}

#[test]
fn what_the_edge_has_a_ledger_do_names_its_request_too() {
    let world = World::new();
    world.send(&user("ada"), "POST", "/v1/organizations", json!({ "id": "acme", "name": "Acme" }));
    let session = start(&world, &user("ada"));
    with_cookie(&world, &session, RequestOrigin::OwnPage, "DELETE", "/v1/session");
    let named = "SELECT json_extract(body, '$.change.action'), json_extract(body, '$.request.request_id') FROM events";
    let named = world.outside.rows(named);
    assert_eq!(named.len(), 4, "organization.created, member.added, session.started and session.ended");
    assert!(named.iter().all(|event| event[1] == REQUEST_ID.to_owned().into()), "{named:?}");
}

#[test]
fn a_revoked_key_that_is_still_presented_is_an_event_with_a_number_once_an_hour() {
    let world = World::with_acme();
    let key = key(&world, json!({ "scopes": ["keys:verify"] }));
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/revoke", key.id), Value::Null);
    world.deliver();
    let refused = || events(&world, "action=key.refused");
    let present = |how: &str| {
        let seen = match how {
            "whoami" => world.send(&key.token, "GET", "/v1/whoami", Value::Null),
            "caller" => world.ask(&key.token, json!({ "key": "x" })),
            consistency => world.verify(&key, consistency),
        };
        assert_eq!(seen.cost.commits, 0, "no verdict waits for it");
        world.record_uses(&seen);
    };
    let started = world.outside.latest().to_string();
    present("fast");
    assert_eq!(refused()[0]["details"], json!({ "count": 1, "since": started }));
    for how in ["strong", "whoami", "caller", "fast"] {
        present(how);
    }
    // Another isolate, and this one again after five minutes: the ledger is told, and keeps it for the next event.
    world.pass(301);
    present("fast");
    world.forget();
    present("strong");
    assert_eq!(refused().len(), 1);
    let last = world.outside.keys().remove(0).last_used_at;
    assert_eq!(last, None, "it is no use");
    world.pass(3600);
    world.forget();
    present("whoami");
    let [latest, first] = refused().try_into().expect("two events");
    assert_eq!(latest["details"], json!({ "count": 7, "since": first["at"] }));
    assert_eq!(latest["actor"], json!({ "type": "key", "id": key.id }));
    assert_eq!((&latest["key"]["id"], &latest["request_id"]), (&json!(key.id), &Value::Null));
    let actions = events(&world, &format!("actor=key:{}", key.id));
    assert_eq!(actions.len(), 2);
}

#[test]
fn keys_that_are_refused_for_other_reasons_are_no_events() {
    let world = World::with_acme();
    let expired = key(&world, json!({ "expires_at": after(60).to_string() }));
    let works = key(&world, json!({}));
    world.pass(61);
    for (key, code) in [(&expired, "expired"), (&works, "insufficient_scope")] {
        let seen = world.ask(ROOT, json!({ "key": key.token, "scopes": ["b"], "consistency": "strong" }));
        assert_eq!(seen.code(), code);
        assert!(seen.uses.is_empty(), "{code}");
    }
}

#[test]
fn events_are_found_by_keys_people_organizations_names_and_reasons_as_they_were_then() {
    let world = World::with_acme();
    let made = key(&world, json!({ "title": "Stra\u{df}e 100%" }));
    let place = format!("{KEYS}/{}", made.id);
    let redacted = world.ok(ROOT, "GET", &place, Value::Null).text("redacted");
    world.ok(&user("ada"), "PATCH", &place, json!({ "title": "Deploys" }));
    world.ok(ROOT, "POST", &format!("{place}/revoke"), json!({ "reason": "Leaked in a log" }));
    let invited = json!({ "user": "auth0~7C123", "role": "admin" });
    world.ok(ROOT, "POST", "/v1/organizations/acme/invitations", invited);
    world.create(&user("bob"), "organizations/acme", json!({ "title": "x" }));
    world.ok(ROOT, "PATCH", "/v1/organizations/acme", json!({ "name": "Globex" }));
    let found = |text: &str, more: &str| -> Vec<String> {
        let query: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let found = events(&world, &format!("q={query}{more}"));
        found.iter().map(|event| event["action"].as_str().expect("an action").to_owned()).collect()
    };
    for (text, actions) in [
        ("STRASSE", vec!["key.updated", "key.created"]),
        ("100%", vec!["key.updated", "key.created"]),
        ("1_0", vec![]),
        ("deploys", vec!["key.revoked", "key.updated"]),
        (&redacted, vec!["key.revoked", "key.updated", "key.created"]),
        ("ADA", vec!["key.updated", "member.added"]),
        ("bob", vec!["key.created", "member.added"]),
        ("auth0|123", vec!["invitation.created"]),
        ("auth0~7c123", vec!["invitation.created"]),
        ("leaked", vec!["key.revoked"]),
        ("globex", vec!["organization.renamed"]),
        ("acme", vec!["organization.renamed", "organization.created"]),
        ("no such thing", vec![]),
        (made.token.split_at(made.token.len() - 20).1, vec![]),
        (&made.id, vec![]),
    ] {
        assert_eq!(found(text, ""), actions, "{text}");
    }
    assert_eq!(found("deploys", "&action=key.revoked"), ["key.revoked"]);
    assert_eq!(found("ada", &format!("&key={}&actor=user:ada", made.id)), ["key.updated"]);
    assert_eq!(found(" \u{200b} ", "").len(), events(&world, "").len());
    let seen =
        world.send(ROOT, "GET", &format!("/v1/organizations/acme/events?q={}", "x".repeat(201)), Value::Null);
    assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?q"));
}

#[test]
fn the_trails_of_users_and_of_the_deployment_are_searched_too() {
    let world = World::with_acme();
    world.create(&user("ada"), "users/me", json!({ "title": "Laptop" }));
    world.create(ROOT, "deployment", json!({ "title": "Backup" }));
    world.ok(ROOT, "DELETE", "/v1/organizations/acme", Value::Null);
    world.ok(ROOT, "DELETE", "/v1/users/bob", Value::Null);
    world.deliver();
    for (owner, text, count) in [
        ("users/ada", "LAPTOP", 1),
        ("users/ada", "backup", 0),
        ("deployment", "backup", 1),
        ("deployment", "acme", 1),
        ("deployment", "bob", 1),
    ] {
        let seen = world.ok(ROOT, "GET", &format!("/v1/{owner}/events?q={text}"), Value::Null).body;
        assert_eq!(seen["count"], count, "{owner} {text}");
    }
}

#[test]
fn all_that_one_person_has_made_being_revoked_is_found_by_who_that_is() {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/okta~3Amia", json!({ "role": "member" }));
    world.create(&user("okta:mia"), "organizations/acme", json!({}));
    world.ok(ROOT, "POST", &format!("{KEYS}/revoke"), json!({ "created_by": "user:okta~3Amia" }));
    let revoked = events(&world, "q=okta%3Amia&action=key.revoked");
    assert_eq!(revoked.len(), 1);
}
