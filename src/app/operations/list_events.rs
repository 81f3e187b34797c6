//! Lists the events of the audit trail.

use keyward_core::policy::Action;
use keyward_core::query::EventQuery;
use keyward_core::{Entropy, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Event;
use crate::response::Response;
use crate::router::Route;

/// Lists the events of the audit trail.
#[derive(Debug)]
pub struct ListEvents {
    query: EventQuery,
}

impl LedgerOperation for ListEvents {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[
            Route { id: "list_events", path: "/v1/organizations/{organization}/events" },
            Route { id: "list_user_events", path: "/v1/users/{user}/events" },
            Route { id: "list_deployment_events", path: "/v1/deployment/events" },
        ],
    };
    const ACTION: Action = Action::ReadEvents;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        Ok(Self { query: request.query()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        ledger.require_owner_or_remains(caller)?;
        caller.require(Self::ACTION)?;
        let page = self.query.page(&caller.list("events"))?;
        let show = |id, event| crate::json(&Event::new(id, event));
        let page = ledger.store.events(&caller.owner, &self.query, &page, &show)?;
        Ok(Response::list("events", page, &[]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListEvents {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_events};
        use crate::resources::EventList;
        let events = serde_json::json!({
            "events": [{
                "id": "evt_01KAHQ0000000000000000000Z", "at": "2026-11-21T08:00:00.000Z", "action": "key.updated",
                "actor": { "type": "user", "id": "ada", "key": null },
                "key": { "id": examples::KEY_ID, "title": "CI deploys", "redacted": "kw_sk_test_***0000" },
                "details": { "changes": [{ "field": "title", "old": "Deploys", "new": "CI deploys" }] },
                "request_id": "req_5e8f1b0c9d2a7e435e8f1b0c9d2a7e43", "address": null, "user_agent": null,
            }],
            "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
        });
        Documentation::new(
            "events",
            "List the events of the audit trail",
            "Newest first. Events outlive their keys, and for the operator also their organization or user. They hold old and new values of what was changed, and never a secret.",
        )
        .query::<EventQuery>()
        .responds::<EventList>(crate::response::Success::Ok, "A page of events.", &[("events", events)])
        .access("list_events", may_read_events)
    }
}
