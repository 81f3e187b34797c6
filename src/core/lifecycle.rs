//! A key's lifecycle: pure transitions from a record, a command and an instant to a new record and the event to
//! record, or a refusal that changes nothing.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actor::{Actor, ActorName};
use crate::channel::Links;
use crate::event::{Change, Event, FieldChange, Via};
use crate::id::KeyId;
use crate::issue::IssuedKey;
use crate::owner::Owner;
use crate::record::{KeyRecord, KeyType, Revocation, Status};
use crate::settings::{KeyChanges, NewKey, Reason};
use crate::source::Source;
use crate::timestamp::Timestamp;

/// Longest time until a revocation or the end of a grace period, in seconds: a year.
pub const DELAY_MAX_SECONDS: u32 = 31_536_000;

/// How long something is put off: a whole number of seconds from 0 to [`DELAY_MAX_SECONDS`]. As in JSON Schema, `60.0` is a
/// whole number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Delay(u32);

/// The value is not a delay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of seconds from 0 to {DELAY_MAX_SECONDS}")]
pub struct DelayError;

impl Delay {
    /// The delay in seconds.
    #[must_use]
    pub fn as_seconds(self) -> u32 {
        self.0
    }
}

impl TryFrom<Value> for Delay {
    type Error = DelayError;
    fn try_from(value: Value) -> Result<Self, DelayError> {
        let seconds = value.as_f64().filter(|seconds| seconds.fract() == 0.0).ok_or(DelayError)?;
        if !(0.0..=f64::from(DELAY_MAX_SECONDS)).contains(&seconds) {
            return Err(DelayError);
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole and in range"
        )]
        Ok(Self(seconds as u32))
    }
}

/// Why a command is refused. Nothing has then changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// The key has been revoked, and that is for good.
    #[error("the key is already revoked")]
    AlreadyRevoked,
    /// The key has been rolled: it has a successor, and no key has two.
    #[error("the key was rolled to {0}")]
    AlreadyRolled(KeyId),
    /// An expiry has to be in the future.
    #[error("the expiry is not in the future")]
    ExpiryNotAhead,
    /// Only publishable keys are linked to anything.
    #[error("the key is not publishable")]
    LinksOfSecret,
    /// Only title and metadata of a revoked or expired key can be changed and links taken away, and it cannot be rolled.
    #[error("the key is revoked or expired")]
    NotActive,
    /// Only a revoked key can be deleted.
    #[error("the key is not revoked")]
    NotRevoked,
    /// A revocation can be brought forward, never put off.
    #[error("the revocation cannot be put off")]
    RevocationPutOff,
}

/// What an event says of a revocation besides when and why.
#[derive(Debug, Default)]
struct Occasion<'a> {
    created_by: Option<&'a ActorName>,
    via: Option<Via>,
    source: Option<Source>,
}

/// A record after a command, and the event that records it.
#[derive(Debug, Clone)]
pub struct Transition {
    /// The record from now on.
    pub record: KeyRecord,
    /// What happened.
    pub event: Event,
    /// Whether the key may do less from now on: see [`KeyRecord::restricts`].
    pub restricts: bool,
}

impl Transition {
    /// When what this takes away from a key that was like `before` has ended; `None` if it takes nothing away. An expiry that
    /// was brought forward ends the key then, everything else is so at once.
    #[must_use]
    pub fn restricted_at(&self, before: &KeyRecord, now: Timestamp) -> Option<Timestamp> {
        let expires_at = self.record.settings.expires_at;
        let is_earlier = expires_at.is_some_and(|at| before.settings.expires_at.is_none_or(|old| at < old));
        self.restricts.then(|| expires_at.filter(|_| is_earlier).map_or(now, |at| at.max(now)))
    }
}

/// Creates a key.
///
/// # Errors
/// [`Refusal::ExpiryNotAhead`]; [`Refusal::LinksOfSecret`].
pub fn create(
    new: NewKey,
    owner: Owner,
    id: KeyId,
    issued: &IssuedKey,
    actor: &Actor,
    now: Timestamp,
) -> Result<Transition, Refusal> {
    succeed(new, owner, id, issued, actor, now, None)
}

