//! The Durable Object: hands requests and alarms to a [`LedgerObject`], and sets the alarms that it asks for.

use std::cell::Cell;
use std::rc::Rc;

use keyward_app::ledger::object::LedgerObject;
use keyward_app::ledger::outbox::{KvWrite, Lane};
use keyward_app::ledger::{LedgerRequest, object::Answered};
use keyward_app::ports::{Clock, KvWriteError, KvWriter, Ledgers, Randomness, Unavailable};
use keyward_app::request::Trace;
use keyward_core::{Entropy, LedgerLocator, Timestamp};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::worker_sys::DurableObjectState;
use worker::{Date, DateInit, Env, ScheduledTime, State};

use crate::http::request::compose;
use crate::platform::kv::Writer;
use crate::platform::sql::ObjectSql;
use crate::platform::{clock, config, entropy::PlatformEntropy, ledgers, log};

/// The ports of a ledger.
struct LedgerPorts {
    env: Env,
    writer: Writer,
}

impl Clock for LedgerPorts {
    fn now(&self) -> Timestamp {
        clock::now()
    }
}

impl Randomness for LedgerPorts {
    fn entropy(&self) -> impl Entropy {
        PlatformEntropy
    }
}

impl Ledgers for LedgerPorts {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        ledgers::send(&self.env, ledger, request, None).await
    }
}

impl KvWriter for LedgerPorts {
    async fn put(&self, write: &KvWrite) -> Result<(), KvWriteError> {
        self.writer.put(write).await
    }

    fn is_unsettled(&self, kv_key: &str) -> bool {
        self.writer.is_unsettled(kv_key)
    }
}

/// The ledger of the owners that share a locator. `entry.mjs` has the class that the platform knows, which calls this
/// one: a promise and two objects of JavaScript less for each strong verify than with that of the crate `worker`.
#[wasm_bindgen]
#[expect(missing_debug_implementations, reason = "the platform has no use for it")]
pub struct Ledger {
    state: Rc<State>,
    env: Env,
    object: Rc<LedgerObject<ObjectSql, LedgerPorts>>,
    due_alarm: Cell<Option<Timestamp>>,
}

#[wasm_bindgen(wasm_bindgen_futures = worker::wasm_bindgen_futures)]
impl Ledger {
    /// For a Durable Object.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(state: DurableObjectState, env: Env) -> Self {
        let state = Rc::new(State::from(state));
        let ports = LedgerPorts { env: env.clone(), writer: Writer::new(env.clone(), Rc::clone(&state)) };
        let object = LedgerObject::new(ObjectSql::new(Rc::clone(&state)), ports, compose);
        Self { state, env, object: Rc::new(object), due_alarm: Cell::default() }
    }

    /// Delivers what is due, and does what is done from time to time.
    ///
    /// # Errors
    /// When the platform does not take the next alarm.
    pub async fn alarm(&self) -> Result<(), JsValue> {
        // Not awaited: a write that hangs must not hold up what is due meanwhile. As long as anything waits or is under way,
        // another alarm follows.
        for lane in Lane::ALL {
            self.deliver_in_background(lane);
        }
        // Without a usable configuration events are kept; deliveries need none.
        let retention = config::shared(&self.env).ok().and_then(|config| config.events_retention_days);
        if let Some(next) = self.object.next_alarm(retention) {
            self.set_alarm(next).await?;
        }
        Ok(())
    }

    /// Carries a request out, and gives the answer; nothing if that failed, which is logged. What was committed is delivered in
    /// the background.
    #[must_use]
    pub fn answer(&self, request: &str, trace: Option<String>) -> Option<String> {
        // Nothing is awaited in here, so whatever is logged is about this request.
        let _trace = log::InTrace::begin(trace.and_then(|header| Trace::read(&header)));
        let failed = |why: &str| ::log::error!(target: "ledger", "{why}");
        // Not as a value of JavaScript, which would round large numbers in metadata.
        let Some(request) = LedgerRequest::read(request) else {
            failed("a request of another form");
            return None;
        };
        let config = config::shared(&self.env).map_err(|error| failed(&error.to_string())).ok()?;
        let Answered { answer, alarm } = self.object.handle(&config, request).ok()?;
        self.due_alarm.set(alarm);
        if alarm.is_some() {
            for lane in Lane::ALL {
                self.deliver_in_background(lane);
            }
        }
        Some(answer)
    }

    /// When the alarm has to be set to ring after the last answer, in milliseconds since 1970; at once, so that it is part of
    /// the transaction.
    #[wasm_bindgen(js_name = takeAlarm)]
    #[must_use]
    pub fn take_alarm(&self) -> Option<f64> {
        #[expect(clippy::cast_precision_loss, reason = "every millisecond until the year 9999 is exact")]
        self.due_alarm.take().map(|at| at.as_millis() as f64)
    }
}

impl Ledger {
    async fn set_alarm(&self, at: Timestamp) -> worker::Result<()> {
        let date = DateInit::Millis(at.as_millis().unsigned_abs());
        self.state.storage().set_alarm(ScheduledTime::new(Date::from(date).into())).await
    }

    fn deliver_in_background(&self, lane: Lane) {
        let object = Rc::clone(&self.object);
        self.state.wait_until(async move { object.deliver(lane).await });
    }
}
