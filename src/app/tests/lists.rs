//! Lists of keys and events.

use keyward_core::Timestamp;
use serde_json::{Value, json};

use crate::memory::{Made, REQUEST_ID, ROOT, World, after, root_id};
use crate::ports::Clock;

const KEYS: &str = "/v1/organizations/acme/keys";

fn ids(world: &World, query: &str) -> Vec<String> {
    let seen = world.ok(ROOT, "GET", &format!("{KEYS}?{query}"), Value::Null);
    let keys = seen.body["keys"].as_array().expect("list");
    keys.iter().map(|key| key["id"].as_str().expect("id").to_owned()).collect()
}

/// Keys of every status, a second apart.
fn scene() -> (World, [Made; 4]) {
    let world = World::with_acme();
    let keys = [
        ("beta", json!({})),
        ("Alpha", json!({ "expires_at": after(60).to_string() })),
        ("100%_sure", json!({ "type": "publishable" })),
        ("alpha", json!({ "expires_at": after(9000).to_string() })),
    ];
    let keys = keys.map(|(title, mut fields)| {
        world.pass(1);
        fields["title"] = title.into();
        world.create(ROOT, "organizations/acme", fields)
    });
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other" }));
    world.create(ROOT, "organizations/other", json!({ "title": "beta" }));
    let [beta, _, sure, alpha] = &keys;
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/revoke", beta.id), Value::Null);
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/revoke", alpha.id), json!({ "revoke_in": 1000 }));
    let seen = world.verify(sure, "strong");
    world.record_uses(&seen);
    world.pass(100);
    (world, keys)
}

#[test]
fn keys_are_sorted_by_every_field_where_what_never_happens_comes_after_all_else_and_no_use_before() {
    let (world, [beta, expired, sure, alpha]) = scene();
    let named = |query: &str| -> Vec<&str> {
        let name = |id: &String| {
            [(&beta, "beta"), (&expired, "expired"), (&sure, "sure"), (&alpha, "alpha")]
                .into_iter()
                .find(|(key, _)| key.id == *id)
                .expect("known")
                .1
        };
        ids(&world, query).iter().map(name).collect()
    };
    for (order, expected) in [
        ("", ["alpha", "sure", "expired", "beta"]),
        ("order=created_at", ["beta", "expired", "sure", "alpha"]),
        ("order=-created_at", ["alpha", "sure", "expired", "beta"]),
        ("order=updated_at", ["expired", "sure", "beta", "alpha"]),
        ("order=-updated_at", ["alpha", "beta", "sure", "expired"]),
        ("order=expires_at", ["expired", "alpha", "beta", "sure"]),
        ("order=-expires_at", ["sure", "beta", "alpha", "expired"]),
        ("order=revoked_at", ["beta", "alpha", "expired", "sure"]),
        ("order=-revoked_at", ["sure", "expired", "alpha", "beta"]),
        ("order=last_used_at", ["beta", "expired", "alpha", "sure"]),
        ("order=-last_used_at", ["sure", "alpha", "expired", "beta"]),
        ("order=title", ["sure", "expired", "alpha", "beta"]),
        ("order=-title", ["beta", "alpha", "expired", "sure"]),
    ] {
        assert_eq!(named(order), expected, "{order}");
    }
}

#[test]
fn keys_are_found_by_status_type_date_title_and_redacted_form() {
    let (world, keys) = scene();
    let [beta, expired, sure, alpha] = keys.map(|key| key.id);
    let hint = world.ok(ROOT, "GET", &format!("{KEYS}/{beta}"), Value::Null).text("redacted").to_uppercase();
    for (query, expected) in [
        ("status=active".to_owned(), vec![&sure]),
        ("status=retiring".to_owned(), vec![&alpha]),
        ("status=expired".to_owned(), vec![&expired]),
        ("status=revoked".to_owned(), vec![&beta]),
        ("type=publishable".to_owned(), vec![&sure]),
        ("type=secret&q=ALPHA".to_owned(), vec![&alpha, &expired]),
        ("q=%25_s".to_owned(), vec![&sure]),
        ("q=%25".to_owned(), vec![&sure]),
        ("q=a%25a".to_owned(), vec![]),
        (format!("q={hint}"), vec![&beta]),
        ("q=+++".to_owned(), vec![&alpha, &sure, &expired, &beta]),
        ("q=kw_pk_".to_owned(), vec![&sure]),
    ] {
        assert_eq!(ids(&world, &query).iter().collect::<Vec<_>>(), expected, "{query}");
    }
    let created = world.ok(ROOT, "GET", &format!("{KEYS}/{expired}"), Value::Null).text("created_at");
    assert_eq!(ids(&world, &format!("created_after={created}")), [alpha.clone(), sure.clone()]);
    assert_eq!(ids(&world, &format!("created_before={created}")), [beta]);
}

