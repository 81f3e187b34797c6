//! Finds out who calls.

mod credential;
mod identify;
pub mod session;

use keyward_core::staleness::{Bound, Freshness};
use keyward_core::verify::authenticate;
use keyward_core::{ErrorCode, KeyDigest, KeyRecord, Principal, RootKeyId, Timestamp};

pub use credential::{Credential, read_alone};

use crate::App;
use crate::identity::{Source, token};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::Incoming;
use crate::resources::CurrentSession;
use crate::verification::AskedBy;

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
    pub(crate) fn credential<'r>(&self, incoming: &'r Incoming) -> Result<Credential<'r>, Problem> {
        let credential = Credential::of(&incoming.credentials, self.config.providers.access.is_some())?;
        if incoming.is_safe() || credential.may_change(incoming.origin) {
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
    pub(crate) async fn authenticate(&self, incoming: &Incoming) -> Result<Authenticated, Problem> {
        let caller = self.authenticate_with(self.credential(incoming)?, Freshness::STRONG).await?;
        self.recognize(incoming, &caller.principal)?;
        Ok(caller)
    }

    /// Notes who calls, for the response, and refuses a request that is meant to be somebody else's: a page that shows one
    /// person must not act for another, who has signed in meanwhile.
    ///
    /// # Errors
    /// `auth.other_caller`.
    pub(crate) fn recognize(&self, incoming: &Incoming, principal: &Principal) -> Result<(), Problem> {
        let name = principal.actor().name();
        let is_other = incoming.caller.as_ref().is_some_and(|expected| *expected != name);
        self.caller.replace(Some(name));
        if is_other { Err(ErrorCode::AuthOtherCaller.into()) } else { Ok(()) }
    }

    /// Finds out who wants to verify. This is the hot path: the caller's key is looked up as quickly as the key in
    /// question, within the same bound, and is remembered. With a key one knows who one is, and most callers have one: for them
    /// the response is not made to say so, unless the request does.
    ///
    /// # Errors
    /// As [`App::authenticate`]; `auth.invalid` also if it is not who they say.
    pub(crate) async fn authenticate_verifier(
        &self,
        credential: Credential<'_>,
        AskedBy { client_id, incoming, .. }: &AskedBy<'_>,
        wanted: Freshness,
    ) -> Result<Principal, Problem> {
        let is_key = matches!(credential, Credential::Bearer(_)) && !credential.is_token();
        let principal = self.authenticate_with(credential, wanted).await?.principal;
        if client_id.as_deref().is_some_and(|id| principal.key_id() != Some(id)) {
            return Err(invalid());
        }
        if let Some(incoming) = incoming
            && (!is_key || incoming.caller.is_some())
        {
            self.recognize(incoming, &principal)?;
        }
        Ok(principal)
    }

    pub(crate) async fn authenticate_with(
        &self,
        credential: Credential<'_>,
        wanted: Freshness,
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
                if let Some(principal) = self.remembered_caller(&digest, wanted.bound)? {
                    return Ok(principal.into());
                }
                let key = authenticate(&text, &self.config.issuer).map_err(|_| invalid())?;
                let found = self.find_key((&key).into(), wanted).await?;
                let record =
                    found.found.filter(|record| record.digest.matches(&digest)).ok_or_else(invalid)?;
                self.memory.borrow_mut().remember_key(
                    &record,
                    key.ledger(),
                    found.begun_at,
                    self.ports.now(),
                );
                self.accept_key(record, found.as_of)
            }
        }
    }

    /// Who calls with a key that this isolate remembers, if what it remembers is fresh enough.
    fn remembered_caller(&self, digest: &KeyDigest, bound: Bound) -> Result<Option<Principal>, Problem> {
        let known = self.memory.borrow().key(digest, self.ports.now());
        let Some(remembered) = known else { return Ok(None) };
        let Some(as_of) = self.prove_caller(digest, &remembered, bound) else { return Ok(None) };
        let record = remembered.record;
        self.count_refusal(&record, as_of);
        if record.status(as_of).works() { Ok(Some(principal_of(&record))) } else { Err(invalid()) }
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
        self.uses.borrow_mut().extend(self.use_of(&record));
        let principal = principal_of(&record);
        Ok(Authenticated { key: Some((record, now)), ..principal.into() })
    }
}
