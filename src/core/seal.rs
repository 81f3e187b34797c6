//! The seal: a keyed tag that only this deployment can make or check.
//!
//! It lets the server refuse a forged key without reading any storage. A forger succeeds with probability
//! 2^-64 per try, and a success only buys one read.
//!
//! A stamp proves the same of a value in KV: that this deployment has written it, and for that place.

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

/// Bytes of a stamp.
const STAMP_LEN: usize = 16;
/// What the keys of stamps are derived with.
const STAMP_LABEL: &[u8] = b"keyward/kv/v1";

/// The deployment's seal keys, newest first: the newest makes seals and stamps, any of them proves one.
#[derive(Clone)]
pub struct KeyRing {
    newest: SealKey,
    older: Vec<SealKey>,
}

/// A seal key, and the key of stamps that is derived from it.
#[derive(Clone)]
struct SealKey {
    seals: Hmac<Sha256>,
    stamps: Hmac<Sha256>,
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
            .map(|(index, word)| SealKey::read(word).ok_or(KeyRingError::BadKey { position: index + 1 }));
        let newest = keys.next().ok_or(KeyRingError::Empty)??;
        Ok(Self { newest, older: keys.collect::<Result<_, _>>()? })
    }

    /// The seal over everything before it in a key.
    pub(crate) fn seal(&self, head: &[u8]) -> [u8; SEAL_LEN] {
        self.newest.seal(head)
    }

    /// Bytes for another purpose than seals, which follow from the newest key.
    pub(crate) fn derive(&self, purpose: &[u8]) -> [u8; 32] {
        self.newest.seals.clone().chain_update(purpose).finalize().into_bytes().into()
    }

    /// The ring with each of its keys alone, newest first.
    pub(crate) fn each(&self) -> impl Iterator<Item = Self> {
        core::iter::once(&self.newest)
            .chain(&self.older)
            .map(|key| Self { newest: key.clone(), older: Vec::new() })
    }

    /// Whether `seal` was made over `head` with any key of the ring, in time that does not depend on either.
    pub(crate) fn accepts(&self, head: &[u8], seal: &[u8; SEAL_LEN]) -> bool {
        let matches = |key: &SealKey| key.seal(head).ct_eq(seal);
        self.older.iter().fold(matches(&self.newest), |found: Choice, key| found | matches(key)).into()
    }

    /// A value as it is stored in this place: with a stamp before it.
    #[must_use]
    pub fn stamped(&self, place: &str, value: &str) -> String {
        format!("{}.{value}", hex::encode(self.newest.stamp(place, value)))
    }

    /// The value, if any key of the ring has stamped it for this place. How long that takes does not depend on the stamp.
    #[must_use]
    pub fn unstamped<'a>(&self, place: &str, stored: &'a str) -> Option<&'a str> {
        let (stated, value) = stored.split_once('.')?;
        let mut stamp = [0; STAMP_LEN];
        hex::decode_to_slice(stated, &mut stamp).ok()?;
        let matches = |key: &SealKey| bool::from(key.stamp(place, value).ct_eq(&stamp));
        (matches(&self.newest) || self.older.iter().any(matches)).then_some(value)
    }
}

impl SealKey {
    /// Reads 64 hexadecimal characters.
    fn read(word: &str) -> Option<Self> {
        let mut key = [0; SEAL_KEY_LEN];
        hex::decode_to_slice(word, &mut key).ok()?;
        let seals = keyed(&key)?;
        let stamps = keyed(&tag(&seals, &[STAMP_LABEL]))?;
        Some(Self { seals, stamps })
    }

    fn seal(&self, head: &[u8]) -> [u8; SEAL_LEN] {
        base62::encode(first_u64(&tag(&self.seals, &[head])))
    }

    /// The stamp of a value for a place. No place has a zero byte in it.
    fn stamp(&self, place: &str, value: &str) -> [u8; STAMP_LEN] {
        let tag = tag(&self.stamps, &[place.as_bytes(), &[0], value.as_bytes()]);
        let mut stamp = [0; STAMP_LEN];
        stamp.iter_mut().zip(tag).for_each(|(slot, byte)| *slot = byte);
        stamp
    }
}

/// Not generic over what is hashed and not inlined: the code for hashing is large.
#[inline(never)]
fn keyed(key: &[u8]) -> Option<Hmac<Sha256>> {
    Hmac::new_from_slice(key).ok()
}

/// The tag of these parts, one after the other.
#[inline(never)]
fn tag(keyed: &Hmac<Sha256>, parts: &[&[u8]]) -> [u8; 32] {
    let mut tagged = keyed.clone();
    for part in parts {
        tagged.update(part);
    }
    tagged.finalize().into_bytes().into()
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
    fn a_value_is_believed_in_its_own_place_with_a_stamp_of_any_key_of_the_ring_and_nowhere_else() {
        let (b, c) = ("0".repeat(64), "1".repeat(64));
        let ring = KeyRing::parse(&format!("{A},{b}")).expect("two keys");
        let ([old, other], place) = ([&b, &c].map(|key| KeyRing::parse(key).expect("one key")), "key/00");
        let stored = ring.stamped(place, "{}");
        assert_eq!(stored, "055de2d79991d5de4844786c9ea42bef.{}");
        for believed in [stored.clone(), old.stamped(place, "{}")] {
            assert_eq!(ring.unstamped(place, &believed), Some("{}"));
        }
        assert_eq!(ring.unstamped("key/01", &stored), None, "a copy of another place");
        assert_eq!(old.unstamped(place, &stored), None);
        let (stamp, _) = stored.split_once('.').expect("a stamp");
        for forged in [
            "{}".to_owned(),
            ".{}".to_owned(),
            String::new(),
            format!("{stamp}.{{ }}"),
            format!("{stamp}0.{{}}"),
            format!("{}.{{}}", stamp.chars().skip(1).collect::<String>()),
            format!("{}.{{}}", "0".repeat(32)),
            other.stamped(place, "{}"),
        ] {
            assert_eq!(ring.unstamped(place, &forged), None, "{forged}");
        }
    }

    #[test]
    fn what_is_not_a_ring_is_refused_by_position() {
        assert_eq!(KeyRing::parse(" , ").err(), Some(KeyRingError::Empty));
        assert_eq!(KeyRing::parse("zz").err(), Some(KeyRingError::BadKey { position: 1 }));
        assert_eq!(KeyRing::parse(&format!("{A},{A}0")).err(), Some(KeyRingError::BadKey { position: 2 }));
    }
}
