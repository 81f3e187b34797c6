//! The platform behind the ports. Apart from it only HTTP, the Durable Object and the hot path touch the platform.

pub(crate) mod body;
pub(crate) mod clock;
pub(crate) mod config;
pub(crate) mod entropy;
mod identity;
pub(crate) mod kv;
mod ledgers;
pub(crate) mod log;
pub(crate) mod sql;

use keyward_app::identity::Algorithm;
use keyward_app::ledger::LedgerRequest;
use keyward_app::ports::{Clock, Identity, KvReader, Ledgers, Randomness, Unavailable};
use keyward_core::{Entropy, LedgerLocator, Timestamp};
use worker::Env;

/// The ports on an environment's bindings.
#[derive(Debug, Clone)]
pub(crate) struct Platform {
    pub(crate) env: Env,
}

impl Platform {
    pub(crate) fn new(env: Env) -> Self {
        Self { env }
    }
}

impl KvReader for Platform {
    async fn get(&self, kv_key: &str) -> Result<Option<String>, Unavailable> {
        kv::get(&self.env, kv_key).await
    }
}

impl Ledgers for Platform {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        ledgers::send(&self.env, ledger, request).await
    }
}

impl Randomness for Platform {
    fn entropy(&self) -> impl Entropy {
        entropy::PlatformEntropy
    }
}

impl Clock for Platform {
    fn now(&self) -> Timestamp {
        clock::now()
    }
}

impl Identity for Platform {
    async fn provider_keys(&self, url: &str) -> Result<String, Unavailable> {
        identity::fetch_keys(url).await
    }

    async fn is_key(&self, algorithm: Algorithm, jwk: &str) -> bool {
        identity::import(algorithm, jwk).await.is_ok()
    }

    async fn verify_signature(
        &self,
        algorithm: Algorithm,
        jwk: &str,
        signature: &[u8],
        signed: &str,
    ) -> Result<bool, Unavailable> {
        identity::verify_signature(algorithm, jwk, signature, signed).await
    }

    async fn pause(&self) {
        identity::pause().await;
    }
}
