//! All ports of one request, on the platform.

use keyward_core::{Entropy, KeyDigest, LedgerLocator, OwnerId, Timestamp};
use worker::Env;

use super::identity;
use super::kv::Kv;
use super::ledgers::LedgerNamespace;
use crate::identity::Algorithm;
use crate::ledger::{Call, Reply};
use crate::ports::{Clock, Identity, Ledgers, Projection, Randomness, Unavailable};
use crate::projection::{ProjectedKey, ProjectedMember, key_place, member_place};

/// The ports of one request.
#[derive(Debug, Clone)]
pub struct Platform {
    env: Env,
}

impl Platform {
    /// The ports on this environment's bindings.
    #[must_use]
    pub fn new(env: Env) -> Self {
        Self { env }
    }
}

impl Projection for Platform {
    async fn key(&self, digest: &KeyDigest) -> Result<Option<ProjectedKey>, Unavailable> {
        Kv::new(&self.env).get(&key_place(digest)).await
    }

    async fn member(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
    ) -> Result<Option<ProjectedMember>, Unavailable> {
        Kv::new(&self.env).get(&member_place(organization, user)).await
    }
}

impl Ledgers for Platform {
    async fn call(&self, ledger: LedgerLocator, call: &Call) -> Result<Reply, Unavailable> {
        LedgerNamespace::new(&self.env).call(ledger, call).await
    }
}

impl Randomness for Platform {
    fn entropy(&self) -> impl Entropy {
        super::entropy::PlatformEntropy
    }
}

impl Clock for Platform {
    fn now(&self) -> Timestamp {
        super::clock::now()
    }
}

impl Identity for Platform {
    async fn provider_keys(&self, url: &str) -> Result<String, Unavailable> {
        identity::fetch_keys(url).await
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
