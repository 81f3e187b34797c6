//! The ledger: the strongly consistent truth about the keys, members and events of the owners that share a locator.
//!
//! [`Ledger`] carries a [`LedgerRequest`] out on its store: authorize, let the core decide, commit.
//! [`LedgerObject`](object::LedgerObject) keeps the store and delivers its [outbox]. It is the same code, SQL included,
//! in the Durable Object and in native tests.

pub mod clock;
pub(crate) mod idempotency;
mod lists;
pub mod object;
pub mod outbox;
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

use keyward_core::{
    Entropy, ErrorCode, Event, EventId, Issuer, KeyId, KeyRecord, Organization, Owner, OwnerId, Principal,
    RequestContext, Role, Timestamp,
};

pub use request::LedgerRequest;
pub(crate) use transaction::Transaction;

use crate::caller::Caller;
use crate::kv;
use crate::problem::Problem;
use keyward_core::lifecycle::Transition;
use keyward_core::organization::restricts;
use outbox::{Destination, KvWrite, Urgency};
use queries::Membership;
use sql::{Sql, StorageError};
use store::Store;

/// Statements whose rows have to be found by an index, however many there are.
#[cfg(test)]
pub(crate) fn indexed_statements() -> impl Iterator<Item = &'static str> {
    queue::ALL.into_iter().chain(retention::ALL)
}

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
    /// The request that is carried out, as events name it.
    pub(crate) request: RequestContext,
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
            let copy = kv::write_of_key(&self.issuer.ring, &record);
            transaction.deliver(&record.owner, Urgency::of(restricts), copy);
        }
        Ok(())
    }

    /// Adds an event to what is to be committed.
    pub(crate) fn record(
        &mut self,
        transaction: &mut Transaction,
        owner: &Owner,
        event: Event,
    ) -> Result<(), Problem> {
        let event = Event { request: self.request.clone(), ..event };
        transaction.record(EventId::make(self.now, self.entropy)?, owner, event);
        Ok(())
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
        self.record(transaction, &owner, event)?;
        let urgency = Urgency::of(restricts(before, role));
        let membership = self.membership(organization, user, role);
        let copy = kv::write_of_member(&self.issuer.ring, &organization.id, user, role);
        transaction.deliver(&owner, urgency, copy);
        transaction.deliver(&owner, urgency, membership);
        Ok(())
    }

    /// Writes a copy in KV anew that is not ours or cannot be read; at most once a minute. Whoever has found it has its answer
    /// even if that fails.
    fn mend(&mut self, owner: String, copy: KvWrite) {
        if self.store.is_at_rest(&copy.destination(), self.wall) == Ok(true) {
            let mut transaction = self.transaction();
            transaction.deliver_for(owner, Urgency::Ordinary, &copy.into());
            let _ = self.commit(transaction);
        }
    }

    /// Commits. What only adds is refused by a full ledger; a restriction is committed in any case, if need be without its
    /// events.
    pub(crate) fn commit(&mut self, transaction: Transaction) -> Result<(), Problem> {
        if transaction.is_addition() {
            let mut is_full = self.store.is_full()?;
            for owner in transaction.owners() {
                is_full = is_full || self.store.is_share_full(&owner)?;
            }
            if is_full {
                return Err(ErrorCode::LedgerFull.into());
            }
        }
        Ok(self.store.commit(transaction)?)
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
