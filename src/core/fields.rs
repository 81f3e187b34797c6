//! The values that people give a key: title, scopes, metadata and reason. Each type is proof that its rule holds.

use core::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::stored::Stored;

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
/// Most levels of objects and lists in a key's metadata, itself included. A stored record stays far from
/// [`DEPTH_MAX`](crate::json::DEPTH_MAX).
pub const METADATA_DEPTH_MAX: usize = 32;

/// Why a value is not one that a key can have. No variant holds any part of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldError {
    /// A text is empty, too long, or has control characters.
    #[error("must be 1 to {max} characters after trimming, without control characters")]
    Text {
        /// Characters allowed.
        max: usize,
    },
    /// A scope has another form.
    #[error("a scope is 1 to {SCOPE_MAX} characters of a-z, 0-9, `:`, `.`, `_`, `*` and `-`")]
    Scope,
    /// There are too many scopes.
    #[error("must hold at most {SCOPES_MAX} scopes")]
    TooManyScopes,
    /// The metadata is too large.
    #[error("must be at most {METADATA_MAX} bytes of JSON")]
    Metadata,
    /// The metadata is nested too deeply.
    #[error("must hold at most {METADATA_DEPTH_MAX} levels of objects and lists")]
    MetadataDepth,
}

fn trimmed(text: &str, max: usize) -> Result<String, FieldError> {
    let text = text.trim();
    let length = text.chars().take(max + 1).count();
    if length == 0 || length > max || text.chars().any(char::is_control) {
        return Err(FieldError::Text { max });
    }
    Ok(text.to_owned())
}

macro_rules! text_field {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize)]
        #[serde(into = "String")]
        pub struct $name(String);

        impl $name {
            /// Reads it, without the white space around it.
            ///
            /// # Errors
            /// [`FieldError::Text`].
            pub fn parse(text: &str) -> Result<Self, FieldError> {
                trimmed(text, $max).map(Self)
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = FieldError;
            fn try_from(text: String) -> Result<Self, FieldError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(field: $name) -> Self {
                field.0
            }
        }
    };
}

text_field!(
    /// What people call a key or an organization: 1 to [`TITLE_MAX`] characters, trimmed; need not be unique.
    Title,
    TITLE_MAX
);
text_field!(
    /// Why a key was revoked: 1 to [`REASON_MAX`] characters, trimmed.
    Reason,
    REASON_MAX
);

/// One thing that a key may do: 1 to [`SCOPE_MAX`] of `[a-z0-9:._*-]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Scope(String);

impl Scope {
    /// Reads a scope.
    ///
    /// # Errors
    /// [`FieldError::Scope`].
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let allowed =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b":._*-".contains(&byte);
        if (1..=SCOPE_MAX).contains(&text.len()) && text.bytes().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(FieldError::Scope)
        }
    }

    /// The scope as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a key may do: a set of at most [`SCOPES_MAX`] scopes, in alphabetical order.
///
/// Written and stored as the scopes with a space between.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub struct Scopes(Vec<Scope>);

impl Scopes {
    /// The scope that holds all others.
    pub const ALL: &str = "*";

    /// A set of scopes.
    ///
    /// # Errors
    /// [`FieldError::TooManyScopes`].
    pub fn new(scopes: impl IntoIterator<Item = Scope>) -> Result<Self, FieldError> {
        let mut set = Vec::new();
        let mut given = 0;
        for scope in scopes {
            given += 1;
            if let Err(place) = set.binary_search(&scope) {
                set.insert(place, scope);
            }
        }
        if given > SCOPES_MAX { Err(FieldError::TooManyScopes) } else { Ok(Self(set)) }
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

    /// The scopes as text, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Scope::as_str)
    }
}

impl TryFrom<String> for Scopes {
    type Error = FieldError;
    fn try_from(text: String) -> Result<Self, FieldError> {
        let words = text.split(' ').filter(|word| !word.is_empty());
        Self::new(words.map(Scope::parse).collect::<Result<Vec<_>, _>>()?)
    }
}

impl From<Scopes> for String {
    fn from(scopes: Scopes) -> Self {
        scopes.to_string()
    }
}

impl fmt::Display for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            let space = if index == 0 { "" } else { " " };
            write!(f, "{space}{scope}")?;
        }
        Ok(())
    }
}

