//! Whatever takes something away need not understand it: what cannot be read is ended all the same, and does not come back.

use serde_json::{Value, json};

use super::damage::{ACME, list, with_keys};
use super::sessions::{start, whoami, with_cookie};
use crate::memory::{ROOT, World, user};
use crate::request::RequestOrigin;

/// What the audit trail of an owner says last of this action, as it is shown.
fn last(world: &World, owner: &str, action: &str) -> Value {
    let address = format!("/v1/{owner}/events?action={action}&limit=1");
    world.ok(ROOT, "GET", &address, Value::Null).body["events"][0].clone()
}

#[test]
fn a_key_that_cannot_be_read_is_deleted_by_whoever_deletes_keys_and_works_nowhere() {
    for who in ["root", "person", "operator key", "key", "personal key"] {
        let (world, [a, b, _]) = with_keys();
        let key = |owner: &str| world.create(&user("ada"), owner, json!({ "scopes": ["keys:write"] })).token;
        let who = match who {
            "root" => ROOT.to_owned(),
            "person" => user("ada"),
            "operator key" => world.create(ROOT, "deployment", json!({ "scopes": ["keys:write"] })).token,
            "key" => key("organizations/acme"),
            _ => key("users/me"),
        };
        let address = format!("{ACME}/keys/{}", b.id);
        world.ok(ROOT, "PATCH", &address, json!({ "title": "Bee" }));
        world.settle();
        world.warm();
        world.outside.tamper("UPDATE keys SET body = '{}' WHERE title = 'bee'");
        assert_eq!(world.verify(&b, "fast").code(), "valid");
        assert_eq!(world.send(&who, "DELETE", &address, Value::Null).code(), "server.unavailable");
        world.ok(&who, "DELETE", &format!("{address}?revoke=true"), Value::Null);
        world.settle();
        world.forget();
        for consistency in ["fast", "strong"] {
            assert_eq!(world.verify(&b, consistency).code(), "unknown");
            assert_eq!(world.verify(&a, consistency).code(), "valid");
        }
        assert_eq!(
            world.send(&who, "DELETE", &format!("{address}?revoke=true"), Value::Null).code(),
            "key.not_found"
        );
        let deleted = last(&world, "organizations/acme", "key.deleted");
        assert_eq!((&deleted["key"]["id"], &deleted["key"]["title"]), (&json!(b.id), &json!("Bee")));
    }
}

#[test]
fn a_key_of_which_not_even_an_event_can_be_read_is_deleted_without_its_name() {
    let (world, [_, b, _]) = with_keys();
    world.outside.tamper("UPDATE keys SET body = '{}' WHERE title = 'b'; UPDATE events SET body = '{}'");
    world.ok(ROOT, "DELETE", &format!("{ACME}/keys/{}?revoke=true", b.id), Value::Null);
    assert_eq!(last(&world, "organizations/acme", "key.deleted")["key"], Value::Null);
}

#[test]
fn a_key_that_cannot_be_read_is_not_deleted_by_who_may_delete_none() {
    let (world, [_, b, _]) = with_keys();
    let reader = world.create(ROOT, "deployment", json!({ "scopes": ["keys:read"] }));
    world.outside.tamper("UPDATE keys SET body = '{}' WHERE title = 'b'");
    let address = format!("{ACME}/keys/{}?revoke=true", b.id);
    for (who, code) in [(reader.token, "auth.insufficient_scope"), (user("zoe"), "owner.not_found")] {
        assert_eq!(world.send(&who, "DELETE", &address, Value::Null).code(), code);
    }
    world.ok(&user("bob"), "DELETE", &address, Value::Null);
}

