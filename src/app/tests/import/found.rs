//! How foreign keys are found, and what that costs.

use serde_json::{Value, json};

use super::{KEYS, MEDUSA, cost, fault, hex, import, import_one, keys, medusa, row, sha256, verify};
use crate::memory::{Faults, ROOT, World, user};

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
