//! Revocation by possession: whoever holds a key's whole text may revoke it, and needs no other credential.
//!
//! The texts stay at the edge. Those that this deployment did not issue cost no storage, as where keys are verified; of the
//! others the ledgers get the digests, each ledger in one request.

use keyward_core::scan::redact_text;
use keyward_core::verify::authenticate;
use keyward_core::{ErrorCode, Issuer, Kind, LedgerLocator};
use serde_json::{Map, Value};

use crate::ledger::possession::{ALREADY_REVOKED, REVOKED, RevokePresentedKeys, UNKNOWN};
use crate::ledger::sql::StorageError;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, holds_credential};
use crate::{App, objects};

/// A text that may be a key, and where it was found.
pub(crate) struct Presented<'a> {
    pub(crate) text: &'a str,
    pub(crate) source: Option<&'a str>,
}

/// The secret keys among what was presented.
#[derive(Default)]
struct Keys {
    /// Where they were found, by their digests, for each ledger.
    batches: Vec<(LedgerLocator, Map<String, Value>)>,
    /// The digest of each text, if it is one; empty if not.
    digests: Vec<String>,
}

impl Keys {
    fn of(presented: &[Presented<'_>], issuer: &Issuer, compose: fn(&str) -> String) -> Self {
        let mut keys = Self::default();
        for Presented { text, source } in presented {
            // What is read from a file ends with its line, and nobody is to believe that such a key is revoked when it is not.
            // A publishable key's text is for everybody, so that holding it means nothing.
            let Some(key) =
                authenticate(text.trim(), issuer).ok().filter(|key| key.kind() != Kind::Publishable)
            else {
                keys.digests.push(String::new());
                continue;
            };
            let (ledger, digest) = (key.ledger(), key.digest().to_hex());
            keys.digests.push(digest.clone());
            let at = keys.batches.iter().position(|(known, _)| *known == ledger).unwrap_or_else(|| {
                keys.batches.push((ledger, Map::new()));
                keys.batches.len() - 1
            });
            if let Some((_, batch)) = keys.batches.get_mut(at)
                && !batch.contains_key(&digest)
            {
                batch.insert(digest, tidy(*source, issuer, compose));
            }
        }
        keys
    }
}

/// Where a key was found, as the trail may show it: keys are redacted. What holds a credential all the same, such as an encoded
/// key, is left out. Composed first: that makes the letter K of the sign for kelvin.
fn tidy(source: Option<&str>, issuer: &Issuer, compose: fn(&str) -> String) -> Value {
    match source.map(|source| redact_text(&compose(source))) {
        Some(redacted) if !holds_credential(&redacted, Some(issuer)) => redacted.into(),
        _ => Value::Null,
    }
}

/// What has become of each text, in their order. Whoever presents a key once more is told so.
fn tell(digests: &[String], mut outcomes: Map<String, Value>) -> Result<Vec<Value>, Problem> {
    let mut told = Vec::new();
    for digest in digests {
        let outcome = outcomes.get_mut(digest);
        told.push(match outcome {
            _ if digest.is_empty() => UNKNOWN.into(),
            Some(Value::Null) => return Err(StorageError::Unreadable.into()),
            // A ledger that runs another version of this code.
            None => return Err(ErrorCode::ServerUnavailable.into()),
            Some(outcome) => {
                let told = outcome.clone();
                if told == REVOKED {
                    *outcome = ALREADY_REVOKED.into();
                }
                told
            }
        });
    }
    Ok(told)
}

impl<P: Ports> App<'_, P> {
    /// Revokes every secret key among these texts, and says what has become of each, in their order.
    ///
    /// # Errors
    /// `server.unavailable` if that is not known of every key. Some may be revoked all the same; it can be asked for again.
    pub(crate) async fn revoke_by_possession(
        &self,
        presented: &[Presented<'_>],
        incoming: &Incoming,
    ) -> Result<Vec<Value>, Problem> {
        let Keys { batches, digests } = Keys::of(presented, &self.config.issuer, incoming.request.compose);
        let mut outcomes = Map::new();
        // One after the other: where one fails others may, and each would be waited for.
        for (ledger, keys) in batches {
            let request = self.config.recorded.context(incoming);
            let answer = self.ask(ledger, RevokePresentedKeys { keys, request }).await?;
            outcomes.extend(objects::from_str::<Map<_, _>>(&answer.body).unwrap_or_default());
        }
        tell(&digests, outcomes)
    }
}
