//! What somebody has made is found and revoked, whichever keys they used for it.

use serde_json::{Value, json};

use crate::memory::{Made, ROOT, World, after, root_id, user};

const KEYS: &str = "/v1/organizations/acme/keys";

fn revoke(world: &World, who: &str, body: Value) -> Value {
    world.ok(who, "POST", &format!("{KEYS}/revoke"), body).body
}

fn ids(list: &Value) -> Vec<String> {
    let keys = list["keys"].as_array().expect("a list");
    keys.iter().map(|key| key["id"].as_str().expect("an id").to_owned()).collect()
}

fn sorted<const N: usize>(keys: [&Made; N]) -> Vec<String> {
    let mut ids = keys.map(|key| key.id.clone()).to_vec();
    ids.sort();
    ids
}

fn roll(world: &World, who: &str, key: &Made) -> Made {
    let rolled = world.ok(who, "POST", &format!("{KEYS}/{}/roll", key.id), Value::Null);
    Made { id: rolled.text("id"), token: rolled.text("token") }
}

struct Scene {
    world: World,
    /// bob's personal key; what he has made himself, with that key, and with the key that he has made himself.
    personal: Made,
    direct: Made,
    with_personal: Made,
    with_direct: Made,
    /// What the operator has made.
    unrelated: Made,
}

fn scene() -> Scene {
    let world = World::with_acme();
    let all = || json!({ "scopes": ["*"] });
    let make = |who: &str| world.create(who, "organizations/acme", all());
    let personal = world.create(&user("bob"), "users/me", all());
    let direct = make(&user("bob"));
    let (with_personal, with_direct) = (make(&personal.token), make(&direct.token));
    let unrelated = make(ROOT);
    Scene { world, personal, direct, with_personal, with_direct, unrelated }
}

#[test]
fn keys_are_found_by_who_created_them_and_with_which_key() {
    let Scene { world, personal, direct, with_personal, with_direct, unrelated } = scene();
    for (maker, expected) in [
        ("user:bob".to_owned(), sorted([&direct, &with_personal])),
        ("user:ada".to_owned(), vec![]),
        (format!("key:{}", personal.id), sorted([&with_personal])),
        (format!("key:{}", direct.id), sorted([&with_direct])),
        (format!("root:{}", root_id()), sorted([&unrelated])),
        ("root:root_0123456789abcdef".to_owned(), vec![]),
    ] {
        let list =
            world.ok(ROOT, "GET", &format!("{KEYS}?created_by={maker}&order=created_at"), Value::Null).body;
        assert_eq!((ids(&list), &list["count"]), (expected.clone(), &json!(expected.len())), "{maker}");
    }
    for bad in ["ada", "user:", "key:ada", "user:me", "organization:acme"] {
        let seen = world.send(ROOT, "GET", &format!("{KEYS}?created_by={bad}"), Value::Null);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?created_by"), "{bad}");
    }
}

#[test]
fn events_are_found_by_who_caused_them_with_which_key_and_what_was_done() {
    let Scene { world, personal, direct, with_personal, .. } = scene();
    world.ok(&user("bob"), "POST", &format!("{KEYS}/{}/revoke", direct.id), Value::Null);
    let find = |query: &str| {
        let list = world.ok(ROOT, "GET", &format!("/v1/organizations/acme/events?{query}"), Value::Null).body;
        let events = list["events"].as_array().expect("a list").clone();
        assert_eq!(list["count"], events.len());
        let about = |event: &Value| {
            format!(
                "{} {}",
                event["action"].as_str().expect("text"),
                event["key"]["id"].as_str().unwrap_or("-")
            )
        };
        events.iter().map(about).collect::<Vec<_>>()
    };
    let (made, revoked) = (format!("key.created {}", direct.id), format!("key.revoked {}", direct.id));
    let with_key = format!("key.created {}", with_personal.id);
    let by_key = format!("actor=key:{}", personal.id);
    assert_eq!(find("actor=user:bob"), [revoked.clone(), with_key.clone(), made.clone()]);
    assert_eq!(find(&by_key), [with_key.as_str()]);
    assert_eq!(find("actor=user:bob&action=key.revoked"), [revoked.as_str()]);
    assert_eq!(find("action=key.revoked"), [revoked.as_str()]);
    assert_eq!(find(&format!("key={}&actor=user:bob&action=key.created", direct.id)), [made.as_str()]);
    assert_eq!(find(&format!("{by_key}&action=key.deleted")), Vec::<String>::new());
    for bad in ["action=key.made", "action=", "actor=bob"] {
        let seen = world.send(ROOT, "GET", &format!("/v1/organizations/acme/events?{bad}"), Value::Null);
        assert_eq!(seen.code(), "request.bad_parameter", "{bad}");
    }
}

