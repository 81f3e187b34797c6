//! Rolls a key: replaces it by a new one.

use keyward_core::lifecycle::Delay;
use keyward_core::idempotency::IdempotencyKey;
use keyward_core::policy::Action;
use keyward_core::{Entropy, KeyId, Principal, grant};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::idempotency::Attempt;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, refused};
use crate::request::{PathParams, Request};
use crate::resources::{IssuedKey, Key, RolledKey};
use crate::response::Response;
use crate::router::Route;

/// Rolls a key: replaces it by a new one.
#[derive(Debug)]
pub struct RollKey {
    key: KeyId,
    roll: RollKeyRequest,
    idempotency_key: Option<IdempotencyKey>,
}

/// How a key is rolled.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct RollKeyRequest {
    /// For how many seconds the old key still works.
    #[serde(default)]
    grace: Delay,
    /// Whether the new key is to be revoked when the old one was to be, if that was scheduled. Only a person says no.
    #[serde(default = "yes")]
    keep_revocation: bool,
}

fn yes() -> bool {
    true
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
    type Output = Response;

    fn read(request: &Request, params: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let key = params.key()?;
        request.no_query()?;
        Ok(Self { key, idempotency_key: request.idempotency_key()?, roll: request.body()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let wanted = ("roll_key", &self.key, &self.roll);
        let first = match ledger.attempt(caller, self.idempotency_key, &wanted)? {
            Attempt::First(first) => first,
            Attempt::Again(response) => return Ok(response),
        };
        let RollKeyRequest { grace, keep_revocation } = self.roll;
        let record = ledger.key(caller, &self.key)?;
        grant::to_roll(&caller.principal, &record, keep_revocation)?;
        let issued = ledger.issue(caller, record.key_type, &first)?;
        let id = KeyId::make(ledger.now, ledger.entropy)?;
        let (actor, grace) = (caller.actor(), grace.as_seconds());
        let rolled = record.roll(grace, keep_revocation, id, &issued, &actor, ledger.now);
        let (old, new) = rolled.map_err(refused(record.status(ledger.now)))?;
        let rolled = RolledKey {
            issued: IssuedKey::new(new.record.clone(), issued.text(), ledger.now, caller),
            rolled: Key::new(old.record.clone(), ledger.now, caller),
            effective: ledger.effective(&caller.owner, old.record.revoked_at().unwrap_or(ledger.now))?,
        };
        let response = Response::created(&rolled, rolled.issued.location());
        let mut transaction = ledger.transaction();
        ledger.put_keys(&mut transaction, [old, new])?;
        first.remember(&mut transaction, caller, record.key_type, &issued, &response);
        ledger.commit(transaction)?;
        Ok(response)
    }

    fn respond(response: Response) -> Response {
        response
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Key(record) = target else { return false };
        caller.may(Self::ACTION) && grant::to_roll(&caller.principal, record, true).is_ok()
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for RollKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let key = examples::key(json!({
            "id": "apk_01KAHR0000000000000000000Z", "token": examples::TOKEN, "rolled_from": examples::KEY_ID,
            "rolled": examples::merged(
                examples::revoked_key(), json!({ "rolled_to": "apk_01KAHR0000000000000000000Z" }),
            ),
            "effective": { "by": "2026-11-21T08:00:30.000Z" },
        }));
        Documentation::new(
            "keys",
            "Replace a key by a new one",
            "The new key has the owner, type and settings of the old one, and also its revocation, if that was already scheduled and is kept. The old one is revoked after the grace period, or when that was scheduled, if that is earlier. A key has one successor: a second roll is refused, and names it. A key rolls no key that holds a scope which it does not hold itself, that works for longer than itself, or that is verified less strictly.",
        )
        .optional_body::<RollKeyRequest>(json!({ "grace": 3600 }))
        .creates::<RolledKey>("The new key, with its text, and the old one.",
            &[("rolled", key)],
        )
        .problems(&[
            ErrorCode::AuthForbidden,
            ErrorCode::GrantExceedsOwn,
            ErrorCode::GrantExceedsOwnEnd,
            ErrorCode::GrantLooserThanOwn,
            ErrorCode::KeyAlreadyRolled,
            ErrorCode::KeyNotActive,
            ErrorCode::KeyNotFound,
            ErrorCode::LedgerFull,
        ])
        .repeatable()
        .access("roll_key", may_write_keys)
    }
}
