//! The ledger: the strongly consistent truth about the keys, members and events of the owners that share a locator.
//!
//! [`Ledger`] carries a [`LedgerRequest`] out on its store: authorize, let the core decide, commit.
//! [`LedgerObject`](object::LedgerObject) keeps the store and delivers its [outbox]. It is the same code, SQL included,
//! in the Durable Object and in native tests.

mod channels;
pub mod clock;
pub mod directory;
pub mod exports;
pub mod expression;
pub mod feed;
mod filters;
pub mod foreign;
pub(crate) mod idempotency;
pub mod imports;
mod lists;
pub mod memberships;
pub mod object;
mod organizations;
pub mod outbox;
mod pages;
pub mod possession;
pub mod queries;
mod queue;
pub mod request;
mod retention;
mod schema;
pub mod sessions;
mod share;
mod slots;
pub mod sql;
pub(crate) mod store;
mod transaction;
mod words;

use keyward_core::organization::MEMBERS_MAX;
use keyward_core::{
    Actor, Entropy, ErrorCode, Event, EventId, Invitation, KeyId, KeyRecord, Member, Organization, Owner,
    OwnerId, Principal, RequestContext, Role, Status, Timestamp,
};

pub use request::LedgerRequest;
pub(crate) use transaction::Transaction;

use crate::caller::Caller;
use crate::config::Config;
use crate::kv;
use crate::problem::Problem;
use crate::resources::Effective;
use directory::{Announcement, DirectoryEntry};
use keyward_core::lifecycle::Transition;
use keyward_core::organization::restricts;
use keyward_core::policy::is_operator;
use keyward_core::staleness::{Limits, effective_by};
use memberships::Membership;
use outbox::{Destination, KvWrite, Urgency};
use sql::{Sql, StorageError};
use store::Store;

/// Statements whose rows have to be found by an index, however many there are.
#[cfg(test)]
pub(crate) fn indexed_statements() -> impl Iterator<Item = &'static str> {
    queue::ALL.into_iter().chain(retention::ALL).chain(feed::ALL)
}

/// A ledger, while it carries one request out.
#[derive(Debug)]
pub struct Ledger<'a, S, E> {
    pub(crate) store: &'a mut Store<S>,
    pub(crate) config: &'a Config,
    pub(crate) entropy: &'a mut E,
    /// The ledger's clock: later than everything that was committed before.
    pub(crate) now: Timestamp,
    /// The time of day, which may go back.
    pub(crate) wall: Timestamp,
    /// The request that is carried out, as events name it.
    pub(crate) request: RequestContext,
    /// Writes a text in composed form, as the platform does.
    pub(crate) compose: fn(&str) -> String,
}

