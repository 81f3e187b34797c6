//! What people decide about a key: its settings, and the values that they are made of. Each type is proof that its rule
//! holds, whether it comes from a request or from storage.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

use crate::channel::Links;
use crate::record::{Consistency, KeyType};
use crate::text::{TextError, legible};
use crate::timestamp::Timestamp;

/// Longest title, in characters.
pub const TITLE_MAX: usize = 200;
/// Longest reason of a revocation, in characters.
pub const REASON_MAX: usize = 500;
/// Most scopes of a key.
pub const SCOPES_MAX: usize = 100;
/// Longest scope, in characters.
pub const SCOPE_MAX: usize = 64;
/// Largest metadata, in bytes of JSON.
pub const METADATA_MAX: usize = 4096;
/// Most levels of objects and arrays in a key's metadata, itself included.
pub const METADATA_DEPTH_MAX: usize = 32;

/// Why a value is not one that a key can have. No variant holds any part of the input.
///
/// These limits hold for stored values too, so they may be raised but never lowered: a key that was accepted once has to
/// stay readable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// A text is not one that people can read.
    #[error(transparent)]
    Text(#[from] TextError),
    /// A scope has another form.
    #[error("each scope must have 1 to {SCOPE_MAX} characters of a-z, 0-9, `:`, `.`, `_`, `*` and `-`")]
    Scope,
    /// There are too many scopes.
    #[error("must hold at most {SCOPES_MAX} scopes")]
    TooManyScopes,
    /// The metadata is too large.
    #[error("must be at most {METADATA_MAX} bytes of JSON")]
    Metadata,
    /// The metadata is nested too deeply.
    #[error("must hold at most {METADATA_DEPTH_MAX} levels of objects and arrays")]
    MetadataDepth,
}

macro_rules! text {
    ($(#[$doc:meta])* $name:ident, $parse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads it.
            ///
            /// # Errors
            /// [`SettingError`] when the rule does not hold.
            pub fn parse(text: &str) -> Result<Self, SettingError> {
                $parse(text).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = SettingError;
            fn try_from(text: String) -> Result<Self, SettingError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    };
}

text!(
    /// What people call a key or an organization: 1 to [`TITLE_MAX`] legible characters, trimmed; need not be unique.
    Title,
    |text| Ok(legible(text, TITLE_MAX)?.to_owned())
);
text!(
    /// Why a key was revoked: 1 to [`REASON_MAX`] legible characters, trimmed.
    Reason,
    |text| Ok(legible(text, REASON_MAX)?.to_owned())
);
text!(
    /// One thing that a key may do: 1 to [`SCOPE_MAX`] of `[a-z0-9:._*-]`.
    Scope,
    |text: &str| {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":._*-".contains(&byte);
        let is_scope = (1..=SCOPE_MAX).contains(&text.len()) && text.bytes().all(allowed);
        if is_scope { Ok(text.to_owned()) } else { Err(SettingError::Scope) }
    }
);

/// What a key may do: a set of at most [`SCOPES_MAX`] scopes, in alphabetical order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Scope>")]
pub struct Scopes(BTreeSet<Scope>);

impl Scopes {
    /// The scope that holds all others.
    pub const ALL: &str = "*";

    /// A set of scopes.
    ///
    /// # Errors
    /// [`SettingError::TooManyScopes`]; one that is given twice counts twice.
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, SettingError> {
        let (mut given, mut set) = (0, BTreeSet::new());
        for scope in scopes {
            given += 1;
            set.insert(scope);
        }
        if given > SCOPES_MAX { Err(SettingError::TooManyScopes) } else { Ok(Self(set)) }
    }

    /// Every scope.
    #[must_use]
    pub fn all() -> Self {
        let mut all = Self::default();
        all.0.insert(Scope(Self::ALL.to_owned()));
        all
    }

    /// Whether `scope` is among them, or `*` is. Scopes are compared as whole words: `orders:*` is a name like
    /// any other and holds nothing but itself.
    #[must_use]
    pub fn hold(&self, scope: &str) -> bool {
        self.iter().any(|held| held == Self::ALL || held == scope)
    }

    /// Whether every one of `scopes` is held.
    #[must_use]
    pub fn hold_all(&self, scopes: &Self) -> bool {
        scopes.iter().all(|scope| self.hold(scope))
    }

    /// The scopes as OAuth writes them: in one text, with spaces between.
    #[must_use]
    pub fn spaced(&self) -> String {
        self.iter().collect::<Vec<_>>().join(" ")
    }

    /// The scopes as text, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Scope::as_str)
    }
}

impl TryFrom<Vec<Scope>> for Scopes {
    type Error = SettingError;
    fn try_from(scopes: Vec<Scope>) -> Result<Self, SettingError> {
        Self::new(scopes)
    }
}

/// What the application keeps with a key: a JSON object of at most [`METADATA_MAX`] bytes and [`METADATA_DEPTH_MAX`] levels.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>")]
pub struct Metadata(Map<String, Value>);

impl TryFrom<Map<String, Value>> for Metadata {
    type Error = SettingError;
    fn try_from(object: Map<String, Value>) -> Result<Self, SettingError> {
        if object.values().any(|value| !is_within(value, METADATA_DEPTH_MAX - 1)) {
            return Err(SettingError::MetadataDepth);
        }
        match serde_json::to_string(&object) {
            Ok(text) if text.len() <= METADATA_MAX => Ok(Self(object)),
            _ => Err(SettingError::Metadata),
        }
    }
}

/// Whether a value has at most this many levels of objects and arrays.
fn is_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Object(fields) => levels > 0 && fields.values().all(|field| is_within(field, levels - 1)),
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_within(item, levels - 1)),
        _ => true,
    }
}

