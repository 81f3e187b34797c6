//! Keys that another system has issued: what they are once they are imported.

mod found;
mod rows;

use serde_json::{Value, json};

use crate::memory::{Counts, Made, ROOT, Seen, World};

const IMPORT: &str = "/v1/organizations/acme/import";
const KEYS: &str = "/v1/organizations/acme/keys";

/// Medusa's own key of tests, with its salt, hash and redacted form.
const MEDUSA: &str = "sk_44de31ebcf085fa423fc584aa854067025e937a79edb565f472404345f0f23be";
const MEDUSA_SALT: &str = "44de31ebcf085fa423fc584aa8540670";
const MEDUSA_HASH: &str = "a89e00acdf3c63d0b960fcb903511adc1abca7dcbc83d1da3d0e490c6775e2feb04d001880d0a3d7c224ba73acaec971d98252a66c301c99edc796a99bc13786";

fn cost(kv_reads: u64, ledger_calls: u64) -> Counts {
    Counts { kv_reads, ledger_calls, ..Counts::default() }
}

/// A row with this hash.
#[expect(clippy::needless_pass_by_value, reason = "it is written where it is used")]
fn row(hash: Value) -> Value {
    json!({ "hash": hash, "title": "Imported", "scopes": ["orders:read"] })
}

fn sha256(value: &str) -> Value {
    row(json!({ "algorithm": "sha256", "encoding": "hex", "value": value }))
}

/// The SHA-256 of a text, in hexadecimal.
fn hex(text: &str) -> String {
    keyward_core::KeyDigest::of(text).to_hex()
}

fn medusa() -> Value {
    let hash = json!({ "algorithm": "scrypt", "encoding": "hex", "value": MEDUSA_HASH, "salt": MEDUSA_SALT });
    let mut row = row(hash);
    row["redacted"] = "sk_44d***3be".into();
    row
}

fn import(world: &World, rows: Value) -> Value {
    world.ok(ROOT, "POST", IMPORT, rows).body
}

/// Imports one row, which has to be right.
fn import_one(world: &World, row: &Value) {
    let told = import(world, json!([row]));
    assert_eq!(told, json!({ "imported": 1, "unchanged": 0, "failed": [], "dry_run": false }), "{row}");
}

/// What is wrong with a row.
fn fault(world: &World, row: &Value) -> (String, String) {
    let told = import(world, json!([row]));
    assert_eq!((&told["imported"], &told["failed"][0]["row"]), (&json!(0), &json!(1)), "{row}: {told}");
    let text = |name: &str| told["failed"][0][name].as_str().expect("text").to_owned();
    (text("code"), text("detail"))
}

fn verify(world: &World, text: &str, consistency: &str) -> Seen {
    world.ask(ROOT, json!({ "key": text, "organization": "acme", "consistency": consistency }))
}

fn keys(world: &World) -> Vec<Value> {
    world.ok(ROOT, "GET", KEYS, Value::Null).body["keys"].as_array().expect("a list").clone()
}

#[test]
fn a_foreign_key_is_revoked_rolled_deleted_and_listed_as_any_other() {
    let world = World::with_acme();
    for key in ["a-foreign-key", "another-foreign-key"] {
        import_one(&world, &sha256(&hex(key)));
    }
    import_one(&world, &medusa());
    world.create(ROOT, "organizations/acme", json!({}));
    world.deliver();
    world.warm();
    assert_eq!(verify(&world, "a-foreign-key", "fast").cost, cost(1, 0), "KV has it from the import on");
    let count =
        |query: &str| world.ok(ROOT, "GET", &format!("{KEYS}?{query}"), Value::Null).body["count"].clone();
    assert_eq!([count("foreign=true"), count("foreign=false"), count("")], [json!(3), json!(1), json!(4)]);
    let id = verify(&world, "a-foreign-key", "fast").body["key"]["id"].as_str().expect("id").to_owned();
    let rolled = world.ok(ROOT, "POST", &format!("{KEYS}/{id}/roll"), Value::Null);
    let made = Made { id: rolled.text("id"), token: rolled.text("token") };
    assert_eq!((&rolled.body["foreign"], world.verify(&made, "strong").code()), (&json!(false), "valid"));
    assert_eq!(verify(&world, "a-foreign-key", "strong").code(), "revoked");
    world.deliver();
    let seen = verify(&world, "a-foreign-key", "fast");
    assert_eq!((seen.code(), seen.cost), ("revoked", cost(1, 0)));
    let foreign = world.ok(ROOT, "GET", &format!("{KEYS}?foreign=true&status=active"), Value::Null).body;
    let pending =
        foreign["keys"].as_array().expect("keys").iter().find(|key| key["redacted"] == "sk_44d***3be");
    let pending = pending.expect("listed")["id"].as_str().expect("id").to_owned();
    world.ok(ROOT, "POST", &format!("{KEYS}/{pending}/revoke"), Value::Null);
    assert_eq!(verify(&world, MEDUSA, "strong").code(), "revoked", "though its text was never seen");
    world.ok(ROOT, "DELETE", &format!("{KEYS}/{pending}"), Value::Null);
    assert_eq!(verify(&world, MEDUSA, "strong").code(), "unknown");
    assert_eq!(fault(&world, &medusa()).0, "import.deleted", "nobody brings it back unawares");
    world.ok(ROOT, "DELETE", "/v1/organizations/acme?revoke=true", Value::Null);
    world.deliver();
    world.pass(6);
    assert_eq!(verify(&world, "another-foreign-key", "strong").code(), "malformed");
}

