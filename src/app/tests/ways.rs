//! Every way in which can be asked about a key leads to the same answer: `verify`, introspection, forward authentication and a
//! binding, each as acme.

use serde_json::{Value, json};

use crate::memory::{Faults, Made, NOBODY, ROOT, Seen, World};
use crate::request::{Body, Credentials, RequestOrigin};

const ACME: &str = "organizations/acme";
const FORM: &str = "application/x-www-form-urlencoded";
const FOREIGN: &str = "acme_live_51FwqftsmMDHHbJAMEXXHCgG";
const DOWN: Faults = Faults { ledgers_down: true, ..Faults::NONE };

/// A way to ask.
#[derive(Debug, Clone, Copy)]
enum Way {
    Verify,
    Introspect,
    Authorize,
    Binding,
}

const WAYS: [Way; 4] = [Way::Verify, Way::Introspect, Way::Authorize, Way::Binding];

/// acme, with a key that may verify.
struct Scene {
    world: World,
    own: Made,
}

impl Scene {
    fn new() -> Self {
        let world = World::with_acme();
        let own = world.create(ROOT, ACME, json!({ "scopes": ["keys:verify"] }));
        Self { world, own }
    }

    fn key(&self, fields: Value) -> String {
        self.world.create(ROOT, ACME, fields).token
    }

    /// Asks whether a key holds a scope, as fresh as that.
    fn ask(&self, way: Way, key: &str, bound: u32, on_outage: &str) -> Seen {
        let Self { world, own } = self;
        let question = json!({
            "key": key, "scopes": ["a"], "max_staleness_seconds": bound, "on_outage": on_outage,
        });
        let words = format!("scope=a&max_staleness_seconds={bound}&on_outage={on_outage}");
        let bearer = |text: &str| Some(format!("Bearer {text}"));
        let credentials = Credentials { authorization: bearer(&own.token), ..Credentials::default() };
        match way {
            Way::Verify => world.ask(&own.token, question),
            Way::Introspect => {
                let body = Body::Read(format!("token={key}&{words}").into_bytes());
                world.send_bytes(credentials, RequestOrigin::Unknown, ["POST", "/v1/introspect"], FORM, body)
            }
            Way::Authorize => {
                let gateway = Some(own.token.clone());
                let visitor = Credentials { authorization: bearer(key), gateway, ..Credentials::default() };
                let address = format!("/v1/authorize?{words}");
                world.send_as(visitor, RequestOrigin::Unknown, "GET", &address, Value::Null)
            }
            Way::Binding => {
                world.binding.replace(Some(json!({ "organization": "acme" }).to_string()));
                world.ask(NOBODY, question)
            }
        }
    }

    /// Whether a key is accepted, each way; `None` for where nobody can say.
    fn answers(&self, key: &str, bound: u32, on_outage: &str) -> [Option<bool>; 4] {
        WAYS.map(|way| {
            let seen = self.ask(way, key, bound, on_outage);
            match (way, seen.status) {
                (_, 503) => None,
                (Way::Verify | Way::Binding, 200) => seen.body["valid"].as_bool(),
                (Way::Introspect, 200) => seen.body["active"].as_bool(),
                (Way::Authorize, 200 | 401 | 403) => Some(seen.visitor.is_some()),
                _ => panic!("{way:?}: {} {}", seen.status, seen.body),
            }
        })
    }
}

const YES: [Option<bool>; 4] = [Some(true); 4];
const NO: [Option<bool>; 4] = [Some(false); 4];
const NOBODY_CAN_SAY: [Option<bool>; 4] = [None; 4];

