//! Keyward's edge worker: HTTP, and the platform behind the ports of `keyward-app`. Translates; decides nothing.

mod http;
mod ledger;
mod platform;
mod ports;
pub mod verify;

use std::cell::RefCell;
use std::rc::Rc;

use keyward_app::config::ConfigError;
use keyward_app::cors::Sharing;
use keyward_app::metrics::Way;
use keyward_app::operations::{Operation, health::Health};
use keyward_app::request::{Trace, refuse_plain_http};
use keyward_app::router::Asked;
use keyward_app::{App, Config, Incoming, Memory, Problem, Response, medusa};
use keyward_core::{ErrorCode, Timestamp};
use worker::web_sys;
use worker::{Context, Env, event};

use http::response::{Browser, Outgoing};
use platform::{clock, config, log};
use ports::EdgePorts;

thread_local! {
    /// What the isolate remembers between requests.
    static MEMORY: Rc<RefCell<Memory>> = Rc::default();
}

/// Prepares a new instance of the WebAssembly module.
#[event(start)]
fn start() {
    log::init();
}

/// Answers an HTTP request.
#[event(fetch)]
async fn fetch(request: web_sys::Request, env: Env, context: Context) -> worker::Result<web_sys::Response> {
    let (started, request_id) = (clock::now(), http::request_id());
    let (operation, trace, response) = match refuse_plain_http(&request.url()) {
        // Nothing is read of what everybody on the way could read, and change.
        Err(problem) => ("none", None, Outgoing::new(Err(problem), Browser::default())),
        Ok(()) => answer(&request, &request_id, env, &context).await?,
    };
    log::answered(&log::Answered {
        request_id: &request_id,
        operation,
        via: None,
        trace_id: trace.as_ref().map(Trace::id),
        status: response.status,
        code: response.code,
        milliseconds: clock::now().as_millis() - started.as_millis(),
    });
    count(operation, response.code, Way::Http, clock::now());
    response.write(&request_id)
}

/// Counts a request that was answered.
fn count(operation: &'static str, code: Option<ErrorCode>, way: Way, now: Timestamp) {
    MEMORY.with(|memory| memory.borrow().metrics.answered(operation, code, way, now));
}

/// The operation's id for the log, the trace that the request belongs to, and the response.
async fn answer(
    request: &web_sys::Request,
    request_id: &str,
    env: Env,
    context: &Context,
) -> worker::Result<(&'static str, Option<Trace>, Outgoing)> {
    let config = config::shared(&env);
    let (incoming, browser, page) = http::request::read(request, request_id).await?;
    let sharing =
        Sharing::of(config.as_deref().ok(), &incoming.request.path, &incoming.credentials, page.as_ref());
    let browser = Browser { is_medusa: medusa::is_at(&incoming.request.path), ..browser };
    let is_preflight = sharing.preflight.is_some();
    let (operation, outcome, caller) = serve(&incoming, is_preflight, config, env, context).await;
    Ok((operation, incoming.trace, Outgoing::new(outcome, Browser { sharing, caller, ..browser })))
}

/// The operation's id for the log, the outcome, and who calls.
async fn serve(
    incoming: &Incoming,
    is_preflight: bool,
    config: Result<Rc<Config>, ConfigError>,
    env: Env,
    context: &Context,
) -> (&'static str, Result<Response, Problem>, Option<String>) {
    let found = match keyward_app::find(incoming, config.as_deref().ok()) {
        Err(problem) if is_preflight && problem.code == ErrorCode::RouteMethodNotAllowed => {
            return ("preflight", Ok(Response::no_content()), None);
        }
        Ok(found) => found,
        Err(problem) => return ("none", Err(problem), None),
    };
    let config = match config {
        Ok(config) => config,
        Err(error) => {
            ::log::error!(target: "configuration", "{error}");
            // It has to respond even if the configuration is not usable.
            let is_health = found.asked == Asked::Operation(Operation::Health);
            let outcome =
                if is_health { Health::respond(incoming, Some(&error)) } else { Err((&error).into()) };
            return (found.id, outcome, None);
        }
    };
    let (ports, memory) = (EdgePorts::Ordinary(env.clone(), incoming.trace.clone()), MEMORY.with(Rc::clone));
    let app = App::new(&ports, &config, &memory);
    let outcome = app.serve(incoming, &found).await;
    for later in app.take_later() {
        let ports = EdgePorts::Ordinary(env.clone(), incoming.trace.clone());
        let (config, memory) = (Rc::clone(&config), Rc::clone(&memory));
        context.wait_until(async move {
            App::new(&ports, &config, &memory).do_later(later).await;
        });
    }
    (found.id, outcome, app.caller.take())
}