/// Creates a key, in place of `rolled` if that is one, whose revocation it then has as well.
fn succeed(
    new: NewKey,
    owner: Owner,
    id: KeyId,
    issued: &IssuedKey,
    actor: &Actor,
    now: Timestamp,
    rolled: Option<(KeyId, Option<Revocation>)>,
) -> Result<Transition, Refusal> {
    let (rolled_from, revocation) = rolled.map_or((None, None), |(key, revocation)| (Some(key), revocation));
    let key_type = new.key_type;
    let settings = new.into_settings();
    require_future_expiry(settings.expires_at, now)?;
    require_publishable(key_type, &settings.links)?;
    let change = Change::KeyCreated {
        key_type,
        scopes: settings.scopes.clone(),
        expires_at: settings.expires_at,
        revoked_at: revocation.as_ref().map(|revocation| revocation.at),
        rolled_from: rolled_from.clone(),
    };
    let record = KeyRecord {
        version: 1,
        id,
        key_type,
        owner,
        redacted: issued.redacted().to_owned(),
        token: (key_type == KeyType::Publishable).then(|| issued.text().to_owned()),
        digest: issued.digest(),
        settings,
        created_at: now,
        created_by: actor.clone(),
        updated_at: now,
        last_used_at: None,
        rolled_from,
        rolled_to: None,
        revocation,
        foreign: None,
    };
    let event = Event::of_key(&record, change, actor, now);
    Ok(Transition { record, event, restricts: false })
}

fn require_publishable(key_type: KeyType, links: &Links) -> Result<(), Refusal> {
    if links.fit(key_type) { Ok(()) } else { Err(Refusal::LinksOfSecret) }
}

fn require_future_expiry(expires_at: Option<Timestamp>, now: Timestamp) -> Result<(), Refusal> {
    if expires_at.is_some_and(|at| at <= now) { Err(Refusal::ExpiryNotAhead) } else { Ok(()) }
}

impl KeyRecord {
    fn changed(&self, now: Timestamp) -> Self {
        Self { version: self.version + 1, updated_at: now.max(self.updated_at), ..self.clone() }
    }

    /// This key has become `record`.
    fn becomes(&self, record: Self, event: Event) -> Transition {
        let restricts = record.restricts(self);
        Transition { record, event, restricts }
    }

