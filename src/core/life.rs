//! A key's life: pure transitions from a record, a command and an instant to a new record and the event to
//! record, or a refusal that changes nothing.

use crate::actor::Actor;
use crate::event::{Event, EventAction};
use crate::fields::{Metadata, Reason, Scopes, Title};
use crate::id::KeyId;
use crate::issue::IssuedKey;
use crate::owner::Owner;
use crate::record::{Consistency, KeyRecord, KeyType, Revocation, Status};
use crate::timestamp::Timestamp;

/// Longest time until a revocation or the end of a grace period, in seconds: a year.
pub const REVOKE_IN_MAX_SECONDS: u32 = 31_536_000;

/// Why a command is refused. Nothing has then changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The key has been revoked, and that is for good.
    #[error("the key is already revoked")]
    AlreadyRevoked,
    /// An expiry has to lie ahead.
    #[error("the expiry does not lie ahead")]
    ExpiryNotAhead,
    /// Of a revoked or expired key only title and metadata can be changed; it cannot be rolled either.
    #[error("the key is revoked or expired")]
    NotActive,
    /// Only a revoked key can be deleted.
    #[error("the key is not revoked")]
    NotRevoked,
    /// A revocation can be brought forward, never put off.
    #[error("the revocation cannot be put off")]
    RevocationPutOff,
}

/// A record after a command, and what to note of it.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The record from now on.
    pub record: KeyRecord,
    /// What happened.
    pub event: Event,
}

/// What a person gives to create a key.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// Secret or publishable.
    pub key_type: KeyType,
    /// What people will call it.
    pub title: Title,
    /// What it may do.
    pub scopes: Scopes,
    /// What the application keeps with it.
    pub metadata: Metadata,
    /// The least consistency that its verification needs.
    pub consistency: Consistency,
    /// When its time is over, if ever.
    pub expires_at: Option<Timestamp>,
}

/// What to change of a key; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct Changes {
    /// Another title.
    pub title: Option<Title>,
    /// Other scopes.
    pub scopes: Option<Scopes>,
    /// Other metadata, whole.
    pub metadata: Option<Metadata>,
    /// Another expiry; `Some(None)` for never.
    pub expires_at: Option<Option<Timestamp>>,
    /// Another least consistency.
    pub consistency: Option<Consistency>,
}

impl Changes {
    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        let Self { title, scopes, metadata, expires_at, consistency } = self;
        title.is_none()
            && scopes.is_none()
            && metadata.is_none()
            && expires_at.is_none()
            && consistency.is_none()
    }

    /// The scopes that are granted to the key by this: other ones; or those that it has, for longer or to be checked
    /// less strictly than until now.
    #[must_use]
    pub fn grants<'a>(&'a self, record: &'a KeyRecord) -> Option<&'a Scopes> {
        let prolongs = match (self.expires_at, record.expires_at) {
            (Some(None), Some(_)) => true,
            (Some(Some(new)), Some(old)) => new > old,
            _ => false,
        };
        let loosens =
            (record.consistency, self.consistency) == (Consistency::Strong, Some(Consistency::Fast));
        self.scopes.as_ref().or((prolongs || loosens).then_some(&record.scopes))
    }
}

/// Creates a key.
///
/// # Errors
/// [`Refusal::ExpiryNotAhead`].
pub fn create(
    new: NewKey,
    owner: Owner,
    id: KeyId,
    issued: &IssuedKey,
    actor: &Actor,
    now: Timestamp,
) -> Result<Transition, Refusal> {
    refuse_expiry_behind(new.expires_at, now)?;
    let token = (new.key_type == KeyType::Publishable).then(|| issued.text().to_owned());
    let record = KeyRecord {
        version: 1,
        id,
        key_type: new.key_type,
        owner,
        title: new.title,
        redacted: issued.redacted().to_owned(),
        token,
        digest: issued.digest(),
        scopes: new.scopes,
        metadata: new.metadata,
        consistency: new.consistency,
        created_at: now,
        created_by: actor.clone(),
        updated_at: now,
        last_used_at: None,
        expires_at: new.expires_at,
        revocation: None,
    };
    let details = [
        ("type", record.key_type.as_str().into()),
        ("scopes", record.scopes.iter().collect::<Vec<_>>().into()),
        ("expires_at", record.expires_at.map(|at| at.to_string()).into()),
    ];
    let event = Event::of_key(&record, EventAction::KeyCreated, actor, now, &details);
    Ok(Transition { record, event })
}

fn refuse_expiry_behind(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    if expires_at.is_some_and(|at| at <= now) { Err(Refusal::ExpiryNotAhead) } else { Ok(()) }
}

impl KeyRecord {
    fn changed(&self, now: Timestamp) -> Self {
        Self { version: self.version + 1, updated_at: now.max(self.updated_at), ..self.clone() }
    }

