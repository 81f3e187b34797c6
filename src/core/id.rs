//! Ids that the server makes: a prefix and a ULID, so that they sort by time.

use core::fmt;

use rusty_ulid::Ulid;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::digest::KeyDigest;
use crate::entropy::{Entropy, EntropyError};
use crate::owner::first_u64;
use crate::timestamp::Timestamp;

/// 48 bits of milliseconds, then 80 random bits.
fn make(prefix: &str, now: Timestamp, entropy: &mut impl Entropy) -> Result<String, EntropyError> {
    let mut random = [0; 16];
    entropy.fill(&mut random)?;
    let random = u128::from_be_bytes(random) >> 48;
    let ulid = Ulid::from(u128::from(now.as_millis().unsigned_abs()) << 80 | random);
    Ok([prefix, &ulid.to_string()].concat())
}

/// Whether this is how a ULID is written: in upper case, and with at most 128 bits.
fn is_canonical(ulid: &str) -> bool {
    ulid.parse::<Ulid>().is_ok_and(|read| read.to_string() == ulid)
}

macro_rules! server_id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Makes a new id.
            ///
            /// # Errors
            /// [`EntropyError`] when there is no randomness.
            pub fn make(now: Timestamp, entropy: &mut impl Entropy) -> Result<Self, EntropyError> {
                make($prefix, now, entropy).map(Self)
            }

            /// Reads an id.
            ///
            /// # Errors
            /// [`ServerIdError`] when it has another prefix or the rest is not a ULID.
            pub fn parse(text: &str) -> Result<Self, ServerIdError> {
                let ulid = text.strip_prefix($prefix).ok_or(ServerIdError)?;
                if is_canonical(ulid) { Ok(Self(text.to_owned())) } else { Err(ServerIdError) }
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = ServerIdError;
            fn try_from(text: String) -> Result<Self, ServerIdError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

server_id!(
    /// The id of a key: `apk_` and a ULID.
    KeyId,
    "apk_"
);
server_id!(
    /// The id of an event of the audit trail: `evt_` and a ULID.
    EventId,
    "evt_"
);
server_id!(
    /// The id of a session: `ses_` and a ULID. It names the session, and proves nothing.
    SessionId,
    "ses_"
);

server_id!(
    /// The id of a sales channel: `sc_` and a ULID.
    ChannelId,
    "sc_"
);

/// The text is not an id of that kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be an id that the server has made")]
pub struct ServerIdError;

/// The id of a root key: `root_` and 16 hexadecimal characters. It follows from the key, tells two of them apart in the audit
/// trail, and proves nothing: neither the key nor the digest with which it is configured follows from it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RootKeyId(String);

impl RootKeyId {
    const PREFIX: &str = "root_";

    /// The id of the root key with this digest.
    #[must_use]
    pub fn of(digest: &KeyDigest) -> Self {
        let hash = Sha256::new().chain_update(b"root key id:").chain_update(digest.hex()).finalize();
        Self(format!("{}{:016x}", Self::PREFIX, first_u64(&hash)))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads an id.
    ///
    /// # Errors
    /// [`ServerIdError`].
    pub fn parse(text: &str) -> Result<Self, ServerIdError> {
        let digits = text.strip_prefix(Self::PREFIX).ok_or(ServerIdError)?;
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 16 && digits.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ServerIdError)
        }
    }
}

impl fmt::Display for RootKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for RootKeyId {
    type Error = ServerIdError;
    fn try_from(text: String) -> Result<Self, ServerIdError> {
        Self::parse(&text)
    }
}

impl From<RootKeyId> for String {
    fn from(id: RootKeyId) -> Self {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_a_prefix_and_a_canonical_ulid() {
        assert!(KeyId::parse("apk_01KAHQ0000000000000000000Z").is_ok());
        for bad in [
            "",
            "apk_",
            "evt_01KAHQ0000000000000000000Z",
            "apk_01kahq0000000000000000000z",
            "apk_81KAHQ0000000000000000000Z",
            "apk_01KAHQ0000000000000000000ZZ",
            "apk_01KAHQ0000000000000000000Ä",
        ] {
            assert_eq!(KeyId::parse(bad), Err(ServerIdError), "{bad}");
        }
    }
}
