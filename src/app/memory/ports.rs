//! The outside, in memory, with the faults that a test wants.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;

use keyward_core::{Entropy, KeyRecord, LedgerLocator, Member, Owner, OwnerId, Timestamp};
use serde::de::DeserializeOwned;
use serde_json::json;

use super::pace::Pace;
use super::requests::compose;
use super::seeded::Seeded;
use super::sql::SqliteInMemory;
use crate::Config;
use crate::identity::Algorithm;
use crate::identity::jwk::tests::{ed, rsa};
use crate::kv::CACHE_TTL_SECONDS;
use crate::ledger::LedgerRequest;
use crate::ledger::object::LedgerObject;
use crate::ledger::outbox::{Delivery, KvWrite};
use crate::ledger::sql::{Sql, SqlValue, Statement};
use crate::ports::{Clock, Identity, KvReader, KvWriteError, KvWriter, Ledgers, Randomness, Unavailable};

/// Storage operations.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Reads of KV.
    pub(crate) kv_reads: u64,
    /// Writes to KV.
    pub(crate) kv_writes: u64,
    /// Requests to ledgers.
    pub(crate) ledger_calls: u64,
    /// Transactions in ledgers.
    pub(crate) commits: u64,
}

/// What is wrong outside.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each can fail without the others")]
pub(crate) struct Faults {
    /// KV can be neither read nor written.
    pub(crate) kv_down: bool,
    /// KV accepts writes, but carries them out only when a test says so.
    pub(crate) kv_late: bool,
    /// What is read from KV is kept for [`CACHE_TTL_SECONDS`], as locations do, misses included.
    pub(crate) kv_caches: bool,
    /// No ledger can be reached.
    pub(crate) ledgers_down: bool,
    /// Ledgers carry requests out, but too late: their answers are lost.
    pub(crate) ledgers_late: bool,
    /// No ledger can read its database.
    pub(crate) reads_fail: bool,
    /// No ledger can commit to its database.
    pub(crate) commits_fail: bool,
    /// No ledger's database has room for an event.
    pub(crate) no_room_for_events: bool,
    /// How large every ledger's database is, in bytes.
    pub(crate) size_bytes: i64,
    /// There is no randomness.
    pub(crate) no_entropy: bool,
}

impl Faults {
    /// Nothing.
    pub(crate) const NONE: Self = Self {
        kv_down: false,
        kv_late: false,
        kv_caches: false,
        ledgers_down: false,
        ledgers_late: false,
        reads_fail: false,
        commits_fail: false,
        no_room_for_events: false,
        size_bytes: 0,
        no_entropy: false,
    };
}

/// A ledger as it is deployed, over SQLite in memory.
#[derive(Debug)]
pub(crate) struct MemoryLedger {
    pub(crate) sql: SqliteInMemory,
    pub(crate) object: LedgerObject<SqliteInMemory, Rc<Outside>>,
}

impl MemoryLedger {
    fn new(sql: SqliteInMemory, outside: &Rc<Outside>) -> Rc<Self> {
        Rc::new(Self { object: LedgerObject::new(sql.clone(), Rc::clone(outside), compose), sql })
    }
}

/// A value in KV, and until when.
type Entry = (String, Option<Timestamp>);

/// Everything outside. It is shared by what runs at the edge and by the ledgers.
#[derive(Debug)]
pub(crate) struct Outside {
    /// What ledgers are configured with.
    pub(crate) config: RefCell<Rc<Config>>,
    pub(crate) faults: Rc<Cell<Faults>>,
    /// All owners share one ledger, as two whose locators collide do.
    pub(crate) one_ledger: Cell<bool>,
    pub(crate) ledgers: RefCell<BTreeMap<LedgerLocator, Rc<MemoryLedger>>>,
    pub(crate) kv: RefCell<BTreeMap<String, Entry>>,
    cache: RefCell<BTreeMap<String, (Option<String>, Timestamp)>>,
    /// Writes to KV that were given up and are still going on.
    late_writes: RefCell<Vec<KvWrite>>,
    /// KV answers no read before this many have been started, counted from the beginning.
    pub(crate) kv_answers_after: Cell<u64>,
    /// How many seconds pass during a request to a ledger; less than none when the clock goes back meanwhile.
    pub(crate) ledgers_take: Cell<i64>,
    /// This one cannot be reached.
    pub(crate) unreachable: Cell<Option<LedgerLocator>>,
    wall: Cell<Timestamp>,
    latest: Cell<Timestamp>,
    counts: Cell<Counts>,
    commits: Rc<Cell<u64>>,
    seed: Cell<u64>,
    pub(crate) pace: Pace,
}

