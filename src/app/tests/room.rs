//! A ledger that is full still revokes, owners that share one cannot fill it for each other, and old events make room.

use serde_json::{Value, json};

use crate::memory::{Faults, Made, ROOT, World, user};
use crate::ports::Clock;
use crate::request::{Credentials, RequestOrigin};

const ACME: &str = "/v1/organizations/acme";
const FULL: Faults = Faults { size_bytes: 9_000_000_000, ..Faults::NONE };
/// The database takes no event any more.
const OVERFULL: Faults = Faults { no_room_for_events: true, ..FULL };

fn key(world: &World, owner: &str) -> Made {
    world.create(ROOT, &format!("organizations/{owner}"), json!({ "scopes": ["a", "b"] }))
}

fn path(key: &Made) -> String {
    format!("{ACME}/keys/{}", key.id)
}

fn events(world: &World) -> u64 {
    world.ok(ROOT, "GET", &format!("{ACME}/events"), Value::Null).body["count"].as_u64().expect("a number")
}

#[test]
fn a_full_ledger_refuses_what_adds_and_changes_nothing() {
    let world = World::with_acme();
    let key = key(&world, "acme");
    let before = |world: &World| {
        let keys = world.ok(ROOT, "GET", &format!("{ACME}/keys"), Value::Null).body;
        (keys, world.ok(ROOT, "GET", &format!("{ACME}/members"), Value::Null).body, events(world))
    };
    let (state, member) = (before(&world), format!("{ACME}/members/cat"));
    world.suffer(FULL);
    for (method, address, body) in [
        ("POST", format!("{ACME}/keys"), json!({ "title": "x" })),
        ("POST", format!("{}/roll", path(&key)), json!({ "grace": 0 })),
        ("PATCH", path(&key), json!({ "title": "x" })),
        ("PATCH", path(&key), json!({ "scopes": ["a", "b", "c"] })),
        ("PUT", member, json!({ "role": "member" })),
        ("PUT", format!("{ACME}/members/bob"), json!({ "role": "owner" })),
        ("PATCH", ACME.to_owned(), json!({ "name": "x" })),
        ("POST", "/v1/organizations".to_owned(), json!({ "id": "new", "name": "x" })),
        ("POST", format!("{ACME}/invitations"), json!({ "user": "ida", "role": "member" })),
        ("POST", "/v1/session".to_owned(), Value::Null),
    ] {
        let seen = world.send(ROOT, method, &address, body);
        assert_eq!((seen.code(), seen.status), ("ledger.full", 507), "{method} {address}");
    }
    assert_eq!(before(&world), state);
    world.record_uses(&world.verify(&key, "strong"));
    assert_eq!(world.ok(ROOT, "GET", &path(&key), Value::Null).body["last_used_at"], Value::Null);
}

#[test]
fn a_full_ledger_takes_away_whatever_is_to_be_taken_away_and_records_it() {
    let world = World::with_acme();
    let keys: Vec<_> = (0..4).map(|_| key(&world, "acme")).collect();
    let [now, later, narrowed, deleted] = keys.as_slice() else { panic!("four") };
    world.ok(ROOT, "PUT", &format!("{ACME}/members/bob"), json!({ "role": "admin" }));
    world.ok(ROOT, "PUT", &format!("{ACME}/members/cat"), json!({ "role": "member" }));
    let recorded = events(&world);
    world.suffer(FULL);
    let ends = world.outside.now().plus_seconds(60).to_string();
    for (method, address, body) in [
        ("POST", format!("{}/revoke", path(now)), Value::Null),
        ("POST", format!("{}/revoke", path(later)), json!({ "revoke_in": 60 })),
        ("PATCH", path(narrowed), json!({ "scopes": ["a"] })),
        ("PATCH", path(narrowed), json!({ "expires_at": ends })),
        ("PATCH", path(narrowed), json!({ "consistency": "strong" })),
        ("DELETE", format!("{}?revoke=true", path(deleted)), Value::Null),
        ("PUT", format!("{ACME}/members/bob"), json!({ "role": "member" })),
        ("DELETE", format!("{ACME}/members/cat"), Value::Null),
    ] {
        world.ok(ROOT, method, &address, body);
    }
    assert_eq!(events(&world), recorded + 9);
    world.deliver();
    assert_eq!(world.verify(now, "fast").code(), "revoked");
    assert_eq!(world.ok(&user("cat"), "GET", "/v1/whoami", Value::Null).body["organizations"], json!([]));
}

#[test]
fn whoever_has_signed_in_before_can_revoke_in_a_full_ledger_and_sign_out() {
    let world = World::with_acme();
    let key = key(&world, "acme");
    let seen = world.ok(ROOT, "POST", "/v1/session", Value::Null);
    let Some(crate::response::SessionCookie::Set(token)) = seen.cookie else { panic!("no cookie") };
    let send = |method: &str, address: &str| {
        let credentials = Credentials { session: Some(token.clone()), ..Credentials::default() };
        world.send_as(credentials, RequestOrigin::OwnPage, method, address, Value::Null)
    };
    world.suffer(FULL);
    world.pass(600);
    assert_eq!(send("POST", &format!("{}/revoke", path(&key))).status, 200);
    assert_eq!(send("DELETE", "/v1/session").status, 204);
    assert_eq!(send("GET", &path(&key)).code(), "auth.invalid");
}

#[test]
fn where_there_is_no_room_even_for_an_event_a_key_is_revoked_without_one() {
    let world = World::with_acme();
    let key = key(&world, "acme");
    let recorded = events(&world);
    world.suffer(OVERFULL);
    world.ok(ROOT, "POST", &format!("{}/revoke", path(&key)), Value::Null);
    world.ok(ROOT, "DELETE", &format!("{ACME}/members/bob"), Value::Null);
    assert_eq!(world.verify(&key, "strong").code(), "revoked");
    world.deliver();
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
    assert_eq!(events(&world), recorded);
}

