//! The deployment's configuration.

use keyward_core::policy::Joining;
use keyward_core::seal::KeyRingError;
use keyward_core::{Brand, Environment, ErrorCode, Issuer, KeyDigest, KeyRing, RequestContext};

use crate::cors::is_origin;
use crate::identity::config::{ProviderError, Providers};
use crate::problem::Problem;
use crate::request::Incoming;

/// A usable configuration.
#[derive(Debug)]
pub struct Config {
    /// What keys are issued and recognised with.
    pub issuer: Issuer,
    /// SHA-256 digests of the root keys.
    pub root_digests: Vec<KeyDigest>,
    /// The identity providers whose tokens are accepted.
    pub providers: Providers,
    /// Whether nothing is answered that did not come through Cloudflare Access.
    pub is_access_required: bool,
    /// For how many days events are kept; `None` for good.
    pub events_retention_days: Option<u32>,
    /// The origins whose pages may verify and ask who they are.
    pub cors_origins: Vec<String>,
    /// What events hold of the requests that caused them.
    pub recorded: Recorded,
    /// How people become members.
    pub joining: Joining,
}

/// What events hold of the requests that caused them, besides their ids. It may be personal data, so the default is nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recorded {
    address: bool,
    user_agent: bool,
}

impl Recorded {
    fn read(text: &str) -> Result<Self, ConfigError> {
        let mut recorded = Self::default();
        for word in text.split(',').map(str::trim).filter(|word| !word.is_empty()) {
            match word {
                "address" => recorded.address = true,
                "user_agent" => recorded.user_agent = true,
                _ => return Err(ConfigError::Recorded),
            }
        }
        Ok(recorded)
    }

    /// What events hold of a request.
    #[must_use]
    pub fn context(self, incoming: &Incoming) -> RequestContext {
        let address = incoming.address.as_deref().filter(|_| self.address);
        let user_agent = incoming.user_agent.as_deref().filter(|_| self.user_agent);
        RequestContext::new(&incoming.request_id, address, user_agent)
    }
}

/// What the worker has to be bound to beside its settings.
pub const BINDINGS: [&str; 2] = ["KEYS", "LEDGER"];

/// Longest retention of events, in days: a hundred years.
const RETENTION_MAX_DAYS: u32 = 36_500;

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
    /// `EVENTS_RETENTION_DAYS` is not a number of days.
    #[error(
        "the variable EVENTS_RETENTION_DAYS has to be a whole number of days from 1 to {RETENTION_MAX_DAYS}"
    )]
    EventsRetention,
    /// `CORS_ORIGINS` has an entry that is not an origin.
    #[error(
        "the variable CORS_ORIGINS: entry {position} is not an origin such as https://app.example.com: a scheme, a host in lower case and a port unless it is the usual one, without a path or a slash at the end, and without wildcards"
    )]
    CorsOrigin {
        /// Which entry, counted from 1.
        position: usize,
    },
    /// `EVENTS_RECORD` names something else.
    #[error("the variable EVENTS_RECORD has to be a list of `address` and `user_agent`, with commas between")]
    Recorded,
    /// `MEMBERS_JOIN` is another word.
    #[error("the variable MEMBERS_JOIN has to be `by_invitation` or `directly`")]
    MembersJoin,
    /// A variable about identity providers is missing or invalid.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// `ACCESS_REQUIRED` is neither `true` nor `false`.
    #[error("the variable ACCESS_REQUIRED has to be `true` or `false`")]
    AccessRequired,
    /// `ACCESS_REQUIRED` is set, but whose assertions count is not.
    #[error("the variable ACCESS_REQUIRED needs ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE beside it")]
    AccessUnknown,
    /// The worker is not bound to its storage.
    #[error("the binding {0} is missing; wrangler.toml has it")]
    Binding(&'static str),
}

impl ConfigError {
    /// The same as a whole sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        format!("The deployment's configuration is invalid: {self}.")
    }
}

