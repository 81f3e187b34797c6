//! Everything that there is of an organization comes back in another deployment.

mod again;

use keyward_core::{KeyDigest, Kind, Owner, OwnerId};
use serde_json::{Value, json};

use crate::memory::{Made, ROOT, Seen, World, after, user};
use crate::ports::Randomness;
use crate::request::{Body, Credentials, RequestOrigin};

const ACME: &str = "/v1/organizations/acme";
const EXPORT: &str = "/v1/organizations/acme/export";

/// All pages of an export, each as its lines.
pub(super) fn export(world: &World) -> Vec<Vec<Value>> {
    let (mut pages, mut next) = (Vec::new(), Some(EXPORT.to_owned()));
    while let Some(address) = next {
        let page = world.ok(ROOT, "GET", &address, Value::Null);
        pages.push(page.body.as_array().expect("lines").clone());
        next = page.next;
    }
    pages
}

pub(super) fn import(world: &World, who: &str, lines: &[Value]) -> Seen {
    let credentials = Credentials { authorization: Some(format!("Bearer {who}")), ..Credentials::default() };
    let body = lines.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
    let address = ["POST", "/v1/organizations/acme/import"];
    let body = Body::Read(body.into_bytes());
    world.send_bytes(credentials, RequestOrigin::Unknown, address, "application/x-ndjson", body)
}

/// How many rows were imported, and how many were there already; none is wrong.
pub(super) fn import_all(world: &World, pages: &[Vec<Value>]) -> [u64; 2] {
    let mut counts = [0, 0];
    for page in pages {
        let told = import(world, ROOT, page).body;
        assert_eq!(told["failed"], json!([]), "{told}");
        for (count, name) in counts.iter_mut().zip(["imported", "unchanged"]) {
            *count += told[name].as_u64().expect("a number");
        }
    }
    counts
}

/// A verdict, whenever it was so.
fn without_as_of(seen: Seen) -> Value {
    let mut body = seen.body;
    body.as_object_mut().expect("object").remove("as_of").expect("as_of");
    body
}

/// An empty deployment in whose ring the old seal key is.
pub(super) fn elsewhere() -> World {
    let ring = format!("{},{}", "77".repeat(32), "5e".repeat(32));
    let world = World::configured(&[("SEAL_KEYS", &ring)]);
    // Chance is the same in both, so what it makes must not be of one instant.
    world.pass(100);
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "acme", "name": "Empty" }));
    world
}

#[expect(clippy::needless_pass_by_value, reason = "it is written where it is used")]
pub(super) fn foreign_row(key: &str, more: Value) -> Value {
    let hash = json!({ "algorithm": "sha256", "encoding": "hex", "value": KeyDigest::of(key).to_hex() });
    let mut row = json!({ "hash": hash, "title": key });
    row["hash"].as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
    row
}

#[test]
fn ten_thousand_keys_are_verified_elsewhere_as_before() {
    let world = World::with_acme();
    world.create(ROOT, "organizations/acme", json!({ "scopes": ["orders:read"] }));
    let owner = Owner::Organization(OwnerId::parse("acme").expect("id"));
    let issue = || {
        let issued = world.config.issuer.issue(Kind::Secret, &owner, &mut world.outside.entropy());
        issued.expect("entropy")
    };
    let issued: Vec<_> = (0..10_000).map(|_| issue()).collect();
    world.fill(10_000, |n, record| {
        let issued = &issued[n as usize];
        (record.digest, record.redacted) = (issued.digest(), issued.redacted().to_owned());
        // As in a life: some have expired, some are revoked.
        record.settings.expires_at = (n % 7 == 0).then(|| after(1));
        record.version = 1 + u64::from(n % 3);
        if n % 11 == 0 {
            let by = record.created_by.clone();
            record.revocation = Some(keyward_core::Revocation { at: after(1), by, reason: None });
        }
    });
    let pages = export(&world);
    assert!(pages.iter().all(|page| page.len() <= 1000));
    let there = elsewhere();
    let [imported, unchanged] = import_all(&there, &pages);
    // The organization, ada and bob; the keys; an event of each, of both members and of the organization's creation.
    assert_eq!([imported, unchanged], [1 + 2 + 10_001 + 10_001 + 3, 0]);
    for (n, issued) in issued.iter().enumerate() {
        let key = Made { id: String::new(), token: issued.text().to_owned() };
        let now = there.verify(&key, "strong");
        let expected = if n % 11 == 0 {
            "revoked"
        } else if n % 7 == 0 {
            "expired"
        } else {
            "valid"
        };
        assert_eq!(now.code(), expected, "{n}");
        if n % 100 == 0 {
            assert_eq!(without_as_of(now), without_as_of(world.verify(&key, "strong")), "{n}");
        }
    }
}

