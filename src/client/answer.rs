//! What the deployment says of a key.

use keyward_core::record::{KeyType, Status};
use keyward_core::verify::Verdict;
use keyward_core::{Owner, Scopes, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What the deployment says of a key, and when it was so.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Answer {
    /// The key, if it is valid for what is required; or why it is not.
    pub verdict: Result<VerifiedKey, Refusal>,
    /// When that was so, by the clock of the key's ledger.
    pub as_of: Timestamp,
    /// The bound that held: `as_of` is no further back.
    pub max_staleness_seconds: u32,
}

impl Answer {
    /// Whether the key is valid for what is required of it.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.verdict.is_ok()
    }

    /// What was found without asking: there cannot be such a key.
    pub(crate) fn refused(code: RefusalCode, as_of: Timestamp, max_staleness_seconds: u32) -> Self {
        Self { verdict: Err(Refusal { code, key: None }), as_of, max_staleness_seconds }
    }

    /// Reads an answer. Nothing but a verdict that says so in every part is a yes.
    pub(crate) fn read(body: &[u8]) -> Option<Self> {
        let Said { valid, code, key, as_of, max_staleness_seconds } = serde_json::from_slice(body).ok()?;
        let verdict = match (valid, code.as_str()) {
            (true, "valid") => Ok(serde_json::from_value(key?).ok()?),
            (true, _) | (false, "valid") => return None,
            (false, code) => {
                // A refusal is one, whether or not it can be read whose key it is about.
                let key = key.and_then(|key| serde_json::from_value(key).ok());
                Err(Refusal { code: RefusalCode::of(code), key })
            }
        };
        Some(Self { verdict, as_of, max_staleness_seconds })
    }
}

#[derive(Deserialize)]
struct Said {
    valid: bool,
    code: String,
    key: Option<Value>,
    as_of: Timestamp,
    max_staleness_seconds: u32,
}

/// A key that is valid. A publishable key that asks about itself is told less: then `title` is empty, and so on.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[non_exhaustive]
pub struct VerifiedKey {
    /// The key's id.
    pub id: String,
    /// Whose key it is.
    pub owner: Owner,
    /// Secret or publishable.
    #[serde(rename = "type")]
    pub key_type: KeyType,
    /// The redacted form, which people may see.
    pub redacted: String,
    /// What it is called.
    #[serde(default)]
    pub title: String,
    /// What it may do: `scopes.hold("orders:read")`.
    pub scopes: Scopes,
    /// What the application keeps with it.
    #[serde(default)]
    pub metadata: Map<String, Value>,
    /// Whether it works for good, or until a revocation that is scheduled.
    pub status: Status,
    /// From when on it is refused because it has expired; `None` for never.
    pub expires_at: Option<Timestamp>,
    /// From when on it is refused as revoked, if that is scheduled.
    pub revoked_at: Option<Timestamp>,
    /// All else that the deployment tells, by the names that `openapi.json` has for it.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Why a key is not valid.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}")]
#[non_exhaustive]
pub struct Refusal {
    /// The first reason to refuse it.
    pub code: RefusalCode,
    /// Which key it is, if there is one that the caller may see.
    pub key: Option<RefusedKey>,
}

/// A key that is not valid.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct RefusedKey {
    /// The key's id.
    pub id: String,
    /// Whose key it is.
    pub owner: Owner,
}

/// The first reason to refuse a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum RefusalCode {
    /// The text is not a well-formed key.
    #[error("the text is no key")]
    Malformed,
    /// A key of another brand or environment.
    #[error("the key is for another environment")]
    WrongEnvironment,
    /// This deployment did not make the key.
    #[error("the key is forged")]
    Forged,
    /// There is no such key, or the caller may not see its owner.
    #[error("there is no such key")]
    Unknown,
    /// The key was revoked.
    #[error("the key was revoked")]
    Revoked,
    /// The key has expired.
    #[error("the key has expired")]
    Expired,
    /// The key does not reach the organization.
    #[error("the key does not reach the organization")]
    NotAMember,
    /// The key lacks a required scope.
    #[error("the key lacks a scope")]
    InsufficientScope,
    /// The deployment refuses it for a reason that this version does not know.
    #[error("the key is refused")]
    Other,
}

impl RefusalCode {
    fn of(code: &str) -> Self {
        let verdict = Verdict::ALL.into_iter().find(|verdict| verdict.as_str() == code);
        match verdict {
            Some(Verdict::Malformed) => Self::Malformed,
            Some(Verdict::WrongEnvironment) => Self::WrongEnvironment,
            Some(Verdict::Forged) => Self::Forged,
            Some(Verdict::Unknown) => Self::Unknown,
            Some(Verdict::Revoked) => Self::Revoked,
            Some(Verdict::Expired) => Self::Expired,
            Some(Verdict::NotAMember) => Self::NotAMember,
            Some(Verdict::InsufficientScope) => Self::InsufficientScope,
            Some(Verdict::Valid) | None => Self::Other,
        }
    }
}
