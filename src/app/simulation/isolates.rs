//! Isolates: each with a memory of its own and a clock that is wrong in its own way; they stop and start.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use keyward_core::{Entropy, LedgerLocator, Timestamp};
use serde_json::Value;

use super::ledgers::short;
use super::random::{Bytes, Random, mix};
use super::schedule::while_alive;
use super::world::{START, World};
use crate::identity::Algorithm;
use crate::ledger::LedgerRequest;
use crate::ports::{Clock, Identity, KV_READ_TIMEOUT_SECONDS, KvReader, Ledgers, Randomness, Unavailable};
use crate::request::{Body, Credentials, Request, RequestOrigin};
use crate::response::Success;
use crate::{App, Memory};

/// How far a clock strays from its own mean, in milliseconds: between two moments it moves by less than a second more or
/// less than the true time does, which is what the product assumes.
const STRAY: i64 = 450;

/// One running copy of the worker.
pub(crate) struct Isolate {
    pub(crate) name: String,
    pub(crate) place: usize,
    /// Changes when it starts again.
    life: Cell<u64>,
    memory: RefCell<Rc<RefCell<Memory>>>,
    /// How far its clock is ahead, and what it strays by.
    ahead: Cell<i64>,
    stray: Cell<u64>,
}

/// What an isolate answers, or was about to.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    /// When the request arrived, and when the answer left, by the true time.
    pub(crate) began: i64,
    pub(crate) ended: i64,
    /// How many lines the trace had then.
    pub(crate) traced: usize,
    /// How many requests to ledgers it has waited for.
    pub(crate) asked: u64,
}

impl Isolate {
    pub(crate) fn new(n: usize, place: usize, random: &Random) -> Self {
        Self {
            name: format!("i{n}@{place}"),
            place,
            life: Cell::new(1),
            memory: RefCell::default(),
            ahead: Cell::default(),
            stray: Cell::new(random.next()),
        }
    }
}

/// What an isolate reaches.
pub(crate) struct Edge {
    world: Rc<World>,
    isolate: Rc<Isolate>,
    /// How often a ledger was asked.
    asked: Cell<u64>,
}

impl World {
    /// An isolate starts (again), with a clock of its own and nothing in its memory.
    pub(crate) fn start_isolate(&self, isolate: &Isolate) {
        isolate.life.set(isolate.life.get() + 1);
        isolate.memory.take();
        isolate.ahead.set(self.random.between(-self.faults.skew, self.faults.skew));
        isolate.stray.set(self.random.next());
        self.log(&isolate.name, format_args!("starts, its clock {} ms ahead", isolate.ahead.get()));
    }

    /// A request as it arrives at an isolate; `None` if the isolate stops before it has answered.
    pub(crate) async fn serve(
        self: &Rc<Self>,
        isolate: &Rc<Isolate>,
        who: &str,
        [method, path]: [&str; 2],
        (body, idempotency_key): (&Value, Option<&str>),
    ) -> Option<Answer> {
        if self.fault("isolate: stops", self.faults.isolates_stop) {
            self.start_isolate(isolate);
        }
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let request = Request {
            method: method.to_owned(),
            base_url: String::new(),
            path: path.to_owned(),
            query: query.to_owned(),
            credentials: Credentials {
                authorization: Some(format!("Bearer {who}")),
                ..Credentials::default()
            },
            organization: None,
            origin: RequestOrigin::Unknown,
            request_id: "req_00000000000000000000000000000007".to_owned(),
            address: None,
            user_agent: None,
            idempotency_key: idempotency_key.map(str::to_owned),
            caller: None,
            content_type: Some("application/json".to_owned()),
            body: Body::Read(if body.is_null() { Vec::new() } else { body.to_string().into_bytes() }),
            compose: str::to_owned,
        };
        let began = self.now();
        let memory = Rc::clone(&isolate.memory.borrow());
        let edge = Edge { world: Rc::clone(self), isolate: Rc::clone(isolate), asked: Cell::default() };
        let born = isolate.life.get();
        let served = while_alive(&isolate.life, born, async {
            let app = App::new(&edge, &self.config, &memory);
            let outcome = match crate::find(&request, Some(&self.config)) {
                Ok(found) => app.serve(&request, &found).await,
                Err(problem) => Err(problem),
            };
            (outcome, app.take_later())
        });
        let (outcome, later) = served.await?;
        // As the worker does, after the response.
        for later in later {
            let (world, isolate, memory) = (Rc::clone(self), Rc::clone(isolate), Rc::clone(&memory));
            self.schedule.spawn(async move {
                let edge =
                    Edge { world: Rc::clone(&world), isolate: Rc::clone(&isolate), asked: Cell::default() };
                let app = App::new(&edge, &world.config, &memory);
                while_alive(&isolate.life, born, app.do_later(later)).await;
            });
        }
        let (status, mut body) = match outcome {
            Ok(response) => {
                let status = match response.success {
                    Success::Ok => 200,
                    Success::Created => 201,
                    Success::NoContent => 204,
                };
                (status, serde_json::from_str(&response.body).unwrap_or_default())
            }
            Err(problem) => (problem.code.status(), serde_json::to_value(&problem).expect("JSON")),
        };
        if let Some(mutation) = self.mutation {
            mutation.answer(&mut body);
        }
        let (ended, traced, asked) = (self.now(), self.trace.len(), edge.asked.get());
        Some(Answer { status, body, began, ended, traced, asked })
    }
}

