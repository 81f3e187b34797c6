//! The configured identity providers.

mod fields;

use keyward_core::owner::SERVICE_NAMESPACE;

use self::fields::{Fields, entries};
use super::organizations::Shape;
use super::{Algorithm, Source};

#[cfg(test)]
mod tests;

/// The namespace of people whom Cloudflare Access vouches for.
const ACCESS_NAMESPACE: &str = "access";
/// What is said instead of a namespace where the users are the same people as those of `JWT_ISSUER`.
const SHARED: &str = "shared";
/// Longest namespace.
const NAMESPACE_MAX: usize = 32;

/// A provider whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// `iss`, exactly.
    pub issuer: String,
    /// What `aud` has to be or contain one of. If there are none, tokens have no `aud`.
    pub audiences: Vec<String>,
    /// The claim that names the application that a token was made for, and which of them are ours.
    pub client: Option<(String, Vec<String>)>,
    /// Where the provider's keys are.
    pub keys_url: String,
    /// How tokens may be signed.
    pub algorithms: Vec<Algorithm>,
    /// The claim that holds the user's id.
    pub user_claim: String,
    /// The namespace of its users; `None` for those whose ids are as the provider writes them.
    pub namespace: Option<String>,
    /// The namespaces that are others', if it has none of its own.
    pub foreign_namespaces: Vec<String>,
    /// Whether it also vouches for programs, which have a `common_name` and no `sub`.
    pub has_services: bool,
    /// The claim that holds memberships, and how it is written.
    pub organizations: Option<(String, Shape)>,
    /// Where people sign in, for the dashboard to link to.
    pub sign_in_url: Option<String>,
}

/// The providers of both sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Providers {
    /// Whose tokens come as `Authorization: Bearer`. The first is that of the variables, if these are set.
    pub bearer: Vec<Provider>,
    /// Cloudflare Access.
    pub access: Option<Provider>,
}

/// A variable that is missing or invalid: a sentence for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the variable {0}")]
pub struct ProviderError(String);

/// Whether keys may be fetched from a URL: encrypted, or on this machine.
fn is_trusted_url(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = authority.split_once(':').unwrap_or((authority, ""));
    let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b'@' && byte != b'\\';
    match scheme {
        "https" => !host.is_empty() && authority.bytes().all(is_plain) && rest.is_ascii(),
        "http" => matches!(host, "localhost" | "127.0.0.1") && port.bytes().all(|byte| byte.is_ascii_digit()),
        _ => false,
    }
}

impl Providers {
    /// Reads the variables through `get`; an empty one counts as missing.
    ///
    /// # Errors
    /// [`ProviderError`] for the first that is missing or invalid.
    pub fn read(get: impl Fn(&str) -> Option<String>) -> Result<Self, ProviderError> {
        let text = |name: &str| get(name).map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        let variables = Fields::variables(&text);
        let mut bearer = Vec::new();
        if variables.any() {
            bearer.push(read(&variables)?);
        }
        for entry in entries(text("JWT_ISSUERS").as_deref())? {
            let provider = read(&entry)?;
            if bearer.iter().any(|known: &Provider| known.issuer == provider.issuer) {
                return Err(
                    entry.wrong("issuer", "is that of another provider; each issuer is described once")
                );
            }
            bearer.push(provider);
        }
        let access = Fields::access(&text);
        let mut access = if access.any() { Some(read_access(&access)?) } else { None };

        // Whoever may choose any id must not choose one that is somebody else's.
        let own = bearer.iter().chain(&access).filter_map(|provider| provider.namespace.clone());
        let mut namespaces: Vec<String> = own.collect();
        namespaces.extend([ACCESS_NAMESPACE, SERVICE_NAMESPACE].map(str::to_owned));
        for provider in bearer.iter_mut().chain(&mut access).filter(|provider| provider.namespace.is_none()) {
            provider.foreign_namespaces.clone_from(&namespaces);
        }
        Ok(Self { bearer, access })
    }

    /// Whether there is any provider of a source.
    #[must_use]
    pub fn has(&self, source: Source) -> bool {
        match source {
            Source::Bearer => !self.bearer.is_empty(),
            Source::Access => self.access.is_some(),
        }
    }

    /// The provider of a source that calls itself this.
    #[must_use]
    pub fn of(&self, source: Source, issuer: &str) -> Option<&Provider> {
        let providers = match source {
            Source::Bearer => self.bearer.as_slice(),
            Source::Access => self.access.as_slice(),
        };
        providers.iter().find(|provider| provider.issuer == issuer)
    }

    /// Whether any provider calls itself this.
    #[must_use]
    pub fn knows(&self, issuer: &str) -> bool {
        [Source::Bearer, Source::Access].into_iter().any(|source| self.of(source, issuer).is_some())
    }
}

