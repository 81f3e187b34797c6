//! Keys that another system has issued: what is imported, and how they are found.

use serde_json::{Value, json};

use crate::memory::{Counts, Faults, Made, ROOT, Seen, World, after, user};
use crate::request::{Body, Credentials, RequestOrigin};

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

// How they are found.

#[test]
fn a_key_that_was_imported_is_valid_whichever_way_it_was_hashed() {
    let key = "mycompany_BRTRKFsL_51FwqftsmMDHHbJAMEXXHCgG";
    let (part, salted, after_salt) =
        (hex("51FwqftsmMDHHbJAMEXXHCgG"), hex(&format!("salt{key}")), hex(&format!("{key}salt")));
    for hash in [
        json!({ "algorithm": "sha256", "encoding": "hex", "value": hex(key) }),
        json!({ "algorithm": "sha256", "encoding": "hex", "value": part, "part": "after_last_underscore" }),
        json!({ "algorithm": "sha256", "encoding": "hex", "value": salted, "salt": "salt" }),
        json!({
            "algorithm": "sha256", "encoding": "hex", "value": after_salt, "salt": "c2FsdA==",
            "salt_encoding": "base64", "salt_position": "after",
        }),
        json!({ "algorithm": "sha256", "encoding": "base64url", "value": "SzH53KpaYRgSA_Tqk-zhnT2ojY7ag4wDPMsHCKqxa64" }),
        json!({ "algorithm": "sha256", "encoding": "base64", "value": "SzH53KpaYRgSA/Tqk+zhnT2ojY7ag4wDPMsHCKqxa64=" }),
    ] {
        let world = World::with_acme();
        import_one(&world, &row(hash.clone()));
        for consistency in ["fast", "strong", "fast"] {
            let seen = verify(&world, key, consistency);
            assert_eq!(seen.code(), "valid", "{hash}, {consistency}: {}", seen.body);
            let shown = &seen.body["key"];
            assert_eq!((&shown["foreign"], &shown["title"]), (&json!(true), &json!("Imported")));
        }
        world.deliver();
        let seen = verify(&world, key, "fast");
        assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 0)), "from KV: {hash}");
        let other = key.replace("HCgG", "HCgH");
        assert_eq!(verify(&world, &other, "fast").code(), "unknown", "{hash}");
    }
}

#[test]
fn an_hmac_and_a_sha_512_are_found_too() {
    let hmac = "18932b5e9b9bf0ee0975219be6f52dcddea9527c3c7370ed97eec5c89dfda9ad";
    let plain = "404e4c70b7741f69e535cc34da6fbcc00a2227eaf7983b17edbbbac1a39f812e0d9d06a2dff5167770de8c74a550d31b7a76e652444c50d6c37a27e1a64215c4";
    let salted = "84e4a8afc9493f8ec15f0458f9b5b4e827105c00fc1479f083d0a9166b1c93266e28b647f32393d999ba041589df19b0b925ffc9775b7e25d00b4a8827ea3cc0";
    let hash =
        |algorithm: &str, value: &str| json!({ "algorithm": algorithm, "encoding": "hex", "value": value });
    let with = |mut hash: Value, name: &str, text: &str| {
        hash[name] = text.into();
        hash
    };
    for (key, hash) in [
        ("a-foreign-key-of-hmac", with(hash("hmac-sha256", hmac), "pepper", "pepper")),
        ("a-foreign-key-of-sha512", hash("sha512", plain)),
        ("a-foreign-key-of-sha512", with(hash("sha512", salted), "salt", "global")),
    ] {
        let world = World::with_acme();
        import_one(&world, &row(hash));
        let first = verify(&world, key, "fast");
        assert_eq!((first.code(), first.cost.ledger_calls), ("valid", 2), "its ledger is asked twice");
        world.deliver();
        assert_eq!(verify(&world, key, "fast").cost, cost(1, 0));
        let seen = verify(&world, "another-key-altogether", "strong");
        assert_eq!((seen.code(), seen.cost), ("unknown", cost(0, 2)));
    }
}

