//! Who calls: every credential, and that a refusal does not say why.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use crate::memory::{Counts, Faults, NOBODY, ROOT, Seen, World, after, root_id, user};
use crate::request::{Credentials, RequestOrigin};

fn cost(kv_reads: u64, ledger_calls: u64) -> Counts {
    Counts { kv_reads, ledger_calls, ..Counts::default() }
}

fn whoami(world: &World, who: &str) -> Seen {
    world.send(who, "GET", "/v1/whoami", Value::Null)
}

#[test]
fn the_operator_is_known_without_storage() {
    let world = World::with_acme();
    let seen = whoami(&world, ROOT);
    assert_eq!((seen.status, seen.cost), (200, cost(0, 0)));
    assert_eq!(
        seen.body,
        json!({
            "type": "root", "id": root_id(), "scopes": ["*"], "organizations": [], "key": null,
            "session": null, "permissions": ["verify_key", "create_organization", "get_metrics", "list_organizations"],
        })
    );
    assert_eq!(whoami(&world, "secret-token:root").status, 200, "RFC 8959");
}

#[test]
fn a_user_is_who_the_identity_provider_says() {
    let world = World::with_acme();
    let seen = whoami(&world, &user("bob"));
    assert_eq!((&seen.body["type"], &seen.body["id"]), (&json!("user"), &json!("bob")));
    assert_eq!(seen.body["organizations"], json!([{ "id": "acme", "name": "Acme", "role": "member" }]));
    assert_eq!(seen.cost, cost(0, 1));
}

#[test]
fn keys_describe_themselves() {
    let world = World::with_acme();
    let secret = world.create(ROOT, "organizations/acme", json!({ "scopes": ["a"] }));
    let public = world.create(ROOT, "organizations/acme", json!({ "type": "publishable" }));
    let personal = world.create(&user("bob"), "users/me", json!({}));
    for (key, scopes, role) in [
        (&secret, json!(["a"]), Value::Null),
        (&public, json!([]), Value::Null),
        (&personal, json!([]), json!("member")),
    ] {
        let seen = whoami(&world, &key.token);
        assert_eq!((seen.status, seen.cost), (200, cost(0, 2)));
        assert_eq!((&seen.body["type"], &seen.body["id"]), (&json!("key"), &json!(key.id)));
        assert_eq!(seen.body["scopes"], scopes);
        assert_eq!(seen.body["organizations"], json!([{ "id": "acme", "name": "Acme", "role": role }]));
        assert_eq!(seen.body["key"]["id"], json!(key.id));
        assert_eq!(seen.uses.len(), 1, "its use is recorded");
    }
    assert!(!whoami(&world, &secret.token).body.to_string().contains(&secret.token));
}

#[test]
fn a_request_without_a_credential_is_refused_without_storage() {
    let world = World::with_acme();
    let seen = whoami(&world, NOBODY);
    assert_eq!((seen.status, seen.code(), seen.cost), (401, "auth.missing", cost(0, 0)));
}

#[test]
fn refused_credentials_all_look_the_same() {
    let world = World::with_acme();
    let make = || world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    let address = |id: &str| format!("/v1/organizations/acme/keys/{id}");
    let (revoked, deleted) = (make(), make());
    let expires_at = after(60).to_string();
    let expired =
        world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"], "expires_at": expires_at }));
    world.ok(ROOT, "POST", &format!("{}/revoke", address(&revoked.id)), Value::Null);
    world.ok(ROOT, "DELETE", &format!("{}?revoke=true", address(&deleted.id)), Value::Null);
    world.deliver();
    world.pass(100);
    let mut stranger = make().token;
    // Two characters are wrong.
    stranger.replace_range(20..22, "zz");
    let bodies: Vec<_> =
        [&revoked.token, &expired.token, &deleted.token, &stranger, "toor", "kw_sk_test_1", "a.b.c"]
            .into_iter()
            .flat_map(|credential| {
                [
                    whoami(&world, credential),
                    world.ask(credential, json!({ "key": "x" })),
                    world.send(credential, "GET", "/v1/organizations/acme/keys", Value::Null),
                ]
            })
            .collect();
    for seen in &bodies {
        assert_eq!((seen.status, seen.code()), (401, "auth.invalid"));
        assert_eq!(seen.body, bodies[0].body);
        assert!(seen.uses.iter().all(|told| told.refused > 0), "no use of a key that works");
    }
}

