//! The query language of lists.

use keyward_core::KeyType;
use serde_json::{Value, json};

use super::{KEYS, create, path, refusal, shop};
use crate::memory::{Made, World, after};

struct Scene {
    world: World,
    shop: Made,
    keys: [Value; 4],
}

/// Keys that are created, changed and revoked a minute apart, at 70, 130, 190 and 250 seconds, after the shop's own at 1.
fn scene() -> Scene {
    let (world, shop) = shop();
    let keys =
        [("Beta", "secret"), ("alpha", "publishable"), ("100%_sure", "secret"), ("gamma", "publishable")];
    let keys = keys.map(|(title, key_type)| {
        world.pass(60);
        create(&world, &shop, title, key_type)
    });
    world.pass(60);
    world.ok(&shop.token, "POST", &path(&keys[0], "/revoke"), Value::Null);
    world.ok(&shop.token, "POST", &path(&keys[1], "/revoke"), json!({ "revoke_in": 1000 }));
    Scene { world, shop, keys }
}

impl Scene {
    fn list(&self, query: &str) -> Value {
        self.world.ok(&self.shop.token, "GET", &format!("{KEYS}?{query}"), Value::Null).body
    }

    fn titles(&self, query: &str) -> Vec<String> {
        let listed = self.list(query);
        let keys = listed["api_keys"].as_array().expect("a list").iter();
        keys.map(|key| key["title"].as_str().expect("a title").to_owned()).collect()
    }
}

#[test]
fn keys_are_found_by_their_texts() {
    let scene = scene();
    let id = |place: usize| scene.keys[place]["id"].as_str().expect("an id");
    let token = |place: usize| scene.keys[place]["token"].as_str().expect("a token");
    for (query, expected) in [
        (String::new(), vec!["Shop", "Beta", "alpha", "100%_sure", "gamma"]),
        (format!("id={}", id(1)), vec!["alpha"]),
        (format!("id[0]={}&id[1]={}", id(1), id(0)), vec!["Beta", "alpha"]),
        ("title=Beta&title=gamma".into(), vec!["Beta", "gamma"]),
        ("title=beta".into(), vec![]),
        ("title[]=Beta,gamma".into(), vec![]),
        ("type=publishable".into(), vec!["alpha", "gamma"]),
        ("type=secret&title=alpha".into(), vec![]),
        ("q=A".into(), vec!["Beta", "alpha", "gamma"]),
        ("q=%25".into(), vec!["100%_sure"]),
        ("q=_sk_".into(), vec!["Shop", "Beta", "100%_sure"]),
        ("q=".into(), vec!["Shop", "Beta", "alpha", "100%_sure", "gamma"]),
        (format!("token={}", token(1)), vec!["alpha"]),
        (format!("token[0]={}&token[1]={}", token(1), token(3)), vec!["alpha", "gamma"]),
        ("token=".into(), vec![]),
        ("with_deleted=true&title=alpha".into(), vec!["alpha"]),
    ] {
        assert_eq!(scene.titles(&query), expected, "{query}");
    }
}

#[test]
fn the_text_of_a_publishable_key_may_be_in_this_url_and_of_no_other() {
    let scene = scene();
    for key in [&scene.keys[0]["token"], &json!(scene.shop.token)] {
        for query in ["token=", "q=", "title[0]=", "$or[0][token]="] {
            let address = format!("{KEYS}?{query}{}", key.as_str().expect("a token"));
            let seen = scene.world.send(&scene.shop.token, "GET", &address, Value::Null);
            assert!(
                refusal(&seen).0 == 400 && refusal(&seen).2.starts_with("URLs are logged"),
                "{}",
                seen.body
            );
        }
    }
    let public = scene.keys[1]["token"].as_str().expect("a token");
    let elsewhere = format!("/v1/organizations/acme/keys?q={public}");
    assert_eq!(
        scene.world.send(&scene.shop.token, "GET", &elsewhere, Value::Null).code(),
        "request.key_in_url"
    );
}

#[test]
fn keys_are_found_by_their_dates() {
    let scene = scene();
    let at = |seconds| after(seconds).to_string();
    // Every commit has an instant of its own, some milliseconds later than the time of day.
    let created = |place: usize| scene.keys[place]["created_at"].as_str().expect("an instant");
    let revoked = scene.list("title=Beta")["api_keys"][0]["revoked_at"].clone();
    let revoked = revoked.as_str().expect("an instant");
    let all = ["Shop", "Beta", "alpha", "100%_sure", "gamma"];
    for (query, expected) in [
        (format!("created_at[$gt]={}", created(1)), &all[3..]),
        (format!("created_at[$gte]={}", created(1)), &all[2..]),
        (format!("created_at[$lt]={}", created(1)), &all[..2]),
        (format!("created_at[$lte]={}", created(1)), &all[..3]),
        (format!("created_at={}", created(1)), &all[2..3]),
        (format!("created_at[$in][0]={}&created_at[$in][1]={}", created(0), created(1)), &all[1..3]),
        (format!("created_at[$gt]={}&created_at[$lt]={}", created(0), created(3)), &all[2..4]),
        ("created_at[$gte]=2026-11-21".into(), &all[..]),
        ("created_at[$gte]=2026-11-22".into(), &all[..0]),
        ("created_at[$ne]=null".into(), &all[..]),
        ("revoked_at=null".into(), &["Shop", "100%_sure", "gamma"][..]),
        ("revoked_at[$eq]=null".into(), &["Shop", "100%_sure", "gamma"][..]),
        ("revoked_at[$ne]=null".into(), &all[1..3]),
        (format!("revoked_at[$gt]={}", at(0)), &all[1..3]),
        (format!("revoked_at[$lte]={revoked}"), &all[1..2]),
        (format!("revoked_at[$ne]={revoked}"), &all[2..3]),
        ("deleted_at=null".into(), &all[..]),
        ("deleted_at[$ne]=null".into(), &all[..0]),
        (format!("updated_at[$gte]={}", at(310)), &all[1..3]),
    ] {
        assert_eq!(scene.titles(&query), expected, "{query}");
    }
}

