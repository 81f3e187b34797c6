//! What a change leaves behind when it fails, and that it is whole when it does not.

use serde_json::{Value, json};

use super::{KEYS, address, everything, make};
use crate::memory::{Counts, Faults, Made, ROOT, World, root_id, user};

/// What the operator can change of organizations, their members and keys, where each would succeed.
fn changes(key: &Made, revoked: &Made) -> Vec<(&'static str, String, Value)> {
    vec![
        ("POST", "/v1/organizations".into(), json!({ "id": "new", "name": "New" })),
        ("PATCH", "/v1/organizations/acme".into(), json!({ "name": "Acme 2" })),
        ("DELETE", "/v1/organizations/acme?revoke=true".into(), Value::Null),
        ("POST", "/v1/organizations/acme/invitations".into(), json!({ "user": "eve", "role": "owner" })),
        ("DELETE", "/v1/organizations/acme/invitations/zoe".into(), Value::Null),
        ("DELETE", "/v1/users/bob".into(), Value::Null),
        ("PUT", "/v1/organizations/acme/members/eve".into(), json!({ "role": "owner" })),
        ("PUT", "/v1/organizations/acme/members/bob".into(), json!({ "role": "admin" })),
        ("DELETE", "/v1/organizations/acme/members/bob".into(), Value::Null),
        ("POST", KEYS.into(), json!({ "title": "x" })),
        ("PATCH", address(key), json!({ "title": "x" })),
        ("POST", format!("{}/revoke", address(key)), Value::Null),
        ("POST", format!("{}/roll", address(key)), Value::Null),
        ("POST", format!("{KEYS}/revoke"), json!({ "created_by": format!("root:{}", root_id()) })),
        ("DELETE", format!("{}?revoke=true", address(key)), Value::Null),
        ("DELETE", address(revoked), Value::Null),
    ]
}

fn with_changes() -> (World, Made, Made) {
    let world = World::with_acme();
    let (key, revoked) = (make(&world), make(&world));
    world.ok(ROOT, "POST", &format!("{}/revoke", address(&revoked)), Value::Null);
    let invited = json!({ "user": "zoe", "role": "member" });
    world.ok(ROOT, "POST", "/v1/organizations/acme/invitations", invited);
    world.deliver();
    (world, key, revoked)
}

#[test]
fn a_commit_that_fails_changes_nothing_and_shows_no_key() {
    let (world, key, revoked) = with_changes();
    for (method, place, body) in changes(&key, &revoked) {
        let before = everything(&world);
        world.suffer(Faults { commits_fail: true, ..Faults::NONE });
        let seen = world.send(ROOT, method, &place, body);
        assert_eq!((seen.status, seen.code()), (503, "server.unavailable"), "{method} {place}");
        assert!(!seen.body.to_string().contains("kw_"), "no key is shown that does not exist");
        world.suffer(Faults::NONE);
        assert_eq!(everything(&world), before, "{method} {place}");
    }
}

#[test]
fn without_randomness_nothing_is_issued_and_nothing_changes() {
    let (world, key, revoked) = with_changes();
    for (method, place, body) in changes(&key, &revoked) {
        let before = everything(&world);
        world.suffer(Faults { no_entropy: true, ..Faults::NONE });
        let seen = world.send(ROOT, method, &place, body);
        assert_eq!((seen.status, seen.code()), (503, "server.unavailable"), "{method} {place}");
        world.suffer(Faults::NONE);
        assert_eq!(everything(&world), before);
    }
}

#[test]
fn every_change_is_one_commit_with_an_event_and_a_delivery() {
    let count = changes(&with_changes().1, &with_changes().2).len();
    for index in 0..count {
        let (world, key, revoked) = with_changes();
        let (method, place, body) = changes(&key, &revoked).swap_remove(index);
        let events = || world.outside.rows("SELECT id FROM events").len();
        let before = events();
        let seen = world.ok(ROOT, method, &place, body);
        assert_eq!(
            (seen.cost.commits, seen.cost.ledger_calls, seen.cost.kv_reads),
            (1, 1, 0),
            "{method} {place}"
        );
        assert!(events() > before, "{method} {place}");
        assert!(!world.outside.waiting().is_empty(), "{method} {place}");
    }
}

