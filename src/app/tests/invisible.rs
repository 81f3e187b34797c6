//! What somebody may not see looks as if it did not exist: same status, same response, same work.

use serde_json::{Value, json};

use crate::memory::{ROOT, World, user};
use crate::operations::Operation;
use crate::router::{self, Route};

/// Every operation on an owner, and on a key of it.
fn operations(owner: &str, key: &str) -> Vec<(&'static str, String, Value)> {
    let keys = format!("/v1/{owner}/keys");
    let mut all = vec![
        ("POST", keys.clone(), json!({ "title": "x" })),
        ("POST", keys.clone(), json!({ "title": "x", "scopes": ["*"] })),
        ("GET", keys.clone(), Value::Null),
        ("GET", format!("{keys}?q=x&status=revoked"), Value::Null),
        ("GET", format!("{keys}/{key}"), Value::Null),
        ("PATCH", format!("{keys}/{key}"), json!({ "title": "x" })),
        ("PATCH", format!("{keys}/{key}"), json!({ "scopes": ["*"] })),
        ("POST", format!("{keys}/{key}/revoke"), Value::Null),
        ("POST", format!("{keys}/{key}/roll"), json!({ "grace": 1 })),
        ("DELETE", format!("{keys}/{key}"), Value::Null),
        ("DELETE", format!("{keys}/{key}?revoke=true"), Value::Null),
        ("POST", format!("{keys}/revoke"), json!({ "created_by": "user:ada" })),
        ("GET", format!("/v1/{owner}/events"), Value::Null),
    ];
    if owner.starts_with("organizations") {
        let place = format!("/v1/{owner}");
        all.extend([
            ("GET", place.clone(), Value::Null),
            ("GET", format!("{place}/export"), Value::Null),
            ("POST", format!("{place}/import"), json!([{ "title": "x" }])),
            ("GET", format!("{place}/members"), Value::Null),
            ("GET", format!("{place}/members/gus"), Value::Null),
            ("GET", format!("{place}/members/me"), Value::Null),
            ("PUT", format!("{place}/members/eve"), json!({ "role": "member" })),
            ("PUT", format!("{place}/members/gus"), json!({ "role": "owner" })),
            ("DELETE", format!("{place}/members/gus"), Value::Null),
            ("DELETE", format!("{place}/members/me"), Value::Null),
            ("PATCH", place.clone(), json!({ "name": "x" })),
            ("DELETE", place.clone(), Value::Null),
            ("DELETE", format!("{place}?revoke=true"), Value::Null),
            ("GET", format!("{place}/invitations"), Value::Null),
            ("POST", format!("{place}/invitations"), json!({ "user": "eve", "role": "member" })),
            ("POST", format!("{place}/invitations"), json!({ "user": "ida", "role": "owner" })),
            ("DELETE", format!("{place}/invitations/ida"), Value::Null),
            ("POST", format!("{place}/invitations/ida/accept"), Value::Null),
            ("DELETE", format!("{place}/invitations/zoe"), Value::Null),
            ("POST", format!("{place}/invitations/zoe/accept"), Value::Null),
        ]);
    } else if owner.starts_with("users") {
        all.extend([
            ("GET", format!("/v1/{owner}/organizations"), Value::Null),
            ("GET", format!("/v1/{owner}/invitations"), Value::Null),
            ("DELETE", format!("/v1/{owner}"), Value::Null),
            ("DELETE", format!("/v1/{owner}?revoke=true"), Value::Null),
        ]);
    }
    if !owner.starts_with("organizations") {
        let sessions = format!("/v1/{owner}/sessions");
        all.extend([
            ("GET", sessions.clone(), Value::Null),
            ("DELETE", format!("{sessions}/ses_01KAHQ0000000000000000000Z"), Value::Null),
            ("DELETE", sessions, Value::Null),
        ]);
    }
    all
}