#[test]
fn conditions_are_joined_by_and_and_or() {
    let scene = scene();
    for (query, expected) in [
        ("$or[0][title]=Beta&$or[1][title]=gamma", vec!["Beta", "gamma"]),
        ("$and[0][type]=secret&$and[1][revoked_at]=null", vec!["Shop", "100%_sure"]),
        ("type=publishable&$or[0][title]=Beta&$or[1][title]=gamma", vec!["gamma"]),
        (
            "$or[0][$and][0][type]=secret&$or[0][$and][1][title]=Beta&$or[1][title]=alpha",
            vec!["Beta", "alpha"],
        ),
        ("$or[0][type]=publishable&$or[0][title]=Beta", vec![]),
        ("$or[0][revoked_at][$ne]=null&$or[1][title]=Shop", vec!["Shop", "Beta", "alpha"]),
    ] {
        assert_eq!(scene.titles(query), expected, "{query}");
    }
}

#[test]
fn keys_are_sorted_and_paged() {
    let scene = scene();
    for (query, expected) in [
        ("order=-created_at", vec!["gamma", "100%_sure", "alpha", "Beta", "Shop"]),
        ("order=id", vec!["Shop", "Beta", "alpha", "100%_sure", "gamma"]),
        ("order=title", vec!["100%_sure", "alpha", "Beta", "gamma", "Shop"]),
        ("order=revoked_at&limit=2", vec!["Beta", "alpha"]),
        ("limit=2&offset=1", vec!["Beta", "alpha"]),
        ("limit=2.7&offset=4", vec!["gamma"]),
        ("offset=5", vec![]),
    ] {
        assert_eq!(scene.titles(query), expected, "{query}");
    }
    let page = scene.list("limit=0");
    assert_eq!(page, json!({ "api_keys": [], "count": 5, "offset": 0, "limit": 0 }));
    let page = scene.list("type=secret&limit=1&offset=1&fields=title");
    let only = json!({ "id": scene.keys[0]["id"], "title": "Beta" });
    assert_eq!(page, json!({ "api_keys": [only], "count": 3, "offset": 1, "limit": 1 }));
    let all = scene.list("");
    assert_eq!((&all["count"], &all["limit"], &all["offset"]), (&json!(5), &json!(20), &json!(0)));
}

