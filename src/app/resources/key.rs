//! How keys are shown.

use keyward_core::{
    Actor, KeyId, KeyRecord, KeySettings, KeyType, Links, Owner, Reason, Scopes, Status, Timestamp, Title,
};
use serde::Serialize;

use crate::caller::Caller;
use crate::operations::{Operation, Target};
#[cfg(feature = "schema")]
use crate::resources::PageFacts;

/// What every description of a key holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyFacts {
    /// The key's id.
    pub id: KeyId,
    /// Secret or publishable.
    #[serde(rename = "type")]
    pub key_type: KeyType,
    /// Whose key it is.
    pub owner: Owner,
    /// The redacted form, which people may see.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::RedactedText"))]
    pub redacted: String,
    /// What people have decided about it.
    #[serde(flatten)]
    pub settings: KeySettings,
    /// Its status at the time of the response.
    pub status: Status,
    /// Whether another system has issued it, and it was imported: a foreign key.
    pub foreign: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it; of a foreign key, who imported it.
    pub created_by: Actor,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// The key that it has replaced.
    pub rolled_from: Option<KeyId>,
    /// The key that has replaced it.
    pub rolled_to: Option<KeyId>,
    /// From when on it is refused as revoked; in the future if that is scheduled.
    pub revoked_at: Option<Timestamp>,
    /// Who revoked it.
    pub revoked_by: Option<Actor>,
    /// Why it was revoked.
    pub revocation_reason: Option<Reason>,
}

impl KeyFacts {
    fn new(record: KeyRecord, now: Timestamp) -> Self {
        let status = record.status(now);
        let (revoked_at, revoked_by, revocation_reason) = match record.revocation {
            Some(revocation) => (Some(revocation.at), Some(revocation.by), revocation.reason),
            None => (None, None, None),
        };
        Self {
            id: record.id,
            key_type: record.key_type,
            owner: record.owner,
            redacted: record.redacted,
            settings: record.settings,
            status,
            foreign: record.foreign.is_some(),
            created_at: record.created_at,
            created_by: record.created_by,
            updated_at: record.updated_at,
            rolled_from: record.rolled_from,
            rolled_to: record.rolled_to,
            revoked_at,
            revoked_by,
            revocation_reason,
        }
    }
}

/// A key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Key {
    /// What every description of a key holds.
    #[serde(flatten)]
    pub facts: KeyFacts,
    /// A publishable key's text. A secret key's is never shown again.
    #[cfg_attr(feature = "schema", schemars(with = "Option<keyward_core::schema::TokenText>"))]
    pub token: Option<String>,
    /// Who has created it, in the words of the system that a foreign key comes from.
    pub foreign_creator: Option<Title>,
    /// When it was last verified as valid, to about five minutes.
    pub last_used_at: Option<Timestamp>,
    /// The operations that the caller may carry out on it, as far as policy goes; its status may rule some of them out.
    pub permissions: Vec<Operation>,
}

impl Key {
    /// A key as the caller sees it.
    #[must_use]
    pub fn new(record: KeyRecord, now: Timestamp, caller: &Caller) -> Self {
        let permissions = Operation::permitted(caller, Target::Key(&record));
        Self { permissions, ..Self::without_permissions(record, now) }
    }

    /// A key that describes itself.
    #[must_use]
    pub fn without_permissions(record: KeyRecord, now: Timestamp) -> Self {
        Self {
            token: record.token.clone(),
            foreign_creator: record.foreign.as_ref().and_then(|foreign| foreign.creator.clone()),
            last_used_at: record.last_used_at,
            permissions: Vec::new(),
            facts: KeyFacts::new(record, now),
        }
    }
}

/// A new key, with its text.
#[expect(missing_debug_implementations, reason = "it holds a key")]
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct IssuedKey {
    /// What every description of a key holds.
    #[serde(flatten)]
    pub facts: KeyFacts,
    /// The key's text. That of a secret key is shown this once.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::TokenText"))]
    pub token: String,
    /// Always null: the key is one of this deployment.
    pub foreign_creator: Option<Title>,
    /// Always null: the key is new.
    pub last_used_at: Option<Timestamp>,
    /// The operations that the caller may carry out on it.
    pub permissions: Vec<Operation>,
}

impl IssuedKey {
    /// A key that was just issued, with its text.
    #[must_use]
    pub fn new(record: KeyRecord, token: &str, now: Timestamp, caller: &Caller) -> Self {
        let Key { facts, foreign_creator, last_used_at, permissions, .. } = Key::new(record, now, caller);
        Self { facts, token: token.to_owned(), foreign_creator, last_used_at, permissions }
    }