#[test]
fn a_hash_of_medusa_is_computed_once_and_only_for_a_text_that_looks_like_it() {
    let world = World::with_acme();
    import_one(&world, &medusa());
    let looks_different = MEDUSA.replace("23be", "23bf");
    let seen = verify(&world, &looks_different, "strong");
    assert_eq!((seen.code(), seen.cost), ("unknown", cost(0, 2)), "nobody looks like it");
    let looks_alike = MEDUSA.replace("ebcf", "ebce");
    let seen = verify(&world, &looks_alike, "strong");
    assert_eq!((seen.code(), seen.cost), ("unknown", cost(0, 2)), "it is computed, and is another");
    let first = verify(&world, MEDUSA, "fast");
    assert_eq!((first.code(), &first.body["consistency"]), ("valid", &json!("strong")));
    assert_eq!((first.cost.ledger_calls, first.cost.commits), (3, 1));
    let second = verify(&world, MEDUSA, "strong");
    assert_eq!((second.code(), second.cost), ("valid", cost(0, 1)), "by its digest from now on");
    world.deliver();
    let third = verify(&world, MEDUSA, "fast");
    assert_eq!((third.code(), third.cost), ("valid", cost(1, 0)), "as quickly as one of ours");
    world.pass(6);
    let seen = verify(&world, &looks_alike, "strong");
    assert_eq!((seen.code(), seen.cost), ("unknown", cost(0, 2)));
    assert!(
        world.outside.rows("SELECT hint FROM hashes WHERE hint IS NOT NULL").is_empty(),
        "nothing is computed any more"
    );
    assert_eq!(keys(&world)[0]["redacted"], "sk_44d***3be");
}

#[test]
fn slow_hashes_are_computed_so_many_times_a_minute_in_an_organization() {
    let world = World::with_acme();
    // A redacted form that all of these have.
    let rows: Vec<Value> = (0..8)
        .map(|n| {
            let mut row = medusa();
            row["hash"]["value"] = hex(&n.to_string()).into();
            row["redacted"] = "sk_***".into();
            row
        })
        .collect();
    assert_eq!(import(&world, json!(rows))["imported"], 8);
    let mut more = medusa();
    more["redacted"] = "sk_***".into();
    assert_eq!(fault(&world, &more).0, "import.alike");
    // Nobody computes them here: the ledger is asked as the edge asks.
    let ask = |n: u32| {
        use crate::ledger::foreign::FindForeignKey;
        let asked = FindForeignKey {
            organization: keyward_core::OwnerId::parse("acme").expect("id"),
            digest: keyward_core::KeyDigest::of(&n.to_string()),
            copy_is_bad: false,
            hashes: vec![],
            hints: vec!["sk_***".to_owned()],
            since: None,
        };
        let ledger = keyward_core::Owner::Organization(asked.organization.clone()).ledger();
        crate::memory::run(world.app().ask(ledger, asked)).map(|tried| tried.candidates.len())
    };
    let allowed = (0..100).take_while(|n| ask(*n) == Ok(8)).count();
    assert_eq!(allowed, 300 / 8);
    assert_eq!(ask(0).expect_err("busy").code, keyward_core::ErrorCode::ServerBusy);
    world.pass(60);
    assert_eq!(ask(0), Ok(8));
}

#[test]
fn the_same_text_in_two_organizations_is_two_keys() {
    for world in [World::with_acme(), World::with_acme_in_one_ledger()] {
        world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
        import_one(&world, &sha256(&hex("a-foreign-key")));
        let seen = world.ask(ROOT, json!({ "key": "a-foreign-key", "organization": "globex" }));
        assert_eq!((seen.code(), seen.body["key"].clone()), ("malformed", Value::Null));
        world.forget();
        let mut theirs = sha256(&hex("a-foreign-key"));
        theirs["title"] = "Theirs".into();
        world.ok(ROOT, "POST", "/v1/organizations/globex/import", json!([theirs]));
        for (organization, title) in [("acme", "Imported"), ("globex", "Theirs")] {
            let seen = world.ask(ROOT, json!({ "key": "a-foreign-key", "organization": organization }));
            assert_eq!((seen.code(), &seen.body["key"]["title"]), ("valid", &json!(title)));
        }
        let key = world.create(ROOT, "organizations/globex", json!({ "scopes": ["keys:verify"] }));
        let seen = world.ask(&key.token, json!({ "key": "a-foreign-key" }));
        assert_eq!(seen.body["key"]["title"], "Theirs", "an organization's key need not name it");
        let seen = world.ask(&key.token, json!({ "key": "a-foreign-key", "organization": "acme" }));
        assert_eq!(seen.code(), "not_a_member", "it reaches no other");
        let seen = world.ask(ROOT, json!({ "key": "a-foreign-key" }));
        assert_eq!((seen.code(), seen.cost), ("malformed", cost(0, 0)), "nobody says whose it is");
    }
}

