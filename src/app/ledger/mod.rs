//! The ledger: the strongly consistent truth about the keys, members and events of the owners that share a locator.
//!
//! [`Ledger`] carries a [`LedgerRequest`] out on its store: authorize, let the core decide, commit.
//! [`LedgerObject`](object::LedgerObject) keeps the store and delivers its [outbox]. It is the same code, SQL included,
//! in the Durable Object and in native tests.

pub mod clock;
pub mod object;
pub mod outbox;
pub mod queries;
pub mod request;
mod schema;
pub mod sessions;
pub mod sql;
pub(crate) mod store;
mod transaction;

use keyward_core::{
    Entropy, ErrorCode, Event, EventId, Issuer, KeyId, KeyRecord, Organization, Owner, OwnerId, Principal,
    Role, Timestamp,
};

pub use request::LedgerRequest;
pub(crate) use transaction::Transaction;

use crate::caller::Caller;
use crate::kv;
use crate::problem::Problem;
use keyward_core::lifecycle::Transition;
use queries::Membership;
use sql::{Sql, StorageError};
use store::Store;

/// A ledger, while it carries one request out.
#[derive(Debug)]
pub struct Ledger<'a, S, E> {
    pub(crate) store: &'a mut Store<S>,
    pub(crate) issuer: &'a Issuer,
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

    /// Who calls, with the role that the person behind the principal has now. Not a part of each operation's code.
    pub(crate) fn caller(&self, principal: Principal, owner: Owner) -> Result<Caller, StorageError> {
        let role = match &owner {
            Owner::User(_) | Owner::Deployment(()) => None,
            Owner::Organization(id) => {
                let user = principal.user();
                let member = user.map(|user| self.store.member(id, user)).transpose()?.flatten();
                principal.role_in(id, member.map(|member| member.role))
            }
        };
        Ok(Caller { principal, owner, role })
    }

    /// The caller's organization. One that does not exist looks the same as one that the caller may not see.
    pub(crate) fn organization(&self, caller: &Caller) -> Result<Organization, Problem> {
        let Owner::Organization(id) = &caller.owner else { return Err(ErrorCode::OwnerNotFound.into()) };
        self.store.organization(id)?.ok_or_else(|| ErrorCode::OwnerNotFound.into())
    }

    /// Refuses an organization that does not exist. Users and the deployment always exist.
    pub(crate) fn require_owner(&self, caller: &Caller) -> Result<(), Problem> {
        match caller.owner {
            Owner::User(_) | Owner::Deployment(()) => Ok(()),
            Owner::Organization(_) => self.organization(caller).map(drop),
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
        let membership = self.membership(organization, user, role);
        transaction.deliver(kv::write_of_membership(&membership));
        transaction.deliver(membership);
        Ok(())
    }

    /// A membership as others are told of it.
    pub(crate) fn membership(
        &self,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
    ) -> Membership {
        Membership {
            // The ledger's clock moves on with every commit, so it orders them.
            version: self.now.as_millis().unsigned_abs(),
            organization: organization.id.clone(),
            name: Some(organization.name.clone()),
            user: user.clone(),
            role,
        }
    }
}
