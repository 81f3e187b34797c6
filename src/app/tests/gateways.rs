//! Forward authentication: a gateway asks about a visitor's request, of which nothing matters but the key.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::memory::{
    ACCESS, Faults, Made, NOBODY, ROOT, Seen, World, access, after, claiming, user, user_token,
};
use crate::request::{Body, Credentials, RequestOrigin};
use crate::response::Visitor;

const ACME: &str = "organizations/acme";

/// acme with a gateway's key, and a visitor's.
struct Scene {
    world: World,
    gateway: Made,
    visitor: Made,
}

impl Scene {
    fn new() -> Self {
        Self::of(World::with_acme())
    }

    fn of(world: World) -> Self {
        let gateway = world.create(ROOT, ACME, json!({ "scopes": ["keys:verify"] }));
        let visitor = world.create(ROOT, ACME, json!({ "scopes": ["b", "a"] }));
        Self { world, gateway, visitor }
    }

    fn send(&self, visitor: Credentials, query: &str) -> Seen {
        let credentials = Credentials { gateway: Some(self.gateway.token.clone()), ..visitor };
        authorize(&self.world, credentials, query)
    }

    fn ask(&self, key: &str, query: &str) -> Seen {
        self.send(bearer(key), query)
    }
}

fn authorize(world: &World, credentials: Credentials, query: &str) -> Seen {
    world.send_as(credentials, RequestOrigin::Unknown, "GET", &format!("/v1/authorize{query}"), Value::Null)
}

fn bearer(text: &str) -> Credentials {
    Credentials { authorization: Some(format!("Bearer {text}")), ..Credentials::default() }
}

fn basic(pair: &str) -> Credentials {
    let pair = Base64::encode_string(pair.as_bytes());
    Credentials { authorization: Some(format!("Basic {pair}")), ..Credentials::default() }
}

fn in_header(text: &str) -> Credentials {
    Credentials { api_key: Some(text.to_owned()), ..Credentials::default() }
}

fn told(seen: &Seen) -> (u16, &str) {
    assert_eq!(seen.visitor.is_some(), seen.status == 200);
    (seen.status, seen.code())
}

#[test]
fn a_gateway_is_told_whose_key_a_visitor_has_and_what_it_may_do() {
    let Scene { world, visitor, .. } = Scene::new();
    let personal = world.create(ROOT, "users/bob", json!({}));
    let operator = world.create(ROOT, "deployment", json!({ "scopes": ["*"] }));
    for (key, owner, scopes) in
        [(visitor, "organization:acme", "a b"), (personal, "user:bob", ""), (operator, "deployment", "*")]
    {
        let credentials = Credentials { gateway: Some(ROOT.to_owned()), ..bearer(&key.token) };
        let seen = authorize(&world, credentials, "");
        assert_eq!((seen.status, &seen.body, &seen.caller), (200, &Value::Null, &None));
        let Visitor { key: id, owner: of, scopes: held, as_of } = *seen.visitor.expect("a visitor");
        assert_eq!(
            (id.as_str(), of.to_string().as_str(), held.spaced().as_str()),
            (key.id.as_str(), owner, scopes)
        );
        let verdict = world.ask(ROOT, json!({ "key": key.token }));
        assert_eq!(verdict.text("as_of"), as_of.to_string());
    }
}

