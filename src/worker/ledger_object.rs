//! The Durable Object: hands calls to the handler and carries deliveries out.

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use js_sys::Promise;
use keyward_core::{Owner, Timestamp, stored};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsError, JsValue};
use worker::web_sys::{Request, Response};
use worker::worker_sys::DurableObjectState;
use worker::{Env, State};

use super::call::{Call, Reply};
use super::clock::LedgerClock;
use super::handle::{Handler, handle};
use super::outbox::{Lane, confirm_at, is_under_way, next_try};
use super::rows::{Delivery, Read};
use super::sql::SqlRows;
use crate::adapters::entropy::PlatformEntropy;
use crate::adapters::js::{self, Thrown, settle, settle_text};
use crate::adapters::kv::{Kv, Unwritten};
use crate::adapters::ledgers::LedgerNamespace;
use crate::adapters::{clock, config};
use crate::ports::Ledgers;
use crate::{json, log};

/// Deliveries carried out before the rest is left to the next round.
const ROUND: u32 = 32;

/// The ledger of the owners that share a locator. Exported without the macro `durable_object`: see docs/adr/0002.
#[wasm_bindgen]
pub struct Ledger {
    inner: Rc<Inner>,
}

struct Inner {
    state: State,
    env: Env,
    rows: RefCell<Option<SqlRows>>,
    clock: RefCell<LedgerClock>,
    /// Since when a delivery of each lane is under way: two at once could land in the wrong order.
    delivering_since: [Cell<Option<Timestamp>>; 2],
    /// Places in KV to which an abandoned write still goes on.
    unsettled: RefCell<Vec<String>>,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ledger")
    }
}

/// What the platform is told, and shows in its logs.
fn failure(why: impl std::fmt::Display) -> JsValue {
    JsError::new(&why.to_string()).into()
}

#[wasm_bindgen(wasm_bindgen_futures = worker::wasm_bindgen_futures)]
impl Ledger {
    /// A ledger with this state.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new(state: DurableObjectState, env: Env) -> Self {
        let inner = Inner {
            state: state.into(),
            env,
            rows: RefCell::new(None),
            clock: RefCell::default(),
            delivering_since: Default::default(),
            unsettled: RefCell::default(),
        };
        Self { inner: Rc::new(inner) }
    }

    /// Carries a call out.
    ///
    /// # Errors
    /// When the call is not known here or cannot be carried out; then nothing has changed.
    pub async fn fetch(&self, request: Request) -> Thrown<Response> {
        let text = settle_text(request.text()).await?;
        let call: Call = stored::read(&text).ok_or_else(|| failure("not a call that is known here"))?;
        let config = config::shared(&self.inner.env).map_err(failure)?;
        // From here to the alarm nothing is awaited: rows, events, deliveries and alarm are one transaction.
        let (reply, alarm) = self
            .inner
            .with_rows(|rows| {
                let committed = rows.clock();
                let now = self.inner.clock.borrow_mut().tick(clock::now(), committed);
                let mut entropy = PlatformEntropy;
                let mut handler = Handler { rows, issuer: &config.issuer, entropy: &mut entropy, now };
                let reply = handle(&mut handler, call);
                // What only reads writes nothing, and sets no alarm: one for what is pending has been set before.
                let has_news = rows.clock() > committed;
                Ok((reply, if has_news { rows.next_alarm(clock::now())? } else { None }))
            })
            .map_err(failure)?;
        if let Some(alarm) = alarm {
            self.inner.arm(alarm).await?;
            for lane in Lane::ALL {
                self.deliver_behind(lane);
            }
        }
        Response::new_with_opt_str(Some(&json::write(&reply)))
    }

    /// Delivers what is due, and sets the next alarm.
    ///
    /// # Errors
    /// When the alarm cannot be set; the platform calls again.
    pub async fn alarm(&self) -> Thrown<()> {
        self.deliver_behind(Lane::Memberships);
        Rc::clone(&self.inner).deliver(Lane::Projections).await;
        let next = self.inner.with_rows(|rows| {
            rows.forget_landed(clock::now())?;
            rows.next_alarm(clock::now())
        });
        match next {
            Ok(None) => {}
            // At most one round a second, however many deliveries have to be tried again.
            Ok(Some(next)) => self.inner.arm(next.max(clock::now().plus_seconds(1))).await?,
            // The platform gives up after six failures in a row, so an alarm never fails.
            Err(_) => self.inner.arm(clock::now().plus_seconds(60)).await?,
        }
        Ok(())
    }
}

