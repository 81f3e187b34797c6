//! Lists the organizations of the deployment.

use keyward_core::policy::{Access, Action, authorize_directory};
use keyward_core::query::OrganizationQuery;
use keyward_core::{Entropy, Owner, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::resources::ListedOrganization;
use crate::response::Response;
use crate::router::Route;

/// Lists the organizations of the deployment.
#[derive(Debug)]
pub struct ListOrganizations {
    query: OrganizationQuery,
}

impl LedgerOperation for ListOrganizations {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "list_organizations", path: "/v1/organizations" }],
    };
    const ACTION: Action = Action::ReadOrganizations;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        Ok(Self { query: request.query()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        require(authorize_directory(&caller.principal))?;
        let page = self.query.page(&caller.list("organizations"))?;
        let show = |entry| crate::json(&ListedOrganization::from(entry));
        let page = ledger.store.directory(&self.query, &page, &show)?;
        Ok(Response::list("organizations", page, &[caller.permissions()]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner)
            && caller.owner == Owner::DEPLOYMENT
            && authorize_directory(&caller.principal) == Access::Granted
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListOrganizations {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use crate::resources::OrganizationList;
        let organizations = serde_json::json!({
            "organizations": [examples::listed_organization()], "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["list_organizations", "list_keys", "create_key", "list_events", "list_sessions"],
        });
        Documentation::new(
            "organizations",
            "List the organizations of the deployment",
            "For the operator, by id. One that was just created, renamed or deleted is listed as such some moments later.",
        )
        .query::<OrganizationQuery>()
        .responds::<OrganizationList>(
            crate::response::Success::Ok,
            "A page of organizations. `permissions` are those on the deployment.",
            &[("organizations", organizations)],
        )
        .access("list_organizations", |principal, _, _, _| authorize_directory(principal))
    }
}