#[test]
fn members_verify_foreign_keys_of_the_organization_that_they_name() {
    let world = World::with_acme();
    import_one(&world, &sha256(&hex("a-foreign-key")));
    let question = json!({ "key": "a-foreign-key", "organization": "acme", "scopes": ["orders:read"] });
    assert_eq!(world.ask(&user("bob"), question.clone()).code(), "valid");
    assert_eq!(world.ask(&user("zoe"), question).code(), "owner.not_found");
    let more = json!({ "key": "a-foreign-key", "organization": "acme", "scopes": ["orders:write"] });
    assert_eq!(world.ask(&user("bob"), more).code(), "insufficient_scope");
}

#[test]
fn an_organization_without_foreign_keys_pays_for_texts_that_are_no_keys_once_within_the_bound() {
    let world = World::with_acme();
    let own = world.create(ROOT, "organizations/acme", json!({}));
    world.deliver();
    world.warm();
    let seen = verify(&world, "no-key-at-all", "fast");
    assert_eq!((seen.code(), seen.cost), ("malformed", cost(1, 1)));
    let as_of = seen.body["as_of"].clone();
    for text in ["no-key-at-all", "neither-is-this"] {
        let seen = verify(&world, text, "fast");
        assert_eq!((seen.code(), seen.cost), ("malformed", cost(0, 0)));
        assert_eq!(seen.body["as_of"], as_of, "it was so then");
    }
    let seen = verify(&world, &own.token, "fast");
    assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 0)), "our own keys cost what they always do");
    import_one(&world, &sha256(&hex("a-foreign-key")));
    assert_eq!(verify(&world, "a-foreign-key", "fast").code(), "malformed", "as it was then");
    assert_eq!(verify(&world, "a-foreign-key", "strong").code(), "valid", "whoever asks for now is told");
    // The clocks may have drifted apart by a second.
    world.pass(29);
    assert_eq!(verify(&world, "a-foreign-key", "fast").code(), "malformed");
    world.pass(1);
    assert_eq!(verify(&world, "a-foreign-key", "fast").code(), "valid");
    let seen = verify(&world, &own.token, "fast");
    assert_eq!((seen.code(), seen.cost), ("valid", cost(1, 0)), "with foreign keys too");
}

#[test]
fn what_cannot_be_a_foreign_key_is_refused_without_storage() {
    let world = World::with_acme();
    import_one(&world, &sha256(&hex("a-foreign-key")));
    let own = world.create(ROOT, "organizations/acme", json!({}));
    let damaged = own.token.replace("kw_sk_test_1", "kw_sk_test_2");
    for text in ["", "short-1", "a text with spaces", "schlüssel-schlüssel", &"x".repeat(513), &damaged] {
        let seen = verify(&world, text, "strong");
        assert_eq!((seen.code(), seen.cost), ("malformed", cost(0, 0)), "{text}");
    }
    assert_eq!(verify(&world, &"x".repeat(512), "strong").code(), "unknown");
}

