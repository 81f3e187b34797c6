//! Requests that may be sent twice: a new key's text follows from the request's idempotency key, so that it can be given again
//! without being stored.

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::actor::Actor;
use crate::digest::KeyDigest;
use crate::entropy::{Entropy, EntropyError};
use crate::format::Kind;
use crate::issue::{IssuedKey, Issuer};
use crate::owner::Owner;
use crate::seal::KeyRing;

/// Fewest characters of an idempotency key.
pub const IDEMPOTENCY_KEY_MIN: usize = 16;
/// Most characters of an idempotency key.
pub const IDEMPOTENCY_KEY_MAX: usize = 255;
/// How long a response is given again, in seconds: a day.
pub const IDEMPOTENCY_SECONDS: u32 = 86_400;

/// What separates keys for this purpose from seals: no key's text has a slash.
const PURPOSE: &[u8] = b"keyward/idempotency/v1";
/// Bytes of a salt.
const SALT_LEN: usize = 32;

/// What a client sends with a request that it may have to send again: 16 to 255 printable characters of ASCII. Whoever holds
/// it and may do the same gets the same key, so it is treated as a secret.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct IdempotencyKey(String);

/// The text is not an idempotency key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be {IDEMPOTENCY_KEY_MIN} to {IDEMPOTENCY_KEY_MAX} printable ASCII characters")]
pub struct IdempotencyKeyError;

impl TryFrom<String> for IdempotencyKey {
    type Error = IdempotencyKeyError;
    fn try_from(text: String) -> Result<Self, IdempotencyKeyError> {
        let is_long_enough = (IDEMPOTENCY_KEY_MIN..=IDEMPOTENCY_KEY_MAX).contains(&text.len());
        let is_printable = text.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if is_long_enough && is_printable { Ok(Self(text)) } else { Err(IdempotencyKeyError) }
    }
}

impl From<IdempotencyKey> for String {
    fn from(key: IdempotencyKey) -> Self {
        key.0
    }
}

/// Shows nothing of it.
impl fmt::Debug for IdempotencyKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdempotencyKey(***)")
    }
}

impl IdempotencyKey {
    /// Under which name it is stored: it counts for one owner and one caller.
    #[must_use]
    pub fn digest(&self, owner: &Owner, caller: &Actor) -> KeyDigest {
        // As a list in JSON, so that no two of them look the same.
        KeyDigest::of(&serde_json::json!([owner, caller, self.0]).to_string())
    }
}

/// Random bytes that are stored, so that nobody foresees a key's text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Salt([u8; SALT_LEN]);

impl Salt {
    /// A new one.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness.
    pub fn make(entropy: &mut impl Entropy) -> Result<Self, EntropyError> {
        let mut salt = [0; SALT_LEN];
        entropy.fill(&mut salt)?;
        Ok(Self(salt))
    }
}

impl TryFrom<String> for Salt {
    type Error = EntropyError;
    fn try_from(text: String) -> Result<Self, EntropyError> {
        let mut salt = [0; SALT_LEN];
        hex::decode_to_slice(text, &mut salt).map_err(|_| EntropyError)?;
        Ok(Self(salt))
    }
}

impl From<Salt> for String {
    fn from(salt: Salt) -> Self {
        hex::encode(salt.0)
    }
}

/// Bytes that follow from a seal key, a salt and an idempotency key. Without the seal key nobody can tell them from random ones.
struct Derived {
    keyed: Hmac<Sha256>,
    blocks: u32,
}

impl Derived {
    fn new(ring: &KeyRing, salt: &Salt, key: &IdempotencyKey) -> Result<Self, EntropyError> {
        let purpose = ring.derive(PURPOSE);
        let keyed = Hmac::<Sha256>::new_from_slice(&purpose).map_err(|_| EntropyError)?;
        // The salt has a fixed length and the hash of the key too, so what follows cannot be taken for a part of them.
        Ok(Self { keyed: keyed.chain_update(salt.0).chain_update(Sha256::digest(&key.0)), blocks: 0 })
    }
}

impl Entropy for Derived {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(SALT_LEN) {
            let block = self.keyed.clone().chain_update(self.blocks.to_be_bytes()).finalize().into_bytes();
            self.blocks = self.blocks.checked_add(1).ok_or(EntropyError)?;
            chunk.iter_mut().zip(block).for_each(|(slot, byte)| *slot = byte);
        }
        Ok(())
    }
}

