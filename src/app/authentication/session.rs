//! People's sessions in the dashboard.

use keyward_core::session::{Session, SessionSubject, SessionToken};
use keyward_core::{ErrorCode, KeyDigest, Principal, RequestContext, RootKeyId, SessionId};

use super::{Authenticated, Credential, invalid};
use crate::App;
use crate::ledger::sessions::{EndSession, FindSession, SessionFound, StartSession};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Credentials, Incoming};
use crate::resources::CurrentSession;

/// The session that a request comes with, if that is its credential: SHA-256 of the token.
pub(crate) fn presented(credentials: &Credentials) -> Option<KeyDigest> {
    match Credential::of(credentials, false) {
        Ok(Credential::Session(token)) => Some(KeyDigest::of(token)),
        _ => None,
    }
}

impl<P: Ports> App<'_, P> {
    /// Starts a session for somebody who has signed in with a root key, a personal key or a token of an identity
    /// provider.
    ///
    /// # Errors
    /// `auth.forbidden` for anybody else; `auth.invalid` for a token that no longer vouches for anybody;
    /// `server.unavailable`.
    pub(crate) async fn begin_session(
        &self,
        incoming: &Incoming,
        caller: &Authenticated,
        credential: &Credential<'_>,
    ) -> Result<(SessionToken, CurrentSession), Problem> {
        // A session cannot start another one.
        let text = match credential {
            Credential::Bearer(text) => text,
            Credential::Access(text) => *text,
            Credential::None | Credential::Session(_) => return Err(ErrorCode::AuthForbidden.into()),
        };
        let subject = SessionSubject::of(&caller.principal, text).ok_or(ErrorCode::AuthForbidden)?;
        let ledger = subject.owner().ledger();
        let token = SessionToken::make(ledger, &self.config.issuer.ring, &mut self.ports.entropy())?;
        let now = self.ports.now();
        let id = SessionId::make(now, &mut self.ports.entropy())?;
        let request = self.config.recorded.context(incoming);
        let RequestContext { address, user_agent, .. } = request.clone();
        let session = Session {
            id: id.clone(),
            digest: token.digest(),
            subject,
            started_at: now,
            seen_at: now,
            vouched_until: caller.vouched_until,
            issuer: caller.issuer.clone(),
            address,
            user_agent,
        };
        let ends_at = self.ask(ledger, StartSession { session, request }).await?;
        let key_ends_at = caller.key.as_ref().and_then(|(key, _)| key.ends_at());
        Ok((token, CurrentSession { id, ends_at: key_ends_at.map_or(ends_at, |until| ends_at.min(until)) }))
    }

    /// Finds out whose session it is. It ends with what it depends on.
    pub(super) async fn authenticate_session(&self, text: &str) -> Result<Authenticated, Problem> {
        let token = SessionToken::parse(text, &self.config.issuer.ring).ok_or_else(invalid)?;
        let call = FindSession { digest: token.digest() };
        let SessionFound { session, key, now } = self.ask(token.ledger(), call).await?;
        let session = session.ok_or_else(invalid)?;
        let current = CurrentSession { id: session.id.clone(), ends_at: session.ends_at() };
        let caller = match session.subject {
            SessionSubject::Root { digest } if self.config.has_root_digest(&digest) => {
                Principal::Root { id: RootKeyId::of(&digest) }.into()
            }
            SessionSubject::Root { .. } => return Err(invalid()),
            SessionSubject::User { id, asserted } => {
                // A provider that was taken out of the configuration vouches for nobody any more.
                let issuer = session.issuer.filter(|issuer| self.config.providers.knows(issuer));
                issuer.ok_or_else(invalid)?;
                Principal::User { id, asserted }.into()
            }
            SessionSubject::Key { .. } => self.accept_key(key.ok_or_else(invalid)?, now)?,
        };
        Ok(Authenticated { session: Some(current), ..caller })
    }

    /// Ends a session. If it has ended already, that is not an error. Whose it is matters only to a request that says so.
    ///
    /// # Errors
    /// `auth.missing` where the credential is not a session; `auth.other_caller`; `server.unavailable`.
    pub(crate) async fn finish_session(
        &self,
        incoming: &Incoming,
        credential: Credential<'_>,
    ) -> Result<(), Problem> {
        let Credential::Session(text) = credential else { return Err(ErrorCode::AuthMissing.into()) };
        if incoming.caller.is_some() {
            match self.authenticate_session(text).await {
                Ok(caller) => self.recognize(incoming, &caller.principal)?,
                Err(problem) if problem.code == ErrorCode::AuthInvalid => {}
                Err(problem) => return Err(problem),
            }
        }
        if let Some(token) = SessionToken::parse(text, &self.config.issuer.ring) {
            self.ask(
                token.ledger(),
                EndSession { digest: token.digest(), request: self.config.recorded.context(incoming) },
            )
            .await?;
        }
        Ok(())
    }
}