/// Lets others go on, as everything asynchronous does.
pub(crate) async fn turn() {
    let mut polled = false;
    poll_fn(|_| if std::mem::replace(&mut polled, true) { Poll::Ready(()) } else { Poll::Pending }).await;
}

impl Outside {
    pub(crate) fn new(config: Rc<Config>, now: Timestamp) -> Rc<Self> {
        Rc::new(Self {
            config: RefCell::new(config),
            faults: Rc::default(),
            one_ledger: Cell::default(),
            ledgers: RefCell::default(),
            kv: RefCell::default(),
            cache: RefCell::default(),
            late_writes: RefCell::default(),
            kv_answers_after: Cell::default(),
            ledgers_take: Cell::default(),
            unreachable: Cell::default(),
            wall: Cell::new(now),
            latest: Cell::new(now),
            counts: Cell::default(),
            commits: Rc::default(),
            seed: Cell::default(),
            pace: Pace::default(),
        })
    }

    /// Storage operations so far.
    pub(crate) fn counts(&self) -> Counts {
        Counts { commits: self.commits.get(), ..self.counts.get() }
    }

    fn count(&self, one: impl FnOnce(&mut Counts)) {
        let mut counts = self.counts.get();
        one(&mut counts);
        self.counts.set(counts);
    }

    /// Sets the time of day, which may go back.
    pub(crate) fn set_wall(&self, now: Timestamp) {
        self.wall.set(now);
        self.latest.set(self.latest.get().max(now));
    }

    /// The latest time of day so far.
    pub(crate) fn latest(&self) -> Timestamp {
        self.latest.get()
    }

    /// What KV holds under a key now.
    pub(crate) fn stored(&self, kv_key: &str) -> Option<String> {
        let kv = self.kv.borrow();
        let found = kv.get(kv_key).filter(|(_, until)| until.is_none_or(|until| self.wall.get() < until));
        found.map(|(text, _)| text.clone())
    }

    fn store(&self, KvWrite { kv_key, value, ttl_seconds }: &KvWrite) {
        let until = ttl_seconds.map(|ttl| self.wall.get().plus_seconds(ttl));
        self.kv.borrow_mut().insert(kv_key.clone(), (value.clone(), until));
    }

    /// KV carries out the writes that were given up.
    pub(crate) fn land_late_writes(&self) {
        self.late_writes.take().iter().for_each(|write| self.store(write));
    }

    /// The ledger of this name; it is made when it is first asked for.
    pub(crate) fn ledger(self: &Rc<Self>, locator: LedgerLocator) -> Rc<MemoryLedger> {
        let all = || Owner::User(OwnerId::parse("all").expect("id")).ledger();
        let locator = if self.one_ledger.get() { all() } else { locator };
        let mut ledgers = self.ledgers.borrow_mut();
        let make = || MemoryLedger::new(SqliteInMemory::new(&self.faults, &self.commits), self);
        Rc::clone(ledgers.entry(locator).or_insert_with(make))
    }

    /// The ledgers that were asked something so far.
    pub(crate) fn ledgers(&self) -> Vec<Rc<MemoryLedger>> {
        self.ledgers.borrow().values().cloned().collect()
    }

    /// Every ledger is evicted from memory: what was under way is gone, what was committed is not.
    pub(crate) fn evict_ledgers(self: &Rc<Self>) {
        for ledger in self.ledgers.borrow_mut().values_mut() {
            *ledger = MemoryLedger::new(ledger.sql.clone(), self);
        }
    }

    /// Changes rows behind the back of all ledgers.
    pub(crate) fn tamper(&self, sql: &'static str) {
        let statement = Statement { sql, bindings: Vec::new() };
        for ledger in self.ledgers().into_iter().filter(|ledger| ledger.sql.is_created()) {
            ledger.sql.transaction(std::slice::from_ref(&statement)).expect("changed");
        }
    }

