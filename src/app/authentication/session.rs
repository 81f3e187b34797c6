//! People's sessions in the dashboard.

use keyward_core::session::{Session, SessionSubject, SessionToken};
use keyward_core::{ErrorCode, KeyDigest, Principal, RootKeyId};

use super::{Authenticated, Credential, invalid};
use crate::App;
use crate::identity::Source;
use crate::ledger::sessions::{EndSession, FindSession, SessionFound, StartSession};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::Credentials;
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
        caller: &Authenticated,
        credential: Credential<'_>,
    ) -> Result<(SessionToken, Session), Problem> {
        let source = match credential {
            Credential::Access(_) => Source::Access,
            _ => Source::Bearer,
        };
        // A session cannot start another one.
        let (Credential::Bearer(text) | Credential::Access(text)) = credential else {
            return Err(ErrorCode::AuthForbidden.into());
        };
        let subject = SessionSubject::of(&caller.principal, text).ok_or(ErrorCode::AuthForbidden)?;
        let ledger = subject.owner().ledger();
        let token = SessionToken::make(ledger, &self.config.issuer.ring, &mut self.ports.entropy())?;
        let provider = self.config.providers.of(source).filter(|_| credential.is_token());
        let start = StartSession {
            digest: token.digest(),
            subject,
            vouched_until: caller.vouched_until,
            issuer: provider.map(|provider| provider.issuer.clone()),
            address: None,
            user_agent: None,
        };
        let session = self.ask(ledger, start).await?;
        Ok((token, session))
    }

    /// Finds out whose session it is. It ends with what it depends on.
    pub(super) async fn authenticate_session(&self, text: &str) -> Result<Authenticated, Problem> {
        let token = SessionToken::parse(text, &self.config.issuer.ring).ok_or_else(invalid)?;
        let call = FindSession { digest: token.digest() };
        let SessionFound { found, now } = self.ask(token.ledger(), call).await?;
        let live = found.ok_or_else(invalid)?;
        let session = CurrentSession { id: live.session.id.clone(), ends_at: live.ends_at() };
        let caller = match live.session.subject {
            SessionSubject::Root { digest } if self.config.has_root_digest(&digest) => {
                Principal::Root { id: RootKeyId::of(&digest) }.into()
            }
            SessionSubject::Root { .. } => return Err(invalid()),
            SessionSubject::User { id, asserted } => Principal::User { id, asserted }.into(),
            SessionSubject::Key { .. } => self.accept_key(live.key.ok_or_else(invalid)?, now)?,
        };
        Ok(Authenticated { session: Some(session), ..caller })
    }

    /// Ends a session. If it has ended already, that is not an error.
    ///
    /// # Errors
    /// `auth.missing` where the credential is not a session; `server.unavailable`.
    pub(crate) async fn finish_session(&self, credential: Credential<'_>) -> Result<(), Problem> {
        let Credential::Session(text) = credential else { return Err(ErrorCode::AuthMissing.into()) };
        if let Some(token) = SessionToken::parse(text, &self.config.issuer.ring) {
            self.ask(token.ledger(), EndSession { digest: token.digest() }).await?;
        }
        Ok(())
    }
}
