//! What a ledger is asked and told besides the operations of the API.

use keyward_core::record::is_use_worth_recording;
use keyward_core::session::{Session, SessionSubject};
use keyward_core::{Entropy, KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Role, Timestamp, Title};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::memberships::Membership;
use super::request::LedgerCall;
use super::sql::Sql;
use crate::problem::Problem;

/// What is known of the key with this digest?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindKey {
    /// SHA-256 of the key.
    pub digest: KeyDigest,
}

/// What is known of a key, to be judged by the ledger's clock.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeyFound {
    /// The key, if it is known.
    pub record: Option<Box<KeyRecord>>,
    /// The ledger's clock.
    pub now: Timestamp,
}

impl LedgerCall for FindKey {
    type Answer = KeyFound;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<KeyFound, Problem> {
        let record = ledger.store.key_by_digest(&self.digest)?.map(Box::new);
        Ok(KeyFound { record, now: ledger.now })
    }
}

/// Which role does the user have in the organization? `None` for somebody who is not a member.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindRole {
    /// Which organization.
    pub organization: OwnerId,
    /// Which user.
    pub user: OwnerId,
}

impl LedgerCall for FindRole {
    type Answer = Option<Role>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Option<Role>, Problem> {
        Ok(ledger.store.member(&self.organization, &self.user)?.map(|member| member.role))
    }
}

/// Which organizations does the user belong to?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindMemberships {
    /// Which user.
    pub user: OwnerId,
}

impl LedgerCall for FindMemberships {
    type Answer = Vec<Membership>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Vec<Membership>, Problem> {
        let mut memberships = ledger.store.memberships(&self.user)?;
        memberships.retain(|membership| membership.role.is_some());
        Ok(memberships)
    }
}

/// What is the organization called?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindOrganizationName {
    /// Which organization.
    pub organization: OwnerId,
}

impl LedgerCall for FindOrganizationName {
    type Answer = Option<Title>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Option<Title>, Problem> {
        Ok(ledger.store.organization(&self.organization)?.map(|organization| organization.name))
    }
}

/// That a key was used.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyUse {
    /// Whose key.
    pub owner: Owner,
    /// Which key.
    pub key: KeyId,
    /// When.
    pub at: Timestamp,
}

impl LedgerCall for KeyUse {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let known = ledger.store.key(&self.owner, &self.key)?;
        if known.is_some_and(|record| is_use_worth_recording(record.last_used_at, self.at)) {
            let mut transaction = ledger.transaction();
            transaction.record_use(&self);
            ledger.store.commit(transaction)?;
        }
        Ok(())
    }
}

impl LedgerCall for Session {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let mut transaction = ledger.transaction();
        transaction.put_session(&Self { started_at: ledger.now, seen_at: ledger.now, ..self });
        Ok(ledger.store.commit(transaction)?)
    }
}

/// Whose session is it? That it was used is recorded.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindSession {
    /// SHA-256 of the session's token.
    pub digest: KeyDigest,
}

/// A session that is valid.
#[derive(Debug, Serialize, Deserialize)]
pub struct SessionFound {
    /// The session, if there is one that is valid.
    pub session: Option<Session>,
    /// The key that it depends on.
    pub key: Option<Box<KeyRecord>>,
    /// The ledger's clock.
    pub now: Timestamp,
}

impl LedgerCall for FindSession {
    type Answer = SessionFound;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<SessionFound, Problem> {
        let now = ledger.now;
        let session = ledger.store.session(&self.digest)?.filter(|session| session.is_alive(now));
        let Some(session) = session else { return Ok(SessionFound { session: None, key: None, now }) };
        let key = match &session.subject {
            SessionSubject::Key { owner, id } => ledger.store.key(owner, id)?.map(Box::new),
            SessionSubject::Root { .. } | SessionSubject::User { .. } => None,
        };
        if let Some(seen) = session.seen(now) {
            let mut transaction = ledger.transaction();
            transaction.put_session(&seen);
            ledger.store.commit(transaction)?;
        }
        Ok(SessionFound { session: Some(session), key, now })
    }
}

/// A session ends.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct EndSession {
    /// SHA-256 of the session's token.
    pub digest: KeyDigest,
}

impl LedgerCall for EndSession {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let mut transaction = ledger.transaction();
        transaction.end_session(&self.digest);
        Ok(ledger.store.commit(transaction)?)
    }
}
