//! What Medusa's clients are answered.

mod access;
mod channels;
mod list;

use keyward_core::Timestamp;
use serde_json::{Value, json};

use crate::memory::{Made, ROOT, Seen, World, after};
use crate::request::{Body, Credentials, RequestOrigin};

const KEYS: &str = "/admin/api-keys";

/// A deployment with acme, and a secret key of it that may do all that the façade offers.
pub(super) fn shop() -> (World, Made) {
    let world = World::with_acme();
    let fields = json!({ "title": "Shop", "scopes": ["keys:read", "keys:write"] });
    let key = world.create(ROOT, "organizations/acme", fields);
    world.pass(9);
    (world, key)
}

pub(super) fn create(world: &World, who: &Made, title: &str, key_type: &str) -> Value {
    let seen = world.ok(&who.token, "POST", KEYS, json!({ "title": title, "type": key_type }));
    seen.body["api_key"].clone()
}

pub(super) fn path(key: &Value, rest: &str) -> String {
    format!("{KEYS}/{}{rest}", key["id"].as_str().expect("an id"))
}

/// An instant without its milliseconds: every commit has one of its own.
pub(super) fn seconds(at: &Value) -> Timestamp {
    let at = at.as_str().and_then(|at| at.split_once('.')).expect("an instant").0;
    Timestamp::parse(&format!("{at}Z")).expect("an instant")
}

/// Status, type and message of a refusal.
pub(super) fn refusal(seen: &Seen) -> (u16, &str, &str) {
    let text = |name: &str| seen.body[name].as_str().unwrap_or_else(|| panic!("{}", seen.body));
    (seen.status, text("type"), text("message"))
}

#[test]
fn a_new_secret_key_is_shown_once_with_its_text_as_medusa_shows_it() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "Test Secret Key", "secret");
    let token = key["token"].as_str().expect("a token");
    // Some milliseconds after the shop's own key: every commit has an instant of its own.
    let now = key["created_at"].clone();
    assert_eq!(seconds(&now), after(10));
    let expected = json!({
        "id": key["id"], "token": token, "redacted": key["redacted"], "title": "Test Secret Key", "type": "secret",
        "last_used_at": null, "created_by": shop.id, "revoked_by": null, "revoked_at": null, "created_at": now,
        "updated_at": now, "deleted_at": null,
    });
    assert_eq!(key, expected);
    assert!(token.starts_with("kw_sk_test_"));
    let got = world.ok(&shop.token, "GET", &path(&key, ""), Value::Null).body["api_key"].clone();
    let expected = json!({
        "id": key["id"], "token": "", "redacted": key["redacted"], "title": "Test Secret Key", "type": "secret",
        "last_used_at": null, "created_by": shop.id, "revoked_by": null, "revoked_at": null, "created_at": now,
        "updated_at": now, "sales_channels": [],
    });
    assert_eq!(got, expected);
    let made = Made { id: String::new(), token: token.to_owned() };
    assert_eq!(
        create(&world, &made, "Next", "secret")["created_by"],
        key["id"],
        "it may do what its maker may"
    );
}

#[test]
fn a_publishable_key_is_always_shown_with_its_text() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "Web", "publishable");
    let token = key["token"].as_str().expect("a token").to_owned();
    assert!(token.starts_with("kw_pk_test_"));
    let shown = |seen: Seen| seen.body["api_key"]["token"].as_str().map(str::to_owned);
    for (method, rest, body) in [
        ("GET", "", Value::Null),
        ("POST", "", json!({ "title": "Shop" })),
        ("POST", "/sales-channels", json!({})),
        ("POST", "/revoke", Value::Null),
    ] {
        let seen = world.ok(&shop.token, method, &path(&key, rest), body);
        assert_eq!(shown(seen).as_deref(), Some(token.as_str()), "{method} {rest}");
    }
}

