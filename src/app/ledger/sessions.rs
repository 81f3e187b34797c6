//! People's sessions, as a ledger keeps them. A session is over when its time is, or when the key that it depends on no
//! longer works; its row is deleted when another one begins or is used.

use keyward_core::event::Change;
use keyward_core::session::{Session, SessionSubject, displaced};
use keyward_core::{
    Actor, Entropy, ErrorCode, Event, KeyDigest, KeyRecord, Owner, RequestContext, SessionId, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::request::LedgerCall;
use super::sql::{Sql, StorageError, even_unreadable};
use super::{Ledger, Transaction};
use crate::problem::Problem;

/// The sessions of an owner. There are few.
pub(crate) const SESSIONS: &str = "SELECT body FROM sessions WHERE owner = ? ORDER BY id DESC";
/// Where the sessions of an owner are that end after an instant.
pub(crate) const SESSION_ROWS: &str = "SELECT id, digest FROM sessions WHERE owner = ? AND ends_at > ?";
/// Deletes the sessions whose time is over at an instant.
pub(crate) const FORGET_SESSIONS: &str = "DELETE FROM sessions WHERE ends_at <= ?";

/// Where a session is stored. To end it, nobody has to be able to read it.
#[derive(Debug)]
pub(crate) struct SessionRow {
    pub(crate) id: String,
    pub(crate) digest: String,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self { id: session.id.as_str().to_owned(), digest: session.digest.to_hex() }
    }
}

/// A session that is not over, and the key that it depends on, if it does.
type Live = (Session, Option<Box<KeyRecord>>);

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// The session, unless it is over, or depends on a key that cannot be read.
    fn live(&self, session: Session) -> Result<Option<Live>, StorageError> {
        if !session.is_alive(self.now) {
            return Ok(None);
        }
        let SessionSubject::Key { owner, id } = &session.subject else { return Ok(Some((session, None))) };
        let key = even_unreadable(self.store.key(owner, id))?.flatten();
        let key = key.filter(|key| key.status(self.now).works());
        Ok(key.map(|key| (session.with(&key), Some(Box::new(key)))))
    }

    /// The session of this digest as it is stored, and as it is, unless it is over or cannot be read.
    fn session(&self, digest: &KeyDigest) -> Result<Option<(Session, Live)>, StorageError> {
        let stored = even_unreadable(self.store.session(digest))?.flatten();
        let Some(stored) = stored else { return Ok(None) };
        Ok(self.live(stored.clone())?.map(|live| (stored, live)))
    }

    /// The sessions of an owner that are not over, the one that was started last first.
    pub(crate) fn sessions(&self, owner: &Owner) -> Result<Vec<Session>, StorageError> {
        let stored = self.store.sessions(owner)?.into_iter();
        let live = stored.filter_map(|session| self.live(session).transpose());
        live.map(|live| live.map(|(session, _)| session)).collect()
    }

    /// Ends sessions of one owner, with one event for all of them.
    pub(crate) fn end_sessions(
        &mut self,
        transaction: &mut Transaction,
        owner: &Owner,
        sessions: &[SessionRow],
        actor: &Actor,
    ) -> Result<u32, Problem> {
        let count = u32::try_from(sessions.len()).unwrap_or(u32::MAX);
        if count > 0 {
            let session = if let [only] = sessions { SessionId::parse(&only.id).ok() } else { None };
            let event = Event::of_owner(Change::SessionEnded { count, session }, actor, self.now);
            self.record(transaction, owner, event)?;
        }
        for session in sessions {
            transaction.delete_session(&session.digest);
        }
        Ok(count)
    }
}

/// Somebody signs in. The answer says until when, if the session is not used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct StartSession {
    /// The session, by the edge's clock.
    pub session: Session,
    /// The request, as events name it.
    pub request: RequestContext,
}

impl LedgerCall for StartSession {
    type Answer = Timestamp;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Timestamp, Problem> {
        let now = ledger.now;
        let session = Session { started_at: now, seen_at: now, ..self.session };
        ledger.request = self.request;
        // A token is accepted for some moments longer than it vouches for anybody.
        if !session.is_alive(now) {
            return Err(ErrorCode::AuthInvalid.into());
        }
        let (owner, actor) = (session.subject.owner(), session.subject.actor());
        if let Owner::User(user) = &owner
            && ledger.store.deleted_by(user)?.is_some()
        {
            return Err(ErrorCode::AuthForbidden.into());
        }
        let (mut live, mut transaction) = (Vec::new(), ledger.transaction());
        for known in ledger.store.sessions(&owner)? {
            match ledger.live(known.clone())? {
                Some((session, _)) => live.push(session),
                None => transaction.delete_session(&known.digest.to_hex()),
            }
        }
        let displaced: Vec<_> = displaced(live).iter().map(SessionRow::from).collect();
        ledger.end_sessions(&mut transaction, &owner, &displaced, &actor)?;
        let started = Change::SessionStarted { session: session.id.clone() };
        ledger.record(&mut transaction, &owner, Event::of_owner(started, &actor, now))?;
        transaction.put_session(&session);
        ledger.commit(transaction)?;
        Ok(session.ends_at())
    }
}

/// Whose session is it? That it was used is recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindSession {
    /// SHA-256 of the session's token.
    pub digest: KeyDigest,
}

/// What is known of a session, by the ledger's clock.
#[derive(Debug, Serialize, Deserialize)]
pub struct SessionFound {
    /// The session, if there is one that is not over.
    pub session: Option<Session>,
    /// The key that it depends on, if it does.
    pub key: Option<Box<KeyRecord>>,
    /// The ledger's clock.
    pub now: Timestamp,
}

impl LedgerCall for FindSession {
    type Answer = SessionFound;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<SessionFound, Problem> {
        let now = ledger.now;
        let Some((stored, (mut session, key))) = ledger.session(&self.digest)? else {
            return Ok(SessionFound { session: None, key: None, now });
        };
        if let Some(seen) = stored.seen(now) {
            session.seen_at = seen.seen_at;
            let mut transaction = ledger.transaction();
            transaction.put_session(&seen);
            // A full ledger records no uses, but whoever is signed in has to be able to revoke.
            match ledger.commit(transaction) {
                Err(problem) if problem.code != ErrorCode::LedgerFull => return Err(problem),
                _ => {}
            }
        }
        Ok(SessionFound { session: Some(session), key, now })
    }
}

/// Somebody signs out.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndSession {
    /// SHA-256 of the session's token.
    pub digest: KeyDigest,
    /// The request, as events name it.
    pub request: RequestContext,
}

impl LedgerCall for EndSession {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        ledger.request = self.request;
        let mut transaction = ledger.transaction();
        if let Some((session, _)) = ledger.session(&self.digest)? {
            let (owner, actor) = (session.subject.owner(), session.subject.actor());
            ledger.end_sessions(&mut transaction, &owner, &[SessionRow::from(&session)], &actor)?;
        } else if ledger.store.has_session(&self.digest)? {
            // Over, which is no event; or nobody can read whose it is. It must not come back.
            transaction.delete_session(&self.digest.to_hex());
        } else {
            return Ok(());
        }
        ledger.commit(transaction)
    }
}
