//! Organizations and their members: what may become of them, and the events that record it.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::event::{Change, Event, FieldChange};
use crate::owner::OwnerId;
use crate::principal::Role;
use crate::settings::{Title, given};
use crate::staleness::{Limits, OutageStaleness, Staleness, effective_by};
use crate::timestamp::Timestamp;

/// Most members of an organization.
pub const MEMBERS_MAX: u32 = 1000;
/// Most invitations of an organization that are pending at the same time.
pub const INVITATIONS_MAX: u32 = 100;
/// Most organizations that exist and that the same person has created.
pub const CREATED_MAX: u32 = 100;
/// How long an invitation can be accepted, in seconds: 14 days.
pub const INVITATION_SECONDS: u32 = 14 * 86_400;

/// An organization as its ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OwnerId,
    /// Its name.
    pub name: Title,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// What it allows of whoever verifies its keys.
    pub limits: Limits,
    /// From when on nobody goes by a higher ceiling of before; `None` if there was none.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub settled_at: Option<Timestamp>,
}

/// What to change of an organization; a field that is left out stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "UpdateOrganizationRequest", extend("minProperties" = 1)))]
pub struct OrganizationChanges {
    /// What people call it.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Title"))]
    pub name: Option<Title>,
    /// The organization's ceiling: no answer about its keys and members is older, in seconds. Every verify that asks for more gets
    /// this.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Staleness"))]
    pub max_staleness_seconds: Option<Staleness>,
    /// How old an answer may be while the ledger cannot be reached, in seconds, for callers that prefer it to none; 0 for not at
    /// all.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "OutageStaleness"))]
    pub on_outage_max_seconds: Option<OutageStaleness>,
}

impl OrganizationChanges {
    /// Whether nothing is to be changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl Organization {
    /// Creates an organization.
    #[must_use]
    pub fn create(id: OwnerId, name: Title, actor: &Actor, now: Timestamp) -> (Self, Event) {
        let event = Event::of_owner(Change::OrganizationCreated { name: name.clone() }, actor, now);
        let (limits, settled_at, created_by) = (Limits::default(), None, actor.clone());
        (Self { id, name, created_at: now, created_by, updated_at: now, limits, settled_at }, event)
    }

    /// Changes the organization, with an event for its name and one for its settings; none for what is as it should be already.
    #[must_use]
    pub fn update(self, changes: OrganizationChanges, actor: &Actor, now: Timestamp) -> (Self, Vec<Event>) {
        let OrganizationChanges { name, max_staleness_seconds, on_outage_max_seconds } = changes;
        let (mut updated, mut events) = (self, Vec::new());
        if let Some(name) = name {
            let (renamed, event) = updated.rename(name, actor, now);
            (updated, events) = (renamed, event.into_iter().collect());
        }
        let before = updated.limits;
        let limits = Limits {
            max_staleness_seconds: max_staleness_seconds.unwrap_or(before.max_staleness_seconds),
            on_outage_max_seconds: on_outage_max_seconds.unwrap_or(before.on_outage_max_seconds),
        };
        if limits != before {
            let changes = FieldChange::between(&before, &limits);
            events.push(Event::of_owner(Change::OrganizationUpdated { changes }, actor, now));
            // Whoever knows the ceiling of before goes by it for as long as that allows.
            let old = before.max_staleness_seconds;
            let settles_at = (limits.max_staleness_seconds < old).then(|| now.plus_seconds(old.get()));
            let settled_at = updated.settled_at.max(settles_at);
            updated = Self { limits, settled_at, updated_at: now, ..updated };
        }
        (updated, events)
    }

    /// When a restriction that takes effect at `at` has done so everywhere, for callers that ask for no more than the ceiling.
    #[must_use]
    pub fn effective_by(&self, at: Timestamp) -> Timestamp {
        effective_by(at, &self.limits, self.settled_at)
    }

    /// Renames the organization; no event if that is its name already.
    fn rename(self, name: Title, actor: &Actor, now: Timestamp) -> (Self, Option<Event>) {
        if self.name == name {
            return (self, None);
        }
        let change = Change::OrganizationRenamed { name: name.clone(), old_name: self.name.clone() };
        let event = Event::of_owner(change, actor, now);
        (Self { name, updated_at: now, ..self }, Some(event))
    }
}

