//! Whose keys these are, and which ledger holds them.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base62;

/// Longest id of an organization or user, in characters.
pub const OWNER_ID_MAX: usize = 64;

/// The id of an organization or a user, chosen by the application: 1 to 64 of `[A-Za-z0-9_-]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnerId(String);

impl OwnerId {
    /// Reads an id.
    ///
    /// # Errors
    /// [`OwnerIdError`] when it is empty, too long, or has another character.
    pub fn parse(text: &str) -> Result<Self, OwnerIdError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
        if (1..=OWNER_ID_MAX).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(OwnerIdError::Grammar)
        }
    }

    /// Reads the id of a user. `me` is not one: in a path it stands for the calling user.
    ///
    /// # Errors
    /// [`OwnerIdError`].
    pub fn parse_user(text: &str) -> Result<Self, OwnerIdError> {
        if text == "me" { Err(OwnerIdError::Me) } else { Self::parse(text) }
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The id in lower case. Two organizations never have ids that differ in case alone.
    #[must_use]
    pub fn folded(&self) -> Self {
        Self(self.0.to_ascii_lowercase())
    }
}

impl fmt::Display for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for OwnerId {
    type Error = OwnerIdError;
    fn try_from(text: String) -> Result<Self, OwnerIdError> {
        Self::parse(&text)
    }
}

impl From<OwnerId> for String {
    fn from(id: OwnerId) -> Self {
        id.0
    }
}

/// The text is not an id of an organization or user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OwnerIdError {
    /// It is empty, too long, or has another character.
    #[error("must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
    Grammar,
    /// It stands for the calling user.
    #[error("`me` stands for the calling user and cannot be a user's id")]
    Me,
}

/// Whose keys they are. Written and stored as `{"type": "organization", "id": "acme"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Owner {
    /// The deployment itself. Holds `sk` keys for the operator's own programs, and has no id.
    Deployment(()),
    /// Holds `sk` and `pk` keys; any member manages them.
    Organization(OwnerId),
    /// Holds `pat` keys; only this user manages them.
    User(OwnerId),
}

impl Owner {
    /// The deployment.
    pub const DEPLOYMENT: Self = Self::Deployment(());

    /// `deployment`, `organizations/<id>` or `users/<id>`, as in a path.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Deployment(()) => "deployment".to_owned(),
            Self::Organization(id) => format!("organizations/{id}"),
            Self::User(id) => format!("users/{id}"),
        }
    }

    /// The ledger that holds this owner's keys.
    ///
    /// Never change: every key carries the locator. Two owners may share one, so rows carry the owner.
    #[must_use]
    pub fn ledger(&self) -> LedgerLocator {
        LedgerLocator::of(&self.to_string())
    }
}

/// `deployment`, `organization:<id>` or `user:<id>`.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deployment(()) => f.write_str("deployment"),
            Self::Organization(id) => write!(f, "organization:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
        }
    }
}

/// Eight base62 digits that name a ledger (a Durable Object).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LedgerLocator(pub(crate) [u8; Self::LEN]);

impl LedgerLocator {
    /// Characters of a locator.
    pub const LEN: usize = 8;

    /// The ledger with this name.
    pub(crate) fn of(name: &str) -> Self {
        let hash = Sha256::new().chain_update(b"ledger:").chain_update(name).finalize();
        Self(base62::encode(first_u64(&hash)))
    }

    /// The locator as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Base62 digits are ASCII, so this is never the empty alternative.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// The first eight bytes of a hash as a big-endian number.
pub(crate) fn first_u64(hash: &[u8]) -> u64 {
    hash.iter().take(8).fold(0, |number, byte| (number << 8) | u64::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_one_to_sixty_four_of_the_alphabet() {
        for good in ["a", "A-b_9", &"x".repeat(64)] {
            assert!(OwnerId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", &"x".repeat(65), "a b", "a/b", "ä", "a\n", "a:b"] {
            assert_eq!(OwnerId::parse(bad), Err(OwnerIdError::Grammar), "{bad}");
        }
    }

    #[test]
    fn organization_and_user_of_one_id_have_different_ledgers() {
        let id = OwnerId::parse("ada").expect("valid");
        assert_ne!(Owner::Organization(id.clone()).ledger(), Owner::User(id).ledger());
    }
}
