//! Foreign keys: keys that another system has issued, imported as the hashes that it had stored. They name no ledger and bear
//! no seal, so they are looked up in an organization, by computing each hash that it may have.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256, Sha512};

use crate::digest::KeyDigest;
use crate::format::{Environment, Kind};
use crate::issue::Issuer;
use crate::owner::Owner;
use crate::redact::MASK;
use crate::settings::Title;
use crate::word::words;

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

macro_rules! choice {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $text:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub enum $name {
            $($(#[$word_doc])* #[serde(rename = $text)] $word,)+
        }

        impl $name {
            /// Every word.
            pub const ALL: &[Self] = &[$(Self::$word,)+];

            /// The word.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$word => $text,)+ }
            }
        }

        words!($name);
    };
}

choice! {
    /// How a hash was made.
    HashAlgorithm {
        /// SHA-256, with a salt or without.
        #[default]
        Sha256 = "sha256",
        /// SHA-512, with a salt or without.
        Sha512 = "sha512",
        /// HMAC-SHA-256, with the pepper as its key.
        HmacSha256 = "hmac-sha256",
        /// scrypt with N = 16384, r = 8 and p = 1.
        Scrypt = "scrypt",
    }
}

choice! {
    /// How bytes are written.
    Encoding {
        /// As UTF-8.
        #[default]
        Text = "text",
        /// In hexadecimal.
        Hex = "hex",
        /// In Base64, with padding or without.
        Base64 = "base64",
        /// In Base64 for URLs, with padding or without.
        Base64Url = "base64url",
    }
}

choice! {
    /// What of a key was hashed.
    HashedPart {
        /// All of it.
        #[default]
        Whole = "whole",
        /// What follows its last underscore.
        AfterLastUnderscore = "after_last_underscore",
    }
}

choice! {
    /// Where a salt was put.
    SaltPosition {
        /// Before the key.
        #[default]
        Before = "before",
        /// After the key.
        After = "after",
    }
}

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

/// A hash as another system has stored it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "ImportedHash", deny_unknown_fields)]
pub struct StatedHash {
    /// How it was made.
    algorithm: HashAlgorithm,
    /// How `value` is written: `hex`, `base64` or `base64url`.
    encoding: Encoding,
    /// The hash.
    value: String,
    /// What of the key was hashed.
    #[serde(default)]
    part: HashedPart,
    /// The salt, as it was used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    salt: Option<String>,
    /// How `salt` is written. Most systems use the text itself, whatever it looks like.
    #[serde(default)]
    salt_encoding: Encoding,
    /// Where the salt was put.
    #[serde(default)]
    salt_position: SaltPosition,
    /// The key of HMAC. It is kept with the hash, and shown by an export alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pepper: Option<String>,
    /// How `pepper` is written.
    #[serde(default)]
    pepper_encoding: Encoding,
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

fn decode(text: &str, encoding: Encoding) -> Option<Vec<u8>> {
    let unpadded = text.trim_end_matches('=');
    let padding = text.len() - unpadded.len();
    let is_base64 = padding == 0 || padding <= 2 && text.len().is_multiple_of(4);
    match encoding {
        Encoding::Text => Some(text.as_bytes().to_vec()),
        Encoding::Hex => hex::decode(text).ok(),
        _ if !is_base64 => None,
        Encoding::Base64 if text.contains(['-', '_']) => None,
        // Read as the other, so that there is one reader.
        Encoding::Base64 => Base64UrlUnpadded::decode_vec(&unpadded.replace('+', "-").replace('/', "_")).ok(),
        Encoding::Base64Url => Base64UrlUnpadded::decode_vec(unpadded).ok(),
    }
}

/// A salt or a pepper, in hexadecimal.
fn seasoning(
    text: Option<&str>,
    encoding: Encoding,
    error: ForeignError,
) -> Result<Option<String>, ForeignError> {
    let Some(text) = text else { return Ok(None) };
    let bytes = decode(text, encoding).filter(|bytes| (1..=SALT_MAX).contains(&bytes.len()));
    bytes.map(|bytes| Some(hex::encode(bytes))).ok_or(error)
}

impl TryFrom<StatedHash> for ForeignHash {
    type Error = ForeignError;

