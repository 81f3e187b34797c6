//! Rows that cannot be read: as a rollback leaves them, or worse. Everything else goes on.

use serde_json::{Value, json};

use crate::memory::{Faults, Made, NOBODY, ROOT, World, user};
use crate::ports::Clock;

pub(super) const ACME: &str = "/v1/organizations/acme";

/// A deployment with three keys of acme that have reached KV.
pub(super) fn with_keys() -> (World, [Made; 3]) {
    let world = World::with_acme();
    let keys =
        ["a", "b", "c"].map(|title| world.create(ROOT, "organizations/acme", json!({ "title": title })));
    world.settle();
    world.pass(61);
    (world, keys)
}

fn revoke(world: &World, key: &Made) {
    world.ok(ROOT, "POST", &format!("{ACME}/keys/{}/revoke", key.id), Value::Null);
}

pub(super) fn list(world: &World, who: &str, address: &str, what: &str, field: &str) -> (Vec<String>, Value) {
    let seen = world.ok(who, "GET", address, Value::Null).body;
    let shown = seen[what].as_array().expect("a list").iter();
    (shown.map(|one| one[field].as_str().expect("text").to_owned()).collect(), seen["unreadable"].clone())
}

#[test]
fn deliveries_that_cannot_be_read_hold_up_no_other_and_ring_no_alarm_for_an_hour() {
    let (world, [key, ..]) = with_keys();
    world.outside.tamper(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
         INSERT INTO outbox (destination, lane, owner, urgency, body, revision, not_before, attempts)
         SELECT 'later:' || i, 'kv', 'organization:acme', 0, '{\"Queue\":{\"to\":1}}', 1, 5, 0 FROM n UNION ALL
         SELECT 'broken:' || i, 'ledgers', 'organization:acme', 0, 'no JSON', 1, 5, 0 FROM n UNION ALL
         SELECT 'numbers:' || i, 'kv', 'organization:acme', 1, '{}', 'x', 5, 'y' FROM n UNION ALL
         SELECT 'lane:' || i, 'queues', 'organization:acme', 1, '{}', 1, 5, 0 FROM n",
    );
    revoke(&world, &key);
    world.ok(ROOT, "PUT", &format!("{ACME}/members/zoe"), json!({ "role": "member" }));
    world.deliver();
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
    let (organizations, _) = list(&world, &user("zoe"), "/v1/users/me/organizations", "organizations", "id");
    assert_eq!(organizations, ["acme"]);
    let ledgers = world.outside.ledgers();
    let next = ledgers.iter().filter_map(|ledger| world.next_alarm(ledger)).min().expect("an alarm");
    assert!(next >= world.outside.now().plus_seconds(3_590));
}

