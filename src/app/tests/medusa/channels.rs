//! Sales channels, and the publishable keys that are linked to them.

use serde_json::{Value, json};

use super::{create, path, refusal, seconds, shop};
use crate::memory::{Made, ROOT, Seen, World, after};

const CHANNELS: &str = "/admin/sales-channels";

fn channel(world: &World, who: &Made, name: &str) -> String {
    let seen = world.ok(&who.token, "POST", CHANNELS, json!({ "name": name }));
    seen.body["sales_channel"]["id"].as_str().expect("an id").to_owned()
}

fn link(world: &World, who: &Made, key: &Value, add: &[&str], remove: &[&str]) -> Seen {
    world.send(&who.token, "POST", &path(key, "/sales-channels"), json!({ "add": add, "remove": remove }))
}

#[test]
fn a_sales_channel_is_created_found_changed_and_deleted() {
    let (world, shop) = shop();
    let new = json!({ "name": " Web ", "description": "The shop", "is_disabled": true });
    let made = world.ok(&shop.token, "POST", CHANNELS, new).body["sales_channel"].clone();
    let now = made["created_at"].clone();
    assert_eq!(seconds(&now), after(10));
    let expected = json!({
        "id": made["id"], "name": "Web", "description": "The shop", "is_disabled": true, "metadata": null,
        "created_at": now, "updated_at": now, "deleted_at": null,
    });
    assert_eq!(made, expected);
    let one = format!("{CHANNELS}/{}", made["id"].as_str().expect("an id"));
    world.pass(1);
    let changed = world.ok(&shop.token, "POST", &one, json!({ "description": null, "is_disabled": false }));
    let changed = changed.body["sales_channel"].clone();
    assert_eq!((&changed["name"], &changed["description"]), (&json!("Web"), &Value::Null));
    assert_eq!(seconds(&changed["updated_at"]), after(11));
    assert_eq!(world.ok(&shop.token, "GET", &one, Value::Null).body["sales_channel"], changed);
    let deleted = world.ok(&shop.token, "DELETE", &one, Value::Null).body;
    assert_eq!(deleted, json!({ "id": made["id"], "object": "sales-channel", "deleted": true }));
    for (method, body) in [("GET", Value::Null), ("POST", json!({})), ("DELETE", Value::Null)] {
        let message = format!("Sales channel with id: {} was not found", made["id"].as_str().expect("an id"));
        assert_eq!(
            refusal(&world.send(&shop.token, method, &one, body)),
            (404, "not_found", message.as_str())
        );
    }
    let unknown = world.send(&shop.token, "POST", CHANNELS, json!({ "name": "A", "metadata": {} }));
    assert_eq!(refusal(&unknown).2, "Invalid request: Unrecognized fields: 'metadata'");
}

#[test]
fn sales_channels_are_listed_by_their_fields_and_by_the_keys_that_are_linked_to_them() {
    let (world, shop) = shop();
    let (web, app) = (channel(&world, &shop, "Web"), channel(&world, &shop, "App"));
    let key = create(&world, &shop, "A", "publishable");
    link(&world, &shop, &key, &[&app], &[]);
    world.ok(&shop.token, "POST", &format!("{CHANNELS}/{web}"), json!({ "is_disabled": true }));
    let names = |query: &str| {
        let seen = world.ok(&shop.token, "GET", &format!("{CHANNELS}?{query}"), Value::Null);
        let channels = seen.body["sales_channels"].as_array().expect("a list").clone();
        channels
            .iter()
            .map(|channel| channel["name"].as_str().expect("a name").to_owned())
            .collect::<Vec<_>>()
    };
    let linked = format!("publishable_key_id={}", key["id"].as_str().expect("an id"));
    for (query, expected) in [
        ("", vec!["Web", "App"]),
        ("order=name", vec!["App", "Web"]),
        ("order=-name", vec!["Web", "App"]),
        ("q=WE", vec!["Web"]),
        ("name=App", vec!["App"]),
        ("id[]=x", vec![]),
        (&format!("id[0]={web}&id[1]={app}"), vec!["Web", "App"]),
        ("is_disabled=true", vec!["Web"]),
        ("limit=1&offset=1", vec!["App"]),
        ("limit=0", vec![]),
        (&linked, vec!["App"]),
        ("publishable_key_id=apk_01KAHQ0000000000000000000A", vec![]),
    ] {
        assert_eq!(names(query), expected, "{query}");
    }
    let seen = world.ok(&shop.token, "GET", &format!("{CHANNELS}?limit=1&fields=name"), Value::Null);
    let expected =
        json!({ "sales_channels": [{ "id": web, "name": "Web" }], "count": 2, "offset": 0, "limit": 1 });
    assert_eq!(seen.body, expected);
    let refused = world.send(&shop.token, "GET", &format!("{CHANNELS}?order=x"), Value::Null);
    assert_eq!(refusal(&refused).0, 400);
}

