//! Adds a member or changes a member's role.

use keyward_core::organization::keeps_an_owner;
use keyward_core::policy::{Action, action_to_change_member};
use keyward_core::{Entropy, ErrorCode, Member, OwnerId, Principal, Role};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources;
use crate::response::{Response, Success};
use crate::router::Route;

/// Adds a member or changes a member's role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct PutMember {
    user: OwnerId,
    role: Role,
}

/// A member's role.
#[derive(Debug, Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PutMemberRequest {
    /// The member's role from now on.
    role: Role,
}

/// The member, and whether the user was added.
#[derive(Debug, Serialize, Deserialize)]
pub struct Put {
    is_new: bool,
    member: resources::Member,
}

impl LedgerOperation for PutMember {
    const ENDPOINT: Endpoint = Endpoint {
        method: "PUT",
        routes: &[Route { id: "put_member", path: "/v1/organizations/{organization}/members/{user}" }],
    };
    const ACTION: Action = Action::ChangeMembers;
    type Output = Put;

    fn read(request: &Request, params: &PathParams<'_, '_>, caller: &Principal) -> Result<Self, Problem> {
        let user = params.member(caller)?;
        request.no_query()?;
        let PutMemberRequest { role } = request.body()?;
        Ok(Self { user, role })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Put, Problem> {
        let organization = ledger.organization(caller)?;
        let existing = ledger.member_to_change(caller, &organization.id, &self.user, Some(self.role))?;
        let (actor, now) = (caller.actor(), ledger.now);
        let before = existing.as_ref().map(|member| member.role);
        let (member, event) = if let Some(member) = existing {
            member.change(self.role, &actor, now)
        } else {
            let (member, event) = Member::add(self.user, self.role, &actor, now);
            (member, Some(event))
        };
        if let Some(event) = event {
            let mut transaction = ledger.transaction();
            transaction.put_member(&organization.id, &member);
            ledger.save_membership(
                &mut transaction,
                &organization,
                &member.user,
                [before, Some(member.role)],
                event,
            )?;
            ledger.commit(transaction)?;
        }
        // Owners may change their own role, and what they may do from now on depends on it.
        let role = if caller.is(&member.user) { Some(member.role) } else { caller.role };
        let caller = Caller { role, ..caller.clone() };
        Ok(Put { is_new: before.is_none(), member: resources::Member::new(member, &caller) })
    }

    fn respond(Put { is_new, member }: Put) -> Response {
        let success = if is_new { Success::Created } else { Success::Ok };
        Response { success, ..Response::ok(&member) }
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        match target {
            Target::Owner => caller.has_organization() && caller.may(Self::ACTION),
            Target::Member(member) => {
                caller.may(action_to_change_member(Some(member.role), Some(Role::Member), false))
            }
            Target::Key(_) => false,
        }
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// The membership that is to get this role, or to end, if the caller may do that.
    pub(super) fn member_to_change(
        &self,
        caller: &Caller,
        organization: &OwnerId,
        user: &OwnerId,
        after: Option<Role>,
    ) -> Result<Option<Member>, Problem> {
        let existing = self.store.member(organization, user)?;
        let before = existing.as_ref().map(|member| member.role);
        // Whoever may not even read the organization must learn nothing from the kind of refusal.
        caller.require(Action::ReadOrganization)?;
        caller.require(action_to_change_member(before, after, caller.is(user)))?;
        if keeps_an_owner(self.store.count_owners(organization)?, before, after) {
            Ok(existing)
        } else {
            Err(ErrorCode::MemberLastOwner.into())
        }
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for PutMember {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_change_members, may_change_owners};
        Documentation::new(
            "organizations",
            "Add a member, or change a member's role",
            "Admins manage members and admins; only owners make and unmake owners.",
        )
        .body::<PutMemberRequest>(serde_json::json!({ "role": "admin" }))
        .responds::<resources::Member>(
            Success::Ok,
            "The user was a member already, and has this role.",
            &[("ada", examples::member())],
        )
        .responds::<resources::Member>(
            Success::Created,
            "The user was added.",
            &[("ada", examples::member())],
        )
        .problems(&[ErrorCode::LedgerFull, ErrorCode::MemberLastOwner, ErrorCode::MemberNotFound])
        .access("put_member", may_change_members)
        .access("put_member as owner", may_change_owners)
    }
}
