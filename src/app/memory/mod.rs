//! A whole deployment in memory, for tests: the real routes, operations and ledgers, over ports that fail, are stale or
//! answer late whenever a test says so.

mod credentials;
mod many;
mod pace;
mod ports;
mod requests;
mod seeded;
mod sql;

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use keyward_core::{KeyDigest, Timestamp};
use serde_json::json;

pub(crate) use self::credentials::{
    ACCESS, NOBODY, ROOT, access, claiming, root_id, user, user_token, user_until,
};
pub(crate) use self::ports::{Counts, Faults, MemoryLedger, Outside, turn};
pub(crate) use self::requests::{Made, REQUEST_ID, Seen};
pub(crate) use self::sql::SqliteInMemory;
use crate::ledger::outbox::Lane;
use crate::ports::Clock;
use crate::{App, Config, Memory};

/// 2026-11-21T08:00:00.000Z, when every world begins.
pub(crate) const START: i64 = 1_795_248_000_000;

/// This many seconds after the beginning.
pub(crate) fn after(seconds: u32) -> Timestamp {
    Timestamp::from_millis(START).plus_seconds(seconds)
}

/// Runs a future that waits for nothing but itself.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for something that never comes");
}

/// Lets a future go on for some turns; returns whether it is done.
pub(crate) fn go_on(mut future: Pin<&mut impl Future>, turns: u32) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..turns).any(|_| future.as_mut().poll(&mut context).is_ready())
}

/// A usable configuration, in which `changed` overrides the defaults.
pub(crate) fn config(changed: &[(&str, &str)]) -> Config {
    let (seal, root) = ("5e".repeat(32), KeyDigest::of(ROOT).to_hex());
    let variables = [
        ("BRAND", "kw"),
        ("ENVIRONMENT", "test"),
        ("SEAL_KEYS", &seal),
        ("ROOT_KEY_DIGESTS", &root),
        ("JWT_ISSUER", "https://id.example/"),
        ("JWT_AUDIENCE", "keyward"),
        ("JWT_JWKS_URL", "https://id.example/keys"),
        ("JWT_ORGANIZATIONS_CLAIM", "orgs"),
        ("JWT_ORGANIZATIONS_SHAPE", "map"),
    ];
    let all = || changed.iter().chain(&variables);
    let get = |name: &str| all().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::read(get, |_| true).expect("usable")
}

/// A deployment, as one isolate sees it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) outside: Rc<Outside>,
    pub(crate) config: Rc<Config>,
    pub(crate) memory: RefCell<Memory>,
    /// What the next request has in `Idempotency-Key`.
    pub(crate) idempotency_key: RefCell<Option<String>>,
    /// What the next request has in `Keyward-Caller`.
    pub(crate) caller: RefCell<Option<String>>,
    /// What the next request has in `Keyward-Organization`.
    pub(crate) organization: RefCell<Option<String>>,
    /// The props of the binding through which the next request comes.
    pub(crate) binding: RefCell<Option<String>>,
}

/// Ledgers hold on to the outside, and the outside holds them.
impl Drop for World {
    fn drop(&mut self) {
        self.outside.ledgers.take();
    }
}

impl World {
    /// A deployment in which nothing has happened.
    pub(crate) fn new() -> Self {
        Self::configured(&[])
    }

    /// A deployment in which nothing has happened, with other variables.
    pub(crate) fn configured(changed: &[(&str, &str)]) -> Self {
        let config = Rc::new(config(changed));
        let outside = Outside::new(Rc::clone(&config), Timestamp::from_millis(START));
        Self {
            outside,
            config,
            memory: RefCell::default(),
            idempotency_key: RefCell::default(),
            caller: RefCell::default(),
            organization: RefCell::default(),
            binding: RefCell::default(),
        }
    }

    /// A deployment with the organization acme, owned by ada, of which bob is a member; zoe is not. All is delivered.
    pub(crate) fn with_acme() -> Self {
        Self::new().and_acme()
    }

    /// A deployment in which all owners share one ledger, and acme as in [`World::with_acme`].
    pub(crate) fn with_acme_in_one_ledger() -> Self {
        let world = Self::new();
        world.outside.one_ledger.set(true);
        world.and_acme()
    }

    /// The same with acme as in [`World::with_acme`].
    pub(crate) fn and_acme(self) -> Self {
        self.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "acme", "name": "Acme", "owner": "ada" }));
        self.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "member" }));
        self.deliver();
        self
    }

    pub(crate) fn app(&self) -> App<'_, Rc<Outside>> {
        App::new(&self.outside, &self.config, &self.memory)
    }

    /// Another isolate, or this one after a while: what it remembered is gone.
    pub(crate) fn forget(&self) {
        self.memory.take();
    }

    /// Lets seconds pass.
    pub(crate) fn pass(&self, seconds: u32) {
        self.outside.set_wall(self.outside.now().plus_seconds(seconds));
    }

    pub(crate) fn suffer(&self, faults: Faults) {
        self.outside.faults.set(faults);
    }

    /// Lets a second pass, for which a destination may have to wait, and every ledger deliver what is due.
    pub(crate) fn deliver(&self) {
        self.pass(1);
        self.deliver_due();
    }

    /// Lets every ledger deliver what is due.
    pub(crate) fn deliver_due(&self) {
        for ledger in self.outside.ledgers() {
            for lane in Lane::ALL {
                run(ledger.object.deliver(lane));
            }
        }
    }

    /// Lets time pass until no ledger asks for an alarm any more, delivering whenever one rings.
    pub(crate) fn settle(&self) {
        for _ in 0..1000 {
            let alarms = self.outside.ledgers().into_iter().filter_map(|ledger| self.next_alarm(&ledger));
            let Some(next) = alarms.min() else { return };
            self.outside.set_wall(next);
            self.deliver_due();
        }
        panic!("alarms never end");
    }

    /// When a ledger's alarm has to ring next, after it has rung.
    pub(crate) fn next_alarm(&self, ledger: &MemoryLedger) -> Option<Timestamp> {
        ledger.object.next_alarm(self.config.events_retention_days)
    }
}