#[test]
fn without_its_ledger_a_text_that_may_be_a_foreign_key_is_neither_valid_nor_refused() {
    let world = World::with_acme();
    import_one(&world, &medusa());
    world.suffer(Faults { ledgers_down: true, ..Faults::NONE });
    assert_eq!(verify(&world, MEDUSA, "fast").code(), "server.unavailable");
    world.suffer(Faults::NONE);
    // The ledger has promised what it says for some seconds to come.
    world.warm();
    world.suffer(Faults { commits_fail: true, ..Faults::NONE });
    assert_eq!(verify(&world, MEDUSA, "fast").code(), "valid", "though its digest is not stored");
    world.suffer(Faults::NONE);
    assert_eq!(verify(&world, MEDUSA, "fast").cost.ledger_calls, 3, "so it is looked for once more");
    assert_eq!(verify(&world, MEDUSA, "strong").cost.ledger_calls, 1);
}

#[test]
fn a_foreign_key_whose_digest_could_not_be_stored_is_revoked_within_the_bound_all_the_same() {
    let world = World::with_acme();
    import_one(&world, &medusa());
    world.warm();
    world.suffer(Faults { commits_fail: true, ..Faults::NONE });
    let seen = verify(&world, MEDUSA, "fast");
    assert_eq!(seen.code(), "valid");
    world.suffer(Faults::NONE);
    let address = format!("{KEYS}/{}/revoke", seen.body["key"]["id"].as_str().expect("id"));
    world.ok(ROOT, "POST", &address, Value::Null);
    world.warm();
    assert_eq!(verify(&world, MEDUSA, "fast").code(), "revoked");
}

#[test]
fn one_hash_that_cannot_be_read_hides_no_other_that_looks_alike() {
    let world = World::with_acme();
    let mut other = medusa();
    other["hash"]["value"] = hex("other").into();
    assert_eq!(import(&world, json!([medusa(), other]))["imported"], 2);
    world.outside.tamper("UPDATE hashes SET body = '{}' WHERE hash NOT LIKE 'a89e%'");
    assert_eq!(verify(&world, MEDUSA, "strong").code(), "valid");
}

#[test]
fn a_text_whose_key_was_deleted_is_found_as_the_key_that_it_was_imported_as_since() {
    let world = World::with_acme();
    import_one(&world, &sha256(&hex("a-foreign-key")));
    let id = verify(&world, "a-foreign-key", "strong").body["key"]["id"].as_str().expect("id").to_owned();
    world.ok(ROOT, "DELETE", &format!("{KEYS}/{id}?revoke=true"), Value::Null);
    world.deliver();
    assert_eq!(verify(&world, "a-foreign-key", "fast").code(), "unknown");
    world.pass(10);
    let salted = json!({ "algorithm": "sha256", "encoding": "hex", "value": hex("salt a-foreign-key"), "salt": "salt " });
    import_one(&world, &row(salted));
    assert_eq!(verify(&world, "a-foreign-key", "fast").code(), "valid", "KV still says that it was deleted");
    world.deliver();
    assert_eq!(verify(&world, "a-foreign-key", "fast").cost, cost(1, 0));
}

#[test]
fn a_deleted_key_is_not_looked_for_and_leaves_its_place_to_one_that_looks_alike() {
    let world = World::with_acme();
    let alike = |n: u32| {
        let mut row = medusa();
        row["hash"]["value"] = hex(&n.to_string()).into();
        row
    };
    assert_eq!(import(&world, json!((0..8).map(alike).collect::<Vec<_>>()))["imported"], 8);
    assert_eq!(fault(&world, &alike(8)).0, "import.alike");
    let id = keys(&world)[0]["id"].as_str().expect("id").to_owned();
    world.ok(ROOT, "DELETE", &format!("{KEYS}/{id}?revoke=true"), Value::Null);
    assert_eq!(world.outside.rows("SELECT id FROM hashes WHERE hint IS NOT NULL").len(), 7);
    import_one(&world, &alike(8));
}

