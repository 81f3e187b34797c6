//! A key as the store knows it.

use serde::{Deserialize, Serialize};

use crate::actor::Actor;
use crate::digest::KeyDigest;
use crate::foreign::Foreign;
use crate::format::Kind;
use crate::id::KeyId;
use crate::owner::Owner;
use crate::settings::{KeySettings, Reason};
use crate::timestamp::Timestamp;
use crate::word::words;

/// Whether a key is to be kept secret.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum KeyType {
    /// Stored as a digest, shown once.
    #[default]
    Secret,
    /// Public by design: stored and shown in clear, grants nothing here.
    Publishable,
}

words!(KeyType);

impl KeyType {
    /// Every type.
    pub const ALL: [Self; 2] = [Self::Secret, Self::Publishable];

    /// `secret` or `publishable`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Publishable => "publishable",
        }
    }

    /// The kind of key that `owner` gets of this type; only organizations have publishable keys.
    #[must_use]
    pub fn kind_for(self, owner: &Owner) -> Option<Kind> {
        match (self, owner) {
            (Self::Secret, Owner::Organization(_) | Owner::Deployment(())) => Some(Kind::Secret),
            (Self::Secret, Owner::User(_)) => Some(Kind::Personal),
            (Self::Publishable, Owner::Organization(_)) => Some(Kind::Publishable),
            (Self::Publishable, Owner::User(_) | Owner::Deployment(())) => None,
        }
    }
}

/// How fresh a verification has to be; the later, the stricter.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Consistency {
    /// Copies, if they prove that they are not older than the answer may be; or else the ledger.
    #[default]
    Fast,
    /// The ledger, as things are now.
    Strong,
}

words!(Consistency);

impl Consistency {
    /// Every mode.
    pub const ALL: [Self; 2] = [Self::Fast, Self::Strong];

    /// `fast` or `strong`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Strong => "strong",
        }
    }
}

/// The revocation of a key, which has taken effect or is scheduled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Revocation {
    /// From when on the key is refused.
    pub at: Timestamp,
    /// Who revoked it.
    pub by: Actor,
    /// Why, in a person's words.
    pub reason: Option<Reason>,
}

/// A key as the store knows it. Stored as JSON: changing this shape needs a migration, and a test pins it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyRecord {
    /// Counts the changes; the newest wins wherever copies meet.
    pub version: u64,
    /// The key's id.
    pub id: KeyId,
    /// Secret or publishable.
    #[serde(rename = "type")]
    pub key_type: KeyType,
    /// Whose key it is.
    pub owner: Owner,
    /// The form that people may see.
    pub redacted: String,
    /// The text of a publishable key; never of a secret one.
    pub token: Option<String>,
    /// SHA-256 of the text. That of a foreign key is bound to its owner, and stands in for one that is not known yet.
    pub digest: KeyDigest,
    /// What people have decided about it.
    pub settings: KeySettings,
    /// When it was created.
    pub created_at: Timestamp,
    /// Who created it.
    pub created_by: Actor,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// When it was last verified as valid, to about five minutes.
    pub last_used_at: Option<Timestamp>,
    /// The key that it has replaced.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub rolled_from: Option<KeyId>,
    /// The key that has replaced it. A key has one successor at the most.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub rolled_to: Option<KeyId>,
    /// Its revocation, if there is one. Has to be there, even if it is null: a key that has lost its revocation must not
    /// become valid again.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub revocation: Option<Revocation>,
    /// For a key that another system has issued: what is known of that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foreign: Option<Foreign>,
}

/// What a key is at a given instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It works.
    Active,
    /// It works until its revocation, which is scheduled.
    Retiring,
    /// It has expired.
    Expired,
    /// It was revoked, for good.
    Revoked,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 4] = [Self::Active, Self::Retiring, Self::Expired, Self::Revoked];

    /// `active`, `retiring`, `expired` or `revoked`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Retiring => "retiring",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }

    /// Whether a key in this state works.
    #[must_use]
    pub fn works(self) -> bool {
        matches!(self, Self::Active | Self::Retiring)
    }

    /// What a key with these two dates is at `now`. A date takes effect in its own millisecond.
    #[must_use]
    pub fn at(now: Timestamp, revoked_at: Option<Timestamp>, expires_at: Option<Timestamp>) -> Self {
        let is_past = |at: Timestamp| at <= now;
        match (revoked_at, expires_at) {
            (Some(revoked), _) if is_past(revoked) => Self::Revoked,
            (_, Some(expires)) if is_past(expires) => Self::Expired,
            (Some(_), _) => Self::Retiring,
            (None, _) => Self::Active,
        }
    }
}

impl KeyRecord {
    /// From when on the key is refused because it was revoked.
    #[must_use]
    pub fn revoked_at(&self) -> Option<Timestamp> {
        self.revocation.as_ref().map(|revocation| revocation.at)
    }

    /// From when on the key no longer works, whether it expires or is revoked then; `None` if neither is known.
    #[must_use]
    pub fn ends_at(&self) -> Option<Timestamp> {
        [self.revoked_at(), self.settings.expires_at].into_iter().flatten().min()
    }

    /// Whether the key may do less from now on than `before`, so that whoever holds a copy has to be told first. What an
    /// application makes of title and metadata is not known here.
    #[must_use]
    pub fn restricts(&self, before: &Self) -> bool {
        let ends_earlier = |after: Option<Timestamp>, before: Option<Timestamp>| {
            after.is_some_and(|after| before.is_none_or(|before| after < before))
        };
        ends_earlier(self.revoked_at(), before.revoked_at())
            || ends_earlier(self.settings.expires_at, before.settings.expires_at)
            || !self.settings.scopes.hold_all(&before.settings.scopes)
            || self.settings.consistency > before.settings.consistency
            || !self.settings.links.have_all(&before.settings.links)
    }

    /// Whether it is a foreign key whose text was not seen yet, so that nobody finds it by its digest.
    #[must_use]
    pub fn is_pending(&self) -> bool {
        self.foreign.as_ref().is_some_and(|foreign| foreign.is_pending)
    }

    /// What the key is at `now`.
    #[must_use]
    pub fn status(&self, now: Timestamp) -> Status {
        Status::at(now, self.revoked_at(), self.settings.expires_at)
    }
}

/// How exact the date of the last use is, in seconds: a use within this time of the recorded one is not recorded again.
pub const USE_RESOLUTION_SECONDS: u32 = 300;

/// Whether a use at `at` has to be recorded, when the last one recorded was at `recorded`.
#[must_use]
pub fn is_use_worth_recording(recorded: Option<Timestamp>, at: Timestamp) -> bool {
    recorded.is_none_or(|recorded| recorded.plus_seconds(USE_RESOLUTION_SECONDS) <= at)
}

/// Least time between two events that say that a revoked key was presented, in seconds: an hour. What happens meanwhile is
/// counted.
pub const REFUSAL_RESOLUTION_SECONDS: u32 = 3600;

/// Whether refusals of a revoked key have to be recorded as an event at `now`, when the last event was at `recorded`.
#[must_use]
pub fn is_refusal_worth_recording(recorded: Option<Timestamp>, now: Timestamp) -> bool {
    recorded.is_none_or(|recorded| recorded.plus_seconds(REFUSAL_RESOLUTION_SECONDS) <= now)
}
