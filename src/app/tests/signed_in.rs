//! Who is signed in: what is shown of sessions, who ends them, and how many there are.

use keyward_core::Timestamp;
use serde_json::{Value, json};

use super::sessions::{start, whoami, with_cookie};
use crate::ledger::sessions::{FORGET_SESSIONS, SESSION_ROWS, SESSIONS};
use crate::memory::{Faults, ROOT, Seen, World, after, root_id, user};
use crate::request::{Credentials, RequestOrigin};

const MINE: &str = "/v1/users/me/sessions";
const OPERATORS: &str = "/v1/deployment/sessions";

/// A request by session, from the deployment's own page.
fn by(world: &World, token: &str, method: &str, address: &str) -> Seen {
    with_cookie(world, token, RequestOrigin::OwnPage, method, address)
}

/// The id of a session.
fn id(world: &World, token: &str) -> String {
    whoami(world, token).body["session"]["id"].as_str().expect("a session").to_owned()
}

fn is_alive(world: &World, token: &str) -> bool {
    whoami(world, token).status == 200
}

/// The ids of the sessions that somebody is shown.
fn listed(world: &World, who: &str, address: &str) -> Vec<String> {
    let body = world.ok(who, "GET", address, Value::Null).body;
    let sessions = body["sessions"].as_array().expect("a list");
    sessions.iter().map(|session| session["id"].as_str().expect("an id").to_owned()).collect()
}

/// What the trail of an owner says about sessions, the latest first: action, actor, and particulars.
fn trail(world: &World, owner: &str) -> Vec<(String, Value, Value)> {
    let query = format!("SELECT body FROM events WHERE owner = '{owner}' ORDER BY id DESC");
    let events = world.outside.rows(&query).into_iter().map(|row| {
        let crate::ledger::sql::SqlValue::Text(body) = row[0].clone() else { panic!("no text") };
        let mut event: Value = serde_json::from_str(&body).expect("JSON");
        let mut details = event["change"].take();
        let action = details.as_object_mut().and_then(|details| details.remove("action"));
        let action = action.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        (action, event["actor"].take(), details)
    });
    events.filter(|(action, ..)| action.starts_with("session.")).collect()
}

#[test]
fn a_list_says_how_and_when_each_session_was_started_and_which_one_asks() {
    let world = World::with_acme();
    let key = world.create(&user("ada"), "users/me", json!({ "scopes": ["keys:read"] }));
    world.pass(1);
    let first = start(&world, &user("ada"));
    world.pass(100);
    let second = start(&world, &key.token);
    world.pass(10);
    // Its key was found in the millisecond before.
    let started = |seconds| Timestamp::from_millis(after(seconds).as_millis() + 1).to_string();
    for (token, is_first) in [(&first, true), (&second, false)] {
        let seen = by(&world, token, "GET", MINE);
        let expected = json!([
            {
                "id": id(&world, &second), "is_current": !is_first,
                "started_at": started(102), "seen_at": started(102), "ends_at": started(102 + 30 * 60),
                "started_with": { "type": "key", "id": key.id, "issuer": null }, "address": null, "user_agent": null,
            },
            {
                "id": id(&world, &first), "is_current": is_first,
                "started_at": after(2).to_string(), "seen_at": after(112).to_string(),
                "ends_at": after(112 + 30 * 60).to_string(),
                "started_with": { "type": "token", "id": null, "issuer": "https://id.example/" },
                "address": null, "user_agent": null,
            },
        ]);
        assert_eq!(seen.body["sessions"], expected);
    }
    let operators = start(&world, ROOT);
    let seen = by(&world, &operators, "GET", OPERATORS);
    let started_with = json!({ "type": "root", "id": root_id(), "issuer": null });
    assert_eq!(seen.body["sessions"][0]["started_with"], started_with);
    assert_eq!(listed(&world, ROOT, OPERATORS), [id(&world, &operators)]);
}

