//! People join organizations by invitations that they accept.

use serde_json::{Value, json};

use crate::memory::{ROOT, Seen, World, claiming, user};

const INVITATIONS: &str = "/v1/organizations/acme/invitations";

fn invite(world: &World, who: &str, id: &str, role: &str) -> Seen {
    world.send(who, "POST", INVITATIONS, json!({ "user": id, "role": role }))
}

fn accept(world: &World, who: &str, id: &str) -> Seen {
    world.send(who, "POST", &format!("{INVITATIONS}/{id}/accept"), Value::Null)
}

fn delete(world: &World, who: &str, id: &str) -> Seen {
    world.send(who, "DELETE", &format!("{INVITATIONS}/{id}"), Value::Null)
}

fn list(world: &World, who: &str, address: &str) -> Value {
    world.ok(who, "GET", address, Value::Null).body
}

/// acme with ada (owner), cat (admin) and bob (member).
fn world() -> World {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/cat", json!({ "role": "admin" }));
    world
}

#[test]
fn whoever_accepts_an_invitation_is_a_member_from_then_on_and_not_before() {
    let world = world();
    let zoe = user("zoe");
    let created = invite(&world, &user("cat"), "zoe", "admin");
    assert_eq!(
        (created.status, created.text("user"), created.text("role")),
        (201, "zoe".into(), "admin".into())
    );
    assert_eq!(world.send(&zoe, "GET", "/v1/organizations/acme", Value::Null).code(), "owner.not_found");
    world.deliver();
    let mine = list(&world, &zoe, "/v1/users/me/invitations");
    let shown = &mine["invitations"][0];
    assert_eq!((&mine["count"], &shown["organization_name"]), (&json!(1), &json!("Acme")));
    assert_eq!(shown["created_by"], json!({ "type": "user", "id": "cat", "key": null }));
    assert_eq!(shown["permissions"], json!(["delete_invitation", "accept_invitation"]));
    assert_eq!(list(&world, &zoe, "/v1/users/me/organizations")["count"], 0);
    let member = accept(&world, &zoe, "me");
    assert_eq!((member.status, member.text("role")), (200, "admin".into()));
    assert_eq!(world.ok(&zoe, "GET", "/v1/organizations/acme/members/me", Value::Null).body, member.body);
    world.deliver();
    assert_eq!(list(&world, &zoe, "/v1/users/me/invitations")["count"], 0);
    let organizations = list(&world, &zoe, "/v1/users/me/organizations");
    assert_eq!(organizations["organizations"], json!([{ "id": "acme", "name": "Acme", "role": "admin" }]));
    let events = list(&world, ROOT, "/v1/organizations/acme/events?limit=3");
    let said: Vec<_> = (0..3)
        .map(|index| &events["events"][index])
        .map(|event| (&event["action"], &event["actor"]["id"], &event["details"]))
        .collect();
    let details = json!({ "user": "zoe", "role": "admin" });
    assert_eq!(
        said,
        [
            (&json!("member.added"), &json!("zoe"), &details),
            (&json!("invitation.accepted"), &json!("zoe"), &details),
            (&json!("invitation.created"), &json!("cat"), &details),
        ]
    );
}

#[test]
fn nobody_accepts_for_somebody_else_and_no_key_accepts() {
    let world = world();
    invite(&world, &user("ada"), "zoe", "member");
    let key = |owner: &str| world.create(ROOT, owner, json!({ "scopes": ["*"] })).token;
    let (personal, of_acme, operator) = (key("users/zoe"), key("organizations/acme"), key("deployment"));
    for (who, code) in [
        (ROOT, "auth.forbidden"),
        (&operator, "auth.forbidden"),
        (&user("ada"), "auth.forbidden"),
        (&of_acme, "auth.forbidden"),
        (&personal, "owner.not_found"),
        (&user("eve"), "owner.not_found"),
    ] {
        let seen = accept(&world, who, "zoe");
        assert_eq!((seen.code(), seen.cost.commits), (code, 0));
    }
    assert_eq!(accept(&world, &user("zoe"), "zoe").status, 200);
}