#[test]
fn what_is_wrong_with_a_query_is_said_and_nothing_is_ignored() {
    let scene = scene();
    for (query, message) in [
        ("limit=-1", "Field 'limit' must not be negative"),
        ("limit=x", "Expected type: 'number' for field 'limit'"),
        ("limit=1001", "Field 'limit' must be at most 1000"),
        ("offset=-1", "Field 'offset' must not be negative"),
        ("offset=10001", "Field 'offset' must be at most 10000"),
        ("order=", "Field 'order' must be one of"),
        ("order=-", "Field 'order' must be one of"),
        ("order=created_at,title", "Field 'order' must be one of"),
        ("order=hunter2", "Field 'order' must be one of"),
        ("fields[]=title", "Expected type: 'string' for field 'fields'"),
        ("type=hunter2", "Expected: 'publishable, secret' for field 'type'"),
        ("type[]=secret&type[]=publishable", "Expected: 'publishable, secret' for field 'type'"),
        ("title[x]=y", "Expected type: 'string' or 'array' for field 'title'"),
        ("created_at=hunter2", "Field 'created_at' must be a date"),
        ("created_at[$foo]=1", "Unrecognized fields: '$foo'"),
        ("created_at[gt]=2020-01-01", "Unrecognized fields: 'gt'"),
        ("created_at[$like]=2020", "Unrecognized fields: '$like'"),
        ("$or=x", "Expected type: 'array' for field '$or'"),
        ("$or[a][title]=x", "Expected type: 'array' for field '$or'"),
        ("$or[0][hunter]=x", "Unrecognized fields: 'hunter'"),
        ("$and[0][q]=x", "Unrecognized fields: 'q'"),
        ("$and[0]=x", "Expected type: 'object' in '$and' and '$or'"),
        ("with_deleted=7", "Expected type: 'boolean' for field 'with_deleted'"),
        ("kw_sk_live_x=1", "Unrecognized fields: '?'"),
        ("q=%00", "Field 'q' must not hold control characters"),
    ] {
        let seen = scene.world.send(&scene.shop.token, "GET", &format!("{KEYS}?{query}"), Value::Null);
        let (status, kind, said) = refusal(&seen);
        assert_eq!((status, kind), (400, "invalid_data"), "{query}");
        assert!(said.starts_with("Invalid request: ") && said.contains(message), "{query}: {said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
    let titles = |count: usize| (0..count).map(|n| format!("title[]={n}&")).collect::<Vec<_>>().concat();
    let seen = scene.world.send(&scene.shop.token, "GET", &format!("{KEYS}?{}", titles(30)), Value::Null);
    assert!(refusal(&seen).2.contains("more than 30 parts"), "{}", seen.body);
    assert_eq!(scene.titles(&[&titles(27), "q=beta&type=secret"].concat()), [""; 0]);
}

/// So many keys beside the first, with ids before those of all that are made later.
const MANY: &str = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 12000)
    INSERT INTO keys (owner, id, digest, type, title, scopes, search, created_at, updated_at, expires_at, revoked_at,
        is_foreign, body)
    SELECT owner, printf('%.23s%07d', id, i), printf('%064d', i), type, title, scopes, search, created_at, updated_at,
        expires_at, revoked_at, is_foreign, body FROM keys, n WHERE title = 'shop'";

#[test]
fn a_list_goes_on_where_filters_hide_more_than_one_walk_looks_at() {
    let (world, shop) = shop();
    world.outside.tamper(MANY);
    let last = create(&world, &shop, "The last", "secret");
    // No index finds what one of several conditions wants.
    let address = format!("{KEYS}?$or[0][title]=The%20last&limit=5");
    let seen = world.ok(&shop.token, "GET", &address, Value::Null);
    assert_eq!(seen.body["api_keys"].as_array().map(Vec::len), Some(1));
    assert_eq!((&seen.body["api_keys"][0]["id"], &seen.body["count"]), (&last["id"], &json!(1)));
    // Of more than are counted, there is always one more than was seen.
    for (offset, count) in [(0, 1000), (1500, 1521), (10_000, 10_021)] {
        let seen = world.ok(
            &shop.token,
            "GET",
            &format!("{KEYS}?updated_at[$ne]=null&offset={offset}"),
            Value::Null,
        );
        assert_eq!(seen.body["count"], count, "{offset}");
    }
}

#[test]
fn a_list_for_which_too_many_keys_would_be_looked_at_is_refused_and_not_cut_off() {
    let (world, shop) = shop();
    world.outside.tamper(MANY);
    world.outside.tamper(
        "INSERT INTO keys (owner, id, digest, type, title, scopes, search, created_at, updated_at, expires_at,
            revoked_at, is_foreign, body)
         SELECT a.owner, a.id || b.seq, a.digest || b.seq, a.type, a.title, a.scopes, a.search, a.created_at,
            a.updated_at, a.expires_at, a.revoked_at, a.is_foreign, a.body FROM keys a, keys b WHERE b.seq <= 17",
    );
    create(&world, &shop, "The last", "secret");
    let get = |query: &str| world.send(&shop.token, "GET", &format!("{KEYS}?{query}"), Value::Null);
    assert!(refusal(&get("$or[0][title]=The%20last")).2.starts_with("Too many keys"));
    assert_eq!(get("title=The%20last").body["count"], 1, "an index finds it");
    assert_eq!(get("$or[0][type]=secret&limit=3").body["api_keys"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_list_that_is_too_much_for_one_answer_is_refused() {
    let (world, shop) = shop();
    let mut links = Vec::new();
    for _ in 0..50 {
        let new = json!({ "name": "\u{1f511}".repeat(200) });
        let channel =
            world.ok(&shop.token, "POST", "/admin/sales-channels", new).body["sales_channel"].clone();
        links.push(channel["id"].clone());
    }
    world.fill(250, |_, key| {
        key.key_type = KeyType::Publishable;
        key.settings.links = serde_json::from_value(json!(links)).expect("links");
    });
    let get = |query: &str| world.send(&shop.token, "GET", &format!("{KEYS}?{query}"), Value::Null);
    assert!(refusal(&get("limit=1000")).2.starts_with("This is too much for one answer"));
    assert_eq!(get("limit=1000&fields=-sales_channels.name").body["count"], 251);
    assert_eq!(get("limit=100").body["api_keys"].as_array().map(Vec::len), Some(100));
}

#[test]
fn a_key_that_cannot_be_read_hides_no_other() {
    let scene = scene();
    scene.world.outside.tamper("UPDATE keys SET body = 'no JSON' WHERE title = 'alpha'");
    for query in ["", "$or[0][title]=Beta&$or[1][title]=alpha", "type=secret&$or[0][title]=Beta"] {
        assert!(scene.titles(query).contains(&"Beta".to_owned()), "{query}");
    }
}
