//! Who did something, as the audit trail and every record name them.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::id::{KeyId, RootKeyId};
use crate::owner::{Owner, OwnerId};

/// Who did something. Written and stored as `{"type": "user", "id": "ada", "key": null}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", try_from = "StoredActor")]
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

/// An actor as it is read: serde's reader of a tagged enum is several times as large.
#[derive(Deserialize)]
struct StoredActor {
    #[serde(rename = "type")]
    actor_type: ActorType,
    id: String,
    key: Option<KeyId>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum ActorType {
    Root,
    OperatorKey,
    User,
    Key,
}

/// An actor's id is none of an actor of its type.
#[derive(Debug, thiserror::Error)]
#[error("must be the id of an actor")]
struct ActorIdError;

impl TryFrom<StoredActor> for Actor {
    type Error = ActorIdError;
    fn try_from(StoredActor { actor_type, id, key }: StoredActor) -> Result<Self, ActorIdError> {
        match actor_type {
            ActorType::Root => RootKeyId::parse(&id).ok().map(|id| Self::Root { id }),
            ActorType::OperatorKey => KeyId::parse(&id).ok().map(|id| Self::OperatorKey { id }),
            ActorType::User => OwnerId::try_from(id).ok().map(|id| Self::User { id, key }),
            ActorType::Key => KeyId::parse(&id).ok().map(|id| Self::Key { id }),
        }
        .ok_or(ActorIdError)
    }
}

impl Actor {
    /// A key as an actor.
    #[must_use]
    pub fn of_key(id: &KeyId, owner: &Owner) -> Self {
        match owner {
            Owner::Deployment(()) => Self::OperatorKey { id: id.clone() },
            Owner::Organization(_) => Self::Key { id: id.clone() },
            Owner::User(user) => Self::User { id: user.clone(), key: Some(id.clone()) },
        }
    }

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

/// An actor as it is looked for: a person, whichever of their keys they used; a key, whoever used it; or a root key.
/// Written as `user:ada`, `key:apk_…` or `root:root_…`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum ActorName {
    /// A person, with any of their keys or without.
    User(OwnerId),
    /// A key, whoever owns it.
    Key(KeyId),
    /// A root key.
    Root(RootKeyId),
}

/// The text names no actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be user:, key: or root:, and the id of one")]
pub struct ActorNameError;

impl TryFrom<String> for ActorName {
    type Error = ActorNameError;
    fn try_from(text: String) -> Result<Self, ActorNameError> {
        match text.split_once(':') {
            Some(("user", id)) => OwnerId::parse_user(id).ok().map(Self::User),
            Some(("key", id)) => KeyId::parse(id).ok().map(Self::Key),
            Some(("root", id)) => RootKeyId::parse(id).ok().map(Self::Root),
            _ => None,
        }
        .ok_or(ActorNameError)
    }
}

impl From<ActorName> for String {
    fn from(name: ActorName) -> Self {
        match name {
            ActorName::User(id) => format!("user:{id}"),
            ActorName::Key(id) => format!("key:{id}"),
            ActorName::Root(id) => format!("root:{id}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actors_are_looked_for_by_what_they_are_and_their_id() {
        for good in ["user:ada", "key:apk_01KAHQ0000000000000000000Z", "root:root_0123456789abcdef"] {
            assert_eq!(ActorName::try_from(good.to_owned()).map(String::from), Ok(good.to_owned()));
        }
        for bad in [
            "",
            "ada",
            "user:",
            "user:me",
            "user:a b",
            "key:ada",
            "root:ada",
            "key",
            "organization:acme",
            "user:ada ",
        ] {
            assert_eq!(ActorName::try_from(bad.to_owned()), Err(ActorNameError), "{bad}");
        }
    }
}
