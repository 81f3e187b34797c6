//! A deployment in simulated time: the real operations, the real ledgers over SQLite and real isolates, in one process and
//! one thread, while clocks, network, KV, ledgers and isolates fail. Every choice follows from one seed, so a run is the
//! same every time.
//!
//! `history` records what ledgers commit; `checker` compares every answer with that. `npm run simulate` runs many seeds, and
//! the tests a few.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "it is in no worker, and a simulation that cannot go on has to stop"
)]

mod changed;
mod checker;
mod clients;
mod end;
mod faults;
mod history;
mod isolates;
mod kv;
mod ledgers;
mod mutation;
mod random;
mod recorded;
mod schedule;
mod storage;
#[cfg(test)]
mod tests;
mod trace;
mod violation;
mod world;

use std::collections::BTreeMap;
use std::rc::Rc;

pub use mutation::Mutation;
pub use recorded::{Checked, check};
pub use violation::Violation;

use clients::Clients;
use faults::Faults;
use random::Random;
use trace::Trace;
use world::World;

/// How many clients there are.
const CLIENTS: usize = 6;

/// What a run was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What it follows from.
    pub seed: u64,
    /// How often what goes wrong, as drawn from the seed.
    pub faults: String,
    /// Verdicts that were given and checked.
    pub verdicts: u64,
    /// Verifies that were answered with 503.
    pub unavailable: u64,
    /// Verifies whose caller was refused.
    pub refused: u64,
    /// Changes that were answered and checked.
    pub changes: u64,
    /// Verifies that were answered without a request to a ledger.
    pub unasked: u64,
    /// What went wrong on purpose, by kind.
    pub injected: BTreeMap<&'static str, u64>,
    /// Everything that happened.
    pub trace: Vec<String>,
    /// A number that follows from every byte of the trace.
    pub hash: u64,
    /// How much time passed, in seconds.
    pub seconds: i64,
    /// The first promise that was broken.
    pub violation: Option<Violation>,
}

/// Runs a deployment until so many verifies were made; then everything heals, and has to be right in the end.
#[must_use]
pub fn simulate(seed: u64, verifies: u64, mutation: Option<Mutation>) -> Outcome {
    let random = Random::new(seed);
    let faults = Faults::draw(&random);
    play(seed, verifies, mutation, random, faults)
}

fn play(seed: u64, verifies: u64, mutation: Option<Mutation>, random: Random, faults: Faults) -> Outcome {
    let described = format!("{faults:?}");
    let world = World::new(random, faults, mutation);
    let clients = Clients::new(&world, verifies);
    world.heal(true);
    world.isolates.iter().for_each(|isolate| world.start_isolate(isolate));
    let setting_up = Rc::clone(&clients);
    world.finish(async move { setting_up.set_up().await });
    world.schedule.pass_until(world.now() + 5_000);
    world.heal(false);
    for n in 1..=CLIENTS {
        world.schedule.spawn(Rc::clone(&clients).act(format!("c{n}")));
    }
    while !clients.is_done() && world.schedule.step() {}
    if clients.violation.borrow().is_none() {
        end::check(&clients);
    }
    let trace = world.trace.take();
    let outcome = Outcome {
        seed,
        faults: described,
        verdicts: clients.verdicts.get(),
        unavailable: clients.unavailable.get(),
        refused: clients.refused.get(),
        changes: clients.changes.get(),
        unasked: clients.unasked.get(),
        injected: world.injected.take(),
        hash: Trace::hash(&trace),
        trace,
        seconds: world.now() / 1000,
        violation: clients.violation.take(),
    };
    world.end();
    outcome
}