#[test]
fn a_commit_that_fails_for_another_reason_leaves_no_event_out() {
    let world = World::with_acme();
    let key = key(&world, "acme");
    world.suffer(Faults { no_room_for_events: true, ..Faults::NONE });
    let seen = world.send(ROOT, "POST", &format!("{}/revoke", path(&key)), Value::Null);
    assert_eq!(seen.code(), "server.unavailable");
    assert_eq!(world.verify(&key, "strong").code(), "valid");
}

#[test]
fn an_owner_who_has_used_up_its_share_of_a_ledger_fills_it_for_nobody_else() {
    let world = World::with_acme_in_one_ledger();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other" }));
    let acme = key(&world, "acme");
    world.outside.tamper("UPDATE shares SET bytes = 5400000000 WHERE owner = 'organization:acme'");
    for (method, address, body) in [
        ("POST", format!("{ACME}/keys"), json!({ "title": "x" })),
        ("PATCH", path(&acme), json!({ "title": "x" })),
        ("PUT", format!("{ACME}/members/cat"), json!({ "role": "member" })),
    ] {
        assert_eq!(world.send(ROOT, method, &address, body).code(), "ledger.full");
    }
    key(&world, "other");
    world.ok(ROOT, "DELETE", &format!("{}?revoke=true", path(&acme)), Value::Null);
}

/// What is counted of acme's keys and events.
fn share(world: &World) -> i64 {
    match world.outside.rows("SELECT bytes FROM shares WHERE owner = 'organization:acme'").as_slice() {
        [row] => match row.as_slice() {
            [crate::ledger::sql::SqlValue::Integer(bytes)] => *bytes,
            other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_owners_share_is_what_its_keys_and_events_take_up() {
    let world = World::with_acme();
    let taken = || {
        // A long row has pages of 4,096 bytes of its own.
        let bodies =
            "SELECT sum(CASE WHEN bytes > 700 THEN 4096 * ((bytes + 4095) / 4096) ELSE bytes END + row)
            FROM (SELECT length(CAST(body || search || title || scopes AS BLOB)) AS bytes,
            700 + 5 * length(CAST(search AS BLOB)) AS row FROM keys
            WHERE owner = 'organization:acme'
            UNION ALL SELECT length(CAST(body || search AS BLOB)), 300 FROM events WHERE owner = 'organization:acme')
            HAVING count(*) > 0";
        match world.outside.rows(bodies).as_slice() {
            [row] => row.clone(),
            other => panic!("{other:?}"),
        }
    };
    let assert_counted = || assert_eq!(taken(), [share(&world).into()]);
    assert_counted();
    let made = [key(&world, "acme"), key(&world, "acme")];
    assert_counted();
    world.ok(ROOT, "PATCH", &path(&made[0]), json!({ "metadata": { "ä": "x".repeat(3000) }, "title": "🔑" }));
    assert_counted();
    world.ok(ROOT, "POST", &format!("{}/roll", path(&made[1])), json!({ "grace": 5 }));
    world.ok(ROOT, "DELETE", &format!("{}?revoke=true", path(&made[0])), Value::Null);
    assert_counted();
}

/// Lets alarms ring for so many seconds.
fn ring(world: &World, seconds: u32) {
    let until = world.outside.now().plus_seconds(seconds);
    loop {
        let ledgers = world.outside.ledgers();
        let next = ledgers.iter().filter_map(|ledger| world.next_alarm(ledger)).min();
        let Some(next) = next.filter(|next| *next <= until) else { break };
        world.outside.set_wall(next);
        world.deliver_due();
    }
    world.outside.set_wall(until);
}

const DAY: u32 = 86_400;

#[test]
fn events_are_kept_as_long_as_the_operator_says_and_an_hour_more() {
    let world = World::configured(&[("EVENTS_RETENTION_DAYS", "30")]).and_acme();
    key(&world, "acme");
    let early = events(&world);
    ring(&world, 10 * DAY);
    key(&world, "acme");
    ring(&world, 20 * DAY - 3600);
    assert_eq!(events(&world), early + 1);
    ring(&world, 2 * 3600 + 60);
    assert_eq!(events(&world), 1, "though nobody has asked for anything");
    ring(&world, 10 * DAY);
    assert_eq!((events(&world), share(&world) > 0), (0, true));
    assert_eq!(world.ok(ROOT, "GET", &format!("{ACME}/keys"), Value::Null).body["count"], 2);
    let ledgers = world.outside.ledgers();
    assert_eq!(ledgers.iter().filter_map(|ledger| world.next_alarm(ledger)).min(), None);
}

#[test]
fn old_events_are_deleted_a_few_at_a_time() {
    let world = World::configured(&[("EVENTS_RETENTION_DAYS", "1")]).and_acme();
    for n in 0..500 {
        world.ok(ROOT, "PATCH", ACME, json!({ "name": format!("{n}") }));
    }
    let all = events(&world);
    world.pass(2 * DAY);
    let ledgers = world.outside.ledgers();
    for left in [all - 200, all - 400, 0] {
        for ledger in &ledgers {
            world.next_alarm(ledger);
        }
        assert_eq!(events(&world), left);
    }
}

#[test]
fn without_a_retention_events_are_kept_for_good() {
    let world = World::with_acme();
    let all = events(&world);
    ring(&world, 4000 * DAY);
    assert_eq!(events(&world), all);
}
