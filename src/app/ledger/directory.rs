//! What the deployment's ledger is told by those of organizations and users: the directory of all organizations, and what is
//! worth knowing for the operator.

use keyward_core::{Actor, Entropy, EventId, Organization, Owner, OwnerId, Timestamp, Title};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::request::LedgerCall;
use super::sql::Sql;
use crate::problem::Problem;
use crate::resources::StoredEvent;

/// An organization as the directory knows it. The organization's ledger, which is the truth, has told it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryEntry {
    /// Counts the changes; the newest wins.
    pub version: u64,
    /// Its id.
    pub id: OwnerId,
    /// Its name.
    pub name: Title,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// Whether it was deleted.
    pub is_deleted: bool,
}

impl DirectoryEntry {
    /// An organization as it is at `now`.
    #[must_use]
    pub fn new(organization: &Organization, is_deleted: bool, now: Timestamp) -> Self {
        let Organization { id, name, created_at, created_by, .. } = organization.clone();
        // The ledger's clock moves on with every commit, so it orders them.
        Self { version: now.as_millis().unsigned_abs(), id, name, created_at, created_by, is_deleted }
    }
}

impl LedgerCall for DirectoryEntry {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let mut transaction = ledger.transaction();
        transaction.put_directory_entry(&self);
        ledger.commit(transaction)
    }
}

/// An event that is also one of the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announcement {
    /// Its id in the deployment's trail.
    pub id: EventId,
    /// What happened.
    pub event: StoredEvent,
}

impl LedgerCall for Announcement {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        if ledger.store.has_event(&Owner::DEPLOYMENT, &self.id)? {
            return Ok(());
        }
        let mut transaction = ledger.transaction();
        transaction.record(self.id, &Owner::DEPLOYMENT, self.event);
        ledger.commit(transaction)
    }
}