fn read(fields: &Fields<'_>) -> Result<Provider, ProviderError> {
    let audiences = fields.list("audience")?;
    let client = match (fields.text("client_claim"), fields.list("client_id")?) {
        (None, None) => None,
        (Some(claim), Some(ids)) => Some((claim, ids)),
        (claim, _) => {
            let missing = if claim.is_some() { "client_id" } else { "client_claim" };
            return Err(fields.missing(missing, &["client_claim", "client_id"]));
        }
    };
    let together = ["issuer", "audience", "jwks_url"];
    let issuer = fields.needed("issuer", &together)?;
    if audiences.is_none() && client.is_none() {
        let [claim, id] = ["client_claim", "client_id"].map(|field| fields.name(field));
        let expected = format!(
            "is missing: it says for whom tokens are meant; or else {claim} and {id} for which application they are made"
        );
        return Err(fields.wrong("audience", &expected));
    }
    let mut algorithms = Vec::new();
    for word in fields.list("algorithms")?.unwrap_or_default() {
        algorithms.push(Algorithm::parse(&word).ok_or_else(|| {
            let expected = "has to be some of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512 and Ed25519 (also EdDSA), with commas between";
            fields.wrong("algorithms", expected)
        })?);
    }
    if algorithms.is_empty() {
        algorithms = Algorithm::ALL.into();
    }
    let provider = Provider {
        issuer,
        audiences: audiences.unwrap_or_default(),
        client,
        keys_url: fields.needed("jwks_url", &together)?,
        algorithms,
        user_claim: fields.text("user_claim").unwrap_or_else(|| "sub".to_owned()),
        namespace: namespace(fields)?,
        foreign_namespaces: Vec::new(),
        has_services: false,
        organizations: organizations(fields)?,
        sign_in_url: fields.text("sign_in_url"),
    };
    let urls = [("sign_in_url", provider.sign_in_url.as_deref()), ("jwks_url", Some(&provider.keys_url))];
    for (field, url) in urls {
        if url.is_some_and(|url| !is_trusted_url(url)) {
            return Err(fields.wrong(field, "has to be an https:// address (http:// on localhost only)"));
        }
    }
    Ok(provider)
}

/// A further provider has to say whose users its users are.
fn namespace(fields: &Fields<'_>) -> Result<Option<String>, ProviderError> {
    if !fields.is_entry() {
        return Ok(None);
    }
    let Some(word) = fields.text("namespace") else {
        let expected = "is missing: it keeps the provider's users apart from others'; `shared` if they are the same people as those of JWT_ISSUER";
        return Err(fields.wrong("namespace", expected));
    };
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if word.len() > NAMESPACE_MAX || !word.bytes().all(allowed) {
        return Err(fields.wrong("namespace", "has to be 1 to 32 characters of a-z, 0-9 and -"));
    }
    match word.as_str() {
        ACCESS_NAMESPACE | SERVICE_NAMESPACE => Err(fields
            .wrong("namespace", "cannot be `access` or `service`, which are those of Cloudflare Access")),
        SHARED => Ok(None),
        _ => Ok(Some(word)),
    }
}

/// A claim that holds memberships needs a shape, which is never guessed.
fn organizations(fields: &Fields<'_>) -> Result<Option<(String, Shape)>, ProviderError> {
    let shape = "organizations_shape";
    match (fields.text("organizations_claim"), fields.text(shape)) {
        (None, None) => Ok(None),
        (Some(claim), Some(word)) => match Shape::parse(&word) {
            Some(shape) => Ok(Some((claim, shape))),
            None => Err(fields.wrong(shape, "has to be map, objects or ids")),
        },
        (claim, _) => {
            let missing = if claim.is_some() { shape } else { "organizations_claim" };
            Err(fields.missing(missing, &["organizations_claim", shape]))
        }
    }
}

fn read_access(fields: &Fields<'_>) -> Result<Provider, ProviderError> {
    let together = ["team_domain", "audience"];
    let issuer = fields.needed("team_domain", &together)?;
    let issuer = issuer.strip_suffix('/').unwrap_or(&issuer).to_owned();
    // A domain without a path: with its scheme it has two slashes.
    if !is_trusted_url(&issuer) || issuer.split('/').count() != 3 {
        let expected = "has to be https:// and a domain, as in https://acme.cloudflareaccess.com";
        return Err(fields.wrong("team_domain", expected));
    }
    fields.needed("audience", &together)?;
    let namespace = match fields.text("users").as_deref() {
        None | Some("separate") => Some(ACCESS_NAMESPACE.to_owned()),
        Some(SHARED) => None,
        Some(_) => return Err(fields.wrong("users", "has to be separate or shared")),
    };
    Ok(Provider {
        keys_url: format!("{issuer}/cdn-cgi/access/certs"),
        issuer,
        audiences: fields.list("audience")?.unwrap_or_default(),
        client: None,
        algorithms: vec![Algorithm::Rs256],
        user_claim: fields.text("user_claim").unwrap_or_else(|| "sub".to_owned()),
        namespace,
        foreign_namespaces: Vec::new(),
        has_services: true,
        organizations: None,
        sign_in_url: None,
    })
}
