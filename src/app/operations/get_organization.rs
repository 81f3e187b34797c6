//! Shows an organization.

use keyward_core::policy::Action;
use keyward_core::{Entropy, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Organization;
use crate::router::Route;

/// Shows an organization.
#[derive(Debug)]
pub struct GetOrganization {}

impl LedgerOperation for GetOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "get_organization", path: "/v1/organizations/{organization}" }],
    };
    const ACTION: Action = Action::ReadOrganization;
    type Output = Organization;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        Ok(Self {})
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Organization, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        Ok(Organization::new(organization, caller))
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for GetOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_organization};
        Documentation::new("organizations", "Get an organization", "")
            .responds::<Organization>(
                crate::response::Success::Ok,
                "The organization.",
                &[("acme", examples::organization())],
            )
            .access("get_organization", may_read_organization)
    }
}
