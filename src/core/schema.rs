//! The JSON Schema (2020-12) of every value that has a grammar of its own. Only the tools that write `openapi.json` need it.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::actor::{Actor, ActorName};
use crate::channel::{LINKS_MAX, Links};
use crate::event::Change;
use crate::id::{ChannelId, EventId, KeyId, SessionId};
use crate::lifecycle::{DELAY_MAX_SECONDS, Delay};
use crate::owner::{Owner, OwnerId, USER_ID_MAX};
use crate::page::{CURSOR_MAX, Cursor};
use crate::query::{
    EventAction, Flag, LIMIT_DEFAULT, LIMIT_MAX, Limit, OFFSET_MAX, Offset, Order, SEARCH_MAX, Search,
    SortField, Statuses,
};
use crate::settings::{KeyChanges, NewKey, Scopes, TITLE_MAX, Title};
use crate::settings::{METADATA_DEPTH_MAX, METADATA_MAX, Metadata, REASON_MAX, Reason, SCOPES_MAX, Scope};
use crate::source::{SOURCE_MAX, Source};
use crate::staleness::{
    OUTAGE_MAX_SECONDS, OutageStaleness, STALENESS_DEFAULT_SECONDS, STALENESS_MAX_SECONDS, Staleness,
    StalenessText,
};
use crate::timestamp::Timestamp;

/// Text without control characters and line breaks, of which at least one character is not white space. Which others
/// cannot be seen is more than a pattern can say that every client has to understand.
const PRINTABLE: &str = r"^[^\u0000-\u001f\u007f-\u009f\u2028\u2029]*[^\s\u0000-\u001f\u007f-\u009f\u2028\u2029][^\u0000-\u001f\u007f-\u009f\u2028\u2029]*$";

/// The pattern of a key's prefix, up to the underscore before its body.
const PREFIX: &str = "^[a-z][a-z0-9]{1,11}_(?:sk|pat|pk)_(?:live|test)_";

/// The word of any status.
const STATUS: &str = "active|retiring|expired|revoked";

/// A user's id: plain characters, and escapes of those that are not, which are UTF-8.
const USER_ID: &str = concat!(
    "^(?:[A-Za-z0-9_-]",
    "|~(?:[01][0-9A-F]|2[0-9A-CEF]|3[A-F]|40|5[B-E]|60|7[B-F])",
    "|~(?:C[2-9A-F]|D[0-9A-F])~[89AB][0-9A-F]",
    "|~(?:E0~[AB]|E[1-9A-CEF]~[89AB]|ED~[89])[0-9A-F]~[89AB][0-9A-F]",
    "|~(?:F0~[9AB]|F[1-3]~[89AB]|F4~8)[0-9A-F]~[89AB][0-9A-F]~[89AB][0-9A-F]",
    ")+$"
);

/// An organization's id, as a schema.
#[derive(Debug)]
pub struct OrganizationId;

/// A key's text, as a schema.
#[derive(Debug)]
pub struct TokenText;

/// A key's redacted form, as a schema.
#[derive(Debug)]
pub struct RedactedText;

macro_rules! schemas {
    ($($type:ty as $name:literal = $schema:tt;)+) => {
        $(impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        })+
    };
}

macro_rules! inline_schemas {
    ($($type:ty = $schema:tt;)+) => {
        $(impl JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!($schema)
            }
        })+
    };
}

