//! Requests that may be sent twice are carried out once, and no key's text is stored for that.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::memory::{Faults, Made, ROOT, Seen, World, config, user};

const KEYS: &str = "/v1/organizations/acme/keys";
const RETRY: &str = "0123456789abcdef-\"quoted\"";

fn create(world: &World, who: &str, retry: &str, title: &str) -> Seen {
    world.send_with(retry, who, "POST", KEYS, json!({ "title": title }))
}

fn roll(world: &World, who: &str, retry: &str, key: &str, body: Value) -> Seen {
    world.send_with(retry, who, "POST", &format!("{KEYS}/{key}/roll"), body)
}

/// How many keys there are, and how many events.
fn stored(world: &World) -> (usize, usize) {
    (world.outside.keys().len(), world.outside.rows("SELECT id FROM events").len())
}

fn same(first: &Seen, again: &Seen) {
    assert_eq!(again.body, first.body);
    assert_eq!((again.status, &again.location), (first.status, &first.location));
}

#[test]
fn a_create_whose_answer_was_lost_is_answered_again_with_the_same_key() {
    let world = World::with_acme();
    world.suffer(Faults { ledgers_late: true, ..Faults::NONE });
    assert_eq!(create(&world, ROOT, RETRY, "CI").code(), "server.unavailable");
    world.suffer(Faults::NONE);
    let before = stored(&world);
    let first = create(&world, ROOT, RETRY, "CI");
    assert_eq!((first.status, stored(&world)), (201, before), "it had been created");
    let key = Made { id: first.text("id"), token: first.text("token") };
    assert_eq!(world.verify(&key, "strong").code(), "valid");
    // A day less a moment later, after a deployment, and in other words.
    world.pass(86_389);
    world.deliver();
    world.outside.evict_ledgers();
    let again = world.send_with(RETRY, ROOT, "POST", KEYS, json!({ "scopes": [], "title": " CI " }));
    same(&first, &again);
    assert_eq!((again.cost.commits, stored(&world)), (0, before));
}

#[test]
fn a_roll_that_is_sent_again_makes_one_successor() {
    let world = World::with_acme();
    let old = world.create(ROOT, "organizations/acme", json!({ "scopes": ["a"] }));
    let first = roll(&world, ROOT, RETRY, &old.id, json!({ "grace": 60 }));
    let before = stored(&world);
    same(&first, &roll(&world, ROOT, RETRY, &old.id, json!({ "grace": 60, "keep_revocation": true })));
    assert_eq!((first.status, stored(&world)), (201, before));
    let new = Made { id: first.text("id"), token: first.text("token") };
    assert_eq!(world.verify(&new, "strong").code(), "valid");
    assert_eq!(
        roll(&world, ROOT, "another text of sixteen", &old.id, Value::Null).code(),
        "key.already_rolled"
    );
}

#[test]
fn publishable_and_personal_keys_are_answered_again_as_well() {
    let world = World::with_acme();
    let publishable =
        || world.send_with(RETRY, ROOT, "POST", KEYS, json!({ "title": "x", "type": "publishable" }));
    let first = publishable();
    same(&first, &publishable());
    assert!(first.text("token").starts_with("kw_pk_test_"));
    let personal =
        || world.send_with(RETRY, &user("ada"), "POST", "/v1/users/me/keys", json!({ "title": "x" }));
    let first = personal();
    same(&first, &personal());
    assert!(first.text("token").starts_with("kw_pat_test_"));
}

#[test]
fn another_request_with_the_same_idempotency_key_is_refused_and_changes_nothing() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    let first = create(&world, ROOT, RETRY, "CI");
    let before = stored(&world);
    for seen in [
        create(&world, ROOT, RETRY, "CD"),
        roll(&world, ROOT, RETRY, &key.id, Value::Null),
        roll(&world, ROOT, RETRY, &first.text("id"), Value::Null),
    ] {
        assert_eq!((seen.status, seen.code()), (422, "idempotency.mismatch"));
        assert!(!seen.body.to_string().contains("kw_"));
    }
    assert_eq!(stored(&world), before);
}

#[test]
fn an_idempotency_key_counts_for_one_caller_and_one_owner() {
    let world = World::with_acme_in_one_ledger();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other" }));
    let callers = [
        ROOT.to_owned(),
        user("ada"),
        user("bob"),
        world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] })).token,
        world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] })).token,
    ];
    let mut tokens: Vec<String> =
        callers.iter().map(|who| create(&world, who, RETRY, "CI").text("token")).collect();
    let other = "/v1/organizations/other/keys";
    tokens.push(world.send_with(RETRY, ROOT, "POST", other, json!({ "title": "CI" })).text("token"));
    let count = tokens.len();
    tokens.sort();
    tokens.dedup();
    assert_eq!(tokens.len(), count, "nobody is given the key of another");
}