#[test]
fn a_foreign_key_is_no_credential_and_its_text_alone_leads_nowhere() {
    let world = World::with_acme();
    let mut row = sha256(&hex("a-foreign-key"));
    row["scopes"] = json!(["*"]);
    import_one(&world, &row);
    assert_eq!(verify(&world, "a-foreign-key", "strong").code(), "valid");
    let seen = world.send("a-foreign-key", "GET", "/v1/whoami", Value::Null);
    assert_eq!((seen.code(), seen.cost), ("auth.invalid", cost(0, 0)));
    let token = json!({ "token": "a-foreign-key" });
    assert_eq!(world.send(ROOT, "POST", "/v1/lookup", token.clone()).code(), "key.not_found");
    let found = world.ok("", "POST", "/v1/revoke/found", json!({ "found": [token] })).body;
    assert!(found.to_string().contains("unknown"), "{found}");
    assert_eq!(verify(&world, "a-foreign-key", "strong").code(), "valid");
}

#[test]
fn the_hash_of_one_of_our_keys_is_no_way_to_it() {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let ours = world.create(ROOT, "organizations/globex", json!({ "scopes": ["orders:write"] }));
    let mut row = sha256(&hex(&ours.token));
    row["scopes"] = json!(["*"]);
    import_one(&world, &row);
    world.deliver();
    let seen = verify(&world, &ours.token, "fast");
    assert_eq!(seen.code(), "not_a_member", "it is what it says: {}", seen.body);
    let seen = world.ask(ROOT, json!({ "key": ours.token }));
    assert_eq!((seen.code(), &seen.body["key"]["scopes"]), ("valid", &json!(["orders:write"])));
    let damaged = ours.token.replace("kw_sk_test_1", "kw_sk_test_2");
    import_one(&world, &sha256(&hex(&damaged)));
    assert_eq!(verify(&world, &damaged, "strong").code(), "malformed");
}

// Their lives.

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

// What is imported.

#[test]
fn rows_that_are_wrong_fail_alone_and_each_says_why() {
    let world = World::with_acme();
    let good = || json!({ "algorithm": "sha256", "encoding": "hex", "value": hex("x") });
    let with = |name: &str, value: Value| {
        let mut hash = good();
        hash[name] = value;
        row(hash)
    };
    let plus = |name: &str, value: Value| {
        let mut row = row(good());
        row[name] = value;
        row
    };
    let before = world.outside.counts().commits;
    for (bad, said) in [
        (json!(7), "A row has to be a JSON object"),
        (json!({ "title": "x" }), "/hash is missing"),
        (json!({ "hash": good() }), "/title is missing"),
        (plus("title", json!("")), "/title"),
        (plus("scope", json!("x")), "/scope is not known here"),
        (plus("created_at", json!("yesterday")), "/created_at"),
        (plus("created_at", json!(after(60).to_string())), "/created_at must not be in the future"),
        (plus("redacted", json!("sk_44d...3be")), "/redacted must be the beginning"),
        (plus("redacted", json!("sk_44de31ebcf085fa423***3be")), "/redacted must be the beginning"),
        (plus("metadata", json!([])), "/metadata"),
        (plus("kind", json!("key")), "is not known here"),
        (with("algorithm", json!("md5")), "/hash"),
        (with("encoding", json!("base32")), "/hash"),
        (with("encoding", json!("text")), "written as its `encoding` says"),
        (with("value", json!("zz")), "written as its `encoding` says"),
        (with("value", json!("5e")), "of 32 bytes"),
        (with("salt", json!("")), "`salt` of 1 to 256 bytes"),
        (with("pepper", json!("x")), "`pepper`"),
        (with("algorithm", json!("hmac-sha256")), "`pepper`"),
        (with("algorithm", json!("scrypt")), "must have a `salt` for scrypt"),
        (with("rounds", json!(7)), "/hash"),
    ] {
        let (code, detail) = fault(&world, &bad);
        assert!(code.starts_with("request.bad_"), "{bad}: {code}");
        assert!(detail.contains(said) && !detail.contains(&hex("x")), "{bad}: {detail}");
    }
    let mut unknown_salt = medusa();
    unknown_salt["redacted"] = Value::Null;
    assert!(fault(&world, &unknown_salt).1.contains("/redacted is needed"));
    assert_eq!(world.outside.counts().commits, before, "nothing was done");
    let told = import(&world, json!([sha256(&hex("a")), {}, sha256(&hex("b")), sha256(&hex("a")), 7]));
    let rows: Vec<_> =
        told["failed"].as_array().expect("rows").iter().map(|row| row["row"].clone()).collect();
    assert_eq!(
        (&told["imported"], &told["unchanged"], rows),
        (&json!(2), &json!(1), vec![json!(2), json!(5)])
    );
    assert_eq!(world.outside.counts().commits, before + 1, "what is right is one transaction");
}

