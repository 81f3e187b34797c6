//! Whose a response is: every one says who has called, and nobody acts for somebody else by mistake.

use serde_json::{Value, json};

use super::sessions::{start, with_cookie};
use crate::memory::{Faults, NOBODY, ROOT, Seen, World, root_id, user, user_token};
use crate::request::{Credentials, RequestOrigin};

const KEYS: &str = "/v1/organizations/acme/keys";

/// A request that is meant to come from somebody.
fn send_expecting(world: &World, name: &str, who: &str, method: &str, address: &str, body: Value) -> Seen {
    world.caller.replace(Some(name.to_owned()));
    world.send(who, method, address, body)
}

/// The same from the deployment's own page, by session.
fn click_expecting(world: &World, name: &str, token: &str, method: &str, address: &str) -> Seen {
    world.caller.replace(Some(name.to_owned()));
    with_cookie(world, token, RequestOrigin::OwnPage, method, address)
}

#[test]
fn every_response_to_a_credential_that_is_accepted_says_whose_it_is() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:read"] }));
    let operators = world.create(ROOT, "deployment", json!({ "scopes": ["keys:read"] }));
    let personal = world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] }));
    for (who, name) in [
        (ROOT.to_owned(), format!("root:{}", root_id())),
        (user("ada"), "user:ada".to_owned()),
        (personal.token, "user:ada".to_owned()),
        (key.token, format!("key:{}", key.id)),
        (operators.token, format!("key:{}", operators.id)),
    ] {
        for (method, address, body) in [
            ("GET", "/v1/whoami", Value::Null),
            ("GET", "/v1/whoami?x=1", Value::Null),
            ("GET", KEYS, Value::Null),
            ("GET", "/v1/organizations/nowhere", Value::Null),
            ("POST", KEYS, json!({ "colour": 1 })),
            ("POST", "/v1/lookup", json!({ "token": "x" })),
            ("POST", "/v1/organizations", json!({ "id": "acme", "name": "Again" })),
            ("DELETE", "/v1/users/zoe", Value::Null),
            ("POST", "/v1/session", json!({ "x": 1 })),
        ] {
            let seen = world.send(&who, method, address, body);
            assert_eq!(seen.caller.as_deref(), Some(name.as_str()), "{method} {address}: {}", seen.body);
        }
    }
}

#[test]
fn a_session_that_is_started_and_one_that_calls_say_whose_they_are() {
    let world = World::with_acme();
    let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] }));
    for (who, name) in [
        (ROOT.to_owned(), format!("root:{}", root_id())),
        (user("ada"), "user:ada".to_owned()),
        (personal.token, "user:bob".to_owned()),
    ] {
        let started = world.ok(&who, "POST", "/v1/session", Value::Null);
        assert_eq!(started.caller.as_ref(), Some(&name));
        let token = start(&world, &who);
        let seen = with_cookie(&world, &token, RequestOrigin::OwnPage, "GET", "/v1/organizations/nowhere");
        assert_eq!((seen.code(), seen.caller.as_ref()), ("owner.not_found", Some(&name)));
        let credentials = Credentials { session: Some(token), ..Credentials::default() };
        let question = json!({ "key": "x" });
        let seen = world.send_as(credentials, RequestOrigin::OwnPage, "POST", "/v1/verify", question);
        assert_eq!(seen.caller, Some(name));
    }
}

#[test]
fn nobody_is_named_where_no_credential_is_accepted() {
    let world = World::with_acme();
    for who in [NOBODY, "x", &user_token("ada", 2)] {
        for expected in [None, Some("user:ada")] {
            world.caller.replace(expected.map(str::to_owned));
            let seen = world.send(who, "GET", "/v1/whoami", Value::Null);
            assert_eq!((seen.status, seen.caller), (401, None), "{who}");
        }
    }
    assert_eq!(world.ok(&user("ada"), "GET", "/v1/session/options", Value::Null).caller, None);
}

#[test]
fn a_request_that_is_meant_to_be_somebody_elses_does_nothing() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    let owners = world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] }));
    for who in [user("ada"), owners.token.clone(), key.token.clone(), ROOT.to_owned()] {
        for name in [
            "user:bob",
            "user:Ada",
            "ada",
            "",
            "user:ada, user:ada",
            "key:",
            "root:root_x",
            "organization:acme",
        ] {
            for (method, address, body) in [
                ("POST", KEYS, json!({ "title": "k" })),
                ("POST", "/v1/organizations", json!({ "id": "new", "name": "New" })),
                ("POST", "/v1/session", Value::Null),
                ("POST", "/v1/verify", json!({ "key": key.token })),
                ("POST", "/v1/lookup", json!({ "token": key.token })),
                ("DELETE", &format!("{KEYS}/{}?revoke=true", key.id), Value::Null),
                ("GET", KEYS, Value::Null),
                ("GET", "/v1/whoami", Value::Null),
            ] {
                let seen = send_expecting(&world, name, &who, method, address, body);
                assert_eq!(
                    (seen.code(), seen.cost.commits),
                    ("auth.other_caller", 0),
                    "{name}: {method} {address}"
                );
                assert!(seen.cookie.is_none() && seen.caller.is_some_and(|caller| caller != name));
                assert!(name.is_empty() || !seen.body.to_string().contains(name), "{}", seen.body);
            }
        }
    }
}

#[test]
fn a_request_that_says_whose_it_is_and_is_right_is_like_any_other() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    let name = format!("key:{}", key.id);
    let seen = send_expecting(&world, &name, &key.token, "POST", KEYS, json!({ "title": "k", "scopes": [] }));
    assert_eq!(seen.status, 201, "{}", seen.body);
    let seen = send_expecting(&world, &name, &key.token, "POST", "/v1/verify", json!({ "key": key.token }));
    assert_eq!((seen.code(), seen.caller.as_ref()), ("valid", Some(&name)));
    let token = start(&world, &user("ada"));
    assert_eq!(click_expecting(&world, "user:ada", &token, "GET", KEYS).status, 200);
}

#[test]
fn the_verdict_for_a_callers_key_is_not_made_to_name_it() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:verify"] }));
    for who in [ROOT, &key.token] {
        assert_eq!(world.ask(who, json!({ "key": key.token })).caller, None);
    }
}

#[test]
fn a_page_of_one_person_does_not_sign_out_another() {
    let world = World::with_acme();
    let token = start(&world, &user("bob"));
    let sign_out = |name: &str| click_expecting(&world, name, &token, "DELETE", "/v1/session");
    let refused = sign_out("user:ada");
    assert_eq!((refused.code(), refused.caller.as_deref()), ("auth.other_caller", Some("user:bob")));
    assert_eq!(click_expecting(&world, "user:bob", &token, "GET", "/v1/whoami").status, 200);
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    assert_eq!(sign_out("user:ada").code(), "server.unavailable", "it is not known whose it is");
    world.suffer(Faults::NONE);
    let ended = sign_out("user:bob");
    assert_eq!((ended.status, ended.caller.as_deref()), (204, Some("user:bob")));
    assert_eq!(sign_out("user:ada").status, 204, "what has ended is nobody's any more");
}