impl KvReader for Edge {
    async fn get(&self, kv_key: &str) -> Result<Option<String>, Unavailable> {
        let Self { world, isolate, .. } = self;
        let place = short(kv_key);
        world.schedule.sleep(world.random.between(0, 30)).await;
        if world.fault("KV: a read fails", world.faults.kv_reads_fail) {
            return Err(Unavailable);
        }
        if world.fault("KV: a read hangs", world.faults.kv_reads_fail) {
            world.schedule.sleep(i64::from(KV_READ_TIMEOUT_SECONDS) * 1000).await;
            world.log(&isolate.name, format_args!("gives up reading {place}"));
            return Err(Unavailable);
        }
        if world.fault("KV: a read takes long", world.faults.kv_reads_fail) {
            world.schedule.sleep(world.random.between(500, 2_900)).await;
        }
        let replays = |_: &Random| !world.is_healed.get() && world.random.chance(world.faults.kv_replays);
        let (index, of, value) =
            world.kv.read(kv_key, isolate.place, world.now(), &world.random, replays, &world.injected);
        world.log(&isolate.name, format_args!("reads {place}: value {index} of {of}"));
        world.schedule.sleep(world.random.between(0, 5)).await;
        let broken = |value| match world.mutation {
            Some(mutation) => mutation.read(kv_key, value, &world.config.issuer.ring, self.now()),
            None => value,
        };
        Ok(value.map(broken))
    }
}

impl Ledgers for Edge {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        self.asked.set(self.asked.get() + 1);
        self.world.ledger_requests.set(self.world.ledger_requests.get() + 1);
        let answer = self.world.send(&self.isolate.name, ledger, request).await?;
        Ok(match self.world.mutation {
            Some(mutation) => mutation.hear(answer, self.now()),
            None => answer,
        })
    }
}

impl Clock for Edge {
    fn now(&self) -> Timestamp {
        let (now, isolate) = (self.world.now(), &self.isolate);
        // It strays by steps, of which each takes a minute.
        let step = mix(isolate.stray.get() ^ u64::try_from(now / 60_000).unwrap_or_default()) % 1000;
        let strays = self.world.faults.skew > 0 && !self.world.is_healed.get();
        let stray = if strays { STRAY * (i64::try_from(step).unwrap_or_default() - 500) / 500 } else { 0 };
        Timestamp::from_millis(START + now + isolate.ahead.get() + stray)
    }
}

impl Randomness for Edge {
    fn entropy(&self) -> impl Entropy {
        Bytes(&self.world.random)
    }
}

/// Everybody here comes with a key.
impl Identity for Edge {
    async fn provider_keys(&self, _: &str) -> Result<String, Unavailable> {
        Err(Unavailable)
    }

    async fn is_key(&self, _: Algorithm, _: &str) -> bool {
        false
    }

    async fn verify_signature(&self, _: Algorithm, _: &str, _: &[u8], _: &str) -> Result<bool, Unavailable> {
        Err(Unavailable)
    }

    async fn pause(&self) {
        self.world.schedule.sleep(1).await;
    }
}
