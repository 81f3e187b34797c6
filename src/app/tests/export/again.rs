//! What an export does where something of it is there already, or was.

use serde_json::{Value, json};

use super::{ACME, elsewhere, export, foreign_row, import, import_all};
use crate::memory::{Made, ROOT, World, after};
use keyward_core::KeyDigest;

#[test]
fn a_line_that_differs_from_what_is_there_or_belongs_elsewhere_changes_nothing() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    let lines = export(&world).concat();
    let line = |kind: &str| lines.iter().find(|line| line["kind"] == kind).expect(kind).clone();
    let with = |kind: &str, path: &str, value: Value| {
        let mut line = line(kind);
        *line.pointer_mut(path).expect(path) = value;
        line
    };
    let another = json!("apk_01KAHQ0000000000000000000Z");
    let commits = world.outside.counts().commits;
    for (line, code) in [
        (with("key", "/key/settings/title", json!("Other")), "import.differs"),
        (with("key", "/key/id", another), "import.differs"),
        (with("key", "/key/updated_at", json!(after(7_000_000))), "request.bad_field"),
        (with("key", "/key/owner/id", json!("globex")), "request.bad_field"),
        (with("key", "/key/digest", json!("5e")), "request.bad_field"),
        (with("organization", "/organization/id", json!("globex")), "request.bad_field"),
        (with("member", "/member/role", json!("admin")), "import.differs"),
        (with("member", "/kind", json!("key")), "request.bad_field"),
        (with("event", "/id", json!("evt_7")), "request.bad_field"),
        (json!({ "kind": "unreadable" }), "request.bad_field"),
        (json!({ "kind": "robot" }), "request.bad_field"),
    ] {
        let told = import(&world, ROOT, std::slice::from_ref(&line)).body;
        assert_eq!(told["failed"][0]["code"], code, "{line}: {told}");
    }
    assert_eq!(import_all(&world, std::slice::from_ref(&lines)), [0, lines.len() as u64]);
    assert_eq!(world.outside.counts().commits, commits);
    assert_eq!(world.verify(&key, "strong").code(), "valid");
}

#[test]
fn a_key_that_was_deleted_does_not_come_back_and_the_other_lines_do() {
    let world = World::with_acme();
    let [deleted, key] = [(); 2].map(|()| world.create(ROOT, "organizations/acme", json!({})));
    let lines = export(&world).concat();
    for made in [&deleted, &key] {
        world.ok(ROOT, "DELETE", &format!("{ACME}/keys/{}?revoke=true", made.id), Value::Null);
    }
    let told = import(&world, ROOT, &lines).body;
    let codes: Vec<_> =
        told["failed"].as_array().expect("rows").iter().map(|failed| &failed["code"]).collect();
    assert_eq!(codes, ["import.deleted"; 2], "{told}");
    assert_eq!(world.verify(&deleted, "strong").code(), "unknown");
    assert_eq!(
        import_all(&elsewhere(), &[lines]).iter().sum::<u64>(),
        told["unchanged"].as_u64().expect("rows") + 2
    );
}

#[test]
fn a_foreign_key_that_was_imported_there_as_another_key_differs() {
    let world = World::with_acme();
    let value = KeyDigest::of("salt:sk_of_another_system").to_hex();
    let row = foreign_row("sk_of_another_system", json!({ "salt": "salt:", "value": value }));
    let of_row = || json!([row.clone()]);
    world.ok(ROOT, "POST", &format!("{ACME}/import"), of_row());
    let lines = export(&world).concat();
    let there = elsewhere();
    there.ok(ROOT, "POST", &format!("{ACME}/import"), of_row());
    let told = import(&there, ROOT, &lines).body;
    assert_eq!(told["failed"][0]["code"], "import.differs", "{told}");
    // Nor where its text was seen since, so that it is found otherwise.
    let question = json!({ "key": "sk_of_another_system", "organization": "acme", "consistency": "strong" });
    assert_eq!(there.send(ROOT, "POST", "/v1/verify", question).body["code"], "valid");
    let told = import(&there, ROOT, &lines).body;
    assert_eq!(told["failed"][0]["code"], "import.differs", "{told}");
}

#[test]
fn what_has_changed_since_an_export_is_not_taken_back_by_it() {
    let world = World::with_acme();
    let before = export(&world).concat();
    world.ok(ROOT, "PATCH", ACME, json!({ "name": "Renamed" }));
    let told = import(&world, ROOT, &before).body;
    assert_eq!((&told["imported"], &told["failed"][0]["code"]), (&json!(0), &json!("import.differs")));
    assert_eq!(world.ok(ROOT, "GET", ACME, Value::Null).body["name"], "Renamed");
    // Elsewhere, the newer of two names counts.
    let there = elsewhere();
    import_all(&there, &[before]);
    import_all(&there, &[export(&world).concat()]);
    assert_eq!(there.ok(ROOT, "GET", ACME, Value::Null).body["name"], "Renamed");
}