impl From<&ConfigError> for Problem {
    fn from(error: &ConfigError) -> Self {
        Self::new(ErrorCode::ServerMisconfigured).because(error.sentence())
    }
}

impl Config {
    /// Reads a configuration through `get`, which gives the text of a variable or secret, and `is_bound`, which says whether
    /// one of [`BINDINGS`] is there. All settings are in `scripts/settings.json`.
    ///
    /// # Errors
    /// [`ConfigError`] for the first fault.
    pub fn read(
        get: impl Fn(&str) -> Option<String>,
        is_bound: impl Fn(&str) -> bool,
    ) -> Result<Self, ConfigError> {
        if let Some(name) = BINDINGS.into_iter().find(|name| !is_bound(name)) {
            return Err(ConfigError::Binding(name));
        }
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
        let providers = Providers::read(&get)?;
        let is_access_required = match text("ACCESS_REQUIRED").trim() {
            "" | "false" => false,
            "true" if providers.access.is_some() => true,
            "true" => return Err(ConfigError::AccessUnknown),
            _ => return Err(ConfigError::AccessRequired),
        };
        let events_retention_days = match text("EVENTS_RETENTION_DAYS").trim() {
            "" => None,
            days => {
                let days = days.parse().ok().filter(|days| (1..=RETENTION_MAX_DAYS).contains(days));
                Some(days.ok_or(ConfigError::EventsRetention)?)
            }
        };
        let origins = text("CORS_ORIGINS");
        let cors_origins: Vec<String> =
            origins.split(',').map(|word| word.trim().to_owned()).filter(|word| !word.is_empty()).collect();
        if let Some(index) = cors_origins.iter().position(|origin| !is_origin(origin)) {
            return Err(ConfigError::CorsOrigin { position: index + 1 });
        }
        let recorded = Recorded::read(&text("EVENTS_RECORD"))?;
        let joining = match text("MEMBERS_JOIN").as_str() {
            "" => Joining::default(),
            word => Joining::parse(word).ok_or(ConfigError::MembersJoin)?,
        };
        Ok(Self {
            issuer,
            root_digests,
            providers,
            is_access_required,
            events_retention_days,
            cors_origins,
            recorded,
            joining,
        })
    }

    /// Whether `presented` is the digest of a root key, in time that does not depend on which.
    #[must_use]
    pub fn has_root_digest(&self, presented: &KeyDigest) -> bool {
        self.root_digests.iter().fold(false, |found, digest| digest.matches(presented) | found)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::collections::BTreeSet;

    use super::*;

    fn variables(changed: &str, value: &str) -> impl Fn(&str) -> Option<String> {
        let (seal, root) = ("5e".repeat(32), KeyDigest::of("root").to_hex());
        move |name| {
            let text = match name {
                _ if name == changed => value,
                "BRAND" => "kw",
                "ENVIRONMENT" => "test",
                "SEAL_KEYS" => &seal,
                "ROOT_KEY_DIGESTS" => &root,
                _ => return None,
            };
            Some(text.to_owned())
        }
    }

    fn read(changed: &str, value: &str) -> Result<Config, ConfigError> {
        Config::read(variables(changed, value), |_| true)
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
            (
                "EVENTS_RETENTION_DAYS",
                "0",
                "the variable EVENTS_RETENTION_DAYS has to be a whole number of days",
            ),
            ("EVENTS_RETENTION_DAYS", "36501", "the variable EVENTS_RETENTION_DAYS has"),
            ("EVENTS_RETENTION_DAYS", "-1", "the variable EVENTS_RETENTION_DAYS has"),
            ("EVENTS_RETENTION_DAYS", "1.5", "the variable EVENTS_RETENTION_DAYS has"),
            ("EVENTS_RETENTION_DAYS", "a year", "the variable EVENTS_RETENTION_DAYS has"),
            ("EVENTS_RECORD", "address, cookies", "the variable EVENTS_RECORD has to be a list of"),
            ("MEMBERS_JOIN", "gladly", "the variable MEMBERS_JOIN has"),
            ("JWT_ISSUER", "https://id.example/", "the variable JWT_AUDIENCE is missing"),
            ("ACCESS_REQUIRED", "True", "the variable ACCESS_REQUIRED has to be `true` or `false`"),
            ("ACCESS_REQUIRED", "true", "the variable ACCESS_REQUIRED needs ACCESS_TEAM_DOMAIN"),
            ("CORS_ORIGINS", "https://a.example, *", "the variable CORS_ORIGINS: entry 2"),
        ] {
            let error = read(name, value).expect_err(name).to_string();
            assert!(error.starts_with(expected), "{error}");
        }
    }

