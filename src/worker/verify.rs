//! The hot path: verifying for a caller with a root key or an API key, without a promise or an object of JavaScript in
//! Rust. `verify.mjs` reads the request and KV and makes the response; here [`App::verify`] decides, the same as for every
//! other request. It is polled once and, each time that it has had to wait, once more.
//!
//! docs/BENCHMARKS.md has the figures that this is for: with the types of the crate `worker` a verify took twice as long.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use keyward_app::cors::Sharing;
use keyward_app::identity::looks_like_token;
use keyward_app::kv::CACHE_TTL_SECONDS;
use keyward_app::metrics::Way;
use keyward_app::ports::{KV_READ_TIMEOUT_SECONDS, LEDGER_TIMEOUT_SECONDS, Unavailable};
use keyward_app::request::{BODY_MAX, Body, Credentials, Incoming, RequestOrigin, Trace};
use keyward_app::{App, Config, Later, Problem, Request, Response};
use keyward_core::{ErrorCode, Timestamp};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::{Env, web_sys};

use crate::http::request::compose;
use crate::http::response::{Browser, Outgoing, problem_body, status_of};
use crate::platform::{config, log};
use crate::ports::EdgePorts;
use crate::{MEMORY, count};

/// The operation, and its path.
const OPERATION: &str = "verify_key";
const PATH: &str = "/v1/verify";
/// It is not for here, but for the ordinary way.
const NOT_HERE: i32 = -1;
/// Requests that wait at once before those are given up whose clients must have gone.
const WAITING_MAX: usize = 256;
/// For how long a request may wait, in seconds: longer than anything that it waits for takes.
const WAITING_SECONDS: u32 = 60;

/// What a request waits for, and what it was given.
#[derive(Debug, Default)]
pub(crate) struct Exchange {
    pub(crate) now: Cell<Timestamp>,
    /// What is wanted and was not asked for yet, one a line: a key in KV; or `>`, a ledger, a space, and what it is sent.
    wants: RefCell<Vec<String>>,
    given: RefCell<Vec<Option<Given>>>,
    /// How many of those were given.
    count: Cell<usize>,
}

type Given = Result<Option<String>, Unavailable>;

impl Exchange {
    /// Asks for something, and waits for it.
    pub(crate) async fn want(&self, what: String) -> Given {
        let index = self.given.borrow().len();
        self.given.borrow_mut().push(None);
        self.wants.borrow_mut().push(what);
        poll_fn(|_| {
            let given = self.given.borrow_mut().get_mut(index).and_then(Option::take);
            given.map_or(Poll::Pending, Poll::Ready)
        })
        .await
    }

    /// Gives the next of what is wanted.
    fn give(&self, given: Given) {
        if let Some(place) = self.given.borrow_mut().get_mut(self.count.get()) {
            *place = Some(given);
            self.count.set(self.count.get() + 1);
        }
    }
}

/// The limits that JavaScript keeps on this path: the largest body, in bytes; how long a read of KV and a ledger may take, in
/// milliseconds; for how long a location may cache what it has read, in seconds.
#[wasm_bindgen(js_name = verifyLimits)]
#[must_use]
pub fn verify_limits() -> Vec<u32> {
    let body_max = u32::try_from(BODY_MAX).unwrap_or(u32::MAX);
    vec![body_max, KV_READ_TIMEOUT_SECONDS * 1000, LEDGER_TIMEOUT_SECONDS * 1000, CACHE_TTL_SECONDS]
}

/// What has become of a request, and what is to be done after the response.
type Outcome = (Result<Response, Problem>, Vec<Later>);

/// A request that waits.
struct Waiting {
    way: Way,
    exchange: Rc<Exchange>,
    future: Pin<Box<dyn Future<Output = Outcome>>>,
    since: Timestamp,
}

#[derive(Default)]
struct Desk {
    /// Requests that wait, by their number. No number is used again, so nobody is given what another has asked for.
    waiting: HashMap<i32, Waiting>,
    last_number: i32,
    /// The last outcome, until it is fetched.
    outcome: Option<Result<Response, Problem>>,
    later: Vec<Later>,
}

thread_local! {
    static DESK: RefCell<Desk> = RefCell::default();
}

fn millis(now: f64) -> Timestamp {
    #[expect(clippy::cast_possible_truncation, reason = "the platform's clock counts whole milliseconds")]
    Timestamp::from_millis(now as i64)
}

