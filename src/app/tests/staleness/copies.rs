//! Copies that are mended, and copies of two ledgers.

use serde_json::json;

use super::{ORGANIZATION, copy, place, revoke, with_key, with_key_of};
use crate::memory::ROOT;

#[test]
fn a_copy_that_was_mended_lets_nobody_believe_what_was_before_the_last_change() {
    let (world, key) = with_key();
    let put_back = copy(&world, &place(&key));
    revoke(&world, &key);
    world.settle();
    world.pass(100);
    world.warm();
    world.outside.kv.borrow_mut().insert(place(&key), ("-".to_owned(), None));
    assert_eq!(world.verify(&key, "fast").cost.commits, 1, "it is written anew");
    world.settle();
    put_back();
    world.forget();
    world.warm();
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
}

#[test]
fn what_a_ledger_says_of_a_key_is_not_taken_back_because_a_membership_is_known_of_before() {
    let (world, key) = with_key_of("users/bob", json!({}));
    let caller = world.create(ROOT, ORGANIZATION, json!({ "scopes": ["keys:verify"] }));
    world.ok(ROOT, "POST", &format!("/v1/users/bob/keys/{}/revoke", key.id), json!({ "revoke_in": 10 }));
    world.deliver();
    world.warm();
    let ask = || world.ask(&caller.token, json!({ "key": key.token })).code().to_owned();
    assert_eq!(ask(), "valid");
    world.pass(10);
    assert_eq!(ask(), "revoked");
}
