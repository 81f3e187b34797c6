//! Introspection: a verdict in the words of OAuth, which says nothing of a key that does not work.

use base64ct::{Base64, Encoding};
use keyward_core::Timestamp;
use serde_json::{Value, json};

use crate::memory::{Faults, Made, ROOT, START, Seen, World, after, root_id, user};
use crate::ports::Clock;
use crate::request::{Body, Credentials, RequestOrigin};

const FORM: &str = "application/x-www-form-urlencoded";
const ACME: &str = "organizations/acme";

fn bearer(who: &str) -> Credentials {
    Credentials { authorization: Some(format!("Bearer {who}")), ..Credentials::default() }
}

fn basic(name: &str, password: &str) -> Credentials {
    let pair = Base64::encode_string(format!("{name}:{password}").as_bytes());
    Credentials { authorization: Some(format!("Basic {pair}")), ..Credentials::default() }
}

fn introspect_as(world: &World, who: Credentials, form: &str) -> Seen {
    let body = Body::Read(form.as_bytes().to_vec());
    world.send_bytes(who, RequestOrigin::Unknown, ["POST", "/v1/introspect"], FORM, body)
}

fn introspect(world: &World, form: &str) -> Seen {
    introspect_as(world, bearer(ROOT), form)
}

fn of(key: &Made, more: &str) -> String {
    format!("token={}{more}", key.token)
}

fn inactive() -> Value {
    json!({ "active": false })
}

#[test]
fn an_active_key_is_described_as_oauth_has_it_with_the_verdict_beside() {
    let world = World::with_acme();
    let fields = json!({ "scopes": ["orders:write", "orders:read"], "expires_at": after(3600).to_string() });
    for (owner, question, sub, organization) in [
        (ACME, json!({}), json!("organization:acme"), json!("acme")),
        ("users/bob", json!({}), json!("bob"), Value::Null),
        ("users/bob", json!({ "organization": "acme" }), json!("bob"), json!("acme")),
        ("deployment", json!({}), Value::Null, Value::Null),
    ] {
        let key = world.create(ROOT, owner, fields.clone());
        world.deliver();
        world.warm();
        let mut asked = question;
        asked["key"] = key.token.clone().into();
        let more = asked.get("organization").map_or("", |_| "&organization=acme&token_type_hint=x&y=z");
        let mut body = introspect(&world, &of(&key, more)).body;
        assert_eq!(body["keyward"], world.ask(ROOT, asked).body);
        let iat = Timestamp::parse(body["keyward"]["key"]["created_at"].as_str().expect("text"));
        let mut expected = json!({
            "active": true, "scope": "orders:read orders:write", "client_id": key.id, "token_type": "Bearer",
            "iat": iat.expect("an instant").as_millis() / 1000, "exp": START / 1000 + 3600, "iss": "https://keys.example",
        });
        for (name, value) in [("sub", sub), ("organization", organization)] {
            if !value.is_null() {
                expected[name] = value;
            }
        }
        body.as_object_mut().expect("object").remove("keyward");
        assert_eq!(body, expected, "{owner}");
    }
    let endless = world.create(ROOT, ACME, json!({}));
    let body = introspect(&world, &of(&endless, "")).body;
    assert_eq!((body.get("exp"), &body["scope"]), (None, &json!("")));
}

#[test]
fn a_key_that_is_to_be_revoked_ends_when_it_is_never_a_second_later() {
    let world = World::with_acme();
    let key = world.create(ROOT, ACME, json!({ "expires_at": after(3600).to_string() }));
    world.outside.set_wall(Timestamp::from_millis(world.outside.now().as_millis() + 999));
    let address = format!("/v1/{ACME}/keys/{}/revoke", key.id);
    let revoked_at = world.ok(ROOT, "POST", &address, json!({ "revoke_in": 60 })).text("revoked_at");
    let revoked_at = Timestamp::parse(&revoked_at).expect("an instant").as_millis();
    let body = introspect(&world, &of(&key, "&max_staleness_seconds=0")).body;
    assert_eq!((&body["active"], body["exp"].as_i64()), (&json!(true), Some(revoked_at.div_euclid(1000))));
    world.pass(61);
    assert_eq!(introspect(&world, &of(&key, "")).body, inactive());
}