#[test]
fn who_may_no_longer_do_it_is_not_answered_again() {
    let world = World::with_acme();
    assert_eq!(create(&world, &user("bob"), RETRY, "CI").status, 201);
    world.ok(ROOT, "DELETE", "/v1/organizations/acme/members/bob", Value::Null);
    assert_eq!(create(&world, &user("bob"), RETRY, "CI").code(), "owner.not_found");
}

#[test]
fn the_answer_stays_as_it_was_whatever_becomes_of_the_key() {
    let world = World::with_acme();
    let first = create(&world, ROOT, RETRY, "CI");
    let key = format!("{KEYS}/{}", first.text("id"));
    world.ok(ROOT, "PATCH", &key, json!({ "title": "Renamed" }));
    same(&first, &create(&world, ROOT, RETRY, "CI"));
    world.ok(ROOT, "DELETE", &format!("{key}?revoke=true"), Value::Null);
    same(&first, &create(&world, ROOT, RETRY, "CI"));
    assert_eq!(world.outside.keys().len(), 0, "it is not created anew");
}

#[test]
fn a_rotated_seal_key_still_answers_and_one_that_is_gone_does_not() {
    let (old, new) = ("5e".repeat(32), "c4".repeat(32));
    let world = World::with_acme();
    let first = create(&world, ROOT, RETRY, "CI");
    let rotate = |ring: &str| world.outside.config.replace(Rc::new(config(&[("SEAL_KEYS", ring)])));
    rotate(&format!("{new},{old}"));
    same(&first, &create(&world, ROOT, RETRY, "CI"));
    rotate(&new);
    let lost = create(&world, ROOT, RETRY, "CI");
    assert_eq!((lost.status, lost.code()), (409, "idempotency.lost"));
    assert_eq!(world.outside.keys().len(), 1);
}

#[test]
fn an_idempotency_key_is_forgotten_after_a_day_with_the_next_commit() {
    let world = World::with_acme();
    let first = create(&world, ROOT, RETRY, "CI");
    let rows = || world.outside.rows("SELECT digest FROM idempotency").len();
    world.pass(86_401);
    assert_eq!(rows(), 1);
    world.create(ROOT, "organizations/acme", json!({}));
    assert_eq!(rows(), 0);
    let second = create(&world, ROOT, RETRY, "CI");
    assert!(second.status == 201 && second.text("token") != first.text("token"));
    world.pass(86_401);
    // Not even then, if nothing was committed in between.
    let third = create(&world, ROOT, RETRY, "CI");
    assert!(third.status == 201 && third.text("token") != second.text("token"));
}

#[test]
fn neither_the_text_of_a_key_nor_of_an_idempotency_key_is_stored_for_it() {
    let world = World::with_acme();
    let first = create(&world, ROOT, RETRY, "CI");
    let rolled = roll(&world, ROOT, "another text of sixteen", &first.text("id"), Value::Null);
    let rows = format!("{:?}", world.outside.rows("SELECT * FROM idempotency"));
    for secret in
        [first.text("token"), rolled.text("token"), "0123456789abcdef".into(), "another text".into()]
    {
        let tail = secret.get(secret.len() - 10..).expect("ASCII");
        assert!(!rows.contains(&secret) && !rows.contains(tail), "{secret}");
    }
}

#[test]
fn a_failed_commit_leaves_no_answer_behind() {
    let world = World::with_acme();
    world.suffer(Faults { commits_fail: true, ..Faults::NONE });
    assert_eq!(create(&world, ROOT, RETRY, "CI").code(), "server.unavailable");
    world.suffer(Faults::NONE);
    assert_eq!(create(&world, ROOT, RETRY, "another title").status, 201);
}

#[test]
fn an_idempotency_key_of_another_form_is_refused_where_one_is_taken_and_ignored_elsewhere() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    for bad in ["", "0123456789abcde", "0123456789abcdeé", &"x".repeat(256)] {
        for seen in [create(&world, ROOT, bad, "CI"), roll(&world, ROOT, bad, &key.id, Value::Null)] {
            assert_eq!((seen.status, seen.code()), (400, "request.bad_idempotency_key"));
            assert_eq!(seen.cost.commits, 0);
        }
        let patch =
            world.send_with(bad, ROOT, "PATCH", &format!("{KEYS}/{}", key.id), json!({ "title": "x" }));
        assert_eq!(patch.status, 200);
    }
}
