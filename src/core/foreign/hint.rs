//! Redacted forms, by which keys are found whose hashes take long to compute.

use serde::{Deserialize, Serialize};

use super::{ForeignError, HINT_SIDE_MAX};
use crate::redact::MASK;

/// A foreign key's redacted form: how it begins, `***`, and how it ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hint(String);

/// Of how many characters the two sides of a redacted form are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    start: usize,
    end: usize,
}

impl TryFrom<String> for Hint {
    type Error = ForeignError;

    fn try_from(text: String) -> Result<Self, ForeignError> {
        let is_side = |side: &str| {
            side.len() <= HINT_SIDE_MAX && side.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'*')
        };
        let is_hint = text.split_once(MASK).is_some_and(|(start, end)| is_side(start) && is_side(end));
        if is_hint { Ok(Self(text)) } else { Err(ForeignError::Redacted) }
    }
}

impl From<Hint> for String {
    fn from(hint: Hint) -> Self {
        hint.0
    }
}

impl Hint {
    /// The redacted form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of how many characters its sides are.
    #[must_use]
    pub fn shape(&self) -> Shape {
        let (start, end) = self.0.split_once(MASK).unwrap_or_default();
        Shape { start: start.len(), end: end.len() }
    }

    /// Whether it says anything.
    #[must_use]
    pub fn is_telling(&self) -> bool {
        self.0 != MASK
    }
}

impl Shape {
    /// The redacted form that a text has in this shape.
    #[must_use]
    pub fn of(self, text: &str) -> Option<String> {
        let start = text.get(..self.start)?;
        let end = text.get(text.len().checked_sub(self.end)?..)?;
        Some([start, MASK, end].concat())
    }
}