#[test]
fn all_that_somebody_has_made_is_revoked_at_once_with_what_was_made_with_it() {
    let Scene { world, personal, direct, with_personal, with_direct, unrelated } = scene();
    // Rolled by somebody else, and the chain goes on behind the successor.
    let successor = roll(&world, ROOT, &with_direct);
    let deeper = world.create(&successor.token, "organizations/acme", json!({}));
    let expected = sorted([&direct, &with_personal, &successor, &deeper]);
    let before = world.outside.counts().commits;
    let dry = revoke(&world, ROOT, json!({ "created_by": "user:bob", "dry_run": true }));
    assert_eq!(
        (ids(&dry), &dry["dry_run"], &dry["has_more"]),
        (expected.clone(), &json!(true), &json!(false))
    );
    assert_eq!(world.outside.counts().commits, before, "nothing was done");
    let done = revoke(&world, ROOT, json!({ "created_by": "user:bob", "reason": "Bob has left." }));
    assert_eq!((&done["keys"], &done["count"], &done["dry_run"]), (&dry["keys"], &json!(4), &json!(false)));
    assert_eq!(world.outside.counts().commits, before + 1, "all of them or none");
    for key in [&direct, &with_personal, &successor, &deeper] {
        assert_eq!(world.verify(key, "strong").code(), "revoked");
        let shown = world.ok(ROOT, "GET", &format!("{KEYS}/{}", key.id), Value::Null).body;
        assert_eq!(shown["revocation_reason"], "Bob has left.");
        let about = format!("/v1/organizations/acme/events?key={}&action=key.revoked", key.id);
        let event = &world.ok(ROOT, "GET", &about, Value::Null).body["events"][0];
        assert_eq!(event["details"]["created_by"], "user:bob");
    }
    for key in [&unrelated, &personal] {
        assert_eq!(world.verify(key, "strong").code(), "valid");
    }
    world.deliver();
    assert_eq!(world.verify(&deeper, "fast").code(), "revoked");
    let commits = world.outside.counts().commits;
    assert_eq!(revoke(&world, ROOT, json!({ "created_by": "user:bob" }))["count"], 0);
    assert_eq!(world.outside.counts().commits, commits, "where there is nothing to do, nothing is committed");
}

#[test]
fn a_chain_leads_through_keys_that_no_longer_work_or_exist() {
    let Scene { world, direct, with_direct, with_personal, .. } = scene();
    let scheduled = format!("{KEYS}/{}/revoke", with_direct.id);
    world.ok(ROOT, "POST", &scheduled, json!({ "revoke_in": 600, "reason": "planned" }));
    world.ok(ROOT, "DELETE", &format!("{KEYS}/{}?revoke=true", direct.id), Value::Null);
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/revoke", with_personal.id), Value::Null);
    let done = revoke(&world, ROOT, json!({ "created_by": "user:bob" }));
    assert_eq!(ids(&done), [with_direct.id.as_str()]);
    let shown = world.ok(ROOT, "GET", &format!("{KEYS}/{}", with_direct.id), Value::Null).body;
    assert_eq!((&shown["status"], &shown["revocation_reason"]), (&json!("revoked"), &json!("planned")));
}

