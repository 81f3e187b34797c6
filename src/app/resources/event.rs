//! How events are shown.

use keyward_core::event::KeyReference;
use keyward_core::{Actor, EventId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// An event of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Event {
    /// The event's id.
    pub id: EventId,
    /// When it happened.
    pub at: Timestamp,
    /// What was done.
    #[cfg_attr(feature = "schema", schemars(with = "EventAction"))]
    pub action: String,
    /// Who did it.
    pub actor: Actor,
    /// The key as it was then, if it is about one.
    pub key: Option<KeyReference>,
    /// The particulars, if the action has any.
    #[cfg_attr(feature = "schema", schemars(with = "EventDetails"))]
    pub details: Map<String, Value>,
}

/// What was done, as a schema.
#[cfg(feature = "schema")]
struct EventAction;

#[cfg(feature = "schema")]
impl schemars::JsonSchema for EventAction {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "EventAction".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // The variants are the actions, so they are not listed a second time.
        let change = generator.root_schema_for::<keyward_core::event::Change>().to_value();
        let variants = change.pointer("/oneOf").and_then(Value::as_array).into_iter().flatten();
        let actions: Vec<_> =
            variants.filter_map(|variant| variant.pointer("/properties/action/const")).collect();
        schemars::json_schema!({ "type": "string", "enum": actions })
    }
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
    /// The settings that were changed.
    fields: Vec<String>,
    /// The key that it replaces.
    rolled_from: keyward_core::KeyId,
    /// The key that replaces it.
    rolled_to: keyward_core::KeyId,
    /// From when on the key is refused as revoked.
    revoked_at: Timestamp,
    /// Why the key was revoked.
    reason: keyward_core::Reason,
    /// Which organization.
    organization: keyward_core::OwnerId,
    /// The organization's name.
    name: keyward_core::Title,
    /// Which user.
    user: keyward_core::OwnerId,
    /// The user's role.
    role: keyward_core::Role,
}

#[cfg(feature = "schema")]
fn none_required(schema: &mut schemars::Schema) {
    schema.remove("required");
}

/// An event as [`keyward_core::Event`] is stored, with its change as it was written: what is only shown need not be understood.
#[derive(Debug, Deserialize)]
pub struct StoredEvent {
    at: Timestamp,
    actor: Actor,
    key: Option<KeyReference>,
    change: Map<String, Value>,
}

impl Event {
    /// An event as it is shown.
    #[must_use]
    pub fn new(id: EventId, event: StoredEvent) -> Self {
        let StoredEvent { at, actor, key, change: mut details } = event;
        // It always has one.
        let action = details.remove("action").and_then(|action| action.as_str().map(str::to_owned));
        let action = action.unwrap_or_default();
        details.retain(|_, value| !value.is_null());
        Self { id, at, action, actor, key, details }
    }
}

/// A page of the audit trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventList {
    /// The events on this page, newest first.
    pub events: Vec<Event>,
    /// How many match, on all pages.
    pub count: u32,
    /// How many a page holds at most.
    pub limit: u32,
    /// How many were skipped.
    pub offset: u32,
}
