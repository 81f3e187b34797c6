//! Sales channels, and links to them, that come from elsewhere.

use keyward_core::KeyDigest;
use serde_json::{Value, json};

use crate::memory::{Made, ROOT, World, user};

const ACME: &str = "/v1/organizations/acme";
const WEB: &str = "sc_01KAHQ0000000000000000000A";
const APP: &str = "sc_01KAHQ0000000000000000000B";
const UNKNOWN: &str = "sc_01KAHQ0000000000000000000Z";
const NO_CHANNELS: &str = "/links must name sales channels that the organization has";
const NOT_PUBLISHABLE: &str = "/links can be given to publishable keys only";

fn channel(id: &str, name: &str) -> Value {
    let at = "2024-01-02T03:04:05.678Z";
    json!({
        "kind": "channel",
        "channel": {
            "id": id, "name": name, "description": "A shop", "is_disabled": true, "created_at": at, "updated_at": at,
        },
    })
}

/// A key of another system.
fn key(text: &str, key_type: &str, links: &[&str]) -> Value {
    let hash = json!({ "algorithm": "sha256", "encoding": "hex", "value": KeyDigest::of(text).to_hex() });
    json!({ "hash": hash, "title": text, "type": key_type, "links": links })
}

/// How many rows were imported, how many are unchanged, and what is said of the others.
fn import(world: &World, who: &str, query: &str, rows: Value) -> (u64, u64, Vec<String>) {
    let told = world.ok(who, "POST", &format!("{ACME}/import{query}"), rows).body;
    let failed = told["failed"].as_array().expect("a list").iter().map(|failed| {
        let text = |name: &str| failed[name].as_str().expect("text").to_owned();
        if failed["code"] == "request.bad_field" { text("detail") } else { text("code") }
    });
    let count = |name: &str| told[name].as_u64().expect("a number");
    (count("imported"), count("unchanged"), failed.collect())
}

fn failed(reasons: &[&str]) -> Vec<String> {
    reasons.iter().map(|reason| (*reason).to_owned()).collect()
}

fn links(world: &World, text: &str) -> Value {
    let question = json!({ "key": text, "organization": "acme", "consistency": "strong" });
    world.ok(ROOT, "POST", "/v1/verify", question).body["key"]["links"].clone()
}

/// All sales channels of acme, as Medusa's clients see them.
fn channels(world: &World) -> Vec<Value> {
    let reader = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:read"] }));
    let seen = world.ok(&reader.token, "GET", "/admin/sales-channels?limit=1000", Value::Null);
    seen.body["sales_channels"].as_array().expect("a list").clone()
}

#[test]
fn a_publishable_key_is_imported_with_links_to_channels_that_are_there_or_come_before_it() {
    let world = World::with_acme();
    assert_eq!(import(&world, ROOT, "", json!([channel(WEB, "Web")])), (1, 0, vec![]));
    let rows = || {
        json!([
            key("pk_of_a_shop", "publishable", &[APP, WEB]),
            channel(APP, "App"),
            key("pk_of_another_shop", "publishable", &[APP, WEB, APP]),
        ])
    };
    let expected = (2, 0, failed(&[NO_CHANNELS]));
    assert_eq!(import(&world, ROOT, "?dry_run=true", rows()), expected, "a trial says the same");
    assert_eq!(channels(&world).len(), 1);
    assert_eq!(import(&world, ROOT, "", rows()), expected);
    assert_eq!(links(&world, "pk_of_another_shop"), json!([WEB, APP]));
    assert_eq!(import(&world, ROOT, "", rows()), (1, 2, vec![]), "it is there now");
    assert_eq!(links(&world, "pk_of_a_shop"), json!([WEB, APP]));
    // With other links it is another row.
    let other = json!([key("pk_of_a_shop", "publishable", &[WEB])]);
    assert_eq!(import(&world, ROOT, "", other), (0, 0, failed(&["import.differs"])));
    assert_eq!(links(&world, "pk_of_a_shop"), json!([WEB, APP]));
    let listed: Vec<_> = channels(&world).iter().map(|channel| channel["name"].clone()).collect();
    assert_eq!(listed, ["Web", "App"]);
}

