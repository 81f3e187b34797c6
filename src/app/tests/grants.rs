//! A key loosens neither itself nor others beyond itself. The rules are the core's; here is that every operation keeps them.

use serde_json::{Value, json};

use crate::memory::{Made, ROOT, World, after, user};

const KEYS: &str = "/v1/organizations/acme/keys";

fn key(world: &World, fields: Value) -> Made {
    world.create(ROOT, "organizations/acme", fields)
}

fn address(key: &Made) -> String {
    format!("{KEYS}/{}", key.id)
}

/// A caller with an end, a scope, and strong consistency.
fn bounded(world: &World) -> Made {
    let expires_at = after(3600).to_string();
    let fields = json!({ "scopes": ["keys:write", "a"], "expires_at": expires_at, "consistency": "strong" });
    key(world, fields)
}

#[test]
fn a_key_loosens_itself_in_no_way_and_nothing_changes() {
    let world = World::with_acme();
    let own = bounded(&world);
    let before = world.ok(ROOT, "GET", &address(&own), Value::Null).body;
    for (changes, code) in [
        (json!({ "expires_at": null }), "auth.grant_exceeds_own_end"),
        (json!({ "expires_at": after(3601).to_string() }), "auth.grant_exceeds_own_end"),
        (json!({ "consistency": "fast" }), "auth.grant_looser_than_own"),
        (json!({ "scopes": ["*"] }), "auth.grant_exceeds_own"),
        (json!({ "title": "x", "expires_at": null }), "auth.grant_exceeds_own_end"),
    ] {
        let seen = world.send(&own.token, "PATCH", &address(&own), changes.clone());
        assert_eq!((seen.status, seen.code()), (403, code), "{changes}");
    }
    assert_eq!(world.ok(ROOT, "GET", &address(&own), Value::Null).body, before);
    let stricter = json!({ "scopes": ["keys:write"], "expires_at": after(60).to_string() });
    assert_eq!(world.send(&own.token, "PATCH", &address(&own), stricter).status, 200);
}

#[test]
fn a_key_writes_no_reason_on_a_key_that_holds_more_and_works_on_but_revokes_it_at_once() {
    let world = World::with_acme();
    let (own, strong) = (bounded(&world), key(&world, json!({ "scopes": ["*"] })));
    let revoke = |body: Value| world.send(&own.token, "POST", &format!("{}/revoke", address(&strong)), body);
    let seen = revoke(json!({ "revoke_in": 60, "reason": "x" }));
    assert_eq!((seen.status, seen.code()), (403, "auth.grant_exceeds_own"));
    assert_eq!(revoke(json!({ "revoke_in": 60 })).status, 200);
    assert_eq!(world.verify(&strong, "strong").body["key"]["revocation_reason"], Value::Null);
    assert_eq!(revoke(json!({ "revoke_in": 0, "reason": "leaked" })).status, 200);
}

#[test]
fn what_a_key_makes_ends_no_later_than_itself_and_is_verified_no_less_strictly() {
    let world = World::with_acme();
    let own = bounded(&world);
    let create = |fields: Value| world.send(&own.token, "POST", KEYS, fields);
    let (end, later) = (after(3600).to_string(), after(3601).to_string());
    let strong = "strong";
    for (fields, code) in [
        (json!({ "title": "x", "consistency": strong }), "auth.grant_exceeds_own_end"),
        (json!({ "title": "x", "consistency": strong, "expires_at": later }), "auth.grant_exceeds_own_end"),
        (json!({ "title": "x", "expires_at": end }), "auth.grant_looser_than_own"),
        (json!({ "title": "x", "consistency": strong, "expires_at": end }), "ok"),
    ] {
        assert_eq!(create(fields.clone()).code(), code, "{fields}");
    }
    let endless = key(&world, json!({ "consistency": strong }));
    let roll = |key: &Made| world.send(&own.token, "POST", &format!("{}/roll", address(key)), Value::Null);
    assert_eq!(roll(&endless).code(), "auth.grant_exceeds_own_end");
    assert_eq!(roll(&key(&world, json!({ "expires_at": end }))).code(), "auth.grant_looser_than_own");
    assert_eq!(roll(&own).body["expires_at"], end, "it may roll itself");
}

#[test]
fn a_retiring_key_hands_its_end_on_and_only_a_person_decides_otherwise() {
    let world = World::with_acme();
    for keep in [Value::Null, json!({ "keep_revocation": true })] {
        let own = key(&world, json!({ "scopes": ["keys:write"] }));
        let revoked = world.ok(
            ROOT,
            "POST",
            &format!("{}/revoke", address(&own)),
            json!({ "revoke_in": 60, "reason": "Ada leaves." }),
        );
        let roll = |body: Value| world.send(&own.token, "POST", &format!("{}/roll", address(&own)), body);
        let refused = roll(json!({ "keep_revocation": false }));
        assert_eq!((refused.status, refused.code()), (403, "auth.forbidden"));
        assert!(refused.text("detail").contains("person"));
        let create = world.send(&own.token, "POST", KEYS, json!({ "title": "x" }));
        assert_eq!(create.code(), "auth.grant_exceeds_own_end");
        let rolled = roll(keep);
        for field in ["revoked_at", "revocation_reason"] {
            assert_eq!(rolled.body[field], revoked.body[field]);
        }
        assert_eq!(rolled.body["status"], "retiring");
    }
    for person in [ROOT.to_owned(), user("bob")] {
        let old = key(&world, json!({}));
        let place = address(&old);
        world.ok(ROOT, "POST", &format!("{place}/revoke"), json!({ "revoke_in": 60 }));
        let rolled = world.ok(&person, "POST", &format!("{place}/roll"), json!({ "keep_revocation": false }));
        assert_eq!((&rolled.body["revoked_at"], &rolled.body["status"]), (&Value::Null, &json!("active")));
    }
}

#[test]
fn personal_keys_are_bound_by_the_same_rules_wherever_they_reach() {
    let world = World::with_acme();
    let fields = json!({ "scopes": ["*"], "expires_at": after(60).to_string() });
    let personal = world.create(&user("bob"), "users/me", fields);
    let own = format!("/v1/users/me/keys/{}", personal.id);
    assert_eq!(
        world.send(&personal.token, "PATCH", &own, json!({ "expires_at": null })).code(),
        "auth.grant_exceeds_own_end"
    );
    for keys in ["/v1/users/me/keys", KEYS] {
        let seen = world.send(&personal.token, "POST", keys, json!({ "title": "x" }));
        assert_eq!(seen.code(), "auth.grant_exceeds_own_end", "{keys}");
    }
    let endless = key(&world, json!({ "expires_at": after(30).to_string() }));
    let prolong = world.send(&personal.token, "PATCH", &address(&endless), json!({ "expires_at": null }));
    assert_eq!(prolong.code(), "auth.grant_exceeds_own_end");
}

#[test]
fn a_weaker_key_still_revokes_and_deletes() {
    let world = World::with_acme();
    let own = bounded(&world);
    let stronger = key(&world, json!({ "scopes": ["*"] }));
    assert_eq!(world.send(&own.token, "PATCH", &address(&stronger), json!({ "title": "x" })).status, 403);
    let revoke = |body| world.send(&own.token, "POST", &format!("{}/revoke", address(&stronger)), body);
    assert_eq!(revoke(json!({ "revoke_in": 60 })).status, 200);
    let delete = format!("{}?revoke=true", address(&stronger));
    assert_eq!(world.send(&own.token, "DELETE", &delete, Value::Null).status, 200);
}
