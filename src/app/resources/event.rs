//! How events are shown.

#[cfg(feature = "schema")]
use keyward_core::event;
use keyward_core::event::KeyReference;
use keyward_core::text::fold;
use keyward_core::{Actor, EventId, OwnerId, RequestContext, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::objects;
#[cfg(feature = "schema")]
use crate::resources::PageFacts;

/// An event of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What was done.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::query::EventAction"))]
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// The key as it was then, if it is about one.
    pub key: Option<KeyReference>,
    /// The particulars, if the action has any.
    #[cfg_attr(feature = "schema", schemars(with = "EventDetails"))]
    pub details: Map<String, Value>,
    /// The request that did it; its response and the log have the same id. Null for what no single request did.
    pub request_id: Option<String>,
    /// The address that the request came from, where the operator has that recorded.
    pub address: Option<String>,
    /// The program that has sent it, where the operator has that recorded.
    pub user_agent: Option<String>,
}

/// The particulars of an event. Which of them there are depends on the action.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(transform = none_required)]
#[expect(dead_code, reason = "it only describes")]
struct EventDetails {
    /// Secret or publishable.
    #[serde(rename = "type")]
    key_type: keyward_core::KeyType,
    /// What the key may do.
    scopes: keyward_core::Scopes,
    /// When the key expires.
    expires_at: Timestamp,
    /// When an imported key was created.
    created_at: Timestamp,
    /// The settings that were changed, with their values before and after.
    changes: Vec<event::FieldChange>,
    /// The key that it replaces.
    rolled_from: keyward_core::KeyId,
    /// The key that replaces it.
    rolled_to: keyward_core::KeyId,
    /// From when on the key is refused as revoked.
    revoked_at: Timestamp,
    /// From when on it would have been refused, as it was scheduled before.
    old_revoked_at: Timestamp,
    /// Why the key was revoked.
    reason: keyward_core::Reason,
    /// The reason before.
    old_reason: keyward_core::Reason,
    /// Whose keys were all revoked at once.
    created_by: keyward_core::ActorName,
    /// How the key was revoked, if it was not by what a caller may do.
    via: event::Via,
    /// Where the key was found, in the words of whoever has revoked it by possession.
    source: keyward_core::Source,
    /// How often a revoked key was refused; how many sessions were ended.
    count: u32,
    /// Since when that was counted.
    since: Timestamp,
    /// Which organization.
    organization: OwnerId,
    /// The organization's name.
    name: keyward_core::Title,
    /// The organization's name before.
    old_name: keyward_core::Title,
    /// Which user.
    user: OwnerId,
    /// The user's role.
    role: keyward_core::Role,
    /// The member's role before.
    old_role: keyward_core::Role,
    /// The session that was started or ended; absent if several were ended together.
    session: keyward_core::SessionId,
}

#[cfg(feature = "schema")]
fn none_required(schema: &mut schemars::Schema) {
    schema.remove("required");
}

/// A [`keyward_core::Event`] as it is stored. What was done is passed on and shown as it was written, so it is read as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredEvent {
    pub(crate) at: Timestamp,
    pub(crate) actor: Actor,
    pub(crate) key: Option<KeyReference>,
    change: Map<String, Value>,
    request: RequestContext,
}

impl From<keyward_core::Event> for StoredEvent {
    fn from(event: keyward_core::Event) -> Self {
        let keyward_core::Event { at, actor, key, change, request } = event;
        // By way of text: serde's code for writing a type as a value would be there besides. It is an object, whatever was done.
        let change = objects::from_str(&crate::json(&change)).unwrap_or_default();
        Self { at, actor, key, change, request }
    }
}

impl StoredEvent {
    /// What it is found by, folded: the key, people and organizations, and what people have written.
    pub(crate) fn search(&self) -> String {
        let mut text = String::new();
        let mut add = |part: &str| {
            text.push_str(part);
            text.push('\n');
            // A person is also found by what their identity provider writes.
            if part.contains('~')
                && let Ok(id) = OwnerId::parse_user(part)
            {
                text.push_str(&id.external());
                text.push('\n');
            }
        };
        if let Some(key) = &self.key {
            add(key.title.as_str());
            add(&key.redacted);
        }
        if let Actor::User { id, .. } = &self.actor {
            add(id.as_str());
        }
        for name in ["user", "organization", "name", "old_name", "reason", "old_reason", "source"] {
            self.change.get(name).and_then(Value::as_str).iter().for_each(|found| add(found));
        }
        let maker = self.change.get("created_by").and_then(Value::as_str);
        maker.and_then(|maker| maker.strip_prefix("user:")).iter().for_each(|id| add(id));
        for change in self.change.get("changes").and_then(Value::as_array).into_iter().flatten() {
            if change["field"] == "title" {
                change["old"].as_str().iter().for_each(|old| add(old));
            }
        }
        fold(&text)
    }
}

impl Event {
    /// An event as it is shown.
    #[must_use]
    pub(crate) fn new(id: EventId, event: StoredEvent) -> Self {
        let StoredEvent { at, actor, key, change: mut details, request } = event;
        let RequestContext { request_id, address, user_agent } = request;
        let action = details.remove("action").as_ref().and_then(Value::as_str).unwrap_or_default().to_owned();
        details.retain(|_, value| !value.is_null());
        Self { id, at, action, actor, key, details, request_id, address, user_agent }
    }
}

/// A page of the audit trail.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct EventList {
    /// The events on this page, newest first.
    pub events: Vec<Event>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
}