#[test]
fn links_that_no_new_key_may_have_are_not_imported_either() {
    let world = World::with_acme();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
    world.ok(ROOT, "POST", "/v1/organizations/globex/import", json!([channel(APP, "App")]));
    import(&world, ROOT, "", json!([channel(WEB, "Web")]));
    let many: Vec<_> = (0..51).map(|n| format!("sc_01KAHQ000000000000000000{n:02}")).collect();
    let many: Vec<_> = many.iter().map(String::as_str).collect();
    let commits = world.outside.counts().commits;
    for (row, reason) in [
        (key("sk_of_a_shop", "secret", &[WEB]), NOT_PUBLISHABLE),
        (key("sk_of_a_shop", "secret", &[UNKNOWN]), NOT_PUBLISHABLE),
        (key("pk_of_a_shop", "publishable", &[WEB, UNKNOWN]), NO_CHANNELS),
        (key("pk_of_a_shop", "publishable", &[APP]), NO_CHANNELS),
        (key("pk_of_a_shop", "publishable", &many), "/links must hold at most 50 links"),
        (key("pk_of_a_shop", "publishable", &["sc_1"]), "/links must be an id that the server has made"),
    ] {
        assert_eq!(import(&world, ROOT, "", json!([row])), (0, 0, failed(&[reason])), "{row}");
    }
    assert_eq!(world.outside.counts().commits, commits);
    assert_eq!(import(&world, ROOT, "", json!([key("sk_of_a_shop", "secret", &[])])), (1, 0, vec![]));
}

#[test]
fn whoever_imports_keys_imports_channels_and_they_overwrite_nothing() {
    let world = World::with_acme();
    world.ok(ROOT, "PUT", &format!("{ACME}/members/cat"), json!({ "role": "admin" }));
    let writer = world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:write"] })).token;
    assert_eq!(import(&world, &writer, "", json!([channel(WEB, "Web")])), (1, 0, vec![]));
    let rows = json!([
        channel(WEB, "Web"),
        channel(WEB, "Another"),
        channel(APP, "App"),
        channel(APP, "App"),
        channel(APP, "Another"),
        channel("sc_1", "No id"),
        channel(UNKNOWN, " "),
        { "kind": "channel" },
    ]);
    let (imported, unchanged, reasons) = import(&world, &user("cat"), "", rows);
    assert_eq!((imported, unchanged, reasons.len()), (1, 2, 5), "{reasons:?}");
    assert_eq!(reasons[..2], failed(&["import.differs"; 2]));
    let names: Vec<_> = channels(&world).iter().map(|channel| channel["name"].clone()).collect();
    assert_eq!(names, ["Web", "App"]);
    for who in
        [user("bob"), world.create(ROOT, "organizations/acme", json!({ "scopes": ["keys:read"] })).token]
    {
        let refused = world.send(&who, "POST", &format!("{ACME}/import"), json!([channel(UNKNOWN, "X")]));
        assert_eq!(refused.status, 403, "{}", refused.body);
    }
}

#[test]
fn no_more_channels_are_imported_than_there_is_room_for() {
    let world = World::with_acme();
    import(&world, ROOT, "", json!([channel(WEB, "Web")]));
    let rows: Vec<_> =
        (0..501).map(|n| channel(&format!("sc_01KAHQ00000000000000000{n:03}"), "Many")).collect();
    assert_eq!(import(&world, ROOT, "", json!(rows)), (499, 0, failed(&["ledger.full"; 2])));
    assert_eq!(channels(&world).len(), 500);
}

/// All lines of an export that has one page of keys, and of events.
fn export(world: &World) -> Vec<Value> {
    let first = world.ok(ROOT, "GET", &format!("{ACME}/export"), Value::Null);
    let second = world.ok(ROOT, "GET", &first.next.expect("events"), Value::Null);
    [first.body, second.body].iter().flat_map(|page| page.as_array().expect("lines")).cloned().collect()
}

fn elsewhere() -> World {
    let ring = format!("{},{}", "77".repeat(32), "5e".repeat(32));
    let world = World::configured(&[("SEAL_KEYS", &ring)]);
    world.pass(100);
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "acme", "name": "Empty" }));
    world
}

