//! Who is asking, and in which role.

use serde::Serialize;
use serde_json::Value;

use crate::actor::Actor;
use crate::fields::Scopes;
use crate::id::KeyId;
use crate::owner::{Owner, OwnerId};
use crate::record::KeyType;
use crate::stored::{Fields, Stored, alternative};

/// What a member may do to an organization. A later role may do all that an earlier one may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Manages the organization's keys.
    Member,
    /// Also renames the organization and manages members and admins.
    Admin,
    /// Also makes and unmakes owners.
    Owner,
}

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

/// A membership that the identity provider vouches for, beside the stored ones.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Claim {
    /// Which organization.
    pub organization: OwnerId,
    /// As what.
    pub role: Role,
}

impl Stored for Claim {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        Some(Self { organization: fields.take("organization")?, role: fields.take("role")? })
    }
}

/// Who is asking, once the credential has been proven.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Principal {
    /// The operator.
    Root,
    /// A person.
    User {
        /// Which person.
        id: OwnerId,
        /// Memberships that came with the credential.
        claims: Vec<Claim>,
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
    },
}

impl Stored for Principal {
    fn read(value: Value) -> Option<Self> {
        let (name, content) = alternative(value)?;
        if name == "Root" {
            return Some(Self::Root);
        }
        let mut fields = Fields::of(content)?;
        match name.as_str() {
            "User" => Some(Self::User { id: fields.take("id")?, claims: fields.take("claims")? }),
            "Key" => Some(Self::Key {
                id: fields.take("id")?,
                key_type: fields.take("key_type")?,
                owner: fields.take("owner")?,
                scopes: fields.take("scopes")?,
            }),
            _ => None,
        }
    }
}

impl Principal {
    /// The principal as it is recorded.
    #[must_use]
    pub fn actor(&self) -> Actor {
        match self {
            Self::Root => Actor::Root,
            Self::User { id, .. } => Actor::User(id.clone()),
            Self::Key { id, .. } => Actor::Key(id.clone()),
        }
    }

    /// The person behind the principal: whose memberships count.
    #[must_use]
    pub fn user(&self) -> Option<&OwnerId> {
        match self {
            Self::User { id, .. } | Self::Key { owner: Owner::User(id), .. } => Some(id),
            Self::Root | Self::Key { .. } => None,
        }
    }

    /// The role in an organization: the higher of the `stored` one and of what the credential itself vouches for.
    #[must_use]
    pub fn role_in(&self, organization: &OwnerId, stored: Option<Role>) -> Option<Role> {
        let Self::User { claims, .. } = self else { return stored };
        let claimed = claims.iter().filter(|claim| claim.organization == *organization);
        claimed.map(|claim| claim.role).max().max(stored)
    }
}
