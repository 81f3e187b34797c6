//! Whose turn it is in the outbox: what restricts goes first, owners take turns, and what hangs holds up nothing else.

use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use futures_util::FutureExt;
use keyward_core::{KeyDigest, Owner, OwnerId};
use serde_json::{Value, json};

use crate::kv::{KvKey, kv_key_of_digest, kv_key_of_member};
use crate::ledger::outbox::{Delivery, KvWrite, Lane};
use crate::ledger::sql::{Sql, SqlValue, Statement};
use crate::memory::{Made, MemoryLedger, ROOT, World};
use crate::ports::Clock;

/// Two organizations whose ledgers have the same name. There are 62^8 names, so a search finds such a pair in seconds.
const COLLIDING: [&str; 2] = ["org-6043014", "org-11980372"];
/// How long a write to KV takes, in milliseconds.
const SLOW: u32 = 200;

/// A deployment with two organizations that share a ledger, which has told everybody everything.
fn with_colliding() -> (World, Rc<MemoryLedger>) {
    let world = World::new();
    for organization in COLLIDING {
        world.ok(ROOT, "POST", "/v1/organizations", json!({ "id": organization, "name": "x" }));
    }
    world.settle();
    world.pass(61);
    let [ledger, same] = COLLIDING.map(|id| {
        let organization = Owner::Organization(OwnerId::parse(id).expect("id"));
        world.outside.ledger(organization.ledger())
    });
    assert!(Rc::ptr_eq(&ledger, &same), "one ledger");
    (world, ledger)
}

