//! Lists the organizations that a user belongs to.

use keyward_core::policy::Action;
use keyward_core::{Entropy, ErrorCode, Owner, Principal};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Operation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{OrganizationList, memberships};
use crate::router::Route;

/// Lists the organizations that a user belongs to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListOrganizations {}

impl LedgerOperation for ListOrganizations {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "list_organizations", path: "/v1/users/{user}/organizations" }],
    };
    const ACTION: Action = Action::ReadOrganizations;
    type Output = OrganizationList;

    fn read(request: &Request, _: &PathParams<'_, '_>, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        Ok(Self {})
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<OrganizationList, Problem> {
        caller.require(Self::ACTION)?;
        let Owner::User(user) = &caller.owner else { return Err(ErrorCode::OwnerNotFound.into()) };
        let stored = ledger.store.memberships(user)?;
        Ok(OrganizationList {
            organizations: memberships(stored.readable, &caller.principal, user),
            unreadable: stored.unreadable,
            permissions: Operation::permitted(caller, Target::Owner),
        })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let is_user = matches!(caller.owner, Owner::User(_));
        matches!(target, Target::Owner) && is_user && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListOrganizations {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_read_organizations};
        let organizations = serde_json::json!({
            "organizations": [{ "id": "acme", "name": "Acme", "role": "owner" }], "unreadable": 0,
            "permissions": [
                "list_organizations", "list_keys", "create_key", "list_events", "list_sessions", "delete_session",
                "delete_sessions",
            ],
        });
        Documentation::new("organizations", "List the organizations that a user belongs to", "")
            .responds::<OrganizationList>(
                crate::response::Success::Ok,
                "The organizations, by id.",
                &[("organizations", organizations)],
            )
            .access("list_organizations", may_read_organizations)
    }
}