impl Organization {
    /// Deletes the organization; only its events remain.
    #[must_use]
    pub fn delete(&self, actor: &Actor, now: Timestamp) -> Event {
        let change = Change::OrganizationDeleted { organization: self.id.clone(), name: self.name.clone() };
        Event::of_owner(change, actor, now)
    }

    /// Whether this user has created it, so that it counts among those that they may create.
    #[must_use]
    pub fn is_created_by(&self, user: &OwnerId) -> bool {
        matches!(&self.created_by, Actor::User { id, .. } if id == user)
    }
}

/// A member as the organization's ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: OwnerId,
    /// As what.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// When the role was last changed.
    pub updated_at: Timestamp,
}

impl Member {
    /// Makes a user a member.
    #[must_use]
    pub fn add(user: OwnerId, role: Role, actor: &Actor, now: Timestamp) -> (Self, Event) {
        let change = Change::MemberAdded { user: user.clone(), role };
        let event = Event::of_owner(change, actor, now);
        (Self { user, role, created_at: now, updated_at: now }, event)
    }

    /// Changes the role of the member; no event if that is the role already.
    #[must_use]
    pub fn change(self, role: Role, actor: &Actor, now: Timestamp) -> (Self, Option<Event>) {
        if self.role == role {
            return (self, None);
        }
        let change = Change::MemberChanged { user: self.user.clone(), role, old_role: self.role };
        let event = Event::of_owner(change, actor, now);
        (Self { role, updated_at: now, ..self }, Some(event))
    }

    /// Removes a member; only this event remains. Of one who cannot be read, the role is not known.
    #[must_use]
    pub fn remove(user: OwnerId, old_role: Option<Role>, actor: &Actor, now: Timestamp) -> Event {
        let change = Change::MemberRemoved { user, old_role };
        Event::of_owner(change, actor, now)
    }
}

/// Whether a membership whose role `before` becomes `after` means less from now on; `None` means no membership.
#[must_use]
pub fn restricts(before: Option<Role>, after: Option<Role>) -> bool {
    after < before
}

/// A pending invitation as the organization's ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who is invited.
    pub user: OwnerId,
    /// As what.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// From when on it can no longer be accepted.
    pub expires_at: Timestamp,
}

impl Invitation {
    /// Invites somebody.
    #[must_use]
    pub fn create(user: OwnerId, role: Role, actor: &Actor, now: Timestamp) -> (Self, Event) {
        let event = Event::of_owner(Change::InvitationCreated { user: user.clone(), role }, actor, now);
        let expires_at = now.plus_seconds(INVITATION_SECONDS);
        (Self { user, role, created_at: now, created_by: actor.clone(), expires_at }, event)
    }

    /// Whether it can still be accepted.
    #[must_use]
    pub fn is_pending(&self, now: Timestamp) -> bool {
        now < self.expires_at
    }

    /// Whether it ends when the role of `user` becomes `role`: what somebody has offered ends when they could no longer offer
    /// it.
    #[must_use]
    pub fn ends_with(&self, user: &OwnerId, role: Option<Role>) -> bool {
        let needed = if self.role == Role::Owner { Role::Owner } else { Role::Admin };
        matches!(&self.created_by, Actor::User { id, .. } if id == user) && role < Some(needed)
    }

    /// Makes the member of it, with the events that record both.
    #[must_use]
    pub fn accept(self, actor: &Actor, now: Timestamp) -> (Member, [Event; 2]) {
        let accepted = Change::InvitationAccepted { user: self.user.clone(), role: self.role };
        let (member, added) = Member::add(self.user, self.role, actor, now);
        (member, [Event::of_owner(accepted, actor, now), added])
    }

    /// Withdraws or declines an invitation. Of one that cannot be read, the role is not known.
    #[must_use]
    pub fn delete(user: OwnerId, role: Option<Role>, actor: &Actor, now: Timestamp) -> Event {
        let change = Change::InvitationDeleted { user, role };
        Event::of_owner(change, actor, now)
    }
}

/// Whether an organization of `owners` owners keeps one when a membership of role `before` becomes `after`; `None` means
/// no membership.
#[must_use]
pub fn keeps_an_owner(owners: u32, before: Option<Role>, after: Option<Role>) -> bool {
    before != Some(Role::Owner) || after == Some(Role::Owner) || owners > 1
}
