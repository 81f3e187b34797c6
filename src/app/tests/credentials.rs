//! Who calls: every credential, and that a refusal does not say why.

use serde_json::{Value, json};

use crate::memory::{Counts, Faults, NOBODY, ROOT, Seen, World, after, root_id, user};

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
            "permissions": ["verify_key", "create_organization", "list_organizations"],
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
        assert!(seen.uses.is_empty());
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
fn a_publishable_key_describes_itself_and_may_do_nothing_else() {
    let world = World::with_acme();
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
        ("POST", "/v1/verify", json!({ "key": public.token })),
    ] {
        let seen = world.send(&public.token, method, address, body);
        assert_eq!((seen.status, seen.code()), (403, "auth.forbidden"), "{method} {address}");
    }
    for address in ["/v1/organizations/none/keys", "/v1/users/ada/keys"] {
        assert_eq!(world.send(&public.token, "GET", address, Value::Null).code(), "owner.not_found");
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
