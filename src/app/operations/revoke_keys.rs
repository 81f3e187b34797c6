//! Revokes all keys that somebody has made.

use keyward_core::policy::Action;
use keyward_core::{ActorName, Entropy, Principal, Reason};
use serde::Deserialize;

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::ledger::store::Listed;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{MadeKey, RevokedKeys};
use crate::router::Route;

/// Most keys that one request revokes.
const KEYS_MAX: u32 = 1000;

/// Revokes all keys that somebody has made.
#[derive(Debug)]
pub struct RevokeKeys {
    revocation: RevokeKeysRequest,
}

/// Which keys are revoked, and why.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RevokeKeysRequest {
    /// Whose keys: those that this person, key or root key has created, whatever was created with or rolled from one of those,
    /// and so on.
    created_by: ActorName,
    /// Why.
    #[serde(default)]
    reason: Option<Reason>,
    /// Only say which keys these are.
    #[serde(default)]
    dry_run: bool,
}

impl LedgerOperation for RevokeKeys {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[
            Route { id: "revoke_keys", path: "/v1/organizations/{organization}/keys/revoke" },
            Route { id: "revoke_user_keys", path: "/v1/users/{user}/keys/revoke" },
            Route { id: "revoke_operator_keys", path: "/v1/deployment/keys/revoke" },
        ],
    };
    const ACTION: Action = Action::WriteKeys;
    type Output = RevokedKeys;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        Ok(Self { revocation: request.body()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<RevokedKeys, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let RevokeKeysRequest { created_by, reason, dry_run } = self.revocation;
        let (actor, now) = (caller.actor(), ledger.now);
        let Listed { readable: mut made, unreadable } =
            ledger.store.keys_made_by(&caller.owner, &created_by, now, KEYS_MAX + 1)?;
        let has_more = made.len() > KEYS_MAX as usize;
        made.truncate(KEYS_MAX as usize);
        let mut effective = None;
        if !dry_run {
            let mut revoked = Vec::new();
            for record in &made {
                revoked.extend(record.revoke(0, reason.clone(), Some(&created_by), &actor, now)?);
            }
            // Where there are none, nothing is committed.
            if !revoked.is_empty() {
                effective = Some(ledger.effective(&caller.owner, now)?);
                ledger.save_keys(revoked)?;
            }
        }
        let keys: Vec<_> = made.into_iter().map(MadeKey::from).collect();
        let count = u32::try_from(keys.len()).unwrap_or(u32::MAX);
        Ok(RevokedKeys { keys, count, has_more, unreadable, dry_run, effective })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for RevokeKeys {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        use serde_json::json;
        let key = json!({
            "id": examples::KEY_ID, "type": "secret", "title": "CI deploys", "redacted": "kw_sk_test_***0000",
            "created_at": "2026-11-21T08:00:00.000Z", "created_by": { "type": "user", "id": "ada", "key": null },
            "rolled_from": null,
        });
        let revoked = json!({
            "keys": [key], "count": 1, "has_more": false, "unreadable": 0, "dry_run": false,
            "effective": { "by": "2026-11-21T08:00:30.000Z" },
        });
        Documentation::new(
            "keys",
            "Revoke all keys that somebody has made",
            "For when a person leaves or a key has leaked. Of the owner's keys, those that work and that a person, a key or a root key has created are revoked at once, and with them whatever was created with one of those or rolled from one, and so on, even where keys between have been deleted; the caller's own key is no exception. At most 1,000 at a time, all of them or none; `dry_run` only shows which.",
        )
        .body::<RevokeKeysRequest>(json!({ "created_by": "user:ada", "reason": "Ada has left." }))
        .responds::<RevokedKeys>(crate::response::Success::Ok, "The keys.", &[("revoked", revoked)])
        .access("revoke_keys", may_write_keys)
    }
}
