//! What Keyward does: the operations of its API over ports, and the ledger as a state machine over its rows.
//!
//! In scope: authentication, the operations, the ledger with its SQL and its outbox, and the shapes of what is stored
//! and shown. Out of scope: rules about keys, which are pure functions in `keyward-core`; HTTP's statuses and headers,
//! and the platform, which are the concern of `keyward-worker`. Everything here runs natively.

pub mod authentication;
mod binding;
pub mod caller;
pub mod config;
pub mod cors;
pub mod identity;
pub mod isolate;
pub mod kv;
pub mod ledger;
mod lookup;
pub mod medusa;
#[cfg(test)]
mod memory;
pub mod metrics;
mod objects;
pub mod operations;
pub mod ports;
mod possession;
pub mod problem;
pub mod request;
pub mod resources;
pub mod response;
pub mod router;
#[cfg(any(test, feature = "simulation"))]
pub mod simulation;
#[cfg(any(test, feature = "simulation"))]
#[allow(clippy::expect_used, clippy::panic, reason = "it is in no worker")]
mod sqlite;
#[cfg(test)]
mod tests;
mod verification;

use std::cell::{Cell, RefCell};

pub use caller::Caller;
pub use config::Config;
pub use isolate::Memory;
pub use problem::Problem;
pub use request::{Incoming, Request};
pub use response::Response;

use keyward_core::{LedgerLocator, Timestamp};
use ledger::queries::KeyUse;
use operations::Operation;
use ports::Ports;
use router::{Asked, Found};
use serde::Serialize;

/// Finds what a request asks for. One whose URL holds a credential is refused before anything else, whoever sends it.
///
/// # Errors
/// `request.key_in_url`, `route.not_found`, `route.method_not_allowed`.
pub fn find(incoming: &Incoming, config: Option<&Config>) -> Result<Found, Problem> {
    incoming.refuse_credentials_in_url(config.map(|config| &config.issuer))?;
    router::find(&incoming.method, &incoming.request.path)
}

/// What a request is served with.
#[derive(Debug)]
pub struct App<'a, P> {
    /// Storage, clock, randomness and identity providers.
    pub ports: &'a P,
    /// The deployment's configuration.
    pub config: &'a Config,
    /// The isolate's memory.
    pub memory: &'a RefCell<Memory>,
    /// Keys that were used. Their ledgers are told in the background, after the response.
    pub uses: RefCell<Vec<KeyUse>>,
    /// Since when and until when, by the isolate's clock, everything that copies have proven is fresh enough, if they have.
    pub proven: Cell<Option<(Timestamp, Timestamp)>>,
    /// Ledgers of which too little will soon be known. They are asked in the background, after the response.
    pub stale_feeds: RefCell<Vec<LedgerLocator>>,
    /// Who calls, by the name of the actor, once that is known: the response says so.
    pub caller: RefCell<Option<String>>,
}

impl<'a, P: Ports> App<'a, P> {
    /// For one request.
    pub fn new(ports: &'a P, config: &'a Config, memory: &'a RefCell<Memory>) -> Self {
        Self {
            ports,
            config,
            memory,
            uses: RefCell::default(),
            stale_feeds: RefCell::default(),
            proven: Cell::default(),
            caller: RefCell::default(),
        }
    }

    /// Carries a request out.
    ///
    /// # Errors
    /// The [`Problem`] that the caller is told.
    pub async fn serve(&self, incoming: &Incoming, found: &Found) -> Result<Response, Problem> {
        if self.config.is_access_required && found.asked != Asked::Operation(Operation::Health) {
            self.require_access(&incoming.credentials).await?;
        }
        let served = match found.asked {
            Asked::Operation(operation) => operation.serve(self, incoming, &found.params).await,
            Asked::Medusa(_) => self.serve_on_ledger(found.asked, incoming, &found.params).await,
        };
        served.map_err(|problem| found.params.explain(problem))
    }

    /// What is to be done in the background, after the response.
    pub fn take_later(&self) -> Vec<Later> {
        let uses = self.uses.take().into_iter().map(Later::RecordUse);
        uses.chain(self.stale_feeds.take().into_iter().map(Later::Refresh)).collect()
    }

    /// Does what was put off. A failure is logged, and made up for: by the next use that is reported, in five minutes; by the next
    /// request that needs to know.
    pub async fn do_later(&self, later: Later) {
        match later {
            Later::RecordUse(key_use) => {
                let _ = self.ask(key_use.owner.ledger(), key_use).await;
            }
            Later::Refresh(ledger) => self.refresh(ledger).await,
        }
    }
}

/// What is done in the background, after a response.
#[derive(Debug, Clone)]
pub enum Later {
    /// Its ledger is told that a key was used.
    RecordUse(KeyUse),
    /// A ledger is asked what is new.
    Refresh(LedgerLocator),
}

/// Writes a value as JSON. It cannot fail: the keys of all our maps are texts.
#[must_use]
pub fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
