//! Organizations are created, renamed and listed.

use serde_json::{Value, json};

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
        assert_eq!((seen.status, seen.code(), seen.pointer()), (409, "organization.exists", "/id"));
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
                let seen = create(&world, &user("zoe"), other);
                assert_eq!((seen.code(), seen.pointer()), ("organization.exists", "/id"), "{first} {other}");
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
