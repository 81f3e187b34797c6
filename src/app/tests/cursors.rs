//! Cursors that are not those of a list's page.

use serde_json::{Value, json};

use super::pages::{ACME, KEYS, ORDERS, get, ids, scene};
use crate::memory::ROOT;

#[test]
fn a_cursor_of_another_list_order_or_filter_is_refused_and_another_limit_is_not() {
    let world = scene();
    let cursor = |address: &str| get(&world, address)["after"].as_str().expect("more").to_owned();
    let mine = cursor(&format!("{KEYS}?limit=5&order=title&status=active,retiring"));
    let same = format!("order=title&status=active,retiring&after={mine}");
    for fine in [format!("limit=1&{same}"), format!("limit=100&{same}&offset=2")] {
        get(&world, &format!("{KEYS}?{fine}"));
    }
    world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "other", "name": "Other" }));
    let events = cursor(&format!("{ACME}/events?limit=1"));
    for (address, after) in [
        (format!("{KEYS}?order=-title&status=active,retiring"), &mine),
        (format!("{KEYS}?order=title&status=active"), &mine),
        (format!("{KEYS}?order=title"), &mine),
        (format!("{KEYS}?order=title&status=active,retiring&q=c"), &mine),
        ("/v1/organizations/other/keys?order=title&status=active,retiring".to_owned(), &mine),
        (format!("{ACME}/events?limit=1"), &mine),
        (format!("{ACME}/members?limit=1"), &events),
        (format!("{ACME}/events?action=key.created"), &events),
        ("/v1/organizations?limit=1".to_owned(), &events),
    ] {
        let and = if address.contains('?') { '&' } else { '?' };
        let seen = world.send(ROOT, "GET", &format!("{address}{and}after={after}"), Value::Null);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?after"), "{address}");
    }
    for bad in [
        "",
        "x",
        "%00",
        "303132333435363738396162636465660a63690a37",
        "30313",
        "ff0a0a",
        &"A".repeat(5000),
        mine.get(1..).expect("more"),
        &format!("{mine}="),
    ] {
        let seen = world.send(ROOT, "GET", &format!("{KEYS}?after={bad}"), Value::Null);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?after"), "{bad}");
    }
}

#[test]
fn a_cursor_that_somebody_has_made_begins_somewhere_in_the_list_and_does_no_harm() {
    let world = scene();
    let hex = |text: &str| text.bytes().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    for order in ORDERS {
        let all = ids(&get(&world, &format!("{KEYS}?limit=100&order={order}")), "keys", "id");
        let mine =
            get(&world, &format!("{KEYS}?limit=1&order={order}"))["after"].as_str().expect("more").to_owned();
        let list = mine.split("0a").next().expect("a list");
        for value in
            ["", "0", "-1", "1e300", "99999999999999999999999", "x' OR 1=1 --", "\0", "\u{10ffff}", "NULL"]
        {
            for id in ["", "apk_", "' OR 1=1 --", "\0", "\u{10ffff}"] {
                let after = [list, &hex(&format!("\n{value}\n{id}\n0"))].concat();
                let page = get(&world, &format!("{KEYS}?limit=100&order={order}&after={after}"));
                assert!(all.ends_with(&ids(&page, "keys", "id")), "{order}, {value:?}, {id:?}");
                assert_eq!((&page["count"], &page["after"]), (&json!(41), &Value::Null));
            }
        }
        for bad in [
            "\n1\na",
            "\n1\na\n",
            "\n1\na\n-1",
            "\n1\na\n+1",
            "\n1\na\n10001",
            "\n1\na\n4294967296",
            "\n1\na\n0\n",
        ] {
            let after = [list, &hex(bad)].concat();
            let seen = world.send(ROOT, "GET", &format!("{KEYS}?order={order}&after={after}"), Value::Null);
            assert_eq!((seen.code(), seen.pointer()), ("request.bad_parameter", "?after"), "{bad:?}");
        }
    }
}
