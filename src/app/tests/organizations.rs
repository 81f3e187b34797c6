//! Organizations are created, renamed, listed and deleted, and so are users deleted.

use keyward_core::OwnerId;
use serde_json::{Value, json};

use crate::kv::kv_key_of_member;
use crate::memory::{Faults, ROOT, Seen, World, root_id, user};

const ORGANIZATIONS: &str = "/v1/organizations";

fn place(id: &str) -> String {
    format!("{ORGANIZATIONS}/{id}")
}

fn create(world: &World, who: &str, id: &str) -> Seen {
    world.send(who, "POST", ORGANIZATIONS, json!({ "id": id, "name": id }))
}

/// What the audit trail of an owner says, newest first.
fn trail(world: &World, owner: &str) -> Vec<String> {
    let seen = world.ok(ROOT, "GET", &format!("/v1/{owner}/events?limit=100"), Value::Null);
    let events = seen.body["events"].as_array().expect("list").clone();
    events.iter().map(|event| event["action"].as_str().expect("action").to_owned()).collect()
}

fn ids(list: &Value) -> Vec<&str> {
    let organizations = list["organizations"].as_array().expect("list");
    organizations.iter().map(|organization| organization["id"].as_str().expect("id")).collect()
}

fn organizations_of(world: &World, id: &str) -> Value {
    world.ok(ROOT, "GET", &format!("/v1/users/{id}/organizations"), Value::Null).body
}

// Created and renamed.

#[test]
fn the_operator_creates_an_organization_with_an_owner_or_without() {
    let world = World::new();
    let named = world.send(ROOT, "POST", ORGANIZATIONS, json!({ "id": "a", "name": " A ", "owner": "ada" }));
    assert_eq!((named.status, named.location.as_deref()), (201, Some("/v1/organizations/a")));
    assert_eq!((&named.body["name"], &named.body["created_by"]["type"]), (&json!("A"), &json!("root")));
    assert_eq!(create(&world, ROOT, "b").status, 201);
    let members = |id: &str| {
        world.ok(ROOT, "GET", &format!("{}/members", place(id)), Value::Null).body["members"].clone()
    };
    assert_eq!((&members("a")[0]["user"], &members("a")[0]["role"]), (&json!("ada"), &json!("owner")));
    assert_eq!(members("b"), json!([]));
}

#[test]
fn a_person_who_creates_an_organization_owns_it_and_names_no_other_owner() {
    let world = World::new();
    let created = create(&world, &user("ada"), "a");
    assert_eq!(created.status, 201);
    assert!(created.body["permissions"].to_string().contains("delete_organization"));
    let named = json!({ "id": "b", "name": "B", "owner": "ada" });
    assert_eq!(world.send(&user("ada"), "POST", ORGANIZATIONS, named).pointer(), "/owner");
    assert_eq!(trail(&world, "organizations/a"), ["member.added", "organization.created"]);
}

#[test]
fn an_id_that_is_taken_is_refused_to_everybody_and_nothing_changes() {
    let world = World::with_acme();
    for who in [ROOT, &user("ada"), &user("zoe")] {
        let seen = create(&world, who, "acme");
        assert_eq!((seen.status, seen.code()), (409, "organization.exists"));
    }
    let seen = world.ok(ROOT, "GET", &place("acme"), Value::Null);
    assert_eq!(seen.text("name"), "Acme");
    assert_eq!(trail(&world, "organizations/acme").len(), 3);
}

#[test]
fn keys_create_no_organizations_and_do_not_learn_which_ids_are_taken() {
    let world = World::with_acme();
    create(&world, ROOT, "other");
    let token = |owner: &str| world.create(ROOT, owner, json!({ "scopes": ["*"] })).token;
    for who in [token("users/ada"), token("organizations/acme")] {
        for id in ["acme", "other", "free", "FREE"] {
            let seen = create(&world, &who, id);
            assert_eq!((seen.code(), seen.cost.commits), ("auth.forbidden", 0), "{id}");
        }
    }
}

