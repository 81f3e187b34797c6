//! Deletes an organization.

use keyward_core::policy::Action;
use keyward_core::{Actor, Entropy, OwnerId, Principal};
use serde::Deserialize;

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::kv;
use crate::ledger::Ledger;
use crate::ledger::directory::DirectoryEntry;
use crate::ledger::memberships::Membership;
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request, boolean};
use crate::resources::Removed;
use crate::router::Route;

/// Deletes an organization.
#[derive(Debug)]
pub struct DeleteOrganization {
    revoke: bool,
}

/// How an owner of keys is deleted.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct DeleteOwnerQuery {
    /// Revoke the keys that still work first.
    #[serde(default, deserialize_with = "boolean")]
    pub(super) revoke: bool,
}

impl LedgerOperation for DeleteOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "DELETE",
        routes: &[Route { id: "delete_organization", path: "/v1/organizations/{organization}" }],
    };
    const ACTION: Action = Action::Delete;
    type Output = Removed;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let DeleteOwnerQuery { revoke } = request.query()?;
        request.no_body()?;
        Ok(Self { revoke })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Removed, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        let actor = caller.actor();
        let mut transaction = ledger.transaction();
        ledger.delete_keys(&mut transaction, &caller.owner, self.revoke, &actor)?;
        let gone = |user: &OwnerId| {
            let membership = ledger.membership(&organization, user, None, None);
            Membership { is_creator: false, ..membership }
        };
        let (owner, ring) = (&caller.owner, &ledger.config.issuer.ring);
        for user in ledger.store.member_ids(&organization.id)? {
            let copy = kv::write_of_member(ring, &organization.id, &user, None, ledger.now);
            transaction.deliver(owner, Urgency::End, copy);
            transaction.deliver(owner, Urgency::End, gone(&user));
        }
        for user in ledger.store.invited_ids(&organization.id)? {
            transaction.deliver(owner, Urgency::Ordinary, gone(&user));
        }
        // Who created it may create another one, whether still a member or not.
        if let Actor::User { id, .. } = &organization.created_by {
            transaction.deliver(owner, Urgency::Ordinary, gone(id));
        }
        transaction.delete_organization(&organization.id);
        transaction.deliver(owner, Urgency::Ordinary, DirectoryEntry::new(&organization, true, ledger.now));
        ledger.announce(&mut transaction, &caller.owner, organization.delete(&actor, ledger.now))?;
        let effective = ledger.effective(&caller.owner, ledger.now)?;
        ledger.commit(transaction)?;
        Ok(Removed { effective })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for DeleteOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_delete};
        Documentation::new(
            "organizations",
            "Delete an organization",
            "With its keys, members and invitations, for good: its id is not given again. While keys of it work it cannot be deleted, unless `revoke` is true. Its events remain, and only the operator can read them.",
        )
        .query::<DeleteOwnerQuery>()
        .responds::<Removed>(crate::response::Success::Ok, "The organization is gone.", &[("deleted", examples::removed())])
        .problems(&[keyward_core::ErrorCode::OwnerHasKeys])
        .access("delete_organization", may_delete)
    }
}
