//! Who may add, change and remove members, admins and owners.

use serde_json::{Value, json};

use crate::memory::{ROOT, Seen, World, claiming, user};

fn place(id: &str) -> String {
    format!("/v1/organizations/acme/members/{id}")
}

/// acme with ada (owner), cat (admin) and bob (member).
fn world() -> World {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", &place("cat"), json!({ "role": "admin" }));
    world
}

fn put(world: &World, who: &str, id: &str, role: &str) -> Seen {
    world.send(&user(who), "PUT", &place(id), json!({ "role": role }))
}

fn remove(world: &World, who: &str, id: &str) -> Seen {
    world.send(&user(who), "DELETE", &place(id), Value::Null)
}

#[test]
fn what_a_member_may_do_to_another_depends_on_the_roles_of_both() {
    let world = || {
        let world = World::configured(&[("MEMBERS_JOIN", "directly")]).and_acme();
        world.ok(ROOT, "PUT", &place("cat"), json!({ "role": "admin" }));
        world
    };
    // Who calls, about whom, and the status of: making a member, admin, owner; removing.
    for (who, id, statuses) in [
        ("ada", "bob", [200, 200, 200, 200]),
        ("ada", "cat", [200, 200, 200, 200]),
        ("ada", "new", [201, 201, 201, 404]),
        ("cat", "bob", [200, 200, 403, 200]),
        ("cat", "new", [201, 201, 403, 404]),
        ("cat", "ada", [403, 403, 403, 403]),
        ("cat", "cat", [200, 200, 403, 200]),
        ("bob", "cat", [403, 403, 403, 403]),
        ("bob", "new", [403, 403, 403, 403]),
        ("bob", "bob", [403, 403, 403, 200]),
        ("zoe", "bob", [404, 404, 404, 404]),
        ("zoe", "zoe", [404, 404, 404, 404]),
    ] {
        for (role, status) in ["member", "admin", "owner"].into_iter().zip(statuses) {
            assert_eq!(put(&world(), who, id, role).status, status, "{who} makes {id} {role}");
        }
        assert_eq!(remove(&world(), who, id).status, statuses[3], "{who} removes {id}");
    }
}

#[test]
fn nobody_but_the_operator_adds_somebody_who_has_not_accepted() {
    let world = world();
    for who in ["ada", "cat"] {
        let seen = put(&world, who, "new", "member");
        assert_eq!((seen.status, seen.code(), seen.cost.commits), (403, "member.needs_invitation", 0));
        let list = world.ok(&user(who), "GET", "/v1/organizations/acme/members", Value::Null).body;
        let permissions = list["permissions"].as_array().expect("list");
        assert!(
            !permissions.contains(&json!("put_member")) && permissions.contains(&json!("create_invitation"))
        );
    }
    assert_eq!(put(&world, "bob", "new", "member").code(), "auth.forbidden");
    let key = world.create(ROOT, "deployment", json!({ "scopes": ["organizations:write"] }));
    for (who, id) in [(ROOT, "new"), (key.token.as_str(), "newer")] {
        assert_eq!(world.send(who, "PUT", &place(id), json!({ "role": "owner" })).status, 201);
    }
}

#[test]
fn a_role_that_only_a_token_claims_does_not_become_a_stored_one() {
    let world = World::configured(&[("MEMBERS_JOIN", "directly")]).and_acme();
    world.ok(ROOT, "PUT", &place("cat"), json!({ "role": "admin" }));
    let stored = |id: &str| world.send(ROOT, "GET", &place(id), Value::Null).body["role"].clone();
    // Who claims to be an owner, with which stored role.
    for (id, role) in [("zoe", Value::Null), ("bob", json!("member")), ("cat", json!("admin"))] {
        let owner = claiming(id, "owner");
        assert_eq!(world.send(&owner, "GET", "/v1/organizations/acme", Value::Null).status, 200);
        for (method, address, body) in [
            ("PUT", place(id), json!({ "role": "owner" })),
            ("PUT", place("me"), json!({ "role": "owner" })),
            ("POST", "/v1/organizations/acme/invitations".to_owned(), json!({ "user": id, "role": "owner" })),
        ] {
            let seen = world.send(&owner, method, &address, body);
            let code = if role.is_null() || method == "PUT" { "auth.forbidden" } else { "member.exists" };
            assert_eq!((seen.code(), seen.cost.commits), (code, 0), "{id} {method} {address}");
        }
        assert_eq!(stored(id), role, "{id}");
        let mine = world.send(&owner, "GET", &place("me"), Value::Null).body["permissions"].to_string();
        assert_eq!(
            mine.contains("put_member"),
            id == "cat",
            "an admin may step down, whatever a token claims"
        );
        assert_eq!(world.send(&owner, "PUT", &place("eve"), json!({ "role": "member" })).status, 201);
        world.ok(ROOT, "DELETE", &place("eve"), Value::Null);
    }
    assert_eq!(
        world.send(&claiming("cat", "owner"), "PUT", &place("me"), json!({ "role": "member" })).status,
        200
    );
    assert_eq!(world.send(&claiming("bob", "owner"), "DELETE", &place("me"), Value::Null).status, 200);
    assert_eq!(
        world.send(&claiming("zoe", "owner"), "DELETE", &place("me"), Value::Null).code(),
        "member.not_found"
    );
}