#[test]
fn a_foreign_key_whose_text_was_seen_since_is_the_same_on_whichever_side_that_was() {
    let world = World::with_acme();
    let row = foreign_row("salt a-foreign-key", json!({ "salt": "salt " }));
    world.ok(ROOT, "POST", &format!("{ACME}/import"), json!([row]));
    let there = elsewhere();
    import_all(&there, &export(&world));
    let question = json!({ "key": "a-foreign-key", "organization": "acme", "consistency": "strong" });
    assert_eq!(world.ask(ROOT, question.clone()).code(), "valid");
    assert_eq!(import_all(&there, &export(&world))[0], 0, "nothing is new");
    // Nor does a revocation, which is taken over, make one of what was not seen here.
    let keys = world.ok(ROOT, "GET", &format!("{ACME}/keys"), Value::Null).body;
    let id = keys["keys"][0]["id"].as_str().expect("id").to_owned();
    world.ok(ROOT, "POST", &format!("{ACME}/keys/{id}/revoke"), Value::Null);
    assert_eq!(import_all(&there, &export(&world))[0], 2, "the revocation, and its event");
    there.deliver();
    assert_eq!(there.ask(ROOT, question.clone()).code(), "revoked");
    there.ok(ROOT, "DELETE", &format!("{ACME}/keys/{id}"), Value::Null);
    there.deliver();
    for consistency in ["fast", "strong"] {
        let question = json!({ "key": "a-foreign-key", "organization": "acme", "consistency": consistency });
        assert_eq!(there.ask(ROOT, question).code(), "unknown");
    }
}

#[test]
fn an_export_takes_no_key_of_another_organization_away() {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    let theirs = world.create(ROOT, "organizations/globex", json!({ "type": "publishable" }));
    world.create(ROOT, "organizations/acme", json!({}));
    world.deliver();
    let mut lines = export(&world).concat();
    let line = lines.iter_mut().find(|line| line["kind"] == "key").expect("a key");
    line["key"]["digest"] = KeyDigest::of(&theirs.token).to_hex().into();
    line["key"]["id"] = "apk_01KAHQ0000000000000000000Z".into();
    let told = import(&world, ROOT, std::slice::from_ref(line)).body;
    assert_eq!(told["imported"], 1, "nobody knows whose key it is: {told}");
    world.deliver();
    let seen = world.verify(&theirs, "fast");
    assert_eq!((seen.code(), &seen.body["key"]["owner"]["id"]), ("valid", &json!("globex")));
}

#[test]
fn lines_may_come_in_any_order_and_twice() {
    let world = World::with_acme();
    world.create(ROOT, "organizations/acme", json!({}));
    let row = foreign_row("salt a-foreign-key", json!({ "salt": "salt " }));
    world.ok(ROOT, "POST", &format!("{ACME}/import"), json!([row]));
    let mut lines = export(&world).concat();
    let count = lines.len() as u64;
    lines.extend(lines.clone());
    lines.reverse();
    let there = elsewhere();
    assert_eq!(import_all(&there, &[lines]), [count, count]);
    let renamed = there.ok(ROOT, "GET", &format!("{ACME}/events?action=organization.renamed"), Value::Null);
    assert_eq!(renamed.body["count"], 1, "what is done once is recorded once");
}

#[test]
fn a_key_that_was_revoked_there_since_is_revoked_here_and_never_the_other_way_round() {
    let world = World::with_acme();
    let keys = [(); 4].map(|()| world.create(ROOT, "organizations/acme", json!({})));
    let [revoked, rolled, renamed, restored] = &keys;
    let there = elsewhere();
    let first = export(&world);
    import_all(&there, &first);
    let path = |key: &Made| format!("{ACME}/keys/{}", key.id);
    world.ok(ROOT, "POST", &format!("{}/revoke", path(revoked)), json!({ "reason": "leaked" }));
    world.ok(ROOT, "POST", &format!("{}/roll", path(rolled)), json!({ "grace": 0 }));
    world.ok(ROOT, "PATCH", &path(renamed), json!({ "title": "Renamed" }));
    there.ok(ROOT, "POST", &format!("{}/revoke", path(restored)), Value::Null);
    let second = export(&world).concat();
    let told = import(&there, ROOT, &second).body;
    let codes: Vec<_> =
        told["failed"].as_array().expect("rows").iter().map(|failed| failed["code"].clone()).collect();
    assert_eq!(
        codes, ["import.differs"; 2],
        "the one that was renamed, and the one that is revoked here: {told}"
    );
    there.deliver();
    for (key, code) in [(revoked, "revoked"), (rolled, "revoked"), (renamed, "valid"), (restored, "revoked")]
    {
        for consistency in ["fast", "strong"] {
            assert_eq!(there.verify(key, consistency).code(), code);
        }
    }
    let told = import(&there, ROOT, &second).body;
    assert_eq!((&told["imported"], told["failed"].as_array().map(Vec::len)), (&json!(0), Some(2)), "{told}");
    let [before, now] = [&world, &there].map(|world| world.ok(ROOT, "GET", &path(revoked), Value::Null).body);
    for field in ["revoked_at", "revoked_by", "revocation_reason", "status"] {
        assert_eq!(now[field], before[field], "{field}");
    }
    let events = there.ok(ROOT, "GET", &format!("{ACME}/events?action=key.revoked"), Value::Null).body;
    assert!(events["events"].as_array().is_some_and(|events| !events.is_empty()));
    import(&there, ROOT, &first.concat());
    assert_eq!(there.verify(revoked, "strong").code(), "revoked", "an older export brings nothing back");
}
