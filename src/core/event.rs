//! What happened, as the audit trail keeps it.

use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::id::KeyId;
use crate::record::KeyRecord;
use crate::timestamp::Timestamp;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventAction {
    /// A key was created.
    KeyCreated,
    /// A key's title, scopes, metadata, expiry or consistency was changed.
    KeyUpdated,
    /// A key was revoked, or its revocation was set or brought forward.
    KeyRevoked,
    /// A key was replaced by a new one.
    KeyRolled,
    /// A revoked key was deleted.
    KeyDeleted,
    /// An organization was created.
    OrganizationCreated,
    /// An organization got another name.
    OrganizationRenamed,
    /// Somebody became a member.
    MemberAdded,
    /// A member got another role.
    MemberChanged,
    /// Somebody is no longer a member.
    MemberRemoved,
}

impl EventAction {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::KeyCreated,
        Self::KeyUpdated,
        Self::KeyRevoked,
        Self::KeyRolled,
        Self::KeyDeleted,
        Self::OrganizationCreated,
        Self::OrganizationRenamed,
        Self::MemberAdded,
        Self::MemberChanged,
        Self::MemberRemoved,
    ];

    /// The word in the trail, such as `key.created`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::KeyCreated => "key.created",
            Self::KeyUpdated => "key.updated",
            Self::KeyRevoked => "key.revoked",
            Self::KeyRolled => "key.rolled",
            Self::KeyDeleted => "key.deleted",
            Self::OrganizationCreated => "organization.created",
            Self::OrganizationRenamed => "organization.renamed",
            Self::MemberAdded => "member.added",
            Self::MemberChanged => "member.changed",
            Self::MemberRemoved => "member.removed",
        }
    }
}

/// The key that an event is about, as it was then: the trail survives the key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyReference {
    /// The key's id.
    pub id: KeyId,
    /// Its title at that time.
    pub title: String,
    /// The form that people may see.
    pub redacted: String,
}

impl From<&KeyRecord> for KeyReference {
    fn from(record: &KeyRecord) -> Self {
        Self {
            id: record.id.clone(),
            title: record.title.as_str().to_owned(),
            redacted: record.redacted.clone(),
        }
    }
}

/// What happened. Holds no secret, no digest, and no value of metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub action: EventAction,
    /// To which key, if it was one.
    pub key: Option<KeyReference>,
    /// The particulars, by action.
    pub details: Map<String, Value>,
}

impl Event {
    pub(crate) fn of_key(
        record: &KeyRecord,
        action: EventAction,
        actor: &Actor,
        now: Timestamp,
        details: &[(&str, Value)],
    ) -> Self {
        Self { key: Some(record.into()), ..Self::of_owner(action, actor, now, details) }
    }

    /// An event about the owner itself.
    #[must_use]
    pub fn of_owner(action: EventAction, actor: &Actor, now: Timestamp, details: &[(&str, Value)]) -> Self {
        let mut event = Self { at: now, actor: actor.clone(), action, key: None, details: Map::new() };
        for (name, value) in details.iter().filter(|(_, value)| !value.is_null()) {
            event.details.insert((*name).to_owned(), value.clone());
        }
        event
    }
}
