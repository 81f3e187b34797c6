//! What is put back, and what is found by its text for the first time: nobody has older copies of it, and whatever becomes of
//! it later is newer.

use serde_json::{Value, json};

use super::super::export::{elsewhere, export, foreign_row, import, import_all};
use super::{ORGANIZATION, copy, costs, member, place, revoke};
use crate::memory::{Made, ROOT, World, after};

/// What was exported of an organization with a key, to which bob belongs.
fn exported() -> (Vec<Value>, Made) {
    let world = World::with_acme();
    let key = world.create(ROOT, ORGANIZATION, json!({}));
    (export(&world).concat(), key)
}

fn line<'a>(lines: &'a [Value], pointer: &str, value: &str) -> &'a Value {
    lines.iter().find(|line| line.pointer(pointer) == Some(&json!(value))).expect(pointer)
}

/// How many changes ledgers tell of.
fn told(world: &World) -> usize {
    world.outside.rows("SELECT destination FROM outbox WHERE changed > 0").len()
}

#[test]
fn a_key_and_a_member_that_were_changed_later_than_now_are_not_put_back() {
    let (lines, key) = exported();
    let there = elsewhere();
    for (kind, pointer, value) in [("key", "/key/id", key.id.as_str()), ("member", "/member/user", "bob")] {
        let mut later = line(&lines, pointer, value).clone();
        later[kind]["updated_at"] = json!(after(7_000_000));
        let failed = &import(&there, ROOT, &[later]).body["failed"][0];
        let seen = (failed["code"].as_str(), failed["detail"].as_str().unwrap_or_default());
        assert_eq!(seen.0, Some("request.bad_field"), "{kind}");
        assert!(seen.1.contains("It was changed later than now."), "{kind}: {}", seen.1);
    }
    assert_eq!(there.verify(&key, "strong").code(), "unknown");
    assert_eq!(there.outside.rows("SELECT user FROM members WHERE user = 'bob'").len(), 0);
    import_all(&there, &[lines]);
    assert_eq!(there.verify(&key, "strong").code(), "valid", "as it was, it is put back");
}

#[test]
fn what_was_put_back_and_ends_is_refused_within_the_bound_though_kv_still_has_what_was_put_back() {
    let (lines, key) = exported();
    let there = elsewhere();
    import_all(&there, &[lines]);
    let personal = there.create(ROOT, "users/bob", json!({}));
    there.deliver();
    there.warm();
    let put_back = [copy(&there, &place(&key)), copy(&there, &member("bob"))];
    let ask = |key: &Made| there.ask(ROOT, json!({ "key": key.token, "organization": "acme" }));
    assert_eq!([ask(&key).code(), ask(&personal).code()], ["valid", "valid"]);
    revoke(&there, &key);
    there.ok(ROOT, "DELETE", "/v1/organizations/acme/members/bob", Value::Null);
    there.deliver();
    for _ in 0..20 {
        for put_back in &put_back {
            put_back();
        }
        there.pass(31);
        assert_eq!([ask(&key).code(), ask(&personal).code()], ["revoked", "not_a_member"]);
    }
}

#[test]
fn a_key_that_is_put_back_and_a_foreign_key_whose_text_was_seen_are_no_changes_of_copies() {
    let (lines, key) = exported();
    let there = elsewhere();
    there.settle();
    let before = told(&there);
    import_all(&there, &[vec![line(&lines, "/key/id", &key.id).clone()]]);
    let row = foreign_row("salt a-foreign-key", json!({ "salt": "salt " }));
    there.ok(ROOT, "POST", "/v1/organizations/acme/import", json!([row]));
    let ask = || there.ask(ROOT, json!({ "key": "a-foreign-key", "organization": "acme" }));
    assert_eq!(ask().code(), "valid");
    assert_eq!(told(&there), before);
    there.deliver();
    there.warm();
    assert_eq!(costs(&there.verify(&key, "fast")), [1, 0]);
    assert_eq!((ask().code(), costs(&ask())), ("valid", [1, 0]));
}
