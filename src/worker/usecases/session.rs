//! Sessions of people in the dashboard.

use keyward_core::session::{Holder, Session, SessionToken};
use keyward_core::{ErrorCode, Principal};

use super::authenticate::{Authenticated, Credential};
use super::{App, unexpected_reply};
use crate::ledger::call::{Call, Reply};
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> App<'_, P> {
    /// Starts a session for somebody who has come with a root key, a personal key or a token of an identity provider.
    ///
    /// # Errors
    /// `auth.forbidden` for anybody else; `server.unavailable`.
    pub async fn start_session(
        &self,
        who: &Authenticated,
        credential: &Credential,
    ) -> Result<SessionToken, Problem> {
        // A session starts no other.
        let (Credential::Bearer(text) | Credential::Access(text)) = credential else {
            return Err(ErrorCode::AuthForbidden.into());
        };
        let holder = Holder::of(&who.principal, text).ok_or(ErrorCode::AuthForbidden)?;
        let ring = &self.config.issuer.ring;
        let token = SessionToken::make(holder.ledger(), ring, &mut self.ports.entropy())?;
        let now = self.ports.now();
        let session = Session { digest: token.digest(), holder, started_at: now, seen_at: now };
        self.ask(token.ledger(), &Call::StartSession(session)).await?;
        Ok(token)
    }

    /// Finds out whose session it is. It ends with what it hangs on.
    ///
    /// # Errors
    /// `auth.invalid`; `server.unavailable`.
    pub(crate) async fn authenticate_session(&self, text: &str) -> Result<Authenticated, Problem> {
        let invalid = || Problem::from(ErrorCode::AuthInvalid);
        let token = SessionToken::parse(text, &self.config.issuer.ring).ok_or_else(invalid)?;
        let reply = self.ask(token.ledger(), &Call::FindSession(token.digest())).await?;
        let Reply::Session(found, now) = reply else { return Err(unexpected_reply()) };
        let (session, record) = found.ok_or_else(invalid)?;
        match session.holder {
            Holder::Root(digest) if self.config.has_root_digest(&digest) => {
                Ok(Authenticated::without_key(Principal::Root))
            }
            Holder::Root(_) => Err(invalid()),
            Holder::User(id, claims) => Ok(Authenticated::without_key(Principal::User { id, claims })),
            Holder::Key(..) => self.accept_key(record.ok_or_else(invalid)?, now),
        }
    }

    /// Ends a session.
    ///
    /// # Errors
    /// `auth.missing` where the credential is none; `server.unavailable`.
    pub async fn end_session(&self, credential: &Credential) -> Result<(), Problem> {
        let Credential::Session(text) = credential else { return Err(ErrorCode::AuthMissing.into()) };
        if let Some(token) = SessionToken::parse(text, &self.config.issuer.ring) {
            self.ask(token.ledger(), &Call::EndSession(token.digest())).await?;
        }
        Ok(())
    }
}
