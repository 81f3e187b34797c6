//! The deployment's configuration.

use keyward_core::policy::Joining;
use keyward_core::seal::KeyRingError;
use keyward_core::{Brand, Environment, Issuer, KeyDigest, KeyRing};

use crate::identity::config::{ProviderError, Providers};

/// A usable configuration.
#[derive(Debug)]
pub struct Config {
    /// What keys are issued and recognised with.
    pub issuer: Issuer,
    /// SHA-256 digests of the root keys.
    pub root_digests: Vec<KeyDigest>,
    /// The identity providers whose tokens are accepted.
    pub providers: Providers,
    /// How people become members.
    pub joining: Joining,
}

/// Why the configuration is not usable: a sentence for the operator. Holds no value of a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// `BRAND` is missing or invalid.
    #[error("the variable BRAND: {0}")]
    Brand(#[from] keyward_core::format::BrandError),
    /// `ENVIRONMENT` is missing or invalid.
    #[error("the variable ENVIRONMENT has to be `live` or `test`")]
    Environment,
    /// `SEAL_KEYS` is missing or invalid.
    #[error("the secret SEAL_KEYS: {0}; `npm run secrets` makes one")]
    SealKeys(#[from] KeyRingError),
    /// `ROOT_KEY_DIGESTS` has an entry that is not a digest.
    #[error("the secret ROOT_KEY_DIGESTS: entry {position} is not 64 hexadecimal characters")]
    RootDigest {
        /// Which entry, counted from 1.
        position: usize,
    },
    /// `MEMBERS_JOIN` is another word.
    #[error("the variable MEMBERS_JOIN has to be `by_invitation` or `directly`")]
    MembersJoin,
    /// A variable about identity providers is missing or invalid.
    #[error(transparent)]
    Provider(#[from] ProviderError),
}

impl Config {
    /// Reads a configuration through `get`, which gives the text of a variable or secret.
    ///
    /// # Errors
    /// [`ConfigError`] for the first fault.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ConfigError> {
        let text = |name: &str| get(name).unwrap_or_default();
        let issuer = Issuer {
            brand: Brand::parse(&text("BRAND"))?,
            environment: Environment::parse(&text("ENVIRONMENT")).ok_or(ConfigError::Environment)?,
            ring: KeyRing::parse(&text("SEAL_KEYS"))?,
        };
        let digests = text("ROOT_KEY_DIGESTS");
        let words = digests.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
        let root_digests = words
            .enumerate()
            .map(|(index, word)| {
                KeyDigest::from_hex(word).ok_or(ConfigError::RootDigest { position: index + 1 })
            })
            .collect::<Result<_, _>>()?;
        let joining = match text("MEMBERS_JOIN").as_str() {
            "" => Joining::default(),
            word => Joining::parse(word).ok_or(ConfigError::MembersJoin)?,
        };
        Ok(Self { issuer, root_digests, providers: Providers::read(&get)?, joining })
    }

    /// Whether `presented` is the digest of a root key, in time that does not depend on which.
    #[must_use]
    pub fn has_root_digest(&self, presented: &KeyDigest) -> bool {
        self.root_digests.iter().fold(false, |found, digest| digest.matches(presented) | found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(changed: &str, value: &str) -> Result<Config, ConfigError> {
        let seal = "5e".repeat(32);
        let root = KeyDigest::of("root").to_hex();
        Config::read(|name| {
            let text = match name {
                _ if name == changed => value,
                "BRAND" => "kw",
                "ENVIRONMENT" => "test",
                "SEAL_KEYS" => &seal,
                "ROOT_KEY_DIGESTS" => &root,
                _ => return None,
            };
            Some(text.to_owned())
        })
    }

    #[test]
    fn a_whole_configuration_is_usable() {
        let config = read("", "").expect("usable");
        assert!(config.has_root_digest(&KeyDigest::of("root")));
        assert!(!config.has_root_digest(&KeyDigest::of("toor")));
    }

    #[test]
    fn whatever_is_wrong_is_named_without_its_value() {
        for (name, value, expected) in [
            ("BRAND", "K", "the variable BRAND: a brand is"),
            ("ENVIRONMENT", "prod", "the variable ENVIRONMENT has"),
            ("SEAL_KEYS", "", "the secret SEAL_KEYS: there is no seal key"),
            ("SEAL_KEYS", "abc", "the secret SEAL_KEYS: seal key 1"),
            ("ROOT_KEY_DIGESTS", "abc", "the secret ROOT_KEY_DIGESTS: entry 1"),
            ("MEMBERS_JOIN", "gladly", "the variable MEMBERS_JOIN has"),
            ("JWT_ISSUER", "https://id.example/", "the variable JWT_AUDIENCE is missing"),
        ] {
            let error = read(name, value).expect_err(name).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn no_root_key_is_a_usable_configuration_without_an_operator() {
        assert!(!read("ROOT_KEY_DIGESTS", "").expect("usable").has_root_digest(&KeyDigest::of("")));
    }
}