#[test]
fn ids_that_differ_in_case_alone_are_the_same_whichever_comes_first() {
    for one_ledger in [false, true] {
        for (first, others) in [
            ("acme", ["ACME", "Acme", "acmE"]),
            ("ACME", ["acme", "Acme", "acmE"]),
            ("Acme", ["acme", "ACME", "acmE"]),
        ] {
            let world = World::new();
            world.outside.one_ledger.set(one_ledger);
            assert_eq!(create(&world, ROOT, first).status, 201);
            for other in others.into_iter().chain([first]) {
                assert_eq!(
                    create(&world, &user("zoe"), other).code(),
                    "organization.exists",
                    "{first} {other}"
                );
                let seen = world.send(ROOT, "GET", &place(other), Value::Null);
                assert_eq!(seen.status == 200, first == other, "ids are found as they were given");
            }
            world.ok(ROOT, "DELETE", &place(first), Value::Null);
            for other in others.into_iter().chain([first]) {
                assert_eq!(create(&world, ROOT, other).code(), "organization.exists", "not even afterwards");
            }
        }
    }
}

#[test]
fn a_creation_whose_answer_was_lost_can_be_repeated() {
    let world = World::new();
    world.suffer(Faults { ledgers_late: true, ..Faults::NONE });
    // The first ledger that is asked is that of the id in lower case.
    assert_eq!(create(&world, ROOT, "ACME").code(), "server.unavailable");
    world.suffer(Faults::NONE);
    assert_eq!(create(&world, ROOT, "acme").code(), "organization.exists", "it is claimed");
    assert_eq!(create(&world, ROOT, "ACME").status, 201);
    world.suffer(Faults { ledgers_late: true, ..Faults::NONE });
    assert_eq!(create(&world, ROOT, "other").code(), "server.unavailable");
    world.suffer(Faults::NONE);
    assert_eq!(
        create(&world, ROOT, "other").code(),
        "organization.exists",
        "trying again says that it was done"
    );
}

#[test]
fn a_person_creates_a_hundred_organizations_at_most() {
    let world = World::new();
    let ada = user("ada");
    for number in 0..100 {
        assert_eq!(create(&world, &ada, &format!("o{number}")).status, 201);
    }
    for told in [false, true] {
        let seen = create(&world, &ada, "More");
        assert_eq!((seen.code(), seen.cost.commits), ("user.organization_limit", 0), "{told}");
        world.deliver();
        world.pass(3600);
    }
    assert_eq!(create(&world, &user("bob"), "more").status, 201, "no id was taken");
    assert_eq!(create(&world, ROOT, "of-root").status, 201, "the operator has no limit");
    // Leaving changes nothing: it exists. Deleting does.
    world.ok(ROOT, "PUT", &format!("{}/members/eve", place("o1")), json!({ "role": "owner" }));
    world.ok(&ada, "DELETE", &format!("{}/members/me", place("o1")), Value::Null);
    world.settle();
    assert_eq!(create(&world, &ada, "again").code(), "user.organization_limit");
    world.ok(&user("eve"), "DELETE", &place("o1"), Value::Null);
    world.settle();
    assert_eq!(create(&world, &ada, "again").status, 201);
}

#[test]
fn ids_that_turn_out_to_be_taken_count_for_some_minutes_only() {
    let world = World::with_acme();
    let zoe = user("zoe");
    for number in 0..100 {
        create(&world, ROOT, &format!("o{number}"));
        assert_eq!(create(&world, &zoe, &format!("o{number}")).code(), "organization.exists");
    }
    assert_eq!(create(&world, &zoe, "free").code(), "user.organization_limit");
    world.pass(601);
    assert_eq!(create(&world, &zoe, "free").status, 201);
    assert_eq!(
        world.outside.rows("SELECT * FROM memberships WHERE user = 'zoe'").len(),
        1,
        "they are forgotten"
    );
}

#[test]
fn renaming_takes_an_admin_and_the_same_name_changes_nothing() {
    let world = World::with_acme();
    let rename =
        |who: &str, name: &str| world.send(&user(who), "PATCH", &place("acme"), json!({ "name": name }));
    assert_eq!(rename("bob", "Bob's").code(), "auth.forbidden");
    assert_eq!(rename("zoe", "Zoe's").code(), "owner.not_found");
    assert_eq!(rename("ada", "Acme 2").text("name"), "Acme 2");
    let again = rename("ada", " Acme 2 ");
    assert_eq!((again.status, again.cost.commits), (200, 0));
    assert_eq!(trail(&world, "organizations/acme")[0], "organization.renamed");
    let missing = world.send(ROOT, "PATCH", &place("none"), json!({ "name": "x" }));
    assert_eq!(missing.code(), "owner.not_found", "nothing is created by renaming");
}

