//! Who may use the façade, and for which organization.

use base64ct::{Base64, Encoding};
use serde_json::{Value, json};

use super::{KEYS, create, path, refusal, shop};
use crate::memory::{NOBODY, ROOT, Seen, World, after, user};
use crate::request::{Body, Credentials, RequestOrigin};

fn for_acme(world: &World, who: &str, method: &str, address: &str, body: Value) -> Seen {
    world.organization.replace(Some("acme".to_owned()));
    world.send(who, method, address, body)
}

#[test]
fn a_key_is_accepted_as_basic_in_every_form_that_medusa_knows_and_as_bearer() {
    let (world, shop) = shop();
    let token = shop.token;
    let base64 = |text: String| Base64::encode_string(text.as_bytes());
    for authorization in [
        format!("Basic {}", base64(format!("{token}:"))),
        format!("Basic {}", base64(token.clone())),
        format!("Basic {}", base64(format!("{token}:")).trim_end_matches('=')),
        format!("Basic {token}"),
        format!("Basic {token}:"),
        format!("basic {token}"),
        format!("Bearer {token}"),
    ] {
        let credentials =
            Credentials { authorization: Some(authorization.clone()), ..Credentials::default() };
        let body = Body::Read(Vec::new());
        let seen = world.send_bytes(credentials, RequestOrigin::Unknown, ["GET", KEYS], "", body);
        assert_eq!(seen.status, 200, "{authorization}");
    }
}

#[test]
fn whoever_is_not_accepted_is_told_unauthorized() {
    let (world, shop) = shop();
    let public = create(&world, &shop, "Web", "publishable");
    let revoked = create(&world, &shop, "Old", "secret");
    world.ok(&shop.token, "POST", &path(&revoked, "/revoke"), Value::Null);
    let token = |key: &Value| key["token"].as_str().expect("a token").to_owned();
    for who in [NOBODY.to_owned(), "sk_hunter2".to_owned(), token(&public), token(&revoked)] {
        let seen = world.send(&who, "GET", KEYS, Value::Null);
        assert_eq!(refusal(&seen), (401, "unauthorized", "Unauthorized"));
    }
}

#[test]
fn a_key_needs_the_scope_that_the_operation_needs() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "A", "publishable");
    let channel = world.ok(&shop.token, "POST", "/admin/sales-channels", json!({ "name": "Web" }));
    let channel =
        format!("/admin/sales-channels/{}", channel.body["sales_channel"]["id"].as_str().expect("id"));
    let holding = |scopes| world.create(ROOT, "organizations/acme", json!({ "scopes": scopes })).token;
    let (none, read, write) =
        (holding(json!([])), holding(json!(["keys:read"])), holding(json!(["keys:write"])));
    let new = json!({ "title": "A", "type": "secret" });
    for (needs, method, address, body) in [
        ("keys:read", "GET", KEYS.to_owned(), Value::Null),
        ("keys:read", "GET", path(&key, ""), Value::Null),
        ("keys:read", "GET", "/admin/sales-channels".to_owned(), Value::Null),
        ("keys:read", "GET", channel.clone(), Value::Null),
        ("keys:write", "POST", KEYS.to_owned(), new),
        ("keys:write", "POST", path(&key, ""), json!({ "title": "B" })),
        ("keys:write", "POST", path(&key, "/sales-channels"), json!({})),
        ("keys:write", "POST", path(&key, "/revoke"), Value::Null),
        ("keys:write", "DELETE", path(&key, ""), Value::Null),
        ("keys:write", "POST", "/admin/sales-channels".to_owned(), json!({ "name": "A" })),
        ("keys:write", "POST", channel.clone(), json!({ "name": "B" })),
        ("keys:write", "DELETE", channel, Value::Null),
    ] {
        let other = if needs == "keys:read" { &write } else { &read };
        for who in [&none, other] {
            let seen = world.send(who, method, &address, body.clone());
            let message = format!("This requires the scope `{needs}`.");
            assert_eq!(refusal(&seen), (403, "forbidden", message.as_str()), "{method} {address}");
        }
        let who = if needs == "keys:read" { &read } else { &write };
        assert_eq!(world.send(who, method, &address, body).status, 200, "{method} {address}");
    }
}

