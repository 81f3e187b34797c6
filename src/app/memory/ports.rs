//! The outside, in memory: as good and as bad as a test wants it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use keyward_core::stored::{self, Stored};
use keyward_core::{Entropy, EntropyError, Issuer, KeyDigest, LedgerLocator, Owner, OwnerId, Timestamp};
use serde_json::json;

use super::rows::MemoryRows;
use crate::identity::Algorithm;
use crate::identity::jwk::tests::ed;
use crate::ledger::clock::LedgerClock;
use crate::ledger::rows::Delivery;
use crate::ledger::{Call, Handler, Reply, handle};
use crate::ports::{Clock, Identity, Ledgers, Projection, Randomness, Unavailable};
use crate::projection::{CACHE_TTL_SECONDS, ProjectedKey, ProjectedMember, key_place, member_place};

/// Storage operations so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Reads of KV.
    pub(crate) kv_reads: u64,
    /// Writes to KV.
    pub(crate) kv_writes: u64,
    /// Requests to ledgers; deliveries from one to another are not among them.
    pub(crate) ledger_calls: u64,
    /// Transactions in ledgers.
    pub(crate) commits: u64,
}

/// What the outside suffers from.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each can fail without the others")]
pub(crate) struct Faults {
    /// KV can be neither read nor written.
    pub(crate) kv_down: bool,
    /// No ledger can be reached.
    pub(crate) ledgers_down: bool,
    /// Ledgers carry calls out, but too late: their answers are lost.
    pub(crate) ledgers_late: bool,
    /// There is no randomness.
    pub(crate) no_entropy: bool,
    /// What is read from KV is kept for [`CACHE_TTL_SECONDS`], as locations do, misses included.
    pub(crate) kv_caches: bool,
}

/// A small generator (xorshift), so that a failing case is reproduced by its seed.
#[derive(Debug)]
pub(crate) struct Seeded {
    state: u64,
    fails: bool,
}

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        if self.fails {
            return Err(EntropyError);
        }
        for slot in bytes {
            self.state ^= self.state << 13;
            self.state ^= self.state >> 7;
            self.state ^= self.state << 17;
            *slot = self.state.to_le_bytes()[3];
        }
        Ok(())
    }
}

#[derive(Debug, Default)]
pub(crate) struct MemoryLedger {
    pub(crate) rows: MemoryRows,
    clock: LedgerClock,
}

/// What stands at a place in KV, and until when.
type Entry = (String, Option<Timestamp>);

/// All ports.
#[derive(Debug)]
pub(crate) struct MemoryPorts {
    issuer: Issuer,
    pub(crate) faults: Cell<Faults>,
    /// All owners share one ledger, as two whose locators collide do.
    pub(crate) one_ledger: Cell<bool>,
    pub(crate) ledgers: RefCell<BTreeMap<LedgerLocator, MemoryLedger>>,
    pub(crate) kv: RefCell<BTreeMap<String, Entry>>,
    cache: RefCell<BTreeMap<String, (Option<String>, Timestamp)>>,
    wall: Cell<Timestamp>,
    counts: Cell<Counts>,
    seed: Cell<u64>,
}

impl MemoryPorts {
    pub(crate) fn new(issuer: Issuer, now: Timestamp) -> Self {
        Self {
            issuer,
            faults: Cell::default(),
            one_ledger: Cell::default(),
            ledgers: RefCell::default(),
            kv: RefCell::default(),
            cache: RefCell::default(),
            wall: Cell::new(now),
            counts: Cell::default(),
            seed: Cell::new(0x5eed),
        }
    }

    /// Storage operations so far.
    pub(crate) fn counts(&self) -> Counts {
        let commits = self.ledgers.borrow().values().map(|ledger| ledger.rows.commits).sum();
        Counts { commits, ..self.counts.get() }
    }

    fn count(&self, one: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        one(&mut counts);
        self.counts.set(counts);
    }

    /// Sets the wall clock, which may go back.
    pub(crate) fn set_wall(&self, now: Timestamp) {
        self.wall.set(now);
    }

    fn get<T: Stored>(&self, place: &str) -> Result<Option<T>, Unavailable> {
        self.count(|counts| counts.kv_reads += 1);
        if self.faults.get().kv_down {
            return Err(Unavailable);
        }
        let now = self.wall.get();
        let cached = self.cache.borrow().get(place).filter(|(_, until)| now < *until).cloned();
        let text = match cached.filter(|_| self.faults.get().kv_caches) {
            Some((text, _)) => text,
            None => self.stored(place),
        };
        self.cache
            .borrow_mut()
            .entry(place.to_owned())
            .and_modify(|(cached, until)| {
                if *until <= now {
                    (*cached, *until) = (text.clone(), now.plus_seconds(CACHE_TTL_SECONDS));
                }
            })
            .or_insert_with(|| (text.clone(), now.plus_seconds(CACHE_TTL_SECONDS)));
        // As the adapter does: what has another shape is as good as unreachable.
        text.map(|text| stored::read(&text).ok_or(Unavailable)).transpose()
    }

