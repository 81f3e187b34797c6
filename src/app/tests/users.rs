//! Users as their providers name them, from the token to what is stored; and programs among them.

use std::rc::Rc;

use serde_json::{Value, json};

use crate::memory::{ACCESS, ROOT, Seen, World, access, config, user};
use crate::request::RequestOrigin;

/// acme, and Cloudflare Access configured as well, with these variables besides.
fn world(more: &[(&str, &str)]) -> World {
    let mut world = World::with_acme();
    world.config = Rc::new(config(&[&ACCESS, more].concat()));
    world
}

/// A request of somebody whom Cloudflare Access vouches for.
fn through_access(world: &World, claims: &Value, method: &str, address: &str, body: Value) -> Seen {
    world.send_as(access(claims), RequestOrigin::Unknown, method, address, body)
}

fn id_through_access(world: &World, claims: &Value) -> Value {
    through_access(world, claims, "GET", "/v1/whoami", Value::Null).body["id"].clone()
}

#[test]
fn a_user_whom_the_provider_calls_anything_is_a_member_and_owns_keys() {
    let world = World::with_acme();
    for (external, id) in [
        ("auth0|123".to_owned(), "auth0~7C123".to_owned()),
        ("ada@example.com".to_owned(), "ada~40example~2Ecom".to_owned()),
        ("https://id.example/ü".to_owned(), "https~3A~2F~2Fid~2Eexample~2F~C3~BC".to_owned()),
        ("x".repeat(128), "x".repeat(128)),
    ] {
        let member = format!("/v1/organizations/acme/members/{id}");
        assert_eq!(world.ok(ROOT, "PUT", &member, json!({ "role": "admin" })).text("user"), id);
        world.deliver();
        let person = user(&external);
        let me = world.ok(&person, "GET", "/v1/whoami", Value::Null);
        assert_eq!((me.text("id"), &me.body["organizations"][0]["role"]), (id.clone(), &json!("admin")));
        let key = world.create(&person, "users/me", json!({}));
        let shown = world.ok(&person, "GET", &format!("/v1/users/{id}/keys/{}", key.id), Value::Null);
        assert_eq!(shown.body["owner"], json!({ "type": "user", "id": id }));
        assert_eq!(shown.body["created_by"], json!({ "type": "user", "id": id, "key": null }));
        world.deliver();
        for consistency in ["fast", "strong"] {
            let question = json!({ "key": key.token, "organization": "acme", "consistency": consistency });
            assert_eq!(world.ask(ROOT, question).code(), "valid", "{id}");
        }
        let own = format!("of-{}", key.id);
        world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": own, "name": "Own", "owner": id }));
        world.ok(&person, "PATCH", &format!("/v1/organizations/{own}"), json!({ "name": "Mine" }));
        world.ok(&person, "DELETE", "/v1/organizations/acme/members/me", Value::Null);
    }
}

#[test]
fn an_id_has_one_form_and_no_organization_has_escapes() {
    let world = World::with_acme();
    for bad in ["auth0|123", "auth0~7c123", "a~61", "~FF", "a~", "%61~7C"] {
        for address in [format!("/v1/users/{bad}/keys"), format!("/v1/organizations/acme/members/{bad}")] {
            assert_eq!(world.send(ROOT, "GET", &address, Value::Null).code(), "request.bad_id", "{address}");
        }
        let body = json!({ "id": "new", "name": "New", "owner": bad });
        assert_eq!(world.send(ROOT, "POST", "/v1/organizations", body).pointer(), "/owner");
    }
    for address in ["/v1/organizations/a~7Cb", "/v1/organizations/a~7Cb/keys"] {
        assert_eq!(world.send(ROOT, "GET", address, Value::Null).code(), "request.bad_id");
    }
    let question = json!({ "key": "x", "organization": "a~7Cb" });
    assert_eq!(world.send(ROOT, "POST", "/v1/verify", question).pointer(), "/organization");
}

#[test]
fn users_of_access_are_other_people_than_the_providers_unless_a_setting_says_otherwise() {
    let ada = json!({ "sub": "ada" });
    assert_eq!(id_through_access(&world(&[]), &ada), "access~3Aada");
    assert_eq!(id_through_access(&world(&[("ACCESS_USERS", "shared")]), &ada), "ada");
    let by_email = world(&[("ACCESS_USERS", "shared"), ("ACCESS_USER_CLAIM", "email")]);
    let ada = json!({ "sub": "7d11", "email": "ada@example.com" });
    assert_eq!(id_through_access(&by_email, &ada), "ada~40example~2Ecom");
    for claimed in ["access:ada", "service:ci.access"] {
        assert_eq!(world(&[]).send(&user(claimed), "GET", "/v1/whoami", Value::Null).code(), "auth.invalid");
    }
}

#[test]
fn a_program_that_access_vouches_for_is_a_member_but_neither_signs_in_nor_creates_organizations() {
    let world = world(&[]);
    let program = json!({ "sub": "", "common_name": "ci.access" });
    let send = |method, address: &str, body| through_access(&world, &program, method, address, body);
    let code = |method, address, body| send(method, address, body).code().to_owned();

    let me = send("GET", "/v1/whoami", Value::Null);
    assert_eq!((me.text("id"), &me.body["permissions"]), ("service~3Aci~2Eaccess".to_owned(), &json!([])));
    assert_eq!(code("POST", "/v1/session", Value::Null), "auth.forbidden");
    for id in ["new", "acme"] {
        assert_eq!(
            code("POST", "/v1/organizations", json!({ "id": id, "name": "Mine" })),
            "auth.forbidden",
            "{id}"
        );
    }
    assert_eq!(code("PATCH", "/v1/organizations/acme", json!({ "name": "Mine" })), "owner.not_found");
    assert_eq!(world.send(ROOT, "GET", "/v1/organizations/new", Value::Null).code(), "owner.not_found");

    let member = "/v1/organizations/acme/members/service~3Aci~2Eaccess";
    world.ok(ROOT, "PUT", member, json!({ "role": "member" }));
    let key = send("POST", "/v1/organizations/acme/keys", json!({ "title": "Made by a program" }));
    assert_eq!(key.body["created_by"], json!({ "type": "user", "id": "service~3Aci~2Eaccess", "key": null }));
    assert_eq!(code("PATCH", "/v1/organizations/acme", json!({ "name": "Mine" })), "auth.forbidden");

    let personal = send("POST", "/v1/users/me/keys", json!({ "title": "Its own", "scopes": ["*"] }));
    let token = personal.text("token");
    assert_eq!(world.send(&token, "POST", "/v1/session", Value::Null).code(), "auth.forbidden");
}