#[test]
fn a_key_is_renamed_revoked_and_deleted_as_medusas_client_does_it() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "A", "secret");
    world.pass(1);
    let renamed = world.ok(&shop.token, "POST", &path(&key, "?fields=title"), json!({ "title": " B " }));
    assert_eq!(renamed.body, json!({ "api_key": { "id": key["id"], "title": "B" } }));
    world.pass(1);
    let refused = world.send(&shop.token, "DELETE", &path(&key, ""), Value::Null);
    let message =
        format!("Cannot delete api keys that are not revoked - {}", key["id"].as_str().expect("id"));
    assert_eq!(refusal(&refused), (400, "not_allowed", message.as_str()));
    let revoke = |body| world.send(&shop.token, "POST", &path(&key, "/revoke"), body);
    let at = |seen: &Seen| seconds(&seen.body["api_key"]["revoked_at"]);
    assert_eq!(at(&revoke(json!({ "revoke_in": 60.9 }))), after(72), "parts do not count");
    assert_eq!(world.send(&shop.token, "DELETE", &path(&key, ""), Value::Null).status, 400, "it still works");
    world.pass(1);
    let revoked = revoke(json!({ "revoke_in": -5 }));
    assert_eq!(at(&revoked), after(13));
    assert_eq!(revoked.body["api_key"]["revoked_by"], shop.id.as_str());
    let again = revoke(Value::Null);
    assert_eq!(refusal(&again), (400, "invalid_data", "There are 1 secret keys that are already revoked."));
    let deleted = world.ok(&shop.token, "DELETE", &path(&key, ""), Value::Null);
    assert_eq!(deleted.body, json!({ "id": key["id"], "object": "api_key", "deleted": true }));
}

#[test]
fn a_revocation_that_has_happened_is_neither_overwritten_nor_put_off() {
    let (world, shop) = shop();
    let (secret, public) = (create(&world, &shop, "A", "secret"), create(&world, &shop, "B", "publishable"));
    let revoke = |key: &Value, body| world.send(&shop.token, "POST", &path(key, "/revoke"), body);
    let first = revoke(&public, Value::Null).body;
    world.pass(5);
    assert_eq!(revoke(&public, Value::Null).body, first, "of a publishable key it is no mistake");
    let hash = json!({ "algorithm": "sha256", "encoding": "hex", "value": keyward_core::KeyDigest::of("pk_x").to_hex() });
    let row = json!({ "title": "C", "type": "publishable", "redacted": "pk_***x", "hash": hash });
    world.ok(ROOT, "POST", "/v1/organizations/acme/import", json!([row]));
    let foreign = world.ok(&shop.token, "GET", &format!("{KEYS}?q=pk_***x"), Value::Null).body;
    let foreign = &foreign["api_keys"][0];
    let first = revoke(foreign, Value::Null).body;
    assert_eq!(revoke(foreign, Value::Null).body, first, "nor of one whose text is not stored");
    revoke(&secret, json!({ "revoke_in": 60 }));
    let later = revoke(&secret, json!({ "revoke_in": 90 }));
    assert_eq!(
        refusal(&later),
        (400, "not_allowed", "A revocation can be brought forward but not postponed.")
    );
}

#[test]
fn what_does_not_exist_is_not_found_whatever_is_wanted_of_it() {
    let (world, shop) = shop();
    let other = "apk_01KAHQ0000000000000000000A";
    for (id, message) in [
        (other, format!("API Key with id: {other} was not found")),
        ("apk_hunter2", "API Key with this id was not found".to_owned()),
    ] {
        for (method, rest, body) in [
            ("GET", "", Value::Null),
            ("POST", "", json!({ "title": "A" })),
            ("DELETE", "", Value::Null),
            ("POST", "/revoke", Value::Null),
            ("POST", "/sales-channels", json!({})),
            ("POST", "/sales-channels", json!({ "add": ["phony"] })),
        ] {
            let seen = world.send(&shop.token, method, &format!("{KEYS}/{id}{rest}"), body);
            assert_eq!(refusal(&seen), (404, "not_found", message.as_str()), "{method} {rest}");
        }
    }
}