#[test]
fn the_same_row_again_changes_nothing_and_another_of_the_same_hash_is_refused() {
    let world = World::with_acme();
    for row in [sha256(&hex("a-foreign-key")), medusa()] {
        import_one(&world, &row);
        let commits = world.outside.counts().commits;
        for _ in 0..2 {
            assert_eq!(import(&world, json!([row, row]))["unchanged"], 2);
        }
        let mut other = row.clone();
        other["title"] = "Other".into();
        assert_eq!(fault(&world, &other).0, "import.differs");
        // The same hash, written otherwise, is the same.
        let mut same = row.clone();
        same["hash"]["value"] = row["hash"]["value"].as_str().expect("text").to_uppercase().into();
        assert_eq!(import(&world, json!([same]))["unchanged"], 1);
        assert_eq!(world.outside.counts().commits, commits);
    }
    let mut both = [sha256(&hex("b")), sha256(&hex("b"))];
    both[1]["title"] = "Other".into();
    let told = import(&world, json!(both));
    assert_eq!((&told["imported"], &told["failed"][0]["code"]), (&json!(1), &json!("import.differs")));
    let id = keys(&world)[0]["id"].as_str().expect("id").to_owned();
    world.ok(ROOT, "PATCH", &format!("{KEYS}/{id}"), json!({ "title": "Renamed here" }));
    assert_eq!(import(&world, json!([sha256(&hex("b"))]))["unchanged"], 1, "whatever has become of it");
    assert_eq!(verify(&world, MEDUSA, "strong").code(), "valid");
    assert_eq!(import(&world, json!([medusa()]))["unchanged"], 1, "though it is found by another digest");
}

#[test]
fn a_dry_run_says_the_same_and_does_nothing() {
    let world = World::with_acme();
    let rows = json!([sha256(&hex("a")), {}, medusa(), medusa()]);
    let commits = world.outside.counts().commits;
    let mut dry = world.ok(ROOT, "POST", &format!("{IMPORT}?dry_run=true"), rows.clone()).body;
    assert_eq!(world.outside.counts().commits, commits, "nothing is written");
    assert_eq!((&dry["dry_run"], keys(&world).len()), (&json!(true), 0));
    dry["dry_run"] = false.into();
    assert_eq!(import(&world, rows), dry);
    let seen = world.send(ROOT, "POST", &format!("{IMPORT}?dry_run=yes"), json!([]));
    assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?dry_run"));
}

#[test]
fn rows_are_an_array_or_lines_and_a_thousand_at_the_most() {
    let world = World::with_acme();
    let send = |content_type: &str, body: &str| {
        let credentials =
            Credentials { authorization: Some(format!("Bearer {ROOT}")), ..Credentials::default() };
        let body = Body::Read(body.as_bytes().to_vec());
        world.send_bytes(credentials, RequestOrigin::Unknown, ["POST", IMPORT], content_type, body)
    };
    let lines = format!("\n{}\r\n  \n{{\n{}", sha256(&hex("a")), sha256(&hex("b")));
    let told = send("application/x-ndjson; charset=utf-8", &lines).body;
    assert_eq!((&told["imported"], &told["failed"][0]["row"]), (&json!(2), &json!(2)));
    assert_eq!(told["failed"][0]["code"], "request.bad_json");
    for (content_type, body, code) in [
        ("application/json", "{}".to_owned(), "request.bad_json"),
        ("application/json", "[".to_owned(), "request.bad_json"),
        ("application/json", String::new(), "request.bad_json"),
        ("text/csv", "a".to_owned(), "request.not_rows"),
        ("application/json", format!("[{}0]", "0,".repeat(1000)), "request.bad_field"),
        ("application/x-ndjson", "0\n".repeat(1001), "request.bad_field"),
    ] {
        assert_eq!(send(content_type, &body).code(), code, "{content_type}");
    }
    assert_eq!(
        send("application/x-ndjson", &"0\n".repeat(1000)).body["failed"].as_array().map(Vec::len),
        Some(1000)
    );
}