impl Issuer {
    /// Issues a key that [`Issuer::issue_again`] can issue again.
    ///
    /// # Errors
    /// [`EntropyError`].
    pub fn issue_repeatably(
        &self,
        kind: Kind,
        owner: &Owner,
        salt: &Salt,
        key: &IdempotencyKey,
    ) -> Result<IssuedKey, EntropyError> {
        self.issue(kind, owner, &mut Derived::new(&self.ring, salt, key)?)
    }

    /// Issues the key of this digest again. `None` if the seal key that it was issued with is no longer in the ring.
    #[must_use]
    pub fn issue_again(
        &self,
        kind: Kind,
        owner: &Owner,
        salt: &Salt,
        key: &IdempotencyKey,
        digest: &KeyDigest,
    ) -> Option<IssuedKey> {
        // Seals have been made with the newest key of the time.
        self.ring.each().find_map(|ring| {
            let then = Self { ring, ..self.clone() };
            let issued = then.issue_repeatably(kind, owner, salt, key).ok()?;
            issued.digest().matches(digest).then_some(issued)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::{Brand, Environment};
    use crate::owner::OwnerId;

    struct Fixed(u8);

    impl Entropy for Fixed {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.fill(self.0);
            Ok(())
        }
    }

    fn issuer(ring: &str) -> Issuer {
        let brand = Brand::parse("kw").expect("brand");
        Issuer { brand, environment: Environment::Test, ring: KeyRing::parse(ring).expect("ring") }
    }

    fn acme() -> Owner {
        Owner::Organization(OwnerId::parse("acme").expect("id"))
    }

    fn key(text: &str) -> IdempotencyKey {
        IdempotencyKey::try_from(text.to_owned()).expect("a key")
    }

    #[test]
    fn idempotency_keys_are_printable_and_neither_short_nor_long() {
        for good in [&"x".repeat(16), &"x".repeat(255), "\"a quoted text~\""] {
            assert!(IdempotencyKey::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", &"x".repeat(15), &"x".repeat(256), "0123456789abcde\t", "0123456789abcdeé"] {
            assert_eq!(IdempotencyKey::try_from(bad.to_owned()), Err(IdempotencyKeyError), "{bad}");
        }
        assert_eq!(format!("{:?}", key("0123456789abcdef")), "IdempotencyKey(***)");
    }

    #[test]
    fn the_same_key_is_issued_again_even_if_the_seal_keys_were_rotated() {
        let (a, b) = ("5e".repeat(32), "c4".repeat(32));
        let (salt, key) = (Salt::make(&mut Fixed(7)).expect("salt"), key("0123456789abcdef"));
        let first = issuer(&a).issue_repeatably(Kind::Secret, &acme(), &salt, &key).expect("a key");
        let again = |ring: &str, key: &IdempotencyKey, salt: &Salt| {
            let issued = issuer(ring).issue_again(Kind::Secret, &acme(), salt, key, &first.digest());
            issued.map(|issued| issued.text().to_owned())
        };
        for ring in [a.clone(), format!("{b},{a}"), format!("{a},{b}")] {
            assert_eq!(again(&ring, &key, &salt).as_deref(), Some(first.text()), "{ring}");
        }
        assert_eq!(again(&b, &key, &salt), None, "the seal key is gone");
        assert_eq!(again(&a, &self::key("0123456789abcdeF"), &salt), None);
        assert_eq!(again(&a, &key, &Salt::make(&mut Fixed(8)).expect("salt")), None);
    }

    #[test]
    fn bytes_are_derived_block_by_block_and_never_repeat() {
        let ring = issuer(&"5e".repeat(32)).ring;
        let salt = Salt::make(&mut Fixed(7)).expect("salt");
        let mut derived = Derived::new(&ring, &salt, &key("0123456789abcdef")).expect("derived");
        let mut bytes = [0; 96];
        derived.fill(&mut bytes).expect("bytes");
        let mut more = [0; 32];
        derived.fill(&mut more).expect("bytes");
        let blocks: std::collections::BTreeSet<&[u8]> = bytes.chunks(32).chain([&more[..]]).collect();
        assert_eq!(blocks.len(), 4);
    }

    #[test]
    fn an_idempotency_key_counts_for_one_owner_and_one_caller() {
        let id = |text: &str| OwnerId::parse(text).expect("id");
        let actor = |text: &str| Actor::User { id: id(text), key: None };
        let digest = |owner: &Owner, caller: &str| key("0123456789abcdef").digest(owner, &actor(caller));
        assert!(digest(&acme(), "ada").matches(&digest(&acme(), "ada")));
        assert!(!digest(&acme(), "ada").matches(&digest(&acme(), "bob")));
        assert!(!digest(&acme(), "ada").matches(&digest(&Owner::User(id("acme")), "ada")));
    }
}
