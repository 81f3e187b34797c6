//! The configured identity providers.

use super::organizations::Shape;
use super::{Algorithm, Source};

/// A provider whose tokens are accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// `iss`, exactly.
    pub issuer: String,
    /// What `aud` has to be or contain.
    pub audience: String,
    /// Where the provider's keys are.
    pub keys_url: String,
    /// How tokens may be signed.
    pub algorithms: Vec<Algorithm>,
    /// The claim that holds the user's id.
    pub user_claim: String,
    /// The claim that holds memberships, and how it is written.
    pub organizations: Option<(String, Shape)>,
    /// Where people sign in, for the dashboard to link to.
    pub sign_in_url: Option<String>,
}

/// The providers of both sources.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Providers {
    /// Whose tokens come as `Authorization: Bearer`.
    pub bearer: Option<Provider>,
    /// Cloudflare Access.
    pub access: Option<Provider>,
}

/// A variable that is missing or invalid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the variable {name} {expected}")]
pub struct ProviderError {
    name: &'static str,
    expected: &'static str,
}

const EXPECTED_URL: &str = "has to be an https:// address (http:// on localhost only)";

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
        let any = |names: &[&str]| names.iter().any(|name| text(name).is_some());
        let wrong = |name, expected| ProviderError { name, expected };

        let bearer = ["JWT_ISSUER", "JWT_AUDIENCE", "JWT_JWKS_URL"];
        let options = [
            "JWT_ALGORITHMS",
            "JWT_USER_CLAIM",
            "JWT_ORGANIZATIONS_CLAIM",
            "JWT_ORGANIZATIONS_SHAPE",
            "JWT_SIGN_IN_URL",
        ];
        let bearer = if any(&bearer) || any(&options) {
            let needed = |name| {
                text(name)
                    .ok_or(wrong(name, "is missing: JWT_ISSUER, JWT_AUDIENCE and JWT_JWKS_URL go together"))
            };
            let [issuer, audience, keys_url] = bearer;
            let provider = Provider {
                issuer: needed(issuer)?,
                audience: needed(audience)?,
                keys_url: needed(keys_url)?,
                algorithms: algorithms(text("JWT_ALGORITHMS").as_deref()).ok_or(wrong(
                    "JWT_ALGORITHMS",
                    "has to be some of RS256, ES256 and EdDSA, with commas between",
                ))?,
                user_claim: text("JWT_USER_CLAIM").unwrap_or_else(|| "sub".to_owned()),
                organizations: organizations(
                    text("JWT_ORGANIZATIONS_CLAIM"),
                    text("JWT_ORGANIZATIONS_SHAPE").as_deref(),
                )
                .map_err(|expected| wrong("JWT_ORGANIZATIONS_SHAPE", expected))?,
                sign_in_url: text("JWT_SIGN_IN_URL"),
            };
            if provider.sign_in_url.as_deref().is_some_and(|url| !is_trusted_url(url)) {
                return Err(wrong("JWT_SIGN_IN_URL", EXPECTED_URL));
            }
            if !is_trusted_url(&provider.keys_url) {
                return Err(wrong(keys_url, EXPECTED_URL));
            }
            Some(provider)
        } else {
            None
        };

        let [domain, audience] = ["ACCESS_TEAM_DOMAIN", "ACCESS_AUDIENCE"];
        let access = if any(&[domain, audience]) {
            let needed = |name| {
                text(name)
                    .ok_or(wrong(name, "is missing: ACCESS_TEAM_DOMAIN and ACCESS_AUDIENCE go together"))
            };
            let issuer = needed(domain)?;
            let issuer = issuer.strip_suffix('/').unwrap_or(&issuer).to_owned();
            // A domain without a path: with its scheme it has two slashes.
            if !is_trusted_url(&issuer) || issuer.split('/').count() != 3 {
                return Err(wrong(
                    domain,
                    "has to be https:// and a domain, as in https://acme.cloudflareaccess.com",
                ));
            }
            Some(Provider {
                keys_url: format!("{issuer}/cdn-cgi/access/certs"),
                issuer,
                audience: needed(audience)?,
                algorithms: vec![Algorithm::Rs256],
                user_claim: "sub".to_owned(),
                organizations: None,
                sign_in_url: None,
            })
        } else {
            None
        };
        Ok(Self { bearer, access })
    }

    /// The provider of a source.
    #[must_use]
    pub fn of(&self, source: Source) -> Option<&Provider> {
        match source {
            Source::Bearer => self.bearer.as_ref(),
            Source::Access => self.access.as_ref(),
        }
    }
}