#[test]
fn keys_are_found_by_several_statuses_at_once() {
    let (world, keys) = scene();
    let [beta, expired, sure, alpha] = keys.map(|key| key.id);
    assert_eq!(ids(&world, "status=active,retiring"), [alpha.clone(), sure.clone()]);
    assert_eq!(ids(&world, "status=revoked,expired&order=created_at"), [beta.clone(), expired.clone()]);
    assert_eq!(ids(&world, "status=retiring,revoked,expired,active"), [alpha, sure, expired, beta]);
}

#[test]
fn keys_that_need_care_are_found_by_expiry_use_and_scope() {
    let world = World::with_acme();
    let make = |title: &str, fields: Value| {
        world.pass(1);
        let mut all = json!({ "title": title });
        all.as_object_mut().expect("object").extend(fields.as_object().expect("object").clone());
        world.create(ROOT, "organizations/acme", all)
    };
    let soon = after(5000);
    let used = make("used", json!({ "scopes": ["orders:read", "a"] }));
    make("all", json!({ "scopes": ["*", "orders:read.all"], "expires_at": soon.to_string() }));
    make("late", json!({ "scopes": ["orders:*"], "expires_at": soon.plus_seconds(1).to_string() }));
    make("none", json!({ "expires_at": world.outside.now().plus_seconds(60).to_string() }));
    world.pass(90);
    let created = world.outside.now();
    make("new", json!({ "scopes": ["a"] }));
    let seen = world.verify(&used, "strong");
    world.record_uses(&seen);
    let titles = |query: &str| {
        let seen = world.ok(ROOT, "GET", &format!("{KEYS}?order=created_at&{query}"), Value::Null).body;
        let titles = seen["keys"]
            .as_array()
            .expect("list")
            .iter()
            .map(|key| key["title"].as_str().expect("title").to_owned());
        assert_eq!(seen["count"], titles.len());
        titles.collect::<Vec<_>>().join(" ")
    };
    let later = |at: Timestamp| Timestamp::from_millis(at.as_millis() + 1);
    for (query, expected) in [
        (format!("expires_before={soon}"), "none"),
        (format!("expires_before={}", later(soon)), "all none"),
        (format!("expires_before={}&status=active", later(soon)), "all"),
        ("never_expires=true".to_owned(), "used new"),
        ("never_expires=false".to_owned(), "all late none"),
        (format!("never_expires=true&expires_before={}", after(9000)), ""),
        (format!("unused_since={created}"), "all late none"),
        (format!("unused_since={}", after(9000)), "used all late none new"),
        (format!("unused_since={}", after(0)), ""),
        ("scope=*".to_owned(), "all"),
        ("scope=orders:*".to_owned(), "late"),
        ("scope=orders:read".to_owned(), "used"),
        ("scope=a".to_owned(), "used new"),
        ("scope=orders".to_owned(), ""),
        ("scope=a&never_expires=true&q=new&type=secret".to_owned(), "new"),
    ] {
        assert_eq!(titles(&query), expected, "{query}");
    }
    world.ok(
        ROOT,
        "PATCH",
        &format!("{KEYS}/{}", used.id),
        json!({ "scopes": ["b"], "expires_at": soon.to_string() }),
    );
    assert_eq!((titles("scope=b"), titles("scope=a")), ("used".to_owned(), "new".to_owned()));
    assert_eq!(titles("never_expires=true"), "new");
}

#[test]
fn keys_of_users_and_of_the_deployment_are_filtered_as_those_of_organizations() {
    let world = World::new();
    for owner in ["users/ada", "deployment"] {
        let wanted = world.create(ROOT, owner, json!({ "scopes": ["*"] })).id;
        world.create(ROOT, owner, json!({ "scopes": ["keys:read"], "expires_at": after(60).to_string() }));
        let filters = format!("scope=*&never_expires=true&unused_since={}&status=active,retiring", after(60));
        let seen = world.ok(ROOT, "GET", &format!("/v1/{owner}/keys?{filters}"), Value::Null).body;
        assert_eq!((&seen["count"], seen["keys"][0]["id"].as_str()), (&json!(1), Some(wanted.as_str())));
    }
}

#[test]
fn filters_that_cannot_be_meant_are_refused() {
    let world = World::with_acme();
    for (name, bad) in [
        ("status", &["", "gone", "active,", "active,active"] as &[_]),
        ("expires_before", &["", "soon"]),
        ("unused_since", &["90", "2026-11-21"]),
        ("never_expires", &["", "yes", "1"]),
        ("scope", &["", "Orders", "a b", "a,b"]),
    ] {
        for value in bad {
            let seen = world.send(ROOT, "GET", &format!("{KEYS}?{name}={value}"), Value::Null);
            assert_eq!(
                (seen.code(), seen.pointer()),
                ("request.bad_parameter", format!("?{name}").as_str()),
                "{value}"
            );
        }
    }
}