#[test]
fn a_credential_in_the_header_is_no_session_whatever_cookie_comes_with_it() {
    let world = World::with_acme();
    let token = start(&world, &user("ada"));
    let both = || Credentials {
        authorization: Some(format!("Bearer {}", user("ada"))),
        session: Some(token.clone()),
        ..Credentials::default()
    };
    let send = |method, address| world.send_as(both(), RequestOrigin::Unknown, method, address, Value::Null);
    assert_eq!(send("GET", MINE).body["sessions"][0]["is_current"], false);
    assert_eq!(send("GET", "/v1/whoami").body["session"], Value::Null);
    assert_eq!(send("DELETE", &format!("{MINE}?except=current")).body, json!({ "count": 1 }));
    assert!(!is_alive(&world, &token));
}

#[test]
fn a_session_that_is_ended_is_refused_at_its_next_request_and_the_others_go_on() {
    let world = World::with_acme();
    let [one, other] = [start(&world, &user("ada")), start(&world, &user("ada"))];
    let path = format!("{MINE}/{}", id(&world, &one));
    assert_eq!(by(&world, &other, "DELETE", &path).status, 204);
    assert_eq!((is_alive(&world, &one), is_alive(&world, &other)), (false, true));
    let again = by(&world, &other, "DELETE", &path);
    assert_eq!((again.code(), again.cost.commits), ("session.not_found", 0));
    let own = format!("{MINE}/{}", id(&world, &other));
    assert_eq!(by(&world, &other, "DELETE", &own).status, 204);
    assert!(!is_alive(&world, &other));
}

#[test]
fn all_sessions_end_together_but_for_the_current_one_if_that_is_wanted() {
    let world = World::with_acme();
    let tokens = [(); 3].map(|()| start(&world, &user("ada")));
    let alive = || tokens.each_ref().map(|token| is_alive(&world, token));
    let others = by(&world, &tokens[1], "DELETE", &format!("{MINE}?except=current"));
    assert_eq!((others.body, alive()), (json!({ "count": 2 }), [false, true, false]));
    assert_eq!(by(&world, &tokens[1], "DELETE", MINE).body, json!({ "count": 1 }));
    assert_eq!(alive(), [false; 3]);
    let none = world.ok(&user("ada"), "DELETE", MINE, Value::Null);
    assert_eq!((none.body, none.cost.commits), (json!({ "count": 0 }), 0));
    let bad = world.send(&user("ada"), "DELETE", &format!("{MINE}?except=all"), Value::Null);
    assert_eq!((bad.code(), bad.pointer()), ("request.bad_parameter", "?except"));
}

#[test]
fn the_operator_lists_and_ends_everybodys_sessions_and_its_own() {
    let world = World::with_acme();
    let [adas, operators] = [start(&world, &user("ada")), start(&world, ROOT)];
    assert_eq!(listed(&world, ROOT, "/v1/users/ada/sessions"), [id(&world, &adas)]);
    world.ok(ROOT, "DELETE", &format!("/v1/users/ada/sessions/{}", id(&world, &adas)), Value::Null);
    assert_eq!((is_alive(&world, &adas), is_alive(&world, &operators)), (false, true));
    let again = start(&world, &user("ada"));
    assert_eq!(world.ok(ROOT, "DELETE", "/v1/users/ada/sessions", Value::Null).body["count"], 1);
    world.ok(ROOT, "DELETE", &format!("{OPERATORS}/{}", id(&world, &operators)), Value::Null);
    assert_eq!((is_alive(&world, &again), is_alive(&world, &operators)), (false, false));
}

#[test]
fn nobody_but_the_operator_sees_or_ends_the_operators_sessions() {
    let world = World::with_acme();
    let operators = start(&world, ROOT);
    let all = json!({ "scopes": ["*"] });
    let path = format!("{OPERATORS}/{}", id(&world, &operators));
    for who in [
        user("ada"),
        world.create(ROOT, "organizations/acme", all.clone()).token,
        world.create(ROOT, "users/ada", all).token,
    ] {
        for (method, address) in [("GET", OPERATORS), ("DELETE", OPERATORS), ("DELETE", path.as_str())] {
            assert_eq!(world.send(&who, method, address, Value::Null).code(), "owner.not_found", "{method}");
        }
    }
    assert!(is_alive(&world, &operators));
}