#[test]
fn there_is_room_for_so_many_salts_and_for_any_number_with_a_redacted_form() {
    let world = World::with_acme();
    let salted = |n: usize| {
        row(
            json!({ "algorithm": "sha256", "encoding": "hex", "value": hex(&n.to_string()), "salt": format!("salt {n}") }),
        )
    };
    let told = import(&world, json!((0..66).map(salted).collect::<Vec<_>>()));
    assert_eq!(
        (&told["imported"], &told["failed"][0]["code"]),
        (&json!(64), &json!("import.too_many_forms"))
    );
    assert!(told["failed"][0]["detail"].as_str().expect("text").contains("redacted forms"));
    assert_eq!(
        fault(&world, &salted(70)).0,
        "import.too_many_forms",
        "they are counted as long as they are there"
    );
    let mut with_hint = salted(71);
    with_hint["redacted"] = "sk_1***9".into();
    import_one(&world, &with_hint);
    let shapes = (0..17).map(|n| {
        let mut row = salted(100 + n);
        row["redacted"] = format!("{}***z", "x".repeat(n)).into();
        row
    });
    let told = import(&world, json!(shapes.collect::<Vec<_>>()));
    assert_eq!(
        told["failed"].as_array().map(Vec::len),
        Some(1),
        "sixteen, of which one was there already: {told}"
    );
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

// Who may.

#[test]
fn a_key_imports_nothing_that_it_does_not_hold() {
    let world = World::with_acme();
    let fields = json!({ "scopes": ["keys:write", "a"], "expires_at": after(3600).to_string(), "consistency": "strong" });
    let key = world.create(ROOT, "organizations/acme", fields).token;
    let row = |more: Value| {
        let mut row = sha256(&hex(&more.to_string()));
        let fits = json!({ "scopes": ["a"], "expires_at": after(60).to_string(), "consistency": "strong" });
        for fields in [fits, more] {
            row.as_object_mut().expect("object").extend(fields.as_object().expect("object").clone());
        }
        row
    };
    let rows = json!([
        row(json!({})),
        row(json!({ "scopes": ["b"] })),
        row(json!({ "expires_at": null })),
        row(json!({ "consistency": "fast" })),
        row(json!({ "expires_at": null, "revoked_at": after(60).to_string() })),
    ]);
    let told = world.ok(&key, "POST", IMPORT, rows).body;
    let codes: Vec<_> =
        told["failed"].as_array().expect("rows").iter().map(|row| row["code"].clone()).collect();
    assert_eq!(
        (&told["imported"], codes),
        (
            &json!(2),
            vec![
                json!("auth.grant_exceeds_own"),
                json!("auth.grant_exceeds_own_end"),
                json!("auth.grant_looser_than_own"),
            ]
        )
    );
}

#[test]
fn a_full_ledger_takes_no_keys_and_a_dry_run_says_so() {
    let world = World::with_acme();
    world.suffer(Faults { size_bytes: 9_000_000_000, ..Faults::NONE });
    for address in [IMPORT, "/v1/organizations/acme/import?dry_run=true"] {
        assert_eq!(world.send(ROOT, "POST", address, json!([sha256(&hex("a"))])).code(), "ledger.full");
    }
}

#[test]
fn the_hash_of_a_foreign_key_counts_towards_its_owners_share() {
    let bytes = |salt: &str| {
        let world = World::with_acme();
        let hash = json!({ "algorithm": "sha256", "encoding": "hex", "value": hex("x"), "salt": salt });
        import_one(&world, &row(hash));
        let shares = world.outside.rows("SELECT bytes FROM shares WHERE owner = 'organization:acme'");
        let Some(crate::ledger::sql::SqlValue::Integer(bytes)) = shares[0].first() else { panic!("bytes") };
        *bytes
    };
    assert!(bytes(&"s".repeat(256)) >= bytes("s") + 500);
}
