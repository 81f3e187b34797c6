//! Organizations and users are deleted: what goes, what stays, and who still finds it.

use keyward_core::OwnerId;
use serde_json::{Value, json};

use crate::kv::kv_key_of_member;
use crate::memory::{ROOT, Seen, World, root_id, user};

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

fn organizations_of(world: &World, id: &str) -> Value {
    world.ok(ROOT, "GET", &format!("/v1/users/{id}/organizations"), Value::Null).body
}

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
        assert!(stored.is_none_or(|text| text.ends_with(r#""role":null}"#)), "{who}");
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
    assert!(world.outside.stored(&kv_key).is_some_and(|text| text.ends_with(r#""role":null}"#)));
    assert_eq!(
        trail(&world, "users/ada"),
        ["user.deleted", "session.ended", "key.revoked", "session.started", "session.started", "key.created"]
    );
    assert_eq!(trail(&world, "deployment"), ["user.deleted"]);
    assert_eq!(trail(&world, "organizations/acme")[0], "member.removed");
    let removed = world.ok(ROOT, "GET", &format!("{}/events?limit=1", place("acme")), Value::Null).body;
    assert_eq!(removed["events"][0]["actor"], json!({ "type": "root", "id": root_id() }));
    for path in ["/keys", "/events", "/organizations", "/invitations", "/sessions"] {
        assert_eq!(
            world.send(&ada, "GET", &format!("/v1/users/me{path}"), Value::Null).code(),
            "owner.not_found"
        );
    }
    assert_eq!(create(&world, &ada, "mine").code(), "auth.forbidden");
    assert_eq!(world.send(&ada, "POST", "/v1/session", Value::Null).code(), "auth.forbidden");
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
