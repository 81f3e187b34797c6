//! Accepts an invitation.

use keyward_core::policy::{Access, Action, Answer};
use keyward_core::{Entropy, ErrorCode, OwnerId, Principal};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::resources::Member;
use crate::router::Route;

/// Accepts an invitation.
#[derive(Debug)]
pub struct AcceptInvitation {
    user: OwnerId,
}

impl LedgerOperation for AcceptInvitation {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[Route {
            id: "accept_invitation",
            path: "/v1/organizations/{organization}/invitations/{user}/accept",
        }],
    };
    // As leaving is, it is for people alone.
    const ACTION: Action = Action::Leave;
    type Output = Member;

    fn read(request: &Request, params: &PathParams, caller: &Principal) -> Result<Self, Problem> {
        let user = params.invited(caller)?;
        request.no_query()?;
        request.no_body()?;
        Ok(Self { user })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Member, Problem> {
        let organization = ledger.organization(caller)?;
        let invitation = ledger.store.invitation(&organization.id, &self.user, ledger.now)?;
        require(caller.access_to_invitation(Answer::Accept, &self.user, invitation.as_ref()))?;
        let invitation = invitation.ok_or(ErrorCode::InvitationNotFound)?;
        ledger.require_room(&organization.id, 0)?;
        let (member, [accepted, added]) = invitation.accept(&caller.actor(), ledger.now);
        let mut transaction = ledger.transaction();
        transaction.remove_invitation(&organization.id, &self.user);
        transaction.put_member(&organization.id, &member);
        ledger.record(&mut transaction, &caller.owner, accepted)?;
        let roles = [None, Some(member.role)];
        ledger.save_membership(&mut transaction, &organization, &self.user, roles, added)?;
        ledger.commit(transaction)?;
        let caller = caller.with_role(Some(member.role));
        Ok(Member::new(member, &caller))
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Invitation(invitation) = target else { return false };
        caller.access_to_invitation(Answer::Accept, &invitation.user, Some(invitation)) == Access::Granted
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for AcceptInvitation {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use keyward_core::policy::authorize_answer;
        Documentation::new(
            "organizations",
            "Accept an invitation",
            "Only whoever is invited can, signed in or with a token: nobody accepts for somebody else, and no key does.",
        )
        .responds::<Member>(
            crate::response::Success::Ok,
            "The user is a member from now on.",
            &[("bob", examples::member())],
        )
        .problems(&[
            ErrorCode::InvitationNotFound,
            ErrorCode::OrganizationMemberLimit,
        ])
        .access("accept_invitation of somebody else", |principal, role, exists, owner| {
            let invited = keyward_core::Role::Member;
            match OwnerId::parse("somebody") {
                Ok(user) if exists => {
                    authorize_answer(principal, role, Answer::Accept, &user, Some(invited), owner)
                }
                _ => Access::NotVisible,
            }
        })
    }
}
