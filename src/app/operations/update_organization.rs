//! Renames an organization.

use keyward_core::policy::Action;
use keyward_core::{Entropy, Principal, Title};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Organization;
use crate::router::Route;

/// What to change of an organization.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "UpdateOrganizationRequest"))]
pub struct UpdateOrganization {
    /// What people call it.
    name: Title,
}

impl LedgerOperation for UpdateOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "PATCH",
        routes: &[Route { id: "update_organization", path: "/v1/organizations/{organization}" }],
    };
    const ACTION: Action = Action::RenameOrganization;
    type Output = Organization;

    fn read(request: &Request, _: &PathParams<'_, '_>, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        request.body()
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Organization, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        let (organization, event) = organization.rename(self.name, &caller.actor(), ledger.now);
        if let Some(event) = event {
            let mut transaction = ledger.transaction();
            ledger.save_organization(&mut transaction, &organization, event)?;
            // The ledger of everybody who is a member or invited keeps a copy of the name.
            for member in ledger.store.members(&organization.id)?.readable {
                let told = ledger.membership(&organization, &member.user, Some(member.role), None);
                transaction.deliver(&caller.owner, Urgency::Ordinary, told);
            }
            for invitation in ledger.store.invitations(&organization.id, ledger.now)?.readable {
                let user = invitation.user.clone();
                let told = ledger.membership(&organization, &user, None, Some(invitation));
                transaction.deliver(&caller.owner, Urgency::Ordinary, told);
            }
            ledger.commit(transaction)?;
        }
        Ok(Organization::new(organization, caller))
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for UpdateOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_rename_organization};
        Documentation::new(
            "organizations",
            "Rename an organization",
            "Its id stays. The name that it has already changes nothing.",
        )
        .body::<Self>(serde_json::json!({ "name": "Acme" }))
        .responds::<Organization>(
            crate::response::Success::Ok,
            "It has this name.",
            &[("acme", examples::organization())],
        )
        .access("update_organization", may_rename_organization)
    }
}
