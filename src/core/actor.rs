//! Who did something, as it is recorded.

use core::fmt;

use serde::Serialize;

use crate::id::KeyId;
use crate::owner::OwnerId;

/// Who did something. Written and stored as `root`, `user:<id>` or `key:<id>`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(into = "String")]
pub enum Actor {
    /// The operator, with a root key.
    Root,
    /// A person.
    User(OwnerId),
    /// A key.
    Key(KeyId),
}

impl Actor {
    /// `root`, `user` or `key`.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Root => "root",
            Self::User(_) => "user",
            Self::Key(_) => "key",
        }
    }

    /// The id of the person or key.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        match self {
            Self::Root => None,
            Self::User(id) => Some(id.as_str()),
            Self::Key(id) => Some(id.as_str()),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.id() {
            Some(id) => write!(f, "{}:{id}", self.type_name()),
            None => f.write_str(self.type_name()),
        }
    }
}

/// The text names no actor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not `root`, `user:<id>` or `key:<id>`")]
pub struct ActorError;

impl TryFrom<String> for Actor {
    type Error = ActorError;
    fn try_from(text: String) -> Result<Self, ActorError> {
        match text.split_once(':') {
            None if text == "root" => Ok(Self::Root),
            Some(("user", id)) => OwnerId::parse(id).map(Self::User).map_err(|_| ActorError),
            Some(("key", id)) => KeyId::parse(id).map(Self::Key).map_err(|_| ActorError),
            _ => Err(ActorError),
        }
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}