#[test]
fn a_forged_credential_is_refused_without_storage() {
    let world = World::with_acme();
    for credential in ["kw_sk_test_1", "toor", "a.b.c"] {
        assert_eq!(whoami(&world, credential).cost, cost(0, 0));
    }
}

#[test]
fn a_header_that_is_not_bearer_and_one_word_is_malformed() {
    let world = World::with_acme();
    for bad in ["a b", "root root", "\u{a0}\u{a0} x"] {
        let seen = whoami(&world, bad);
        assert_eq!((seen.status, seen.code(), seen.cost), (400, "auth.malformed", cost(0, 0)));
    }
}

#[test]
fn a_publishable_key_describes_and_verifies_itself_and_may_do_nothing_else() {
    let world = World::with_acme();
    let secret = world.create(ROOT, "organizations/acme", json!({}));
    let other = world.create(ROOT, "organizations/acme", json!({ "type": "publishable" }));
    let public = world.create(ROOT, "organizations/acme", json!({ "type": "publishable", "scopes": ["*"] }));
    assert_eq!(whoami(&world, &public.token).status, 200);
    for (method, address, body) in [
        ("GET", "/v1/organizations/acme", Value::Null),
        ("GET", "/v1/organizations/acme/keys", Value::Null),
        ("POST", "/v1/organizations/acme/keys", json!({ "title": "x" })),
        ("GET", "/v1/organizations/acme/members", Value::Null),
        ("PUT", "/v1/organizations/acme/members/eve", json!({ "role": "owner" })),
        ("GET", "/v1/organizations/acme/events", Value::Null),
        ("PATCH", "/v1/organizations/acme", json!({ "name": "x" })),
        ("POST", "/v1/verify", json!({ "key": secret.token })),
        ("POST", "/v1/verify", json!({ "key": other.token })),
        ("POST", "/v1/verify", json!({ "key": "x" })),
        ("POST", "/v1/verify", json!({ "key": public.token, "x": 1 })),
    ] {
        let seen = world.send(&public.token, method, address, body);
        assert_eq!((seen.status, seen.code()), (403, "auth.forbidden"), "{method} {address}");
    }
    for address in ["/v1/organizations/none/keys", "/v1/users/ada/keys"] {
        assert_eq!(world.send(&public.token, "GET", address, Value::Null).code(), "owner.not_found");
    }
    for key in [&public.token, &secret.token] {
        let seen = world.send(&public.token, "POST", "/v1/lookup", json!({ "token": key }));
        assert_eq!(seen.code(), "key.not_found");
    }
}

#[test]
fn a_publishable_key_is_told_of_itself_what_is_for_everybody() {
    let world = World::with_acme();
    let expires_at = after(1_000).to_string();
    let fields = json!({
        "type": "publishable", "title": "Internal", "metadata": { "secret": "plan" }, "scopes": ["a"], "expires_at": expires_at,
    });
    let made = world.ok(&user("bob"), "POST", "/v1/organizations/acme/keys", {
        let mut body = fields;
        body["title"] = "Internal".into();
        body
    });
    let (id, token) = (made.text("id"), made.text("token"));
    let revocation = json!({ "revoke_in": 500, "reason": "Bob leaves" });
    world.ok(&user("ada"), "POST", &format!("/v1/organizations/acme/keys/{id}/revoke"), revocation);
    let expected = json!({
        "id": id, "type": "publishable", "owner": { "type": "organization", "id": "acme" }, "redacted": made.text("redacted"),
        "token": token, "scopes": ["a"], "status": "retiring", "expires_at": expires_at, "links": [],
    });
    assert_eq!(whoami(&world, &token).body["key"], expected);
    for consistency in ["fast", "strong"] {
        let seen = world.ask(&token, json!({ "key": token, "consistency": consistency, "scopes": ["a"] }));
        assert_eq!((seen.code(), &seen.body["key"]), ("valid", &expected));
    }
    let seen = world.ask(&token, json!({ "key": token, "scopes": ["b"] }));
    let refused = json!({ "id": id, "owner": { "type": "organization", "id": "acme" } });
    assert_eq!((seen.code(), &seen.body["key"]), ("insufficient_scope", &refused));
    assert_eq!(world.ask(&token, json!({ "key": token, "organization": "other" })).code(), "not_a_member");
    let by_organization = world.ask(ROOT, json!({ "key": token, "consistency": "strong" }));
    assert_eq!(by_organization.body["key"]["title"], "Internal", "others see all of it");
}

