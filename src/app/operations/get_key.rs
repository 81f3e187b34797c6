//! Shows a key.

use keyward_core::policy::Action;
use keyward_core::{Entropy, KeyId, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Key;
use crate::router::Route;

/// Shows a key.
#[derive(Debug)]
pub struct GetKey {
    pub(crate) key: KeyId,
}

impl LedgerOperation for GetKey {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[
            Route { id: "get_key", path: "/v1/organizations/{organization}/keys/{key}" },
            Route { id: "get_user_key", path: "/v1/users/{user}/keys/{key}" },
            Route { id: "get_deployment_key", path: "/v1/deployment/keys/{key}" },
        ],
    };
    const ACTION: Action = Action::ReadKeys;
    type Output = Key;

    fn read(request: &Request, params: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let key = params.key()?;
        request.no_query()?;
        Ok(Self { key })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Key, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        Ok(Key::new(ledger.key(caller, &self.key)?, ledger.now, caller))
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Key(_)) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for GetKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_keys};
        let key = examples::key(serde_json::json!({}));
        Documentation::new("keys", "Get a key", "")
            .responds::<Key>(crate::response::Success::Ok, "The key.", &[("secret", key)])
            .problems(&[keyward_core::ErrorCode::KeyNotFound])
            .access("get_key", may_read_keys)
    }
}