    /// The key's path.
    #[must_use]
    pub fn location(&self) -> String {
        let KeyFacts { owner, id, .. } = &self.facts;
        format!("/v1/{}/keys/{id}", owner.path())
    }
}

/// A new key, with its text, and the key that it replaces.
#[expect(missing_debug_implementations, reason = "it holds a key")]
#[derive(Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RolledKey {
    /// The new key.
    #[serde(flatten)]
    pub issued: IssuedKey,
    /// The key that it replaces.
    pub rolled: Key,
    /// When the revocation of that takes effect.
    pub effective: Effective,
}

/// When a restriction has taken effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Effective {
    /// When the last answer has been given that may still tell how things were before, to callers that ask for no more than the
    /// organization's ceiling. Callers that ask for 0 seconds are told at once.
    pub by: Timestamp,
}

/// Something was taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Removed {
    /// When that takes effect.
    pub effective: Effective,
}

/// A key with its revocation, and when that takes effect.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevokedKey {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// When the revocation takes effect.
    pub effective: Effective,
}

/// A key with its new settings, and when what it may no longer do has ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ChangedKey {
    /// The key.
    #[serde(flatten)]
    pub key: Key,
    /// When the change takes effect, if it takes something away; null if it does not.
    pub effective: Option<Effective>,
}

/// A key as a verdict shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct VerifiedKey {
    /// What every description of a key holds.
    #[serde(flatten)]
    pub facts: KeyFacts,
}

impl VerifiedKey {
    /// A key that was found valid.
    #[must_use]
    pub fn new(record: KeyRecord, now: Timestamp) -> Self {
        Self { facts: KeyFacts::new(record, now) }
    }
}

/// A publishable key as everybody may know it, since everybody may have it: what it is and whether it works, but nothing
/// that people wrote or did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PublicKey {
    /// The key's id.
    pub id: KeyId,
    /// Always `publishable`.
    #[serde(rename = "type")]
    pub key_type: KeyType,
    /// Whose key it is.
    pub owner: Owner,
    /// The redacted form.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::RedactedText"))]
    pub redacted: String,
    /// The key's text.
    #[cfg_attr(feature = "schema", schemars(with = "Option<keyward_core::schema::TokenText>"))]
    pub token: Option<String>,
    /// What the key may do.
    pub scopes: Scopes,
    /// Its status at the time of the response.
    pub status: Status,
    /// From when on the key is refused because it has expired; null for never.
    pub expires_at: Option<Timestamp>,
    /// The sales channels that it is linked to.
    pub links: Links,
}

impl PublicKey {
    /// What everybody may know of a key.
    #[must_use]
    pub fn new(record: KeyRecord, now: Timestamp) -> Self {
        Self {
            status: record.status(now),
            id: record.id,
            key_type: record.key_type,
            owner: record.owner,
            redacted: record.redacted,
            token: record.token,
            scopes: record.settings.scopes,
            expires_at: record.settings.expires_at,
            links: record.settings.links,
        }
    }
}

/// A key as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(inline))]
#[serde(untagged)]
pub enum Shown<K> {
    /// All that there is.
    Whole(K),
    /// What is for everybody.
    Public(PublicKey),
}

/// A page of keys.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct KeyList {
    /// The keys on this page.
    pub keys: Vec<Key>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
    /// The operations that the caller may carry out on the owner of these keys.
    pub permissions: Vec<Operation>,
}

/// A key that is revoked, or would be, because of who made it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct MadeKey {
    /// The key's id.
    pub id: KeyId,
    /// Secret or publishable.
    #[serde(rename = "type")]
    pub key_type: KeyType,
    /// What people call it.
    pub title: Title,
    /// The redacted form, which people may see.
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::RedactedText"))]
    pub redacted: String,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
    /// The key that it has replaced.
    pub rolled_from: Option<KeyId>,
}

impl From<KeyRecord> for MadeKey {
    fn from(record: KeyRecord) -> Self {
        let KeyRecord { id, key_type, settings, redacted, created_at, created_by, rolled_from, .. } = record;
        Self { id, key_type, title: settings.title, redacted, created_at, created_by, rolled_from }
    }
}

/// Keys that were revoked because of who made them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevokedKeys {
    /// The keys, as they were before, by id.
    pub keys: Vec<MadeKey>,
    /// How many these are.
    pub count: u32,
    /// Whether there are more: repeat the request.
    pub has_more: bool,
    /// How many cannot be read, and were left as they are.
    pub unreadable: u32,
    /// Whether nothing was done.
    pub dry_run: bool,
    /// When the revocations take effect; null if no key was revoked.
    pub effective: Option<Effective>,
}
