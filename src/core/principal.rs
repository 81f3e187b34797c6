//! Who calls, and in which role.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::id::{KeyId, RootKeyId};
use crate::owner::{Owner, OwnerId};
use crate::record::{Consistency, KeyType};
use crate::settings::Scopes;
use crate::timestamp::Timestamp;
use crate::word::words;

/// What a member may do to an organization. A later role may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages the organization's keys.
    Member,
    /// Also renames the organization and manages members and admins.
    Admin,
    /// Also makes and unmakes owners.
    Owner,
}

words!(Role);

impl Role {
    /// Every role.
    pub const ALL: [Self; 3] = [Self::Member, Self::Admin, Self::Owner];

    /// `member`, `admin` or `owner`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// Reads a role's word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == word)
    }
}

/// A membership that the identity provider asserts, beside the stored ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertedMembership {
    /// Which organization.
    pub organization: OwnerId,
    /// As what.
    pub role: Role,
}

/// Who calls, once the credential has been proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Principal {
    /// The operator.
    Root {
        /// With which root key.
        id: RootKeyId,
    },
    /// A person.
    User {
        /// Which person.
        id: OwnerId,
        /// Memberships that came with the credential.
        asserted: Vec<AssertedMembership>,
    },
    /// A key, which has been found valid.
    Key {
        /// Which key.
        id: KeyId,
        /// Secret or publishable.
        key_type: KeyType,
        /// Whose key.
        owner: Owner,
        /// What it may do.
        scopes: Scopes,
        /// From when on it no longer works, because it expires or its revocation is scheduled; `None` if neither. Has to
        /// be there, even if it is null.
        #[serde(deserialize_with = "Deserialize::deserialize")]
        ends_at: Option<Timestamp>,
        /// How strictly it is verified.
        consistency: Consistency,
    },
}

impl Principal {
    /// The principal as it is recorded.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Root { id } => Actor::Root { id: id.clone() },
            Self::User { id, .. } => Actor::User { id: id.clone(), key: None },
            Self::Key { id, owner, .. } => Actor::of_key(id, owner),
        }
    }

    /// The id of the key that it came with, be it a root key.
    #[must_use]
    pub fn key_id(&self) -> Option<&str> {
        match self {
            Self::Root { id } => Some(id.as_str()),
            Self::Key { id, .. } => Some(id.as_str()),
            Self::User { .. } => None,
        }
    }

    /// The person behind the principal: whose memberships count.
    #[must_use]
    pub fn user(&self) -> Option<&OwnerId> {
        match self {
            Self::User { id, .. } | Self::Key { owner: Owner::User(id), .. } => Some(id),
            Self::Root { .. } | Self::Key { .. } => None,
        }
    }

    /// The role in an organization: the higher of the `stored` one and of what the credential itself asserts.
    #[must_use]
    pub fn role_in(&self, organization: &OwnerId, stored: Option<Role>) -> Option<Role> {
        let Self::User { asserted, .. } = self else { return stored };
        let here = asserted.iter().filter(|membership| membership.organization == *organization);
        here.map(|membership| membership.role).max().max(stored)
    }
}
