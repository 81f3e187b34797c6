//! Lists the pending invitations of an organization.

use keyward_core::policy::Action;
use keyward_core::query::PageQuery;
use keyward_core::{Entropy, Principal, organization};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::ledger::store::Listed;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Invitation, part};
use crate::response::Response;
use crate::router::Route;

/// Lists the pending invitations of an organization.
#[derive(Debug)]
pub struct ListInvitations {
    query: PageQuery,
}

impl LedgerOperation for ListInvitations {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "list_invitations", path: "/v1/organizations/{organization}/invitations" }],
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
        let page = self.query.page(&caller.list("invitations"))?;
        let Listed { readable, unreadable } = ledger.store.invitations(&organization.id, ledger.now)?;
        let show = |invitation: organization::Invitation| {
            let user = invitation.user.to_string();
            let name = Some(organization.name.clone());
            let shown = Invitation::new(invitation, organization.id.clone(), name, caller);
            (user, crate::json(&shown))
        };
        let page = part(readable.into_iter().map(show).collect(), unreadable, &page, false);
        Ok(Response::list("invitations", page, &[caller.permissions()]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListInvitations {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_members};
        use crate::resources::InvitationList;
        let invitations = serde_json::json!({
            "invitations": [examples::invitation()], "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["get_organization", "list_members", "create_invitation", "list_invitations"],
        });
        Documentation::new("organizations", "List the pending invitations of an organization", "")
            .query::<PageQuery>()
            .responds::<InvitationList>(
                crate::response::Success::Ok,
                "A page of invitations, by user.",
                &[("invitations", invitations)],
            )
            .access("list_invitations", may_read_members)
    }
}
