//! Changes a member's role, or adds a member.

use keyward_core::organization::{keeps_an_owner, restricts};
use keyward_core::policy::{Access, Action, action_to_change_member};
use keyward_core::{Entropy, ErrorCode, Member, OwnerId, Principal, Role};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::resources;
use crate::response::{Response, Success};
use crate::router::Route;

/// Changes a member's role, or adds a member.
#[derive(Debug)]
pub struct PutMember {
    user: OwnerId,
    role: Role,
}

/// A member's role.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct PutMemberRequest {
    /// The member's role from now on.
    role: Role,
}

/// The member, and whether the user was added.
#[derive(Debug, Serialize)]
pub struct Put {
    is_new: bool,
    member: ChangedMember,
}

/// A member as it is now.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ChangedMember {
    /// The member.
    #[serde(flatten)]
    member: resources::Member,
    /// When a lower role has taken effect; null where the role is not lower than before.
    effective: Option<resources::Effective>,
}

impl LedgerOperation for PutMember {
    const ENDPOINT: Endpoint = Endpoint {
        method: "PUT",
        routes: &[Route { id: "put_member", path: "/v1/organizations/{organization}/members/{user}" }],
    };
    const ACTION: Action = Action::ChangeMembers;
    type Output = Put;

    fn read(request: &Request, params: &PathParams, caller: &Principal) -> Result<Self, Problem> {
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
        if before.is_none() {
            if !caller.may_add_directly() {
                return Err(ErrorCode::MemberNeedsInvitation.into());
            }
            ledger.require_room(&organization.id, 0)?;
        }
        let (member, event) = if let Some(member) = existing {
            member.change(self.role, &actor, now)
        } else {
            let (member, event) = Member::add(self.user, self.role, &actor, now);
            (member, Some(event))
        };
        if let Some(event) = event {
            let mut transaction = ledger.transaction();
            transaction.put_member(&organization.id, &member);
            transaction.remove_invitation(&organization.id, &member.user);
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
        let changed = caller.is(&member.user).then(|| caller.with_role(Some(member.role)));
        let member = resources::Member::new(member, changed.as_ref().unwrap_or(caller));
        let is_lower = restricts(before, Some(self.role));
        let effective = is_lower.then(|| resources::Effective { by: organization.effective_by(now) });
        Ok(Put { is_new: before.is_none(), member: ChangedMember { member, effective } })
    }

    fn respond(Put { is_new, member }: Put) -> Response {
        let success = if is_new { Success::Created } else { Success::Ok };
        Response { success, ..Response::ok(&member) }
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        match target {
            Target::Owner => {
                caller.has_organization() && caller.may(Self::ACTION) && caller.may_add_directly()
            }
            Target::Member(member) => {
                let action = action_to_change_member(Some(member.role), Some(Role::Member), false);
                caller.access_to_member(action, &member.user) == Access::Granted
            }
            Target::Key(_) | Target::Invitation(_) => false,
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
        let action = action_to_change_member(before, after, caller.is(user));
        caller.require(action)?;
        if before == after && before.is_none() {
            return Ok(None);
        }
        require(caller.access_to_member(action, user))?;
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
        use keyward_core::policy::{Joining, may_add_directly};
        Documentation::new(
            "organizations",
            "Change a member's role, or add a member",
            "Admins manage members and admins; only owners make and unmake owners. Adding somebody who has not accepted is for the operator; for everybody else, people join by an invitation, unless the variable `MEMBERS_JOIN` is `directly`.",
        )
        .body::<PutMemberRequest>(serde_json::json!({ "role": "admin" }))
        .responds::<ChangedMember>(
            Success::Ok,
            "The user was a member already, and has this role.",
            &[("ada", examples::merged(examples::member(), examples::removed()))],
        )
        .responds::<ChangedMember>(
            Success::Created,
            "The user was added.",
            &[("ada", examples::merged(examples::member(), serde_json::json!({ "effective": null })))],
        )
        .problems(&[
            ErrorCode::LedgerFull,
            ErrorCode::MemberLastOwner,
            ErrorCode::MemberNeedsInvitation,
            ErrorCode::MemberNotFound,
            ErrorCode::OrganizationMemberLimit,
        ])
        .access("put_member", may_change_members)
        .access("put_member as owner", may_change_owners)
        .access("put_member of somebody new", |principal, role, exists, owner| {
            match may_change_members(principal, role, exists, owner) {
                Access::Granted if !may_add_directly(principal, Joining::default()) => Access::Forbidden,
                access => access,
            }
        })
    }
}
