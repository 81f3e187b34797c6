//! Pages of lists, and the cursors that lead from one to the next.

use keyward_core::{Scopes, Timestamp, Title};
use serde_json::{Value, json};

use crate::ledger::queries::KeyUse;
use crate::ledger::sql::SqlValue;
use crate::memory::{ROOT, World, after, user};
use crate::ports::Clock;

pub(super) const ACME: &str = "/v1/organizations/acme";
pub(super) const KEYS: &str = "/v1/organizations/acme/keys";

pub(super) fn get(world: &World, address: &str) -> Value {
    world.ok(ROOT, "GET", address, Value::Null).body
}

/// The ids on a page, as `field` of the entries of `list`.
pub(super) fn ids(page: &Value, list: &str, field: &str) -> Vec<String> {
    let entries = page[list].as_array().expect("a list");
    entries.iter().map(|entry| entry[field].as_str().expect("an id").to_owned()).collect()
}

/// The ids of all that the pages of a list hold. `between` happens after every page but the last, with what was found so far.
pub(super) fn walk(
    world: &World,
    address: &str,
    list: &str,
    field: &str,
    between: impl Fn(&[String]),
) -> Vec<String> {
    let (mut found, mut next, mut pages) = (Vec::new(), address.to_owned(), 0);
    loop {
        let seen = world.ok(ROOT, "GET", &next, Value::Null);
        found.extend(ids(&seen.body, list, field));
        pages += 1;
        assert!(pages < 500, "the pages of {address} never end");
        assert_eq!(seen.body["after"].is_null(), seen.next.is_none(), "{address}");
        let Some(link) = seen.next else { return found };
        between(&found);
        next = link;
    }
}

/// Keys of every status and type, of several makers, some of them alike.
pub(super) fn scene() -> World {
    let world = World::with_acme();
    world.create(&user("bob"), "organizations/acme", json!({ "title": "first" }));
    world.fill(40, |n, key| {
        let number = i64::from(n);
        let at = |millis: i64| Timestamp::from_millis(after(0).as_millis() + millis);
        key.settings.title =
            Title::try_from(format!("{} {}", ["CI", "ci", "Straße", "日本", "x"][n as usize % 5], n % 3))
                .expect("a title");
        let scope = ["a", "a:b", "*"][n as usize % 3];
        key.settings.scopes = serde_json::from_value::<Scopes>(json!([scope])).expect("scopes");
        key.created_at = at(number / 4);
        key.updated_at = at(number % 7);
        key.settings.expires_at = [None, Some(at(500)), Some(at(9_000_000))][n as usize % 3];
        if n % 4 > 1 {
            let at = if n % 4 == 2 { at(1) } else { at(8_000_000) };
            key.revocation = Some(
                serde_json::from_value(json!({ "at": at, "by": key.created_by, "reason": null }))
                    .expect("a revocation"),
            );
        }
    });
    world.pass(10);
    for made in world.outside.keys().iter().step_by(3) {
        let key_use =
            KeyUse { owner: made.owner.clone(), key: made.id.clone(), at: world.outside.now(), refused: 0 };
        crate::memory::run(world.app().do_later(crate::Later::RecordUse(key_use)));
    }
    world
}

pub(super) const ORDERS: [&str; 12] = [
    "created_at",
    "-created_at",
    "updated_at",
    "-updated_at",
    "last_used_at",
    "-last_used_at",
    "expires_at",
    "-expires_at",
    "revoked_at",
    "-revoked_at",
    "title",
    "-title",
];

#[test]
fn cursors_lead_through_every_order_and_hold_every_key_once() {
    let world = scene();
    for order in ORDERS {
        for filters in ["", "&status=active", "&q=i", "&type=secret&scope=a"] {
            let all = get(&world, &format!("{KEYS}?limit=100&order={order}{filters}"));
            let count = ids(&all, "keys", "id").len();
            assert_eq!((&all["count"], &all["after"]), (&json!(count), &Value::Null));
            for limit in [1, 7, 40] {
                let address = format!("{KEYS}?limit={limit}&order={order}{filters}");
                assert_eq!(
                    walk(&world, &address, "keys", "id", |_| ()),
                    ids(&all, "keys", "id"),
                    "{address}"
                );
            }
        }
    }
}

#[test]
fn one_direction_is_the_other_backwards() {
    let world = scene();
    for pair in ORDERS.chunks(2) {
        let [up, down] =
            [0, 1].map(|n| ids(&get(&world, &format!("{KEYS}?limit=100&order={}", pair[n])), "keys", "id"));
        assert_eq!(up.into_iter().rev().collect::<Vec<_>>(), down, "{pair:?}");
    }
}