#[test]
fn each_verdict_has_its_status_and_a_visitor_is_told_why() {
    let scene = Scene::new();
    let world = &scene.world;
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let key = |owner, fields| world.create(ROOT, owner, fields).token;
    let revoke = |body| {
        let key = world.create(ROOT, ACME, json!({}));
        world.ok(ROOT, "POST", &format!("/v1/{ACME}/keys/{}/revoke", key.id), body);
        key.token
    };
    let expired = key(ACME, json!({ "expires_at": after(4).to_string() }));
    world.pass(5);
    let visitor = &scene.visitor.token;
    for (text, query, status, code, detail) in [
        (visitor.clone(), "", 200, "ok", ""),
        (visitor.clone(), "?scope=a%20b&max_staleness_seconds=0", 200, "ok", ""),
        (visitor.clone(), "?scope=a+b&organization=acme", 200, "ok", ""),
        (revoke(json!({ "revoke_in": 60 })), "", 200, "ok", ""),
        (key("users/bob", json!({})), "", 200, "ok", ""),
        ("x".to_owned(), "", 401, "auth.invalid", "This is no key."),
        (format!("{visitor}x"), "", 401, "auth.invalid", "This is no key."),
        (key("organizations/globex", json!({})), "", 401, "auth.invalid", "The key is not accepted."),
        (key("deployment", json!({})), "", 401, "auth.invalid", "The key is not accepted."),
        (key("users/zoe", json!({})), "", 401, "auth.invalid", "The key is not accepted."),
        (revoke(Value::Null), "", 401, "auth.invalid", "The key was revoked."),
        (expired, "", 401, "auth.invalid", "The key has expired."),
        (
            visitor.clone(),
            "?organization=globex",
            403,
            "auth.forbidden",
            "The key does not reach this organization.",
        ),
        (visitor.clone(), "?scope=b%20c", 403, "auth.insufficient_scope", ""),
    ] {
        let seen = scene.ask(&text, query);
        assert_eq!(told(&seen), (status, code), "{query}: {detail}");
        assert_eq!(seen.body["detail"].as_str().unwrap_or_default(), detail);
        assert!(!seen.body.to_string().contains(&text) || text == "x");
    }
    assert_eq!(
        scene.ask(visitor, "?scope=c%20b").body["scope"],
        "b c",
        "what is required, for the challenge"
    );
}

#[test]
fn a_visitors_key_is_read_wherever_programs_put_it_and_two_are_one_too_many() {
    let scene = Scene::new();
    let (key, other) = (&scene.visitor.token, &scene.world.create(ROOT, ACME, json!({})).token);
    let both = |one: Credentials, other: &str| Credentials { api_key: Some(other.to_owned()), ..one };
    for credentials in [
        bearer(key),
        basic(&format!("{key}:")),
        basic(&format!("anybody:{key}")),
        basic(&format!(":{key}")),
        in_header(key),
        both(bearer(key), key),
        both(basic(&format!("{key}:x")), key),
    ] {
        assert_eq!(told(&scene.send(credentials, "")), (200, "ok"));
    }
    for credentials in [
        both(bearer(key), other),
        both(bearer(other), key),
        both(basic("ada:password"), key),
        both(bearer("x"), key),
        both(Credentials { authorization: Some("Digest x".to_owned()), ..Credentials::default() }, key),
        both(Credentials { authorization: Some(String::new()), ..Credentials::default() }, key),
        bearer(&format!("{key}, Bearer {other}")),
        bearer(&format!("{key}, Bearer {key}")),
        in_header(&format!("{key}, {other}")),
        basic(&format!("{key}:{other}")),
        Credentials { authorization: Some(key.clone()), ..Credentials::default() },
        Credentials { authorization: Some("Basic !".to_owned()), ..Credentials::default() },
        in_header(""),
    ] {
        let seen = scene.send(credentials, "");
        assert_eq!(told(&seen), (401, "auth.invalid"), "what a gateway passes on");
        assert!(seen.body["detail"].is_string() && !seen.body.to_string().contains(key.as_str()));
    }
}

