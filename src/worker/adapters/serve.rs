//! From a request of the platform to a response of the platform.

use std::cell::RefCell;
use std::rc::Rc;

use futures_util::StreamExt;
use keyward_core::{Entropy, ErrorCode, Owner};
use worker::{ByteStream, Context, Env, Headers, Request, Response, ResponseBuilder, Result};

use super::clock;
use super::entropy::PlatformEntropy;
use super::platform::Platform;
use crate::config::Config;
use crate::http::Answer;
use crate::http::incoming::{BODY_MAX, Body, Incoming, Sender, split_address};
use crate::isolate::Memory;
use crate::ledger::Call;
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
pub async fn serve(request: Request, env: Env, context: &Context) -> Result<Response> {
    let (started, request_id) = (clock::now(), request_id());
    let incoming = read(request).await?;
    let served = match serve_alone(&incoming, &request_id) {
        Ok(served) => served,
        Err(found) => match Config::shared(&env) {
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

async fn send_report(env: &Env, report: Call) {
    let Call::NoteUse(owner, ..) = &report else { return };
    let ledger = Owner::ledger(owner);
    // A failure is in the log, and the next report comes in five minutes.
    let _ = super::ledgers::LedgerNamespace::new(env).call(ledger, &report).await;
}

async fn read(mut request: Request) -> Result<Incoming> {
    let method = request.inner().method();
    let address = request.inner().url();
    let (path, query) = split_address(&address);
    let header = |name: &str| request.headers().get(name);
    let (authorization, content_type) = (header("authorization")?, header("content-type")?);
    let access_assertion = header("cf-access-jwt-assertion")?;
    let cookie = header("cookie")?;
    let sender = Sender::of(&address, header("origin")?.as_deref());
    let is_secure = address.starts_with("https://");
    let body = match request.inner().body() {
        Some(_) => read_body(&mut request).await?,
        None => Body::Read(Vec::new()),
    };
    Ok(Incoming {
        method,
        path,
        query,
        authorization,
        access_assertion,
        cookie,
        sender,
        is_secure,
        content_type,
        body,
    })
}

async fn read_body(request: &mut Request) -> Result<Body> {
    Ok(read_at_most(request.stream()?, BODY_MAX).await?.map_or(Body::TooLarge, Body::Read))
}

/// Reads a body; nothing if it has more than `max` bytes, the rest of which is not read.
pub(super) async fn read_at_most(mut stream: ByteStream, max: usize) -> Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend(chunk?);
        if bytes.len() > max {
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}

fn respond(answer: &Answer, request_id: &str) -> Result<Response> {
    let headers = Headers::new();
    headers.set("cache-control", "no-store")?;
    headers.set("x-request-id", request_id)?;
    headers.set("x-content-type-options", "nosniff")?;
    for (name, value) in &answer.headers {
        headers.append(name, value)?;
    }
    let builder = ResponseBuilder::new().with_status(answer.status);
    if answer.body.is_empty() {
        return Ok(builder.with_headers(headers).empty());
    }
    let media_type = if answer.code.is_some() { "application/problem+json" } else { "application/json" };
    headers.set("content-type", media_type)?;
    Ok(builder.with_headers(headers).fixed(answer.body.clone().into_bytes()))
}