#[test]
fn pages_hold_every_key_once() {
    let world = World::with_acme();
    // They share their title, and the time of day at which they were created.
    (0..7).for_each(|_| drop(world.create(ROOT, "organizations/acme", json!({}))));
    for order in ["title", "-title", "expires_at", "-revoked_at", "created_at"] {
        let all = ids(&world, &format!("order={order}&limit=100"));
        let pages: Vec<String> = (0..4)
            .flat_map(|page| ids(&world, &format!("order={order}&limit=2&offset={}", page * 2)))
            .collect();
        assert_eq!(pages, all, "{order}");
    }
    let seen = world.ok(ROOT, "GET", &format!("{KEYS}?offset=100"), Value::Null);
    let Value::Object(mut page) = seen.body else { panic!("no object") };
    page.remove("permissions");
    assert_eq!(
        Value::Object(page),
        json!({ "keys": [], "count": 7, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 100, "after": null })
    );
}

#[test]
fn events_are_listed_newest_first_and_say_who_did_what_to_which_key() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({ "title": "CI", "scopes": ["a"] }));
    world.pass(1);
    let now = world.outside.now().to_string();
    world.ok(ROOT, "POST", &format!("{KEYS}/{}/revoke", key.id), json!({ "reason": "leaked" }));
    let seen = world.ok(ROOT, "GET", "/v1/organizations/acme/events?limit=1", Value::Null).body;
    let redacted = world.ok(ROOT, "GET", &format!("{KEYS}/{}", key.id), Value::Null).text("redacted");
    assert_eq!((&seen["count"], &seen["limit"]), (&json!(5), &json!(1)));
    let mut event = seen["events"][0].clone();
    assert!(event["id"].as_str().is_some_and(|id| id.starts_with("evt_")));
    event["id"] = Value::Null;
    assert_eq!(
        event,
        json!({
            "id": null, "at": now, "action": "key.revoked", "actor": { "type": "root", "id": root_id() },
            "key": { "id": key.id, "title": "CI", "redacted": redacted },
            "details": { "reason": "leaked", "revoked_at": now },
            "request_id": REQUEST_ID, "address": null, "user_agent": null,
        })
    );
    let all = world.ok(ROOT, "GET", "/v1/organizations/acme/events", Value::Null).body.to_string();
    assert!(!all.contains(&key.token));
}

#[test]
fn titles_are_found_in_any_case_and_either_spelling_and_shown_composed() {
    let world = World::with_acme();
    let title = |title: &str| world.create(ROOT, "organizations/acme", json!({ "title": title })).id;
    let (composed, decomposed, street) = (title("caf\u{e9}"), title("CAFE\u{301}"), title("Hauptstraße"));
    let find = |text: &str| {
        let query: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let mut found = ids(&world, &format!("q={query}&order=created_at"));
        found.sort();
        found
    };
    let mut both = vec![composed, decomposed.clone()];
    both.sort();
    for text in ["caf\u{e9}", "cafe\u{301}", "CAF\u{c9}", "CAFE\u{301}", "\u{e9}", "ca\u{200b}f\u{e9}"] {
        assert_eq!(find(text), both, "{}", text.escape_unicode());
    }
    assert_eq!(find("STRASSE"), [street]);
    let shown = world.ok(ROOT, "GET", &format!("{KEYS}/{decomposed}"), Value::Null).body;
    assert_eq!(shown["title"], "CAF\u{c9}");
}

#[test]
fn every_text_that_people_type_is_composed_and_legible() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({})).id;
    let key = format!("{KEYS}/{key}");
    let (typed, composed) = ("Zoe\u{308}", "Zo\u{eb}");
    for (method, address, field, shown) in [
        ("PATCH", "/v1/organizations/acme", "name", "name"),
        ("POST", KEYS, "title", "title"),
        ("PATCH", &key, "title", "title"),
        ("POST", &format!("{key}/revoke"), "reason", "revocation_reason"),
    ] {
        for (bad, said) in [
            ("a\u{200b}b", "must not hold invisible characters"),
            ("a\u{202e}b", "must not hold characters that change the direction"),
            ("a\u{2028}b", "must not hold control characters or line breaks"),
            ("\u{3000}", "must not be empty"),
        ] {
            let seen = world.send(ROOT, method, address, json!({ field: bad }));
            let detail = seen.body["errors"][0]["detail"].as_str().unwrap_or_default();
            assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", format!("/{field}").as_str()));
            assert!(detail.starts_with(said), "{detail}");
        }
        assert_eq!(
            world.ok(ROOT, method, address, json!({ field: typed })).body[shown],
            composed,
            "{address}"
        );
    }
}