#[test]
fn the_bound_the_ceiling_and_what_is_allowed_in_an_outage_hold_whichever_way_is_asked() {
    let scene = Scene::new();
    let world = &scene.world;
    let allow = |fields: Value| {
        world.suffer(Faults::NONE);
        world.ok(ROOT, "PATCH", "/v1/organizations/acme", fields);
        world.deliver();
        world.warm();
    };
    let key = scene.key(json!({ "scopes": ["a"] }));
    let strict = scene.key(json!({ "scopes": ["a"], "consistency": "strong" }));
    allow(json!({ "max_staleness_seconds": 10 }));
    assert_eq!([scene.answers(&key, 30, "refuse"), scene.answers(&strict, 30, "refuse")], [YES, YES]);
    world.suffer(DOWN);
    assert_eq!(scene.answers(&key, 30, "refuse"), YES, "a copy proves itself for a while");
    assert_eq!(scene.answers(&key, 0, "refuse"), NOBODY_CAN_SAY);
    assert_eq!(scene.answers(&strict, 30, "stale"), NOBODY_CAN_SAY);
    world.pass(11);
    assert_eq!(scene.answers(&key, 30, "refuse"), NOBODY_CAN_SAY, "the ceiling is 10");
    assert_eq!(scene.answers(&key, 30, "stale"), NOBODY_CAN_SAY, "the organization allows nothing");
    allow(json!({ "on_outage_max_seconds": 600 }));
    world.suffer(DOWN);
    world.pass(500);
    assert_eq!(scene.answers(&key, 0, "stale"), YES);
    assert_eq!(scene.answers(&key, 0, "refuse"), NOBODY_CAN_SAY);
    world.suffer(Faults { kv_down: true, ..DOWN });
    assert_eq!(scene.answers(&key, 0, "stale"), NOBODY_CAN_SAY);
    world.pass(101);
    world.suffer(DOWN);
    assert_eq!(scene.answers(&key, 0, "stale"), NOBODY_CAN_SAY, "it is too old");
}

#[test]
fn a_revoked_key_is_refused_within_the_bound_whichever_way_is_asked() {
    let scene = Scene::new();
    let world = &scene.world;
    let key = world.create(ROOT, ACME, json!({ "scopes": ["a"] }));
    world.deliver();
    world.warm();
    world.suffer(Faults { kv_late: true, ..Faults::NONE });
    assert_eq!(scene.answers(&key.token, 5, "stale"), YES);
    world.ok(ROOT, "POST", &format!("/v1/{ACME}/keys/{}/revoke", key.id), Value::Null);
    assert_eq!(scene.answers(&key.token, 0, "stale"), NO);
    world.pass(6);
    assert_eq!(scene.answers(&key.token, 5, "stale"), NO);
}

#[test]
fn an_imported_key_is_found_and_refused_whichever_way_is_asked() {
    let scene = Scene::new();
    let world = &scene.world;
    let hash = json!({
        "algorithm": "sha256", "encoding": "hex", "value": keyward_core::KeyDigest::of(FOREIGN).to_hex(),
    });
    let rows = json!([{ "hash": hash, "title": "Imported", "scopes": ["a"] }]);
    assert_eq!(scene.answers(FOREIGN, 0, "refuse"), NO);
    world.ok(ROOT, "POST", "/v1/organizations/acme/import", rows);
    world.pass(31);
    for bound in [0, 30] {
        assert_eq!(scene.answers(FOREIGN, bound, "refuse"), YES);
    }
    world.suffer(DOWN);
    assert_eq!(scene.answers(FOREIGN, 0, "refuse"), NOBODY_CAN_SAY);
    world.suffer(Faults::NONE);
    let id = scene.ask(Way::Verify, FOREIGN, 0, "refuse").body["key"]["id"].clone();
    let path = format!("/v1/{ACME}/keys/{}/revoke", id.as_str().expect("an id"));
    world.ok(ROOT, "POST", &path, Value::Null);
    assert_eq!(scene.answers(FOREIGN, 0, "refuse"), NO);
}

#[test]
fn verdicts_are_counted_whichever_way_is_asked() {
    let scene = Scene::new();
    let key = scene.key(json!({ "scopes": ["a"] }));
    let poor = scene.key(json!({}));
    for (key, times) in [(key.as_str(), 1), (&poor, 2), ("x", 3)] {
        for _ in 0..times {
            scene.answers(key, 0, "refuse");
        }
    }
    let text = scene.world.memory.borrow().metrics.write(keyward_core::Timestamp::from_millis(0));
    for (code, count) in [("valid", 4), ("insufficient_scope", 8), ("malformed", 12), ("unknown", 0)] {
        let sample = format!("keyward_verdicts_total{{code=\"{code}\"}} {count}\n");
        assert!(text.contains(&sample), "{sample}{text}");
    }
}
