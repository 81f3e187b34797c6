//! Foreign keys: keys that another system has issued, imported as the hashes that it had stored. They name no ledger and bear
//! no seal, so they are looked up in an organization, by computing each hash that it may have.

mod hint;
mod stated;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};

pub use hint::{Hint, Shape};
pub use stated::{Encoding, HashAlgorithm, HashedPart, SaltPosition, StatedHash};

use crate::digest::KeyDigest;
use crate::format::{Environment, Kind};
use crate::issue::Issuer;
use crate::owner::Owner;
use crate::settings::Title;

/// Shortest and longest text that may be a foreign key, in bytes.
pub const FOREIGN_KEY_LEN: core::ops::RangeInclusive<usize> = 8..=512;
/// Longest salt and pepper, in bytes.
pub const SALT_MAX: usize = 256;
/// Most characters of a redacted form, on each side of what it hides.
pub const HINT_SIDE_MAX: usize = 16;
/// Most recipes of an organization's foreign keys that need no redacted form.
pub const RECIPES_MAX: usize = 64;
/// Most shapes of redacted forms by which an organization's foreign keys are found.
pub const SHAPES_MAX: usize = 16;
/// Most foreign keys of an organization that have one redacted form and wait for their first use.
pub const ALIKE_MAX: usize = 8;

/// Why a hash is not one that a foreign key can have. No variant holds any part of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ForeignError {
    /// The value is not written so.
    #[error("must have a `value` that is written as its `encoding` says: hex, base64 or base64url")]
    Value,
    /// The value has another length.
    #[error("must have a `value` of 32 bytes; of 64 for sha512, and of 16 to 64 for scrypt")]
    Length,
    /// The salt is not one.
    #[error("must have a `salt` of 1 to {SALT_MAX} bytes, written as `salt_encoding` says")]
    Salt,
    /// scrypt without a salt, or HMAC with one.
    #[error(
        "must have a `salt` for scrypt, may have one for sha256 and sha512, and has none for hmac-sha256"
    )]
    SaltUnfit,
    /// The pepper is not one.
    #[error("must have a `pepper` of 1 to {SALT_MAX} bytes for hmac-sha256, and has none otherwise")]
    Pepper,
    /// The redacted form is not one.
    #[error(
        "must be the beginning of the key, ***, and its end, each of at most {HINT_SIDE_MAX} printable ASCII characters"
    )]
    Redacted,
}

/// How the hash of a key's text is computed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    algorithm: HashAlgorithm,
    part: HashedPart,
    /// In hexadecimal, as the pepper.
    salt: Option<String>,
    salt_position: SaltPosition,
    pepper: Option<String>,
}

/// Shows neither salt nor pepper.
impl core::fmt::Debug for Recipe {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Recipe({})", self.algorithm.as_str())
    }
}

/// The hash of a foreign key, and how it was made.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "StatedHash", into = "StatedHash")]
pub struct ForeignHash {
    recipe: Recipe,
    value: String,
}

/// Shows nothing of the hash.
impl core::fmt::Debug for ForeignHash {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "ForeignHash({:?})", self.recipe)
    }
}

impl ForeignHash {
    /// How it was made.
    #[must_use]
    pub fn recipe(&self) -> &Recipe {
        &self.recipe
    }

    /// The hash, in hexadecimal.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The digest under which an organization's key of this hash is found from the start: that of a plain SHA-256 of the whole
    /// text says what every later one is made of.
    #[must_use]
    pub fn digest(&self, owner: &Owner) -> Option<KeyDigest> {
        let plain = Recipe {
            algorithm: HashAlgorithm::Sha256,
            part: HashedPart::Whole,
            salt: None,
            salt_position: SaltPosition::Before,
            pepper: None,
        };
        (self.recipe == plain).then(|| bound(owner, &self.value))
    }

    /// What stands in place of a digest that is not known yet. It is the digest of no text that is looked up.
    #[must_use]
    pub fn stand_in(&self, owner: &Owner) -> KeyDigest {
        KeyDigest::of(&format!("foreign hash:{owner}:{}:{}", self.recipe.id(), self.value))
    }

