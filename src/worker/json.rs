//! Writes the JSON that we store, answer, and say to a ledger. `keyward_core::stored` reads it back.

use serde::Serialize;

/// Writes a value. Ours have only texts as keys, so they can always be written.
pub(crate) fn write(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
