//! Reading a value that is one of a few words.

use core::fmt;

use serde::Deserializer;
use serde::de::{Error, Unexpected, Visitor};

/// A type whose values are words.
pub(crate) trait Word: Copy + 'static {
    /// Every value.
    const WORDS: &'static [Self];

    /// The value's word.
    fn word(self) -> &'static str;
}

/// Reads a word, and nothing but a string: serde's own derive also takes `{"word": null}`.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Word>(deserializer: D) -> Result<T, D::Error> {
    deserializer.deserialize_str(WordVisitor(T::WORDS))
}

struct WordVisitor<T: 'static>(&'static [T]);

impl<T: Word> Visitor<'_> for WordVisitor<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("one of ")?;
        for (index, value) in self.0.iter().enumerate() {
            write!(f, "{}`{}`", if index == 0 { "" } else { ", " }, value.word())?;
        }
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        let found = self.0.iter().copied().find(|value| value.word() == text);
        found.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

/// Makes an enum with `ALL` and `as_str` readable from its words.
macro_rules! words {
    ($type:ident) => {
        impl $crate::word::Word for $type {
            const WORDS: &'static [Self] = &Self::ALL;

            fn word(self) -> &'static str {
                self.as_str()
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::word::deserialize(deserializer)
            }
        }
    };
}
pub(crate) use words;

#[cfg(test)]
mod tests {
    use crate::principal::Role;
    use crate::record::{Consistency, KeyType};

    #[test]
    fn a_word_is_a_string_and_nothing_else() {
        assert_eq!(serde_json::from_str::<KeyType>("\"publishable\"").ok(), Some(KeyType::Publishable));
        assert_eq!(serde_json::from_str::<Consistency>("\"strong\"").ok(), Some(Consistency::Strong));
        assert_eq!(serde_json::from_str::<Role>("\"owner\"").ok(), Some(Role::Owner));
        for other in ["null", "7", "{}", "[\"owner\"]", "{\"owner\":null}", "\"Owner\"", "\"\""] {
            assert!(serde_json::from_str::<Role>(other).is_err(), "{other}");
        }
    }

    #[test]
    fn what_would_do_is_named() {
        let error = serde_json::from_str::<KeyType>("7").expect_err("a number");
        assert!(error.to_string().contains("expected one of `secret`, `publishable`"), "{error}");
    }
}