#[test]
fn keys_that_come_and_go_between_pages_make_nobody_miss_one_or_see_one_twice() {
    for order in ORDERS {
        let world = scene();
        let before = ids(&get(&world, &format!("{KEYS}?limit=100&order={order}")), "keys", "id");
        let found = walk(&world, &format!("{KEYS}?limit=5&order={order}"), "keys", "id", |found| {
            // The key on which the cursor stands is deleted, one that was seen is renamed, and new ones come.
            let [.., renamed, gone] = found else { panic!("a page has five") };
            world.ok(ROOT, "DELETE", &format!("{KEYS}/{gone}?revoke=true"), Value::Null);
            world.ok(ROOT, "PATCH", &format!("{KEYS}/{renamed}"), json!({ "title": "a" }));
            world.create(ROOT, "organizations/acme", json!({ "title": "A" }));
        });
        let known: Vec<&String> = found.iter().filter(|id| before.contains(id)).collect();
        let moved = order.contains("updated_at") || order.contains("title");
        if moved {
            // What was renamed may be met again where it is now; nothing else is missed.
            assert!(before.iter().all(|id| found.contains(id)), "{order}");
        } else {
            assert_eq!(known, before.iter().collect::<Vec<_>>(), "{order}");
        }
    }
}

#[test]
fn every_list_pages_by_cursor() {
    let world = World::with_acme();
    for user in ["cat", "dan", "eve"] {
        world.ok(ROOT, "PUT", &format!("{ACME}/members/{user}"), json!({ "role": "member" }));
    }
    for n in ["gil", "hal", "ina"] {
        world.ok(ROOT, "POST", &format!("{ACME}/invitations"), json!({ "user": n, "role": "member" }));
    }
    for n in ["a", "b", "c"] {
        world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": n, "name": "N", "owner": "ada" }));
        world.ok(
            ROOT,
            "POST",
            &format!("/v1/organizations/{n}/invitations"),
            json!({ "user": "gil", "role": "member" }),
        );
        world.create(ROOT, "deployment", json!({ "scopes": ["keys:read"] }));
        world.create(ROOT, "users/ada", json!({}));
        world.pass(1);
        world.ok(ROOT, "POST", "/v1/session", Value::Null);
    }
    world.deliver();
    for (address, list, field, least) in [
        (format!("{ACME}/members"), "members", "user", 5),
        (format!("{ACME}/invitations"), "invitations", "user", 3),
        (format!("{ACME}/events"), "events", "id", 8),
        ("/v1/organizations".to_owned(), "organizations", "id", 4),
        ("/v1/users/ada/organizations".to_owned(), "organizations", "id", 4),
        ("/v1/users/gil/invitations".to_owned(), "invitations", "organization", 4),
        ("/v1/users/ada/keys".to_owned(), "keys", "id", 3),
        ("/v1/deployment/keys".to_owned(), "keys", "id", 3),
        ("/v1/deployment/events".to_owned(), "events", "id", 3),
        ("/v1/deployment/sessions".to_owned(), "sessions", "id", 3),
    ] {
        let all = get(&world, &address);
        let wanted = ids(&all, list, field);
        assert!(wanted.len() >= least, "{address}: {all}");
        assert_eq!((&all["count"], &all["count_is"]), (&json!(wanted.len()), &json!("exact")), "{address}");
        assert_eq!(walk(&world, &format!("{address}?limit=2"), list, field, |_| ()), wanted, "{address}");
    }
}

#[test]
fn the_link_to_the_next_page_keeps_the_query_and_leaves_what_was_skipped() {
    let world = scene();
    let seen = world.ok(ROOT, "GET", &format!("{KEYS}?q=c%26%2B+i&limit=1"), Value::Null);
    assert_eq!(seen.next, None);
    let seen = world.ok(ROOT, "GET", &format!("{KEYS}?q=CI+1&offset=1&limit=1"), Value::Null);
    let after = seen.text("after");
    assert_eq!(seen.next, Some(format!("{KEYS}?after={after}&q=CI+1&limit=1")));
}

/// Adds so many keys that are like each other.
pub(super) fn add_alike(world: &World, count: u32) {
    world.fill(count, |n, key| {
        key.settings.title = Title::try_from(format!("CI {n}")).expect("a title");
        key.settings.scopes = serde_json::from_value(json!(["a"])).expect("scopes");
        key.settings.expires_at = Some(after(1));
    });
    world.pass(10);
}

