//! A worker of the same account that verifies through a binding: its props say who calls.

use serde_json::{Value, json};

use crate::memory::{Counts, Made, NOBODY, ROOT, Seen, World};

/// acme with a key that holds a scope, and one of globex.
struct Scene {
    world: World,
    own: Made,
    foreign: Made,
}

impl Scene {
    fn new() -> Self {
        let world = World::with_acme();
        world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "globex", "name": "Globex" }));
        let own = world.create(ROOT, "organizations/acme", json!({ "scopes": ["orders:read"] }));
        let foreign = world.create(ROOT, "organizations/globex", json!({}));
        Self { world, own, foreign }
    }

    fn ask(&self, props: &str, question: Value) -> Seen {
        self.world.binding.replace(Some(props.to_owned()));
        self.world.ask(NOBODY, question)
    }

    fn codes(&self, props: &str) -> [String; 2] {
        [&self.own, &self.foreign].map(|key| self.ask(props, json!({ "key": key.token })).code().to_owned())
    }
}

#[test]
fn the_props_of_a_binding_say_on_whose_behalf_it_verifies() {
    let scene = Scene::new();
    for (props, expected) in [
        (r#"{"organization":"acme"}"#, ["valid", "unknown"]),
        (r#"{"organization":"acme","operator":false}"#, ["valid", "unknown"]),
        (r#"{"organization":"acme","scopes":["keys:verify","keys:read"]}"#, ["valid", "unknown"]),
        (r#"{"organization":"acme","scopes":["*"]}"#, ["valid", "unknown"]),
        (r#"{"organization":"globex"}"#, ["unknown", "valid"]),
        (r#"{"organization":"Acme"}"#, ["unknown"; 2]),
        (r#"{"operator":true}"#, ["valid"; 2]),
        (r#"{"operator":true,"organization":null,"scopes":["keys:verify"]}"#, ["valid"; 2]),
    ] {
        assert_eq!(scene.codes(props), expected, "{props}");
    }
}

#[test]
fn a_binding_whose_props_name_nobody_or_do_not_let_it_verify_is_refused_whatever_it_asks() {
    let scene = Scene::new();
    for (props, expected) in [
        ("null", "auth.missing"),
        ("{}", "auth.missing"),
        (r#"{"operator":false}"#, "auth.missing"),
        (r#"{"scopes":["keys:verify"]}"#, "auth.missing"),
        (r#"{"organization":null}"#, "auth.missing"),
        (r#"{"organization":"acme","scopes":[]}"#, "auth.insufficient_scope"),
        (r#"{"organization":"acme","scopes":["keys:read"]}"#, "auth.insufficient_scope"),
        (r#"{"operator":true,"scopes":["keys:*"]}"#, "auth.insufficient_scope"),
        (r#"{"organization":"acme","operator":true}"#, "auth.malformed"),
        (r#"{"organization":""}"#, "auth.malformed"),
        (r#"{"organization":"a b"}"#, "auth.malformed"),
        (r#"{"organization":["acme"]}"#, "auth.malformed"),
        (r#"{"organization":"acme","scopes":null}"#, "auth.malformed"),
        (r#"{"organization":"acme","scopes":"keys:verify"}"#, "auth.malformed"),
        (r#"{"organization":"acme","scopes":["A"]}"#, "auth.malformed"),
        (r#"{"organization":"acme","scope":["keys:verify"]}"#, "auth.malformed"),
        (r#"{"organization":"acme","organization":"globex"}"#, "auth.malformed"),
        (r#"{"operator":"true"}"#, "auth.malformed"),
        (r#"{"operator":null}"#, "auth.malformed"),
        (r#"{"user":"ada"}"#, "auth.malformed"),
        ("[]", "auth.malformed"),
        (r#""acme""#, "auth.malformed"),
        ("7", "auth.malformed"),
        ("", "auth.malformed"),
    ] {
        for question in [json!({ "key": scene.own.token }), json!({ "key": "x" }), json!({ "colour": 1 })] {
            let seen = scene.ask(props, question);
            assert_eq!((seen.code(), seen.cost), (expected, Counts::default()), "{props}");
        }
    }
}

#[test]
fn a_binding_costs_no_read_for_who_calls_and_a_key_that_it_finds_was_used() {
    let scene = Scene::new();
    scene.world.deliver();
    scene.world.warm();
    let seen = scene.ask(r#"{"organization":"acme"}"#, json!({ "key": scene.own.token }));
    assert_eq!((seen.code(), seen.cost), ("valid", Counts { kv_reads: 1, ..Counts::default() }));
    assert_eq!(seen.uses.len(), 1);
    assert_eq!(seen.caller, None, "nobody is named by a credential");
}

#[test]
fn what_is_wrong_with_a_question_is_told_to_a_binding_that_may_verify() {
    let scene = Scene::new();
    let seen = scene.ask(r#"{"operator":true}"#, json!({ "key": "x", "colour": 1 }));
    assert_eq!((seen.code(), seen.pointer()), ("request.bad_field", "/colour"));
}
