//! What happened, as the audit trail keeps it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::actor::Actor;
use crate::id::KeyId;
use crate::record::KeyRecord;
use crate::timestamp::Timestamp;

/// What kind of thing happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Action {
    /// A key was created.
    #[serde(rename = "key.created")]
    KeyCreated,
    /// A key's title, scopes, metadata, expiry or consistency was changed.
    #[serde(rename = "key.updated")]
    KeyUpdated,
    /// A key was revoked, or its revocation was set or brought forward.
    #[serde(rename = "key.revoked")]
    KeyRevoked,
    /// A key was replaced by a new one.
    #[serde(rename = "key.rolled")]
    KeyRolled,
    /// A revoked key was deleted.
    #[serde(rename = "key.deleted")]
    KeyDeleted,
    /// An organization was created.
    #[serde(rename = "organization.created")]
    OrganizationCreated,
    /// An organization got another name.
    #[serde(rename = "organization.renamed")]
    OrganizationRenamed,
    /// Somebody became a member.
    #[serde(rename = "member.added")]
    MemberAdded,
    /// A member got another role.
    #[serde(rename = "member.changed")]
    MemberChanged,
    /// Somebody is no longer a member.
    #[serde(rename = "member.removed")]
    MemberRemoved,
}

/// The key that an event is about, as it was then: the trail survives the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// When.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What.
    pub action: Action,
    /// To which key, if it was one.
    pub key: Option<KeyReference>,
    /// The particulars, by action.
    pub details: Map<String, Value>,
}

impl Event {
    pub(crate) fn of_key(
        record: &KeyRecord,
        action: Action,
        actor: &Actor,
        now: Timestamp,
        details: &[(&str, Value)],
    ) -> Self {
        Self { key: Some(record.into()), ..Self::of_owner(action, actor, now, details) }
    }

    /// An event about the owner itself.
    #[must_use]
    pub fn of_owner(action: Action, actor: &Actor, now: Timestamp, details: &[(&str, Value)]) -> Self {
        let details = details.iter().filter(|(_, value)| !value.is_null());
        let details = details.map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        Self { at: now, actor: actor.clone(), action, key: None, details }
    }
}
