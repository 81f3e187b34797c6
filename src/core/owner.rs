//! Whose keys these are, and which ledger holds them.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::base62;
use crate::external::{escape, is_plain, unescape};

/// Longest id of an organization, in characters.
pub const ORGANIZATION_ID_MAX: usize = 64;
/// Longest id of a user, in characters.
pub const USER_ID_MAX: usize = 128;

/// The namespace of programs that Cloudflare Access vouches for.
pub const SERVICE_NAMESPACE: &str = "service";

/// The id of an organization or a user, chosen by the application. An organization's has 1 to 64 of `[A-Za-z0-9_-]`; a
/// user's has up to 128, among which other characters stand as `~XX`, as in `auth0~7C123`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OwnerId(String);

impl OwnerId {
    /// Reads the id of an organization.
    ///
    /// # Errors
    /// [`OwnerIdError`] when it is empty, too long, or has another character.
    pub fn parse(text: &str) -> Result<Self, OwnerIdError> {
        if (1..=ORGANIZATION_ID_MAX).contains(&text.len()) && text.bytes().all(is_plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(OwnerIdError::Organization)
        }
    }

    /// Reads the id of a user. `me` is not one: in a path it stands for the calling user.
    ///
    /// # Errors
    /// [`OwnerIdError`].
    pub fn parse_user(text: &str) -> Result<Self, OwnerIdError> {
        if text == "me" {
            Err(OwnerIdError::Me)
        } else if (1..=USER_ID_MAX).contains(&text.len()) && unescape(text).is_some() {
            Ok(Self(text.to_owned()))
        } else {
            Err(OwnerIdError::User)
        }
    }

    /// The id of the user whom an identity provider calls this.
    ///
    /// # Errors
    /// [`OwnerIdError`] when it is empty, too long to be an id, or `me`.
    pub fn from_external(text: &str) -> Result<Self, OwnerIdError> {
        // What is too long as it is does not get shorter.
        if text.len() > USER_ID_MAX { Err(OwnerIdError::User) } else { Self::parse_user(&escape(text)) }
    }

    /// What the identity provider calls this user.
    #[must_use]
    pub fn external(&self) -> String {
        unescape(&self.0).unwrap_or_default()
    }

    /// Whether this user is a program that Cloudflare Access vouches for.
    #[must_use]
    pub fn is_service(&self) -> bool {
        self.0.strip_prefix(SERVICE_NAMESPACE).is_some_and(|rest| rest.starts_with("~3A"))
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
    /// As it is stored, which is beside the word for whose id it is.
    fn try_from(text: String) -> Result<Self, OwnerIdError> {
        Self::parse(&text).or_else(|_| Self::parse_user(&text))
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
    /// It is not an organization's: empty, too long, or with another character.
    #[error("must be 1 to 64 characters of A-Z, a-z, 0-9, _ and -")]
    Organization,
    /// It is not a user's: empty, too long, or with something that is written otherwise.
    #[error(
        "must be 1 to 128 characters of A-Z, a-z, 0-9, _ and -; any other is written as ~ and two digits 0-9A-F for each byte of its UTF-8"
    )]
    User,
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
    fn ids_of_organizations_are_one_to_sixty_four_of_the_alphabet() {
        for good in ["a", "A-b_9", &"x".repeat(64)] {
            assert!(OwnerId::parse(good).is_ok(), "{good}");
        }
        for bad in ["", &"x".repeat(65), "a b", "a/b", "ä", "a\n", "a:b", "a~7C"] {
            assert_eq!(OwnerId::parse(bad), Err(OwnerIdError::Organization), "{bad}");
        }
    }

    #[test]
    fn ids_of_users_also_hold_what_providers_write() {
        for good in ["a", "A-b_9", "auth0~7C123", &"x".repeat(128), "~3A", "me~20"] {
            let id = OwnerId::parse_user(good).expect(good);
            assert_eq!(OwnerId::from_external(&id.external()), Ok(id));
        }
        for bad in ["", &"x".repeat(129), &"~7C".repeat(43), "a|b", "a~7c", "a~61", "~", "~FF"] {
            assert_eq!(OwnerId::parse_user(bad), Err(OwnerIdError::User), "{bad}");
        }
        for bad in ["", &"x".repeat(129), &"|".repeat(43)] {
            assert_eq!(OwnerId::from_external(bad), Err(OwnerIdError::User), "{bad}");
        }
        assert_eq!(OwnerId::parse_user("me"), Err(OwnerIdError::Me));
        assert_eq!(OwnerId::from_external("me"), Err(OwnerIdError::Me));
    }

    #[test]
    fn stored_ids_are_read_whosever_they_are() {
        for id in ["acme", "me", "auth0~7C123"] {
            let stored: OwnerId = serde_json::from_value(id.into()).expect(id);
            assert_eq!(stored.as_str(), id);
        }
        assert!(serde_json::from_value::<OwnerId>("a b".into()).is_err());
    }

    #[test]
    fn programs_are_told_from_people_by_their_namespace() {
        let is_service = |text| OwnerId::from_external(text).expect("id").is_service();
        assert!(is_service("service:ci.access"));
        for person in ["service", "service-x", "service~3Ax", "services:x", "access:service:x", "Service:x"] {
            assert!(!is_service(person), "{person}");
        }
    }

    #[test]
    fn organization_and_user_of_one_id_have_different_ledgers() {
        let id = OwnerId::parse("ada").expect("valid");
        assert_ne!(Owner::Organization(id.clone()).ledger(), Owner::User(id).ledger());
    }
}
