//! Sessions in the dashboard: who gets one, what it may do, and when it ends.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::memory::{Counts, ROOT, Seen, World, after, config, user, user_until};
use crate::request::{Credentials, RequestOrigin};
use crate::response::SessionCookie;

pub(super) fn with_cookie(
    world: &World,
    token: &str,
    origin: RequestOrigin,
    method: &str,
    address: &str,
) -> Seen {
    let credentials = Credentials { session: Some(token.to_owned()), ..Credentials::default() };
    world.send_as(credentials, origin, method, address, Value::Null)
}

/// Starts a session, and gives its token.
pub(super) fn start(world: &World, who: &str) -> String {
    let seen = world.ok(who, "POST", "/v1/session", Value::Null);
    assert_eq!(seen.status, 201);
    token(&seen)
}

fn token(seen: &Seen) -> String {
    match seen.cookie.clone() {
        Some(SessionCookie::Set(token)) => token,
        _ => panic!("no cookie"),
    }
}

pub(super) fn whoami(world: &World, token: &str) -> Seen {
    with_cookie(world, token, RequestOrigin::Unknown, "GET", "/v1/whoami")
}

#[test]
fn a_session_ends_with_the_trust_in_the_provider_whose_token_has_started_it() {
    let mut world = World::with_acme();
    let (token, root) = (start(&world, &user("ada")), start(&world, ROOT));
    world.config = Rc::new(config(&[("JWT_ISSUER", "https://another.example/")]));
    assert_eq!(whoami(&world, &token).code(), "auth.invalid");
    assert_eq!(whoami(&world, &root).status, 200);
}

#[test]
fn persons_and_the_operator_get_a_session_that_acts_for_them() {
    let world = World::with_acme();
    let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["a"] }));
    world.pass(60);
    for who in [ROOT.to_owned(), user("ada"), personal.token] {
        let started = world.ok(&who, "POST", "/v1/session", Value::Null);
        let mut by_session = whoami(&world, &token(&started));
        let directly = world.ok(&who, "GET", "/v1/whoami", Value::Null);
        assert_eq!((by_session.status, &by_session.body), (200, &started.body));
        let ends_at = by_session.body["session"]["ends_at"].as_str().expect("an instant");
        assert!(ends_at.starts_with("2026-11-21T08:31:01.00"), "{ends_at}");
        by_session.body["session"] = Value::Null;
        assert_eq!(by_session.body, directly.body);
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
    assert_eq!(seen.status, 200);
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
fn whoami_says_when_a_session_ends_with_its_key() {
    let world = World::with_acme();
    let key = world.create(&user("bob"), "users/me", json!({ "expires_at": after(600).to_string() }));
    let started = world.ok(&key.token, "POST", "/v1/session", Value::Null);
    let token = token(&started);
    world.pass(99);
    for body in [started.body, whoami(&world, &token).body] {
        assert_eq!(body["session"]["ends_at"], after(600).to_string());
    }
    // What counts is how long the key lasts now, not how long it lasted when the session was started or used.
    let path = format!("/v1/users/bob/keys/{}", key.id);
    world.ok(ROOT, "PATCH", &path, json!({ "expires_at": after(700).to_string() }));
    assert_eq!(whoami(&world, &token).body["session"]["ends_at"], after(700).to_string());
    world.pass(600);
    assert_eq!(whoami(&world, &token).code(), "auth.invalid");
}

#[test]
fn a_session_ends_when_its_token_vouches_no_longer_however_much_it_is_used() {
    let world = World::with_acme();
    let token = start(&world, &user_until("ada", after(40 * 60)));
    world.pass(20 * 60);
    assert_eq!(whoami(&world, &token).body["session"]["ends_at"], after(40 * 60).to_string());
    world.pass(20 * 60 - 2);
    assert_eq!(whoami(&world, &token).status, 200);
    world.pass(1);
    assert_eq!(whoami(&world, &token).code(), "auth.invalid");
}

#[test]
fn a_token_that_vouches_no_longer_starts_no_session() {
    let world = World::with_acme();
    let token = user_until("ada", after(0));
    let before = world.outside.counts().commits;
    assert_eq!(
        world.send(&token, "GET", "/v1/whoami", Value::Null).status,
        200,
        "it is accepted with some leeway"
    );
    assert_eq!(world.send(&token, "POST", "/v1/session", Value::Null).code(), "auth.invalid");
    assert_eq!(world.outside.counts().commits, before);
}

#[test]
fn a_lowered_or_removed_role_counts_at_the_next_request_of_a_session() {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/cat", json!({ "role": "admin" }));
    let key = world.create(&user("cat"), "users/me", json!({ "scopes": ["*"] }));
    let by_token = start(&world, &user("cat"));
    let by_key = start(&world, &key.token);
    let own = |token: &str, method, address: &str, body| {
        let credentials = Credentials { session: Some(token.to_owned()), ..Credentials::default() };
        world.send_as(credentials, RequestOrigin::OwnPage, method, address, body)
    };
    let add = || json!({ "role": "member" });
    let members = "/v1/organizations/acme/members";
    world.ok(ROOT, "PUT", &format!("{members}/eve"), json!({ "role": "admin" }));
    assert_eq!(own(&by_token, "PUT", &format!("{members}/eve"), add()).status, 200);
    world.ok(ROOT, "PUT", &format!("{members}/cat"), json!({ "role": "member" }));
    assert_eq!(own(&by_token, "PUT", &format!("{members}/eve"), add()).code(), "auth.forbidden");
    assert_eq!(own(&by_key, "GET", members, Value::Null).status, 200);
    world.ok(ROOT, "DELETE", &format!("{members}/cat"), Value::Null);
    for token in [by_token, by_key] {
        assert_eq!(own(&token, "GET", members, Value::Null).code(), "owner.not_found");
    }
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
