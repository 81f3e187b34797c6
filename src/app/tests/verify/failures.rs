//! What a verify answers when storage fails or is late.

use serde_json::{Value, json};

use super::{ORGANIZATION, cost, revoke, with_key};
use crate::memory::{Faults, ROOT};

#[test]
fn without_kv_the_ledger_answers() {
    let (world, key) = with_key(json!({}));
    revoke(&world, &key, Value::Null);
    let other = world.create(ROOT, ORGANIZATION, json!({}));
    world.suffer(Faults { kv_down: true, ..Faults::NONE });
    let seen = world.verify(&key, "fast");
    assert_eq!((seen.code(), seen.cost), ("revoked", cost(1, 1)));
    let seen = world.verify(&other, "fast");
    assert_eq!(seen.code(), "valid");
    assert_eq!(seen.body["consistency"], "strong");
}

#[test]
fn without_both_nothing_is_guessed() {
    let (world, key) = with_key(json!({}));
    for faults in [
        Faults { kv_down: true, ledgers_down: true, ..Faults::NONE },
        Faults { kv_down: true, ledgers_late: true, ..Faults::NONE },
    ] {
        world.suffer(faults);
        for consistency in ["fast", "strong"] {
            let seen = world.verify(&key, consistency);
            assert_eq!((seen.status, seen.code()), (503, "server.unavailable"));
            assert_eq!(seen.body.get("valid"), None);
        }
    }
}

#[test]
fn without_the_ledger_strong_fails_closed_and_fast_goes_on() {
    let (world, key) = with_key(json!({}));
    let undelivered = world.create(ROOT, ORGANIZATION, json!({}));
    for faults in
        [Faults { ledgers_down: true, ..Faults::NONE }, Faults { ledgers_late: true, ..Faults::NONE }]
    {
        world.suffer(faults);
        assert_eq!(world.verify(&key, "strong").code(), "server.unavailable");
        assert_eq!(world.verify(&key, "fast").code(), "valid");
        assert_eq!(world.verify(&undelivered, "fast").code(), "server.unavailable", "a miss is not believed");
    }
    world.suffer(Faults::NONE);
    assert_eq!(world.verify(&undelivered, "fast").code(), "valid", "and no refusal was remembered");
}

#[test]
fn a_key_whose_ledger_cannot_read_is_not_called_unknown() {
    let (world, key) = with_key(json!({}));
    world.suffer(Faults { reads_fail: true, ..Faults::NONE });
    assert_eq!(world.verify(&key, "strong").code(), "server.unavailable");
    world.suffer(Faults::NONE);
    assert_eq!(world.verify(&key, "strong").code(), "valid");
}

#[test]
fn a_delivery_that_fails_waits_until_kv_is_back() {
    let (world, key) = with_key(json!({}));
    revoke(&world, &key, Value::Null);
    world.suffer(Faults { kv_down: true, ..Faults::NONE });
    world.deliver();
    assert_eq!(world.outside.waiting().len(), 1);
    world.suffer(Faults::NONE);
    assert_eq!(world.verify(&key, "fast").code(), "valid");
    world.deliver();
    assert_eq!(world.verify(&key, "fast").code(), "revoked");
    world.settle();
    assert_eq!(world.outside.waiting().len(), 0);
}
