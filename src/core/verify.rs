//! The verdict on a presented key, the cheaper steps first.
//!
//! [`authenticate`] needs no storage: grammar, checksum, brand and environment, seal. [`decide`] needs what one read
//! found: revocation and expiry, membership, scopes.

use serde::{Deserialize, Serialize};

use crate::digest::KeyDigest;
use crate::issue::Issuer;
use crate::key::{AuthenticKey, WellFormedKey};
use crate::owner::{Owner, OwnerId};
use crate::record::{KeyRecord, Status};
use crate::settings::Scopes;
use crate::timestamp::Timestamp;
use crate::verifier::OnBehalfOf;

/// The result of a verification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The key is valid for what is required of it.
    Valid,
    /// The text is not a well-formed key.
    Malformed,
    /// A key of another brand or environment.
    WrongEnvironment,
    /// This deployment did not make the key.
    Forged,
    /// There is no such key, or the caller may not see its owner.
    Unknown,
    /// The key was revoked.
    Revoked,
    /// The key has expired.
    Expired,
    /// The key does not reach the organization.
    NotAMember,
    /// The key lacks a required scope.
    InsufficientScope,
}

impl Verdict {
    /// Every verdict, in the order in which they are checked, [`Verdict::Valid`] last.
    pub const ALL: [Self; 9] = [
        Self::Malformed,
        Self::WrongEnvironment,
        Self::Forged,
        Self::Unknown,
        Self::Revoked,
        Self::Expired,
        Self::NotAMember,
        Self::InsufficientScope,
        Self::Valid,
    ];

    /// The verdict's code in a response.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Valid => "valid",
            Self::Malformed => "malformed",
            Self::WrongEnvironment => "wrong_environment",
            Self::Forged => "forged",
            Self::Unknown => "unknown",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::NotAMember => "not_a_member",
            Self::InsufficientScope => "insufficient_scope",
        }
    }

    /// Whether the caller may see the key that it is about, so that a refusal may say which key that is.
    #[must_use]
    pub fn is_about_a_visible_key(self) -> bool {
        match self {
            Self::Malformed | Self::WrongEnvironment | Self::Forged | Self::Unknown => false,
            Self::Valid | Self::Revoked | Self::Expired | Self::NotAMember | Self::InsufficientScope => true,
        }
    }
}

/// Looks at the text alone: no storage is needed to refuse what this deployment did not make.
///
/// # Errors
/// [`Verdict::Malformed`], [`Verdict::WrongEnvironment`] or [`Verdict::Forged`].
pub fn authenticate<'a>(text: &'a str, issuer: &Issuer) -> Result<AuthenticKey<'a>, Verdict> {
    let key = WellFormedKey::parse(text).map_err(|_| Verdict::Malformed)?;
    if key.brand() != issuer.brand.as_str() || key.environment() != issuer.environment {
        return Err(Verdict::WrongEnvironment);
    }
    key.authenticate(&issuer.ring).ok_or(Verdict::Forged)
}

/// What is required of a key besides being neither revoked nor expired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// On whose behalf.
    pub caller: OnBehalfOf,
    /// Which organization the key has to reach.
    pub organization: Option<OwnerId>,
    /// Which scopes the key has to hold.
    pub scopes: Scopes,
}

impl Question {
    /// A question; an organization that names none means itself.
    #[must_use]
    pub fn new(caller: OnBehalfOf, organization: Option<OwnerId>, scopes: Scopes) -> Self {
        let own = match &caller {
            OnBehalfOf::Root | OnBehalfOf::Itself(_) => None,
            OnBehalfOf::Organization(id) => Some(id.clone()),
        };
        Self { caller, organization: organization.or(own), scopes }
    }
}

/// A decision, or the one thing that is missing for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The answer.
    Final(Verdict),
    /// Find out whether `user` is a member of `organization`, and decide again.
    NeedsMembership {
        /// Which organization.
        organization: OwnerId,
        /// Which user.
        user: OwnerId,
    },
}

/// Decides on a key of this digest, authentic or foreign: `record` is what the store holds for it, `is_member` the answer to an
/// earlier [`Decision::NeedsMembership`].
#[must_use]
pub fn decide(
    digest: &KeyDigest,
    record: Option<&KeyRecord>,
    question: &Question,
    is_member: Option<bool>,
    now: Timestamp,
) -> Decision {
    let Some(record) = record.filter(|record| record.digest.matches(digest)) else {
        return Decision::Final(Verdict::Unknown);
    };
    // What the caller may not see is reported as if it did not exist, whatever its state.
    match (&question.caller, &record.owner) {
        (OnBehalfOf::Root, _) => {}
        (OnBehalfOf::Itself(id), _) if *id == record.id => {}
        (OnBehalfOf::Organization(caller), Owner::Organization(owner)) if caller == owner => {}
        (OnBehalfOf::Organization(caller), Owner::User(user)) => match is_member {
            Some(true) => {}
            Some(false) => return Decision::Final(Verdict::Unknown),
            None => return needs_membership(caller, user),
        },
        (OnBehalfOf::Itself(_), _)
        | (OnBehalfOf::Organization(_), Owner::Organization(_) | Owner::Deployment(())) => {
            return Decision::Final(Verdict::Unknown);
        }
    }
    match record.status(now) {
        Status::Revoked => return Decision::Final(Verdict::Revoked),
        Status::Expired => return Decision::Final(Verdict::Expired),
        Status::Active | Status::Retiring => {}
    }
    if let Some(organization) = &question.organization {
        let reaches = match (&record.owner, &question.caller) {
            (Owner::Organization(owner), _) => Some(owner == organization),
            // An operator key is for this deployment's own API: it stands for no organization.
            (Owner::Deployment(()), _) => Some(false),
            // An organization learns nothing about memberships elsewhere.
            (Owner::User(_), OnBehalfOf::Organization(caller)) if caller != organization => Some(false),
            (Owner::User(_), _) => is_member,
        };
        match (reaches, &record.owner) {
            (Some(true), _) => {}
            (None, Owner::User(user)) => return needs_membership(organization, user),
            _ => return Decision::Final(Verdict::NotAMember),
        }
    }
    if record.settings.scopes.hold_all(&question.scopes) {
        Decision::Final(Verdict::Valid)
    } else {
        Decision::Final(Verdict::InsufficientScope)
    }
}

fn needs_membership(organization: &OwnerId, user: &OwnerId) -> Decision {
    Decision::NeedsMembership { organization: organization.clone(), user: user.clone() }
}