#[test]
fn where_filters_hide_what_is_wanted_behind_ten_thousand_others_the_next_page_goes_on_and_skips_what_is_left()
{
    let world = scene();
    world.fill(1050, |_, _| ());
    add_alike(&world, 10_100);
    for (address, list, counted, count) in [
        (format!("{KEYS}?never_expires=true"), "keys", 1000, 1065),
        (format!("{ACME}/events?q=first"), "events", 0, 1051),
    ] {
        let page = get(&world, &format!("{address}&limit=100"));
        assert_eq!(
            (&page[list], &page["count"], &page["count_is"]),
            (&json!([]), &json!(counted), &json!("at_least"))
        );
        let found = walk(&world, &format!("{address}&limit=100"), list, "id", |_| ());
        let different: std::collections::BTreeSet<_> = found.iter().collect();
        assert_eq!((found.len(), different.len()), (count, count), "{address}");
        // What is to be skipped is, even where a page does not get that far.
        for offset in [1, count - 1, count, 5000] {
            let address = format!("{address}&limit=100&offset={offset}");
            let left = found.get(offset..).unwrap_or_default();
            assert_eq!(walk(&world, &address, list, "id", |_| ()), left, "{address}");
            let said = get(&world, &address)["count"].as_u64().expect("a number");
            assert!(said <= count as u64, "{address} has no {said}");
        }
    }
}

#[test]
fn how_many_keys_and_events_there_are_is_known_however_many_that_is() {
    let world = scene();
    add_alike(&world, 1100);
    let counts = |world: &World| {
        [KEYS.to_owned(), format!("{ACME}/events")].map(|address| {
            let page = get(world, &format!("{address}?limit=1"));
            assert_eq!(page["count_is"], "exact");
            page["count"].as_u64().expect("a number")
        })
    };
    let rows = |table: &str| -> u64 {
        let sql = format!("SELECT count(*) FROM {table} WHERE owner = 'organization:acme'");
        let number = |value: SqlValue| match value {
            SqlValue::Integer(count) => u64::try_from(count).expect("a number"),
            other => panic!("{other:?}"),
        };
        world.outside.rows(&sql).concat().into_iter().map(number).sum()
    };
    let assert_counted = || assert_eq!(counts(&world), [rows("keys"), rows("events")]);
    assert_counted();
    assert_eq!(counts(&world)[0], 1141);
    let made = world.create(ROOT, "organizations/acme", json!({}));
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/roll", made.id), json!({ "grace": 5 }));
    assert_counted();
    world.ok(ROOT, "DELETE", &format!("{KEYS}/{}?revoke=true", made.id), Value::Null);
    assert_counted();
}

#[test]
fn what_is_counted_of_an_owners_keys_does_not_depend_on_who_shares_the_ledger() {
    let world = World::with_acme_in_one_ledger();
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other" }));
    world.create(ROOT, "organizations/acme", json!({ "title": "CI", "scopes": ["a"] }));
    world.fill(1100, |_, key| {
        key.owner =
            serde_json::from_value(json!({ "type": "organization", "id": "other" })).expect("an owner");
        key.settings.expires_at = Some(after(1));
    });
    for filter in ["q=ci", "q=c", "type=secret", "scope=a", "created_by=user:nobody", "never_expires=true"] {
        let page = get(&world, &format!("{KEYS}?{filter}"));
        let found = ids(&page, "keys", "id").len();
        assert_eq!((&page["count"], &page["count_is"]), (&json!(found), &json!("exact")), "{filter}");
        assert_eq!(found, usize::from(!filter.contains("nobody")), "{filter}");
    }
}

#[test]
fn nothing_is_left_of_what_a_deleted_key_was_found_by() {
    let world = World::with_acme();
    let rows = |world: &World| {
        let count = |table: &str| world.outside.rows(&format!("SELECT count(*) FROM {table}"));
        assert_eq!(count("keys"), count("words_docsize"));
        world.outside.rows("SELECT keys FROM shares WHERE owner = 'organization:acme'").concat()
    };
    let made = [(); 3].map(|()| world.create(ROOT, "organizations/acme", json!({ "title": "CI" })));
    world.ok(ROOT, "PATCH", &format!("{KEYS}/{}", made[0].id), json!({ "title": "Café" }));
    assert_eq!(rows(&world), [SqlValue::Integer(3)]);
    world.ok(ROOT, "DELETE", &format!("{KEYS}/{}?revoke=true", made[0].id), Value::Null);
    assert_eq!(rows(&world), [SqlValue::Integer(2)]);
    world.ok(ROOT, "DELETE", &format!("{ACME}?revoke=true"), Value::Null);
    assert_eq!(rows(&world), [SqlValue::Integer(0)]);
}
