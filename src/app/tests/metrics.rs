//! What an isolate counts.

use keyward_core::ErrorCode;
use serde_json::{Value, json};

use crate::memory::{Faults, ROOT, World};
use crate::metrics::Way;
use crate::ports::Clock;

/// The value of a sample.
fn count(world: &World, sample: &str) -> u64 {
    let text = world.ok(ROOT, "GET", "/metrics", Value::Null).body;
    let text = text.as_str().expect("text");
    assert!(text.ends_with("\n# EOF\n"));
    let line = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
    line.map_or(0, |value| value.parse().expect("a number"))
}

#[test]
fn requests_to_storage_are_counted_and_so_are_those_that_fail() {
    let world = World::with_acme();
    let key = world.create(ROOT, "organizations/acme", json!({}));
    world.deliver();
    world.warm();
    let counts = || {
        [
            "requests_total{kind=\"kv\"}",
            "faults_total{kind=\"kv\"}",
            "requests_total{kind=\"ledger\"}",
            "faults_total{kind=\"ledger\"}",
        ]
        .map(|sample| count(&world, &format!("keyward_storage_{sample}")))
    };
    let mut before = counts();
    for (faults, consistency, expected) in [
        (Faults::NONE, "fast", [1, 0, 0, 0]),
        (Faults::NONE, "strong", [0, 0, 1, 0]),
        (Faults { kv_down: true, ..Faults::NONE }, "fast", [1, 1, 0, 0]),
        (Faults { ledgers_down: true, ..Faults::NONE }, "strong", [0, 0, 1, 1]),
        (Faults { kv_down: true, ledgers_down: true, ..Faults::NONE }, "fast", [1, 1, 0, 0]),
    ] {
        world.suffer(faults);
        world.verify(&key, consistency);
        world.suffer(Faults::NONE);
        let after = counts();
        let more = [0, 1, 2, 3].map(|at| after[at] - before[at]);
        assert_eq!(more, expected, "{consistency}");
        before = after;
    }
}

#[test]
fn counters_say_since_when_they_count_and_are_gone_with_the_isolate() {
    let world = World::with_acme();
    let began = world.outside.now();
    let answered = |code| {
        world.memory.borrow().metrics.answered("verify_key", code, Way::Binding, world.outside.now());
    };
    answered(None);
    world.pass(60);
    answered(None);
    answered(Some(ErrorCode::AuthMissing));
    let labels = |code| format!("{{operation=\"verify_key\",code=\"{code}\",way=\"binding\"}}");
    let total = |code| count(&world, &format!("keyward_requests_total{}", labels(code)));
    assert_eq!([total("ok"), total("auth.missing")], [2, 1]);
    let text = world.ok(ROOT, "GET", "/metrics", Value::Null).body;
    let millis = began.as_millis();
    let created =
        format!("keyward_requests_created{} {}.{:03}\n", labels("ok"), millis / 1000, millis % 1000);
    assert!(text.as_str().expect("text").contains(&created), "{text}");
    world.memory.take();
    assert_eq!([total("ok"), total("auth.missing")], [0, 0]);
}