    #[test]
    fn events_are_kept_for_good_unless_the_operator_says_for_how_long() {
        for (text, days) in [("", None), (" ", None), ("1", Some(1)), ("36500", Some(36_500))] {
            assert_eq!(read("EVENTS_RETENTION_DAYS", text).expect("usable").events_retention_days, days);
        }
    }

    #[test]
    fn origins_are_a_list_with_commas() {
        let read = |value| read("CORS_ORIGINS", value).expect("usable").cors_origins;
        assert_eq!(
            read("https://a.example ,http://localhost:3000,"),
            ["https://a.example", "http://localhost:3000"]
        );
        assert_eq!(read(" "), Vec::<String>::new());
    }

    #[test]
    fn nothing_but_its_id_is_recorded_of_a_request_unless_that_is_wanted() {
        let recorded = |value| read("EVENTS_RECORD", value).map(|config| config.recorded);
        assert_eq!(recorded(""), Ok(Recorded::default()));
        assert_eq!(recorded("address"), Ok(Recorded { address: true, user_agent: false }));
        assert_eq!(recorded(" user_agent,address,"), Ok(Recorded { address: true, user_agent: true }));
    }

    #[test]
    fn no_root_key_is_a_usable_configuration_without_an_operator() {
        assert!(!read("ROOT_KEY_DIGESTS", "").expect("usable").has_root_digest(&KeyDigest::of("")));
    }

    #[test]
    fn a_binding_that_is_missing_is_named() {
        for missing in BINDINGS {
            let error = Config::read(variables("", ""), |name| name != missing).expect_err(missing);
            assert_eq!(error.to_string(), format!("the binding {missing} is missing; wrangler.toml has it"));
        }
    }

    #[test]
    fn access_is_required_only_where_that_is_set() {
        for (word, expected) in [("", false), ("false", false), (" true ", true)] {
            let get = |name: &str| match name {
                "ACCESS_TEAM_DOMAIN" => Some("https://acme.cloudflareaccess.com".to_owned()),
                "ACCESS_AUDIENCE" => Some("tag".to_owned()),
                _ => variables("ACCESS_REQUIRED", word)(name),
            };
            assert_eq!(Config::read(get, |_| true).expect("usable").is_access_required, expected, "{word}");
        }
    }

    #[test]
    fn the_list_of_settings_is_what_is_read() {
        let list: serde_json::Value =
            serde_json::from_str(include_str!("../../scripts/settings.json")).expect("JSON");
        let listed: BTreeSet<_> = list
            .as_array()
            .expect("a list")
            .iter()
            .map(|setting| setting["name"].as_str().expect("a name").to_owned())
            .collect();
        let asked = RefCell::new(BTreeSet::new());
        let get = |name: &str| {
            asked.borrow_mut().insert(name.to_owned());
            variables("", "")(name).or_else(|| name.ends_with("_AUDIENCE").then(|| "keyward".to_owned()))
        };
        // Whether it is usable or not: what belongs together is looked for in any case.
        let _ = Config::read(get, |_| true);
        let _ = Config::read(
            |name| get(name).filter(|_| name != "JWT_AUDIENCE" && name != "ACCESS_AUDIENCE"),
            |_| true,
        );
        assert_eq!(*asked.borrow(), listed);
    }
}