    /// The redacted form by which a key of this hash and this redacted form is found; `None` where the hash is looked up without.
    #[must_use]
    pub fn hint(&self, redacted: &str) -> Option<Hint> {
        let hint = Hint::try_from(redacted.to_owned()).ok()?;
        (self.recipe.is_salted() && hint.is_telling()).then_some(hint)
    }

    /// Whether it is that of this text.
    #[must_use]
    pub fn is_of(&self, text: &str) -> bool {
        // A shorter hash of scrypt is the beginning of a longer one.
        let made = self.recipe.apply(text).unwrap_or_default();
        made.get(..self.value.len())
            .is_some_and(|made| KeyDigest::of(made).matches(&KeyDigest::of(&self.value)))
    }
}

impl Recipe {
    /// The recipe's name among others.
    #[must_use]
    pub fn id(&self) -> String {
        let digest = KeyDigest::of(&serde_json::to_string(self).unwrap_or_default());
        digest.to_hex().chars().take(32).collect()
    }

    /// Whether few keys share it, so that they are looked for by what is known of their texts: those with a salt.
    #[must_use]
    pub fn is_salted(&self) -> bool {
        self.salt.is_some()
    }

    /// Whether it takes so long that it is computed only where there is reason to.
    #[must_use]
    pub fn is_slow(&self) -> bool {
        self.algorithm == HashAlgorithm::Scrypt
    }

    /// The hash of a text, in hexadecimal; nothing where the text has no such part. One of scrypt has the usual 64 bytes.
    #[must_use]
    pub fn apply(&self, text: &str) -> Option<String> {
        let part = match self.part {
            HashedPart::Whole => text,
            // Every text that ends with it would have the hash of nothing.
            HashedPart::AfterLastUnderscore => text.rsplit_once('_').filter(|(_, part)| !part.is_empty())?.1,
        };
        let read =
            |text: &Option<String>| hex::decode(text.as_deref().unwrap_or_default()).unwrap_or_default();
        let (salt, pepper) = (read(&self.salt), read(&self.pepper));
        let ordered: [&[u8]; 2] = match self.salt_position {
            SaltPosition::Before => [&salt, part.as_bytes()],
            SaltPosition::After => [part.as_bytes(), &salt],
        };
        let salted = || ordered.concat();
        Some(match self.algorithm {
            HashAlgorithm::Sha256 => hex::encode(Sha256::digest(salted())),
            HashAlgorithm::Sha512 => hex::encode(Sha512::digest(salted())),
            HashAlgorithm::HmacSha256 => {
                let mac = Hmac::<Sha256>::new_from_slice(&pepper).ok()?;
                hex::encode(mac.chain_update(part).finalize().into_bytes())
            }
            HashAlgorithm::Scrypt => {
                let mut made = [0; 64];
                let params = scrypt::Params::new(14, 8, 1).ok()?;
                scrypt::scrypt(part.as_bytes(), &salt, &params, &mut made).ok()?;
                hex::encode(made)
            }
        })
    }
}

/// The digest of a foreign key's text, as the key of one organization: the same text in two of them is two keys.
#[must_use]
pub fn digest_of(owner: &Owner, text: &str) -> KeyDigest {
    bound(owner, &KeyDigest::of(text).to_hex())
}

fn bound(owner: &Owner, sha256: &str) -> KeyDigest {
    KeyDigest::of(&format!("foreign:{owner}:{sha256}"))
}

/// Whether a text that is no key of ours may be a foreign one. What begins as ours do is a damaged one.
#[must_use]
pub fn may_be_foreign(text: &str, issuer: &Issuer) -> bool {
    let mut words = text.splitn(4, '_');
    let is_ours = words.next() == Some(issuer.brand.as_str())
        && words.next().is_some_and(|word| Kind::parse(word).is_some())
        && words.next().is_some_and(|word| Environment::parse(word).is_some());
    FOREIGN_KEY_LEN.contains(&text.len()) && !is_ours && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// What is known of a foreign key besides what every key has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// Who has created it, in the words of the system that it comes from.
    pub creator: Option<Title>,
    /// Whether its digest is still to be found out: its text was not seen yet.
    pub is_pending: bool,
}