/// Takes a step. Gives the response's status; or, for a request that has to wait, its number, which is less than
/// [`NOT_HERE`].
fn step(mut waiting: Waiting, number: Option<i32>) -> i32 {
    let poll = waiting.future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    DESK.with_borrow_mut(|desk| match poll {
        Poll::Pending => {
            let number = number.unwrap_or_else(|| desk.next_number(waiting.since));
            desk.waiting.insert(number, waiting);
            number
        }
        Poll::Ready((outcome, later)) => {
            desk.later.extend(later);
            desk.finish(outcome, waiting.way, waiting.exchange.now.get())
        }
    })
}

impl Desk {
    /// Keeps an outcome until it is fetched. Gives its status.
    fn finish(&mut self, outcome: Result<Response, Problem>, way: Way, now: Timestamp) -> i32 {
        let status = status_of(&outcome);
        count(OPERATION, outcome.as_ref().err().map(|problem| problem.code), way, now);
        self.outcome = Some(outcome);
        status.into()
    }

    /// The last outcome.
    fn take(&mut self) -> Result<Response, Problem> {
        self.outcome.take().unwrap_or_else(|| Err(ErrorCode::ServerInternal.into()))
    }

    /// A number for a request that has to wait. Where too many wait, those are given up whose clients must have gone.
    fn next_number(&mut self, now: Timestamp) -> i32 {
        if self.waiting.len() >= WAITING_MAX {
            self.waiting.retain(|_, waiting| now < waiting.since.plus_seconds(WAITING_SECONDS));
        }
        self.last_number = self.last_number.checked_sub(1).unwrap_or_default().min(NOT_HERE - 1);
        self.last_number
    }
}

/// The header `traceparent`, if it is one.
#[wasm_bindgen(js_name = traceOf)]
#[must_use]
pub fn trace_of(header: &str) -> Option<String> {
    Trace::read(header).map(|trace| trace.as_str().to_owned())
}

/// Begins to verify: `authorization` is that header, `body` that of a request whose content type is `application/json`.
///
/// Gives the response's status; `-1` for what is not for here; or, for a request that has to wait, its number, which is less
/// than that.
#[wasm_bindgen(js_name = verifyBegin)]
#[must_use]
pub fn verify_begin(now: f64, authorization: String, body: Vec<u8>) -> i32 {
    let Some(config) = config::loaded() else { return NOT_HERE };
    if looks_like_token(&authorization) || config.is_access_required {
        return NOT_HERE;
    }
    let credentials = Credentials { authorization: Some(authorization), ..Credentials::default() };
    begin(config, now, credentials, None, Body::Read(body))
}

/// Begins to verify for a worker that is bound to the entrypoint `Verifier`: `props` are those of its binding, `question` is
/// what it asks, both as JSON. The same answers as [`verify_begin`], but nothing is not for here.
#[wasm_bindgen(js_name = boundBegin)]
#[must_use]
pub fn bound_begin(env: &Env, now: f64, props: String, question: String) -> i32 {
    match config::shared(env) {
        Ok(config) => {
            let question = question.into_bytes();
            let body = if question.len() > BODY_MAX { Body::TooLarge } else { Body::Read(question) };
            begin(config, now, Credentials::default(), Some(props), body)
        }
        Err(error) => {
            ::log::error!(target: "configuration", "{error}");
            DESK.with_borrow_mut(|desk| desk.finish(Err((&error).into()), Way::Binding, millis(now)))
        }
    }
}

fn begin(config: Rc<Config>, now: f64, credentials: Credentials, binding: Option<String>, body: Body) -> i32 {
    let way = if binding.is_some() { Way::Binding } else { Way::HotPath };
    let now = millis(now);
    let exchange = Rc::new(Exchange::default());
    exchange.now.set(now);
    let ports = EdgePorts::HotPath(Rc::clone(&exchange));
    let future = Box::pin(async move {
        let memory = MEMORY.with(Rc::clone);
        let app = App::new(&ports, &config, &memory);
        let incoming = Incoming {
            method: "POST".to_owned(),
            base_url: String::new(),
            credentials,
            origin: RequestOrigin::Unknown,
            // A verify causes no event that names its request, and takes no idempotency key.
            request_id: String::new(),
            address: None,
            user_agent: None,
            caller: None,
            organization: None,
            binding,
            // Its JavaScript passes the trace on.
            trace: None,
            request: Request {
                path: PATH.to_owned(),
                query: String::new(),
                idempotency_key: None,
                content_type: Some("application/json".to_owned()),
                session: None,
                body,
                compose,
            },
        };
        let outcome = app.verify(&incoming).await;
        (outcome, app.take_later())
    });
    step(Waiting { way, exchange, future, since: now }, None)
}

