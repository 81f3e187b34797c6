//! Revoking keys for whoever holds their texts.

use keyward_core::lifecycle::Refusal;
use keyward_core::{Entropy, KeyDigest, RequestContext, Source};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Ledger;
use super::request::LedgerCall;
use super::sql::{Sql, StorageError};
use crate::problem::Problem;
use crate::response::Response;

/// It is revoked from now on.
pub(crate) const REVOKED: &str = "revoked";
/// It was revoked before.
pub(crate) const ALREADY_REVOKED: &str = "already_revoked";
/// It is no secret key that this deployment has issued and not deleted.
pub(crate) const UNKNOWN: &str = "unknown";

/// Keys of this ledger are to be revoked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokePresentedKeys {
    /// Where each key was found, or null, by the SHA-256 of the key.
    pub keys: Map<String, Value>,
    /// The request, as events name it.
    pub request: RequestContext,
}

impl LedgerCall for RevokePresentedKeys {
    /// What has become of each key, by its SHA-256; null for one that cannot be read, which the others do not suffer from.
    /// In types that are read and written anyway: the code for others would be as large as all the rest of this.
    type Answer = Response;

    fn answer<S: Sql, E: Entropy>(mut self, ledger: &mut Ledger<'_, S, E>) -> Result<Response, Problem> {
        ledger.request = self.request;
        let mut revoked = Vec::new();
        for (digest, about) in &mut self.keys {
            let found = KeyDigest::from_hex(digest).map(|digest| ledger.store.key_by_digest(&digest));
            let record = match found.transpose() {
                Err(StorageError::Unreadable) => {
                    *about = Value::Null;
                    continue;
                }
                found => found?.flatten(),
            };
            let source = about.as_str().and_then(Source::of);
            let revocation = record.map(|record| record.revoke_by_possession(source, ledger.now));
            let outcome = match revocation {
                Some(Ok(Some(transition))) => {
                    revoked.push(transition);
                    REVOKED
                }
                Some(Err(Refusal::AlreadyRevoked)) => ALREADY_REVOKED,
                Some(Err(refusal)) => return Err(refusal.into()),
                Some(Ok(None)) | None => UNKNOWN,
            };
            *about = outcome.into();
        }
        // Where there are none, nothing is committed.
        if !revoked.is_empty() {
            ledger.save_keys(revoked)?;
        }
        Ok(Response::ok(&self.keys))
    }
}
