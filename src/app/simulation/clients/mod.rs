//! Clients: they change what there is and verify keys, repeat what was not answered, and have every answer checked.

mod changes;
mod verifies;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use super::checker::Question;
use super::isolates::Answer;
use super::violation::Violation;
use super::world::World;

/// The organizations of a simulation.
pub(crate) const ORGANIZATIONS: [&str; 2] = ["acme", "zeta"];

/// A key that some client has got the text of.
#[derive(Debug, Clone)]
struct Known {
    token: String,
    digest: String,
    id: String,
    /// `organizations/acme`
    owner: String,
    verifies: bool,
}

/// All clients, and what they have seen.
pub(crate) struct Clients {
    pub(crate) world: Rc<World>,
    keys: RefCell<Vec<Known>>,
    /// How many verifies are still to be made.
    left: Cell<u64>,
    pub(crate) verdicts: Cell<u64>,
    /// Verifies that were answered without a request to a ledger.
    pub(crate) unasked: Cell<u64>,
    pub(crate) unavailable: Cell<u64>,
    pub(crate) refused: Cell<u64>,
    pub(crate) changes: Cell<u64>,
    titles: Cell<u64>,
    /// By digest: when no answer may say "valid" any more.
    promises: RefCell<BTreeMap<String, i64>>,
    /// Everything that was answered, to be looked at once more when the whole history is known.
    answered: RefCell<Vec<(Question, Answer)>>,
    pub(crate) violation: RefCell<Option<Violation>>,
}

impl Clients {
    pub(crate) fn new(world: &Rc<World>, verifies: u64) -> Rc<Self> {
        Rc::new(Self {
            world: Rc::clone(world),
            keys: RefCell::default(),
            left: Cell::new(verifies),
            verdicts: Cell::default(),
            unasked: Cell::default(),
            unavailable: Cell::default(),
            refused: Cell::default(),
            changes: Cell::default(),
            titles: Cell::default(),
            promises: RefCell::default(),
            answered: RefCell::default(),
            violation: RefCell::default(),
        })
    }

    pub(crate) fn is_done(&self) -> bool {
        self.left.get() == 0 || self.violation.borrow().is_some()
    }

    /// Sends a request until it is answered, a few times at most. A creation is repeated with the same idempotency key.
    async fn request(&self, who: &str, to: [&str; 2], body: &Value, key: Option<&str>) -> Option<Answer> {
        let world = &self.world;
        for _ in 0..5 {
            let isolate = Rc::clone(&world.isolates[world.random.below(world.isolates.len())]);
            world.travel().await;
            let lost = world.fault("client: a request is lost", world.faults.clients_lose);
            let answer = if lost { None } else { world.serve(&isolate, who, to, (body, key)).await };
            let lost = world.fault("client: an answer is lost", world.faults.clients_lose);
            if let Some(answer) = answer.filter(|_| !lost) {
                if answer.status != 503 || to[1] == "/v1/verify" {
                    return Some(answer);
                }
            } else if to[1] == "/v1/verify" {
                return None;
            }
            world.schedule.sleep(world.random.between(100, 3_000)).await;
        }
        None
    }

    pub(crate) fn violate(&self, what: String, digest: &str) {
        let mut violation = self.violation.borrow_mut();
        violation.get_or_insert_with(|| {
            let end = self.world.trace.len();
            Violation::new(what, String::new(), digest, &self.world, end)
        });
    }

    /// One client: thinks, and does something, until enough was verified.
    pub(crate) async fn act(self: Rc<Self>, name: String) {
        let world = Rc::clone(&self.world);
        while !self.is_done() {
            world.schedule.sleep(world.random.between(0, 2 * world.faults.think)).await;
            if self.is_done() {
                return;
            }
            let count = self.keys.borrow().len();
            // Those that are new are wanted most.
            let index = count - 1 - world.random.below(count).min(world.random.below(count));
            if world.random.chance(150) {
                self.change(&name, index).await;
            }
            for _ in 0..world.random.between(1, 6) {
                if self.is_done() {
                    return;
                }
                self.left.set(self.left.get() - 1);
                self.verify(&name, index).await;
                world.schedule.sleep(world.random.between(0, world.faults.think / 4)).await;
            }
        }
    }
}