#[test]
fn nothing_that_browsers_or_identity_providers_add_authenticates_a_visitor() {
    let scene = Scene::of(World::configured(&ACCESS).and_acme());
    let session = |who: &str| {
        let cookie = scene.world.ok(who, "POST", "/v1/session", Value::Null).cookie;
        let Some(crate::response::SessionCookie::Set(token)) = cookie else { panic!("a session") };
        Credentials { session: Some(token), ..Credentials::default() }
    };
    assert_eq!(told(&scene.send(Credentials::default(), "")), (401, "auth.missing"));
    for credentials in [session(&user("ada")), session(ROOT), access(&json!({ "sub": "ada" }))] {
        assert_eq!(told(&scene.send(credentials, "")), (401, "auth.missing"));
    }
    for text in [ROOT, &user("ada"), &claiming("ada", "owner")] {
        assert_eq!(told(&scene.ask(text, "")), (401, "auth.invalid"));
    }
    let credentials = Credentials { session: session(ROOT).session, ..bearer(&scene.visitor.token) };
    assert_eq!(told(&scene.send(credentials, "")), (200, "ok"), "nor is one who has a key disturbed by it");
    let credentials = Credentials { gateway: None, ..session(ROOT) };
    let credentials =
        Credentials { authorization: bearer(&scene.visitor.token).authorization, ..credentials };
    let seen = authorize(&scene.world, credentials, "");
    assert_eq!(told(&seen), (500, "gateway.not_accepted"), "a session is no gateway's");
}

#[test]
fn a_gateway_is_accepted_exactly_if_it_may_verify_and_no_visitor_is_blamed_if_it_is_not() {
    let Scene { world, visitor, .. } = Scene::new();
    let key = |owner, fields| world.create(ROOT, owner, fields).token;
    let revoked = world.create(ROOT, ACME, json!({ "scopes": ["*"] }));
    world.ok(ROOT, "POST", &format!("/v1/{ACME}/keys/{}/revoke", revoked.id), Value::Null);
    let mut accepted = 0;
    for gateway in [
        ROOT.to_owned(),
        NOBODY.to_owned(),
        "x".to_owned(),
        user("ada"),
        user("zoe"),
        user_token("ada", 2),
        revoked.token,
        visitor.token.clone(),
        key("deployment", json!({ "scopes": ["keys:verify"] })),
        key("deployment", json!({ "scopes": ["keys:read"] })),
        key(ACME, json!({ "scopes": ["keys:verify"] })),
        key(ACME, json!({ "scopes": ["keys:read", "keys:write"] })),
        key(ACME, json!({ "type": "publishable", "scopes": ["*"] })),
        key("users/bob", json!({ "scopes": ["keys:verify"] })),
        key("users/bob", json!({})),
        key("users/zoe", json!({ "scopes": ["*"] })),
    ] {
        for (query, question) in [("", json!({})), ("?organization=acme", json!({ "organization": "acme" }))]
        {
            let mut question = question;
            question["key"] = visitor.token.clone().into();
            let verdict = world.ask(&gateway, question);
            let header = Some(gateway.clone()).filter(|gateway| gateway != NOBODY);
            for credentials in [bearer(&visitor.token), bearer("x"), Credentials::default(), in_header("a b")]
            {
                let is_right = credentials == bearer(&visitor.token);
                let seen = authorize(&world, Credentials { gateway: header.clone(), ..credentials }, query);
                if verdict.status != 200 {
                    assert_eq!(told(&seen), (500, "gateway.not_accepted"), "{query}");
                    assert!(!seen.body.to_string().contains(&gateway) || gateway.len() < 2);
                } else if is_right {
                    accepted += 1;
                    assert_eq!(told(&seen), (200, "ok"), "{query}");
                } else {
                    assert_eq!(seen.status, 401);
                }
            }
        }
    }
    assert_eq!(accepted, 8, "three for either question, two of people for that about their organization");
    for header in ["", "a b", "\"x\"", "Bearer x", &format!("{ROOT}, {ROOT}")] {
        let credentials = Credentials { gateway: Some(header.to_owned()), ..bearer(&visitor.token) };
        let seen = authorize(&world, credentials, "");
        assert_eq!(told(&seen), (500, "gateway.not_accepted"), "{header}");
        assert!(seen.text("detail").starts_with("The header X-Keyward-Gateway: "));
    }
}