/// The claim that holds memberships needs a shape, which is never guessed.
fn organizations(
    claim: Option<String>,
    shape: Option<&str>,
) -> Result<Option<(String, Shape)>, &'static str> {
    match (claim, shape) {
        (None, None) => Ok(None),
        (None, Some(_)) => Err("is of no use without JWT_ORGANIZATIONS_CLAIM"),
        (Some(_), None) => {
            Err("is missing: it says how JWT_ORGANIZATIONS_CLAIM is written, as map, objects or ids")
        }
        (Some(claim), Some(word)) => match Shape::parse(word) {
            Some(shape) => Ok(Some((claim, shape))),
            None => Err("has to be map, objects or ids"),
        },
    }
}

fn algorithms(list: Option<&str>) -> Option<Vec<Algorithm>> {
    match list {
        None => Some(Algorithm::ALL.into()),
        Some(list) => list.split(',').map(|word| Algorithm::parse(word.trim())).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEARER: [(&str, &str); 3] = [
        ("JWT_ISSUER", "https://id.example/"),
        ("JWT_AUDIENCE", "keyward"),
        ("JWT_JWKS_URL", "https://id.example/keys"),
    ];
    const ACCESS: [(&str, &str); 2] =
        [("ACCESS_TEAM_DOMAIN", "https://acme.cloudflareaccess.com/"), ("ACCESS_AUDIENCE", "tag")];

    /// The first value of a variable counts.
    fn read(variables: &[&[(&str, &str)]]) -> Result<Providers, String> {
        let get = |name: &str| {
            let found = variables.concat().into_iter().find(|(given, _)| *given == name);
            found.map(|(_, value)| value.to_owned())
        };
        Providers::read(get).map_err(|error| error.to_string())
    }

    #[test]
    fn nobody_is_trusted_by_default() {
        assert_eq!(read(&[]), Ok(Providers::default()));
        assert_eq!(read(&[&[("JWT_ISSUER", " "), ("ACCESS_AUDIENCE", "")]]), Ok(Providers::default()));
    }

    #[test]
    fn whole_configurations_are_usable() {
        let providers = read(&[&BEARER, &ACCESS]).expect("usable");
        let bearer = providers.of(Source::Bearer).expect("bearer");
        assert_eq!((bearer.algorithms.as_slice(), bearer.user_claim.as_str()), (&Algorithm::ALL[..], "sub"));
        let access = providers.of(Source::Access).expect("access");
        assert_eq!(access.issuer, "https://acme.cloudflareaccess.com");
        assert_eq!(access.keys_url, "https://acme.cloudflareaccess.com/cdn-cgi/access/certs");
        let chosen = read(&[
            &[("JWT_ALGORITHMS", "EdDSA, RS256"), ("JWT_USER_CLAIM", "https://app.example/id")],
            &BEARER,
        ]);
        let chosen = chosen.expect("usable").bearer.expect("bearer");
        assert_eq!(chosen.algorithms, [Algorithm::EdDsa, Algorithm::Rs256]);
        assert_eq!(chosen.user_claim, "https://app.example/id");
    }

    #[test]
    fn half_a_configuration_is_none() {
        for missing in BEARER {
            let rest: Vec<_> = BEARER.into_iter().filter(|variable| *variable != missing).collect();
            let expected = format!("the variable {} is missing: JWT_ISSUER, JWT_AUDIENCE and", missing.0);
            assert!(read(&[&rest]).expect_err(missing.0).starts_with(&expected));
        }
        for missing in ACCESS {
            let rest: Vec<_> = ACCESS.into_iter().filter(|variable| *variable != missing).collect();
            let expected = format!("the variable {} is missing: ACCESS_TEAM_DOMAIN and", missing.0);
            assert!(read(&[&rest]).expect_err(missing.0).starts_with(&expected));
        }
        for lonely in ["JWT_ALGORITHMS", "JWT_USER_CLAIM", "JWT_ORGANIZATIONS_CLAIM"] {
            assert!(read(&[&[(lonely, "RS256")]]).is_err(), "{lonely}");
        }
    }

    #[test]
    fn a_claim_of_memberships_and_its_shape_go_together() {
        let claim = [("JWT_ORGANIZATIONS_CLAIM", "orgs")];
        for (word, shape) in [("map", Shape::Map), ("objects", Shape::Objects), ("ids", Shape::Ids)] {
            let bearer =
                read(&[&BEARER, &claim, &[("JWT_ORGANIZATIONS_SHAPE", word)]]).expect("usable").bearer;
            assert_eq!(bearer.expect("bearer").organizations, Some(("orgs".to_owned(), shape)));
        }
        let error = read(&[&BEARER, &claim]).expect_err("no shape");
        assert!(error.starts_with("the variable JWT_ORGANIZATIONS_SHAPE is missing"), "{error}");
        let error = read(&[&BEARER, &[("JWT_ORGANIZATIONS_SHAPE", "map")]]).expect_err("no claim");
        assert!(error.starts_with("the variable JWT_ORGANIZATIONS_SHAPE is of no use"), "{error}");
    }

    #[test]
    fn what_cannot_be_trusted_is_named() {
        for (name, value) in [
            ("JWT_ALGORITHMS", "HS256"),
            ("JWT_ALGORITHMS", "RS256,none"),
            ("JWT_ALGORITHMS", "ES256,"),
            ("JWT_ORGANIZATIONS_SHAPE", "list"),
            ("JWT_ORGANIZATIONS_SHAPE", "Map"),
            ("JWT_JWKS_URL", "http://id.example/keys"),
            ("JWT_JWKS_URL", "id.example/keys"),
            ("JWT_JWKS_URL", "https:///keys"),
            ("JWT_JWKS_URL", "https://a b/keys"),
            ("JWT_JWKS_URL", "http://localhost@id.example/keys"),
            ("JWT_JWKS_URL", "http://localhost:80@id.example/keys"),
            ("JWT_JWKS_URL", "http://localhost\\@id.example/keys"),
            ("JWT_JWKS_URL", "http://localhost.id.example/keys"),
            ("JWT_JWKS_URL", "https://user:secret@id.example/keys"),
            ("ACCESS_TEAM_DOMAIN", "acme.cloudflareaccess.com"),
            ("ACCESS_TEAM_DOMAIN", "http://acme.cloudflareaccess.com"),
            ("ACCESS_TEAM_DOMAIN", "https://acme.cloudflareaccess.com/cdn-cgi"),
        ] {
            let claim = [("JWT_ORGANIZATIONS_CLAIM", "orgs"), ("JWT_ORGANIZATIONS_SHAPE", "map")];
            let error = read(&[&[(name, value)], &BEARER, &ACCESS, &claim]).expect_err(value);
            assert!(error.starts_with(&format!("the variable {name} has to be ")), "{error}");
        }
        for good in
            ["http://localhost:8080/keys", "http://127.0.0.1/keys", "http://localhost", "https://id.example"]
        {
            assert!(read(&[&[("JWT_JWKS_URL", good)], &BEARER]).is_ok(), "{good}");
        }
    }
}
