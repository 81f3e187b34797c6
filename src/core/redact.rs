//! The form of a key that people may see: its prefix, `***`, and its last four characters.

use core::fmt;

use crate::format::{Environment, Kind};

/// Characters at a key's end that stay readable. They let a person match the key in hand with a row of a
/// list, and narrow the secret by less than 24 of its 190 bits.
pub const HINT_LEN: usize = 4;

/// In place of everything that is not shown.
pub const MASK: &str = "***";

/// A key's redacted form, such as `kw_sk_live_***JnsL`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Redacted<'a> {
    brand: &'a str,
    kind: Kind,
    environment: Environment,
    hint: &'a str,
}

impl<'a> Redacted<'a> {
    pub(crate) fn of(text: &'a str, brand: &'a str, kind: Kind, environment: Environment) -> Self {
        let hint = text.len().checked_sub(HINT_LEN).and_then(|start| text.get(start..)).unwrap_or_default();
        Self { brand, kind, environment, hint }
    }
}

impl fmt::Display for Redacted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { brand, kind, environment, hint } = self;
        write!(f, "{brand}_{}_{}_{MASK}{hint}", kind.as_str(), environment.as_str())
    }
}
