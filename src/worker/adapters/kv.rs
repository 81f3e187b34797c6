//! The projection in Workers KV.

use js_sys::Promise;
use keyward_core::stored::{self, Stored};
use wasm_bindgen::JsValue;
use worker::Env;

use super::js::{bindings, options, said, settle_within};
use crate::ledger::outbox::DELIVERY_PATIENCE_SECONDS;
use crate::log;
use crate::ports::{PROJECTION_PATIENCE_SECONDS, Unavailable};
use crate::projection::CACHE_TTL_SECONDS;

/// The KV namespace of the projection.
#[derive(Debug, Clone, Copy)]
pub struct Kv<'a> {
    env: &'a Env,
}

const LATE: &str = "no answer in time";

/// Why a value is not known to stand in KV.
#[derive(Debug)]
pub enum Unwritten {
    /// KV refused it.
    Refused,
    /// KV has not answered in time; it may still write the value, before or after this settles.
    Unsettled(Promise),
}

fn unavailable(error: &JsValue) -> Unavailable {
    log::fault("KV", &said(error));
    Unavailable
}

impl<'a> Kv<'a> {
    /// The namespace bound as `KEYS`.
    #[must_use]
    pub fn new(env: &'a Env) -> Self {
        Self { env }
    }

    /// Reads a JSON value, within [`PROJECTION_PATIENCE_SECONDS`].
    ///
    /// # Errors
    /// [`Unavailable`], also for a value of another shape: the ledger knows better.
    pub async fn get<T: Stored>(self, key: &str) -> Result<Option<T>, Unavailable> {
        let options = options("cacheTtl", Some(CACHE_TTL_SECONDS.into()));
        let asked = bindings(self.env).keys().get(key, &options).map_err(|error| unavailable(&error))?;
        let read = settle_within(PROJECTION_PATIENCE_SECONDS, &asked).await;
        let found = read.map_err(|error| unavailable(&error))?.ok_or_else(|| unavailable(&LATE.into()))?;
        match found.as_string() {
            Some(text) => stored::read(&text).map(Some).ok_or_else(|| unavailable(&"unknown shape".into())),
            None => Ok(None),
        }
    }

    /// Writes a value, within [`DELIVERY_PATIENCE_SECONDS`].
    ///
    /// # Errors
    /// [`Unwritten`].
    pub async fn put(self, key: &str, value: &str, ttl_seconds: Option<u32>) -> Result<(), Unwritten> {
        let refused = |error: JsValue| {
            log::fault("KV", &said(&error));
            Unwritten::Refused
        };
        let options = options("expirationTtl", ttl_seconds.map(f64::from));
        let asked = bindings(self.env).keys().put(key, value, &options).map_err(refused)?;
        if settle_within(DELIVERY_PATIENCE_SECONDS, &asked).await.map_err(refused)?.is_some() {
            return Ok(());
        }
        log::fault("KV", &LATE);
        Err(Unwritten::Unsettled(asked))
    }
}
