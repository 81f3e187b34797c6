//! What happened, as the audit trail keeps it.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::KeyId;
use crate::owner::OwnerId;
use crate::principal::Role;
use crate::record::{KeyRecord, KeyType};
use crate::settings::{Reason, Scopes, Title};
use crate::timestamp::Timestamp;

/// The key that an event is about, as it was then: the trail outlives the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "EventKey")]
pub struct KeyReference {
    /// The key's id.
    pub id: KeyId,
    /// Its title at that time.
    pub title: Title,
    /// The form that people may see.
    #[cfg_attr(feature = "schema", schemars(with = "crate::schema::RedactedText"))]
    pub redacted: String,
}

impl From<&KeyRecord> for KeyReference {
    fn from(record: &KeyRecord) -> Self {
        Self {
            id: record.id.clone(),
            title: record.settings.title.clone(),
            redacted: record.redacted.clone(),
        }
    }
}

/// What was done, with its particulars. Stored; holds no secret, no digest, and no value of metadata.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "action")]
pub enum Change {
    /// A key was created.
    #[serde(rename = "key.created")]
    KeyCreated {
        /// Secret or publishable.
        #[serde(rename = "type")]
        key_type: KeyType,
        /// What it may do.
        scopes: Scopes,
        /// When it expires, if ever.
        expires_at: Option<Timestamp>,
        /// The key that it replaces, if it does.
        rolled_from: Option<KeyId>,
    },
    /// Some of a key's settings were changed.
    #[serde(rename = "key.updated")]
    KeyUpdated {
        /// The names of those that were given.
        fields: Vec<String>,
    },
    /// A key was revoked, or its revocation was scheduled or brought forward.
    #[serde(rename = "key.revoked")]
    KeyRevoked {
        /// From when on it is refused.
        revoked_at: Timestamp,
        /// Why.
        reason: Option<Reason>,
    },
    /// A key was replaced by a new one.
    #[serde(rename = "key.rolled")]
    KeyRolled {
        /// The new key.
        rolled_to: KeyId,
        /// From when on the old key is refused.
        revoked_at: Timestamp,
    },
    /// A revoked key was deleted.
    #[serde(rename = "key.deleted")]
    KeyDeleted,
    /// An organization was created.
    #[serde(rename = "organization.created")]
    OrganizationCreated {
        /// Its name.
        name: Title,
    },
    /// An organization was renamed.
    #[serde(rename = "organization.renamed")]
    OrganizationRenamed {
        /// Its new name.
        name: Title,
    },
    /// An organization was deleted, with its keys, members and invitations.
    #[serde(rename = "organization.deleted")]
    OrganizationDeleted {
        /// Which one.
        organization: OwnerId,
        /// Its last name.
        name: Title,
    },
    /// A user was deleted, with their keys, memberships and invitations.
    #[serde(rename = "user.deleted")]
    UserDeleted {
        /// Who.
        user: OwnerId,
    },
    /// Somebody was invited.
    #[serde(rename = "invitation.created")]
    InvitationCreated {
        /// Who.
        user: OwnerId,
        /// As what.
        role: Role,
    },
    /// Somebody accepted an invitation.
    #[serde(rename = "invitation.accepted")]
    InvitationAccepted {
        /// Who.
        user: OwnerId,
        /// As what.
        role: Role,
    },
    /// An invitation was withdrawn, or declined by whoever was invited.
    #[serde(rename = "invitation.deleted")]
    InvitationDeleted {
        /// Whom it had invited.
        user: OwnerId,
        /// As what.
        role: Role,
    },
    /// Somebody became a member.
    #[serde(rename = "member.added")]
    MemberAdded {
        /// Who.
        user: OwnerId,
        /// As what.
        role: Role,
    },
    /// A member was given another role.
    #[serde(rename = "member.changed")]
    MemberChanged {
        /// Who.
        user: OwnerId,
        /// The new role.
        role: Role,
    },
    /// Somebody is no longer a member.
    #[serde(rename = "member.removed")]
    MemberRemoved {
        /// Who.
        user: OwnerId,
    },
}

/// What happened, who did it, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// To which key, if to one.
    pub key: Option<KeyReference>,
    /// What was done.
    pub change: Change,
}

impl Event {
    pub(crate) fn of_key(record: &KeyRecord, change: Change, actor: &Actor, now: Timestamp) -> Self {
        Self { key: Some(record.into()), ..Self::of_owner(change, actor, now) }
    }

    /// An event about the owner itself.
    #[must_use]
    pub fn of_owner(change: Change, actor: &Actor, now: Timestamp) -> Self {
        Self { at: now, actor: actor.clone(), key: None, change }
    }
}