#[test]
fn all_that_there_is_of_an_organization_comes_back_as_it_was() {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", "/v1/organizations/acme/members/cat", json!({ "role": "admin" }));
    let made = world.create(
        &user("bob"),
        "organizations/acme",
        json!({ "scopes": ["*"], "metadata": { "a": 1.5 } }),
    );
    let shown = world.create(ROOT, "organizations/acme", json!({ "type": "publishable" }));
    let rolled = world.ok(ROOT, "POST", &format!("{ACME}/keys/{}/roll", made.id), json!({ "grace": 600 }));
    let rolled = Made { id: rolled.text("id"), token: rolled.text("token") };
    let mut hinted = foreign_row("salt sk_a-key-of-its-own", json!({ "salt": "salt " }));
    (hinted["redacted"], hinted["created_by"]) = ("sk_a***own".into(), "user_7".into());
    let salted = foreign_row("salt a-foreign-key-with-a-salt", json!({ "salt": "salt " }));
    let rows = json!([foreign_row("a-plain-foreign-key", json!({})), salted, hinted]);
    assert_eq!(world.ok(ROOT, "POST", &format!("{ACME}/import"), rows.clone()).body["imported"], 3);
    let used = world.verify(&rolled, "strong");
    world.record_uses(&used);
    let pages = export(&world);
    let there = elsewhere();
    let [imported, unchanged] = import_all(&there, &pages);
    assert_eq!(unchanged, 0);
    let [mut before, mut now] = [&world, &there].map(|world| {
        let list = |what: &str| world.ok(ROOT, "GET", &format!("{ACME}{what}"), Value::Null).body;
        [list(""), list("/members"), list("/keys?order=title&limit=100")]
    });
    for part in before.iter_mut().chain(&mut now) {
        part.as_object_mut().expect("object").remove("after");
    }
    assert_eq!(before, now);
    let events = |world: &World| {
        let list = world.ok(ROOT, "GET", &format!("{ACME}/events?limit=100"), Value::Null).body;
        list["events"].as_array().expect("a list").clone()
    };
    let (before, now) = (events(&world), events(&there));
    assert!(before.iter().all(|event| now.contains(event)), "{before:#?} {now:#?}");
    assert!(now.iter().any(|event| event["action"] == "key.imported"));
    let foreign = ["a-plain-foreign-key", "a-foreign-key-with-a-salt", "sk_a-key-of-its-own"];
    for text in [&made, &shown, &rolled].map(|key| key.token.as_str()).into_iter().chain(foreign) {
        let question = json!({ "key": text, "organization": "acme", "consistency": "strong" });
        let [before, now] = [&world, &there].map(|world| without_as_of(world.ask(ROOT, question.clone())));
        assert_eq!((now["valid"].clone(), &now), (json!(true), &before), "{text}");
    }
    // It can be repeated, and the rows of the other system are still known.
    assert_eq!(imported, pages.iter().map(Vec::len).sum::<usize>() as u64);
    assert_eq!(
        import_all(&there, &pages),
        [0, imported],
        "though some keys were seen since, and are found otherwise"
    );
    assert_eq!(there.ok(ROOT, "POST", &format!("{ACME}/import"), rows).body["unchanged"], 3);
    there.deliver();
    there.warm();
    assert_eq!(there.verify(&rolled, "fast").cost.ledger_calls, 0, "KV has it");
}