/// Makes rows unreadable while `act` happens, and what is left of them as it was afterwards.
fn unreadable_during(world: &World, [away, back]: [&'static str; 2], act: impl FnOnce()) {
    world.outside.tamper(away);
    act();
    world.outside.tamper(back);
}

/// A way to end the session of this token and id, which is ada's.
type End = fn(&World, &str, &str);

const ADA: &str = "/v1/users/ada/sessions";
const SESSIONS: [&str; 2] =
    ["UPDATE sessions SET body = '-' || body", "UPDATE sessions SET body = ltrim(body, '-')"];

#[test]
fn sessions_that_cannot_be_read_are_refused_ended_and_counted_and_do_not_come_back() {
    let end_all: End = |world: &World, _: &str, _: &str| {
        assert_eq!(world.ok(ROOT, "DELETE", ADA, Value::Null).body["count"], 1);
    };
    let end_one: End = |world: &World, _: &str, id: &str| {
        let address = format!("{ADA}/{id}");
        assert_eq!(world.ok(ROOT, "DELETE", &address, Value::Null).status, 204);
        assert_eq!(world.send(ROOT, "DELETE", &address, Value::Null).code(), "session.not_found");
    };
    let sign_out: End = |world: &World, token: &str, _: &str| {
        let seen = with_cookie(world, token, RequestOrigin::OwnPage, "DELETE", "/v1/session");
        assert_eq!(seen.status, 204);
    };
    let delete_user: End = |world: &World, _: &str, _: &str| {
        world.ok(ROOT, "DELETE", "/v1/users/ada", Value::Null);
    };
    let ends: [(End, bool); 4] = [(end_all, true), (end_one, true), (sign_out, false), (delete_user, true)];
    for (end, is_event) in ends {
        let world = World::with_acme();
        let token = start(&world, &user("ada"));
        let id = whoami(&world, &token).body["session"]["id"].as_str().expect("an id").to_owned();
        unreadable_during(&world, SESSIONS, || {
            assert_eq!(whoami(&world, &token).code(), "auth.invalid");
            end(&world, &token, &id);
        });
        assert_eq!(whoami(&world, &token).code(), "auth.invalid");
        let told = last(&world, "users/ada", "session.ended")["details"].clone();
        let expected = if is_event { json!({ "count": 1, "session": id }) } else { Value::Null };
        assert_eq!(told, expected);
    }
}

#[test]
fn a_session_whose_key_cannot_be_read_prevents_neither_signing_in_nor_ending_sessions() {
    let world = World::with_acme();
    let key = world.create(&user("bob"), "users/me", json!({}));
    let token = start(&world, &key.token);
    let keys = ["UPDATE keys SET body = '-' || body", "UPDATE keys SET body = ltrim(body, '-')"];
    unreadable_during(&world, keys, || {
        assert_eq!(whoami(&world, &token).code(), "auth.invalid");
        let own = "/v1/users/bob/sessions";
        assert_eq!(world.ok(ROOT, "GET", own, Value::Null).body["sessions"], json!([]));
        assert_eq!(world.ok(ROOT, "DELETE", own, Value::Null).body["count"], 1);
        let other = start(&world, &user("bob"));
        assert_eq!(whoami(&world, &other).status, 200);
    });
    assert_eq!(whoami(&world, &token).code(), "auth.invalid");
}

#[test]
fn a_deleted_user_is_forgotten_by_organizations_whatever_cannot_be_read_of_them() {
    for damage in [
        "UPDATE memberships SET body = '{}'",
        "UPDATE members SET body = '{}' WHERE user = 'bob'",
        "UPDATE memberships SET body = '[]'; UPDATE members SET body = '{}' WHERE user = 'bob'",
    ] {
        let (world, _) = with_keys();
        world.outside.tamper(damage);
        world.ok(ROOT, "DELETE", "/v1/users/bob", Value::Null);
        world.settle();
        let (members, unreadable) = list(&world, &user("ada"), &format!("{ACME}/members"), "members", "user");
        assert_eq!((members, unreadable), (vec!["ada".to_owned()], json!(0)), "{damage}");
        assert_eq!(last(&world, "organizations/acme", "member.removed")["details"]["user"], "bob");
    }
    let (world, _) = with_keys();
    invite(&world, "ida");
    world.outside.tamper("UPDATE invitations SET body = '{}'; UPDATE memberships SET body = '{}'");
    world.ok(ROOT, "DELETE", "/v1/users/ida", Value::Null);
    world.settle();
    assert_eq!(list(&world, ROOT, &format!("{ACME}/invitations"), "invitations", "user").1, json!(0));
}

fn invite(world: &World, who: &str) {
    let body = json!({ "user": who, "role": "member" });
    world.ok(ROOT, "POST", &format!("{ACME}/invitations"), body);
    world.settle();
}

#[test]
fn a_member_who_cannot_be_read_is_removed_by_whoever_may_remove_an_owner() {
    for who in [ROOT.to_owned(), user("ada")] {
        let (world, _) = with_keys();
        world.ok(ROOT, "PUT", &format!("{ACME}/members/cat"), json!({ "role": "admin" }));
        world.settle();
        world.outside.tamper("UPDATE members SET body = '{}' WHERE user = 'bob'");
        let remove = |who: &str| world.send(who, "DELETE", &format!("{ACME}/members/bob"), Value::Null);
        assert_eq!(remove(&user("cat")).code(), "auth.forbidden");
        assert_eq!(remove(&user("zoe")).code(), "owner.not_found");
        assert_eq!(remove(&who).status, 200);
        assert_eq!(remove(&who).code(), "member.not_found");
        world.settle();
        assert_eq!(
            list(&world, ROOT, "/v1/users/bob/organizations", "organizations", "id").0,
            Vec::<String>::new()
        );
        let removed = last(&world, "organizations/acme", "member.removed");
        assert_eq!(removed["details"], json!({ "user": "bob" }));
    }
    let (world, _) = with_keys();
    world.outside.tamper("UPDATE members SET body = '{}' WHERE user = 'ada'");
    let seen = world.send(ROOT, "DELETE", &format!("{ACME}/members/ada"), Value::Null);
    assert_eq!(seen.code(), "member.last_owner");
}

#[test]
fn an_invitation_that_cannot_be_read_is_declined_and_withdrawn_by_whoever_may_invite_an_owner() {
    for who in [ROOT.to_owned(), user("ada"), user("ida")] {
        let (world, _) = with_keys();
        world.ok(ROOT, "PUT", &format!("{ACME}/members/cat"), json!({ "role": "admin" }));
        invite(&world, "ida");
        world.outside.tamper("UPDATE invitations SET body = '{}'");
        let withdraw = |who: &str| world.send(who, "DELETE", &format!("{ACME}/invitations/ida"), Value::Null);
        assert_eq!(withdraw(&user("cat")).code(), "auth.forbidden");
        assert_eq!(withdraw(&user("zoe")).code(), "owner.not_found");
        assert_eq!(withdraw(&who).status, 204);
        world.settle();
        let own = list(&world, &user("ida"), "/v1/users/me/invitations", "invitations", "organization");
        assert_eq!(own, (vec![], json!(0)));
        let deleted = last(&world, "organizations/acme", "invitation.deleted");
        assert_eq!(deleted["details"], json!({ "user": "ida" }));
    }
}

#[test]
fn a_deleted_organization_tells_whom_it_had_invited_also_by_what_cannot_be_read() {
    let (world, _) = with_keys();
    invite(&world, "ida");
    world.outside.tamper("UPDATE invitations SET body = '{}'; UPDATE keys SET body = '{}'");
    world.ok(ROOT, "DELETE", &format!("{ACME}?revoke=true"), Value::Null);
    world.settle();
    let own = world.ok(&user("ida"), "GET", "/v1/users/me/invitations", Value::Null).body;
    assert_eq!(own["count"], 0);
}
