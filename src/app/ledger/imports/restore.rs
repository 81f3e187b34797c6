//! Lines of an export, put back as they were.

use keyward_core::foreign::ForeignHash;
use keyward_core::import::restore;
use keyward_core::organization::OrganizationChanges;
use keyward_core::staleness::Limits;
use keyward_core::{Entropy, ErrorCode, EventId, KeyDigest, KeyRecord, Member, Organization, Timestamp};
use serde_json::Value;

use super::{Import, bad, place};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::queries::KeyUse;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::resources::StoredEvent;

fn require_own(is_own: bool) -> Result<(), Problem> {
    if is_own { Ok(()) } else { Err(bad("It belongs to another organization.")) }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// Puts a key back as it was. Its links stay even where a sales channel is missing: what it means does not change by moving.
    pub(super) fn restore_key(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        key: KeyRecord,
        hash: Option<(ForeignHash, KeyDigest)>,
    ) -> Result<bool, Problem> {
        require_own(key.owner == caller.owner)?;
        self.require_past(key.updated_at)?;
        if key.foreign.is_some() != hash.is_some() {
            return Err(bad("A foreign key has to have its hash and its row, and no other has."));
        }
        if let Some(there) = self.store.key(&caller.owner, &key.id)? {
            // How often it was changed, when it was last used, and on which side its text was seen are not a part of it.
            let is_seen_there = !key.is_pending() && there.is_pending();
            let key = if key.is_pending() && !there.is_pending() { key.found_by(there.digest) } else { key };
            let same = if is_seen_there { there.clone().found_by(key.digest) } else { there.clone() };
            let (version, updated_at, last_used_at) = (key.version, key.updated_at, key.last_used_at);
            let same = KeyRecord { version, updated_at, last_used_at, ..same };
            if crate::json(&same) == crate::json(&key) {
                return Ok(false);
            }
            let revoked = there.revoke_as(&key, &caller.actor(), self.now);
            return match revoked {
                Some(revoked) if import.seen.insert(key.id.as_str().to_owned(), Value::Null).is_none() => {
                    self.put_keys(&mut import.transaction, [revoked])?;
                    Ok(true)
                }
                _ => Err(ErrorCode::ImportDiffers.into()),
            };
        }
        // Where it came from outlives it: deleted is for good.
        if self.store.was_there(&caller.owner, &key.id)? {
            return Err(ErrorCode::ImportDeleted.into());
        }
        // The same row of the other system may have been imported here as another key.
        if let Some((hash, _)) = &hash {
            let stored = self.store.imported(&caller.owner, &hash.recipe().id(), hash.value())?;
            if stored.is_some() || import.seen.contains_key(&place(hash)) {
                return Err(ErrorCode::ImportDiffers.into());
            }
        }
        let (actor, now) = (caller.actor(), self.now);
        let key_use = key.last_used_at.map(|at| KeyUse {
            owner: key.owner.clone(),
            key: key.id.clone(),
            at,
            refused: 0,
        });
        self.add_key(import, restore(key, &actor, now)?, hash)?;
        if let Some(key_use) = &key_use {
            import.transaction.record_use(key_use);
        }
        Ok(true)
    }

    pub(super) fn restore_organization(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        organization: &Organization,
    ) -> Result<bool, Problem> {
        let there = self.organization(caller)?;
        require_own(there.id == organization.id)?;
        let Limits { max_staleness_seconds, on_outage_max_seconds } = organization.limits;
        let changes = OrganizationChanges {
            name: Some(organization.name.clone()),
            max_staleness_seconds: Some(max_staleness_seconds),
            on_outage_max_seconds: Some(on_outage_max_seconds),
        };
        let (updated, events) = there.clone().update(changes, &caller.actor(), self.now);
        // Until when a higher ceiling of before may hold is told by this deployment, and by no other.
        let restored = Organization { settled_at: updated.settled_at, ..organization.clone() };
        if crate::json(&there) == crate::json(&restored) {
            return Ok(false);
        }
        // Of two states of one organization the newer counts. Another, which was created to be filled, becomes this one.
        let is_one =
            there.created_at == organization.created_at && there.created_by == organization.created_by;
        if is_one && there.updated_at > organization.updated_at {
            return Err(ErrorCode::ImportDiffers.into());
        }
        self.save_organization(&mut import.transaction, &restored, events)?;
        Ok(true)
    }

    pub(super) fn restore_member(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        member: &Member,
    ) -> Result<bool, Problem> {
        let organization = self.organization(caller)?;
        if let Some(there) = self.store.member(&organization.id, &member.user)? {
            return if there.role == member.role { Ok(false) } else { Err(ErrorCode::ImportDiffers.into()) };
        }
        self.require_past(member.updated_at)?;
        if import.seen.contains_key(member.user.as_str()) {
            return Err(ErrorCode::ImportDiffers.into());
        }
        // A thousand rows make no more members than there is room for.
        self.require_room(&organization.id, import.members)?;
        import.seen.insert(member.user.as_str().to_owned(), Value::Null);
        import.members += 1;
        let (_, event) = Member::add(member.user.clone(), member.role, &caller.actor(), self.now);
        import.transaction.put_member(&organization.id, member);
        self.save_membership(
            &mut import.transaction,
            &organization,
            &member.user,
            [None, Some(member.role)],
            event,
        )?;
        Ok(true)
    }

    /// Refuses what would be newer than all that happens to it here next: copies are told apart by their instants.
    fn require_past(&self, updated_at: Timestamp) -> Result<(), Problem> {
        if updated_at < self.now { Ok(()) } else { Err(bad("It was changed later than now.")) }
    }

    pub(super) fn restore_event(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        id: &str,
        event: &StoredEvent,
    ) -> Result<bool, Problem> {
        let id = EventId::parse(id).map_err(|_| bad("The id is not that of an event."))?;
        if import.seen.contains_key(id.as_str()) || self.store.has_event(&caller.owner, &id)? {
            return Ok(false);
        }
        import.seen.insert(id.as_str().to_owned(), Value::Null);
        import.transaction.put_back(&id, &caller.owner, event);
        Ok(true)
    }
}
