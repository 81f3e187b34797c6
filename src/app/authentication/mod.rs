//! Finds out who calls.

mod credential;
mod identify;
pub mod session;

use keyward_core::verify::authenticate;
use keyward_core::{Consistency, ErrorCode, KeyDigest, KeyRecord, Principal, RootKeyId, Timestamp};

pub use credential::Credential;

use crate::App;
use crate::identity::{Source, token};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::Request;
use crate::resources::CurrentSession;

/// Who calls, and the key that proved it, if a key did.
#[derive(Debug)]
pub struct Authenticated {
    /// Who.
    pub principal: Principal,
    /// The key and the clock it was judged by.
    pub key: Option<(Box<KeyRecord>, Timestamp)>,
    /// Until when a token vouches for a person who came with one.
    pub vouched_until: Option<Timestamp>,
    /// Who issued that token.
    pub issuer: Option<String>,
    /// The session, if the credential is one, or has just started one.
    pub session: Option<CurrentSession>,
}

impl From<Principal> for Authenticated {
    fn from(principal: Principal) -> Self {
        Self { principal, key: None, vouched_until: None, issuer: None, session: None }
    }
}

/// The principal that a key makes its bearer.
fn principal_of(record: &KeyRecord) -> Principal {
    Principal::Key {
        id: record.id.clone(),
        key_type: record.key_type,
        owner: record.owner.clone(),
        scopes: record.settings.scopes.clone(),
        ends_at: record.ends_at(),
        consistency: record.settings.consistency,
    }
}

fn invalid() -> Problem {
    ErrorCode::AuthInvalid.into()
}

impl<P: Ports> App<'_, P> {
    /// The credential of a request, if a page may use it for what the request wants.
    ///
    /// # Errors
    /// `auth.malformed`, `auth.foreign_origin`.
    pub(crate) fn credential<'r>(&self, request: &'r Request) -> Result<Credential<'r>, Problem> {
        let credential = Credential::of(&request.credentials, self.config.providers.access.is_some())?;
        if request.is_safe() || credential.may_change(request.origin) {
            Ok(credential)
        } else {
            Err(ErrorCode::AuthForeignOrigin.into())
        }
    }

    /// Finds out who calls. A key is looked up in its ledger, since it may be about to read or change keys.
    ///
    /// # Errors
    /// As [`App::credential`]; `auth.missing` without a credential; `auth.invalid` for one that is not accepted, whatever
    /// the reason; `auth.other_caller`; `server.unavailable`.
    pub(crate) async fn authenticate(&self, request: &Request) -> Result<Authenticated, Problem> {
        let caller = self.authenticate_with(self.credential(request)?, Consistency::Strong).await?;
        self.recognize(request, &caller.principal)?;
        Ok(caller)
    }

    /// Notes who calls, for the response, and refuses a request that is meant to be somebody else's: a page that shows one
    /// person must not act for another, who has signed in meanwhile.
    ///
    /// # Errors
    /// `auth.other_caller`.
    pub(crate) fn recognize(&self, request: &Request, principal: &Principal) -> Result<(), Problem> {
        let name = principal.actor().name();
        let is_other = request.caller.as_ref().is_some_and(|expected| *expected != name);
        self.caller.replace(Some(name));
        if is_other { Err(ErrorCode::AuthOtherCaller.into()) } else { Ok(()) }
    }

    /// Finds out who wants to verify. This is the hot path: the caller's key is looked up as quickly as the key in
    /// question, and is remembered for a few seconds.
    pub(crate) async fn authenticate_verifier(
        &self,
        credential: Credential<'_>,
    ) -> Result<Principal, Problem> {
        Ok(self.authenticate_with(credential, Consistency::Fast).await?.principal)
    }

    pub(crate) async fn authenticate_with(
        &self,
        credential: Credential<'_>,
        consistency: Consistency,
    ) -> Result<Authenticated, Problem> {
        match credential {
            Credential::None => Err(ErrorCode::AuthMissing.into()),
            Credential::Session(token) => self.authenticate_session(token).await,
            Credential::Access(token) => self.identify(Source::Access, token).await,
            Credential::Bearer(text) if token::looks_like_one(&text) => {
                self.identify(Source::Bearer, &text).await
            }
            Credential::Bearer(text) => {
                let digest = KeyDigest::of(&text);
                if self.config.has_root_digest(&digest) {
                    return Ok(Principal::Root { id: RootKeyId::of(&digest) }.into());
                }
                if consistency == Consistency::Fast {
                    return Ok(self.authenticate_key_fast(&text, &digest).await?.into());
                }
                let key = authenticate(&text, &self.config.issuer).map_err(|_| invalid())?;
                let found = self.find_key(&key, consistency).await?;
                let record =
                    found.record.filter(|record| record.digest.matches(&digest)).ok_or_else(invalid)?;
                self.accept_key(record, found.now)
            }
        }
    }

    async fn authenticate_key_fast(&self, text: &str, digest: &KeyDigest) -> Result<Principal, Problem> {
        let now = self.ports.now();
        if let Some(record) = self.memory.borrow().caller(digest, now) {
            return if record.status(now).works() { Ok(principal_of(record)) } else { Err(invalid()) };
        }
        let key = authenticate(text, &self.config.issuer).map_err(|_| invalid())?;
        let found = self.find_key(&key, Consistency::Fast).await?;
        let record = found.record.filter(|record| record.digest.matches(digest)).ok_or_else(invalid)?;
        if found.consistency == Consistency::Fast {
            self.memory.borrow_mut().remember_caller(&record, now);
        }
        Ok(self.accept_key(record, found.now)?.principal)
    }

    /// Accepts a key that was found, if it works.
    pub(crate) fn accept_key(
        &self,
        record: Box<KeyRecord>,
        now: Timestamp,
    ) -> Result<Authenticated, Problem> {
        if !record.status(now).works() {
            self.count_refusal(&record, now);
            return Err(invalid());
        }
        self.uses.borrow_mut().extend(self.use_of(&record, now));
        let principal = principal_of(&record);
        Ok(Authenticated { key: Some((record, now)), ..principal.into() })
    }
}