#[test]
fn only_the_operator_puts_back_what_was_exported() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    let lines = export(&world).concat();
    let there = elsewhere();
    there.ok(ROOT, "PUT", "/v1/organizations/acme/members/ada", json!({ "role": "owner" }));
    let everything = there.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] })).token;
    let of_operator = there.create(ROOT, "deployment", json!({ "scopes": ["keys:write"] })).token;
    for (who, code) in [
        (user("ada"), "auth.forbidden"),
        (everything, "auth.forbidden"),
        (of_operator, "auth.insufficient_scope"),
    ] {
        let told = import(&there, &who, &lines).body;
        let failed = told["failed"].as_array().expect("rows");
        assert_eq!((&told["imported"], failed.len()), (&json!(0), lines.len()), "{told}");
        assert!(failed.iter().all(|row| row["code"] == code), "{told}");
    }
    assert_eq!(there.verify(&key, "strong").code(), "unknown");
    let of_operator = there.create(ROOT, "deployment", json!({ "scopes": ["*"] })).token;
    assert_eq!(import(&there, &of_operator, &lines).body["failed"], json!([]));
    assert_eq!(there.verify(&key, "strong").code(), "valid");
}

#[test]
fn what_cannot_be_read_is_said_to_be_missing() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    world.outside.tamper("UPDATE keys SET body = '{}'");
    let lines = export(&world).concat();
    assert!(lines.contains(&json!({ "kind": "unreadable", "id": key.id })), "{lines:#?}");
    let told = import(&elsewhere(), ROOT, &lines).body;
    assert_eq!(told["failed"].as_array().map(Vec::len), Some(1));
}

#[test]
fn personal_keys_and_other_organizations_are_not_in_an_export() {
    let world = World::with_acme_in_one_ledger();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex", "owner": "gus" }));
    let others = ["users/bob", "organizations/globex"].map(|owner| world.create(ROOT, owner, json!({})).id);
    let text = format!("{:?}", export(&world));
    assert!(others.iter().all(|id| !text.contains(id)) && !text.contains("globex"));
    let seen = world.send(ROOT, "GET", &format!("{EXPORT}?after=apk_1"), Value::Null);
    assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?after"));
}

#[test]
fn an_export_puts_back_no_slow_hash_that_every_text_would_be_tried_against() {
    let world = World::with_acme();
    let hash = json!({ "algorithm": "scrypt", "encoding": "hex", "value": "5e".repeat(32), "salt": "salt" });
    let row = json!({ "hash": hash, "title": "x", "redacted": "sk_***9" });
    world.ok(ROOT, "POST", &format!("{ACME}/import"), json!([row]));
    let mut lines = export(&world).concat();
    let line = lines.iter_mut().find(|line| line["kind"] == "key").expect("a key");
    line["key"]["redacted"] = "***".into();
    let told = import(&elsewhere(), ROOT, std::slice::from_ref(line)).body;
    assert_eq!(told["failed"][0]["code"], "request.bad_field", "{told}");
}

#[test]
fn no_more_members_are_put_back_than_there_is_room_for() {
    let world = World::with_acme();
    let member = export(&world).concat().into_iter().find(|line| line["kind"] == "member").expect("one");
    let members: Vec<_> = (0..1000)
        .map(|n| {
            let mut member = member.clone();
            member["member"]["user"] = format!("user-{n}").into();
            member
        })
        .collect();
    let told = import(&world, ROOT, &members).body;
    let there = world.outside.members().len();
    assert_eq!((told["imported"].as_u64(), there), (Some(998), 1000), "{}", told["failed"][0]);
    assert_eq!(told["failed"][0]["code"], "organization.member_limit");
}
