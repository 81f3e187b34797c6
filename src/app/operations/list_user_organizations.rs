//! Lists the organizations that a user belongs to.

use keyward_core::policy::Action;
use keyward_core::query::PageQuery;
use keyward_core::{Entropy, ErrorCode, Owner, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::ledger::store::Listed;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Membership, memberships, part};
use crate::response::Response;
use crate::router::Route;

/// Lists the organizations that a user belongs to.
#[derive(Debug)]
pub struct ListUserOrganizations {
    query: PageQuery,
}

impl LedgerOperation for ListUserOrganizations {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "list_user_organizations", path: "/v1/users/{user}/organizations" }],
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
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let Owner::User(user) = &caller.owner else { return Err(ErrorCode::OwnerNotFound.into()) };
        let Listed { readable, unreadable } = ledger.store.memberships(user)?;
        let page = self.query.page(&caller.list("organizations"))?;
        let all = memberships(readable, &caller.principal, user);
        let show = |membership: &Membership| (membership.id.to_string(), crate::json(membership));
        let page = part(all.iter().map(show).collect(), unreadable, &page, false);
        Ok(Response::list("organizations", page, &[caller.permissions()]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_user() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListUserOrganizations {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_read_organizations};
        use crate::resources::UserOrganizationList;
        let organizations = serde_json::json!({
            "organizations": [{ "id": "acme", "name": "Acme", "role": "owner" }], "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["list_user_organizations", "list_user_invitations", "list_keys", "create_key", "list_events"],
        });
        Documentation::new("organizations", "List the organizations that a user belongs to", "")
            .query::<PageQuery>()
            .responds::<UserOrganizationList>(
                crate::response::Success::Ok,
                "A page of the organizations, by id.",
                &[("organizations", organizations)],
            )
            .access("list_user_organizations", may_read_organizations)
    }
}
