//! Renames an organization, or changes its settings.

use keyward_core::policy::Action;
use keyward_core::organization::{self, OrganizationChanges};
use keyward_core::{Entropy, Owner, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::{Ledger, Transaction};
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Organization;
use crate::router::Route;

/// Renames an organization, or changes its settings.
#[derive(Debug)]
pub struct UpdateOrganization {
    changes: OrganizationChanges,
}

impl LedgerOperation for UpdateOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "PATCH",
        routes: &[Route { id: "update_organization", path: "/v1/organizations/{organization}" }],
    };
    const ACTION: Action = Action::RenameOrganization;
    type Output = Organization;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        let changes: OrganizationChanges = request.body()?;
        if changes.is_empty() {
            return Err(Problem::field("", "has no field to change"));
        }
        Ok(Self { changes })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Organization, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        let (before, ceiling) = (organization.name.clone(), organization.limits.max_staleness_seconds);
        let (organization, events) = organization.update(self.changes, &caller.actor(), ledger.now);
        if !events.is_empty() {
            let mut transaction = ledger.transaction();
            if organization.limits.max_staleness_seconds < ceiling {
                transaction.take_away();
            }
            ledger.save_organization(&mut transaction, &organization, events)?;
            if organization.name != before {
                ledger.tell_name(&mut transaction, &organization)?;
            }
            ledger.commit(transaction)?;
        }
        Ok(Organization::new(organization, caller))
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// Adds to what is to be committed that everybody who is a member or invited is told the name, which their ledgers keep a copy
    /// of.
    fn tell_name(
        &self,
        transaction: &mut Transaction,
        organization: &organization::Organization,
    ) -> Result<(), Problem> {
        let owner = Owner::Organization(organization.id.clone());
        for member in self.store.members(&organization.id)?.readable {
            let told = self.membership(organization, &member.user, Some(member.role), None);
            transaction.deliver(&owner, Urgency::Ordinary, told);
        }
        for invitation in self.store.invitations(&organization.id, self.now)?.readable {
            let user = invitation.user.clone();
            let told = self.membership(organization, &user, None, Some(invitation));
            transaction.deliver(&owner, Urgency::Ordinary, told);
        }
        Ok(())
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for UpdateOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_rename_organization};
        Documentation::new(
            "organizations",
            "Rename an organization, or change its settings",
            "A field that is left out stays as it is; where everything is as it should be already, nothing happens. Its id stays. A lower `max_staleness_seconds` holds from the answer on, and for whoever knows the old one as soon as that is over. With a higher one, isolates ask the ledger less often.",
        )
        .body::<OrganizationChanges>(serde_json::json!({ "max_staleness_seconds": 10 }))
        .responds::<Organization>(
            crate::response::Success::Ok,
            "The organization as it is now.",
            &[("acme", examples::organization())],
        )
        .access("update_organization", may_rename_organization)
    }
}