impl Ledger {
    /// Delivers what is due of a lane, while other things go on.
    fn deliver_behind(&self, lane: Lane) {
        let inner = Rc::clone(&self.inner);
        self.inner.state.wait_until(async move { inner.deliver(lane).await });
    }
}

impl Inner {
    fn with_rows<T>(&self, act: impl FnOnce(&mut SqlRows) -> Read<T>) -> Read<T> {
        let mut slot = self.rows.borrow_mut();
        let rows = match slot.take() {
            Some(rows) => rows,
            None => SqlRows::open(self.storage())?,
        };
        act(slot.insert(rows))
    }

    async fn arm(&self, at: Timestamp) -> Thrown<()> {
        #[expect(clippy::cast_precision_loss, reason = "every millisecond until the year 9999 is exact")]
        settle(self.storage().set_alarm(at.as_millis() as f64)).await?;
        Ok(())
    }

    fn storage(&self) -> js::Storage {
        self.state.as_raw().unchecked_ref::<js::State>().storage()
    }

    /// Delivers what is due of a lane, one after the other. What fails stays for the alarm.
    async fn deliver(self: Rc<Self>, lane: Lane) {
        let [projections, memberships] = &self.delivering_since;
        let since = if lane == Lane::Projections { projections } else { memberships };
        if is_under_way(since.get(), clock::now()) {
            return;
        }
        while let Ok(due) = self.with_rows(|rows| rows.due(lane, clock::now(), ROUND)) {
            if due.is_empty() {
                break;
            }
            for (revision, attempts, delivery) in due {
                since.set(Some(clock::now()));
                let landed = self.carry(&delivery).await;
                let now = clock::now();
                // Of two memberships the newer one counts, whichever comes last; of two writes to KV, the last.
                let is_unsettled = self.unsettled.borrow().contains(&delivery.destination());
                let confirm = confirm_at(now, attempts, is_unsettled).filter(|_| lane == Lane::Projections);
                let noted = self.with_rows(|rows| {
                    if landed {
                        rows.note_landed(&delivery, revision, now, confirm)
                    } else {
                        rows.note_failed(&delivery, now, next_try(now, attempts + 1))
                    }
                });
                if noted.is_err() {
                    since.set(None);
                    return;
                }
            }
        }
        since.set(None);
    }

    async fn carry(self: &Rc<Self>, delivery: &Delivery) -> bool {
        let landed = match delivery {
            Delivery::Projection(place, value, ttl_seconds) => {
                let written = Kv::new(&self.env).put(place, value, *ttl_seconds).await;
                if let Err(Unwritten::Unsettled(promise)) = &written {
                    self.watch(delivery.destination(), promise.clone());
                }
                written.is_ok()
            }
            Delivery::Membership(membership) => {
                let ledger = Owner::User(membership.user.clone()).ledger();
                let call = Call::NoteMembership(membership.clone());
                matches!(LedgerNamespace::new(&self.env).call(ledger, &call).await, Ok(Reply::Done))
            }
        };
        if !landed {
            log::fault("delivery failed; it is tried again", &"see the line before");
        }
        landed
    }

    /// Remembers that a write goes on until it has settled.
    fn watch(self: &Rc<Self>, destination: String, write: Promise) {
        self.unsettled.borrow_mut().push(destination.clone());
        let inner = Rc::clone(self);
        self.state.wait_until(async move {
            let _ = settle(Ok(write)).await;
            let mut unsettled = inner.unsettled.borrow_mut();
            if let Some(place) = unsettled.iter().position(|place| *place == destination) {
                unsettled.swap_remove(place);
            }
        });
    }
}
