//! Deletes a revoked key.

use keyward_core::event::Change;
use keyward_core::policy::Action;
use keyward_core::{Entropy, ErrorCode, Event, KeyId, Principal, Status};
use serde::Deserialize;

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::kv;
use crate::ledger::Ledger;
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::{Sql, StorageError, even_unreadable};
use crate::problem::Problem;
use crate::request::{PathParams, Request, boolean};
use crate::resources::Removed;
use crate::router::Route;

/// Deletes a revoked key.
#[derive(Debug)]
pub struct DeleteKey {
    pub(crate) key: KeyId,
    pub(crate) revoke: bool,
}

/// How a key is deleted.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DeleteKeyQuery {
    /// Revoke the key first, if it is not revoked.
    #[serde(default, deserialize_with = "boolean")]
    revoke: bool,
}

impl LedgerOperation for DeleteKey {
    const ENDPOINT: Endpoint = Endpoint {
        method: "DELETE",
        routes: &[
            Route { id: "delete_key", path: "/v1/organizations/{organization}/keys/{key}" },
            Route { id: "delete_user_key", path: "/v1/users/{user}/keys/{key}" },
            Route { id: "delete_deployment_key", path: "/v1/deployment/keys/{key}" },
        ],
    };
    const ACTION: Action = Action::WriteKeys;
    type Output = Removed;

    fn read(request: &Request, params: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let key = params.key()?;
        let DeleteKeyQuery { revoke } = request.query()?;
        request.no_body()?;
        Ok(Self { key, revoke })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Removed, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let (owner, actor, now) = (&caller.owner, caller.actor(), ledger.now);
        let stored = even_unreadable(ledger.store.key(owner, &self.key))?.ok_or(ErrorCode::KeyNotFound)?;
        let mut transaction = ledger.transaction();
        let (deleted, digest) = match stored {
            Some(mut record) => {
                if self.revoke
                    && record.status(now) != Status::Revoked
                    && let Some(revoked) = record.revoke(0, None, None, &actor, now)?
                {
                    ledger.record(&mut transaction, owner, revoked.event)?;
                    record = revoked.record;
                }
                (record.delete(&actor, now)?, record.digest)
            }
            // It may work, so `revoke` has to be wanted.
            None if self.revoke => {
                let key = ledger.store.last_reference(owner, &self.key)?;
                let digest = ledger.store.digest_of_key(owner, &self.key)?.ok_or(ErrorCode::KeyNotFound)?;
                (Event { key, ..Event::of_owner(Change::KeyDeleted, &actor, now) }, digest)
            }
            None => return Err(StorageError::Unreadable.into()),
        };
        ledger.record(&mut transaction, owner, deleted)?;
        transaction.delete_key(owner, &self.key);
        let tombstone = kv::write_of_deleted_key(&ledger.config.issuer.ring, &digest, now);
        transaction.deliver(&caller.owner, Urgency::End, tombstone);
        let effective = ledger.effective(owner, now)?;
        ledger.commit(transaction)?;
        Ok(Removed { effective })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Key(_)) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for DeleteKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        Documentation::new(
            "keys",
            "Delete a revoked key",
            "Its events remain. A key that is not revoked cannot be deleted, unless `revoke` is true; then people and the operator also delete one of which nothing can be read.",
        )
        .query::<DeleteKeyQuery>()
        .responds::<Removed>(
            crate::response::Success::Ok,
            "The key is gone.",
            &[("deleted", examples::removed())],
        )
        .problems(&[ErrorCode::KeyNotFound, ErrorCode::KeyNotRevoked])
        .access("delete_key", may_write_keys)
    }
}