#[test]
fn a_session_calls_as_the_key_that_started_it_so_the_key_needs_the_scopes() {
    let world = World::with_acme();
    let tokens = ["keys:read", "keys:write", "other"].map(|scope| {
        let key = world.create(&user("bob"), "users/me", json!({ "scopes": [scope] }));
        start(&world, &key.token)
    });
    let of = |token| {
        (by(&world, token, "GET", MINE), by(&world, token, "DELETE", &format!("{MINE}?except=current")))
    };
    let codes = tokens.each_ref().map(|token| {
        let (list, end) = of(token);
        (list.code().to_owned(), end.code().to_owned())
    });
    let lacks = "auth.insufficient_scope";
    let expected = [("ok", lacks), (lacks, "ok"), ("auth.invalid", "auth.invalid")];
    assert_eq!(codes.each_ref().map(|(list, end)| (list.as_str(), end.as_str())), expected);
}

#[test]
fn sessions_of_one_owner_are_not_those_of_another_even_in_one_ledger() {
    let world = World::with_acme_in_one_ledger();
    let [adas, bobs, operators] = [user("ada"), user("bob"), ROOT.to_owned()].map(|who| start(&world, &who));
    assert_eq!(listed(&world, &user("ada"), MINE), [id(&world, &adas)]);
    let foreign = format!("{MINE}/{}", id(&world, &bobs));
    assert_eq!(world.send(&user("ada"), "DELETE", &foreign, Value::Null).code(), "session.not_found");
    assert_eq!(world.ok(&user("ada"), "DELETE", MINE, Value::Null).body["count"], 1);
    let alive = [adas, bobs, operators].map(|token| is_alive(&world, &token));
    assert_eq!(alive, [false, true, true]);
}

#[test]
fn the_trail_says_who_signed_in_and_who_ended_which_sessions() {
    let world = World::with_acme();
    let key = world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] }));
    let [by_token, by_key] = [start(&world, &user("ada")), start(&world, &key.token)];
    let [first, second] = [id(&world, &by_token), id(&world, &by_key)];
    by(&world, &by_token, "DELETE", "/v1/session");
    // It has ended, so nothing happens.
    by(&world, &by_token, "DELETE", "/v1/session");
    start(&world, &user("ada"));
    world.ok(ROOT, "DELETE", "/v1/users/ada/sessions", Value::Null);
    let ada = json!({ "type": "user", "id": "ada", "key": null });
    let with_key = json!({ "type": "user", "id": "ada", "key": key.id });
    let expected = [
        ("session.ended", json!({ "type": "root", "id": root_id() }), json!({ "count": 2, "session": null })),
        ("session.started", ada.clone(), Value::Null),
        ("session.ended", ada.clone(), json!({ "count": 1, "session": first })),
        ("session.started", with_key, json!({ "session": second })),
        ("session.started", ada, json!({ "session": first })),
    ];
    let trail = trail(&world, "user:ada");
    assert_eq!(trail.len(), expected.len());
    for ((action, actor, details), (wanted, who, which)) in trail.into_iter().zip(expected) {
        assert_eq!((action.as_str(), actor), (wanted, who));
        assert!(which.is_null() || details == which, "{wanted}: {details}");
    }
    let shown = world.ok(&user("ada"), "GET", "/v1/users/me/events?limit=1", Value::Null).body;
    assert_eq!(shown["events"][0]["details"], json!({ "count": 2 }));
}

#[test]
fn sessions_of_the_operator_are_events_of_the_deployment() {
    let world = World::with_acme();
    let token = start(&world, ROOT);
    let session = id(&world, &token);
    by(&world, &token, "DELETE", "/v1/session");
    let root = json!({ "type": "root", "id": root_id() });
    let expected = [
        ("session.ended".to_owned(), root.clone(), json!({ "count": 1, "session": session })),
        ("session.started".to_owned(), root, json!({ "session": session })),
    ];
    assert_eq!(trail(&world, "deployment"), expected);
}

