//! Keyward's edge worker: routes → use cases → ports ← adapters.
//!
//! In scope: HTTP, the ledger (a Durable Object) and its projection in KV. Out of scope: rules about keys, which are
//! pure functions in `keyward-core`.

pub mod adapters;
pub mod config;
pub mod contract;
pub mod http;
pub mod identity;
pub mod isolate;
mod json;
pub mod ledger;
mod log;
#[cfg(test)]
mod memory;
pub mod ports;
pub mod problem;
pub mod projection;
pub mod router;
pub mod routes;
#[cfg(test)]
mod tests;
pub mod usecases;

use worker::web_sys::{Request, Response};
use worker::{Context, Env, event};

/// Answers one HTTP request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response, String> {
    adapters::serve::serve(&request, env, &context).await.map_err(|thrown| adapters::js::said(&thrown))
}
