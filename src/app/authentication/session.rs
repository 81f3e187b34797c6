//! People's sessions in the dashboard.

use keyward_core::session::{Session, SessionSubject, SessionToken};
use keyward_core::{ErrorCode, Principal};

use super::{Authenticated, Credential, invalid};
use crate::App;
use crate::ledger::queries::{EndSession, FindSession, SessionFound};
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> App<'_, P> {
    /// Starts a session for somebody who has signed in with a root key, a personal key or a token of an identity
    /// provider.
    ///
    /// # Errors
    /// `auth.forbidden` for anybody else; `server.unavailable`.
    pub(crate) async fn begin_session(
        &self,
        caller: &Authenticated,
        credential: &Credential<'_>,
    ) -> Result<SessionToken, Problem> {
        // A session cannot start another one.
        let text = match credential {
            Credential::Bearer(text) => text,
            Credential::Access(text) => *text,
            Credential::None | Credential::Session(_) => return Err(ErrorCode::AuthForbidden.into()),
        };
        let subject = SessionSubject::of(&caller.principal, text).ok_or(ErrorCode::AuthForbidden)?;
        let token =
            SessionToken::make(subject.ledger(), &self.config.issuer.ring, &mut self.ports.entropy())?;
        let now = self.ports.now();
        let session = Session { digest: token.digest(), subject, started_at: now, seen_at: now };
        self.ask(token.ledger(), session).await?;
        Ok(token)
    }

    /// Finds out whose session it is. It ends with what it depends on.
    pub(super) async fn authenticate_session(&self, text: &str) -> Result<Authenticated, Problem> {
        let token = SessionToken::parse(text, &self.config.issuer.ring).ok_or_else(invalid)?;
        let call = FindSession { digest: token.digest() };
        let SessionFound { session, key, now } = self.ask(token.ledger(), call).await?;
        match session.ok_or_else(invalid)?.subject {
            SessionSubject::Root { digest } if self.config.has_root_digest(&digest) => {
                Ok(Principal::Root.into())
            }
            SessionSubject::Root { .. } => Err(invalid()),
            SessionSubject::User { id, asserted } => Ok(Principal::User { id, asserted }.into()),
            SessionSubject::Key { .. } => self.accept_key(key.ok_or_else(invalid)?, now),
        }
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