#[test]
fn a_key_reaches_its_own_organization_alone_and_others_name_one() {
    let (world, shop) = shop();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other", "owner": "zoe" }));
    let foreign = world.create(ROOT, "organizations/other", json!({ "title": "Theirs" }));
    let operator = world.create(ROOT, "deployment", json!({ "scopes": ["*"] })).token;
    let personal = world.create(&user("bob"), "users/bob", json!({ "scopes": ["keys:read"] })).token;
    let count = |seen: &Seen| seen.body["count"].as_u64();
    for who in [ROOT.to_owned(), operator, user("ada"), user("bob"), personal, shop.token.clone()] {
        assert_eq!(count(&for_acme(&world, &who, "GET", KEYS, Value::Null)), Some(1));
    }
    for who in [ROOT.to_owned(), user("ada")] {
        let seen = world.send(&who, "GET", KEYS, Value::Null);
        assert!(refusal(&seen).2.contains("Keyward-Organization"), "{}", seen.body);
    }
    assert_eq!(
        for_acme(&world, &user("zoe"), "GET", KEYS, Value::Null).status,
        404,
        "no member, no organization"
    );
    assert_eq!(for_acme(&world, &foreign.token, "GET", KEYS, Value::Null).status, 404);
    world.organization.replace(Some("a b".to_owned()));
    assert_eq!(world.send(ROOT, "GET", KEYS, Value::Null).status, 400);
    for method in ["GET", "DELETE"] {
        let seen = world.send(&shop.token, method, &format!("{KEYS}/{}", foreign.id), Value::Null);
        assert_eq!(seen.status, 404, "others' keys are not there");
    }
}

#[test]
fn members_of_every_role_use_it_as_they_use_the_api_and_what_another_organization_has_is_not_there() {
    let (world, shop) = shop();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other", "owner": "zoe" }));
    for role in ["member", "admin", "owner"] {
        world.ok(ROOT, "PUT", "/v1/organizations/acme/members/eve", json!({ "role": role }));
        let eve = user("eve");
        let new = json!({ "title": role, "type": "publishable" });
        assert_eq!(for_acme(&world, &eve, "POST", KEYS, new).status, 200, "{role}");
        let channel = for_acme(&world, &eve, "POST", "/admin/sales-channels", json!({ "name": role }));
        assert_eq!(channel.status, 200, "{role}");
    }
    let theirs = world.create(ROOT, "organizations/other", json!({ "scopes": ["keys:read", "keys:write"] }));
    let new = json!({ "name": "Theirs" });
    let channel = world.ok(&theirs.token, "POST", "/admin/sales-channels", new).body["sales_channel"].clone();
    let id = channel["id"].as_str().expect("an id");
    for method in ["GET", "POST", "DELETE"] {
        let address = format!("/admin/sales-channels/{id}");
        assert_eq!(world.send(&shop.token, method, &address, json!({})).status, 404, "{method}");
    }
    let key = create(&world, &shop, "Web", "publishable");
    let linked = world.send(&shop.token, "POST", &path(&key, "/sales-channels"), json!({ "add": [id] }));
    assert_eq!(refusal(&linked).2, format!("Sales channels with IDs {id} do not exist"));
}

#[test]
fn a_new_key_has_no_more_than_its_maker_has() {
    let world = World::with_acme();
    let end = after(500).to_string();
    let fields =
        json!({ "scopes": ["keys:write", "orders:read"], "expires_at": end, "consistency": "strong" });
    let maker = world.create(ROOT, "organizations/acme", fields);
    let stored = |id: &Value| {
        let keys = "/v1/organizations/acme/keys";
        world.ok(ROOT, "GET", &format!("{keys}/{}", id.as_str().expect("an id")), Value::Null).body
    };
    let secret = stored(&create(&world, &maker, "A", "secret")["id"]);
    assert_eq!(secret["scopes"], json!(["keys:write", "orders:read"]));
    assert_eq!((&secret["expires_at"], &secret["consistency"]), (&json!(end), &json!("strong")));
    let public = stored(&create(&world, &maker, "B", "publishable")["id"]);
    assert_eq!((&public["scopes"], &public["expires_at"]), (&json!([]), &json!(end)));
    let made = for_acme(&world, &user("bob"), "POST", KEYS, json!({ "title": "C", "type": "secret" }));
    let made = stored(&made.body["api_key"]["id"]);
    assert_eq!(made["scopes"], json!(["keys:read", "keys:verify", "keys:write"]), "what the façade needs");
    assert_eq!(made["created_by"]["id"], "bob");
    let personal = world.create(&user("bob"), "users/bob", json!({ "scopes": ["keys:write"] }));
    let new = json!({ "title": "D", "type": "secret" });
    let made = for_acme(&world, &personal.token, "POST", KEYS, new).body["api_key"].clone();
    assert_eq!(
        (&stored(&made["id"])["scopes"], &made["created_by"]),
        (&json!(["keys:write"]), &json!("bob"))
    );
}
