//! Keys that are imported: as another system had them, or as an export has them.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::channel::Links;
use crate::digest::KeyDigest;
use crate::event::{Change, Event};
use crate::foreign::{Foreign, ForeignHash, Hint};
use crate::id::KeyId;
use crate::lifecycle::Transition;
use crate::owner::Owner;
use crate::record::{Consistency, KeyRecord, KeyType, Revocation};
use crate::redact::MASK;
use crate::settings::{KeySettings, Metadata, Scopes, Title};
use crate::timestamp::Timestamp;

/// Most rows of one request.
pub const ROWS_MAX: usize = 1000;

/// A key that another system has issued.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ImportedKey {
    /// Its hash, as that system has stored it.
    #[cfg_attr(feature = "schema", schemars(with = "crate::foreign::StatedHash"))]
    pub hash: ForeignHash,
    /// What people call it.
    pub title: Title,
    /// Secret or publishable.
    #[serde(rename = "type", default)]
    pub key_type: KeyType,
    /// Its redacted form: how it begins, `***`, and how it ends. Needed for scrypt, and where each key has a salt of its own.
    #[cfg_attr(feature = "schema", schemars(with = "Option<crate::schema::RedactedText>"))]
    pub redacted: Option<Hint>,
    /// When it was created; now, if that is not known.
    pub created_at: Option<Timestamp>,
    /// Who has created it, in that system's words.
    pub created_by: Option<Title>,
    /// From when on it is refused because it has expired; null for never.
    pub expires_at: Option<Timestamp>,
    /// What it may do.
    #[serde(default)]
    pub scopes: Scopes,
    /// What the application keeps with it.
    #[serde(default)]
    pub metadata: Metadata,
    /// The least consistency that it is verified with.
    #[serde(default)]
    pub consistency: Consistency,
    /// From when on it is refused because it was revoked there; null if it was not.
    pub revoked_at: Option<Timestamp>,
    /// The sales channels that a publishable key is linked to; secret keys have none.
    #[serde(default)]
    pub links: Links,
}

/// Why a key is not imported. Nothing has then changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImportFault {
    /// A key was created before it is imported.
    #[error("/created_at must not be in the future")]
    CreatedAhead,
    /// Which of many salts to try is told by the redacted form alone.
    #[error("/redacted is needed for a hash of scrypt")]
    NoHint,
    /// Only publishable keys are linked to sales channels.
    #[error("/links can be given to publishable keys only")]
    LinksOfSecret,
}

impl ImportedKey {
    /// What tells this row from every other, so that a row that comes again is known.
    #[must_use]
    pub fn fingerprint(&self) -> KeyDigest {
        KeyDigest::of(&serde_json::to_string(self).unwrap_or_default())
    }

    /// Imports the key.
    ///
    /// # Errors
    /// [`ImportFault`].
    pub fn into_transition(
        self,
        owner: Owner,
        id: KeyId,
        actor: &Actor,
        now: Timestamp,
    ) -> Result<Transition, ImportFault> {
        if self.created_at.is_some_and(|at| at > now) {
            return Err(ImportFault::CreatedAhead);
        }
        let redacted = self.redacted.map_or_else(|| MASK.to_owned(), String::from);
        if self.hash.recipe().is_slow() && self.hash.hint(&redacted).is_none() {
            return Err(ImportFault::NoHint);
        }
        require_publishable(self.key_type, &self.links)?;
        let digest = self.hash.digest(&owner);
        let record = KeyRecord {
            version: 1,
            id,
            key_type: self.key_type,
            redacted,
            token: None,
            digest: digest.unwrap_or_else(|| self.hash.stand_in(&owner)),
            owner,
            settings: KeySettings {
                title: self.title,
                scopes: self.scopes,
                metadata: self.metadata,
                consistency: self.consistency,
                expires_at: self.expires_at,
                links: self.links,
            },
            created_at: self.created_at.unwrap_or(now),
            // Whoever imports a hash answers for the key: they may know its text.
            created_by: actor.clone(),
            updated_at: now,
            last_used_at: None,
            rolled_from: None,
            rolled_to: None,
            revocation: self.revoked_at.map(|at| Revocation { at, by: actor.clone(), reason: None }),
            foreign: Some(Foreign { creator: self.created_by, is_pending: digest.is_none() }),
        };
        let event = Event::of_key(&record, change(&record), actor, now);
        Ok(Transition { record, event, restricts: false })
    }
}

fn change(record: &KeyRecord) -> Change {
    Change::KeyImported {
        key_type: record.key_type,
        scopes: record.settings.scopes.clone(),
        expires_at: record.settings.expires_at,
        revoked_at: record.revoked_at(),
        created_at: record.created_at,
    }
}

/// Puts a key back as an export has it.
///
/// # Errors
/// [`ImportFault::LinksOfSecret`].
pub fn restore(record: KeyRecord, actor: &Actor, now: Timestamp) -> Result<Transition, ImportFault> {
    require_publishable(record.key_type, &record.settings.links)?;
    let event = Event::of_key(&record, change(&record), actor, now);
    Ok(Transition { record, event, restricts: false })
}

fn require_publishable(key_type: KeyType, links: &Links) -> Result<(), ImportFault> {
    if links.fit(key_type) { Ok(()) } else { Err(ImportFault::LinksOfSecret) }
}

impl KeyRecord {
    /// The key once its text was seen: from now on it is found by this digest.
    #[must_use]
    pub fn found_by(self, digest: KeyDigest) -> Self {
        let foreign = self.foreign.map(|foreign| Foreign { is_pending: false, ..foreign });
        Self { digest, foreign, ..self }
    }
}
