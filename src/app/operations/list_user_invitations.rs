//! Lists the invitations that a user may accept.

use keyward_core::policy::Action;
use keyward_core::query::PageQuery;
use keyward_core::{Entropy, ErrorCode, Owner, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::memberships::Membership;
use crate::ledger::sql::Sql;
use crate::ledger::store::Listed;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Invitation, part};
use crate::response::Response;
use crate::router::Route;

/// Lists the invitations that a user may accept.
#[derive(Debug)]
pub struct ListUserInvitations {
    query: PageQuery,
}

impl LedgerOperation for ListUserInvitations {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "list_user_invitations", path: "/v1/users/{user}/invitations" }],
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
        let show = |told: Membership| {
            let invitation = told.invitation.filter(|invitation| invitation.is_pending(ledger.now))?;
            let organization = told.organization.to_string();
            let shown = Invitation::new(invitation, told.organization, told.name, caller);
            Some((organization, crate::json(&shown)))
        };
        let page = self.query.page(&caller.list("invitations"))?;
        let page = part(readable.into_iter().filter_map(show).collect(), unreadable, &page, false);
        Ok(Response::list("invitations", page, &[caller.permissions()]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_user() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListUserInvitations {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_organizations};
        use crate::resources::InvitationList;
        let mine = serde_json::json!({ "permissions": ["delete_invitation", "accept_invitation"] });
        let invitations = serde_json::json!({
            "invitations": [examples::merged(examples::invitation(), mine)], "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["list_user_organizations", "list_user_invitations", "list_keys", "create_key"],
        });
        Documentation::new(
            "organizations",
            "List the invitations of a user",
            "Those that are pending. One that was just made or withdrawn is listed as such some moments later.",
        )
        .query::<PageQuery>()
        .responds::<InvitationList>(
            crate::response::Success::Ok,
            "A page of invitations, by organization.",
            &[("invitations", invitations)],
        )
        .access("list_user_invitations", may_read_organizations)
    }
}
