//! The digest of a key: the only form of a secret key that is ever stored.
//!
//! A plain SHA-256 is right here: the secret has 190 bits, where NIST SP 800-63B (look-up secrets) and
//! OWASP ASVS 5.0 6.5.2 ask for 112. A slow hash would cost every request and add nothing.

use core::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// SHA-256 of a key's text. Stored as 64 lowercase hexadecimal characters.
#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyDigest([u8; 32]);

impl KeyDigest {
    /// The digest of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Reads 64 hexadecimal characters.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }

    /// 64 lowercase hexadecimal characters. Goes to storage and nowhere else: no log, error or response.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
    }

    /// The bytes. They go nowhere that [`Self::to_hex`] does not.
    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// As [`Self::to_hex`] in ASCII, without an allocation: the npm package has no allocator.
    #[must_use]
    pub fn hex(&self) -> [u8; 64] {
        let mut digits = [b'0'; 64];
        // The lengths fit, so this does not fail.
        let _ = hex::encode_to_slice(self.0, &mut digits);
        digits
    }

    /// Constant-time comparison, which is why there is no `==`.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// Shows nothing of the digest.
impl fmt::Debug for KeyDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyDigest(***)")
    }
}

/// The text is not a SHA-256 digest in hexadecimal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be 64 hexadecimal characters")]
pub struct KeyDigestError;

impl TryFrom<String> for KeyDigest {
    type Error = KeyDigestError;
    fn try_from(text: String) -> Result<Self, KeyDigestError> {
        Self::from_hex(&text).ok_or(KeyDigestError)
    }
}

impl From<KeyDigest> for String {
    fn from(digest: KeyDigest) -> Self {
        digest.to_hex()
    }
}
