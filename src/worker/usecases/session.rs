//! Sessions of people in the dashboard.

use keyward_core::policy::Principal;
use keyward_core::session::{Holder, Session, SessionToken};
use keyward_core::{ErrorCode, KeyDigest, Owner};

use super::App;
use super::authenticate::{Authenticated, Credential};
use crate::ledger::call::{Call, Reply};
use crate::ports::Ports;
use crate::problem::Problem;

/// What a session started by `who` hangs on. Keys of organizations are for programs: they get none.
fn holder_of(who: &Authenticated, credential: &Credential) -> Option<Holder> {
    match (&who.principal, credential) {
        (Principal::Root, Credential::Bearer(root_key)) => Some(Holder::Root(KeyDigest::of(root_key))),
        (Principal::User { id, claims }, Credential::Bearer(_) | Credential::Access(_)) => {
            Some(Holder::User(id.clone(), claims.clone()))
        }
        (Principal::Key { id, owner: owner @ Owner::User(_), .. }, Credential::Bearer(_)) => {
            Some(Holder::Key(owner.clone(), id.clone()))
        }
        _ => None,
    }
}

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
        let holder = holder_of(who, credential).ok_or(ErrorCode::AuthForbidden)?;
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
        let Reply::Session(found, now) = reply else { return Err(ErrorCode::ServerInternal.into()) };
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
