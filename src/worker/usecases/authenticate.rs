//! Finds out who is asking.

use keyward_core::verify::examine;
use keyward_core::{Consistency, ErrorCode, KeyRecord, Principal, Timestamp};

use super::{App, Sighting};
use crate::identity::{Source, token};
use crate::ledger::call::KeyUse;
use crate::ports::Ports;
use crate::problem::Problem;

/// What a request carries to prove who is asking.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    /// Nothing.
    None,
    /// The text behind `Authorization: Bearer`.
    Bearer(String),
    /// The cookie of a session in the dashboard.
    Session(String),
    /// What Cloudflare Access asserts, as a token.
    Access(String),
}

/// Which page sent a request. Browsers say so with every request that may change something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// A page of this deployment.
    OwnPage,
    /// A page of another origin.
    ForeignPage,
    /// There is no `Origin`: no page, or a browser's request that changes nothing.
    Unsaid,
}

impl Credential {
    /// Whether a request with this credential may change something when such a page has sent it: browsers add some
    /// credentials by themselves, to requests of any page.
    #[must_use]
    pub fn may_change(&self, sender: Sender) -> bool {
        match self {
            Self::None | Self::Bearer(_) => true,
            Self::Session(_) => sender == Sender::OwnPage,
            // Access also vouches for programs, which say no origin.
            Self::Access(_) => sender != Sender::ForeignPage,
        }
    }
}

/// Shows no credential.
impl std::fmt::Debug for Credential {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer(***)",
            Self::Session(_) => "Session(***)",
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
    pub report: Option<KeyUse>,
}

impl Authenticated {
    pub(crate) fn without_key(principal: Principal) -> Self {
        Self { principal, key: None, report: None }
    }
}

/// Reads the `Authorization` header, else the session's cookie, else what Cloudflare Access asserts: the more
/// deliberate comes first, since browsers add the cookie and Access its assertion to every request.
///
/// # Errors
/// `auth.malformed` for an `Authorization` that is anything but `Bearer` and one word.
pub fn credential_of(
    authorization: Option<&str>,
    session: Option<&str>,
    access: Option<&str>,
) -> Result<Credential, Problem> {
    let Some(header) = authorization else {
        return Ok(match (session, access) {
            (Some(token), _) => Credential::Session(token.to_owned()),
            (None, Some(token)) => Credential::Access(token.to_owned()),
            (None, None) => Credential::None,
        });
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
            Credential::Session(token) => self.authenticate_session(token).await,
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
        self.accept_key(record, now)
    }

    /// Accepts a key that was found, if it is alive.
    pub(crate) fn accept_key(
        &self,
        record: Box<KeyRecord>,
        now: Timestamp,
    ) -> Result<Authenticated, Problem> {
        if !record.status(now).works() {
            return Err(ErrorCode::AuthInvalid.into());
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
