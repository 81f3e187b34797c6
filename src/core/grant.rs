//! What a key may hand on. A key gives nothing that it does not have itself: no scope that it does not hold, no end later
//! than its own, no looser consistency than its own; neither to a new key nor to one that exists, itself included. What
//! only restricts, revoking and deleting, is no grant.

use crate::import::ImportedKey;
use crate::policy::may_grant;
use crate::principal::Principal;
use crate::record::{Consistency, KeyRecord};
use crate::settings::{KeyChanges, NewKey, Reason, Scopes};
use crate::timestamp::Timestamp;

/// Why a key may not hand something on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Excess {
    /// It does not hold a scope that it would grant.
    #[error("The calling key does not hold every scope that it would grant.")]
    Scopes,
    /// What applications see of a key is decided by those who could have made it.
    #[error("The key holds scopes that the calling key does not hold.")]
    StrongerKey,
    /// Something would work for longer than the key itself.
    #[error("The calling key ends {0}; what it creates, prolongs or rolls has to end no later.")]
    End(Timestamp),
    /// Something would be verified less strictly than the key itself.
    #[error("The calling key is always verified strongly; so has to be what it creates or changes.")]
    Consistency,
    /// It would take a scheduled revocation from a successor.
    #[error("Only a person decides that a new key does not inherit a scheduled revocation.")]
    Revocation,
}

/// Whether `principal` may create such a key.
///
/// # Errors
/// [`Excess`]: what it would grant beyond its own.
pub fn to_create(principal: &Principal, new: &NewKey) -> Result<(), Excess> {
    require_scopes(principal, &new.scopes, Excess::Scopes)?;
    require_end(principal, new.expires_at)?;
    require_consistency(principal, new.consistency)
}

/// Whether `principal` may import such a key: as whether it may create it.
///
/// # Errors
/// [`Excess`]: what it would grant beyond its own.
pub fn to_import(principal: &Principal, imported: &ImportedKey) -> Result<(), Excess> {
    require_scopes(principal, &imported.scopes, Excess::Scopes)?;
    require_end(principal, imported.expires_at.into_iter().chain(imported.revoked_at).min())?;
    require_consistency(principal, imported.consistency)
}

/// Whether `principal` may change a key in any way: everything that can be changed is shown to whoever verifies the key.
///
/// # Errors
/// [`Excess::StrongerKey`].
pub fn to_change_at_all(principal: &Principal, record: &KeyRecord) -> Result<(), Excess> {
    require_scopes(principal, &record.settings.scopes, Excess::StrongerKey)
}

/// Whether `principal` may change a key so.
///
/// # Errors
/// [`Excess`]: what it would grant beyond its own.
pub fn to_change(principal: &Principal, record: &KeyRecord, changes: &KeyChanges) -> Result<(), Excess> {
    to_change_at_all(principal, record)?;
    if let Some(scopes) = &changes.scopes {
        require_scopes(principal, scopes, Excess::Scopes)?;
    }
    if let Some(end) = changes.expires_at
        && is_later(end, record.settings.expires_at)
    {
        require_end(principal, end)?;
    }
    let loosens = record.settings.consistency == Consistency::Strong;
    match changes.consistency {
        Some(consistency) if loosens => require_consistency(principal, consistency),
        _ => Ok(()),
    }
}

/// Whether `principal` may revoke a key so. To take a key away one needs to hold none of its scopes; but for as long as it
/// works, the reason is shown to whoever verifies it.
///
/// # Errors
/// [`Excess::StrongerKey`].
pub fn to_revoke(
    principal: &Principal,
    record: &KeyRecord,
    revoke_in: u32,
    reason: Option<&Reason>,
) -> Result<(), Excess> {
    if revoke_in == 0 || reason.is_none() { Ok(()) } else { to_change_at_all(principal, record) }
}

/// Whether `principal` may roll a key. Its successor has its settings and, if that is kept, its scheduled revocation.
///
/// # Errors
/// [`Excess`]: what it would grant beyond its own.
pub fn to_roll(principal: &Principal, record: &KeyRecord, keep_revocation: bool) -> Result<(), Excess> {
    let Principal::Key { .. } = principal else { return Ok(()) };
    if !keep_revocation {
        return Err(Excess::Revocation);
    }
    to_change_at_all(principal, record)?;
    require_end(principal, record.ends_at())?;
    require_consistency(principal, record.settings.consistency)
}

fn require_scopes(principal: &Principal, scopes: &Scopes, excess: Excess) -> Result<(), Excess> {
    if may_grant(principal, scopes) { Ok(()) } else { Err(excess) }
}

fn require_end(principal: &Principal, end: Option<Timestamp>) -> Result<(), Excess> {
    match principal {
        Principal::Key { ends_at: Some(own), .. } if is_later(end, Some(*own)) => Err(Excess::End(*own)),
        _ => Ok(()),
    }
}

fn require_consistency(principal: &Principal, consistency: Consistency) -> Result<(), Excess> {
    match (principal, consistency) {
        (Principal::Key { consistency: Consistency::Strong, .. }, Consistency::Fast) => {
            Err(Excess::Consistency)
        }
        _ => Ok(()),
    }
}

/// Whether the end `this` comes after the end `that`; without an end it comes after every other.
fn is_later(this: Option<Timestamp>, that: Option<Timestamp>) -> bool {
    match (this, that) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(this), Some(that)) => this > that,
    }
}