#[test]
fn whatever_the_reason_an_inactive_key_looks_the_same() {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let key = |owner, fields| world.create(ROOT, owner, fields);
    let caller = key(ACME, json!({ "scopes": ["keys:verify"] }));
    let end = |key: &Made, method, path: &str| {
        world.ok(ROOT, method, &format!("/v1/{ACME}/keys/{}{path}", key.id), Value::Null);
    };
    let [valid, revoked, deleted] = [0, 1, 2].map(|_| key(ACME, json!({ "scopes": ["a"] })));
    end(&revoked, "POST", "/revoke");
    end(&deleted, "DELETE", "?revoke=true");
    let expired = key(ACME, json!({ "expires_at": after(4).to_string() }));
    world.pass(5);
    let live = valid.token.replace("_test_", "_live_");
    for (form, code) in [
        ("token=x".to_owned(), "malformed"),
        ("token=%00".to_owned(), "malformed"),
        (format!("token={}x", valid.token), "malformed"),
        (format!("token=%20{}", valid.token), "malformed"),
        (format!("token={live}"), "malformed"),
        (of(&key("organizations/globex", json!({})), ""), "unknown"),
        (of(&key("deployment", json!({})), ""), "unknown"),
        (of(&key("users/zoe", json!({})), ""), "unknown"),
        (of(&deleted, ""), "unknown"),
        (of(&revoked, ""), "revoked"),
        (of(&expired, ""), "expired"),
        (of(&key("users/bob", json!({})), "&organization=globex"), "not_a_member"),
        (of(&valid, "&scope=a+b"), "insufficient_scope"),
    ] {
        let seen = introspect_as(&world, bearer(&caller.token), &form);
        assert_eq!((seen.status, &seen.body), (200, &inactive()), "{code}: {form}");
    }
    assert_eq!(introspect_as(&world, bearer(&caller.token), &of(&valid, "&scope=a")).body["active"], true);
}

#[test]
fn while_the_ledger_cannot_be_reached_a_key_is_neither_active_nor_inactive() {
    let world = World::with_acme();
    let key = world.create(ROOT, ACME, json!({}));
    world.deliver();
    world.warm();
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    for more in ["&max_staleness_seconds=0", "&max_staleness_seconds=0&on_outage=stale"] {
        let seen = introspect(&world, &of(&key, more));
        assert_eq!((seen.code(), seen.body.get("active")), ("server.unavailable", None), "{more}");
    }
    assert_eq!(introspect(&world, &of(&key, "")).body["active"], true, "a copy proves itself for a while");
    world.pass(31);
    assert_eq!(introspect(&world, &of(&key, "")).code(), "server.unavailable");
    world.suffer(Faults::NONE);
    world.ok(ROOT, "PATCH", "/v1/organizations/acme", json!({ "on_outage_max_seconds": 600 }));
    world.deliver();
    world.warm();
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    world.pass(60);
    assert_eq!(introspect(&world, &of(&key, "&on_outage=refuse")).code(), "server.unavailable");
    let stale = introspect(&world, &of(&key, "&on_outage=stale")).body;
    assert_eq!((&stale["active"], &stale["keyward"]["consistency"]), (&json!(true), &json!("fast")));
}

#[test]
fn a_client_of_oauth_authenticates_with_a_key_and_the_id_of_that_key() {
    let world = World::with_acme();
    let key = world.create(ROOT, ACME, json!({}));
    let [caller, other] = [0, 1].map(|_| world.create(ROOT, ACME, json!({ "scopes": ["keys:verify"] })));
    // Some clients write underscores as in a form, too.
    let encoded = |text: &str| text.replace('_', "%5F");
    for who in [
        basic(&caller.id, &caller.token),
        basic(&encoded(&caller.id), &encoded(&caller.token)),
        basic(&caller.id, &encoded(&caller.token)),
        basic("", &caller.token),
        basic(&caller.token, ""),
        basic(&encoded(&caller.token), ""),
        basic(&caller.token, "x-oauth-basic"),
        bearer(&caller.token),
        Credentials { api_key: Some(caller.token.clone()), ..Credentials::default() },
    ] {
        let authorization = who.authorization.clone();
        assert_eq!(introspect_as(&world, who, &of(&key, "")).body["active"], true, "{authorization:?}");
    }
    for (name, password, code) in [
        (other.id.as_str(), caller.token.as_str(), "auth.invalid"),
        ("client", &caller.token, "auth.invalid"),
        (&caller.id.to_lowercase(), &caller.token, "auth.invalid"),
        ("%", &caller.token, "auth.invalid"),
        (&root_id(), &caller.token, "auth.invalid"),
        (&caller.id, "", "auth.malformed"),
        (&caller.id, &caller.token.replace('_', "%255F"), "auth.invalid"),
        (&other.token, &caller.token, "auth.malformed"),
    ] {
        let seen = introspect_as(&world, basic(name, password), &of(&key, ""));
        assert_eq!((seen.code(), seen.body.get("active")), (code, None), "{name}");
    }
    let id_and_secret = format!("&client_id={}&client_secret={}", caller.id, caller.token);
    let seen = introspect_as(&world, Credentials::default(), &of(&key, &id_and_secret));
    assert_eq!(seen.code(), "auth.missing", "the form is no place for a secret");
}