/// Either of the two as the busy one, whichever comes first by name.
fn both_ways() -> [[&'static str; 2]; 2] {
    let [one, other] = COLLIDING;
    [[one, other], [other, one]]
}

fn key(world: &World, organization: &str) -> Made {
    let key = world.create(ROOT, &format!("organizations/{organization}"), json!({ "scopes": ["a", "b"] }));
    world.settle();
    world.pass(61);
    key
}

fn kv_key(key: &Made) -> String {
    kv_key_of_digest(&KeyDigest::of(&key.token))
}

/// Queues so many ordinary writes of an organization that are due.
fn queue(world: &World, ledger: &MemoryLedger, organization: &str, count: usize) {
    queue_with(2, world, ledger, organization, count);
}

/// Queues so many writes of an urgency.
fn queue_with(urgency: u32, world: &World, ledger: &MemoryLedger, organization: &str, count: usize) {
    let owner = Owner::Organization(OwnerId::parse(organization).expect("id")).to_string();
    let insert = |n: usize| {
        let kv_key = format!("key/{organization}/{n}");
        let write = Delivery::Kv(KvWrite { kv_key, value: "{}".to_owned(), ttl_seconds: None });
        Statement {
            sql:
                "INSERT INTO outbox (destination, lane, owner, urgency, body, revision, not_before, attempts)
                VALUES (?, 'kv', ?, ?, ?, 1, ?, 0)",
            bindings: vec![
                write.destination().into(),
                owner.as_str().into(),
                urgency.into(),
                serde_json::to_string(&write).expect("JSON").into(),
                world.outside.now().into(),
            ],
        }
    };
    ledger.sql.transaction(&(0..count).map(insert).collect::<Vec<_>>()).expect("queued");
}

/// Lets milliseconds pass, one step of the deliveries after the other.
fn pass(world: &World, mut deliveries: Vec<Pin<&mut dyn Future<Output = ()>>>, milliseconds: u32) {
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..milliseconds / 10 {
        // Whatever can go on does so, until all wait for time to pass.
        for _ in 0..20 {
            deliveries.retain_mut(|delivery| delivery.as_mut().poll(&mut context) == Poll::Pending);
        }
        let now = world.outside.now().as_millis();
        world.outside.set_wall(keyward_core::Timestamp::from_millis(now + 10));
    }
    for delivery in &mut deliveries {
        let _ = delivery.as_mut().poll(&mut context);
    }
}

/// How many of an organization's queued writes KV has.
fn landed(world: &World, organization: &str) -> usize {
    let prefix = format!("key/{organization}/");
    world.outside.kv.borrow().keys().filter(|kv_key| kv_key.starts_with(&prefix)).count()
}

fn change(world: &World, organization: &str, key: &Made, method: &str, end: &str, body: Value) {
    world.ok(ROOT, method, &format!("/v1/organizations/{organization}/keys/{}{end}", key.id), body);
}

/// The record that KV holds.
fn copy(world: &World, key: &Made) -> Option<Box<keyward_core::KeyRecord>> {
    let kv_key = kv_key(key);
    let stored = world.outside.stored(&kv_key).expect("delivered");
    KvKey::read(&world.config.issuer.ring, &kv_key, &stored).expect("ours").record
}

#[test]
fn whatever_restricts_is_in_kv_at_once_though_ten_thousand_writes_wait_and_kv_is_slow() {
    let (world, ledger) = with_colliding();
    let [own, _] = COLLIDING;
    let keys: Vec<_> = (0..5).map(|_| key(&world, own)).collect();
    let [revoked, deleted, narrowed, shortened, stricter] = keys.as_slice() else { panic!("five") };
    let member = format!("/v1/organizations/{own}/members/ada");
    world.ok(ROOT, "PUT", &member, json!({ "role": "member" }));
    world.settle();
    world.pass(61);
    queue(&world, &ledger, own, 10_000);
    world.outside.pace.write_takes.set(SLOW);
    let mut delivery = pin!(ledger.object.deliver(Lane::Kv));
    pass(&world, vec![delivery.as_mut()], 100);
    assert_eq!(world.outside.pace.most_at_once.get(), 3, "the writes that wait go out in parallel");

    let ends = world.outside.now().plus_seconds(3600).to_string();
    change(&world, own, revoked, "POST", "/revoke", Value::Null);
    change(&world, own, deleted, "DELETE", "?revoke=true", Value::Null);
    change(&world, own, narrowed, "PATCH", "", json!({ "scopes": ["a"] }));
    change(&world, own, shortened, "PATCH", "", json!({ "expires_at": ends }));
    change(&world, own, stricter, "PATCH", "", json!({ "consistency": "strong" }));
    world.ok(ROOT, "DELETE", &member, Value::Null);
    let mut again = pin!(ledger.object.deliver(Lane::Kv));
    pass(&world, vec![delivery.as_mut(), again.as_mut()], 3 * SLOW);

    assert!(copy(&world, revoked).is_some_and(|copy| copy.revocation.is_some()));
    assert!(copy(&world, deleted).is_none());
    assert_eq!(copy(&world, narrowed).expect("a key").settings.scopes.iter().count(), 1);
    assert!(copy(&world, shortened).expect("a key").settings.expires_at.is_some());
    assert_eq!(copy(&world, stricter).expect("a key").settings.consistency.as_str(), "strong");
    let id = |text: &str| OwnerId::parse(text).expect("id");
    let left = world.outside.stored(&kv_key_of_member(&id(own), &id("ada"))).expect("delivered");
    assert!(left.ends_with(r#""role":null}"#));
    assert!(landed(&world, own) < 20, "the others still wait");
}

#[test]
fn a_key_that_is_over_goes_before_ten_thousand_that_may_do_less() {
    let (world, ledger) = with_colliding();
    let [own, _] = COLLIDING;
    let revoked = key(&world, own);
    queue_with(1, &world, &ledger, own, 10_000);
    world.outside.pace.write_takes.set(SLOW);
    let mut delivery = pin!(ledger.object.deliver(Lane::Kv));
    pass(&world, vec![delivery.as_mut()], 100);
    change(&world, own, &revoked, "POST", "/revoke", Value::Null);
    let mut again = pin!(ledger.object.deliver(Lane::Kv));
    pass(&world, vec![delivery.as_mut(), again.as_mut()], 2 * SLOW);
    assert!(copy(&world, &revoked).is_some_and(|copy| copy.revocation.is_some()));
    assert!(landed(&world, own) < 20, "the others still wait");
}

#[test]
fn a_change_that_restricts_nothing_does_not_go_first_and_takes_no_urgency_from_one_that_does() {
    let (world, ledger) = with_colliding();
    let [own, _] = COLLIDING;
    let (renamed, revoked) = (key(&world, own), key(&world, own));
    queue(&world, &ledger, own, 100);
    world.pass(1);
    world.outside.pace.write_takes.set(SLOW);
    change(&world, own, &renamed, "PATCH", "", json!({ "title": "Renamed" }));
    change(&world, own, &revoked, "POST", "/revoke", Value::Null);
    change(&world, own, &revoked, "PATCH", "", json!({ "title": "Renamed" }));
    pass(&world, vec![pin!(ledger.object.deliver(Lane::Kv))], SLOW + 50);
    let found = copy(&world, &revoked).expect("a key");
    assert!(found.revocation.is_some() && found.settings.title.as_str() == "Renamed");
    assert_ne!(copy(&world, &renamed).expect("a key").settings.title.as_str(), "Renamed");
}

#[test]
fn owners_that_share_a_ledger_take_turns() {
    for [busy, other] in both_ways() {
        let (world, ledger) = with_colliding();
        queue(&world, &ledger, busy, 10_000);
        world.pass(1);
        queue(&world, &ledger, other, 10);
        world.outside.pace.write_takes.set(SLOW);
        pass(&world, vec![pin!(ledger.object.deliver(Lane::Kv))], 8 * SLOW);
        assert_eq!(landed(&world, other), 10);
        assert!(landed(&world, busy) >= 10);
    }
}

#[test]
fn nothing_of_one_owner_is_held_up_by_the_restrictions_of_another() {
    for [busy, other] in both_ways() {
        let (world, ledger) = with_colliding();
        let key = key(&world, other);
        queue(&world, &ledger, busy, 1_000);
        ledger
            .sql
            .transaction(&[Statement { sql: "UPDATE outbox SET urgency = 0", bindings: vec![] }])
            .expect("urgent");
        world.pass(1);
        world.outside.pace.write_takes.set(SLOW);
        let mut delivery = pin!(ledger.object.deliver(Lane::Kv));
        pass(&world, vec![delivery.as_mut()], 100);
        change(&world, other, &key, "POST", "/revoke", Value::Null);
        pass(&world, vec![delivery.as_mut(), pin!(ledger.object.deliver(Lane::Kv))], 2 * SLOW);
        assert!(copy(&world, &key).is_some_and(|copy| copy.revocation.is_some()));
        // Nor is anything else.
        queue(&world, &ledger, other, 10);
        pass(&world, vec![delivery.as_mut()], 11 * SLOW);
        assert_eq!(landed(&world, other), 10);
    }
}

#[test]
fn writes_that_hang_hold_up_neither_a_revocation_nor_each_other() {
    let (world, ledger) = with_colliding();
    let [own, other] = COLLIDING;
    let (stuck, free) = (key(&world, own), key(&world, other));
    queue(&world, &ledger, own, 20);
    let hanging = (0..3).map(|n| format!("key/{own}/{n}"));
    world.outside.pace.hangs.borrow_mut().extend(hanging.chain([kv_key(&stuck)]));
    let mut delivery = pin!(ledger.object.deliver(Lane::Kv));
    pass(&world, vec![delivery.as_mut()], 100);
    change(&world, other, &free, "POST", "/revoke", Value::Null);
    let mut again = pin!(ledger.object.deliver(Lane::Kv));
    pass(&world, vec![delivery.as_mut(), again.as_mut()], 100);
    assert!(copy(&world, &free).is_some_and(|copy| copy.revocation.is_some()));
    // A restriction that hangs itself keeps only its own slot.
    change(&world, own, &stuck, "POST", "/revoke", Value::Null);
    pass(&world, vec![delivery.as_mut(), pin!(ledger.object.deliver(Lane::Kv))], 10_500);
    assert_eq!(landed(&world, own), 17, "those that do not hang");
    world.outside.pace.hangs.borrow_mut().clear();
    world.outside.land_late_writes();
    world.settle();
    assert_eq!(landed(&world, own), 20);
    assert!(copy(&world, &stuck).is_some_and(|copy| copy.revocation.is_some()));
}

#[test]
fn two_writes_to_one_destination_never_run_at_once() {
    let (world, ledger) = with_colliding();
    let [own, _] = COLLIDING;
    let key = key(&world, own);
    world.outside.pace.write_takes.set(5_000);
    world.outside.pace.most_at_once.set(0);
    let mut begun = Vec::new();
    for n in 0..4 {
        change(&world, own, &key, "PATCH", "", json!({ "title": format!("{n}") }));
        begun.push(Box::pin(ledger.object.deliver(Lane::Kv).fuse()));
        let all = begun.iter_mut().map(|delivery| delivery.as_mut() as Pin<&mut dyn Future<Output = ()>>);
        pass(&world, all.collect(), 1_100);
    }
    assert_eq!(world.outside.pace.most_at_once.get(), 1);
    drop(begun);
    world.outside.pace.write_takes.set(0);
    world.pass(60);
    world.settle();
    assert_eq!(copy(&world, &key).expect("a key").settings.title.as_str(), "3");
}

#[test]
fn ten_thousand_writes_land_though_no_round_may_make_them_all() {
    let (world, ledger) = with_colliding();
    let [own, _] = COLLIDING;
    queue(&world, &ledger, own, 10_000);
    world.deliver();
    assert_eq!(landed(&world, own), 500);
    world.settle();
    assert_eq!(landed(&world, own), 10_000);
}

#[test]
fn members_of_one_organization_hold_up_no_copy_of_another_organizations_membership() {
    for [busy, other] in both_ways() {
        let (world, ledger) = with_colliding();
        for n in 0..50 {
            let member = format!("/v1/organizations/{busy}/members/u{n}");
            world.ok(ROOT, "PUT", &member, json!({ "role": "member" }));
        }
        world.pass(1);
        world.ok(ROOT, "PUT", &format!("/v1/organizations/{other}/members/zoe"), json!({ "role": "member" }));
        let before = world.outside.counts().ledger_calls;
        let mut delivery = pin!(ledger.object.deliver(Lane::Ledgers));
        let owner = format!("organization:{other}");
        let waits = || {
            let query =
                "SELECT 1 FROM outbox WHERE owner = ? AND lane = 'ledgers' AND not_before IS NOT NULL";
            !ledger.sql.rows(query, &[owner.as_str().into()]).is_empty()
        };
        while waits() {
            let _ = delivery.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        assert!(world.outside.counts().ledger_calls - before <= 4);
    }
}

/// How SQLite finds the rows of a query.
fn plan(ledger: &MemoryLedger, sql: &str) -> String {
    let bindings = vec![SqlValue::Integer(1); sql.matches('?').count()];
    let steps = ledger.sql.rows(&format!("EXPLAIN QUERY PLAN {sql}"), &bindings);
    let text = |step: Vec<SqlValue>| match step.into_iter().last() {
        Some(SqlValue::Text(text)) => text,
        other => panic!("{other:?}"),
    };
    steps.into_iter().map(text).collect::<Vec<_>>().join("; ")
}

#[test]
fn every_statement_on_the_outbox_and_on_old_events_finds_its_rows_by_an_index() {
    let (_, ledger) = with_colliding();
    for sql in crate::ledger::indexed_statements() {
        let plan = plan(&ledger, sql);
        assert!(
            plan.contains("SEARCH") && !plan.contains("SCAN outbox") && !plan.contains("SCAN events"),
            "{sql}: {plan}"
        );
        assert!(!plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}
