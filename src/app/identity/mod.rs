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

/// How a signature is made. A token names one; it never makes a key do something else than the key permits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
    /// ECDSA on P-521 with SHA-512.
    Es512,
    /// `EdDSA` with Ed25519.
    Ed25519,
}

impl Algorithm {
    /// Every algorithm. `none` and the symmetric ones are not among them, and never will be.
    pub const ALL: [Self; 10] = [
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ed25519,
    ];

    /// Reads a name, as tokens, keys and the configuration have it. `Ed25519` is what RFC 9864 calls the `EdDSA` of
    /// before.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Self::Rs256,
            "RS384" => Self::Rs384,
            "RS512" => Self::Rs512,
            "PS256" => Self::Ps256,
            "PS384" => Self::Ps384,
            "PS512" => Self::Ps512,
            "ES256" => Self::Es256,
            "ES384" => Self::Es384,
            "ES512" => Self::Es512,
            "EdDSA" | "Ed25519" => Self::Ed25519,
            _ => return None,
        })
    }

    /// What a key has to be for it.
    fn key_form(self) -> KeyForm {
        match self {
            Self::Rs256 | Self::Rs384 | Self::Rs512 | Self::Ps256 | Self::Ps384 | Self::Ps512 => KeyForm::Rsa,
            Self::Es256 => KeyForm::P256,
            Self::Es384 => KeyForm::P384,
            Self::Es512 => KeyForm::P521,
            Self::Ed25519 => KeyForm::Ed25519,
        }
    }
}

/// What a public key is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeyForm {
    Rsa,
    P256,
    P384,
    P521,
    Ed25519,
}

impl KeyForm {
    /// Length of a coordinate or of an Ed25519 key, in bytes. A signature has twice that, except RSA's.
    fn point_length(self) -> Option<usize> {
        match self {
            Self::Rsa => None,
            Self::P256 | Self::Ed25519 => Some(32),
            Self::P384 => Some(48),
            Self::P521 => Some(66),
        }
    }
}

/// What the log calls a provider: the URL of its keys, without a query, which may hold a secret.
#[must_use]
pub fn place(url: &str) -> &str {
    url.split('?').next().unwrap_or_default()
}

/// Where a token came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `Authorization: Bearer`, of a configured identity provider.
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
pub(crate) mod tests {
    use super::*;

    pub(crate) fn encode(bytes: &[u8]) -> String {
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