    /// The rows that a query gives in all ledgers, ledger by ledger.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<SqlValue>> {
        let created = self.ledgers().into_iter().filter(|ledger| ledger.sql.is_created());
        created.flat_map(|ledger| ledger.sql.rows(sql, &[])).collect()
    }

    /// The values that a query gives in all ledgers, read from JSON.
    fn values<T: DeserializeOwned>(&self, sql: &str) -> Vec<T> {
        let read = |row: &Vec<SqlValue>| match row.as_slice() {
            [SqlValue::Text(body)] => crate::objects::from_str(body).expect("as it was stored"),
            other => panic!("{other:?}"),
        };
        self.rows(sql).iter().map(read).collect()
    }

    /// What waits to be delivered.
    pub(crate) fn waiting(&self) -> Vec<Delivery> {
        self.values("SELECT body FROM outbox WHERE body IS NOT NULL")
    }

    /// Every key.
    pub(crate) fn keys(&self) -> Vec<KeyRecord> {
        let keys: Vec<KeyRecord> = self.values("SELECT body FROM keys ORDER BY owner, id");
        let used = self.rows("SELECT last_used_at FROM keys ORDER BY owner, id");
        let with_use = |(key, used): (KeyRecord, Vec<SqlValue>)| match used.as_slice() {
            [SqlValue::Integer(at @ 1..)] => {
                KeyRecord { last_used_at: Some(Timestamp::from_millis(*at)), ..key }
            }
            _ => key,
        };
        keys.into_iter().zip(used).map(with_use).collect()
    }

    /// Every member.
    pub(crate) fn members(&self) -> Vec<Member> {
        self.values("SELECT body FROM members")
    }
}

impl KvReader for Rc<Outside> {
    async fn get(&self, kv_key: &str) -> Result<Option<String>, Unavailable> {
        self.count(|counts| counts.kv_reads += 1);
        turn().await;
        let is_held = || self.counts.get().kv_reads < self.kv_answers_after.get();
        poll_fn(|_| if is_held() { Poll::Pending } else { Poll::Ready(()) }).await;
        if self.faults.get().kv_down {
            return Err(Unavailable);
        }
        let now = self.wall.get();
        let cached = self.cache.borrow().get(kv_key).filter(|(_, until)| now < *until).cloned();
        if let Some((text, _)) = cached.filter(|_| self.faults.get().kv_caches) {
            return Ok(text);
        }
        let text = self.stored(kv_key);
        let until = now.plus_seconds(CACHE_TTL_SECONDS);
        self.cache.borrow_mut().insert(kv_key.to_owned(), (text.clone(), until));
        Ok(text)
    }
}

impl KvWriter for Rc<Outside> {
    async fn put(&self, write: &KvWrite) -> Result<(), KvWriteError> {
        self.count(|counts| counts.kv_writes += 1);
        turn().await;
        let hangs = self.pace.write(&write.kv_key, &self.wall).await;
        let Faults { kv_down, kv_late, .. } = self.faults.get();
        if kv_down {
            return Err(KvWriteError::Refused);
        }
        if kv_late || hangs {
            self.late_writes.borrow_mut().push(write.clone());
            return Err(KvWriteError::Unsettled);
        }
        self.store(write);
        turn().await;
        Ok(())
    }

    fn is_unsettled(&self, kv_key: &str) -> bool {
        self.late_writes.borrow().iter().any(|write| write.kv_key == kv_key)
    }
}

impl Ledgers for Rc<Outside> {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        self.count(|counts| counts.ledger_calls += 1);
        turn().await;
        let faults = self.faults.get();
        if faults.ledgers_down || self.unreachable.get() == Some(ledger) {
            return Err(Unavailable);
        }
        let passed = self.wall.get().as_millis() + self.ledgers_take.get() * 1000;
        self.set_wall(Timestamp::from_millis(passed));
        // By way of text, as requests travel.
        let text = crate::json(request);
        let received = LedgerRequest::read(&text).expect("its own shape");
        assert_eq!(crate::json(&received), text);
        let config = Rc::clone(&self.config.borrow());
        let handled = self.ledger(ledger).object.handle(&config, received);
        turn().await;
        if faults.ledgers_late { Err(Unavailable) } else { Ok(handled.map_err(|_| Unavailable)?.answer) }
    }
}

impl Clock for Rc<Outside> {
    fn now(&self) -> Timestamp {
        self.wall.get()
    }
}

impl Randomness for Rc<Outside> {
    fn entropy(&self) -> impl Entropy {
        self.seed.set(self.seed.get() + 1);
        let state = self.seed.get().wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Seeded { state, fails: self.faults.get().no_entropy }
    }
}

/// One provider, whose signatures are good when they are all ones.
impl Identity for Rc<Outside> {
    async fn provider_keys(&self, _: &str) -> Result<String, Unavailable> {
        turn().await;
        Ok(json!({ "keys": [ed("a"), rsa(256)] }).to_string())
    }

    async fn is_key(&self, _: Algorithm, _: &str) -> bool {
        true
    }

    async fn verify_signature(
        &self,
        _: Algorithm,
        _: &str,
        signature: &[u8],
        _: &str,
    ) -> Result<bool, Unavailable> {
        turn().await;
        Ok(signature == [1; 64])
    }

    async fn pause(&self) {
        turn().await;
    }
}
