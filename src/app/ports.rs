//! What the operations and the ledgers need from outside, as small traits. The errors are ours, never the platform's.

use keyward_core::{Entropy, LedgerLocator, Timestamp};

use crate::identity::Algorithm;
use crate::ledger::LedgerRequest;
use crate::ledger::outbox::KvWrite;

/// Something could not be reached or did not answer in time. What failed is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("storage cannot be reached")]
pub struct Unavailable;

/// How long a read of KV may take, in seconds. After that the ledger is asked, which knows better anyway.
pub const KV_READ_TIMEOUT_SECONDS: u32 = 3;
/// How long a write to KV may take, in seconds. After that it is the next delivery's turn.
pub const KV_WRITE_TIMEOUT_SECONDS: u32 = 10;
/// How long a ledger may take to answer, in seconds. It takes milliseconds; one that has trapped never answers.
pub const LEDGER_TIMEOUT_SECONDS: u32 = 10;

/// Why a value is not known to be in KV.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KvWriteError {
    /// KV refused it.
    Refused,
    /// KV has not answered in time; it may still write the value, until [`KvWriter::is_unsettled`] says otherwise.
    Unsettled,
}

/// Reading KV: quick, everywhere, and of unknown age.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait KvReader {
    /// The value under a key, within [`KV_READ_TIMEOUT_SECONDS`]; `None` if KV has none (yet).
    ///
    /// # Errors
    /// [`Unavailable`].
    async fn get(&self, kv_key: &str) -> Result<Option<String>, Unavailable>;
}

/// Writing KV.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait KvWriter {
    /// Writes a value, within [`KV_WRITE_TIMEOUT_SECONDS`].
    ///
    /// # Errors
    /// [`KvWriteError`].
    async fn put(&self, write: &KvWrite) -> Result<(), KvWriteError>;

    /// Whether a write under this key that was given up is still going on.
    fn is_unsettled(&self, kv_key: &str) -> bool;
}

/// The ledgers: the truth.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait Ledgers {
    /// Sends a request to a ledger, and gives what it answers (JSON) within [`LEDGER_TIMEOUT_SECONDS`].
    ///
    /// # Errors
    /// [`Unavailable`]: the request may or may not have been carried out.
    async fn send(&self, ledger: LedgerLocator, request: &LedgerRequest) -> Result<String, Unavailable>;
}

/// The time of day.
pub trait Clock {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Identity providers, and the verification of their signatures.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait Identity {
    /// Fetches a provider's keys, with bounded time and size.
    ///
    /// # Errors
    /// [`Unavailable`], also for a response that is not the keys.
    async fn provider_keys(&self, url: &str) -> Result<String, Unavailable>;

    /// Whether the key `jwk` is one: whether anything could be verified with it.
    async fn is_key(&self, algorithm: Algorithm, jwk: &str) -> bool;

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

    /// Waits for a moment, so that other requests can go on.
    async fn pause(&self);
}

/// Randomness for keys, ids and the tokens of sessions.
pub trait Randomness {
    /// The source.
    fn entropy(&self) -> impl Entropy;
}

/// Everything that an operation at the edge may reach.
pub trait Ports: KvReader + Ledgers + Clock + Identity + Randomness {}

impl<P: KvReader + Ledgers + Clock + Identity + Randomness> Ports for P {}