#[test]
fn admins_invite_members_and_admins_and_only_owners_invite_owners() {
    for (who, statuses) in [
        (ROOT.to_owned(), [201, 201, 201]),
        (user("ada"), [201, 201, 201]),
        (user("cat"), [201, 201, 403]),
        (user("bob"), [403, 403, 403]),
        (user("zoe"), [404, 404, 404]),
        (claiming("eve", "admin"), [201, 201, 403]),
    ] {
        for (role, status) in ["member", "admin", "owner"].into_iter().zip(statuses) {
            assert_eq!(invite(&world(), &who, "new", role).status, status, "{role}");
        }
    }
    let world = world();
    let personal = world.create(&user("ada"), "users/me", json!({ "scopes": ["*"] }));
    assert_eq!(invite(&world, &personal.token, "new", "member").code(), "auth.forbidden");
}

#[test]
fn nobody_invites_themselves_and_no_member_is_invited() {
    let world = world();
    assert_eq!(invite(&world, &claiming("zoe", "owner"), "zoe", "member").code(), "auth.forbidden");
    for who in ["ada", "cat", "bob"] {
        let seen = invite(&world, &user("ada"), who, "owner");
        assert_eq!((seen.code(), seen.pointer(), seen.cost.commits), ("member.exists", "/user", 0));
    }
    assert_eq!(invite(&world, &user("ada"), "me", "member").pointer(), "/user");
}

#[test]
fn there_is_one_invitation_for_each_person_and_a_hundred_of_an_organization_at_most() {
    let world = world();
    for number in 0..100 {
        assert_eq!(invite(&world, &user("cat"), &format!("u{number}"), "member").status, 201);
    }
    let again = invite(&world, &user("ada"), "u7", "owner");
    assert_eq!((again.code(), again.pointer()), ("invitation.exists", "/user"));
    assert_eq!(invite(&world, &user("ada"), "u100", "member").code(), "organization.invitation_limit");
    let page = list(&world, &user("bob"), &format!("{INVITATIONS}?limit=2&offset=98"));
    let users: Vec<_> =
        page["invitations"].as_array().expect("list").iter().map(|one| one["user"].clone()).collect();
    assert_eq!((&page["count"], users), (&json!(100), vec![json!("u98"), json!("u99")]));
    assert_eq!(delete(&world, &user("cat"), "u7").status, 204);
    assert_eq!(invite(&world, &user("ada"), "u100", "member").status, 201);
}

#[test]
fn an_invitation_is_withdrawn_by_whoever_could_have_made_it_and_declined_by_whoever_is_invited() {
    for (role, who, code) in [
        ("member", ROOT.to_owned(), "ok"),
        ("member", user("cat"), "ok"),
        ("owner", user("cat"), "auth.forbidden"),
        ("owner", user("ada"), "ok"),
        ("member", user("bob"), "auth.forbidden"),
        ("owner", user("zoe"), "ok"),
        ("member", user("eve"), "owner.not_found"),
    ] {
        let world = world();
        invite(&world, ROOT, "zoe", role);
        assert_eq!(delete(&world, &who, "zoe").code(), code, "{role}");
        world.deliver();
        let left = u32::from(code != "ok");
        assert_eq!(list(&world, &user("zoe"), "/v1/users/me/invitations")["count"], left);
        assert_eq!(list(&world, ROOT, INVITATIONS)["count"], left);
        let expected = if left == 0 { "owner.not_found" } else { "ok" };
        assert_eq!(accept(&world, &user("zoe"), "me").code(), expected);
    }
}