#[test]
fn channels_and_links_are_the_same_after_they_were_exported_and_imported() {
    let world = World::with_acme();
    let rows = json!([
        channel(WEB, "Web"),
        channel(APP, "App"),
        key("pk_of_a_shop", "publishable", &[WEB]),
        channel(UNKNOWN, "Linked by none"),
    ]);
    assert_eq!(import(&world, ROOT, "", rows.clone()), (4, 0, vec![]));
    let own = json!({ "type": "publishable", "links": [APP, WEB] });
    let own = world.create(ROOT, "organizations/acme", own).token;
    let writer = world.create(ROOT, "organizations/acme", json!({ "scopes": ["*"] }));
    world.pass(5);
    let app = format!("/admin/sales-channels/{APP}");
    world.ok(
        &writer.token,
        "POST",
        &app,
        json!({ "name": "Mobile", "description": null, "is_disabled": false }),
    );
    let before = channels(&world);
    let lines = export(&world);
    let kinds: Vec<_> = lines.iter().map(|line| line["kind"].as_str().expect("a kind")).collect();
    let place = |kind: &str| kinds.iter().position(|other| *other == kind).expect("a line");
    assert!(place("channel") < place("key"), "{kinds:?}");

    let there = elsewhere();
    let count = lines.len() as u64;
    assert_eq!(import(&there, ROOT, "", json!(lines)), (count, 0, vec![]));
    assert_eq!(import(&there, ROOT, "", json!(lines)), (0, count, vec![]));
    assert_eq!((links(&there, "pk_of_a_shop"), links(&there, &own)), (json!([WEB]), json!([WEB, APP])));
    assert_eq!(channels(&there), before);
    let linked = |world: &World, Made { token, .. }: &Made| {
        world.ok(token, "GET", "/admin/sales-channels?fields=id", Value::Null).body
    };
    assert_eq!(linked(&there, &writer), linked(&world, &writer));
    // The registry is a living one: a channel that is deleted takes its links with it.
    there.ok(&writer.token, "DELETE", &app, Value::Null);
    assert_eq!(links(&there, &own), json!([WEB]));
    let (imported, unchanged, reasons) = import(&there, ROOT, "", json!(lines));
    assert_eq!(
        (imported, unchanged, reasons),
        (1, count - 2, failed(&["import.differs"])),
        "the key has changed"
    );
}

#[test]
fn a_key_comes_back_with_its_links_though_a_channel_is_missing_and_a_secret_one_never_with_any() {
    let world = World::with_acme();
    import(&world, ROOT, "", json!([channel(WEB, "Web")]));
    let shown = world.create(ROOT, "organizations/acme", json!({ "type": "publishable", "links": [WEB] }));
    let secret = world.create(ROOT, "organizations/acme", json!({}));
    let mut lines = export(&world);
    let missing = lines.iter().position(|line| line["kind"] == "channel").expect("a line");
    let missing = lines.remove(missing);
    for line in lines.iter_mut().filter(|line| line["key"]["id"] == secret.id) {
        line["key"]["settings"]["links"] = json!([WEB]);
    }
    let there = elsewhere();
    let (_, _, reasons) = import(&there, ROOT, "", json!(lines));
    assert_eq!(reasons, failed(&[NOT_PUBLISHABLE]));
    assert_eq!((links(&there, &shown.token), channels(&there)), (json!([WEB]), vec![]));
    assert_eq!(import(&there, ROOT, "", json!([missing])), (1, 0, vec![]));
    assert_eq!(channels(&there).len(), 1);
}

#[test]
fn a_channel_that_cannot_be_read_is_said_to_be_missing() {
    let world = World::with_acme();
    import(&world, ROOT, "", json!([channel(WEB, "Web")]));
    world.outside.tamper("UPDATE channels SET body = '{}'");
    let kinds: Vec<_> = export(&world).iter().map(|line| line["kind"].clone()).collect();
    assert!(kinds.contains(&json!("unreadable")) && !kinds.contains(&json!("channel")));
}
