//! Lists the members of an organization.

use keyward_core::policy::{Action, action_to_change_member};
use keyward_core::query::PageQuery;
use keyward_core::{Entropy, Principal, Role};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Member;
use crate::response::Response;
use crate::router::Route;

/// Lists the members of an organization.
#[derive(Debug)]
pub struct ListMembers {
    query: PageQuery,
}

impl LedgerOperation for ListMembers {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "list_members", path: "/v1/organizations/{organization}/members" }],
    };
    const ACTION: Action = Action::ReadMembers;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        Ok(Self { query: request.query()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        let page = self.query.page(&caller.list("members"))?;
        let show = |member| crate::json(&Member::new(member, caller));
        let page = ledger.store.member_page(&organization.id, &page, &show)?;
        let may_assign =
            |role: &Role| caller.may(action_to_change_member(Some(Role::Member), Some(*role), false));
        let roles: Vec<Role> = Role::ALL.into_iter().filter(may_assign).collect();
        let more = [caller.permissions(), ("assignable_roles", crate::json(&roles))];
        Ok(Response::list("members", page, &more))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListMembers {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_members};
        use crate::resources::MemberList;
        let members = serde_json::json!({
            "members": [examples::member()], "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["get_organization", "list_members", "create_invitation", "list_invitations"],
            "assignable_roles": ["member", "admin"],
        });
        Documentation::new("organizations", "List the members of an organization", "")
            .query::<PageQuery>()
            .responds::<MemberList>(
                crate::response::Success::Ok,
                "A page of members, by id.",
                &[("members", members)],
            )
            .access("list_members", may_read_members)
    }
}
