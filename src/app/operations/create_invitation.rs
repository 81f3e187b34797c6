//! Invites somebody to an organization.

use keyward_core::organization::INVITATIONS_MAX;
use keyward_core::policy::{Action, action_to_change_member};
use keyward_core::{Entropy, ErrorCode, OwnerId, Principal, Role, organization};
use serde::{Deserialize, Deserializer};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, caused_by};
use crate::request::{PathParams, Request};
use crate::resources::Invitation;
use crate::response::{Response, Success};
use crate::router::Route;

/// Invites somebody to an organization.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CreateInvitationRequest"))]
pub struct CreateInvitation {
    /// Who is invited.
    #[serde(deserialize_with = "user")]
    user: OwnerId,
    /// The role that they will have.
    role: Role,
}

/// A user's id.
fn user<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OwnerId, D::Error> {
    OwnerId::parse_user(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

impl LedgerOperation for CreateInvitation {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[Route { id: "create_invitation", path: "/v1/organizations/{organization}/invitations" }],
    };
    const ACTION: Action = Action::ChangeMembers;
    type Output = Invitation;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        request.body()
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Invitation, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(action_to_change_member(None, Some(self.role), false))?;
        let (id, now) = (&organization.id, ledger.now);
        if ledger.store.member(id, &self.user)?.is_some() {
            return Err(caused_by("/user", ErrorCode::MemberExists));
        }
        if caller.is(&self.user) {
            // Whoever manages an organization by a role that only their credential asserts would store it.
            return Err(ErrorCode::AuthForbidden.into());
        }
        if ledger.store.invitation(id, &self.user, now)?.is_some() {
            return Err(caused_by("/user", ErrorCode::InvitationExists));
        }
        if ledger.store.count_invitations(id, now)? >= INVITATIONS_MAX {
            return Err(ErrorCode::OrganizationInvitationLimit.into());
        }
        let (invitation, event) =
            organization::Invitation::create(self.user, self.role, &caller.actor(), now);
        let mut transaction = ledger.transaction();
        transaction.put_invitation(id, &invitation);
        ledger.record(&mut transaction, &caller.owner, event)?;
        let told = ledger.membership(&organization, &invitation.user, None, Some(invitation.clone()));
        transaction.deliver(&caller.owner, Urgency::Ordinary, told);
        ledger.commit(transaction)?;
        Ok(Invitation::new(invitation, organization.id, Some(organization.name), caller))
    }

    fn respond(invitation: Invitation) -> Response {
        Response { success: Success::Created, ..Response::ok(&invitation) }
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for CreateInvitation {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_change_members, may_change_owners};
        Documentation::new(
            "organizations",
            "Invite somebody to an organization",
            "They become a member when they accept, within 14 days. Admins invite members and admins; only owners invite owners, and nobody themselves.",
        )
        .body::<Self>(serde_json::json!({ "user": "bob", "role": "member" }))
        .responds::<Invitation>(
            Success::Created,
            "The user is invited.",
            &[("bob", examples::invitation())],
        )
        .problems(&[
            ErrorCode::InvitationExists,
            ErrorCode::MemberExists,
            ErrorCode::OrganizationInvitationLimit,
        ])
        .access("create_invitation", may_change_members)
        .access("create_invitation as owner", may_change_owners)
    }
}