#[test]
fn a_delivery_that_cannot_be_read_is_replaced_by_the_next_to_its_destination() {
    let (world, [key, ..]) = with_keys();
    revoke(&world, &key);
    world.outside.tamper("UPDATE outbox SET body = '{}' WHERE not_before IS NOT NULL");
    world.deliver();
    let kv_key = crate::kv::kv_key_of_digest(&keyward_core::KeyDigest::of(&key.token));
    let is_told = || world.outside.stored(&kv_key).is_some_and(|copy| !copy.contains(r#""revocation":null"#));
    assert!(!is_told(), "KV has not been told");
    world.ok(ROOT, "PATCH", &format!("{ACME}/keys/{}", key.id), json!({ "title": "x" }));
    world.deliver();
    assert!(is_told());
}

#[test]
fn a_key_that_cannot_be_read_is_unavailable_and_the_others_are_listed_and_counted() {
    let (world, [a, b, c]) = with_keys();
    world.outside.tamper("UPDATE keys SET body = replace(body, '\"revocation\":null', '') WHERE title = 'b'");
    let (shown, unreadable) = list(&world, ROOT, &format!("{ACME}/keys"), "keys", "id");
    assert_eq!((shown, unreadable), (vec![c.id.clone(), a.id.clone()], json!(1)));
    let page = world.ok(ROOT, "GET", &format!("{ACME}/keys?limit=1&offset=1"), Value::Null).body;
    assert_eq!((&page["keys"], &page["count"], &page["unreadable"]), (&json!([]), &json!(3), &json!(1)));
    for method in ["GET", "DELETE"] {
        let seen = world.send(ROOT, method, &format!("{ACME}/keys/{}", b.id), Value::Null);
        assert_eq!(seen.code(), "server.unavailable");
    }
    assert_eq!(world.verify(&b, "strong").code(), "server.unavailable");
    for key in [a, c] {
        assert_eq!(world.verify(&key, "strong").code(), "valid");
        revoke(&world, &key);
    }
}

#[test]
fn events_that_cannot_be_read_are_left_out_of_the_list_and_counted() {
    let (world, [a, ..]) = with_keys();
    world.outside.tamper(
        "UPDATE events SET body = '{\"at\":1}' WHERE body LIKE '%key.created%' AND body LIKE '%\"a\"%'",
    );
    let events = world.ok(ROOT, "GET", &format!("{ACME}/events"), Value::Null).body;
    let shown = events["events"].as_array().expect("a list").len();
    assert_eq!((events["unreadable"].clone(), events["count"].clone()), (json!(1), json!(shown + 1)));
    let of_key = world.ok(ROOT, "GET", &format!("{ACME}/events?key={}", a.id), Value::Null).body;
    assert_eq!((&of_key["events"], &of_key["unreadable"]), (&json!([]), &json!(1)));
}

#[test]
fn a_member_who_cannot_be_read_has_no_rights_and_the_others_are_listed_and_told() {
    let (world, _) = with_keys();
    world.outside.tamper("UPDATE members SET body = '{\"role\":\"owner\"}' WHERE user = 'bob'");
    let (members, unreadable) = list(&world, &user("ada"), &format!("{ACME}/members"), "members", "user");
    assert_eq!((members, unreadable), (vec!["ada".to_owned()], json!(1)));
    for (method, address) in [("GET", ACME.to_owned()), ("GET", format!("{ACME}/members/bob"))] {
        assert_eq!(world.send(&user("bob"), method, &address, Value::Null).code(), "server.unavailable");
    }
    world.ok(&user("ada"), "PATCH", ACME, json!({ "name": "Renamed" }));
    world.deliver();
    let told = world.ok(&user("ada"), "GET", "/v1/whoami", Value::Null).body;
    assert_eq!(told["organizations"][0]["name"], "Renamed");
    assert_eq!(world.send(NOBODY, "GET", ACME, Value::Null).status, 401);
}

#[test]
fn an_organization_is_not_left_to_an_owner_who_cannot_be_read() {
    let (world, _) = with_keys();
    world.ok(ROOT, "PUT", &format!("{ACME}/members/bob"), json!({ "role": "owner" }));
    let leave = || world.send(&user("ada"), "DELETE", &format!("{ACME}/members/me"), Value::Null);
    for body in ["'no JSON'", "'{}'", "replace(body, '\"owner\"', '\"member\"')"] {
        let sql = format!("UPDATE members SET body = {body} WHERE user = 'bob'");
        world.outside.tamper(Box::leak(sql.into_boxed_str()));
        assert_eq!(leave().code(), "member.last_owner", "{body}");
    }
    world.ok(ROOT, "PUT", &format!("{ACME}/members/cat"), json!({ "role": "owner" }));
    assert_eq!(leave().status, 200);
}

#[test]
fn a_membership_that_cannot_be_read_is_left_out_until_the_organization_tells_it_anew() {
    let (world, _) = with_keys();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other", "owner": "bob" }));
    world.settle();
    world.outside.tamper("UPDATE memberships SET body = '[]' WHERE organization = 'acme'");
    let organizations = || list(&world, &user("bob"), "/v1/users/me/organizations", "organizations", "id");
    assert_eq!(organizations(), (vec!["other".to_owned()], json!(1)));
    assert_eq!(
        world.ok(&user("bob"), "GET", "/v1/whoami", Value::Null).body["organizations"][0]["id"],
        "other"
    );
    world.ok(ROOT, "PATCH", ACME, json!({ "name": "Renamed" }));
    world.deliver();
    assert_eq!(organizations(), (vec!["acme".to_owned(), "other".to_owned()], json!(0)));
}

#[test]
fn what_cannot_be_read_is_told_from_storage_that_cannot_be_reached() {
    let (world, [a, ..]) = with_keys();
    world.outside.tamper("UPDATE keys SET body = '{}'; UPDATE organizations SET body = '[]'");
    for (method, address) in [
        ("GET", format!("{ACME}/keys/{}", a.id)),
        ("DELETE", format!("{ACME}/keys/{}", a.id)),
        ("GET", ACME.to_owned()),
    ] {
        let seen = world.send(ROOT, method, &address, Value::Null);
        assert_eq!((seen.status, seen.code()), (503, "server.unavailable"));
        assert_eq!(seen.text("detail"), "What is stored of this cannot be read.");
    }
    world.suffer(Faults { reads_fail: true, ..Faults::NONE });
    let seen = world.send(ROOT, "GET", ACME, Value::Null);
    assert_eq!((seen.code(), &seen.body["detail"]), ("server.unavailable", &Value::Null));
}