#[test]
fn an_invitation_that_is_not_there_is_not_found_by_those_who_see_the_organization() {
    let world = world();
    for who in [ROOT, &user("ada"), &user("cat")] {
        assert_eq!(delete(&world, who, "zoe").code(), "invitation.not_found");
    }
    assert_eq!(accept(&world, &user("bob"), "me").code(), "invitation.not_found");
    assert_eq!(delete(&world, &user("bob"), "me").code(), "invitation.not_found");
    for me in [accept(&world, ROOT, "me"), delete(&world, ROOT, "me")] {
        assert_eq!(me.code(), "invitation.not_found", "no user is calling");
    }
    for (who, id) in [("zoe", "zoe"), ("zoe", "eve"), ("zoe", "me")] {
        assert_eq!(accept(&world, &user(who), id).code(), "owner.not_found");
        assert_eq!(delete(&world, &user(who), id).code(), "owner.not_found");
    }
}

#[test]
fn an_invitation_expires_after_fourteen_days() {
    let world = world();
    invite(&world, ROOT, "zoe", "member");
    invite(&world, ROOT, "eve", "member");
    world.deliver();
    world.pass(14 * 86_400 - 2);
    assert_eq!(accept(&world, &user("eve"), "me").status, 200);
    world.pass(2);
    assert_eq!(accept(&world, &user("zoe"), "me").code(), "owner.not_found");
    assert_eq!(list(&world, &user("zoe"), "/v1/users/me/invitations")["count"], 0);
    assert_eq!(list(&world, ROOT, INVITATIONS)["count"], 0);
    assert_eq!(invite(&world, ROOT, "zoe", "admin").status, 201, "they may be invited again");
    assert_eq!(accept(&world, &user("zoe"), "me").text("role"), "admin");
}

#[test]
fn whoever_has_left_is_a_member_again_only_after_accepting_again() {
    let world = world();
    world.ok(&user("bob"), "DELETE", "/v1/organizations/acme/members/me", Value::Null);
    assert_eq!(accept(&world, &user("bob"), "me").code(), "owner.not_found");
    assert_eq!(invite(&world, &user("ada"), "bob", "member").status, 201);
    assert_eq!(
        world.send(&user("bob"), "GET", "/v1/organizations/acme", Value::Null).code(),
        "owner.not_found"
    );
    assert_eq!(accept(&world, &user("bob"), "me").status, 200);
}

#[test]
fn what_somebody_has_offered_ends_when_they_could_offer_it_no_longer() {
    let members = "/v1/organizations/acme/members";
    let world = world();
    world.ok(ROOT, "PUT", &format!("{members}/dan"), json!({ "role": "owner" }));
    for (inviter, invited, role) in
        [("dan", "own", "owner"), ("dan", "adm", "admin"), ("cat", "mem", "member"), ("ada", "zoe", "owner")]
    {
        assert_eq!(invite(&world, &user(inviter), invited, role).status, 201);
    }
    world.ok(ROOT, "PUT", &format!("{members}/dan"), json!({ "role": "admin" }));
    world.ok(&user("cat"), "DELETE", &format!("{members}/me"), Value::Null);
    for (invited, status) in [("own", 404), ("adm", 200), ("mem", 404), ("zoe", 200)] {
        assert_eq!(accept(&world, &user(invited), "me").status, status, "{invited}");
    }
    world.deliver();
    assert_eq!(list(&world, &user("own"), "/v1/users/me/invitations")["count"], 0);
    let events = list(&world, ROOT, "/v1/organizations/acme/events?action=invitation.deleted");
    assert_eq!(events["count"], 2);
}

#[test]
fn somebody_whom_the_operator_adds_is_no_longer_invited() {
    let world = world();
    invite(&world, ROOT, "zoe", "owner");
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/zoe", json!({ "role": "member" }));
    assert_eq!(accept(&world, &user("zoe"), "me").code(), "invitation.not_found");
    world.deliver();
    assert_eq!(list(&world, &user("zoe"), "/v1/users/me/invitations")["count"], 0);
}

#[test]
fn whoever_is_invited_sees_the_organizations_new_name() {
    let world = world();
    invite(&world, ROOT, "zoe", "member");
    world.ok(ROOT, "PATCH", "/v1/organizations/acme", json!({ "name": "Acme 2" }));
    world.deliver();
    let mine = list(&world, &user("zoe"), "/v1/users/me/invitations");
    assert_eq!(mine["invitations"][0]["organization_name"], "Acme 2");
}
