//! What the worker does, over ports alone: runs natively in tests as it does at the edge.

pub mod authenticate;
pub mod identify;
pub mod session;
pub mod verify;
pub mod whoami;

use std::cell::RefCell;

use keyward_core::{Consistency, KeyRecord, LedgerLocator, OwnerId, Role, Timestamp};

use crate::config::Config;
use crate::isolate::Memory;
use crate::ledger::{Call, Reply};
use crate::log;
use crate::ports::{Ports, Unavailable};
use crate::problem::Problem;
use crate::projection::ProjectedKey;
use keyward_core::ErrorCode;
use keyward_core::key::AuthenticKey;

/// What every use case is given.
#[derive(Debug)]
pub struct App<'a, P> {
    /// The outside.
    pub ports: &'a P,
    /// The deployment's configuration.
    pub config: &'a Config,
    /// The isolate's memory.
    pub memory: &'a RefCell<Memory>,
}

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}

/// What was found of a key, and the clock to judge it by.
#[derive(Debug)]
pub(crate) struct Sighting {
    pub(crate) record: Option<Box<KeyRecord>>,
    pub(crate) now: Timestamp,
    /// How it was found.
    pub(crate) consistency: Consistency,
}

/// What is said when a ledger answers something else than it was asked: one of another version may.
pub(crate) fn unexpected_reply() -> Problem {
    log::fault("ledger", &"a reply of another kind than the call's");
    ErrorCode::ServerInternal.into()
}

fn wants_strong(record: Option<&KeyRecord>) -> bool {
    record.is_some_and(|record| record.consistency == Consistency::Strong)
}

impl<P: Ports> App<'_, P> {
    /// Asks a ledger.
    pub(crate) async fn ask(&self, ledger: LedgerLocator, call: &Call) -> Result<Reply, Problem> {
        match self.ports.call(ledger, call).await? {
            Reply::Failed => Err(ErrorCode::ServerUnavailable.into()),
            reply => Ok(reply),
        }
    }

    /// Asks the ledger that the key itself names.
    pub(crate) async fn find_in_ledger(&self, key: &AuthenticKey<'_>) -> Result<Sighting, Problem> {
        match self.ask(key.ledger(), &Call::FindKey(key.digest())).await? {
            Reply::Key(record, now) => Ok(Sighting { record, now, consistency: Consistency::Strong }),
            _ => Err(unexpected_reply()),
        }
    }

    /// Reads the projection. A miss is not believed, since the seal says that we issued the key; a failure is not
    /// final, since the ledger knows; and a key that wants to be verified strongly is.
    pub(crate) async fn find_fast(&self, key: &AuthenticKey<'_>) -> Result<Sighting, Problem> {
        let (digest, now) = (key.digest(), self.ports.now());
        match self.ports.key(&digest).await {
            Ok(Some(ProjectedKey { record, .. })) if !wants_strong(record.as_deref()) => {
                // The ledger's clock may be ahead of this one: what it said has come, has come.
                let now = record.as_ref().map_or(now, |record| now.max(record.updated_at));
                Ok(Sighting { record, now, consistency: Consistency::Fast })
            }
            Ok(Some(_)) | Err(Unavailable) => self.find_in_ledger(key).await,
            Ok(None) => {
                if self.memory.borrow().is_known_to_be_unknown(&digest.to_hex(), now) {
                    return Ok(Sighting { record: None, now, consistency: Consistency::Fast });
                }
                let found = self.find_in_ledger(key).await?;
                if found.record.is_none() {
                    self.memory.borrow_mut().remember_unknown(&digest.to_hex(), now);
                }
                Ok(found)
            }
        }
    }

    /// Whether `user` is a member of `organization`, and as what.
    pub(crate) async fn find_role(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
        consistency: Consistency,
    ) -> Result<Option<Role>, Problem> {
        if consistency == Consistency::Fast
            && let Ok(Some(member)) = self.ports.member(organization, user).await
        {
            return Ok(member.role);
        }
        let ledger = keyward_core::Owner::Organization(organization.clone()).ledger();
        let call = Call::FindRole(organization.clone(), user.clone());
        match self.ask(ledger, &call).await? {
            Reply::Role(role) => Ok(role),
            _ => Err(unexpected_reply()),
        }
    }
}