#[test]
fn no_operation_on_an_owner_is_left_out() {
    let owners = ["organizations/acme", "users/ada", "deployment"];
    let called = owners.into_iter().flat_map(|owner| operations(owner, "key"));
    let called: Vec<&str> = called
        .map(|(method, address, _)| {
            let path = address.split('?').next().unwrap_or_default().to_owned();
            router::find(method, &path).expect("an operation").id
        })
        .collect();
    let routes = Operation::ALL.iter().flat_map(|operation| operation.endpoint().routes);
    let is_about_one = |route: &&Route| route.path.contains('{') || route.path.starts_with("/v1/deployment");
    for Route { id, path } in routes.filter(is_about_one) {
        assert!(called.contains(id), "{id} {path}");
    }
}

#[test]
fn foreign_owners_and_owners_that_do_not_exist_cannot_be_told_apart() {
    compare(&World::with_acme());
}

#[test]
fn owners_who_share_a_ledger_are_as_foreign_as_any() {
    compare(&World::with_acme_in_one_ledger());
}

#[test]
fn owners_who_share_a_ledger_share_neither_keys_nor_events_nor_members() {
    let world = World::with_acme_in_one_ledger();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "bob", "name": "Bob Inc." }));
    let owners = ["organizations/acme", "organizations/bob", "users/acme", "users/bob"];
    let keys = owners.map(|owner| world.create(ROOT, owner, json!({})));
    for (owner, own) in owners.iter().zip(&keys) {
        let listed = world.ok(ROOT, "GET", &format!("/v1/{owner}/keys"), Value::Null).body;
        assert_eq!((&listed["count"], &listed["keys"][0]["id"]), (&json!(1), &json!(own.id)));
        for key in &keys {
            let seen = world.send(ROOT, "GET", &format!("/v1/{owner}/keys/{}", key.id), Value::Null);
            assert_eq!(seen.status == 200, key.id == own.id);
        }
        let events = world.ok(ROOT, "GET", &format!("/v1/{owner}/events"), Value::Null).body.to_string();
        assert!(keys.iter().all(|key| events.contains(&key.id) == (key.id == own.id)));
    }
    let members = world.ok(ROOT, "GET", "/v1/organizations/bob/members", Value::Null).body;
    assert_eq!(members["members"], json!([]));
}

#[test]
fn to_everybody_but_the_operator_there_is_no_deployment() {
    let world = World::with_acme();
    let key = world.create(ROOT, "deployment", json!({}));
    let token = |owner: &str| world.create(ROOT, owner, json!({ "scopes": ["*"] })).token;
    for who in [user("ada"), user("zoe"), token("organizations/acme"), token("users/ada")] {
        for (method, address, body) in operations("deployment", &key.id) {
            let seen = world.send(&who, method, &address, body);
            assert_eq!(seen.code(), "owner.not_found", "{method} {address}");
        }
        assert_eq!(world.send(&who, "GET", "/v1/organizations", Value::Null).code(), "owner.not_found");
    }
}

fn compare(world: &World) {
    world.ok(
        ROOT,
        "POST",
        "/v1/organizations",
        json!({ "id": "foreign", "name": "Foreign", "owner": "gus" }),
    );
    let in_organization = world.create(ROOT, "organizations/foreign", json!({}));
    let of_user = world.create(&user("gus"), "users/me", json!({}));
    let ids = [&in_organization.id, &of_user.id, "apk_01KAHQ0000000000000000000Z"];
    let key = |owner: &str, fields: Value| world.create(ROOT, owner, fields).token;
    let everything = json!({ "scopes": ["*"] });
    let principals = [
        ("a stranger", user("zoe")),
        ("a member of another organization", user("ada")),
        ("an organization key with every scope", key("organizations/acme", everything.clone())),
        ("an organization key without scopes", key("organizations/acme", json!({}))),
        ("a publishable key", key("organizations/acme", json!({ "type": "publishable" }))),
        ("a personal key with every scope", key("users/bob", everything)),
        ("a personal key without scopes", key("users/bob", json!({}))),
    ];
    world.deliver();
    let mut compared = 0;
    for (name, who) in &principals {
        for [existing, missing] in
            [["organizations/foreign", "organizations/nobody"], ["users/gus", "users/nobody"]]
        {
            for id in ids {
                for ((method, real, body), (_, unreal, _)) in
                    operations(existing, id).into_iter().zip(operations(missing, id))
                {
                    let (seen, unseen) = (
                        world.send(who, method, &real, body.clone()),
                        world.send(who, method, &unreal, body),
                    );
                    let context = format!("{name}: {method} {real}");
                    assert_eq!(seen.status, 404, "{context}");
                    assert_eq!(seen.body, unseen.body, "{context}");
                    assert_eq!((seen.status, seen.cost), (unseen.status, unseen.cost), "{context}");
                    compared += 1;
                }
            }
        }
    }
    assert!(compared > 600, "{compared}");
}