/// What the application wants to keep with a key: a JSON object of at most [`METADATA_MAX`] bytes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(into = "Map<String, Value>")]
pub struct Metadata(Map<String, Value>);

impl Metadata {
    /// Takes a JSON object.
    ///
    /// # Errors
    /// [`FieldError::Metadata`] or [`FieldError::MetadataDepth`].
    pub fn new(object: Map<String, Value>) -> Result<Self, FieldError> {
        if object.values().any(|value| !is_within(value, METADATA_DEPTH_MAX - 1)) {
            return Err(FieldError::MetadataDepth);
        }
        match serde_json::to_string(&object) {
            Ok(text) if text.len() <= METADATA_MAX => Ok(Self(object)),
            _ => Err(FieldError::Metadata),
        }
    }
}

/// Whether a value has at most so many levels of objects and lists.
fn is_within(value: &Value, levels: usize) -> bool {
    match value {
        Value::Object(fields) => levels > 0 && fields.values().all(|field| is_within(field, levels - 1)),
        Value::Array(items) => levels > 0 && items.iter().all(|item| is_within(item, levels - 1)),
        _ => true,
    }
}

impl Stored for Metadata {
    /// What was accepted once is read, whatever the limits are by then.
    fn read(value: Value) -> Option<Self> {
        if let Value::Object(object) = value { Some(Self(object)) } else { None }
    }
}

impl From<Metadata> for Map<String, Value> {
    fn from(metadata: Metadata) -> Self {
        metadata.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scopes(words: &[&str]) -> Scopes {
        Scopes::new(words.iter().map(|word| Scope::parse(word).expect("scope"))).expect("few")
    }

    #[test]
    fn titles_are_trimmed_and_counted_in_characters() {
        assert_eq!(Title::parse("  CI deploys ").expect("title").as_str(), "CI deploys");
        assert!(Title::parse(&"🔑".repeat(200)).is_ok());
        for bad in ["", "   ", &"x".repeat(201), "a\0b", "a\nb"] {
            assert_eq!(Title::parse(bad), Err(FieldError::Text { max: 200 }));
        }
    }

    #[test]
    fn scopes_are_a_set_of_plain_words() {
        assert_eq!(scopes(&["b", "a", "b"]).to_string(), "a b");
        for bad in ["", "A", "a b", "ä", &"x".repeat(65)] {
            assert_eq!(Scope::parse(bad), Err(FieldError::Scope), "{bad}");
        }
        for good in ["a", "*", "orders:read", "a.b_c*d-e:9", &"x".repeat(64)] {
            assert!(Scope::parse(good).is_ok(), "{good}");
        }
    }

    #[test]
    fn key_is_given_at_most_a_hundred_scopes() {
        let many = |n: u32| (0..n).map(|n| Scope::parse(&n.to_string()).expect("scope"));
        assert_eq!(Scopes::new(many(100)).map(|scopes| scopes.iter().count()), Ok(100));
        assert_eq!(Scopes::new(many(101)), Err(FieldError::TooManyScopes));
        assert_eq!(
            Scopes::new(many(100).chain(many(1))),
            Err(FieldError::TooManyScopes),
            "said twice counts twice"
        );
    }

    #[test]
    fn reasons_are_at_most_five_hundred_characters() {
        assert!(Reason::parse(&"ä".repeat(500)).is_ok());
        for bad in ["", " \t", &"x".repeat(501)] {
            assert_eq!(Reason::parse(bad), Err(FieldError::Text { max: 500 }));
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
        assert!(Metadata::new(object(4096 - 8)).is_ok());
        assert_eq!(Metadata::new(object(4096 - 7)), Err(FieldError::Metadata));
    }

    #[test]
    fn metadata_has_at_most_thirty_two_levels() {
        let nested = |levels: usize| {
            let value = (1..levels).fold(Value::Null, |inner, level| {
                if level % 2 == 0 { Value::Array(vec![inner]) } else { serde_json::json!({ "a": inner }) }
            });
            Map::from_iter([("a".to_owned(), value)])
        };
        assert!(Metadata::new(nested(32)).is_ok());
        assert_eq!(Metadata::new(nested(33)), Err(FieldError::MetadataDepth));
    }
}
