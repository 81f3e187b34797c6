//! Finds out who is asking.

use keyward_core::policy::Principal;
use keyward_core::verify::examine;
use keyward_core::{Consistency, ErrorCode, KeyRecord, Status, Timestamp};

use super::{App, Sighting};
use crate::identity::{Source, token};
use crate::ledger::Call;
use crate::ports::Ports;
use crate::problem::Problem;

/// What a request carries to prove who is asking.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// The text behind `Authorization: Bearer`.
    Bearer(String),
    /// What Cloudflare Access asserts, as a token.
    Access(String),
}

impl Credential {
    /// Whether a browser adds it to requests of any page, so that those of other origins must change nothing.
    #[must_use]
    pub fn comes_by_itself(&self) -> bool {
        matches!(self, Self::Access(_))
    }
}

/// Shows no credential.
impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer(***)",
            Self::Access(_) => "Access(***)",
        })
    }
}

/// Who is asking, and the key that proved it, if it was one.
#[derive(Debug)]
pub struct Authenticated {
    /// Who.
    pub principal: Principal,
    /// The key and the clock it was judged by.
    pub key: Option<(Box<KeyRecord>, Timestamp)>,
    /// To be sent in the background: that the key was used.
    pub report: Option<Call>,
}

impl Authenticated {
    fn without_key(principal: Principal) -> Self {
        Self { principal, key: None, report: None }
    }
}

/// Reads the `Authorization` header, or what Cloudflare Access asserts where there is none: Access adds its assertion
/// to every request.
///
/// # Errors
/// `auth.malformed` for an `Authorization` that is anything but `Bearer` and one word.
pub fn credential_of(authorization: Option<&str>, access: Option<&str>) -> Result<Credential, Problem> {
    let Some(header) = authorization else {
        return Ok(access.map_or(Credential::None, |token| Credential::Access(token.to_owned())));
    };
    let mut words = header.split_ascii_whitespace();
    match (words.next(), words.next(), words.next()) {
        (Some(scheme), Some(token), None) if scheme.eq_ignore_ascii_case("bearer") => {
            // RFC 8959: a key may be marked as a secret in transit.
            let token = token.strip_prefix("secret-token:").unwrap_or(token);
            Ok(Credential::Bearer(token.to_owned()))
        }
        _ => Err(ErrorCode::AuthMalformed.into()),
    }
}

impl<P: Ports> App<'_, P> {
    /// Finds out who is asking. `consistency` says how fresh the knowledge of a key has to be: what changes or shows
    /// keys asks for [`Consistency::Strong`].
    ///
    /// # Errors
    /// `auth.missing` without a credential; `auth.invalid` for one that is not accepted, whatever the reason;
    /// `server.unavailable`.
    pub async fn authenticate(
        &self,
        credential: &Credential,
        consistency: Consistency,
    ) -> Result<Authenticated, Problem> {
        match credential {
            Credential::None => Err(ErrorCode::AuthMissing.into()),
            Credential::Bearer(token) if self.config.is_root_key(token) => {
                Ok(Authenticated::without_key(Principal::Root))
            }
            Credential::Bearer(text) if token::looks_like_one(text) => {
                self.identify(Source::Bearer, text).await.map(Authenticated::without_key)
            }
            Credential::Bearer(token) => self.authenticate_key(token, consistency).await,
            Credential::Access(token) => {
                self.identify(Source::Access, token).await.map(Authenticated::without_key)
            }
        }
    }

    async fn authenticate_key(&self, text: &str, consistency: Consistency) -> Result<Authenticated, Problem> {
        let invalid = || Problem::from(ErrorCode::AuthInvalid);
        let key = examine(text, &self.config.issuer).map_err(|_| invalid())?;
        let Sighting { record, now, .. } = match consistency {
            Consistency::Fast => self.find_fast(&key).await?,
            Consistency::Strong => self.find_in_ledger(&key).await?,
        };
        let record = record.filter(|record| record.digest.matches(&key.digest())).ok_or_else(invalid)?;
        if !matches!(record.status(now), Status::Active | Status::Retiring) {
            return Err(invalid());
        }
        let principal = Principal::Key {
            id: record.id.clone(),
            key_type: record.key_type,
            owner: record.owner.clone(),
            scopes: record.scopes.clone(),
        };
        let report = self.report_of_use(&record, now);
        Ok(Authenticated { principal, key: Some((record, now)), report })
    }
}
