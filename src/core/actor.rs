//! Who did something, as the audit trail and every record name them.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{KeyId, RootKeyId};
use crate::owner::OwnerId;

/// Who did something. Written and stored as `{"type": "user", "id": "ada", "key": null}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Actor {
    /// The operator, with a root key.
    Root {
        /// Which root key.
        id: RootKeyId,
    },
    /// The operator, with an operator key.
    OperatorKey {
        /// The key's id.
        id: KeyId,
    },
    /// A person.
    User {
        /// The person's id.
        id: OwnerId,
        /// The personal key with which they did it; `None` if they were signed in.
        key: Option<KeyId>,
    },
    /// A key of an organization.
    Key {
        /// The key's id.
        id: KeyId,
    },
}

impl Actor {
    /// The actor without the key that a person used: what is looked for when somebody leaves.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Root { id } => format!("root:{id}"),
            Self::User { id, .. } => format!("user:{id}"),
            Self::OperatorKey { id } | Self::Key { id } => format!("key:{id}"),
        }
    }

    /// The key that was used, if one was.
    #[must_use]
    pub fn key(&self) -> Option<&KeyId> {
        match self {
            Self::Root { .. } => None,
            Self::User { key, .. } => key.as_ref(),
            Self::OperatorKey { id } | Self::Key { id } => Some(id),
        }
    }
}

/// As [`Actor::name`].
impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name())
    }
}