#[test]
fn an_organization_has_a_thousand_members_at_most() {
    let world = world();
    for number in 3..1000 {
        assert_eq!(
            world.send(ROOT, "PUT", &place(&format!("m{number}")), json!({ "role": "member" })).status,
            201
        );
    }
    let seen = world.send(ROOT, "PUT", &place("one-more"), json!({ "role": "member" }));
    assert_eq!((seen.status, seen.code()), (409, "organization.member_limit"));
    assert_eq!(world.send(ROOT, "PUT", &place("bob"), json!({ "role": "admin" })).status, 200);
    world.ok(ROOT, "POST", "/v1/organizations/acme/invitations", json!({ "user": "ida", "role": "member" }));
    let accept =
        || world.send(&user("ida"), "POST", "/v1/organizations/acme/invitations/me/accept", Value::Null);
    assert_eq!(accept().code(), "organization.member_limit");
    world.ok(ROOT, "DELETE", &place("m7"), Value::Null);
    assert_eq!(accept().status, 200, "the invitation was kept");
    let page =
        world.ok(&user("bob"), "GET", "/v1/organizations/acme/members?limit=2&offset=998", Value::Null);
    let ids: Vec<_> =
        page.body["members"].as_array().expect("list").iter().map(|member| &member["user"]).collect();
    assert_eq!((&page.body["count"], json!(ids)), (&json!(1000), json!(["m998", "m999"])));
}

#[test]
fn the_last_owner_can_neither_leave_nor_be_demoted_or_removed() {
    let world = world();
    for seen in [
        put(&world, "ada", "ada", "admin"),
        put(&world, "ada", "me", "member"),
        remove(&world, "ada", "me"),
        world.send(ROOT, "PUT", &place("ada"), json!({ "role": "member" })),
        world.send(ROOT, "DELETE", &place("ada"), Value::Null),
    ] {
        assert_eq!((seen.status, seen.code()), (409, "member.last_owner"));
    }
    assert_eq!(put(&world, "ada", "ada", "owner").status, 200, "staying an owner changes nothing");
    assert_eq!(put(&world, "ada", "bob", "owner").status, 200);
    assert_eq!(remove(&world, "ada", "me").status, 200);
    assert_eq!(put(&world, "ada", "ada", "owner").status, 404, "whoever has left sees nothing");
    assert_eq!(remove(&world, "bob", "me").code(), "member.last_owner");
}

#[test]
fn strangers_learn_nothing_from_the_kind_of_refusal() {
    let world = world();
    let bodies = ["ada", "bob", "new", "zoe"].map(|id| {
        [
            put(&world, "zoe", id, "owner").body,
            put(&world, "zoe", id, "member").body,
            remove(&world, "zoe", id).body,
        ]
    });
    assert!(bodies.iter().flatten().all(|body| *body == bodies[0][0]));
}

#[test]
fn members_are_listed_by_id_and_giving_the_same_role_again_changes_nothing() {
    let world = world();
    let list = |who: &str| world.send(who, "GET", "/v1/organizations/acme/members", Value::Null);
    let seen = list(&user("bob"));
    let members = seen.body["members"].as_array().expect("list");
    let shown: Vec<_> =
        members.iter().map(|member| (member["user"].as_str(), member["role"].as_str())).collect();
    assert_eq!(
        shown,
        [(Some("ada"), Some("owner")), (Some("bob"), Some("member")), (Some("cat"), Some("admin"))]
    );
    let again = put(&world, "ada", "bob", "member");
    assert_eq!((again.status, again.cost.commits), (200, 0));
    assert_eq!(list(&user("zoe")).code(), "owner.not_found");
}