/// Every header that a credential may be in.
fn headers(key: &str) -> Vec<Credentials> {
    let basic = |pair: &str| format!("Basic {}", Base64::encode_string(pair.as_bytes()));
    let authorization = |text: String| Credentials { authorization: Some(text), ..Credentials::default() };
    vec![
        authorization(format!("Bearer {key}")),
        authorization(basic(&format!("{key}:"))),
        authorization(basic(&format!("api:{key}"))),
        Credentials { api_key: Some(key.to_owned()), ..Credentials::default() },
    ]
}

#[test]
fn a_key_is_the_same_credential_in_every_header() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:verify"] }));
    let send = |credentials, method, address, body| {
        world.send_as(credentials, RequestOrigin::Unknown, method, address, body)
    };
    for token in [&key.token, ROOT, "toor"] {
        let whoami = headers(token)
            .into_iter()
            .map(|credentials| send(credentials, "GET", "/v1/whoami", Value::Null).body);
        let verify = headers(token)
            .into_iter()
            .map(|credentials| send(credentials, "POST", "/v1/verify", json!({ "key": key.token })).body);
        for mut bodies in [whoami.collect::<Vec<_>>(), verify.collect()] {
            bodies.dedup();
            assert_eq!(bodies.len(), 1, "{bodies:?}");
        }
    }
    let session = Some("x".to_owned());
    for credentials in headers(&key.token) {
        let seen =
            send(Credentials { session: session.clone(), ..credentials }, "GET", "/v1/whoami", Value::Null);
        assert_eq!(seen.body["id"], key.id.as_str(), "a cookie that browsers add does not count beside it");
    }
}

#[test]
fn a_credential_in_a_url_is_refused_before_anybody_is_asked_who_they_are() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({})).token;
    for who in [ROOT, NOBODY] {
        for address in [
            format!("/v1/whoami?key={key}"),
            format!("/v1/organizations/acme/keys/{key}"),
            format!("/v1/nothing/{key}"),
            format!("/v1/organizations/acme/keys?q={}", key.replace('_', "%255F")),
        ] {
            let seen = world.send(who, "GET", &address, Value::Null);
            assert_eq!((seen.status, seen.code(), seen.cost), (400, "request.key_in_url", cost(0, 0)));
            assert!(!seen.body.to_string().contains(key.get(20..40).expect("ASCII")));
        }
    }
}

#[test]
fn only_the_operator_and_organization_keys_with_the_scope_verify() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:read"] }));
    let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] }));
    for (who, code) in [
        (key.token.as_str(), "auth.insufficient_scope"),
        (&personal.token, "auth.forbidden"),
        (&user("ada"), "auth.forbidden"),
    ] {
        let seen = world.ask(who, json!({ "key": key.token }));
        assert_eq!((seen.status, seen.code()), (403, code));
    }
    let seen = world.ask(&key.token, json!({ "key": key.token }));
    assert_eq!(seen.body["scope"], "keys:verify", "for the challenge");
    assert_eq!(seen.body["detail"], "This requires the scope `keys:verify`.");
}

#[test]
fn a_revoked_key_manages_nothing_from_the_moment_of_its_revocation() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    world.deliver();
    let list = || world.send(&key.token, "GET", "/v1/organizations/acme/keys", Value::Null);
    let seen = list();
    assert_eq!((seen.status, seen.cost), (200, cost(0, 2)));
    world.ok(ROOT, "POST", &format!("/v1/organizations/acme/keys/{}/revoke", key.id), Value::Null);
    assert_eq!(list().code(), "auth.invalid", "before anything is delivered");
}

#[test]
fn without_storage_no_key_is_called_invalid() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    for faults in [
        Faults { ledgers_down: true, kv_down: true, ..Faults::NONE },
        Faults { ledgers_late: true, kv_down: true, ..Faults::NONE },
    ] {
        world.suffer(faults);
        for seen in [whoami(&world, &key.token), world.ask(&key.token, json!({ "key": "x" }))] {
            assert_eq!((seen.status, seen.code()), (503, "server.unavailable"));
        }
    }
}

#[test]
fn what_needs_no_credential_touches_no_storage() {
    let world = World::with_acme();
    for (method, address, code) in [
        ("GET", "/health", "ok"),
        ("GET", "/v1/session/options", "ok"),
        ("GET", "/v1/nothing", "route.not_found"),
        ("GET", "/v1/verify", "route.method_not_allowed"),
    ] {
        let seen = world.send(NOBODY, method, address, Value::Null);
        assert_eq!((seen.code(), seen.cost), (code, cost(0, 0)), "{address}");
    }
}