    /// What stands at a place in KV now, as text.
    pub(crate) fn stored(&self, place: &str) -> Option<String> {
        let kv = self.kv.borrow();
        let found = kv.get(place).filter(|(_, until)| until.is_none_or(|until| self.wall.get() < until));
        found.map(|(text, _)| text.clone())
    }

    /// Carries a call out in its ledger.
    pub(crate) fn carry_out(&self, ledger: LedgerLocator, call: &Call) -> Reply {
        // By way of text, as calls and replies travel.
        let call: Call = again(call);
        let ledger = if self.one_ledger.get() {
            Owner::User(OwnerId::parse("all").expect("id")).ledger()
        } else {
            ledger
        };
        let mut ledgers = self.ledgers.borrow_mut();
        let MemoryLedger { rows, clock } = ledgers.entry(ledger).or_default();
        let now = clock.tick(self.wall.get(), rows.clock);
        let fails = self.faults.get().no_entropy;
        let mut entropy = Seeded { state: self.seed.get(), fails };
        let reply = handle(&mut Handler { rows, issuer: &self.issuer, entropy: &mut entropy, now }, call);
        self.seed.set(entropy.state);
        again(&reply)
    }

    /// What waits to be delivered, ledger by ledger, oldest first.
    pub(crate) fn waiting(&self) -> Vec<(LedgerLocator, String, Delivery)> {
        let ledgers = self.ledgers.borrow();
        let of = |(ledger, memory): (&LedgerLocator, &MemoryLedger)| {
            let ledger = *ledger;
            memory
                .rows
                .waiting()
                .into_iter()
                .map(move |(destination, delivery)| (ledger, destination, delivery))
        };
        ledgers.iter().flat_map(of).collect()
    }

    /// Carries one delivery out, if it can be.
    pub(crate) fn carry(&self, (ledger, destination, delivery): &(LedgerLocator, String, Delivery)) {
        let landed = match delivery {
            Delivery::Projection(..) if self.faults.get().kv_down => false,
            Delivery::Projection(place, value, ttl) => {
                self.count(|counts| counts.kv_writes += 1);
                let until = ttl.map(|ttl| self.wall.get().plus_seconds(ttl));
                self.kv.borrow_mut().insert(place.clone(), (value.clone(), until));
                true
            }
            Delivery::Membership(membership) => {
                let ledger = Owner::User(membership.user.clone()).ledger();
                let reply = self.carry_out(ledger, &Call::NoteMembership(membership.clone()));
                matches!(reply, Reply::Done)
            }
        };
        if landed && let Some(ledger) = self.ledgers.borrow_mut().get_mut(ledger) {
            ledger.rows.landed(destination);
        }
    }

    /// Carries out everything that waits.
    pub(crate) fn deliver(&self) {
        self.waiting().iter().for_each(|delivery| self.carry(delivery));
    }
}

fn again<T: serde::Serialize + Stored>(value: &T) -> T {
    stored::read(&crate::json::write(value)).expect("its own shape")
}

impl Projection for MemoryPorts {
    async fn key(&self, digest: &KeyDigest) -> Result<Option<ProjectedKey>, Unavailable> {
        self.get(&key_place(digest))
    }

    async fn member(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
    ) -> Result<Option<ProjectedMember>, Unavailable> {
        self.get(&member_place(organization, user))
    }
}

impl Ledgers for MemoryPorts {
    async fn call(&self, ledger: LedgerLocator, call: &Call) -> Result<Reply, Unavailable> {
        self.count(|counts| counts.ledger_calls += 1);
        let faults = self.faults.get();
        if faults.ledgers_down {
            return Err(Unavailable);
        }
        let reply = self.carry_out(ledger, call);
        if faults.ledgers_late { Err(Unavailable) } else { Ok(reply) }
    }
}

impl Clock for MemoryPorts {
    fn now(&self) -> Timestamp {
        self.wall.get()
    }
}

impl Randomness for MemoryPorts {
    fn entropy(&self) -> impl Entropy {
        self.seed.set(self.seed.get() + 1);
        Seeded { state: self.seed.get() << 20, fails: self.faults.get().no_entropy }
    }
}

/// One provider, whose signatures are good when they are all ones.
impl Identity for MemoryPorts {
    async fn provider_keys(&self, _: &str) -> Result<String, Unavailable> {
        Ok(json!({ "keys": [ed("a")] }).to_string())
    }

    async fn verify_signature(
        &self,
        _: Algorithm,
        _: &str,
        signature: &[u8],
        _: &str,
    ) -> Result<bool, Unavailable> {
        Ok(signature == [1; 64])
    }

    async fn pause(&self) {}
}
