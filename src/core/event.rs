//! What happened, as the audit trail keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::actor::{Actor, ActorName};
use crate::id::{KeyId, SessionId};
use crate::owner::OwnerId;
use crate::principal::Role;
use crate::record::{KeyRecord, KeyType};
use crate::settings::{Reason, Scopes, Title};
use crate::source::Source;
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

/// A setting that was changed, with its values before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct FieldChange {
    /// The setting's name.
    pub field: String,
    /// What it was.
    pub old: Value,
    /// What it is from now on.
    pub new: Value,
}

impl FieldChange {
    /// The settings that differ, by name.
    pub(crate) fn between<T: Serialize>(old: &T, new: &T) -> Vec<Self> {
        let fields = |settings| match serde_json::to_value::<&T>(settings) {
            Ok(Value::Object(fields)) => fields,
            _ => serde_json::Map::new(),
        };
        let mut before = fields(old);
        let pairs = fields(new).into_iter().map(|(field, new)| {
            let old = before.remove(&field).unwrap_or_default();
            Self { field, old, new }
        });
        pairs.filter(|change| change.old != change.new).collect()
    }
}

/// In which way something was done, where it was not by what a caller may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// By whoever held the key's whole text, without another credential. The actor is the key itself.
    Possession,
}

/// What was done, with its particulars: old and new values of what has changed. Stored; holds no secret and no digest.
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
        /// From when on it is refused, if it has inherited a revocation.
        revoked_at: Option<Timestamp>,
        /// The key that it replaces, if it does.
        rolled_from: Option<KeyId>,
    },
    /// A key was imported from another system, or from an export.
    #[serde(rename = "key.imported")]
    KeyImported {
        /// Secret or publishable.
        #[serde(rename = "type")]
        key_type: KeyType,
        /// What it may do.
        scopes: Scopes,
        /// When it expires, if ever.
        expires_at: Option<Timestamp>,
        /// From when on it is refused, if it is revoked.
        revoked_at: Option<Timestamp>,
        /// When it was created there.
        created_at: Timestamp,
    },
    /// Some of a key's settings were changed.
    #[serde(rename = "key.updated")]
    KeyUpdated {
        /// Which, and how.
        changes: Vec<FieldChange>,
    },
    /// A key was revoked, or its revocation was scheduled or brought forward.
    #[serde(rename = "key.revoked")]
    KeyRevoked {
        /// From when on it is refused.
        revoked_at: Timestamp,
        /// From when on it would have been refused, if that was scheduled.
        old_revoked_at: Option<Timestamp>,
        /// Why.
        reason: Option<Reason>,
        /// The reason before, if there was another.
        old_reason: Option<Reason>,
        /// Whose keys were all revoked, if it was one of them.
        created_by: Option<ActorName>,
        /// How, if it was not by what a caller may do.
        via: Option<Via>,
        /// Where the key was found, in the words of whoever has revoked it by possession.
        source: Option<Source>,
    },
    /// A key was replaced by a new one.
    #[serde(rename = "key.rolled")]
    KeyRolled {
        /// The new key.
        rolled_to: KeyId,
        /// From when on the old key is refused.
        revoked_at: Timestamp,
        /// From when on it would have been refused, if that was scheduled and is brought forward.
        old_revoked_at: Option<Timestamp>,
    },
    /// A revoked key was presented, and refused. There is one such event for a key and an hour at the most. Its actor is the
    /// key itself, whoever has presented it.
    #[serde(rename = "key.refused")]
    KeyRefused {
        /// How often, to the knowledge of the ledger.
        count: u32,
        /// Since when they were counted.
        since: Timestamp,
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
        /// What it was called before.
        old_name: Title,
    },
    /// Some of an organization's settings were changed.
    #[serde(rename = "organization.updated")]
    OrganizationUpdated {
        /// Which, and how.
        changes: Vec<FieldChange>,
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
        /// As what, where that is known.
        role: Option<Role>,
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
        /// The role before.
        old_role: Role,
    },
    /// Somebody is no longer a member.
    #[serde(rename = "member.removed")]
    MemberRemoved {
        /// Who.
        user: OwnerId,
        /// As what, where that is known.
        old_role: Option<Role>,
    },
    /// Somebody signed in.
    #[serde(rename = "session.started")]
    SessionStarted {
        /// Which session began.
        session: SessionId,
    },
    /// Sessions were ended before they would have ended by themselves.
    #[serde(rename = "session.ended")]
    SessionEnded {
        /// How many.
        count: u32,
        /// Which one; `None` if all were ended together.
        session: Option<SessionId>,
    },
}

impl Change {
    /// The name of every action, as a filter takes it.
    pub const ACTIONS: &[&str] = &[
        "key.created",
        "key.imported",
        "key.updated",
        "key.revoked",
        "key.rolled",
        "key.refused",
        "key.deleted",
        "organization.created",
        "organization.renamed",
        "organization.updated",
        "organization.deleted",
        "user.deleted",
        "invitation.created",
        "invitation.accepted",
        "invitation.deleted",
        "member.added",
        "member.changed",
        "member.removed",
        "session.started",
        "session.ended",
    ];
}

/// Longest address that is recorded, in characters.
const ADDRESS_MAX: usize = 64;
/// Longest user agent that is recorded, in characters.
const USER_AGENT_MAX: usize = 256;

/// The request with which something was done, as far as the operator wants it recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestContext {
    /// The request's id, which its response and the log have too.
    pub request_id: Option<String>,
    /// The address that it came from.
    pub address: Option<String>,
    /// The program that says to have sent it.
    pub user_agent: Option<String>,
}

impl RequestContext {
    /// The request of this id. Its address and user agent, where they are to be recorded, are what a client has sent: control
    /// characters are left out, and what is too long is cut.
    #[must_use]
    pub fn new(request_id: &str, address: Option<&str>, user_agent: Option<&str>) -> Self {
        let printable = |text: &str, max: usize| {
            let text: String = text.chars().filter(|c| !c.is_control()).take(max).collect();
            Some(text).filter(|text| !text.is_empty())
        };
        Self {
            request_id: printable(request_id, ADDRESS_MAX),
            address: address.and_then(|text| printable(text, ADDRESS_MAX)),
            user_agent: user_agent.and_then(|text| printable(text, USER_AGENT_MAX)),
        }
    }
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
    /// By which request; unknown where it was none, or many.
    pub request: RequestContext,
}

impl Event {
    /// An event about a key.
    #[must_use]
    pub fn of_key(record: &KeyRecord, change: Change, actor: &Actor, now: Timestamp) -> Self {
        Self { key: Some(record.into()), ..Self::of_owner(change, actor, now) }
    }

    /// An event about the owner itself.
    #[must_use]
    pub fn of_owner(change: Change, actor: &Actor, now: Timestamp) -> Self {
        Self { at: now, actor: actor.clone(), key: None, change, request: RequestContext::default() }
    }
}
