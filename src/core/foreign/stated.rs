//! Hashes as other systems have stored them, and how they say so.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};

use super::{ForeignError, ForeignHash, Recipe, SALT_MAX};
use crate::word::words;

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