/// Storage that fails is not the caller's fault; what failed is in the log.
impl From<StorageError> for Problem {
    fn from(error: StorageError) -> Self {
        let problem = Self::new(ErrorCode::ServerUnavailable);
        match error {
            StorageError::Unreachable => problem,
            StorageError::Unreadable => problem.because("What is stored of this cannot be read."),
        }
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// What is to be committed together.
    pub(crate) fn transaction(&self) -> Transaction {
        Transaction::new(self.now, self.wall)
    }

    /// Who calls, with the role that the person behind the principal has now. Not a part of each operation's code.
    pub(crate) fn caller(&self, principal: Principal, owner: Owner) -> Result<Caller, StorageError> {
        let stored_role = match (&owner, principal.user()) {
            (Owner::Organization(id), Some(user)) => self.store.member(id, user)?.map(|member| member.role),
            _ => None,
        };
        Ok(Caller::new(principal, owner, stored_role, self.config.joining))
    }

    /// The caller's organization. One that does not exist looks the same as one that the caller may not see.
    pub(crate) fn organization(&self, caller: &Caller) -> Result<Organization, Problem> {
        let Owner::Organization(id) = &caller.owner else { return Err(ErrorCode::OwnerNotFound.into()) };
        self.store.organization(id)?.ok_or_else(|| ErrorCode::OwnerNotFound.into())
    }

    /// Refuses an owner that does not exist: an organization that was never created, and whatever was deleted. Every user
    /// who was not deleted exists.
    pub(crate) fn require_owner(&self, caller: &Caller) -> Result<(), Problem> {
        match &caller.owner {
            Owner::Deployment(()) => Ok(()),
            Owner::Organization(_) => self.organization(caller).map(drop),
            Owner::User(id) if self.store.deleted_by(id)?.is_none() => Ok(()),
            Owner::User(_) => Err(ErrorCode::OwnerNotFound.into()),
        }
    }

    /// The same, but the operator still finds what was deleted: its events remain.
    pub(crate) fn require_owner_or_remains(&self, caller: &Caller) -> Result<(), Problem> {
        match &caller.owner {
            Owner::Organization(id)
                if is_operator(&caller.principal) && self.store.has_had_organization(id)? =>
            {
                Ok(())
            }
            Owner::User(_) if is_operator(&caller.principal) => Ok(()),
            _ => self.require_owner(caller),
        }
    }

    /// Refuses one member more than an organization can have, besides so many new ones.
    pub(crate) fn require_room(&self, organization: &OwnerId, new: u32) -> Result<(), Problem> {
        if self.store.count_members(organization)?.saturating_add(new) < MEMBERS_MAX {
            Ok(())
        } else {
            Err(ErrorCode::OrganizationMemberLimit.into())
        }
    }

    /// A key of the caller's owner.
    pub(crate) fn key(&self, caller: &Caller, id: &KeyId) -> Result<KeyRecord, Problem> {
        self.store.key(&caller.owner, id)?.ok_or_else(|| ErrorCode::KeyNotFound.into())
    }

    /// Commits keys that have changed: each with its event and its copy in KV.
    pub(crate) fn save_keys(
        &mut self,
        transitions: impl IntoIterator<Item = Transition>,
    ) -> Result<(), Problem> {
        let mut transaction = self.transaction();
        self.put_keys(&mut transaction, transitions)?;
        self.commit(transaction)
    }

    /// Adds keys that have changed to what is to be committed.
    pub(crate) fn put_keys(
        &mut self,
        transaction: &mut Transaction,
        transitions: impl IntoIterator<Item = Transition>,
    ) -> Result<(), Problem> {
        for Transition { record, event, restricts } in transitions {
            self.record(transaction, &record.owner, event)?;
            transaction.put_key(&record);
            // Nobody looks for a key in KV whose digest is not known.
            if record.is_pending() {
                continue;
            }
            let copy = kv::write_of_key(&self.config.issuer.ring, &record);
            let is_over = record.status(self.now) == Status::Revoked;
            if record.version == 1 {
                transaction.deliver_first(&record.owner, copy);
            } else {
                let urgency = if is_over { Urgency::End } else { Urgency::of(restricts) };
                transaction.deliver(&record.owner, urgency, copy);
            }
        }
        Ok(())
    }

    /// Adds the end of every key of an owner to what is to be committed. Keys that work are revoked, if that is wanted, or
    /// else prevent it.
    pub(crate) fn delete_keys(
        &mut self,
        transaction: &mut Transaction,
        owner: &Owner,
        revoke: bool,
        actor: &Actor,
    ) -> Result<(), Problem> {
        let (working, digests) = self.store.keys_to_delete(owner, self.now)?;
        // One that cannot be read may work.
        if !revoke && (!working.readable.is_empty() || working.unreadable > 0) {
            return Err(ErrorCode::OwnerHasKeys.into());
        }
        for record in working.readable {
            if let Some(revoked) = record.revoke(0, None, None, actor, self.now)? {
                self.record(transaction, owner, revoked.event)?;
            }
        }
        for digest in digests {
            let tombstone = kv::write_of_deleted_key(&self.config.issuer.ring, &digest, self.now);
            transaction.deliver(owner, Urgency::End, tombstone);
        }
        transaction.delete_keys(owner);
        Ok(())
    }

    /// Adds an event to what is to be committed, for the owner and for the deployment.
    pub(crate) fn announce(
        &mut self,
        transaction: &mut Transaction,
        owner: &Owner,
        event: Event,
    ) -> Result<(), Problem> {
        let id = EventId::make(self.now, self.entropy)?;
        let announced = Event { request: self.request.clone(), ..event.clone() };
        transaction.deliver(owner, Urgency::Ordinary, Announcement { id, event: announced.into() });
        self.record(transaction, owner, event)
    }

    /// Adds an event to what is to be committed.
    pub(crate) fn record(
        &mut self,
        transaction: &mut Transaction,
        owner: &Owner,
        event: Event,
    ) -> Result<(), Problem> {
        let event = Event { request: self.request.clone(), ..event };
        transaction.record(EventId::make(self.now, self.entropy)?, owner, event.into());
        Ok(())
    }

    /// Adds an organization that has changed to what is to be committed, and what others have to be told of it.
    pub(crate) fn save_organization(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        events: impl IntoIterator<Item = Event>,
    ) -> Result<(), Problem> {
        let owner = Owner::Organization(organization.id.clone());
        transaction.put_organization(organization);
        transaction.deliver(&owner, Urgency::Ordinary, DirectoryEntry::new(organization, false, self.now));
        events.into_iter().try_for_each(|event| self.record(transaction, &owner, event))
    }

    /// When a restriction of what belongs to an owner has taken effect everywhere, which it begins to do at `at`.
    pub(crate) fn effective(&self, owner: &Owner, at: Timestamp) -> Result<Effective, StorageError> {
        let organization = match owner {
            Owner::Organization(id) => self.store.organization(id)?,
            Owner::User(_) | Owner::Deployment(()) => None,
        };
        let by = match organization {
            Some(organization) => organization.effective_by(at),
            None => effective_by(at, &Limits::default(), None),
        };
        Ok(Effective { by })
    }

    /// Adds a membership whose role has changed from `before` to what is to be committed, and what others have to be told of
    /// it. Somebody who leaves has no role.
    pub(crate) fn save_membership(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        user: &OwnerId,
        [before, role]: [Option<Role>; 2],
        event: Event,
    ) -> Result<(), Problem> {
        let owner = Owner::Organization(organization.id.clone());
        if restricts(before, role) {
            self.end_invitations(transaction, organization, user, role, &event.actor)?;
        }
        self.record(transaction, &owner, event)?;
        let urgency = if role.is_none() { Urgency::End } else { Urgency::of(restricts(before, role)) };
        let membership = self.membership(organization, user, role, None);
        let copy = kv::write_of_member(&self.config.issuer.ring, &organization.id, user, role, self.now);
        transaction.deliver(&owner, urgency, copy);
        transaction.deliver(&owner, urgency, membership);
        Ok(())
    }

    /// Adds the end of what somebody has offered and could offer no longer to what is to be committed.
    fn end_invitations(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
        actor: &Actor,
    ) -> Result<(), Problem> {
        let mut pending = self.store.invitations(&organization.id, self.now)?.readable;
        pending.retain(|invitation| invitation.ends_with(user, role));
        for Invitation { user, role, .. } in pending {
            self.end_invitation(transaction, organization, user, Some(role), actor)?;
        }
        Ok(())
    }

    /// Adds the end of an invitation to what is to be committed, and that whoever was invited is told. Of one that cannot be
    /// read, the role is not known.
    pub(crate) fn end_invitation(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        user: OwnerId,
        role: Option<Role>,
        actor: &Actor,
    ) -> Result<(), Problem> {
        let owner = Owner::Organization(organization.id.clone());
        transaction.remove_invitation(&organization.id, &user);
        let told = self.membership(organization, &user, None, None);
        transaction.deliver(&owner, Urgency::Restriction, told);
        self.record(transaction, &owner, Invitation::delete(user, role, actor, self.now))
    }

    /// Adds the end of a membership to what is to be committed. Of a member who cannot be read, the role is not known: it may
    /// have been any.
    pub(crate) fn remove_member(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
        actor: &Actor,
    ) -> Result<(), Problem> {
        transaction.remove_member(&organization.id, user);
        let event = Member::remove(user.clone(), role, actor, self.now);
        let before = role.unwrap_or(Role::Owner);
        self.save_membership(transaction, organization, user, [Some(before), None], event)
    }

    /// Writes a copy in KV anew that is not ours or cannot be read; at most once a minute. Whoever has found it has its answer
    /// even if that fails.
    fn mend(&mut self, owner: String, copy: KvWrite) {
        if self.store.is_at_rest(&copy.destination(), self.wall) == Ok(true) {
            let mut transaction = self.transaction();
            transaction.deliver_for(owner, Urgency::Ordinary, &copy.into(), None);
            let _ = self.commit(transaction);
        }
    }

    /// Commits. What only adds is refused by a full ledger; a restriction is committed in any case, if need be without its
    /// events.
    pub(crate) fn commit(&mut self, transaction: Transaction) -> Result<(), Problem> {
        self.require_space(&transaction)?;
        Ok(self.store.commit(transaction)?)
    }

    /// Refuses what only adds, where a ledger or an owner's share of it is full.
    pub(crate) fn require_space(&self, transaction: &Transaction) -> Result<(), Problem> {
        if transaction.is_addition() {
            let mut is_full = self.store.is_full()?;
            for owner in transaction.owners() {
                is_full = is_full || self.store.is_share_full(&owner)?;
            }
            if is_full {
                return Err(ErrorCode::LedgerFull.into());
            }
        }
        Ok(())
    }

    /// What others are told of a user and an organization.
    pub(crate) fn membership(
        &self,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
        invitation: Option<Invitation>,
    ) -> Membership {
        Membership {
            // The ledger's clock moves on with every commit, so it orders them.
            version: self.now.as_millis().unsigned_abs(),
            organization: organization.id.clone(),
            name: Some(organization.name.clone()),
            user: user.clone(),
            role,
            invitation,
            is_creator: organization.is_created_by(user),
        }
    }
}
