//! Which rows are imported, and why others are not.

use serde_json::{Value, json};

use super::{IMPORT, KEYS, MEDUSA, fault, hex, import, import_one, keys, medusa, row, sha256, verify};
use crate::memory::{Faults, ROOT, World, after};
use crate::request::{Body, Credentials, RequestOrigin};

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