#[test]
fn a_member_is_shown_as_in_the_list() {
    let world = world();
    for who in ["ada", "cat", "bob"].map(user) {
        let list = world.ok(&who, "GET", "/v1/organizations/acme/members", Value::Null).body;
        for listed in list["members"].as_array().expect("list") {
            let id = listed["user"].as_str().expect("id");
            assert_eq!(&world.ok(&who, "GET", &place(id), Value::Null).body, listed);
        }
    }
    let mine = world.ok(&user("bob"), "GET", &place("me"), Value::Null);
    assert_eq!((mine.text("user"), mine.text("role")), ("bob".to_owned(), "member".to_owned()));
    assert_eq!(mine.cost.commits, 0);
}

#[test]
fn whoever_is_not_a_member_is_not_found_and_strangers_do_not_even_learn_that() {
    let world = world();
    let get = |who: &str, id: &str| world.send(who, "GET", &place(id), Value::Null).code().to_owned();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    assert_eq!(get(&user("bob"), "new"), "member.not_found");
    for who in [ROOT, key.token.as_str()] {
        assert_eq!(get(who, "me"), "member.not_found", "no user is calling");
    }
    for id in ["ada", "new", "zoe", "me"] {
        assert_eq!(get(&user("zoe"), id), "owner.not_found", "{id}");
    }
}

#[test]
fn reading_ones_own_membership_takes_no_scope_and_anybody_elses_does() {
    let world = world();
    let get = |who: &str, id: &str| world.send(who, "GET", &place(id), Value::Null).code().to_owned();
    let key = |owner: &str, scopes: &[&str]| world.create(ROOT, owner, json!({ "scopes": scopes })).token;
    let [poor, reads] = [&[][..], &["members:read"]].map(|scopes| key("users/bob", scopes));
    for id in ["me", "bob"] {
        assert_eq!((get(&poor, id).as_str(), get(&reads, id).as_str()), ("ok", "ok"));
    }
    assert_eq!(get(&poor, "ada"), "auth.insufficient_scope");
    assert_eq!(get(&reads, "ada"), "ok");
    assert_eq!(get(&key("organizations/acme", &["members:read"]), "ada"), "ok");
    assert_eq!(get(&key("organizations/acme", &["keys:read"]), "ada"), "auth.insufficient_scope");
    let seen = world.ok(&poor, "GET", &place("me"), Value::Null).body;
    assert_eq!(seen["permissions"], json!(["get_member"]), "no key leaves");
    world.ok(&user("bob"), "DELETE", &place("me"), Value::Null);
    assert_eq!(get(&poor, "me"), "owner.not_found", "whoever has left sees nothing");
}

#[test]
fn keys_with_the_scope_read_members_and_no_key_changes_them() {
    let world = world();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["members:read"] }));
    let poor = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:read"] }));
    let personal = world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] }));
    let list =
        |who: &str| world.send(who, "GET", "/v1/organizations/acme/members", Value::Null).code().to_owned();
    assert_eq!(
        (list(&key.token), list(&poor.token), list(&personal.token)),
        ("ok".into(), "auth.insufficient_scope".into(), "ok".into())
    );
    for who in [&key.token, &personal.token] {
        assert_eq!(
            world.send(who, "PUT", &place("eve"), json!({ "role": "member" })).code(),
            "auth.forbidden"
        );
        assert_eq!(world.send(who, "DELETE", &place("bob"), Value::Null).code(), "auth.forbidden");
    }
}

#[test]
fn a_personal_key_may_do_what_its_user_may_until_the_user_leaves() {
    let world = world();
    let personal = world.create(&user("bob"), "users/me", json!({ "scopes": ["keys:read", "keys:write"] }));
    let create =
        || world.send(&personal.token, "POST", "/v1/organizations/acme/keys", json!({ "title": "x" }));
    assert_eq!(create().status, 201);
    let rename = world.send(&personal.token, "PATCH", "/v1/organizations/acme", json!({ "name": "x" }));
    assert_eq!(rename.status, 403);
    assert_eq!(remove(&world, "bob", "me").status, 200);
    assert_eq!(create().code(), "owner.not_found", "before anything is delivered");
    let own = world.send(&personal.token, "GET", "/v1/users/me/keys", Value::Null);
    assert_eq!(own.body["count"], 1);
}
