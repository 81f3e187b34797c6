//! Changes a key's settings.

use keyward_core::policy::Action;
use keyward_core::settings::KeyChanges;
use keyward_core::{Entropy, KeyId, KeyType, Principal, grant};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, refused};
use crate::request::{PathParams, Request};
use crate::resources::{ChangedKey, Key};
use crate::router::Route;

/// Changes a key's settings.
#[derive(Debug)]
pub struct UpdateKey {
    pub(crate) key: KeyId,
    pub(crate) changes: KeyChanges,
}

impl LedgerOperation for UpdateKey {
    const ENDPOINT: Endpoint = Endpoint {
        method: "PATCH",
        routes: &[
            Route { id: "update_key", path: "/v1/organizations/{organization}/keys/{key}" },
            Route { id: "update_user_key", path: "/v1/users/{user}/keys/{key}" },
            Route { id: "update_deployment_key", path: "/v1/deployment/keys/{key}" },
        ],
    };
    const ACTION: Action = Action::WriteKeys;
    type Output = ChangedKey;

    fn read(request: &Request, params: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let key = params.key()?;
        request.no_query()?;
        let changes: KeyChanges = request.body()?;
        if changes.names().is_empty() {
            return Err(Problem::field("", "has no field to change"));
        }
        Ok(Self { key, changes })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<ChangedKey, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let record = ledger.key(caller, &self.key)?;
        grant::to_change(&caller.principal, &record, &self.changes)?;
        if let Some(links) = self.changes.links.as_ref().filter(|_| record.key_type == KeyType::Publishable) {
            ledger.require_channels(&caller.owner, links, Some(&record.settings.links))?;
        }
        let (refused, now) = (refused(record.status(ledger.now)), ledger.now);
        let updated = record.update(self.changes, &caller.actor(), now).map_err(refused)?;
        let Some(updated) = updated else {
            return Ok(ChangedKey { key: Key::new(record, now, caller), effective: None });
        };
        let effective = match updated.restricted_at(&record, now) {
            Some(at) => Some(ledger.effective(&record.owner, at)?),
            None => None,
        };
        let key = Key::new(updated.record.clone(), now, caller);
        ledger.save_keys([updated])?;
        Ok(ChangedKey { key, effective })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Key(record) = target else { return false };
        caller.may(Self::ACTION) && grant::to_change_at_all(&caller.principal, record).is_ok()
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for UpdateKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let key = examples::key(json!({
            "title": "Deploys", "updated_at": "2026-11-22T08:00:00.000Z", "effective": null,
        }));
        Documentation::new(
            "keys",
            "Change a key's settings",
            "A field that is left out stays as it is; where everything is as it should be already, nothing happens. Of a revoked or expired key only title and metadata can be changed and links taken away. A key changes no key that holds a scope which it does not hold itself, and makes none, itself included, hold more, work for longer or be verified less strictly than itself.",
        )
        .body::<KeyChanges>(json!({ "title": "Deploys" }))
        .responds::<ChangedKey>(crate::response::Success::Ok, "The key as it is now.", &[("secret", key)])
        .problems(&[
            ErrorCode::GrantExceedsOwn,
            ErrorCode::GrantExceedsOwnEnd,
            ErrorCode::GrantLooserThanOwn,
            ErrorCode::KeyNotActive,
            ErrorCode::KeyNotFound,
            ErrorCode::LedgerFull,
        ])
        .access("update_key", may_write_keys)
    }
}
