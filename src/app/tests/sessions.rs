//! Sessions in the dashboard: who gets one, what it may do, and when it ends.

use serde_json::{Value, json};

use crate::memory::{Counts, ROOT, Seen, World, user};
use crate::request::{Credentials, RequestOrigin};
use crate::response::SessionCookie;

fn with_cookie(world: &World, token: &str, origin: RequestOrigin, method: &str, address: &str) -> Seen {
    let credentials = Credentials { session: Some(token.to_owned()), ..Credentials::default() };
    world.send_as(credentials, origin, method, address, Value::Null)
}

/// Starts a session, and gives its token.
fn start(world: &World, who: &str) -> String {
    let seen = world.ok(who, "POST", "/v1/session", Value::Null);
    assert_eq!(seen.status, 201);
    match seen.cookie {
        Some(SessionCookie::Set(token)) => token,
        _ => panic!("no cookie"),
    }
}

fn whoami(world: &World, token: &str) -> Seen {
    with_cookie(world, token, RequestOrigin::Unknown, "GET", "/v1/whoami")
}

#[test]
fn persons_and_the_operator_get_a_session_that_acts_for_them() {
    let world = World::with_acme();
    let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["a"] }));
    for who in [ROOT.to_owned(), user("ada"), personal.token] {
        let token = start(&world, &who);
        let (by_session, directly) =
            (whoami(&world, &token), world.ok(&who, "GET", "/v1/whoami", Value::Null));
        assert_eq!((by_session.status, by_session.body), (200, directly.body));
    }
}

#[test]
fn organization_keys_and_sessions_start_no_session() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    assert_eq!(world.send(&key.token, "POST", "/v1/session", Value::Null).code(), "auth.forbidden");
    let token = start(&world, ROOT);
    let seen = with_cookie(&world, &token, RequestOrigin::OwnPage, "POST", "/v1/session");
    assert_eq!((seen.code(), seen.cookie.is_none()), ("auth.forbidden", true));
}

#[test]
fn only_pages_of_this_deployment_change_something_with_a_session() {
    let world = World::with_acme();
    let token = start(&world, ROOT);
    for origin in [RequestOrigin::ForeignPage, RequestOrigin::Unknown] {
        let seen = with_cookie(&world, &token, origin, "DELETE", "/v1/organizations/acme/members/bob");
        assert_eq!((seen.code(), seen.cost), ("auth.foreign_origin", Counts::default()));
    }
    let seen =
        with_cookie(&world, &token, RequestOrigin::OwnPage, "DELETE", "/v1/organizations/acme/members/bob");
    assert_eq!(seen.status, 204);
}

#[test]
fn the_operator_verifies_with_a_session_and_nobody_else_does() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] }));
    world.deliver();
    for (who, expected) in
        [(ROOT.to_owned(), "valid"), (user("ada"), "auth.forbidden"), (personal.token, "auth.forbidden")]
    {
        let session = Some(start(&world, &who));
        let credentials = Credentials { session, ..Credentials::default() };
        let question = json!({ "key": key.token });
        let seen = world.send_as(credentials, RequestOrigin::OwnPage, "POST", "/v1/verify", question);
        assert_eq!(seen.code(), expected, "{who}");
    }
}

#[test]
fn a_session_ends_when_it_is_ended_and_ending_it_again_is_no_error() {
    let world = World::with_acme();
    let (token, other) = (start(&world, ROOT), start(&world, ROOT));
    for _ in 0..2 {
        let seen = with_cookie(&world, &token, RequestOrigin::OwnPage, "DELETE", "/v1/session");
        assert!(seen.status == 204 && seen.cookie == Some(SessionCookie::Clear));
        assert_eq!((whoami(&world, &token).code(), whoami(&world, &other).status), ("auth.invalid", 200));
    }
}

#[test]
fn a_session_ends_with_the_key_that_it_depends_on() {
    let world = World::with_acme();
    let key = world.create(&user("bob"), "users/me", json!({}));
    let token = start(&world, &key.token);
    assert_eq!(whoami(&world, &token).status, 200);
    world.ok(ROOT, "POST", &format!("/v1/users/bob/keys/{}/revoke", key.id), Value::Null);
    assert_eq!(whoami(&world, &token).code(), "auth.invalid");
}

#[test]
fn a_session_ends_half_an_hour_after_its_last_use_and_twelve_hours_after_its_start() {
    let world = World::new();
    let idle = start(&world, ROOT);
    world.pass(30 * 60);
    assert_eq!(whoami(&world, &idle).code(), "auth.invalid");
    let used = start(&world, ROOT);
    for _ in 0..24 {
        assert_eq!(whoami(&world, &used).status, 200);
        world.pass(30 * 60 - 1);
    }
    world.pass(24);
    assert_eq!(whoami(&world, &used).code(), "auth.invalid");
}

#[test]
fn a_forged_session_is_refused_without_storage() {
    let world = World::with_acme();
    let mut token = start(&world, ROOT);
    token.replace_range(10..12, "zz");
    for token in [token.as_str(), "x", ""] {
        let seen = whoami(&world, token);
        assert_eq!((seen.code(), seen.cost), ("auth.invalid", Counts::default()));
    }
}
