//! The projection in Workers KV.

use keyward_core::stored::{self, Stored};
use wasm_bindgen::JsValue;
use worker::Env;

use super::js::{bindings, options, said, settle, settle_within};
use crate::log;
use crate::ports::{PROJECTION_PATIENCE_SECONDS, Unavailable};
use crate::projection::CACHE_TTL_SECONDS;

/// The KV namespace of the projection.
#[derive(Debug, Clone, Copy)]
pub struct Kv<'a> {
    env: &'a Env,
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
        let asked = bindings(self.env).keys().get(key, &options);
        let read = settle_within(PROJECTION_PATIENCE_SECONDS, asked).await;
        match read.map_err(|error| unavailable(&error))? {
            none if none.is_null() => Ok(None),
            found => {
                let text = found.as_string().ok_or_else(|| unavailable(&"no answer in time".into()))?;
                stored::read(&text).map(Some).ok_or_else(|| unavailable(&"unknown shape".into()))
            }
        }
    }

    /// Writes a value.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn put(self, key: &str, value: &str, ttl_seconds: Option<u32>) -> Result<(), Unavailable> {
        let options = options("expirationTtl", ttl_seconds.map(f64::from));
        let written = settle(bindings(self.env).keys().put(key, value, &options)).await;
        written.map(drop).map_err(|error| unavailable(&error))
    }
}
