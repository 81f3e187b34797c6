//! The short form: a few seeds, every time the same.

use futures_util::future::join_all;

use super::*;

#[test]
fn a_run_is_the_same_byte_for_byte_when_its_seed_is_run_again() {
    for seed in 1..=2 {
        assert_eq!(simulate(seed, 100, None), simulate(seed, 100, None));
    }
}

#[test]
fn every_answer_is_as_the_ledgers_were_at_its_as_of_whatever_fails() {
    for seed in 1..=20 {
        let outcome = simulate(seed, 300, None);
        if let Some(violation) = outcome.violation {
            panic!("seed {seed}, {}: {violation}", outcome.faults);
        }
    }
}

/// Fails if nobody notices within the short form.
fn notice(mutation: Mutation) {
    let violation = (1..=20).find_map(|seed| simulate(seed, 300, Some(mutation)).violation);
    assert!(violation.is_some(), "nobody notices {mutation:?}");
}

#[test]
fn the_checker_notices_when_isolates_ignore_the_feed() {
    notice(Mutation::IgnoreFeed);
}

#[test]
fn the_checker_notices_when_isolates_trust_kv_for_a_minute() {
    notice(Mutation::TrustKv);
}

#[test]
fn the_checker_notices_when_isolates_forget_that_clocks_differ() {
    notice(Mutation::ForgetSkew);
}

#[test]
fn the_checker_notices_when_tombstones_are_lost() {
    notice(Mutation::LoseTombstones);
}

#[test]
fn the_checker_notices_when_the_outbox_forgets() {
    notice(Mutation::ForgetOutbox);
}

#[test]
fn the_checker_notices_when_answers_seem_newer_than_they_are() {
    notice(Mutation::RoundUp);
}

#[test]
fn in_a_busy_organization_one_verify_of_a_hundred_at_most_causes_a_request_to_a_ledger() {
    let verifies = 5_000;
    let world = World::new(Random::new(1), Faults::none(20), None);
    let clients = Clients::new(&world, verifies);
    let verifying = Rc::clone(&clients);
    world.finish(async move {
        verifying.set_up().await;
        verifying.world.ledger_requests.set(0);
        join_all((0..8).map(|_| verifying.verify_steadily(30))).await;
    });
    let (verdicts, requests) = (clients.verdicts.get(), world.ledger_requests.get());
    assert_eq!((verdicts, clients.violation.take()), (verifies, None));
    assert!(requests * 100 <= verdicts, "{requests} requests, those in the background among them");
    // An isolate asks for the first key and the first caller, tells that both were used, and then twice in the bound what is new.
    let (isolates, seconds) = (world.isolates.len(), usize::try_from(world.now() / 1000).expect("some"));
    let most = isolates * (seconds * 2 / 30 + 4);
    assert!(usize::try_from(requests).expect("few") <= most, "{requests} requests in {seconds} s");
    world.end();
}
