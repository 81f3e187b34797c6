//! Revoking keys for whoever holds their texts.

use keyward_core::lifecycle::Refusal;
use keyward_core::{Entropy, KeyDigest, RequestContext, Source};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::request::LedgerCall;
use super::sql::{Sql, StorageError};
use crate::problem::Problem;

/// A key whose whole text somebody has presented.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PresentedKey {
    /// SHA-256 of the key.
    pub digest: KeyDigest,
    /// Where they have found it.
    pub source: Option<Source>,
}

/// What has become of a key that was presented to be revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RevocationOutcome"))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is revoked from now on.
    Revoked,
    /// It was revoked before.
    AlreadyRevoked,
    /// It is no secret key that this deployment has issued and not deleted.
    Unknown,
}

/// Keys of this ledger, each once, are to be revoked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RevokePresentedKeys {
    /// Which keys.
    pub keys: Vec<PresentedKey>,
    /// The request, as events name it.
    pub request: RequestContext,
}

impl LedgerCall for RevokePresentedKeys {
    /// In the order of the keys; `None` for one that cannot be read, which the others do not suffer from.
    type Answer = Vec<Option<Outcome>>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Self::Answer, Problem> {
        ledger.request = self.request;
        let (mut outcomes, mut revoked) = (Vec::new(), Vec::new());
        for PresentedKey { digest, source } in self.keys {
            let record = match ledger.store.key_by_digest(&digest) {
                Err(StorageError::Unreadable) => {
                    outcomes.push(None);
                    continue;
                }
                found => found?,
            };
            let revocation = record.map(|record| record.revoke_by_possession(source, ledger.now));
            outcomes.push(Some(match revocation {
                Some(Ok(Some(transition))) => {
                    revoked.push(transition);
                    Outcome::Revoked
                }
                Some(Err(Refusal::AlreadyRevoked)) => Outcome::AlreadyRevoked,
                Some(Err(refusal)) => return Err(refusal.into()),
                Some(Ok(None)) | None => Outcome::Unknown,
            }));
        }
        // Where there are none, nothing is committed.
        if !revoked.is_empty() {
            ledger.save_keys(revoked)?;
        }
        Ok(outcomes)
    }
}