// Listed.

#[test]
fn the_operator_lists_and_searches_every_organization() {
    let world = World::with_acme();
    for (id, name) in [("globex", "Globex Corp."), ("Initech", "Init & ÄTE"), ("zz", "acme's friends")] {
        world.ok(ROOT, "POST", ORGANIZATIONS, json!({ "id": id, "name": name }));
    }
    world.deliver();
    let list = |query: &str| world.ok(ROOT, "GET", &format!("{ORGANIZATIONS}?{query}"), Value::Null).body;
    let all = list("");
    assert_eq!(ids(&all), ["Initech", "acme", "globex", "zz"]);
    assert_eq!((&all["count"], &all["limit"], &all["offset"]), (&json!(4), &json!(20), &json!(0)));
    let created_at = world.ok(ROOT, "GET", &place("acme"), Value::Null).text("created_at");
    let acme = json!({
        "id": "acme", "name": "Acme", "created_at": created_at, "created_by": { "type": "root", "id": root_id() },
    });
    assert_eq!(all["organizations"][1], acme);
    for (query, expected) in [
        ("q=ACME", vec!["acme", "zz"]),
        ("q=initech", vec!["Initech"]),
        ("q=%C3%A4te", vec!["Initech"]),
        ("q=%25", vec![]),
        ("q=+", vec!["Initech", "acme", "globex", "zz"]),
        ("limit=1&offset=2", vec!["globex"]),
    ] {
        assert_eq!(ids(&list(query)), expected, "{query}");
    }
    world.ok(ROOT, "PATCH", &place("acme"), json!({ "name": "Renamed" }));
    world.ok(ROOT, "DELETE", &place("zz"), Value::Null);
    world.deliver();
    assert_eq!(ids(&list("q=acme")), ["acme"]);
    assert_eq!(ids(&list("q=renamed")), ["acme"]);
    assert_eq!(list("")["count"], 3);
}

#[test]
fn an_older_message_changes_nothing_in_the_directory() {
    let world = World::with_acme();
    let late = world.outside.waiting();
    assert_eq!(late, [], "all is delivered");
    world.ok(ROOT, "PATCH", &place("acme"), json!({ "name": "Second" }));
    let late = world.outside.waiting();
    world.ok(ROOT, "DELETE", &place("acme"), Value::Null);
    world.deliver();
    for delivery in late {
        crate::memory::run(delivery.deliver(&world.outside)).expect("delivered");
    }
    let listed = world.ok(ROOT, "GET", ORGANIZATIONS, Value::Null).body;
    assert_eq!(listed["organizations"], json!([]));
    assert_eq!(organizations_of(&world, "ada")["organizations"], json!([]));
}

// Deleted.

/// What everybody but the operator is answered about acme.
fn seen_of_acme(world: &World, who: &str) -> Vec<Value> {
    let paths = ["", "/keys", "/members", "/members/me", "/events", "/invitations"];
    paths.map(|path| world.send(who, "GET", &format!("{}{path}", place("acme")), Value::Null).body).to_vec()
}

