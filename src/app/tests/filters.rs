//! What filters of keys and events find, alone and together, in any order, and among more than are counted.

use keyward_core::Status::{Active, Expired, Retiring, Revoked};
use keyward_core::{KeyRecord, Status, Timestamp};
use serde_json::{Value, json};

use super::pages::{ACME, KEYS, ORDERS, add_alike, get, ids, scene, walk};
use crate::memory::{World, after};
use crate::ports::Clock;

/// Filters that can be combined with each other, and whether a key meets them.
type Filter = (String, Box<dyn Fn(&KeyRecord, Timestamp) -> bool>);

fn filters() -> Vec<Vec<Filter>> {
    let statuses = |names: &'static [Status]| -> Filter {
        let text = names.iter().map(|status| status.as_str()).collect::<Vec<_>>().join(",");
        (format!("status={text}"), Box::new(move |key, now| names.contains(&key.status(now))))
    };
    let soon = after(600);
    let text = |text: &'static str, folded: &'static str| -> Filter {
        let is_found = move |key: &KeyRecord| {
            keyward_core::text::fold(&format!("{}\n{}", key.settings.title.as_str(), key.redacted))
                .contains(folded)
        };
        (format!("q={text}"), Box::new(move |key, _| is_found(key)))
    };
    vec![
        vec![
            statuses(&[Active]),
            statuses(&[Retiring]),
            statuses(&[Expired]),
            statuses(&[Revoked]),
            statuses(&[Active, Retiring]),
            statuses(&[Expired, Revoked]),
            statuses(&[Retiring, Revoked]),
            statuses(&[Active, Expired]),
            statuses(&[Active, Revoked]),
            statuses(&[Retiring, Expired]),
            statuses(&[Active, Retiring, Expired]),
            statuses(&[Active, Retiring, Expired, Revoked]),
        ],
        vec![
            text("i", "i"),
            text("CI", "ci"),
            text("ci+1", "ci 1"),
            text("STRASSE", "strasse"),
            text("%E6%9C%AC", "本"),
            text("nowhere", "nowhere"),
            text("***", "***"),
        ],
        vec![
            (
                format!("expires_before={soon}"),
                Box::new(move |key, _| key.settings.expires_at.is_some_and(|at| at < soon)),
            ),
            ("never_expires=true".to_owned(), Box::new(|key, _| key.settings.expires_at.is_none())),
            ("never_expires=false".to_owned(), Box::new(|key, _| key.settings.expires_at.is_some())),
        ],
        vec![(
            format!("unused_since={soon}"),
            Box::new(move |key, _| key.created_at < soon && key.last_used_at.is_none_or(|at| at < soon)),
        )],
        vec![
            ("scope=a".to_owned(), Box::new(|key, _| key.settings.scopes.iter().any(|scope| scope == "a"))),
            ("scope=*".to_owned(), Box::new(|key, _| key.settings.scopes.iter().any(|scope| scope == "*"))),
        ],
        vec![
            ("type=secret".to_owned(), Box::new(|_, _| true)),
            ("type=publishable".to_owned(), Box::new(|_, _| false)),
        ],
        vec![
            ("created_by=user:bob".to_owned(), Box::new(|key, _| key.created_by.name() == "user:bob")),
            ("created_by=user:ada".to_owned(), Box::new(|_, _| false)),
        ],
    ]
}

/// Every filter alone, and every two if that is wanted, find in some order what they say.
fn assert_found(world: &World, pairs: bool) {
    let now = world.outside.now();
    let (keys, filters) = (world.outside.keys(), filters());
    let mut orders = ORDERS.iter().cycle();
    let mut assert_one = |query: &str, meets: &dyn Fn(&KeyRecord) -> bool| {
        let order = orders.next().expect("endless");
        let mut wanted: Vec<String> =
            keys.iter().filter(|key| meets(key)).map(|key| key.id.to_string()).collect();
        let found = walk(world, &format!("{KEYS}?limit=100&order={order}&{query}"), "keys", "id", |_| ());
        let mut sorted = found.clone();
        wanted.sort();
        sorted.sort();
        assert_eq!(sorted, wanted, "{query}, {order}");
        let counted = get(world, &format!("{KEYS}?{query}"));
        let count = usize::try_from(counted["count"].as_u64().expect("a number")).expect("few");
        let shown = ids(&counted, "keys", "id").len();
        if counted["count_is"] == "exact" {
            assert_eq!(count, wanted.len(), "{query}");
        } else {
            // Where there are more than are counted, it is no more than there are, and no less than is shown.
            assert!(keys.len() > 1000 && (shown..=wanted.len()).contains(&count), "{query}: {count}");
        }
    };
    for (place, alternatives) in filters.iter().enumerate() {
        for (query, meets) in alternatives {
            assert_one(query, &|key| meets(key, now));
            for (other, also) in filters.iter().skip(place + 1).flatten().filter(|_| pairs) {
                assert_one(&format!("{query}&{other}"), &|key| meets(key, now) && also(key, now));
            }
        }
    }
}

#[test]
fn filters_find_what_they_say_alone_and_in_pairs() {
    assert_found(&scene(), true);
}

/// A filter of events, and whether one meets it.
type EventFilter<'a> = (String, Box<dyn Fn(&Value) -> bool + 'a>);

#[test]
fn events_are_found_by_key_actor_action_and_text_in_any_combination() {
    let world = scene();
    let all = get(&world, &format!("{ACME}/events?limit=100"));
    let all = all["events"].as_array().expect("a list");
    let key = all.iter().find_map(|event| event["key"]["id"].as_str()).expect("one about a key");
    let filters: [EventFilter<'_>; 4] = [
        (format!("key={key}"), Box::new(|event| event["key"]["id"] == key)),
        ("actor=user:bob".to_owned(), Box::new(|event| event["actor"]["id"] == "bob")),
        ("action=key.refused".to_owned(), Box::new(|event| event["action"] == "key.refused")),
        (
            "q=ci".to_owned(),
            Box::new(|event| {
                event["key"]["title"].as_str().is_some_and(|title| title.to_lowercase().contains("ci"))
            }),
        ),
    ];
    for chosen in 0..16_usize {
        let chosen: Vec<_> = filters
            .iter()
            .enumerate()
            .filter(|(place, _)| chosen >> place & 1 == 1)
            .map(|(_, filter)| filter)
            .collect();
        let query = chosen.iter().map(|(query, _)| format!("&{query}")).collect::<Vec<_>>().concat();
        let meets = |event: &&Value| chosen.iter().all(|(_, meets)| meets(event));
        let wanted: Vec<&str> =
            all.iter().filter(meets).map(|event| event["id"].as_str().expect("an id")).collect();
        let found = walk(&world, &format!("{ACME}/events?limit=3{query}"), "events", "id", |_| ());
        assert_eq!(found, wanted, "{query}");
    }
}

#[test]
fn filters_that_more_keys_meet_than_are_counted_find_them_all() {
    let world = scene();
    add_alike(&world, 1100);
    assert_found(&world, false);
    // What one filter finds among many and another among few is counted among the few.
    for filters in ["q=ci&never_expires=true", "q=ci&status=active", "scope=a&status=retiring"] {
        let page = get(&world, &format!("{KEYS}?limit=100&{filters}"));
        let found = ids(&page, "keys", "id").len();
        assert!(found > 0, "{filters}");
        assert_eq!((&page["count"], &page["count_is"]), (&json!(found), &json!("exact")), "{filters}");
    }
}
