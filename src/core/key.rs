//! A key's text, read in stages that are types: [`ShapedKey`] (the grammar holds) → [`WellFormedKey`]
//! (the checksum holds) → [`AuthenticKey`] (this deployment made it).

use core::fmt;

use crate::checksum::{CHECKSUM_LEN, checksum};
use crate::digest::KeyDigest;
use crate::error::ParseKeyError;
use crate::format::{Environment, Kind, is_brand};
use crate::owner::LedgerLocator;
use crate::redact::Redacted;
use crate::seal::{KeyRing, SEAL_LEN};

/// Longest text that is looked at, in bytes; anything longer is not a key.
pub const KEY_MAX: usize = 128;
/// Random characters of a key: 32 × log2(62) = 190.5 bits.
pub(crate) const SECRET_LEN: usize = 32;
/// The only version so far.
pub(crate) const VERSION: u8 = b'1';
/// Characters after the last underscore in version 1: version, ledger, secret, seal, checksum.
pub const BODY_LEN: usize = 1 + LedgerLocator::LEN + SECRET_LEN + SEAL_LEN + CHECKSUM_LEN;

/// A text of the right grammar. Nothing is known of its checksum yet.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShapedKey<'a> {
    text: &'a str,
    brand: &'a str,
    kind: Kind,
    environment: Environment,
    ledger: LedgerLocator,
}

impl<'a> ShapedKey<'a> {
    /// Reads a key's grammar.
    ///
    /// # Errors
    /// The first [`ParseKeyError`] that applies, in the order of its variants.
    pub fn parse(text: &'a str) -> Result<Self, ParseKeyError> {
        if text.is_empty() {
            return Err(ParseKeyError::Empty);
        }
        if text.len() > KEY_MAX {
            return Err(ParseKeyError::TooLong);
        }
        let foreign = |byte: u8| !(byte.is_ascii_alphanumeric() || byte == b'_');
        // Without an early exit the compiler looks at sixteen bytes at a time.
        if text.bytes().fold(false, |found, byte| found | foreign(byte)) {
            let index = text.bytes().position(foreign).unwrap_or_default();
            return Err(ParseKeyError::BadCharacter { index });
        }
        let (brand, kind, environment, body) = split(text).ok_or(ParseKeyError::BadPrefix)?;
        if body.as_bytes().first() != Some(&VERSION) {
            return Err(ParseKeyError::UnknownVersion);
        }
        if body.len() != BODY_LEN {
            return Err(ParseKeyError::BadLength { expected: BODY_LEN, actual: body.len() });
        }
        let ledger = body.as_bytes().iter().skip(1);
        let mut locator = [b'0'; LedgerLocator::LEN];
        locator.iter_mut().zip(ledger).for_each(|(slot, byte)| *slot = *byte);
        Ok(Self { text, brand, kind, environment, ledger: LedgerLocator(locator) })
    }

    /// Goes on to the checksum.
    ///
    /// # Errors
    /// [`ParseKeyError::BadChecksum`].
    pub fn well_formed(self) -> Result<WellFormedKey<'a>, ParseKeyError> {
        match self.text.as_bytes().split_last_chunk::<CHECKSUM_LEN>() {
            Some((head, found)) if checksum(head) == *found => Ok(WellFormedKey(self)),
            _ => Err(ParseKeyError::BadChecksum),
        }
    }
}

/// A text's prefix and its body. It is split from the left, where the words are short; an underscore further
/// right means that the prefix, everything before the last underscore, is not as in the grammar.
fn split(text: &str) -> Option<(&str, Kind, Environment, &str)> {
    let (brand, rest) = first_word(text)?;
    let (kind, rest) = first_word(rest)?;
    let (environment, body) = first_word(rest)?;
    let underscore = |byte: u8| byte == b'_';
    if !is_brand(brand) || body.bytes().fold(false, |found, byte| found | underscore(byte)) {
        return None;
    }
    Some((brand, Kind::parse(kind)?, Environment::parse(environment)?, body))
}

/// What stands before and after the first underscore. `split_once` does the same, and takes twice as long for short words.
fn first_word(text: &str) -> Option<(&str, &str)> {
    let at = text.bytes().position(|byte| byte == b'_')?;
    Some((text.get(..at)?, text.get(at + 1..)?))
}

/// A text whose grammar and checksum hold. Anyone can make one, so it need not be valid.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct WellFormedKey<'a>(ShapedKey<'a>);

impl<'a> WellFormedKey<'a> {
    /// Reads a key's grammar and checksum.
    ///
    /// # Errors
    /// The first [`ParseKeyError`] that applies, in the order of its variants.
    pub fn parse(text: &'a str) -> Result<Self, ParseKeyError> {
        ShapedKey::parse(text)?.well_formed()
    }

    /// How many characters the key has: needed to find keys in a longer text.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no key is empty")]
    pub fn len(&self) -> usize {
        self.0.text.len()
    }

    /// The brand in the key's prefix.
    #[must_use]
    pub fn brand(&self) -> &'a str {
        self.0.brand
    }

    /// The kind in the key's prefix.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The environment in the key's prefix.
    #[must_use]
    pub fn environment(&self) -> Environment {
        self.0.environment
    }

    /// The format version in the key.
    #[must_use]
    pub fn version(&self) -> u8 {
        VERSION - b'0'
    }

    /// Which ledger holds the key's owner.
    #[must_use]
    pub fn ledger(&self) -> LedgerLocator {
        self.0.ledger
    }

    /// The form that people may see.
    #[must_use]
    pub fn redacted(&self) -> Redacted<'a> {
        Redacted::of(self.0.text, self.0.brand, self.0.kind, self.0.environment)
    }

    /// The only form of a secret key that is stored.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        KeyDigest::of(self.0.text)
    }

    /// Goes on to the seal: was this key made with one of these seal keys?
    #[must_use]
    pub fn authenticate(self, ring: &KeyRing) -> Option<AuthenticKey<'a>> {
        let (rest, _checksum) = self.0.text.as_bytes().split_last_chunk::<CHECKSUM_LEN>()?;
        let (head, seal) = rest.split_last_chunk::<SEAL_LEN>()?;
        ring.accepts(head, seal).then(|| AuthenticKey { key: self, digest: self.digest() })
    }
}

/// A key that this deployment issued. Only the store knows whether it is still valid.
#[derive(Clone, Copy)]
pub struct AuthenticKey<'a> {
    key: WellFormedKey<'a>,
    digest: KeyDigest,
}

impl AuthenticKey<'_> {
    /// The only form of a secret key that is stored. It is computed once.
    #[must_use]
    pub fn digest(&self) -> KeyDigest {
        self.digest
    }
}

impl<'a> core::ops::Deref for AuthenticKey<'a> {
    type Target = WellFormedKey<'a>;
    fn deref(&self) -> &Self::Target {
        &self.key
    }
}

/// Shows the redacted form only.
impl fmt::Debug for ShapedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ShapedKey({})", Redacted::of(self.text, self.brand, self.kind, self.environment))
    }
}

/// Shows the redacted form only.
impl fmt::Debug for WellFormedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WellFormedKey({})", self.redacted())
    }
}

/// Shows the redacted form only.
impl fmt::Debug for AuthenticKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AuthenticKey({})", self.redacted())
    }
}
