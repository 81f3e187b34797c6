//! Rolls a key: replaces it by a new one.

use keyward_core::lifecycle::Delay;
use keyward_core::policy::{Action, may_grant};
use keyward_core::{Entropy, KeyId, Principal};
use serde::{Deserialize, Serialize};

use super::create_key::kind_for;
use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{IssuedKey, Key, RolledKey};
use crate::response::Response;
use crate::router::Route;

/// Rolls a key: replaces it by a new one.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RollKey {
    key: KeyId,
    roll: RollKeyRequest,
}

/// How a key is rolled.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollKeyRequest {
    /// For how many seconds the old key still works.
    #[serde(default)]
    grace: Delay,
}

impl LedgerOperation for RollKey {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[
            Route { id: "roll_key", path: "/v1/organizations/{organization}/keys/{key}/roll" },
            Route { id: "roll_user_key", path: "/v1/users/{user}/keys/{key}/roll" },
            Route { id: "roll_deployment_key", path: "/v1/deployment/keys/{key}/roll" },
        ],
    };
    const ACTION: Action = Action::WriteKeys;
    type Output = RolledKey;

    fn read(request: &Request, params: &PathParams<'_, '_>, _: &Principal) -> Result<Self, Problem> {
        let key = params.key()?;
        request.no_query()?;
        Ok(Self { key, roll: request.body()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<RolledKey, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let record = ledger.key(caller, &self.key)?;
        caller.require_grant(&record.settings.scopes)?;
        let kind = kind_for(record.key_type, &caller.owner)?;
        let issued = ledger.config.issuer.issue(kind, &caller.owner, ledger.entropy)?;
        let id = KeyId::make(ledger.now, ledger.entropy)?;
        let grace = self.roll.grace.as_seconds();
        let (old, new) = record.roll(grace, id, &issued, &caller.actor(), ledger.now)?;
        let rolled = RolledKey {
            issued: IssuedKey::new(new.record.clone(), issued.text(), ledger.now, caller),
            rolled: Key::new(old.record.clone(), ledger.now, caller),
        };
        ledger.save_keys(vec![old, new])?;
        Ok(rolled)
    }

    fn respond(key: RolledKey) -> Response {
        Response::created(&key, key.issued.location())
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Key(record) = target else { return false };
        caller.may(Self::ACTION) && may_grant(&caller.principal, &record.settings.scopes)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for RollKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let key = examples::key(json!({
            "id": "apk_01KAHR0000000000000000000Z", "token": examples::TOKEN, "rolled": examples::revoked_key(),
        }));
        Documentation::new(
            "keys",
            "Replace a key by a new one",
            "The new key has the owner, type and settings of the old one. The old one is revoked after the grace period, or earlier if its revocation was already scheduled.",
        )
        .optional_body::<RollKeyRequest>(json!({ "grace": 3600 }))
        .creates::<RolledKey>("The new key, with its text, and the old one.",
            &[("rolled", key)],
        )
        .problems(&[ErrorCode::GrantExceedsOwn, ErrorCode::KeyNotActive, ErrorCode::KeyNotFound])
        .access("roll_key", may_write_keys)
    }
}