#[test]
fn a_form_is_read_as_oauth_has_it_but_what_is_required_is_read_strictly() {
    let world = World::with_acme();
    let key = world.create(ROOT, ACME, json!({ "scopes": ["a"] }));
    for more in ["", "&scope=", "&organization=&max_staleness_seconds=&on_outage=", "&unknown=1&Scope=b"] {
        assert_eq!(introspect(&world, &of(&key, more)).body["active"], true, "{more}");
    }
    for (form, pointer) in [
        (String::new(), "/token"),
        ("token=".to_owned(), "/token"),
        ("token_type_hint=access_token".to_owned(), "/token"),
        (of(&key, "&token=x"), ""),
        (of(&key, "&scope=a&scope=b"), ""),
        (of(&key, "&scope=a,b"), "/scope"),
        (of(&key, "&scope=a++b"), "/scope"),
        (of(&key, "&scope=+a"), "/scope"),
        (of(&key, "&scope=A"), "/scope"),
        (of(&key, "&scope=%C3%A9"), "/scope"),
        (of(&key, "&organization=a+b"), "/organization"),
        (of(&key, "&organization=null"), "?"),
        (of(&key, "&max_staleness_seconds=3601"), "/max_staleness_seconds"),
        (of(&key, "&max_staleness_seconds=-1"), "/max_staleness_seconds"),
        (of(&key, "&max_staleness_seconds=%2B1"), "/max_staleness_seconds"),
        (of(&key, "&max_staleness_seconds=1.0"), "/max_staleness_seconds"),
        (of(&key, "&on_outage=Stale"), "/on_outage"),
    ] {
        let seen = introspect(&world, &form);
        if pointer == "?" {
            assert_eq!(seen.body, inactive(), "`null` is an id like any other");
            continue;
        }
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", pointer), "{form}");
        assert!(!seen.body.to_string().contains(key.token.as_str()));
    }
    let seen = world.send(ROOT, "POST", "/v1/introspect", json!({ "token": key.token }));
    assert_eq!(seen.code(), "request.not_form");
    let seen = introspect_as(&world, bearer(&user("zoe")), "organization=acme");
    assert_eq!(seen.pointer(), "/token", "a person may be one who may verify");
    let seen = introspect_as(&world, bearer(&key.token), "");
    assert_eq!(seen.code(), "auth.insufficient_scope", "whoever may not verify is told nothing of the form");
}

#[test]
fn a_publishable_key_introspects_itself_and_is_told_what_is_for_everybody() {
    let world = World::with_acme();
    let [own, other] =
        [0, 1].map(|_| world.create(ROOT, ACME, json!({ "type": "publishable", "title": "Shop" })));
    let seen = introspect_as(&world, bearer(&own.token), &of(&own, ""));
    assert_eq!((&seen.body["active"], seen.body["keyward"]["key"].get("title")), (&json!(true), None));
    assert_eq!(introspect_as(&world, bearer(&own.token), &of(&other, "")).code(), "auth.forbidden");
}

#[test]
fn to_introspect_a_key_counts_as_a_use_of_it_and_of_the_callers() {
    let world = World::with_acme();
    let key = world.create(ROOT, ACME, json!({}));
    let caller = world.create(ROOT, ACME, json!({ "scopes": ["keys:verify"] }));
    let seen = introspect_as(&world, bearer(&caller.token), &of(&key, ""));
    assert_eq!(seen.uses.len(), 2);
    assert_eq!(introspect_as(&world, bearer(&caller.token), &of(&key, "&scope=x")).uses.len(), 0);
}

#[test]
fn the_deployment_says_where_keys_are_introspected_and_revoked_and_nothing_that_is_not_so() {
    let world = World::new();
    let seen = world.ok("", "GET", "/.well-known/oauth-authorization-server", Value::Null);
    let expected = json!({
        "issuer": "https://keys.example",
        "introspection_endpoint": "https://keys.example/v1/introspect",
        "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "Bearer"],
        "revocation_endpoint": "https://keys.example/v1/revoke",
        "revocation_endpoint_auth_methods_supported": ["none"],
        "response_types_supported": [],
        "grant_types_supported": [],
    });
    assert_eq!((seen.body, seen.cost), (expected, crate::memory::Counts::default()));
    let seen = world.send("", "GET", "/.well-known/oauth-authorization-server?x=1", Value::Null);
    assert_eq!(seen.code(), "request.bad_parameter");
}
