//! Creates a key.

use keyward_core::policy::Action;
use keyward_core::lifecycle::Transition;
use keyward_core::settings::NewKey;
use keyward_core::idempotency::IdempotencyKey;
use keyward_core::{Entropy, KeyId, KeyType, Kind, Owner, Principal, grant, lifecycle};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::idempotency::{Attempt, FirstTime};
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::IssuedKey;
use crate::response::Response;
use crate::router::Route;

/// Creates a key.
#[derive(Debug)]
pub struct CreateKey {
    pub(crate) key: NewKey,
    pub(crate) idempotency_key: Option<IdempotencyKey>,
}

/// The kind of the keys of this type that the owner can have.
pub(crate) fn kind_for(key_type: KeyType, owner: &Owner) -> Result<Kind, Problem> {
    let kind = key_type.kind_for(owner);
    kind.ok_or_else(|| Problem::field("/type", "can be publishable for organizations only"))
}

/// Creates a key, which is then to be committed.
pub(crate) fn create<S: Sql, E: Entropy>(
    ledger: &mut Ledger<'_, S, E>,
    caller: &Caller,
    key: NewKey,
    first: &FirstTime,
) -> Result<(Transition, keyward_core::IssuedKey), Problem> {
    grant::to_create(&caller.principal, &key)?;
    if key.key_type == KeyType::Publishable {
        ledger.require_channels(&caller.owner, &key.links, None)?;
    }
    let issued = ledger.issue(caller, key.key_type, first)?;
    let id = KeyId::make(ledger.now, ledger.entropy)?;
    let created = lifecycle::create(key, caller.owner.clone(), id, &issued, &caller.actor(), ledger.now)?;
    Ok((created, issued))
}

impl LedgerOperation for CreateKey {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[
            Route { id: "create_key", path: "/v1/organizations/{organization}/keys" },
            Route { id: "create_user_key", path: "/v1/users/{user}/keys" },
            Route { id: "create_deployment_key", path: "/v1/deployment/keys" },
        ],
    };
    const ACTION: Action = Action::WriteKeys;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        Ok(Self { idempotency_key: request.idempotency_key()?, key: request.body()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let key_type = self.key.key_type;
        kind_for(key_type, &caller.owner)?;
        let first = match ledger.attempt(caller, self.idempotency_key, &("create_key", &self.key))? {
            Attempt::First(first) => first,
            Attempt::Again(response) => return Ok(response),
        };
        let (created, issued) = create(ledger, caller, self.key, &first)?;
        let key = IssuedKey::new(created.record.clone(), issued.text(), ledger.now, caller);
        let response = Response::created(&key, key.location());
        let mut transaction = ledger.transaction();
        ledger.put_keys(&mut transaction, [created])?;
        first.remember(&mut transaction, caller, key_type, &issued, &response);
        ledger.commit(transaction)?;
        Ok(response)
    }

    fn respond(response: Response) -> Response {
        response
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for CreateKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_write_keys};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let body = json!({
            "title": "CI deploys", "scopes": ["orders:read"], "metadata": { "team": "platform" },
            "expires_at": "2027-11-21T08:00:00.000Z",
        });
        let key =
            examples::key(json!({ "token": examples::TOKEN, "expires_at": "2027-11-21T08:00:00.000Z" }));
        Documentation::new(
            "keys",
            "Create a key",
            "The text of a secret key is in this response alone: it is stored as a digest. Only organizations have publishable keys. A key creates no key that holds a scope which it does not hold itself, that works for longer than itself, or that is verified less strictly.",
        )
        .body::<NewKey>(body)
        .creates::<IssuedKey>("The new key, with its text.",
            &[("secret", key)],
        )
        .problems(&[ErrorCode::GrantExceedsOwn, ErrorCode::GrantExceedsOwnEnd, ErrorCode::GrantLooserThanOwn, ErrorCode::LedgerFull])
        .repeatable()
        .access("create_key", may_write_keys)
    }
}