    /// Changes settings; `None` if they are as they should be already.
    ///
    /// # Errors
    /// [`Refusal::NotActive`] for more than title and metadata of a revoked or expired key, unless it loses links;
    /// [`Refusal::ExpiryNotAhead`]; [`Refusal::LinksOfSecret`].
    pub fn update(
        &self,
        changes: KeyChanges,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Transition>, Refusal> {
        // Links can always be taken away.
        let links = changes.links.as_ref();
        let touches_rights = changes.names().iter().any(|name| match *name {
            "title" | "metadata" => false,
            "links" => links.is_some_and(|links| !self.settings.links.have_all(links)),
            _ => true,
        });
        if touches_rights && !self.status(now).works() {
            return Err(Refusal::NotActive);
        }
        require_future_expiry(changes.expires_at.flatten(), now)?;
        require_publishable(self.key_type, changes.links.as_ref().unwrap_or(&Links::default()))?;
        let mut record = self.changed(now);
        changes.apply(&mut record.settings);
        let changes = FieldChange::between(&self.settings, &record.settings);
        if changes.is_empty() {
            return Ok(None);
        }
        let event = Event::of_key(&record, Change::KeyUpdated { changes }, actor, now);
        Ok(Some(self.becomes(record, event)))
    }

    /// Revokes the key in `revoke_in` seconds (0: now). A scheduled revocation can be brought forward. `None` if that very
    /// revocation is scheduled already. `created_by`: whose keys are all revoked, if this is one of them.
    ///
    /// # Errors
    /// [`Refusal::AlreadyRevoked`] once it has taken effect; [`Refusal::RevocationPutOff`] for a later instant.
    pub fn revoke(
        &self,
        revoke_in: u32,
        reason: Option<Reason>,
        created_by: Option<&ActorName>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Transition>, Refusal> {
        self.revoke_on(Occasion { created_by, ..Occasion::default() }, revoke_in, reason, actor, now)
    }

    /// Revokes the key now, as whoever holds its whole text may. `None` for a publishable key, whose text is for everybody.
    /// `source`: where they have found it.
    ///
    /// # Errors
    /// [`Refusal::AlreadyRevoked`].
    pub fn revoke_by_possession(
        &self,
        source: Option<Source>,
        now: Timestamp,
    ) -> Result<Option<Transition>, Refusal> {
        if self.key_type == KeyType::Publishable {
            return Ok(None);
        }
        let occasion = Occasion { created_by: None, via: Some(Via::Possession), source };
        self.revoke_on(occasion, 0, None, &Actor::of_key(&self.id, &self.owner), now)
    }

    fn revoke_on(
        &self,
        occasion: Occasion<'_>,
        revoke_in: u32,
        reason: Option<Reason>,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Option<Transition>, Refusal> {
        if self.status(now) == Status::Revoked {
            return Err(Refusal::AlreadyRevoked);
        }
        let at = now.plus_seconds(revoke_in);
        if self.revoked_at().is_some_and(|scheduled| at > scheduled) {
            return Err(Refusal::RevocationPutOff);
        }
        let (old_revoked_at, old_reason) = match self.revocation.clone() {
            Some(scheduled) => (Some(scheduled.at), scheduled.reason),
            None => (None, None),
        };
        let reason = reason.or_else(|| old_reason.clone());
        if old_revoked_at == Some(at) && old_reason == reason {
            return Ok(None);
        }
        let mut record = self.changed(now);
        record.revocation = Some(Revocation { at, by: actor.clone(), reason: reason.clone() });
        let Occasion { created_by, via, source } = occasion;
        let change = Change::KeyRevoked {
            revoked_at: at,
            old_revoked_at,
            old_reason: old_reason.filter(|old| Some(old) != reason.as_ref()),
            reason,
            created_by: created_by.cloned(),
            via,
            source,
        };
        let event = Event::of_key(&record, change, actor, now);
        // Even if that is when it would have been revoked anyway.
        Ok(Some(Transition { record, event, restricts: true }))
    }

    /// Takes over from an export of this key that it was revoked since, or is to be earlier, and by which key it was replaced.
    /// `None` where that says nothing of the kind: nothing else is taken over.
    #[must_use]
    pub fn revoke_as(&self, exported: &Self, actor: &Actor, now: Timestamp) -> Option<Transition> {
        let old_revoked_at = self.revoked_at();
        let revocation =
            exported.revocation.clone().filter(|new| old_revoked_at.is_none_or(|old| new.at < old))?;
        let change = Change::KeyRevoked {
            revoked_at: revocation.at,
            old_revoked_at,
            reason: revocation.reason.clone(),
            old_reason: None,
            created_by: None,
            via: None,
            source: None,
        };
        let mut record = self.changed(now);
        record.revocation = Some(revocation);
        record.rolled_to = record.rolled_to.or_else(|| exported.rolled_to.clone());
        let event = Event::of_key(&record, change, actor, now);
        Some(Transition { record, event, restricts: true })
    }

    /// Replaces the key by a new one of the same owner, type and settings. The old one is revoked in `grace` seconds, or
    /// earlier if that is already scheduled; then the new one is revoked at that instant too, if that is to be kept.
    ///
    /// Returns the transition of the old key, then that of the new one.
    ///
    /// # Errors
    /// [`Refusal::AlreadyRolled`], whatever has become of the successor; [`Refusal::NotActive`].
    pub fn roll(
        &self,
        grace: u32,
        keep_revocation: bool,
        id: KeyId,
        issued: &IssuedKey,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<(Transition, Transition), Refusal> {
        if let Some(successor) = &self.rolled_to {
            return Err(Refusal::AlreadyRolled(successor.clone()));
        }
        if !self.status(now).works() {
            return Err(Refusal::NotActive);
        }
        let new = self.settings.clone().into_new_key(self.key_type);
        let settled = self.revocation.clone().filter(|_| keep_revocation);
        let rolled = Some((self.id.clone(), settled));
        let successor = succeed(new, self.owner.clone(), id, issued, actor, now, rolled)?;

        let mut record = self.changed(now);
        let planned = Revocation { at: now.plus_seconds(grace), by: actor.clone(), reason: None };
        let revocation = match record.revocation.take() {
            Some(earlier) if earlier.at <= planned.at => earlier,
            later => Revocation { reason: later.and_then(|later| later.reason), ..planned },
        };
        let rolled_to = successor.record.id.clone();
        let old_revoked_at = self.revoked_at().filter(|old| *old != revocation.at);
        let change =
            Change::KeyRolled { rolled_to: rolled_to.clone(), revoked_at: revocation.at, old_revoked_at };
        record.revocation = Some(revocation);
        record.rolled_to = Some(rolled_to);
        let event = Event::of_key(&record, change, actor, now);
        Ok((self.becomes(record, event), successor))
    }

    /// Deletes a revoked key; only this event remains.
    ///
    /// # Errors
    /// [`Refusal::NotRevoked`].
    pub fn delete(&self, actor: &Actor, now: Timestamp) -> Result<Event, Refusal> {
        if self.status(now) == Status::Revoked {
            Ok(Event::of_key(self, Change::KeyDeleted, actor, now))
        } else {
            Err(Refusal::NotRevoked)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn delays_are_whole_seconds_of_a_year_at_the_most() {
        let read = |value| Delay::try_from(value).map(Delay::as_seconds);
        for (value, seconds) in [
            (json!(0), 0),
            (json!(60), 60),
            (json!(60.0), 60),
            (json!(1e3), 1000),
            (json!(31_536_000), 31_536_000),
        ] {
            assert_eq!(read(value), Ok(seconds));
        }
        for bad in
            [json!(-1), json!(1.5), json!(31_536_001), json!(1e20), json!("1"), json!(null), json!([1])]
        {
            assert_eq!(read(bad), Err(DelayError));
        }
    }
}