#[test]
fn links_of_a_publishable_key_are_added_and_removed_and_verifying_tells_them() {
    let (world, shop) = shop();
    let (web, app) = (channel(&world, &shop, "Web"), channel(&world, &shop, "App"));
    let key = create(&world, &shop, "A", "publishable");
    let names = |seen: &Seen| seen.body["api_key"]["sales_channels"].clone();
    let linked = link(&world, &shop, &key, &[&web, &app, &web], &["phony"]);
    assert_eq!(names(&linked), json!([{ "id": web, "name": "Web" }, { "id": app, "name": "App" }]));
    let again = link(&world, &shop, &key, &[&web], &[]);
    assert_eq!(again.body, linked.body, "what is linked already is no mistake");
    let token = key["token"].as_str().expect("a token");
    let made = Made { id: String::new(), token: token.to_owned() };
    world.deliver();
    for consistency in ["fast", "strong"] {
        assert_eq!(world.verify(&made, consistency).body["key"]["links"], json!([web, app]));
        let itself = world.ask(token, json!({ "key": token, "consistency": consistency }));
        assert_eq!(itself.body["key"]["links"], json!([web, app]));
    }
    assert_eq!(world.ok(token, "GET", "/v1/whoami", Value::Null).body["key"]["links"], json!([web, app]));
    assert_eq!(
        names(&link(&world, &shop, &key, &[], &[&web, "phony"])),
        json!([{ "id": app, "name": "App" }])
    );
    assert_eq!(world.verify(&made, "strong").body["key"]["links"], json!([app]));
    let fields = world.ok(&shop.token, "GET", &path(&key, "?fields=*sales_channels,-title"), Value::Null);
    assert_eq!(fields.body["api_key"]["sales_channels"][0]["is_disabled"], false);
}

#[test]
fn a_link_to_what_is_not_there_and_of_a_secret_key_is_refused() {
    let (world, shop) = shop();
    let web = channel(&world, &shop, "Web");
    let (secret, public) = (create(&world, &shop, "A", "secret"), create(&world, &shop, "B", "publishable"));
    let other = "sc_01KAHQ0000000000000000000A";
    let refused = link(&world, &shop, &secret, &[&web], &[]);
    let message = "Sales channels can only be associated with publishable API keys";
    assert_eq!(refusal(&refused), (400, "invalid_data", message));
    assert_eq!(link(&world, &shop, &secret, &[], &[&web]).status, 200, "to take away nothing is no mistake");
    let refused = link(&world, &shop, &public, &[&web, other], &[]);
    let message = format!("Sales channels with IDs {other} do not exist");
    assert_eq!(refusal(&refused), (400, "invalid_data", message.as_str()));
    let refused = link(&world, &shop, &public, &["hunter2"], &[]);
    assert!(refusal(&refused).0 == 400 && !refused.body.to_string().contains("hunter2"));
    let keys = "/v1/organizations/acme/keys";
    for (body, detail) in [
        (json!({ "title": "x", "links": [web] }), "can be given to publishable keys only"),
        (
            json!({ "title": "x", "type": "publishable", "links": [other] }),
            "must name sales channels that the organization has",
        ),
    ] {
        let seen = world.send(ROOT, "POST", keys, body);
        assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", "/links"));
        assert_eq!(seen.body["errors"][0]["detail"], detail);
    }
    let made = world.create(ROOT, "organizations/acme", json!({ "type": "publishable", "links": [web] }));
    let unlinked = world.ok(ROOT, "PATCH", &format!("{keys}/{}", made.id), json!({ "links": [] }));
    assert_eq!(unlinked.body["links"], json!([]));
}

#[test]
fn a_deleted_sales_channel_takes_its_links_along_even_those_of_revoked_keys() {
    let (world, shop) = shop();
    let (web, app) = (channel(&world, &shop, "Web"), channel(&world, &shop, "App"));
    let keys = ["A", "B"].map(|title| create(&world, &shop, title, "publishable"));
    for key in &keys {
        link(&world, &shop, key, &[&web, &app], &[]);
    }
    world.ok(&shop.token, "POST", &path(&keys[1], "/revoke"), Value::Null);
    world.ok(&shop.token, "DELETE", &format!("{CHANNELS}/{web}"), Value::Null);
    for key in &keys {
        let seen = world.ok(&shop.token, "GET", &path(key, ""), Value::Null);
        assert_eq!(seen.body["api_key"]["sales_channels"], json!([{ "id": app, "name": "App" }]));
    }
    let events = world.ok(ROOT, "GET", "/v1/organizations/acme/events?action=key.updated", Value::Null);
    let change = json!([{ "field": "links", "old": [web, app], "new": [app] }]);
    let unlinked = events.body["events"].as_array().expect("a list").iter();
    assert_eq!(unlinked.filter(|event| event["details"]["changes"] == change).count(), 2, "{}", events.body);
    world.ok(ROOT, "DELETE", "/v1/organizations/acme?revoke=true", Value::Null);
    assert!(world.outside.rows("SELECT 1 FROM channels").is_empty());
    assert!(world.outside.rows("SELECT 1 FROM links").is_empty());
}

#[test]
fn an_organization_has_five_hundred_sales_channels_at_the_most() {
    let (world, shop) = shop();
    for n in 0..500 {
        channel(&world, &shop, &n.to_string());
    }
    let refused = world.send(&shop.token, "POST", CHANNELS, json!({ "name": "one more" }));
    assert!(refusal(&refused).2.contains("at most 500 sales channels"), "{}", refused.body);
}
