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

use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::web_sys::{Request, Response};
use worker::{Env, worker_sys};

/// Answers one HTTP request. Exported without the macro `event`, whose errors would be a tenth of the upload: see
/// docs/adr/0002.
///
/// # Errors
/// What the platform throws when it cannot make a response.
#[wasm_bindgen(wasm_bindgen_futures = worker::wasm_bindgen_futures)]
pub async fn fetch(request: Request, env: Env, context: worker_sys::Context) -> Result<Response, JsValue> {
    adapters::serve::serve(&request, env, &worker::Context::new(context)).await
}
