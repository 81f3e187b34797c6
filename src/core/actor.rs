//! Who did something, as it is recorded.

use serde::{Deserialize, Serialize};

use crate::id::KeyId;
use crate::owner::OwnerId;

/// Who did something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", content = "id", rename_all = "snake_case")]
pub enum Actor {
    /// The operator, with a root key.
    Root,
    /// A person.
    User(OwnerId),
    /// A key.
    Key(KeyId),
}
