//! The digest of a key: the only form of a secret key that is ever stored.
//!
//! A plain SHA-256 is right here: the secret has 190 bits, where NIST SP 800-63B (look-up secrets) and
//! OWASP ASVS 5.0 6.5.2 ask for 112. A slow hash would cost every request and add nothing.

use core::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::stored::Stored;

/// SHA-256 of a key's text.
#[derive(Clone, Copy)]
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

    /// 64 lowercase hexadecimal characters. Goes to storage and nowhere else: no log, error or answer.
    #[must_use]
    pub fn to_hex(&self) -> String {
        hex::encode(self.0)
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

impl Serialize for KeyDigest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hex())
    }
}

impl Stored for KeyDigest {
    fn read(value: Value) -> Option<Self> {
        Self::from_hex(value.as_str()?)
    }
}