/// Reads a field that may be left out but has to be valid if it is there: null is not the same as nothing.
///
/// # Errors
/// What is wrong with the value.
pub fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

/// Makes the three types of a key's settings from one list, so that a new setting is one more entry.
macro_rules! settings {
    ($(#[doc = $doc:literal] $(#[$attribute:meta])* $name:ident: $type:ty,)+) => {
        /// What people decide about a key, as it is stored and shown. Every field has to be there, even if it is null: a key
        /// that has lost its dates must not become one that is valid forever.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        pub struct KeySettings {
            $(#[doc = $doc] #[serde(deserialize_with = "Deserialize::deserialize")] pub $name: $type,)+
        }

        /// What people give to create a key.
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[cfg_attr(feature = "schema", schemars(rename = "CreateKeyRequest"))]
        pub struct NewKey {
            /// Secret or publishable.
            #[serde(rename = "type", default)]
            pub key_type: KeyType,
            $(#[doc = $doc] $(#[$attribute])* pub $name: $type,)+
        }

        impl NewKey {
            /// The settings of the key that is to be created.
            #[must_use]
            pub fn into_settings(self) -> KeySettings {
                KeySettings { $($name: self.$name,)+ }
            }
        }

        impl KeySettings {
            /// Another key with the same settings.
            #[must_use]
            pub fn into_new_key(self, key_type: KeyType) -> NewKey {
                NewKey { key_type, $($name: self.$name,)+ }
            }
        }

        /// What to change of a key's settings; a field that is left out stays as it is.
        #[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub struct KeyChanges {
            $(
                #[doc = $doc]
                #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
                pub $name: Option<$type>,
            )+
        }

        impl KeyChanges {
            /// The names of the settings that are to be changed.
            #[must_use]
            pub fn names(&self) -> Vec<&'static str> {
                let given = [$((stringify!($name), self.$name.is_some()),)+];
                given.into_iter().filter(|(_, is_given)| *is_given).map(|(name, _)| name).collect()
            }

            pub(crate) fn apply(self, settings: &mut KeySettings) {
                $(if let Some(value) = self.$name { settings.$name = value; })+
            }
        }
    };
}

