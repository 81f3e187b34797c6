//! The ports of a request at the edge.

use std::rc::Rc;

use keyward_app::identity::Algorithm;
use keyward_app::ledger::LedgerRequest;
use keyward_app::ports::{Clock, Identity, KvReader, Ledgers, Randomness, Unavailable};
use keyward_app::request::Trace;
use keyward_core::{Entropy, LedgerLocator, Timestamp};
use worker::Env;

use crate::platform::{clock, entropy::PlatformEntropy, identity, kv, ledgers};
use crate::verify::Exchange;

/// Through what a request reaches the platform. One type for both ways, so that there is one copy of what the hot path
/// and the others do alike. Futures of the ordinary way are boxed, so that those of the hot path have no room for them.
#[derive(Debug)]
pub(crate) enum EdgePorts {
    /// The platform itself, which is told of the trace that the request belongs to.
    Ordinary(Env, Option<Trace>),
    /// What the hot path's JavaScript is asked for. People's tokens are not for it.
    HotPath(Rc<Exchange>),
}

impl KvReader for EdgePorts {
    async fn get(&self, kv_key: &str) -> Result<Option<String>, Unavailable> {
        match self {
            Self::Ordinary(env, _) => Box::pin(kv::get(env, kv_key)).await,
            Self::HotPath(exchange) => exchange.want(kv_key.to_owned()).await,
        }
    }
}

impl Ledgers for EdgePorts {
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable> {
        match self {
            Self::Ordinary(env, trace) => Box::pin(ledgers::send(env, ledger, request, trace.as_ref())).await,
            Self::HotPath(exchange) => {
                let request = keyward_app::json(request);
                exchange.want(format!(">{} {request}", ledger.as_str())).await?.ok_or(Unavailable)
            }
        }
    }
}

impl Clock for EdgePorts {
    fn now(&self) -> Timestamp {
        match self {
            Self::Ordinary(..) => clock::now(),
            Self::HotPath(exchange) => exchange.now.get(),
        }
    }
}

impl Randomness for EdgePorts {
    fn entropy(&self) -> impl Entropy {
        PlatformEntropy
    }
}

impl Identity for EdgePorts {
    async fn provider_keys(&self, url: &str) -> Result<String, Unavailable> {
        match self {
            Self::Ordinary(_, trace) => identity::fetch_keys(url, trace.as_ref()).await,
            Self::HotPath(_) => Err(Unavailable),
        }
    }

    async fn is_key(&self, algorithm: Algorithm, jwk: &str) -> bool {
        match self {
            Self::Ordinary(..) => identity::import(algorithm, jwk).await.is_ok(),
            Self::HotPath(_) => false,
        }
    }

    async fn verify_signature(
        &self,
        algorithm: Algorithm,
        jwk: &str,
        signature: &[u8],
        signed: &str,
    ) -> Result<bool, Unavailable> {
        match self {
            Self::Ordinary(..) => identity::verify_signature(algorithm, jwk, signature, signed).await,
            Self::HotPath(_) => Err(Unavailable),
        }
    }

    async fn pause(&self) {
        if let Self::Ordinary(..) = self {
            identity::pause().await;
        }
    }
}