#[test]
fn an_imported_key_has_the_past_that_it_had_there() {
    let world = World::with_acme();
    let mut row = sha256(&hex("a-foreign-key"));
    let past = json!({
        "created_at": "2024-01-02T03:04:05.678Z", "created_by": " user_01H ", "type": "publishable",
        "expires_at": "2027-01-01T00:00:00.000Z", "metadata": { "plan": "pro" }, "revoked_at": "2025-01-01T00:00:00.000Z",
        "redacted": "a-for***key", "consistency": "strong",
    });
    row.as_object_mut().expect("object").extend(past.as_object().expect("object").clone());
    import_one(&world, &row);
    let key = &keys(&world)[0];
    for (name, value) in [
        ("created_at", json!("2024-01-02T03:04:05.678Z")),
        ("foreign_creator", json!("user_01H")),
        ("type", json!("publishable")),
        ("expires_at", json!("2027-01-01T00:00:00.000Z")),
        ("metadata", json!({ "plan": "pro" })),
        ("revoked_at", json!("2025-01-01T00:00:00.000Z")),
        ("redacted", json!("a-for***key")),
        ("consistency", json!("strong")),
        ("status", json!("revoked")),
        ("foreign", json!(true)),
    ] {
        assert_eq!(key[name], value, "{name}");
    }
    assert_eq!(key["created_by"]["type"], "root", "whoever imports a hash answers for it");
    assert_eq!(verify(&world, "a-foreign-key", "fast").code(), "revoked");
    let events = world.ok(ROOT, "GET", "/v1/organizations/acme/events?action=key.imported", Value::Null).body;
    assert_eq!(events["events"][0]["details"]["created_at"], "2024-01-02T03:04:05.678Z");
    assert!(!events.to_string().contains(&hex("a-foreign-key")));
}

#[test]
fn what_somebody_has_imported_is_revoked_with_all_that_they_have_made() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:write", "orders:read"] }));
    world.ok(&key.token, "POST", IMPORT, json!([sha256(&hex("a-foreign-key"))]));
    let body = json!({ "created_by": format!("key:{}", key.id) });
    assert_eq!(world.ok(ROOT, "POST", &format!("{KEYS}/revoke"), body).body["count"], 1);
    assert_eq!(verify(&world, "a-foreign-key", "strong").code(), "revoked");
}

#[test]
fn foreign_keys_are_listed_in_every_order_page_by_page() {
    let world = World::with_acme();
    for n in 0..5 {
        world.create(ROOT, "organizations/acme", json!({ "title": format!("Ours {n}") }));
        let mut row = sha256(&hex(&format!("a-foreign-key-{n}")));
        row["title"] = format!("Imported {n}").into();
        import_one(&world, &row);
    }
    for order in ["created_at", "updated_at", "last_used_at", "expires_at", "title"] {
        for query in [format!("order={order}"), format!("order=-{order}"), format!("order={order}&q=ported")]
        {
            let (mut seen, mut after) = (Vec::new(), String::new());
            loop {
                let address = format!("{KEYS}?foreign=true&limit=2&{query}{after}");
                let page = world.ok(ROOT, "GET", &address, Value::Null).body;
                assert_eq!((&page["count"], &page["count_is"]), (&json!(5), &json!("exact")), "{query}");
                let keys = page["keys"].as_array().expect("keys").clone();
                assert!(keys.iter().all(|key| key["foreign"] == true), "{query}");
                seen.extend(keys.iter().map(|key| key["id"].to_string()));
                let Some(next) = page["after"].as_str() else { break };
                after = format!("&after={next}");
            }
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 5, "{query}: nothing is skipped, nothing comes twice");
        }
    }
}
