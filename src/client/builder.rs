//! Which deployment is asked, and how.

use core::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::num::NonZeroUsize;
use std::time::Duration;

use http::{HeaderValue, Uri};
use keyward_core::scan::redact_text;
use keyward_core::{Environment, WellFormedKey};

use crate::keyward::Keyward;
use crate::transport::Transport;

/// How long a question takes at most.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How often one that may be asked again is asked again.
const RETRIES: u32 = 2;
/// How many answers are kept.
const CACHE_SIZE: usize = 10_000;

/// Something that cannot be meant. It holds nothing of what was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The URL is none that a deployment can have.
    #[error("the url has to be one such as https://keys.example.com, with no password, query or fragment")]
    Url,
    /// The URL would send keys over the network for everybody to read.
    #[error("the url has to begin with https://, except on this machine")]
    Insecure,
    /// Whatever is in an address is in logs.
    #[error("the url must not hold a key")]
    KeyInUrl,
    /// The client's own key is empty, or has other characters than a header can have.
    #[error("the key has to be one credential without spaces")]
    Key,
    /// A scope that no key can hold.
    #[error(
        "each scope must have 1 to 64 characters of a-z, 0-9, `:`, `.`, `_`, `*` and `-`, and there are at most 64"
    )]
    Scopes,
    /// A realm that no header can have.
    #[error("the realm has to be printable ASCII without quotation marks and backslashes")]
    Realm,
    /// What sends requests cannot be made.
    #[error("the HTTP client could not be made")]
    Transport,
}

/// Makes a [`Keyward`].
#[derive(Clone)]
#[must_use]
pub struct Builder {
    url: String,
    key: Option<String>,
    pub(crate) brand: Option<String>,
    pub(crate) environment: Option<Environment>,
    pub(crate) foreign: bool,
    pub(crate) max_age: Option<Duration>,
    pub(crate) size: NonZeroUsize,
    pub(crate) timeout: Duration,
    pub(crate) retries: u32,
}

impl Builder {
    pub(crate) fn new(url: &str) -> Self {
        Self {
            url: url.to_owned(),
            key: None,
            brand: None,
            environment: None,
            foreign: false,
            max_age: None,
            size: NonZeroUsize::new(CACHE_SIZE).unwrap_or(NonZeroUsize::MIN),
            timeout: TIMEOUT,
            retries: RETRIES,
        }
    }

    /// Who calls: a key that may verify keys, or a token of the identity provider.
    pub fn key(mut self, key: &str) -> Self {
        self.key = Some(key.trim().to_owned());
        self
    }

    /// The brand of the deployment's keys. Default: that of the client's own key, if it is one.
    pub fn brand(mut self, brand: &str) -> Self {
        self.brand = Some(brand.to_owned());
        self
    }

    /// Which of its environments the deployment is. Default: that of the client's own key.
    pub fn environment(mut self, environment: Environment) -> Self {
        self.environment = Some(environment);
        self
    }

    /// Keys of other systems were imported: every text is asked about. Default: what cannot be a key is refused at once.
    pub fn foreign(mut self) -> Self {
        self.foreign = true;
        self
    }

    /// Keeps answers for so long, counted from when they were true, and never beyond their own bound or their key's end. A
    /// refusal is kept for 5 seconds at most, an answer to a question with a bound of 0 not at all. Default: none is kept.
    pub fn cache(mut self, max_age: Duration) -> Self {
        self.max_age = Some(max_age);
        self
    }

    /// How many answers are kept at most: 10,000, if nothing is said.
    pub fn cache_size(mut self, answers: NonZeroUsize) -> Self {
        self.size = answers;
        self
    }

    /// How long a question takes at most, further tries included: 15 seconds, if nothing is said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// How often a question is asked again after 429, 502, 503, 504 or no answer: twice, if nothing is said.
    pub fn retries(mut self, retries: u32) -> Self {
        self.retries = retries;
        self
    }

    /// The client, over reqwest.
    ///
    /// # Errors
    /// [`ConfigError`], if something cannot be meant.
    #[cfg(feature = "reqwest")]
    pub fn build(self) -> Result<Keyward, ConfigError> {
        let client = ::reqwest::Client::builder();
        // What is on this machine is behind no proxy, which could read the keys.
        let is_plain = self.url.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("http:"));
        let transport = crate::Reqwest::new(if is_plain { client.no_proxy() } else { client })?;
        self.build_with(transport)
    }

    /// The client, over a transport of one's own.
    ///
    /// # Errors
    /// [`ConfigError`], if something cannot be meant.
    pub fn build_with(mut self, transport: impl Transport) -> Result<Keyward, ConfigError> {
        let base = address(&self.url)?;
        let authorization = self.key.as_deref().map(authorization).transpose()?;
        if let Some(own) = self.key.as_deref().and_then(|key| WellFormedKey::parse(key).ok()) {
            self.brand.get_or_insert_with(|| own.brand().to_owned());
            self.environment.get_or_insert(own.environment());
        }
        let secret = self.key.take().unwrap_or_default();
        Ok(Keyward::new(self, base, authorization, secret, transport))
    }
}

/// Shows no key.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("timeout", &self.timeout)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}

/// The address of a deployment, without a slash at its end.
fn address(text: &str) -> Result<String, ConfigError> {
    let uri: Uri = text.parse().map_err(|_| ConfigError::Url)?;
    let (scheme, host) = (uri.scheme_str().unwrap_or_default(), uri.host().unwrap_or_default());
    let has_password = uri.authority().is_none_or(|authority| authority.as_str().contains('@'));
    if !matches!(scheme, "http" | "https") || host.is_empty() || has_password || text.contains(['?', '#']) {
        return Err(ConfigError::Url);
    }
    if scheme == "http" && !is_this_machine(host) {
        return Err(ConfigError::Insecure);
    }
    if redact_text(text) != text {
        return Err(ConfigError::KeyInUrl);
    }
    Ok(text.trim_end_matches('/').to_owned())
}

fn is_this_machine(host: &str) -> bool {
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        || host == format!("[{}]", Ipv6Addr::LOCALHOST)
}

fn authorization(key: &str) -> Result<HeaderValue, ConfigError> {
    if key.is_empty() || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(ConfigError::Key);
    }
    let mut value = HeaderValue::from_str(&format!("Bearer {key}")).map_err(|_| ConfigError::Key)?;
    value.set_sensitive(true);
    Ok(value)
}
