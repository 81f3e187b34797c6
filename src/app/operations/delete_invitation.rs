//! Withdraws or declines an invitation.

use keyward_core::policy::{Access, Action, Answer, authorize_answer};
use keyward_core::{Entropy, ErrorCode, Invitation, OwnerId, Principal, Role};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::{Sql, even_unreadable};
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Withdraws or declines an invitation.
#[derive(Debug)]
pub struct DeleteInvitation {
    user: OwnerId,
}

impl Caller {
    /// Whether the caller may answer the invitation of this user.
    pub(super) fn access_to_invitation(
        &self,
        answer: Answer,
        user: &OwnerId,
        invitation: Option<&Invitation>,
    ) -> Access {
        self.access_to_invitation_as(invitation.map(|invitation| invitation.role), answer, user)
    }

    fn access_to_invitation_as(&self, invited: Option<Role>, answer: Answer, user: &OwnerId) -> Access {
        authorize_answer(&self.principal, self.role, answer, user, invited, &self.owner)
    }
}

impl LedgerOperation for DeleteInvitation {
    const ENDPOINT: Endpoint = Endpoint {
        method: "DELETE",
        routes: &[Route {
            id: "delete_invitation",
            path: "/v1/organizations/{organization}/invitations/{user}",
        }],
    };
    const ACTION: Action = Action::ChangeMembers;
    type Output = ();

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
    ) -> Result<(), Problem> {
        let organization = ledger.organization(caller)?;
        let invitation = ledger.store.invitation(&organization.id, &self.user, ledger.now);
        let invitation = even_unreadable(invitation)?.map(|stored| stored.map(|invitation| invitation.role));
        // One that cannot be read may be an owner's.
        let role = invitation.map(|role| role.unwrap_or(Role::Owner));
        require(caller.access_to_invitation_as(role, Answer::Delete, &self.user))?;
        let role = invitation.ok_or(ErrorCode::InvitationNotFound)?;
        let mut transaction = ledger.transaction();
        ledger.end_invitation(&mut transaction, &organization, self.user, role, &caller.actor())?;
        ledger.commit(transaction)
    }

    fn respond((): ()) -> Response {
        Response::no_content()
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        let Target::Invitation(invitation) = target else { return false };
        caller.access_to_invitation(Answer::Delete, &invitation.user, Some(invitation)) == Access::Granted
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for DeleteInvitation {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_change_members, may_change_owners};
        Documentation::new(
            "organizations",
            "Withdraw or decline an invitation",
            "Whoever is invited declines; whoever could have invited them withdraws. They may be invited again.",
        )
        .responds_nothing("The user is no longer invited.")
        .problems(&[ErrorCode::InvitationNotFound])
        .access("delete_invitation", may_change_members)
        .access("delete_invitation as owner", may_change_owners)
    }
}