#[test]
fn expired_keys_are_left_as_they_are() {
    let world = World::with_acme();
    let fields = json!({ "expires_at": after(60).to_string() });
    world.create(&user("bob"), "organizations/acme", fields);
    world.pass(61);
    assert_eq!(revoke(&world, ROOT, json!({ "created_by": "user:bob" }))["count"], 0);
}

#[test]
fn the_calling_key_is_no_exception_and_needs_no_more_than_to_write_keys() {
    let world = World::with_acme();
    let own = world.create(&user("bob"), "organizations/acme", json!({ "scopes": ["keys:write"] }));
    let stronger = world.create(&user("bob"), "organizations/acme", json!({ "scopes": ["*"] }));
    let done = revoke(&world, &own.token, json!({ "created_by": "user:bob" }));
    assert_eq!(ids(&done), sorted([&own, &stronger]));
    assert_eq!(world.verify(&own, "strong").code(), "revoked");
}

#[test]
fn each_owner_has_its_own_keys_even_in_one_ledger() {
    let world = World::with_acme_in_one_ledger();
    let personal = world.create(&user("bob"), "users/me", json!({}));
    let key = world.create(&user("bob"), "organizations/acme", json!({}));
    assert_eq!(ids(&revoke(&world, ROOT, json!({ "created_by": "user:bob" }))), [key.id.as_str()]);
    assert_eq!(world.verify(&personal, "strong").code(), "valid");
    let mine =
        world.ok(&user("bob"), "POST", "/v1/users/me/keys/revoke", json!({ "created_by": "user:bob" }));
    assert_eq!(ids(&mine.body), [personal.id.as_str()]);
}

#[test]
fn the_operators_own_keys_are_revoked_by_the_operator_alone() {
    let world = World::with_acme();
    let place = "/v1/deployment/keys/revoke";
    assert_eq!(world.ok(ROOT, "POST", place, json!({ "created_by": "user:bob" })).body["count"], 0);
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] })).token;
    for who in [user("ada"), key] {
        let seen = world.send(&who, "POST", place, json!({ "created_by": "user:bob" }));
        assert_eq!((seen.status, seen.code()), (404, "owner.not_found"));
    }
}

#[test]
fn a_request_revokes_a_thousand_keys_at_the_most_and_says_that_there_are_more() {
    let world = World::with_acme();
    (0..1001).for_each(|_| drop(world.create(&user("bob"), "organizations/acme", json!({}))));
    let first = revoke(&world, ROOT, json!({ "created_by": "user:bob" }));
    assert_eq!((&first["count"], &first["has_more"]), (&json!(1000), &json!(true)));
    let second = revoke(&world, ROOT, json!({ "created_by": "user:bob" }));
    assert_eq!((&second["count"], &second["has_more"]), (&json!(1), &json!(false)));
}

#[test]
fn keys_that_cannot_be_read_stand_in_the_way_of_no_other() {
    let world = World::with_acme();
    (0..1003).for_each(|_| drop(world.create(&user("bob"), "organizations/acme", json!({}))));
    world
        .outside
        .tamper("UPDATE keys SET body = '{}' WHERE id IN (SELECT id FROM keys ORDER BY id LIMIT 1002)");
    let revoked = revoke(&world, ROOT, json!({ "created_by": "user:bob" }));
    assert_eq!((&revoked["count"], &revoked["unreadable"]), (&json!(1), &json!(1002)));
    assert_eq!(revoked["has_more"], json!(false));
}

#[test]
fn what_is_to_be_revoked_is_said_exactly() {
    let world = World::with_acme();
    for (body, pointer) in [
        (json!({}), "/created_by"),
        (json!({ "created_by": "bob" }), "/created_by"),
        (json!({ "created_by": "user:bob", "dry_run": "yes" }), "/dry_run"),
        (json!({ "created_by": "user:bob", "reason": "" }), "/reason"),
    ] {
        let seen = world.send(ROOT, "POST", &format!("{KEYS}/revoke"), body);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", pointer));
    }
}