#[test]
fn what_is_wrong_with_a_body_is_said_as_medusa_says_it_and_nothing_that_was_sent_is_repeated() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "A", "publishable");
    let (update, revoke, link) = (path(&key, ""), path(&key, "/revoke"), path(&key, "/sales-channels"));
    for (address, body, message) in [
        (KEYS, json!({}), "Field 'title' is required; Field 'type' is required"),
        (KEYS, Value::Null, "Field 'title' is required; Field 'type' is required"),
        (KEYS, json!({ "type": "secret" }), "Field 'title' is required"),
        (KEYS, json!({ "title": "A" }), "Field 'type' is required"),
        (
            KEYS,
            json!({ "title": "A", "type": "hunter2" }),
            "Expected: 'publishable, secret' for field 'type'",
        ),
        (
            KEYS,
            json!({ "title": 5, "type": "secret" }),
            "Expected type: 'string' for field 'title', got: 'number'",
        ),
        (
            KEYS,
            json!({ "title": null, "type": "secret" }),
            "Expected type: 'string' for field 'title', got: 'null'",
        ),
        (
            KEYS,
            json!({ "title": "", "type": "secret" }),
            "Field 'title' must not be empty; white space alone does not count",
        ),
        (
            KEYS,
            json!({ "title": "A", "type": "secret", "created_by": "x" }),
            "Unrecognized fields: 'created_by'",
        ),
        (KEYS, json!({ "title": "A", "type": "secret", "hunter 2": 1 }), "Unrecognized fields: '?'"),
        (&update, json!({}), "Field 'title' is required"),
        (
            &revoke,
            json!({ "revoke_in": "10" }),
            "Expected type: 'number' for field 'revoke_in', got: 'string'",
        ),
        (&revoke, json!({ "revoke_in": null }), "Expected type: 'number' for field 'revoke_in', got: 'null'"),
        (&revoke, json!({ "revoke_in": 1e12 }), "Field 'revoke_in' must be at most 31536000"),
        (&revoke, json!({ "revoked_by": "x" }), "Unrecognized fields: 'revoked_by'"),
        (&link, json!({ "add": "x" }), "Expected type: 'array' for field 'add', got: 'string'"),
        (&link, json!({ "remove": [7] }), "Expected type: 'string' for field 'remove', got: 'number'"),
    ] {
        let seen = world.send(&shop.token, "POST", address, body.clone());
        let message = format!("Invalid request: {message}");
        assert_eq!(refusal(&seen), (400, "invalid_data", message.as_str()), "{body}");
    }
    let twice = Body::Read(br#"{ "title": "A", "title": "B", "type": "secret" }"#.to_vec());
    let authorization = Some(format!("Bearer {}", shop.token));
    let credentials = Credentials { authorization, ..Credentials::default() };
    let seen =
        world.send_bytes(credentials, RequestOrigin::Unknown, ["POST", KEYS], "application/json", twice);
    assert!(refusal(&seen).2.starts_with("Invalid request: The body gives a name more than once"));
    assert_eq!(world.outside.keys().len(), 2, "nothing has changed");
}

#[test]
fn unknown_parameters_and_paths_are_refused_in_medusas_form() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "A", "secret");
    for (method, address, body) in [
        ("GET", format!("{KEYS}?foo=1&baz[x]=2"), Value::Null),
        ("GET", path(&key, "?foo=1&baz=2"), Value::Null),
        ("POST", format!("{KEYS}?foo=1&baz=2"), json!({ "title": "A", "type": "secret" })),
    ] {
        let seen = world.send(&shop.token, method, &address, body);
        let message = "Invalid request: Unrecognized fields: 'foo, baz'";
        assert_eq!(refusal(&seen), (400, "invalid_data", message), "{address}");
    }
    assert_eq!(refusal(&world.send(&shop.token, "GET", "/admin/products", Value::Null)).0, 404);
    assert_eq!(refusal(&world.send(&shop.token, "PUT", KEYS, Value::Null)).1, "not_allowed");
}

#[test]
fn no_fields_make_a_secret_keys_digest_or_text_appear() {
    let (world, shop) = shop();
    let key = create(&world, &shop, "A", "secret");
    for fields in ["token", "salt", "digest", "*", "token,type", "+token,+salt,+digest", "settings.digest"] {
        let (one, all) =
            (path(&key, &format!("?fields={fields}")), format!("{KEYS}?fields={fields}&type=secret"));
        for address in [one, all] {
            let seen = world.ok(&shop.token, "GET", &address, Value::Null).body.to_string();
            let token = key["token"].as_str().expect("a token");
            let digest = keyward_core::KeyDigest::of(token).to_hex();
            assert!(!seen.contains(&digest) && !seen.contains(token), "{address}: {seen}");
        }
    }
}
