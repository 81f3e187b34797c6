//! Where a key was found, in the words of whoever has found it: a file, an address.

use serde::{Deserialize, Serialize};

use crate::text::{TextError, legible, made_legible};

/// Longest source, in characters.
pub const SOURCE_MAX: usize = 500;

/// Where a key was found: 1 to [`SOURCE_MAX`] legible characters. Anybody may have written it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Source(String);

impl Source {
    /// What somebody has written, with U+FFFD for what is not legible (names of files may hold anything), cut if it is too
    /// long. `None` if there is nothing to be seen.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        made_legible(text, SOURCE_MAX).map(Self)
    }
}

impl TryFrom<String> for Source {
    type Error = TextError;
    fn try_from(text: String) -> Result<Self, TextError> {
        legible(&text, SOURCE_MAX).map(|text| Self(text.to_owned()))
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        source.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Option<String> {
        Source::of(text).map(String::from)
    }

    #[test]
    fn a_source_is_kept_as_it_was_written_but_for_what_is_not_legible() {
        for (text, expected) in [
            (
                "https://git.example/acme/app/blob/main/.env#L7",
                "https://git.example/acme/app/blob/main/.env#L7",
            ),
            (" größe 👩‍💻.txt ", "größe 👩‍💻.txt"),
            ("a\nb", "a\u{fffd}b"),
            ("a\u{1b}[31mb\u{7f}", "a\u{fffd}[31mb\u{fffd}"),
            ("invoice\u{202e}fdp.exe", "invoice\u{fffd}fdp.exe"),
            ("a\u{2028}b\u{200b}\u{feff}", "a\u{fffd}b\u{fffd}\u{fffd}"),
            ("\u{200b}", "\u{fffd}"),
        ] {
            assert_eq!(of(text).as_deref(), Some(expected));
        }
        for nothing in ["", "  ", "\u{2800}"] {
            assert_eq!(of(nothing), None);
        }
    }

    #[test]
    fn a_source_has_five_hundred_characters_at_the_most() {
        assert_eq!(of(&"é".repeat(500)), Some("é".repeat(500)));
        for long in ["é".repeat(501), format!("x{}", "\u{7}".repeat(500))] {
            assert_eq!(of(&long).map(|text| text.chars().count()), Some(500));
        }
        assert_eq!(Source::try_from("x".repeat(501)), Err(TextError::TooLong { max: 500 }));
    }
}
