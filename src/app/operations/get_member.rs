//! Shows a member of an organization.

use keyward_core::policy::{Action, action_to_read_member};
use keyward_core::{Entropy, ErrorCode, OwnerId, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::Member;
use crate::router::Route;

/// Shows a member of an organization.
#[derive(Debug)]
pub struct GetMember {
    user: OwnerId,
}

impl LedgerOperation for GetMember {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "get_member", path: "/v1/organizations/{organization}/members/{user}" }],
    };
    const ACTION: Action = Action::ReadMembers;
    type Output = Member;

    fn read(request: &Request, params: &PathParams, caller: &Principal) -> Result<Self, Problem> {
        let user = params.member(caller)?;
        request.no_query()?;
        Ok(Self { user })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Member, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(action_to_read_member(caller.is(&self.user)))?;
        let member = ledger.store.member(&organization.id, &self.user)?;
        Ok(Member::new(member.ok_or(ErrorCode::MemberNotFound)?, caller))
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Member(member) = target else { return false };
        caller.may(action_to_read_member(caller.is(&member.user)))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for GetMember {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_members, may_read_organization};
        use keyward_core::policy::Access;
        Documentation::new(
            "organizations",
            "Get a member of an organization",
            "Everybody may read their own membership, whatever scopes their key holds.",
        )
        .responds::<Member>(crate::response::Success::Ok, "The member.", &[("ada", examples::member())])
        .problems(&[ErrorCode::MemberNotFound])
        .access("get_member", may_read_members)
        .access("get_member of oneself", |principal, role, exists, owner| match principal.user() {
            Some(_) => may_read_organization(principal, role, exists, owner),
            // There is no `me` without a person.
            None => Access::NotVisible,
        })
    }
}
