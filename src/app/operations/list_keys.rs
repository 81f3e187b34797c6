//! Lists keys.

use keyward_core::policy::Action;
use keyward_core::query::KeyQuery;
use keyward_core::{Entropy, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Key;
use crate::response::Response;
use crate::router::Route;

/// Lists keys.
#[derive(Debug)]
pub struct ListKeys {
    query: KeyQuery,
}

impl LedgerOperation for ListKeys {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[
            Route { id: "list_keys", path: "/v1/organizations/{organization}/keys" },
            Route { id: "list_user_keys", path: "/v1/users/{user}/keys" },
            Route { id: "list_deployment_keys", path: "/v1/deployment/keys" },
        ],
    };
    const ACTION: Action = Action::ReadKeys;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        Ok(Self { query: request.query()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let page = self.query.page(&caller.list("keys"))?;
        let now = ledger.now;
        let show = |record| crate::json(&Key::new(record, now, caller));
        let page = ledger.store.keys(&caller.owner, &self.query, None, &page, now, &show)?;
        Ok(Response::list("keys", page, &[caller.permissions()]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListKeys {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_keys};
        use crate::resources::KeyList;
        let keys = serde_json::json!({
            "keys": [examples::key(serde_json::json!({}))], "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["get_organization", "list_members", "list_keys", "create_key", "revoke_keys", "list_events"],
        });
        Documentation::new("keys", "List keys", "Search, filters and order can be combined.")
            .query::<KeyQuery>()
            .responds::<KeyList>(crate::response::Success::Ok, "A page of keys.", &[("keys", keys)])
            .access("list_keys", may_read_keys)
    }
}