#[test]
fn only_their_user_and_the_operator_see_personal_keys() {
    let world = World::with_acme();
    let key = world.create(&user("bob"), "users/me", json!({ "scopes": ["a"] }));
    let organization = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    // ada owns the organization of which bob is a member, and so does the organization's key act for it.
    for who in [
        user("ada"),
        organization.token,
        world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] })).token,
    ] {
        for place in [format!("/v1/users/bob/keys/{}", key.id), format!("/v1/users/me/keys/{}", key.id)] {
            let seen = world.send(&who, "GET", &place, Value::Null);
            assert_eq!(seen.status, 404, "{place}");
        }
    }
    assert_eq!(world.verify(&key, "strong").code(), "valid");
}

#[test]
fn me_is_the_calling_user_and_nobody_else() {
    let world = World::with_acme();
    let personal = world.create(&user("bob"), "users/bob", json!({ "scopes": ["keys:read"] }));
    for who in [user("bob"), personal.token] {
        let mine = world.ok(&who, "GET", "/v1/users/me/keys", Value::Null).body;
        assert_eq!(mine, world.ok(&who, "GET", "/v1/users/bob/keys", Value::Null).body);
        assert_eq!(mine["count"], 1);
    }
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    for who in [ROOT, key.token.as_str()] {
        for place in ["/v1/users/me/keys", "/v1/users/me/organizations", "/v1/users/me/events"] {
            let seen = world.send(who, "GET", place, Value::Null);
            assert_eq!((seen.status, seen.code()), (404, "owner.not_found"));
            assert_eq!(seen.text("detail"), "`me` is the calling user, and no user is calling.");
        }
        let seen = world.send(who, "DELETE", "/v1/organizations/acme/members/me", Value::Null);
        assert_eq!((seen.status, seen.code()), (404, "member.not_found"));
    }
    assert_eq!(world.send(ROOT, "GET", "/v1/organizations/me/keys", Value::Null).code(), "owner.not_found");
}

#[test]
fn an_owner_that_is_not_found_is_said_to_be_what_the_path_says_and_no_more() {
    let world = World::with_acme();
    for (who, address, detail) in [
        (user("zoe"), "/v1/organizations/acme", "There is no such organization."),
        (user("zoe"), "/v1/organizations/none", "There is no such organization."),
        (user("zoe"), "/v1/organizations/acme/members/bob", "There is no such organization."),
        (user("zoe"), "/v1/users/ada/keys", "There is no such user."),
        (user("zoe"), "/v1/users/nobody/keys", "There is no such user."),
    ] {
        let seen = world.send(&who, "GET", address, Value::Null);
        assert_eq!((seen.code(), seen.text("detail").as_str()), ("owner.not_found", detail), "{address}");
    }
}

#[test]
fn the_operator_sees_every_users_keys_and_users_need_not_be_known() {
    let world = World::with_acme();
    let key = world.create(&user("bob"), "users/me", json!({}));
    assert_eq!(
        world.ok(ROOT, "GET", &format!("/v1/users/bob/keys/{}", key.id), Value::Null).text("id"),
        key.id
    );
    assert_eq!(world.ok(ROOT, "GET", "/v1/users/never-seen/keys", Value::Null).body["count"], 0);
}
