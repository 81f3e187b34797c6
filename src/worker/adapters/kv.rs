//! The projection in Workers KV.

use serde::de::DeserializeOwned;
use worker::Env;
use worker::kv::KvStore;

use crate::log;
use crate::ports::Unavailable;
use crate::projection::CACHE_TTL_SECONDS;

/// The KV namespace of the projection.
#[derive(Debug, Clone, Copy)]
pub struct Kv<'a> {
    env: &'a Env,
}

fn unavailable(error: impl std::fmt::Display) -> Unavailable {
    log::fault("KV", &error);
    Unavailable
}

impl<'a> Kv<'a> {
    /// The namespace bound as `KEYS`.
    #[must_use]
    pub fn new(env: &'a Env) -> Self {
        Self { env }
    }

    fn store(self) -> Result<KvStore, Unavailable> {
        self.env.kv("KEYS").map_err(unavailable)
    }

    /// Reads a JSON value.
    ///
    /// # Errors
    /// [`Unavailable`], also for a value of another shape: the ledger knows better.
    pub async fn get<T: DeserializeOwned>(self, key: &str) -> Result<Option<T>, Unavailable> {
        let read = self.store()?.get(key).cache_ttl(CACHE_TTL_SECONDS).text().await;
        match read.map_err(unavailable)? {
            Some(text) => serde_json::from_str(&text).map(Some).map_err(|_| unavailable("unknown shape")),
            None => Ok(None),
        }
    }

    /// Writes a value.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn put(self, key: &str, value: &str, ttl_seconds: Option<u32>) -> Result<(), Unavailable> {
        let write = self.store()?.put(key, value).map_err(unavailable)?;
        let write = match ttl_seconds {
            Some(ttl) => write.expiration_ttl(ttl.into()),
            None => write,
        };
        write.execute().await.map_err(unavailable)
    }
}