#[test]
fn a_deleted_organization_looks_as_if_it_had_never_existed_and_its_events_remain_for_the_operator() {
    let world = World::with_acme();
    let ada = user("ada");
    let key = world.create(&ada, "organizations/acme", json!({ "scopes": ["*"] }));
    let of_bob = world.create(&user("bob"), "users/me", json!({ "scopes": ["*"] }));
    world.ok(
        &ada,
        "POST",
        &format!("{}/invitations", place("acme")),
        json!({ "user": "ida", "role": "member" }),
    );
    world.deliver();
    let refused = world.send(&ada, "DELETE", &place("acme"), Value::Null);
    assert_eq!((refused.status, refused.code(), refused.cost.commits), (409, "owner.has_keys", 0));
    world.ok(&ada, "DELETE", &format!("{}?revoke=true", place("acme")), Value::Null);
    assert_eq!(world.verify(&key, "strong").code(), "unknown");
    assert_eq!(
        world
            .ask(ROOT, json!({ "key": of_bob.token, "organization": "acme", "consistency": "strong" }))
            .code(),
        "not_a_member"
    );
    world.settle();
    world.forget();
    world.pass(60);
    assert_eq!(world.verify(&key, "fast").code(), "unknown");
    assert_eq!(
        world.ask(ROOT, json!({ "key": of_bob.token, "organization": "acme" })).code(),
        "not_a_member"
    );
    assert_eq!(world.send(&key.token, "GET", "/v1/whoami", Value::Null).code(), "auth.invalid");
    let untouched = World::new();
    for who in ["ada", "bob", "ida"] {
        assert_eq!(seen_of_acme(&world, &user(who)), seen_of_acme(&untouched, &user(who)), "{who}");
        assert_eq!(organizations_of(&world, who)["organizations"], json!([]), "{who}");
        let invitations = world.ok(ROOT, "GET", &format!("/v1/users/{who}/invitations"), Value::Null);
        assert_eq!(invitations.body["count"], 0);
        let kv_key =
            kv_key_of_member(&OwnerId::parse("acme").expect("id"), &OwnerId::parse(who).expect("id"));
        let stored = world.outside.stored(&kv_key);
        assert!(stored.is_none_or(|text| text == r#"{"v":1,"role":null}"#), "{who}");
    }
    for table in ["keys WHERE owner = 'organization:acme'", "members", "invitations"] {
        assert_eq!(world.outside.rows(&format!("SELECT * FROM {table}")).len(), 0, "{table}");
    }
    let expected =
        ["organization.deleted", "key.revoked", "invitation.created", "key.created", "member.added"];
    assert_eq!(trail(&world, "organizations/acme")[..5], expected);
    assert_eq!(trail(&world, "deployment"), ["organization.deleted"]);
    let reader = |scopes: &[&str]| world.create(ROOT, "deployment", json!({ "scopes": scopes })).token;
    let events = |who: &str| {
        world.send(who, "GET", &format!("{}/events", place("acme")), Value::Null).code().to_owned()
    };
    assert_eq!(events(&reader(&["events:read"])), "ok");
    assert_eq!(events(&reader(&["organizations:read"])), "auth.insufficient_scope");
    assert_eq!(
        world.send(ROOT, "GET", &format!("{}/keys", place("acme")), Value::Null).code(),
        "owner.not_found"
    );
    assert_eq!(world.send(ROOT, "DELETE", &place("acme"), Value::Null).code(), "owner.not_found");
    for who in [ROOT, ada.as_str()] {
        assert_eq!(
            create(&world, who, "acme").code(),
            "organization.exists",
            "no later one reads its events"
        );
    }
}

#[test]
fn only_owners_and_the_operator_delete_an_organization_and_expired_or_revoked_keys_do_not_prevent_it() {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", &format!("{}/members/cat", place("acme")), json!({ "role": "admin" }));
    let key = world.create(ROOT, "organizations/acme", json!({}));
    world.ok(ROOT, "POST", &format!("{}/keys/{}/revoke", place("acme"), key.id), Value::Null);
    let expires_at = crate::memory::after(30).to_string();
    world.create(ROOT, "organizations/acme", json!({ "expires_at": expires_at }));
    world.pass(60);
    let delete = |who: &str| world.send(who, "DELETE", &place("acme"), Value::Null).code().to_owned();
    let key = |scopes: &[&str]| world.create(ROOT, "deployment", json!({ "scopes": scopes })).token;
    assert_eq!(
        (delete(&user("cat")), delete(&user("zoe"))),
        ("auth.forbidden".into(), "owner.not_found".into())
    );
    let personal = world.create(ROOT, "users/ada", json!({ "scopes": ["*"] })).token;
    assert_eq!(delete(&personal), "auth.forbidden", "no personal key does");
    assert_eq!(delete(&key(&["keys:write"])), "auth.insufficient_scope");
    assert_eq!(delete(&key(&["organizations:write"])), "ok");
}

#[test]
fn a_deleted_user_is_gone_everywhere_even_as_the_last_owner_and_the_events_remain_for_the_operator() {
    let world = World::with_acme();
    let ada = user("ada");
    let key = world.create(&ada, "users/me", json!({ "scopes": ["*"] }));
    let session = world.ok(&ada, "POST", "/v1/session", Value::Null);
    assert!(session.cookie.is_some());
    world.ok(&key.token, "POST", "/v1/session", Value::Null);
    world.ok(&user("gus"), "POST", ORGANIZATIONS, json!({ "id": "other", "name": "Other" }));
    world.ok(
        &user("gus"),
        "POST",
        &format!("{}/invitations", place("other")),
        json!({ "user": "ada", "role": "member" }),
    );
    world.deliver();
    for who in [ada.as_str(), key.token.as_str()] {
        assert_eq!(
            world.send(who, "DELETE", "/v1/users/me?revoke=true", Value::Null).code(),
            "auth.forbidden"
        );
    }
    assert_eq!(world.send(ROOT, "DELETE", "/v1/users/ada", Value::Null).code(), "owner.has_keys");
    world.ok(ROOT, "DELETE", "/v1/users/ada?revoke=true", Value::Null);
    assert_eq!(world.verify(&key, "strong").code(), "unknown");
    world.settle();
    world.forget();
    world.pass(60);
    assert_eq!(world.verify(&key, "fast").code(), "unknown");
    let members = world.ok(ROOT, "GET", &format!("{}/members", place("acme")), Value::Null).body;
    assert_eq!((&members["count"], &members["members"][0]["user"]), (&json!(1), &json!("bob")));
    let pending = world.ok(ROOT, "GET", &format!("{}/invitations", place("other")), Value::Null).body;
    assert_eq!(pending["count"], 0);
    for table in
        ["sessions", "memberships WHERE user = 'ada' AND until IS NULL", "keys WHERE owner = 'user:ada'"]
    {
        assert_eq!(world.outside.rows(&format!("SELECT * FROM {table}")).len(), 0, "{table}");
    }
    let kv_key = kv_key_of_member(&OwnerId::parse("acme").expect("id"), &OwnerId::parse("ada").expect("id"));
    assert_eq!(world.outside.stored(&kv_key).as_deref(), Some(r#"{"v":1,"role":null}"#));
    assert_eq!(trail(&world, "users/ada"), ["user.deleted", "key.revoked", "key.created"]);
    assert_eq!(trail(&world, "deployment"), ["user.deleted"]);
    assert_eq!(trail(&world, "organizations/acme")[0], "member.removed");
    let removed = world.ok(ROOT, "GET", &format!("{}/events?limit=1", place("acme")), Value::Null).body;
    assert_eq!(removed["events"][0]["actor"], json!({ "type": "root", "id": root_id() }));
    for path in ["/keys", "/events", "/organizations", "/invitations"] {
        assert_eq!(
            world.send(&ada, "GET", &format!("/v1/users/me{path}"), Value::Null).code(),
            "owner.not_found"
        );
    }
    assert_eq!(create(&world, &ada, "mine").code(), "auth.forbidden");
}

#[test]
fn whoever_is_added_or_invited_after_their_deletion_does_not_stay() {
    let world = World::with_acme();
    world.ok(ROOT, "DELETE", "/v1/users/eve", Value::Null);
    world.ok(ROOT, "PUT", &format!("{}/members/eve", place("acme")), json!({ "role": "member" }));
    world.settle();
    assert_eq!(
        world.send(ROOT, "GET", &format!("{}/members/eve", place("acme")), Value::Null).code(),
        "member.not_found"
    );
    world.ok(
        ROOT,
        "POST",
        &format!("{}/invitations", place("acme")),
        json!({ "user": "eve", "role": "member" }),
    );
    world.settle();
    let pending = world.ok(ROOT, "GET", &format!("{}/invitations", place("acme")), Value::Null).body;
    assert_eq!(pending["count"], 0);
}

#[test]
fn memberships_that_have_ended_are_forgotten_after_thirty_days() {
    let world = World::with_acme();
    for number in 0..5 {
        let id = format!("o{number}");
        create(&world, ROOT, &id);
        world.ok(ROOT, "PUT", &format!("{}/members/zoe", place(&id)), json!({ "role": "member" }));
        world.ok(ROOT, "DELETE", &format!("{}/members/zoe", place(&id)), Value::Null);
    }
    world.deliver();
    let rows = || world.outside.rows("SELECT * FROM memberships WHERE user = 'zoe'").len();
    assert_eq!(rows(), 5, "late messages have to find them");
    world.pass(30 * 86_400);
    world.ok(ROOT, "PUT", &format!("{}/members/zoe", place("acme")), json!({ "role": "member" }));
    world.deliver();
    assert_eq!(rows(), 1);
    let list = world.ok(&user("zoe"), "GET", "/v1/users/me/organizations?limit=1&offset=0", Value::Null).body;
    assert_eq!((ids(&list), &list["count"], &list["limit"]), (vec!["acme"], &json!(1), &json!(1)));
}