#[test]
fn a_change_whose_answer_was_lost_has_happened() {
    let (world, key, _) = with_changes();
    world.suffer(Faults { ledgers_late: true, ..Faults::NONE });
    let revoke = || world.send(ROOT, "POST", &format!("{}/revoke", address(&key)), Value::Null);
    assert_eq!(revoke().code(), "server.unavailable");
    world.suffer(Faults::NONE);
    assert_eq!(revoke().code(), "key.already_revoked", "trying again says that it was done");
    assert_eq!(world.verify(&key, "strong").code(), "revoked");
    world.deliver();
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
}

#[test]
fn a_bad_request_changes_nothing_and_wakes_a_ledger_only_to_say_what_is_wrong() {
    let world = World::with_acme();
    for (method, place, body, code, calls) in [
        ("POST", KEYS, json!({ "title": "" }), "request.bad_field", 1),
        ("POST", KEYS, json!({ "title": "x", "colour": 1 }), "request.bad_field", 1),
        ("POST", KEYS, json!([]), "request.bad_json", 1),
        ("GET", "/v1/organizations/acme/keys?limit=0", Value::Null, "request.bad_parameter", 1),
        ("GET", "/v1/organizations/acme/keys?page=2", Value::Null, "request.bad_parameter", 1),
        ("GET", "/v1/organizations/acme/keys/key", Value::Null, "request.bad_id", 1),
        ("PUT", "/v1/organizations/acme/members/eve", json!({ "role": "king" }), "request.bad_field", 1),
        // Nobody's ledger, and what is asked at the edge.
        ("GET", "/v1/organizations/a%20b/keys", Value::Null, "request.bad_id", 0),
        ("POST", "/v1/verify", json!({}), "request.bad_field", 0),
        ("POST", "/v1/verify?key=x", json!({ "key": "x" }), "request.bad_parameter", 0),
    ] {
        let seen = world.send(ROOT, method, place, body);
        let Counts { kv_reads, kv_writes, ledger_calls, commits } = seen.cost;
        assert_eq!((seen.code(), ledger_calls), (code, calls), "{method} {place}");
        assert_eq!((kv_reads, kv_writes, commits), (0, 0, 0), "{method} {place}");
    }
}

#[test]
fn what_is_wrong_with_a_request_is_said_the_same_whoever_asks_and_whatever_there_is() {
    let world = World::with_acme();
    let deployment = world.create(ROOT, "deployment", json!({ "scopes": ["keys:read"] }));
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let foreign = world.create(ROOT, "organizations/globex", json!({}));
    let stranger = user("zoe");
    for (method, place, body) in [
        ("POST", "keys", json!({ "title": "", "colour": 1 })),
        ("GET", "keys?limit=0", Value::Null),
        ("GET", "keys/key", Value::Null),
        ("PATCH", "", json!({ "name": 1 })),
        ("DELETE", "?revoke=maybe", Value::Null),
        ("PUT", "members/bob", json!({ "role": "king" })),
        ("POST", "import", json!({})),
    ] {
        let said = |who: &str, organization: &str| {
            let address = format!("/v1/organizations/{organization}/{place}").replace("/?", "?");
            let seen = world.send(who, method, address.trim_end_matches('/'), body.clone());
            assert_eq!(seen.status, 400, "{method} {address}: {}", seen.body);
            seen.body
        };
        let expected = said(ROOT, "acme");
        for who in [ROOT, &stranger, &deployment.token, &foreign.token] {
            for organization in ["acme", "globex", "nowhere"] {
                assert_eq!(said(who, organization), expected, "{who} {method} {organization} {place}");
            }
        }
    }
}