    /// Changes what people may change.
    ///
    /// # Errors
    /// [`Refusal::NotActive`] for more than title and metadata of a revoked or expired key;
    /// [`Refusal::ExpiryNotAhead`].
    pub fn update(&self, changes: Changes, actor: &Actor, now: Timestamp) -> Result<Transition, Refusal> {
        let touches_rights =
            changes.scopes.is_some() || changes.expires_at.is_some() || changes.consistency.is_some();
        if touches_rights && !self.status(now).works() {
            return Err(Refusal::NotActive);
        }
        refuse_expiry_behind(changes.expires_at.flatten(), now)?;
        let named = [
            ("title", changes.title.is_some()),
            ("scopes", changes.scopes.is_some()),
            ("metadata", changes.metadata.is_some()),
            ("expires_at", changes.expires_at.is_some()),
            ("consistency", changes.consistency.is_some()),
        ];
        let fields: Vec<&str> = named.iter().filter(|(_, given)| *given).map(|(name, _)| *name).collect();
        let mut record = self.changed(now);
        record.title = changes.title.unwrap_or(record.title);
        record.scopes = changes.scopes.unwrap_or(record.scopes);
        record.metadata = changes.metadata.unwrap_or(record.metadata);
        record.expires_at = changes.expires_at.unwrap_or(record.expires_at);
        record.consistency = changes.consistency.unwrap_or(record.consistency);
        let event = Event::of_key(&record, EventAction::KeyUpdated, actor, now, &[("fields", fields.into())]);
        Ok(Transition { record, event })
    }

    /// Revokes the key in `revoke_in` seconds (0: now). While a revocation lies ahead it can be brought forward.
    ///
    /// # Errors
    /// [`Refusal::AlreadyRevoked`] once it has come; [`Refusal::RevocationPutOff`] for a later instant.
    pub fn revoke(
        &self,
        revoke_in: u32,
        reason: Option<Reason>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Transition, Refusal> {
        if self.status(now) == Status::Revoked {
            return Err(Refusal::AlreadyRevoked);
        }
        let at = now.plus_seconds(revoke_in);
        if self.revocation.as_ref().is_some_and(|ahead| at > ahead.at) {
            return Err(Refusal::RevocationPutOff);
        }
        let mut record = self.changed(now);
        let earlier = record.revocation.take().and_then(|ahead| ahead.reason);
        record.revocation = Some(Revocation { at, by: actor.clone(), reason: reason.or(earlier) });
        let reason = record.revocation.as_ref().and_then(|revocation| revocation.reason.as_ref());
        let details = [("revoked_at", at.to_string().into()), ("reason", reason.map(Reason::as_str).into())];
        let event = Event::of_key(&record, EventAction::KeyRevoked, actor, now, &details);
        Ok(Transition { record, event })
    }

    /// Replaces the key by a new one of the same owner, type, title, scopes, metadata, consistency and expiry. The
    /// old one is revoked in `grace` seconds, or earlier if that was settled before.
    ///
    /// Gives the old key's transition and the new one's.
    ///
    /// # Errors
    /// [`Refusal::NotActive`].
    pub fn roll(
        &self,
        grace: u32,
        id: KeyId,
        issued: &IssuedKey,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(Transition, Transition), Refusal> {
        if !self.status(now).works() {
            return Err(Refusal::NotActive);
        }
        let new = NewKey {
            key_type: self.key_type,
            title: self.title.clone(),
            scopes: self.scopes.clone(),
            metadata: self.metadata.clone(),
            consistency: self.consistency,
            expires_at: self.expires_at,
        };
        let mut successor = create(new, self.owner.clone(), id, issued, actor, now)?;
        successor.event.details.insert("rolled_from".into(), self.id.as_str().into());

        let mut record = self.changed(now);
        let settled = record.revocation.take();
        let at = now.plus_seconds(grace);
        record.revocation = match settled {
            Some(earlier) if earlier.at <= at => Some(earlier),
            later => Some(Revocation { at, by: actor.clone(), reason: later.and_then(|later| later.reason) }),
        };
        let at = record.revocation.as_ref().map(|revocation| revocation.at.to_string());
        let details = [("rolled_to", successor.record.id.as_str().into()), ("revoked_at", at.into())];
        let event = Event::of_key(&record, EventAction::KeyRolled, actor, now, &details);
        Ok((Transition { record, event }, successor))
    }

    /// Deletes a revoked key; only this event remains.
    ///
    /// # Errors
    /// [`Refusal::NotRevoked`].
    pub fn delete(&self, actor: &Actor, now: Timestamp) -> Result<Event, Refusal> {
        if self.status(now) == Status::Revoked {
            Ok(Event::of_key(self, EventAction::KeyDeleted, actor, now, &[]))
        } else {
            Err(Refusal::NotRevoked)
        }
    }
}
