//! Revokes a key, now or later.

use keyward_core::grant;
use keyward_core::lifecycle::Delay;
use keyward_core::policy::Action;
use keyward_core::{Entropy, KeyId, Principal, Reason};
use serde::Deserialize;

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Key, RevokedKey};
use crate::router::Route;

/// Revokes a key, now or later.
#[derive(Debug)]
pub struct RevokeKey {
    pub(crate) key: KeyId,
    pub(crate) revocation: RevokeKeyRequest,
}

/// How a key is revoked.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevokeKeyRequest {
    /// In how many seconds the key is to be revoked; 0 for now.
    #[serde(default)]
    pub(crate) revoke_in: Delay,
    /// Why.
    #[serde(default)]
    pub(crate) reason: Option<Reason>,
}

impl LedgerOperation for RevokeKey {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[
            Route { id: "revoke_key", path: "/v1/organizations/{organization}/keys/{key}/revoke" },
            Route { id: "revoke_user_key", path: "/v1/users/{user}/keys/{key}/revoke" },
            Route { id: "revoke_deployment_key", path: "/v1/deployment/keys/{key}/revoke" },
        ],
    };
    const ACTION: Action = Action::WriteKeys;
    type Output = RevokedKey;

    fn read(request: &Request, params: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let key = params.key()?;
        request.no_query()?;
        Ok(Self { key, revocation: request.body()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<RevokedKey, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let RevokeKeyRequest { revoke_in, reason } = self.revocation;
        let record = ledger.key(caller, &self.key)?;
        let (revoke_in, actor, now) = (revoke_in.as_seconds(), caller.actor(), ledger.now);
        grant::to_revoke(&caller.principal, &record, revoke_in, reason.as_ref())?;
        let (record, revoked) = match record.revoke(revoke_in, reason, None, &actor, now)? {
            Some(revoked) => (revoked.record.clone(), Some(revoked)),
            None => (record, None),
        };
        let effective = ledger.effective(&record.owner, record.revoked_at().unwrap_or(now))?;
        let key = RevokedKey { key: Key::new(record, now, caller), effective };
        // One that is scheduled for then already stays as it is.
        if let Some(revoked) = revoked {
            ledger.save_keys([revoked])?;
        }
        Ok(key)
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Key(_)) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for RevokeKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let effective = json!({ "by": "2026-11-21T08:00:30.000Z" });
        let key = examples::merged(examples::revoked_key(), json!({ "effective": effective }));
        Documentation::new(
            "keys",
            "Revoke a key, now or later",
            "A revocation that has taken effect is final. One that is still ahead can be brought forward, but not put off.",
        )
        .optional_body::<RevokeKeyRequest>(json!({ "reason": "The laptop was stolen." }))
        .responds::<RevokedKey>(crate::response::Success::Ok,
            "The key with its revocation, and when that takes effect.",
            &[("revoked", key)],
        )
        .problems(&[ErrorCode::KeyAlreadyRevoked, ErrorCode::KeyNotFound, ErrorCode::KeyRevocationPutOff])
        .access("revoke_key", may_write_keys)
    }
}
