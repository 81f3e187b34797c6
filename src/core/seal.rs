//! The seal: a keyed tag that only this deployment can make or check.
//!
//! It lets the server refuse a forged key without reading any storage. A forger succeeds with probability
//! 2^-64 per try, and a success only buys one read.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

use crate::base62;
use crate::owner::first_u64;

/// Digits of a seal: the fewest that hold 64 bits.
pub(crate) const SEAL_LEN: usize = 11;
/// Bytes of a seal key.
pub const SEAL_KEY_LEN: usize = 32;

/// The deployment's seal keys, newest first: the newest makes seals, any of them proves one.
#[derive(Clone)]
pub struct KeyRing {
    newest: Hmac<Sha256>,
    older: Vec<Hmac<Sha256>>,
}

impl KeyRing {
    /// Reads seal keys as 64 hexadecimal characters each, newest first, with commas or white space between.
    ///
    /// # Errors
    /// [`KeyRingError`] names the first entry that is not a seal key, by its position.
    pub fn parse(text: &str) -> Result<Self, KeyRingError> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let mut keys = words
            .enumerate()
            .map(|(index, word)| keyed(word).ok_or(KeyRingError::BadKey { position: index + 1 }));
        let newest = keys.next().ok_or(KeyRingError::Empty)??;
        Ok(Self { newest, older: keys.collect::<Result<_, _>>()? })
    }

    /// The seal over everything before it in a key.
    pub(crate) fn seal(&self, head: &[u8]) -> [u8; SEAL_LEN] {
        seal_with(&self.newest, head)
    }

    /// Bytes for another purpose than seals, which follow from the newest key.
    pub(crate) fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        self.newest.clone().chain_update(purpose).finalize().into_bytes().into()
    }

    /// The ring with each of its keys alone, newest first.
    pub(crate) fn each(&self) -> impl Iterator<Item = Self> {
        core::iter::once(&self.newest)
            .chain(&self.older)
            .map(|key| Self { newest: key.clone(), older: Vec::new() })
    }

    /// Whether `seal` was made over `head` with any key of the ring, in time that does not depend on either.
    pub(crate) fn accepts(&self, head: &[u8], seal: &[u8; SEAL_LEN]) -> bool {
        let matches = |key| seal_with(key, head).ct_eq(seal);
        self.older.iter().fold(matches(&self.newest), |found: Choice, key| found | matches(key)).into()
    }
}

fn keyed(word: &str) -> Option<Hmac<Sha256>> {
    let mut key = [0; SEAL_KEY_LEN];
    hex::decode_to_slice(word, &mut key).ok()?;
    Hmac::new_from_slice(&key).ok()
}

fn seal_with(keyed: &Hmac<Sha256>, head: &[u8]) -> [u8; SEAL_LEN] {
    base62::encode(first_u64(&keyed.clone().chain_update(head).finalize().into_bytes()))
}

/// Shows how many seal keys there are, and nothing of them.
impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", 1 + self.older.len())
    }
}

/// The configured text holds no usable ring of seal keys.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyRingError {
    /// There is no seal key at all.
    #[error("there is no seal key; give 64 hexadecimal characters")]
    Empty,
    /// One entry is not a seal key.
    #[error("seal key {position} is not 64 hexadecimal characters")]
    BadKey {
        /// Which entry, counted from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "8ded4b4124f16fb9f79e64bba2d7f10940a71a7a6ffd70c30958133f8d40a40c";

    #[test]
    fn ring_is_read_newest_first() {
        let b = "0".repeat(64);
        let ring = KeyRing::parse(&format!("{A}, {b}\n")).expect("two keys");
        let old = KeyRing::parse(&b).expect("one key");
        assert!(ring.accepts(b"head", &ring.seal(b"head")));
        assert!(ring.accepts(b"head", &old.seal(b"head")));
        assert!(!old.accepts(b"head", &ring.seal(b"head")));
        assert_eq!(format!("{ring:?}"), "KeyRing(2 keys)");
    }

    #[test]
    fn what_is_not_a_ring_is_refused_by_position() {
        assert_eq!(KeyRing::parse(" , ").err(), Some(KeyRingError::Empty));
        assert_eq!(KeyRing::parse("zz").err(), Some(KeyRingError::BadKey { position: 1 }));
        assert_eq!(KeyRing::parse(&format!("{A},{A}0")).err(), Some(KeyRingError::BadKey { position: 2 }));
    }
}
