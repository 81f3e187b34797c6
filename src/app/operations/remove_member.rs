//! Removes a member, or leaves.

use keyward_core::organization::keeps_an_owner;
use keyward_core::policy::{Access, Action, action_to_change_member};
use keyward_core::{Entropy, ErrorCode, OwnerId, Principal, Role};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::{Sql, StorageError};
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Effective, Removed};
use crate::router::Route;

/// Removes a member, or leaves.
#[derive(Debug)]
pub struct RemoveMember {
    user: OwnerId,
}

impl LedgerOperation for RemoveMember {
    const ENDPOINT: Endpoint = Endpoint {
        method: "DELETE",
        routes: &[Route { id: "remove_member", path: "/v1/organizations/{organization}/members/{user}" }],
    };
    const ACTION: Action = Action::ChangeMembers;
    type Output = Removed;

    fn read(request: &Request, params: &PathParams, caller: &Principal) -> Result<Self, Problem> {
        let user = params.member(caller)?;
        request.no_query()?;
        request.no_body()?;
        Ok(Self { user })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Removed, Problem> {
        let organization = ledger.organization(caller)?;
        let role = if ledger.store.member(&organization.id, &self.user) == Err(StorageError::Unreadable) {
            // It may be an owner, whom the count of owners leaves out.
            caller.require(Action::ChangeOwners)?;
            let others = ledger.store.count_owners(&organization.id)?;
            if !keeps_an_owner(others.saturating_add(1), Some(Role::Owner), None) {
                return Err(ErrorCode::MemberLastOwner.into());
            }
            None
        } else {
            let existing = ledger.member_to_change(caller, &organization.id, &self.user, None)?;
            Some(existing.ok_or(ErrorCode::MemberNotFound)?.role)
        };
        let mut transaction = ledger.transaction();
        ledger.remove_member(&mut transaction, &organization, &self.user, role, &caller.actor())?;
        ledger.commit(transaction)?;
        Ok(Removed { effective: Effective { by: organization.effective_by(ledger.now) } })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Member(member) = target else { return false };
        let action = action_to_change_member(Some(member.role), None, caller.is(&member.user));
        caller.access_to_member(action, &member.user) == Access::Granted
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for RemoveMember {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_change_members, may_change_owners};
        Documentation::new(
            "organizations",
            "Remove a member, or leave",
            "Every member may leave, except the last owner. The member's personal keys no longer reach the organization.",
        )
        .responds::<Removed>(
            crate::response::Success::Ok,
            "The user is no longer a member.",
            &[("removed", examples::removed())],
        )
        .problems(&[ErrorCode::MemberLastOwner, ErrorCode::MemberNotFound])
        .access("remove_member", may_change_members)
        .access("remove_member an owner", may_change_owners)
    }
}