schemas! {
    Timestamp as "Timestamp" = {
        "type": "string",
        "format": "date-time",
        "pattern": "^(?:19[7-9][0-9]|[2-9][0-9]{3})-",
        "description": "RFC 3339, from the year 1970 to 9999. Responses have UTC with milliseconds; requests may have any offset, and what is finer than a millisecond is cut off.",
    };
    OrganizationId as "OrganizationId" = {
        "type": "string",
        "pattern": "^[A-Za-z0-9_-]{1,64}$",
        "description": "The application's own id of an organization.",
    };
    OwnerId as "UserId" = {
        "type": "string",
        "maxLength": USER_ID_MAX,
        "pattern": USER_ID,
        "description": "The application's own id of a user. Other characters than A-Z, a-z, 0-9, _ and - are written as `~` and two upper-case hexadecimal digits for each byte of their UTF-8: `auth0|123` is `auth0~7C123`.",
    };
    KeyId as "KeyId" = {
        "type": "string",
        "pattern": "^apk_[0-7][0-9A-HJKMNP-TV-Z]{25}$",
        "description": "A key's id: `apk_` and a ULID.",
    };
    EventId as "EventId" = {
        "type": "string",
        "pattern": "^evt_[0-7][0-9A-HJKMNP-TV-Z]{25}$",
        "description": "An event's id: `evt_` and a ULID.",
    };
    SessionId as "SessionId" = {
        "type": "string",
        "pattern": "^ses_[0-7][0-9A-HJKMNP-TV-Z]{25}$",
        "description": "A session's id: `ses_` and a ULID.",
    };
    ChannelId as "ChannelId" = {
        "type": "string",
        "pattern": "^sc_[0-7][0-9A-HJKMNP-TV-Z]{25}$",
        "description": "A sales channel's id: `sc_` and a ULID.",
    };
    TokenText as "Token" = {
        "type": "string",
        "pattern": (format!("{PREFIX}1[0-9A-Za-z]{{57}}$")),
        "description": "A key's text.",
    };
    RedactedText as "Redacted" = {
        "type": "string",
        "pattern": (r"^[!-)+-~]{0,40}\*{3}[!-)+-~]{0,16}$"),
        "description": "The form of a key that people may see: its prefix, `***` and its last four characters; of a foreign key, as the other system shows it.",
    };
    Title as "Title" = {
        "type": "string",
        "minLength": 1,
        "maxLength": TITLE_MAX,
        "pattern": PRINTABLE,
        "description": "White space around it is removed, and its length is counted in characters after that. It is stored composed (NFC). Invisible characters, and those that change the direction of text, are refused; joiners are allowed within emoji and in scripts that need them.",
    };
    Reason as "Reason" = {
        "type": "string",
        "minLength": 1,
        "maxLength": REASON_MAX,
        "pattern": PRINTABLE,
        "description": "White space around it is removed, and its length is counted in characters after that. Read as a title is.",
    };
    Source as "Source" = {
        "type": "string",
        "minLength": 1,
        "maxLength": SOURCE_MAX,
        "pattern": PRINTABLE,
        "description": "Where a key was found. Whoever has found it wrote so; keys in it are redacted, and what is not legible is U+FFFD.",
    };
    Scope as "Scope" = {
        "type": "string",
        "pattern": "^[a-z0-9:._*-]{1,64}$",
        "description": "A word of the application's own. `*` alone holds every scope. Keyward itself requires `keys:read`, `keys:write`, `keys:verify`, `members:read` and `events:read`; of operator keys also `organizations:read` and `organizations:write`.",
    };
    ActorName as "ActorName" = {
        "type": "string",
        "maxLength": ("user:".len() + USER_ID_MAX),
        "pattern": (format!("^(?:user:{}|key:apk_[0-7][0-9A-HJKMNP-TV-Z]{{25}}|root:root_[0-9a-f]{{16}})$", USER_ID.trim_matches(['^', '$']))),
        "description": "A person (`user:ada`, whichever of their keys they use), a key (`key:apk_…`) or a root key (`root:root_…`).",
    };
    EventAction as "EventAction" = { "type": "string", "enum": (Change::ACTIONS) };
    OwnerType as "OwnerType" = { "type": "string", "enum": ["deployment", "organization", "user"] };
    ActorType as "ActorType" = { "type": "string", "enum": ["root", "operator_key", "user", "key"] };
    Order as "KeyOrder" = { "type": "string", "enum": (orders()), "x-enum-varnames": (order_names()) };
    Metadata as "Metadata" = {
        "type": "object",
        "additionalProperties": true,
        "description": (format!("What the application keeps with the key: at most {METADATA_MAX} bytes of JSON, with at most {METADATA_DEPTH_MAX} levels of objects and arrays. Numbers are integers of 64 bits, or the nearest doubles.")),
    };
}