settings! {
    #[doc = "What people call the key; need not be unique."]
    title: Title,
    #[doc = "What the key may do."]
    #[serde(default)]
    scopes: Scopes,
    #[doc = "What the application keeps with the key."]
    #[serde(default)]
    metadata: Metadata,
    #[doc = "The least consistency that the key is verified with."]
    #[serde(default)]
    consistency: Consistency,
    #[doc = "From when on the key is refused because it has expired; null for never. A new one has to be in the future."]
    #[serde(default)]
    expires_at: Option<Timestamp>,
    #[doc = "The sales channels that a publishable key is linked to; secret keys have none."]
    #[serde(default)]
    links: Links,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(words: &[&str]) -> Scopes {
        Scopes::new(words.iter().map(|word| Scope::parse(word).expect("scope"))).expect("few")
    }

    #[test]
    fn titles_are_at_most_two_hundred_legible_characters() {
        assert_eq!(Title::parse("  CI deploys ").expect("title").as_str(), "CI deploys");
        assert!(Title::parse(&"🔑".repeat(200)).is_ok());
        let too_long = TextError::TooLong { max: 200 };
        for (bad, error) in
            [("", TextError::Empty), (&"x".repeat(201), too_long), ("a\u{200b}b", TextError::Invisible)]
        {
            assert_eq!(Title::parse(bad), Err(SettingError::Text(error)));
        }
    }

    #[test]
    fn scopes_are_a_set_of_plain_words() {
        assert_eq!(scopes(&["b", "a", "b"]).iter().collect::<Vec<_>>(), ["a", "b"]);
        for bad in ["", "A", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(Scope::parse(bad), Err(SettingError::Scope), "{bad}");
        }
        for good in ["a", "*", "orders:read", "a.b_c*d-e:9", &"x".repeat(64)] {
            assert!(Scope::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn key_is_given_at_most_a_hundred_scopes() {
        let many = |n: u32| (0..n).map(|n| Scope::parse(&n.to_string()).expect("scope"));
        assert_eq!(Scopes::new(many(100)).map(|scopes| scopes.iter().count()), Ok(100));
        assert_eq!(Scopes::new(many(101)), Err(SettingError::TooManyScopes));
        assert_eq!(
            Scopes::new(many(100).chain(many(1))),
            Err(SettingError::TooManyScopes),
            "one that is given twice counts twice"
        );
    }

    #[test]
    fn reasons_are_at_most_five_hundred_legible_characters() {
        assert!(Reason::parse(&"ä".repeat(500)).is_ok());
        let too_long = TextError::TooLong { max: 500 };
        for (bad, error) in
            [(" \t", TextError::Empty), (&"x".repeat(501), too_long), ("a\u{202e}b", TextError::Direction)]
        {
            assert_eq!(Reason::parse(bad), Err(SettingError::Text(error)));
        }
    }

    #[test]
    fn only_the_star_alone_holds_other_scopes() {
        assert!(scopes(&["*"]).hold_all(&scopes(&["orders:read", "keys:write"])));
        assert!(scopes(&["orders:read"]).hold("orders:read"));
        assert!(!scopes(&["orders:*"]).hold("orders:read"));
        assert!(!scopes(&[]).hold("orders:read"));
        assert!(scopes(&[]).hold_all(&scopes(&[])));
        assert!(!scopes(&["a", "b"]).hold_all(&scopes(&["a", "c"])));
        assert!(!scopes(&["orders:read"]).hold("*"));
    }

    #[test]
    fn metadata_is_at_most_four_kibibytes() {
        let object = |n: usize| Map::from_iter([("a".to_owned(), Value::from("x".repeat(n)))]);
        assert!(Metadata::try_from(object(4096 - 8)).is_ok());
        assert_eq!(Metadata::try_from(object(4096 - 7)), Err(SettingError::Metadata));
    }

    #[test]
    fn metadata_has_at_most_thirty_two_levels() {
        let nested = |levels: usize| {
            let value = (1..levels).fold(Value::Null, |inner, level| {
                if level % 2 == 0 { Value::Array(vec![inner]) } else { serde_json::json!({ "a": inner }) }
            });
            Map::from_iter([("a".to_owned(), value)])
        };
        assert!(Metadata::try_from(nested(32)).is_ok());
        assert_eq!(Metadata::try_from(nested(33)), Err(SettingError::MetadataDepth));
    }

    #[test]
    fn changes_tell_null_from_nothing() {
        let read = |text| serde_json::from_str::<KeyChanges>(text).map(|changes| changes.names());
        assert_eq!(read(r#"{"expires_at":null}"#).expect("null is never"), ["expires_at"]);
        assert_eq!(read("{}").expect("nothing"), Vec::<&str>::new());
        assert!(read(r#"{"scopes":null}"#).is_err() && read(r#"{"title":null}"#).is_err());
    }
}