    fn try_from(stated: StatedHash) -> Result<Self, ForeignError> {
        use HashAlgorithm::{HmacSha256, Scrypt, Sha256, Sha512};
        let StatedHash { algorithm, encoding, part, salt_position, .. } = stated;
        let value = decode(&stated.value, encoding).filter(|_| encoding != Encoding::Text);
        let value = value.ok_or(ForeignError::Value)?;
        let is_right_length = match algorithm {
            Sha256 | HmacSha256 => value.len() == 32,
            Sha512 => value.len() == 64,
            Scrypt => (16..=64).contains(&value.len()),
        };
        if !is_right_length {
            return Err(ForeignError::Length);
        }
        let salt = seasoning(stated.salt.as_deref(), stated.salt_encoding, ForeignError::Salt)?;
        match (algorithm, &salt) {
            (Scrypt, None) | (HmacSha256, Some(_)) => return Err(ForeignError::SaltUnfit),
            _ => {}
        }
        let pepper = seasoning(stated.pepper.as_deref(), stated.pepper_encoding, ForeignError::Pepper)?;
        if pepper.is_some() != (algorithm == HmacSha256) {
            return Err(ForeignError::Pepper);
        }
        // Where a salt is put has no meaning for scrypt, nor where there is none.
        let is_salted = salt.is_some() && algorithm != Scrypt;
        let salt_position = if is_salted { salt_position } else { SaltPosition::default() };
        let recipe = Recipe { algorithm, part, salt, salt_position, pepper };
        Ok(Self { recipe, value: hex::encode(value) })
    }
}

impl From<ForeignHash> for StatedHash {
    fn from(ForeignHash { recipe, value }: ForeignHash) -> Self {
        let Recipe { algorithm, part, salt, salt_position, pepper } = recipe;
        Self {
            algorithm,
            encoding: Encoding::Hex,
            value,
            part,
            salt,
            salt_encoding: Encoding::Hex,
            salt_position,
            pepper,
            pepper_encoding: Encoding::Hex,
        }
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

/// A foreign key's redacted form: how it begins, `***`, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hint(String);

/// Of how many characters the two sides of a redacted form are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    start: usize,
    end: usize,
}

impl TryFrom<String> for Hint {
    type Error = ForeignError;

    fn try_from(text: String) -> Result<Self, ForeignError> {
        let is_side = |side: &str| {
            side.len() <= HINT_SIDE_MAX && side.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*')
        };
        let is_hint = text.split_once(MASK).is_some_and(|(start, end)| is_side(start) && is_side(end));
        if is_hint { Ok(Self(text)) } else { Err(ForeignError::Redacted) }
    }
}

impl From<Hint> for String {
    fn from(hint: Hint) -> Self {
        hint.0
    }
}

impl Hint {
    /// The redacted form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of how many characters its sides are.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let (start, end) = self.0.split_once(MASK).unwrap_or_default();
        Shape { start: start.len(), end: end.len() }
    }

    /// Whether it says anything.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        self.0 != MASK
    }
}

impl Shape {
    /// The redacted form that a text has in this shape.
    #[must_use]
    pub fn of(self, text: &str) -> Option<String> {
        let start = text.get(..self.start)?;
        let end = text.get(text.len().checked_sub(self.end)?..)?;
        Some([start, MASK, end].concat())
    }
}

/// What is known of a foreign key besides what every key has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Foreign {
    /// Who has created it, in the words of the system that it comes from.
    pub creator: Option<Title>,
    /// Whether its digest is still to be found out: its text was not seen yet.
    pub is_pending: bool,
}
