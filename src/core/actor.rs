//! Who did something, as the audit trail and every record name them.

use serde::{Deserialize, Serialize};

use crate::id::KeyId;
use crate::owner::OwnerId;

/// Who did something. Written and stored as `{"type": "user", "id": "ada"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// The operator, with a root key.
    Root {
        /// Always null: the operator has no id.
        id: (),
    },
    /// A person.
    User {
        /// The person's id.
        id: OwnerId,
    },
    /// A key.
    Key {
        /// The key's id.
        id: KeyId,
    },
}

impl Actor {
    /// The operator.
    pub const ROOT: Self = Self::Root { id: () };
}