inline_schemas! {
    Staleness = { "type": "integer", "minimum": 0, "maximum": STALENESS_MAX_SECONDS };
    OutageStaleness = { "type": "integer", "minimum": 0, "maximum": OUTAGE_MAX_SECONDS };
    Delay = { "type": "integer", "minimum": 0, "maximum": DELAY_MAX_SECONDS };
    Limit = { "type": "integer", "minimum": 1, "maximum": LIMIT_MAX, "default": LIMIT_DEFAULT };
    Offset = { "type": "integer", "minimum": 0, "maximum": OFFSET_MAX, "default": 0 };
    Cursor = { "type": "string", "minLength": 1, "maxLength": CURSOR_MAX, "pattern": "^(?:[0-9a-f]{2})+$" };
    Flag = { "type": "boolean" };
    StalenessText = {
        "type": "integer", "minimum": 0, "maximum": STALENESS_MAX_SECONDS, "default": STALENESS_DEFAULT_SECONDS,
    };
    Statuses = { "type": "string", "pattern": (format!("^(?:{STATUS})(?:,(?:{STATUS})){{0,3}}$")) };
    Search = { "type": "string", "maxLength": SEARCH_MAX, "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*$" };
}

fn orders() -> Vec<String> {
    let both = |field| [false, true].map(|descending| String::from(Order { field, descending }));
    SortField::ALL.into_iter().flat_map(both).collect()
}

/// What clients call them: a name cannot begin with a dash.
fn order_names() -> Vec<String> {
    let name = |order: &String| match order.strip_prefix('-') {
        Some(field) => format!("{}_DESC", field.to_uppercase()),
        None => order.to_uppercase(),
    };
    orders().iter().map(name).collect()
}

impl JsonSchema for Links {
    fn schema_name() -> Cow<'static, str> {
        "Links".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<ChannelId>(),
            "maxItems": LINKS_MAX,
            "description": "A set; responses have it sorted and without duplicates.",
        })
    }
}

impl JsonSchema for Scopes {
    fn schema_name() -> Cow<'static, str> {
        "Scopes".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "array",
            "items": generator.subschema_for::<Scope>(),
            "maxItems": SCOPES_MAX,
            "description": "A set; responses have it sorted and without duplicates.",
        })
    }
}

/// Whether an owner is an organization or a user, as a schema.
#[derive(Debug)]
struct OwnerType;

/// Whether an actor is the operator, a user or a key, as a schema.
#[derive(Debug)]
struct ActorType;

// Flat, whereas an enum would become a union: generators of clients make one class of the fields, not one per variant.
impl JsonSchema for Owner {
    fn schema_name() -> Cow<'static, str> {
        "Owner".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "An organization, a user, or the deployment itself, which has no id and holds the operator's keys.",
            "properties": {
                "type": generator.subschema_for::<OwnerType>(),
                "id": { "type": ["string", "null"], "minLength": 1, "maxLength": USER_ID_MAX, "description": "The organization's or the user's id; null for the deployment." },
            },
            "required": ["type", "id"],
        })
    }
}

impl JsonSchema for Actor {
    fn schema_name() -> Cow<'static, str> {
        "Actor".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "description": "Who did something: the operator with a root key (`root`) or an operator key, a user, or an organization's key.",
            "properties": {
                "type": generator.subschema_for::<ActorType>(),
                "id": { "type": "string", "description": "The root key's, the user's or the key's id." },
                "key": { "type": ["string", "null"], "description": "The personal key that a user did it with; null or absent otherwise." },
            },
            "required": ["type", "id"],
        })
    }
}

/// The fields of a new key, none of which has to be there or has a default: what is left out stays as it is.
impl JsonSchema for KeyChanges {
    fn schema_name() -> Cow<'static, str> {
        "UpdateKeyRequest".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = NewKey::json_schema(generator);
        schema.remove("required");
        schema.insert("minProperties".to_owned(), 1.into());
        schema.insert("description".to_owned(), "What to change of a key's settings.".into());
        if let Some(properties) = schema.get_mut("properties").and_then(|found| found.as_object_mut()) {
            properties.remove("type");
            for property in properties.values_mut().filter_map(|property| property.as_object_mut()) {
                property.remove("default");
            }
        }
        schema
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_fits_the_pattern_is_the_id_of_a_user(id in USER_ID.trim_matches(['^', '$'])) {
            prop_assume!(id.len() <= USER_ID_MAX && id != "me");
            prop_assert!(OwnerId::parse_user(&id).is_ok(), "{}", id);
            prop_assert!(ActorName::try_from(format!("user:{id}")).is_ok(), "{}", id);
        }
    }
}