#[test]
fn nothing_else_of_a_visitors_request_matters() {
    let scene = Scene::new();
    for method in ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"] {
        for (content_type, body) in [
            ("application/json", Body::Read(b"{\"key\":".to_vec())),
            ("multipart/form-data", Body::Read(vec![0xff; 100])),
            ("", Body::TooLarge),
        ] {
            scene.world.caller.replace(Some("user:zoe".to_owned()));
            scene.world.idempotency_key.replace(Some("x".to_owned()));
            scene.world.organization.replace(Some("globex".to_owned()));
            let credentials =
                Credentials { gateway: Some(scene.gateway.token.clone()), ..bearer(&scene.visitor.token) };
            let to = [method, "/v1/authorize?scope=a"];
            let seen =
                scene.world.send_bytes(credentials, RequestOrigin::ForeignPage, to, content_type, body);
            assert_eq!(told(&seen), (200, "ok"), "{method}");
            assert_eq!(seen.caller, None, "a visitor is not told who the gateway is");
        }
    }
}

#[test]
fn what_is_required_is_read_strictly_so_that_nothing_is_required_by_mistake() {
    let scene = Scene::new();
    for query in [
        "?scope=",
        "?scope",
        "?scope=a,b",
        "?scope=a&scope=b",
        "?scope=%20a",
        "?scopes=a",
        "?organization=",
        "?organization=a%2Fb",
        "?max_staleness_seconds=",
        "?max_staleness_seconds=1h",
        "?max_staleness_seconds=3601",
        "?on_outage=",
        "?on_outage=pass",
        "?consistency=strong",
        "?x=1",
    ] {
        assert_eq!(told(&scene.ask(&scene.visitor.token, query)), (400, "request.bad_parameter"), "{query}");
    }
    let seen = scene.ask(&scene.visitor.token, &format!("?scope={}", scene.visitor.token));
    assert_eq!(told(&seen), (400, "request.key_in_url"));
}

#[test]
fn a_publishable_key_passes_where_no_scope_is_required_that_it_lacks() {
    let scene = Scene::new();
    let key = scene.world.create(ROOT, ACME, json!({ "type": "publishable" }));
    assert_eq!(told(&scene.ask(&key.token, "")), (200, "ok"));
    assert_eq!(told(&scene.ask(&key.token, "?scope=a")), (403, "auth.insufficient_scope"));
}

#[test]
fn nobody_passes_while_nobody_can_say_and_a_revoked_key_passes_for_no_longer_than_the_bound() {
    let scene = Scene::new();
    let (world, visitor) = (&scene.world, &scene.visitor);
    world.deliver();
    world.warm();
    assert_eq!(told(&scene.ask(&visitor.token, "")), (200, "ok"));
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    assert_eq!(told(&scene.ask(&visitor.token, "?max_staleness_seconds=0")), (503, "server.unavailable"));
    assert_eq!(told(&scene.ask(&visitor.token, "")), (200, "ok"), "a copy proves itself for a while");
    world.suffer(Faults { ledgers_down: true, kv_down: true, ..Faults::NONE });
    world.pass(31);
    for query in ["", "?on_outage=refuse", "?on_outage=stale"] {
        assert_eq!(told(&scene.ask(&visitor.token, query)), (503, "server.unavailable"), "{query}");
    }
    world.suffer(Faults { kv_late: true, ..Faults::NONE });
    assert_eq!(told(&scene.ask(&visitor.token, "?max_staleness_seconds=5")), (200, "ok"));
    world.ok(ROOT, "POST", &format!("/v1/{ACME}/keys/{}/revoke", visitor.id), Value::Null);
    assert_eq!(told(&scene.ask(&visitor.token, "?max_staleness_seconds=0")), (401, "auth.invalid"));
    world.pass(6);
    assert_eq!(told(&scene.ask(&visitor.token, "?max_staleness_seconds=5")), (401, "auth.invalid"));
}
