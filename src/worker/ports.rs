//! What the use cases need from outside, as small traits. The errors are ours, never the platform's.

use keyward_core::{Entropy, KeyDigest, LedgerLocator, OwnerId, Timestamp};

use crate::identity::Algorithm;
use crate::ledger::{Call, Reply};
use crate::projection::{ProjectedKey, ProjectedMember};

/// Something could not be reached or did not answer in time. What failed is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("storage cannot be reached")]
pub struct Unavailable;

/// How long the projection may take to answer, in seconds. Afterwards the ledger is asked, which knows better anyway.
pub const PROJECTION_PATIENCE_SECONDS: u32 = 3;

/// The projection in KV: quick, everywhere, and up to about a minute old.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait Projection {
    /// What the projection holds for a key; nothing if it does not know (yet). Waits for at most
    /// [`PROJECTION_PATIENCE_SECONDS`].
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn key(&self, digest: &KeyDigest) -> Result<Option<ProjectedKey>, Unavailable>;

    /// What the projection holds for a user in an organization; nothing if it does not know (yet).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn member(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
    ) -> Result<Option<ProjectedMember>, Unavailable>;
}

/// How long a ledger may take to answer, in seconds. It takes milliseconds; one that has met a trap never answers.
pub const LEDGER_PATIENCE_SECONDS: u32 = 10;

/// The ledgers: the truth.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait Ledgers {
    /// Asks a ledger, for at most [`LEDGER_PATIENCE_SECONDS`].
    ///
    /// # Errors
    /// [`Unavailable`]: the call may or may not have been carried out.
    async fn call(&self, ledger: LedgerLocator, call: &Call) -> Result<Reply, Unavailable>;
}

/// The time of day.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Identity providers, and the mathematics of their signatures.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait Identity {
    /// Asks a provider for its keys, with bounded time and size.
    ///
    /// # Errors
    /// [`Unavailable`], also for an answer that is none.
    async fn provider_keys(&self, url: &str) -> Result<String, Unavailable>;

    /// Whether `signature` is that of the key `jwk` over `signed`.
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn verify_signature(
        &self,
        algorithm: Algorithm,
        jwk: &str,
        signature: &[u8],
        signed: &str,
    ) -> Result<bool, Unavailable>;

    /// Lets other requests go on for a moment.
    async fn pause(&self);
}

/// Randomness for the tokens of sessions.
pub trait Randomness {
    /// The source.
    fn entropy(&self) -> impl Entropy;
}

/// Everything that a use case may reach.
pub trait Ports: Projection + Ledgers + Clock + Identity + Randomness {}

impl<P: Projection + Ledgers + Clock + Identity + Randomness> Ports for P {}
