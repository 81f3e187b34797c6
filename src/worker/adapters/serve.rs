//! From a request of the platform to a response of the platform.

use std::cell::RefCell;
use std::rc::Rc;

use keyward_core::{Entropy, ErrorCode};
use worker::web_sys::{Headers, Request, Response, ResponseInit};
use worker::{Context, Env};

use super::entropy::PlatformEntropy;
use super::js::{Thrown, read_at_most};
use super::platform::Platform;
use super::{clock, config};
use crate::http::Answer;
use crate::http::incoming::{BODY_MAX, Body, Incoming, sender_of, split_address};
use crate::isolate::Memory;
use crate::ledger::call::{Call, KeyUse};
use crate::log;
use crate::ports::Ledgers;
use crate::routes::{Served, serve as serve_route, serve_alone};
use crate::usecases::App;

thread_local! {
    static MEMORY: Rc<RefCell<Memory>> = Rc::default();
}

/// Answers a request; what has to be told about used keys is sent after the answer.
///
/// # Errors
/// Only when the platform cannot make a response.
pub(crate) async fn serve(request: &Request, env: Env, context: &Context) -> Thrown<Response> {
    let (started, request_id) = (clock::now(), request_id());
    let incoming = read(request).await?;
    let served = match serve_alone(&incoming, &request_id) {
        Ok(served) => served,
        Err(found) => match config::shared(&env) {
            Ok(config) => {
                let ports = Platform::new(env.clone());
                let memory = MEMORY.with(Rc::clone);
                let app = App { ports: &ports, config: &config, memory: &memory };
                serve_route(&app, &incoming, found, &request_id).await
            }
            Err(error) => {
                log::fault("configuration", &error);
                let answer = Answer::problem(&ErrorCode::ServerMisconfigured.into(), &request_id);
                Served { answer, operation: found.0.id(), reports: Vec::new() }
            }
        },
    };
    for report in served.reports {
        let env = env.clone();
        context.wait_until(async move { send_report(&env, report).await });
    }
    log::answered(&log::Answered {
        request_id: &request_id,
        operation: served.operation,
        status: served.answer.status,
        code: served.answer.code.as_deref(),
        milliseconds: clock::now().as_millis() - started.as_millis(),
    });
    respond(&served.answer, &request_id)
}

/// Sixteen random bytes; all zeros if there are none, since an answer without an id is still an answer.
fn request_id() -> String {
    let mut bytes = [0; 16];
    let _ = PlatformEntropy.fill(&mut bytes);
    format!("req_{:032x}", u128::from_be_bytes(bytes))
}

async fn send_report(env: &Env, report: KeyUse) {
    let ledger = report.owner.ledger();
    // A failure is in the log, and the next report comes in five minutes.
    let _ = super::ledgers::LedgerNamespace::new(env).call(ledger, &Call::NoteUse(report)).await;
}

async fn read(request: &Request) -> Thrown<Incoming> {
    let address = request.url();
    let (path, query) = split_address(&address);
    let headers = request.headers();
    let body = match request.body() {
        Some(body) => read_at_most(&body, BODY_MAX).await?.map_or(Body::TooLarge, Body::Read),
        None => Body::Read(Vec::new()),
    };
    Ok(Incoming {
        method: request.method(),
        path,
        query,
        authorization: headers.get("authorization")?,
        access_assertion: headers.get("cf-access-jwt-assertion")?,
        cookie: headers.get("cookie")?,
        sender: sender_of(&address, headers.get("origin")?.as_deref()),
        is_secure: address.starts_with("https://"),
        content_type: headers.get("content-type")?,
        body,
    })
}

fn respond(answer: &Answer, request_id: &str) -> Thrown<Response> {
    let headers = Headers::new()?;
    headers.set("cache-control", "no-store")?;
    headers.set("x-request-id", request_id)?;
    headers.set("x-content-type-options", "nosniff")?;
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    let body = Some(answer.body.as_str()).filter(|body| !body.is_empty());
    if body.is_some() {
        let media_type = if answer.code.is_some() { "application/problem+json" } else { "application/json" };
        headers.set("content-type", media_type)?;
    }
    let init = ResponseInit::new();
    init.set_status(answer.status);
    init.set_headers(&headers);
    Response::new_with_opt_str_and_init(body, &init)
}
