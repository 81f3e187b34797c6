//! People who prove who they are with a JSON Web Token of an identity provider: reading tokens, judging their claims,
//! choosing keys and remembering them. Pure: no platform, clock or network in here. The signature itself is verified
//! behind the port [`Identity`](crate::ports::Identity).
//!
//! Out of scope: encrypted tokens, and keys that a token names or brings itself (`jku`, `jwk`, `x5u`, `x5c`): only the
//! configured provider's keys count.

pub(crate) mod claims;
pub mod config;
pub mod jwk;
pub mod keys;
pub mod organizations;
pub(crate) mod token;

pub use token::looks_like_one as looks_like_token;

use base64ct::{Base64UrlUnpadded, Encoding};

/// Decodes base64url as JSON Web Signatures use it: without padding, and with exactly one text for the same bytes.
fn decode(text: &str) -> Option<Vec<u8>> {
    Base64UrlUnpadded::decode_vec(text).ok()
}

/// How a signature is made. A key has exactly one, so that a token cannot choose how a key is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// `EdDSA` with Ed25519.
    EdDsa,
}

impl Algorithm {
    /// Every algorithm. `none` and the symmetric ones are not among them, and never will be.
    pub const ALL: [Self; 3] = [Self::Rs256, Self::Es256, Self::EdDsa];

    /// The name in a token's header.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
        }
    }

    /// Reads a name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }
}

/// Where a token came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `Authorization: Bearer`, of the configured identity provider.
    Bearer,
    /// `Cf-Access-Jwt-Assertion`, of Cloudflare Access.
    Access,
}

impl Source {
    /// The word in logs.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bearer => "bearer",
            Self::Access => "access",
        }
    }
}

/// Why a token is not accepted: a word for the operator's log. Who sent the token never learns it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Refusal(pub(crate) &'static str);

#[cfg(test)]
mod tests {
    use super::*;

    pub(super) fn encode(bytes: &[u8]) -> String {
        Base64UrlUnpadded::encode_string(bytes)
    }

    #[test]
    fn only_one_text_stands_for_the_same_bytes() {
        for bad in ["Zg==", "Zh", "Zm9", "Z", "Zm9vY", "+/8", "Zg\n", " Zg", "Zé", "Zm 9v"] {
            assert_eq!(decode(bad), None, "{bad}");
        }
        assert_eq!(decode("-_8"), Some(vec![0xfb, 0xff]));
    }
}