/// What a waiting request wants, one a line: a key in KV; or `>`, a ledger, a space, and what it is sent.
#[wasm_bindgen(js_name = verifyWants)]
#[must_use]
pub fn verify_wants(number: i32) -> String {
    DESK.with_borrow(|desk| {
        let wants = desk.waiting.get(&number).map(|waiting| waiting.exchange.wants.take());
        wants.unwrap_or_default().join("\n")
    })
}

/// Gives a waiting request the next of what it wants: a text, null where there is none, undefined where it could not be had.
#[wasm_bindgen(js_name = verifyGive)]
pub fn verify_give(number: i32, text: Option<String>, failed: bool) {
    DESK.with_borrow(|desk| {
        if let Some(waiting) = desk.waiting.get(&number) {
            waiting.exchange.give(if failed { Err(Unavailable) } else { Ok(text) });
        }
    });
}

/// Goes on with a request that was given all that it wants. The same answers as [`verify_begin`].
#[wasm_bindgen(js_name = verifyGoOn)]
#[must_use]
pub fn verify_go_on(number: i32, now: f64) -> i32 {
    let waiting = DESK.with_borrow_mut(|desk| desk.waiting.remove(&number));
    let Some(waiting) = waiting else { return NOT_HERE };
    waiting.exchange.now.set(millis(now));
    step(waiting, Some(number))
}

/// The body of the last outcome, if it was a success.
#[wasm_bindgen(js_name = verifyBody)]
#[must_use]
pub fn verify_body() -> Vec<u8> {
    DESK.with_borrow_mut(Desk::take).map(|response| response.body.into_bytes()).unwrap_or_default()
}

/// The last outcome, as JSON, for a worker that is bound; a problem is logged.
#[wasm_bindgen(js_name = boundAnswer)]
#[must_use]
pub fn bound_answer(request_id: &str, milliseconds: f64) -> String {
    match DESK.with_borrow_mut(Desk::take) {
        Ok(response) => response.body,
        Err(problem) => {
            log::answered(&log::Answered {
                request_id,
                operation: OPERATION,
                via: Some("binding"),
                trace_id: None,
                status: problem.code.status(),
                code: Some(problem.code),
                milliseconds: millis(milliseconds).as_millis(),
            });
            problem_body(&problem, request_id)
        }
    }
}

/// The response of the last outcome, if it was a problem; it is logged.
///
/// # Errors
/// Only when the platform fails.
#[wasm_bindgen(js_name = verifyProblem)]
#[expect(clippy::needless_pass_by_value, reason = "what may be absent is passed by value from JavaScript")]
pub fn verify_problem(
    request_id: &str,
    milliseconds: f64,
    is_secure: bool,
    trace_id: Option<String>,
) -> Result<web_sys::Response, JsValue> {
    let outcome = DESK.with_borrow_mut(Desk::take);
    let sharing = Sharing { varies: true, ..Sharing::default() };
    let response = Outgoing::new(outcome, Browser { is_secure, sharing, ..Browser::default() });
    log::answered(&log::Answered {
        request_id,
        operation: OPERATION,
        via: None,
        trace_id: trace_id.as_deref(),
        status: response.status,
        code: response.code,
        milliseconds: millis(milliseconds).as_millis(),
    });
    Ok(response.write(request_id)?)
}

/// Whether there is anything to do after the response.
#[wasm_bindgen(js_name = verifyHasLater)]
#[must_use]
pub fn verify_has_later() -> bool {
    DESK.with_borrow(|desk| !desk.later.is_empty())
}

/// Does what is to be done after a response, in the background: ledgers are told of uses, and asked what is new.
#[wasm_bindgen(js_name = verifyDoLater, wasm_bindgen_futures = worker::wasm_bindgen_futures)]
pub async fn verify_do_later(env: Env, trace: Option<String>) {
    let trace = trace.as_deref().and_then(Trace::read);
    let Some(config) = config::loaded() else { return };
    let (ports, memory) = (EdgePorts::Ordinary(env, trace), MEMORY.with(Rc::clone));
    let later = DESK.with_borrow_mut(|desk| std::mem::take(&mut desk.later));
    for each in later {
        App::new(&ports, &config, &memory).do_later(each).await;
    }
}