#[test]
fn the_twenty_first_session_ends_the_one_that_was_used_longest_ago() {
    let world = World::with_acme();
    let mut tokens = Vec::new();
    for _ in 0..20 {
        tokens.push(start(&world, &user("ada")));
        world.pass(60);
    }
    assert!(is_alive(&world, &tokens[0]), "and is used by this");
    let displaced = listed(&world, &user("ada"), MINE).swap_remove(18);
    let last = start(&world, &user("ada"));
    let alive = listed(&world, &user("ada"), MINE);
    assert_eq!((alive.len(), alive.contains(&displaced)), (20, false));
    assert_eq!([&tokens[0], &tokens[1], &last].map(|token| is_alive(&world, token)), [true, false, true]);
    let [(_, _, started), (ended, _, which)] = &trail(&world, "user:ada")[..2] else { panic!("two events") };
    assert_eq!((ended.as_str(), &which["session"]), ("session.ended", &json!(displaced)));
    assert_eq!(started["session"], json!(id(&world, &last)));
    assert!(is_alive(&world, &start(&world, &user("bob"))), "others are not concerned");
}

#[test]
fn sessions_of_a_revoked_key_are_neither_shown_nor_counted_and_their_rows_go() {
    let world = World::with_acme();
    let key = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] }));
    let over = start(&world, &key.token);
    let other = start(&world, &user("bob"));
    world.ok(ROOT, "POST", &format!("/v1/users/bob/keys/{}/revoke", key.id), Value::Null);
    assert_eq!(listed(&world, &user("bob"), MINE), [id(&world, &other)]);
    world.pass(60);
    let refused = whoami(&world, &over);
    assert_eq!((refused.code(), refused.cost.commits), ("auth.invalid", 0));
    let rows = || world.outside.rows("SELECT id FROM sessions WHERE owner = 'user:bob'").len();
    assert_eq!(rows(), 2);
    start(&world, &user("bob"));
    assert_eq!(rows(), 2);
}

#[test]
fn a_session_that_cannot_be_ended_or_started_has_not_changed() {
    let world = World::with_acme();
    let token = start(&world, &user("ada"));
    let path = format!("{MINE}/{}", id(&world, &token));
    world.suffer(Faults { commits_fail: true, ..Faults::NONE });
    for (method, address) in [("DELETE", path.as_str()), ("DELETE", MINE), ("POST", "/v1/session")] {
        assert_eq!(world.send(&user("ada"), method, address, Value::Null).code(), "server.unavailable");
    }
    world.suffer(Faults::NONE);
    assert_eq!(listed(&world, &user("ada"), MINE), [id(&world, &token)]);
    assert_eq!(trail(&world, "user:ada").len(), 1);
}

#[test]
fn nothing_shows_a_session_as_it_is_stored() {
    let world = World::with_acme();
    let token = start(&world, &user("ada"));
    let digest = keyward_core::KeyDigest::of(&token).to_hex();
    for address in [MINE, "/v1/users/me/events", "/v1/whoami"] {
        let text = by(&world, &token, "GET", address).body.to_string();
        assert!(!text.contains(&digest) && !text.contains(&token), "{address}");
    }
}

#[test]
fn sessions_are_found_and_forgotten_by_index() {
    let world = World::with_acme();
    start(&world, &user("ada"));
    let by_owner = [SESSIONS, SESSION_ROWS].map(|sql| (sql, "sessions_by_owner"));
    for (sql, index) in by_owner.into_iter().chain([(FORGET_SESSIONS, "sessions_by_end")]) {
        let plan =
            format!("{:?}", world.outside.rows(&format!("EXPLAIN QUERY PLAN {}", sql.replace('?', "0"))));
        assert!(plan.contains(index) && !plan.contains("SCAN") && !plan.contains("TEMP"), "{plan}");
    }
}

#[test]
fn where_and_with_what_one_signed_in_is_shown_only_if_the_operator_has_that_recorded() {
    let world = World::configured(&[("EVENTS_RECORD", "address")]);
    start(&world, &user("ada"));
    let seen = world.ok(&user("ada"), "GET", MINE, Value::Null).body["sessions"][0].clone();
    assert_eq!((&seen["address"], &seen["user_agent"]), (&json!("2001:db8::7"), &Value::Null));
}
