//! The ledger: the strongly consistent truth about the keys, members and events of the owners that share a locator.
//!
//! [`Ledger`] carries a [`LedgerRequest`] out on its store: authorize, let the core decide, commit.
//! [`LedgerObject`](object::LedgerObject) keeps the store and delivers its [outbox]. It is the same code, SQL included,
//! in the Durable Object and in native tests.

pub mod clock;
pub mod directory;
pub mod memberships;
pub mod object;
mod organizations;
pub mod outbox;
pub mod queries;
pub mod request;
mod schema;
pub mod sql;
pub(crate) mod store;
mod transaction;

use keyward_core::organization::MEMBERS_MAX;
use keyward_core::{
    Actor, Entropy, ErrorCode, Event, EventId, Invitation, KeyId, KeyRecord, Organization, Owner, OwnerId,
    Role, Timestamp,
};

pub use request::LedgerRequest;
pub(crate) use transaction::Transaction;

use crate::caller::Caller;
use crate::config::Config;
use crate::kv;
use crate::problem::Problem;
use directory::{Announcement, DirectoryEntry};
use keyward_core::lifecycle::Transition;
use keyward_core::policy::is_operator;
use memberships::Membership;
use sql::{Sql, StorageError};
use store::Store;

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
}

/// Storage that fails is not the caller's fault; what failed is in the log.
impl From<StorageError> for Problem {
    fn from(_: StorageError) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// What is to be committed together.
    pub(crate) fn transaction(&self) -> Transaction {
        Transaction::new(self.now, self.wall)
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

    /// Refuses one member more than an organization can have.
    pub(crate) fn require_room(&self, organization: &OwnerId) -> Result<(), Problem> {
        if self.store.count_members(organization)? < MEMBERS_MAX {
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
    pub(crate) fn save_keys(&mut self, transitions: Vec<Transition>) -> Result<(), Problem> {
        let mut transaction = self.transaction();
        for Transition { record, event } in transitions {
            self.record(&mut transaction, &record.owner, event)?;
            transaction.put_key(&record);
            transaction.deliver(kv::write_of_key(&record));
        }
        Ok(self.store.commit(transaction)?)
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
        if !working.is_empty() && !revoke {
            return Err(ErrorCode::OwnerHasKeys.into());
        }
        for record in working {
            let revoked = record.revoke(0, None, actor, self.now)?;
            self.record(transaction, owner, revoked.event)?;
        }
        for digest in digests {
            transaction.deliver(kv::write_of_deleted_key(&digest));
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
        transaction.deliver(Announcement { id, at: event.at, body: crate::json(&event) });
        self.record(transaction, owner, event)
    }

    /// Adds an event to what is to be committed.
    pub(crate) fn record(
        &mut self,
        transaction: &mut Transaction,
        owner: &Owner,
        event: Event,
    ) -> Result<(), Problem> {
        transaction.record(EventId::make(self.now, self.entropy)?, owner, event);
        Ok(())
    }

    /// Adds an organization that has changed to what is to be committed, and what others have to be told of it.
    pub(crate) fn save_organization(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        event: Event,
    ) -> Result<(), Problem> {
        transaction.put_organization(organization);
        transaction.deliver(DirectoryEntry::new(organization, false, self.now));
        self.record(transaction, &Owner::Organization(organization.id.clone()), event)
    }

    /// Adds a membership that has changed to what is to be committed, and what others have to be told of it. Somebody
    /// who leaves has no role.
    pub(crate) fn save_membership(
        &mut self,
        transaction: &mut Transaction,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
        event: Event,
    ) -> Result<(), Problem> {
        self.record(transaction, &Owner::Organization(organization.id.clone()), event)?;
        let membership = self.membership(organization, user, role, None);
        transaction.deliver(kv::write_of_membership(&membership));
        transaction.deliver(membership);
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
