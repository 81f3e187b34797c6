//! Issuing: a new key's text from randomness.

use core::fmt;

use crate::base62;
use crate::checksum::checksum;
use crate::digest::KeyDigest;
use crate::entropy::{Entropy, EntropyError};
use crate::format::{Brand, Environment, Kind};
use crate::key::{SECRET_LEN, VERSION};
use crate::owner::Owner;
use crate::redact::Redacted;
use crate::seal::KeyRing;

/// What a deployment issues keys with.
#[derive(Debug, Clone)]
pub struct Issuer {
    /// The first word of every key.
    pub brand: Brand,
    /// The third word of every key.
    pub environment: Environment,
    /// Seals every key.
    pub ring: KeyRing,
}

impl Issuer {
    /// Issues a key for `owner`.
    ///
    /// # Errors
    /// [`EntropyError`] when there is no randomness.
    pub fn issue(
        &self,
        kind: Kind,
        owner: &Owner,
        entropy: &mut impl Entropy,
    ) -> Result<IssuedKey, EntropyError> {
        let mut text = format!("{}_{}_{}_", self.brand, kind.as_str(), self.environment.as_str());
        push(&mut text, &[VERSION]);
        text.push_str(owner.ledger().as_str());
        push(&mut text, &secret(entropy)?);
        let seal = self.ring.seal(text.as_bytes());
        push(&mut text, &seal);
        let sum = checksum(text.as_bytes());
        push(&mut text, &sum);
        let redacted = Redacted::of(&text, self.brand.as_str(), kind, self.environment).to_string();
        Ok(IssuedKey { text, redacted })
    }
}

fn push(text: &mut String, ascii: &[u8]) {
    text.extend(ascii.iter().copied().map(char::from));
}

/// Base62 characters without bias: a byte from 248 (4 × 62) up is skipped.
pub(crate) fn secret(entropy: &mut impl Entropy) -> Result<[u8; SECRET_LEN], EntropyError> {
    let mut secret = [0; SECRET_LEN];
    let mut filled = 0;
    while filled < SECRET_LEN {
        let mut bytes = [0; SECRET_LEN];
        entropy.fill(&mut bytes)?;
        for byte in bytes.into_iter().filter(|byte| *byte < 248) {
            if let Some(slot) = secret.get_mut(filled) {
                *slot = base62::digit(u64::from(byte));
                filled += 1;
            }
        }
    }
    Ok(secret)
}

/// A freshly issued key. Its text is shown to its creator once.
pub struct IssuedKey {
    text: String,
    redacted: String,
}

impl IssuedKey {
    /// The whole key.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The form that people may see.
    #[must_use]
    pub fn redacted(&self) -> &str {
        &self.redacted
    }

    /// The form that is stored.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(&self.text)
    }
}

/// Shows the redacted form only.
impl fmt::Debug for IssuedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IssuedKey({})", self.redacted)
    }
}
