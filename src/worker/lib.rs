//! Keyward's edge worker: HTTP, and the platform behind the ports of `keyward-app`. Translates; decides nothing.

mod http;
mod ledger;
mod platform;
pub mod verify;

use std::cell::RefCell;
use std::rc::Rc;

use keyward_app::operations::{Operation, health::Health};
use keyward_app::{App, Memory, Problem, Request, Response, router};
use keyward_core::ErrorCode;
use worker::web_sys;
use worker::{Context, Env, event};

use http::response::Outgoing;
use platform::{Platform, clock, config, log};

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
    let (request, browser) = http::request::read(&request, &request_id).await?;
    let (operation, outcome) = serve(&request, env, &context).await;
    let response = Outgoing::new(outcome, browser);
    log::answered(&log::Answered {
        request_id: &request_id,
        operation,
        status: response.status,
        code: response.code,
        milliseconds: clock::now().as_millis() - started.as_millis(),
    });
    response.write(&request_id)
}

/// The operation's id for the log, and the outcome.
async fn serve(request: &Request, env: Env, context: &Context) -> (&'static str, Result<Response, Problem>) {
    let found = match router::find(&request.method, &request.path) {
        Ok(found) => found,
        Err(problem) => return ("none", Err(problem)),
    };
    // It has to respond even if the configuration is not usable.
    if found.operation == Operation::Health {
        return (found.id, Health::respond(request));
    }
    let config = match config::shared(&env) {
        Ok(config) => config,
        Err(error) => {
            ::log::error!(target: "configuration", "{error}");
            return (found.id, Err(ErrorCode::ServerMisconfigured.into()));
        }
    };
    let (ports, memory) = (Platform::new(env.clone()), MEMORY.with(Rc::clone));
    let app = App::new(&ports, &config, &memory);
    let outcome = app.serve(request, &found).await;
    for key_use in app.uses.take() {
        let (env, config, memory) = (env.clone(), Rc::clone(&config), Rc::clone(&memory));
        context.wait_until(async move {
            App::new(&Platform::new(env), &config, &memory).record_use(key_use).await;
        });
    }
    (found.id, outcome)
}
