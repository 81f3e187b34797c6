//! The Durable Object: hands requests and alarms to a [`LedgerObject`], and sets the alarms that it asks for.

use std::rc::Rc;

use keyward_app::ledger::object::LedgerObject;
use keyward_app::ledger::outbox::{KvWrite, Lane};
use keyward_app::ledger::{LedgerRequest, object::Answered};
use keyward_app::ports::{Clock, KvWriteError, KvWriter, Ledgers, Randomness, Unavailable};
use keyward_core::{Entropy, LedgerLocator, Timestamp};
use worker::{
    Date, DateInit, DurableObject, Env, Request, Response, Result, ScheduledTime, State, durable_object,
};

use crate::platform::kv::Writer;
use crate::platform::sql::ObjectSql;
use crate::platform::{Platform, config};

/// The ports of a ledger.
struct LedgerPorts {
    platform: Platform,
    writer: Writer,
}

impl Clock for LedgerPorts {
    fn now(&self) -> Timestamp {
        self.platform.now()
    }
}

impl Randomness for LedgerPorts {
    fn entropy(&self) -> impl Entropy {
        self.platform.entropy()
    }
}

impl Ledgers for LedgerPorts {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        self.platform.send(ledger, request).await
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

/// The ledger of the owners that share a locator.
#[durable_object(alarm)]
#[expect(missing_debug_implementations, reason = "the platform has no use for it")]
pub struct Ledger {
    state: Rc<State>,
    env: Env,
    object: Rc<LedgerObject<ObjectSql, LedgerPorts>>,
}

impl DurableObject for Ledger {
    fn new(state: State, env: Env) -> Self {
        let state = Rc::new(state);
        let ports = LedgerPorts {
            platform: Platform::new(env.clone()),
            writer: Writer::new(env.clone(), Rc::clone(&state)),
        };
        let object = LedgerObject::new(ObjectSql::new(Rc::clone(&state)), ports);
        Self { state, env, object: Rc::new(object) }
    }

    async fn fetch(&self, mut request: Request) -> Result<Response> {
        // Not with `Request::json`: JavaScript would round large numbers in metadata.
        let request: LedgerRequest = serde_json::from_str(&request.text().await?)?;
        let config = config::shared(&self.env).map_err(|error| error.to_string())?;
        let answered = self.object.handle(&config.issuer, request);
        let Answered { answer, alarm } = answered.map_err(|error| error.to_string())?;
        if let Some(alarm) = alarm {
            self.set_alarm(alarm).await?;
            for lane in Lane::ALL {
                self.deliver_in_background(lane);
            }
        }
        Response::ok(answer)
    }

    async fn alarm(&self) -> Result<Response> {
        self.deliver_in_background(Lane::Ledgers);
        self.object.deliver(Lane::Kv).await;
        if let Some(next) = self.object.next_alarm() {
            self.set_alarm(next).await?;
        }
        Response::empty()
    }
}

impl Ledger {
    async fn set_alarm(&self, at: Timestamp) -> Result<()> {
        let date = DateInit::Millis(at.as_millis().unsigned_abs());
        self.state.storage().set_alarm(ScheduledTime::new(Date::from(date).into())).await
    }

    fn deliver_in_background(&self, lane: Lane) {
        let object = Rc::clone(&self.object);
        self.state.wait_until(async move { object.deliver(lane).await });
    }
}
