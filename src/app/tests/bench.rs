//! What things take in a ledger with few keys and with very many: `npm run bench -- ledger`. Everything but the platform:
//! routes, authentication, operations and the SQL, in SQLite in memory.

use std::time::Instant;

use keyward_core::{Timestamp, Title};
use serde_json::{Value, json};

use crate::ledger::sql::SqlValue;
use crate::memory::{ROOT, World, after};

const KEYS: &str = "/v1/organizations/acme/keys";
const SIZES: [u32; 3] = [100, 10_000, 200_000];
/// Each is done so many times; the median counts.
const TIMES: usize = 51;

const TEAMS: [&str; 7] =
    ["billing", "Search", "deploys", "CI runner", "mobile app", "partner feed", "Straße"];

/// An organization with so many keys: of seven teams, a tenth of them revoked, a fifth with an expiry, half of them used.
fn world(count: u32) -> World {
    let world = World::with_acme();
    world.create(ROOT, "organizations/acme", json!({ "title": "needle in the haystack" }));
    world.fill(count, |n, key| {
        let at = |seconds: u32| Timestamp::from_millis(after(seconds).as_millis() + i64::from(n));
        let team = TEAMS[n as usize % TEAMS.len()];
        key.settings.title = Title::try_from(format!("{team} {n}")).expect("a title");
        key.settings.scopes = serde_json::from_value(json!([format!("team:{}", n % 50)])).expect("scopes");
        key.redacted = format!("kw_sk_test_***{:04x}", n % 65_536);
        key.settings.expires_at = (n % 5 == 0).then(|| at(86_400 * 30));
        if n % 10 == 0 {
            let revocation = json!({ "at": at(1), "by": key.created_by, "reason": null });
            key.revocation = Some(serde_json::from_value(revocation).expect("a revocation"));
        }
    });
    world.outside.tamper("UPDATE keys SET last_used_at = created_at + seq WHERE seq % 2 = 0");
    world.pass(3600);
    world
}

/// The middle of what it takes, in microseconds.
#[expect(clippy::disallowed_methods, reason = "it is what is measured, and never in the worker")]
fn time(mut act: impl FnMut()) -> u128 {
    act();
    let mut taken: Vec<u128> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            act();
            start.elapsed().as_micros()
        })
        .collect();
    taken.sort_unstable();
    taken[TIMES / 2]
}

/// What is measured, and how long it takes.
fn measure(world: &World) -> Vec<(&'static str, u128)> {
    let get = |address: &str| world.ok(ROOT, "GET", address, Value::Null);
    let list = |query: &str| {
        let address = format!("{KEYS}?{query}");
        time(|| drop(get(&address)))
    };
    let made = world.create(ROOT, "organizations/acme", json!({}));
    let key = format!("{KEYS}/{}", made.id);
    // A cursor that stands in the middle of the list: the same number of keys on either side of it, however many there are.
    let middle = |order: &str| {
        let seen = get(&format!("{KEYS}?limit=1&order={order}"));
        // Which list it is comes first: 16 characters, in hexadecimal digits.
        let cursor = seen.text("after");
        let list = cursor.get(..32).expect("long enough");
        let count = seen.body["count"].as_i64().expect("a number");
        let row = world.outside.rows(&format!(
            "SELECT {order} || '', id FROM keys WHERE owner = 'organization:acme' ORDER BY {order}, id LIMIT 1 OFFSET {}",
            count / 2
        ));
        let [value, id] = <[_; 2]>::try_from(row.concat()).expect("a row").map(|value| match value {
            SqlValue::Text(text) => text,
            other => panic!("{other:?}"),
        });
        let hex = |text: String| text.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
        format!("order={order}&after={list}{}", hex(format!("\n{value}\n{id}")))
    };
    let events = "/v1/organizations/acme/events";
    vec![
        ("create", time(|| drop(world.create(ROOT, "organizations/acme", json!({}))))),
        ("get", time(|| drop(get(&key)))),
        ("verify, strong", time(|| drop(world.verify(&made, "strong")))),
        ("first page", list("")),
        ("first page by title", list("order=title")),
        ("page in the middle", list(&middle("created_at"))),
        ("page in the middle, by title", list(&middle("title"))),
        ("page in the middle, by last use", list(&middle("last_used_at"))),
        ("after 10,000 skipped", list("offset=10000")),
        ("search: one key has it", list("q=needle")),
        ("search: nobody has it", list("q=nowhere")),
        ("search: a redacted form", list("q=***0007")),
        ("search: a seventh has it", list("q=billing")),
        ("search: two letters", list("q=ci")),
        ("search: two rare letters", list("q=ha")),
        ("status: those that work", list("status=active,retiring")),
        ("status: revoked, by last use", list("status=revoked&order=-last_used_at")),
        ("scope", list("scope=team:7")),
        ("expires within two weeks", list(&format!("expires_before={}&status=active", after(86_400 * 14)))),
        ("unused", list(&format!("unused_since={}&status=active", after(3600)))),
        ("search, status and scope", list("q=billing&status=active&scope=team:7")),
        ("events", time(|| drop(get(events)))),
        ("events by action", time(|| drop(get(&format!("{events}?action=key.created"))))),
        ("events: search", time(|| drop(get(&format!("{events}?q=billing"))))),
    ]
}

#[test]
#[ignore = "it measures, and takes minutes: npm run bench -- ledger"]
fn ledger() {
    let mut all = Vec::new();
    for size in SIZES {
        let world = world(size);
        let pages =
            world.outside.rows("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
        let largest = pages.concat().into_iter().filter_map(|value| match value {
            SqlValue::Integer(bytes) => Some(bytes),
            _ => None,
        });
        let megabytes = largest.max().unwrap_or_default() / 1_000_000;
        println!("{size} keys and as many events take up {megabytes} MB");
        all.push(measure(&world));
    }
    println!(
        "{:34} {:>9} {:>9} {:>9}   200,000 : 100",
        "microseconds, with keys", "100", "10,000", "200,000"
    );
    let [few, some, many] = all.as_slice() else { panic!("three sizes") };
    for ((few, some), (name, many)) in few.iter().zip(some).zip(many) {
        #[expect(clippy::cast_precision_loss, reason = "these are small")]
        let ratio = *many as f64 / few.1.max(1) as f64;
        println!("{name:34} {:>9} {:>9} {many:>9}   {ratio:.1}", few.1, some.1);
    }
}
