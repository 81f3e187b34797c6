//! A deployment under simulated time: its ledgers, its isolates and its KV, and what goes wrong between them.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use keyward_core::{KeyDigest, LedgerLocator};

use super::faults::Faults;
use super::history::History;
use super::isolates::Isolate;
use super::kv::Kv;
use super::ledgers::Machine;
use super::mutation::Mutation;
use super::random::Random;
use super::schedule::Schedule;
use super::trace::Trace;
use crate::Config;

/// 2026-11-21T08:00:00.000Z, when every simulation begins.
pub(crate) const START: i64 = 1_795_248_000_000;

/// The operator's credential.
pub(crate) const ROOT: &str = "root";

/// How often each thing has happened.
#[derive(Debug, Default)]
pub(crate) struct Counter(RefCell<BTreeMap<&'static str, u64>>);

impl Counter {
    pub(crate) fn add(&self, what: &'static str) {
        *self.0.borrow_mut().entry(what).or_default() += 1;
    }

    pub(crate) fn take(&self) -> BTreeMap<&'static str, u64> {
        self.0.take()
    }
}

/// Everything that there is.
pub(crate) struct World {
    pub(crate) random: Rc<Random>,
    pub(crate) schedule: Rc<Schedule>,
    pub(crate) trace: Trace,
    pub(crate) history: Rc<RefCell<History>>,
    pub(crate) faults: Faults,
    /// From the moment on when nothing goes wrong any more.
    pub(crate) is_healed: Cell<bool>,
    /// Since when that is so.
    pub(crate) healed_at: Cell<i64>,
    /// Faults, by kind.
    pub(crate) injected: Counter,
    pub(crate) config: Config,
    pub(crate) kv: Kv,
    pub(crate) machines: RefCell<BTreeMap<LedgerLocator, Rc<Machine>>>,
    pub(crate) isolates: Vec<Rc<Isolate>>,
    pub(crate) mutation: Option<Mutation>,
    /// Requests that isolates have made to ledgers.
    pub(crate) ledger_requests: Cell<u64>,
}

fn config() -> Config {
    let (seal, root) = ("5e".repeat(32), KeyDigest::of(ROOT).to_hex());
    let variables = [
        ("BRAND", "kw"),
        ("ENVIRONMENT", "test"),
        ("SEAL_KEYS", seal.as_str()),
        ("ROOT_KEY_DIGESTS", root.as_str()),
        ("JWT_ISSUER", "https://id.example/"),
        ("JWT_AUDIENCE", "keyward"),
        ("JWT_JWKS_URL", "https://id.example/keys"),
    ];
    let get =
        |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::read(get, |_| true).expect("usable")
}

impl World {
    pub(crate) fn new(random: Random, faults: Faults, mutation: Option<Mutation>) -> Rc<Self> {
        let random = Rc::new(random);
        let places = random.below(3) + 1;
        let isolates = (0..places + random.below(3)).map(|n| Rc::new(Isolate::new(n, n % places, &random)));
        Rc::new(Self {
            schedule: Rc::new(Schedule::new(&random)),
            trace: Trace::new(),
            history: Rc::default(),
            is_healed: Cell::default(),
            healed_at: Cell::default(),
            injected: Counter::default(),
            config: config(),
            kv: Kv::new(places),
            machines: RefCell::default(),
            isolates: isolates.collect(),
            mutation,
            ledger_requests: Cell::default(),
            faults,
            random,
        })
    }

    pub(crate) fn now(&self) -> i64 {
        self.schedule.now()
    }

    pub(crate) fn log(&self, who: &str, what: impl std::fmt::Display) {
        self.trace.add(self.now(), who, what);
    }

    /// Whether something goes wrong that does so of a thousand times so often.
    pub(crate) fn fault(&self, what: &'static str, of_thousand: u32) -> bool {
        let happens = !self.is_healed.get() && self.random.chance(of_thousand);
        if happens {
            self.injected.add(what);
        }
        happens
    }

    /// How long a message is on its way, in milliseconds.
    pub(crate) async fn travel(&self) {
        let milliseconds =
            if self.random.chance(20) { self.random.between(50, 900) } else { self.random.between(0, 40) };
        self.schedule.sleep(milliseconds).await;
    }

    /// How late a write reaches a place.
    pub(crate) fn lag(&self) -> i64 {
        if self.fault("KV: a write reaches a place late", self.faults.kv_lags) {
            self.random.between(0, self.faults.lag)
        } else {
            0
        }
    }

    /// Frees what holds on to the world.
    pub(crate) fn end(&self) {
        self.schedule.clear();
        self.machines.take();
    }
}
