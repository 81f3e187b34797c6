//! What may be done to organizations.

use keyward_core::policy::{Action, may_name_owner, permit_to_put};
use keyward_core::{Entropy, ErrorCode, Member, Organization, Owner, OwnerId, Principal, Role, Title};
use serde_json::{Value, json};

use super::call::Membership;
use super::handle::{Asking, Handler, granted};
use super::rows::{Batch, Delivery, Rows};
use crate::contract::describe;
use crate::http::Answer;
use crate::problem::Problem;

pub(super) fn get_organization(asking: &Asking, organization: &Organization) -> Result<Answer, Problem> {
    asking.permit(Action::ReadOrganization)?;
    Ok(Answer::json(200, &describe::organization(organization)))
}

impl<R: Rows, E: Entropy> Handler<'_, R, E> {
    pub(super) fn put_organization(
        &mut self,
        asking: &Asking,
        existing: Option<Organization>,
        name: Title,
        first_owner: Option<OwnerId>,
    ) -> Result<Answer, Problem> {
        if first_owner.is_some() && !may_name_owner(&asking.principal) {
            return Err(Problem::field("/owner", "only the operator names the owner; you would be it"));
        }
        granted(permit_to_put(&asking.principal, asking.role, existing.is_some(), &asking.owner))?;
        match existing {
            None => self.create_organization(asking, name, first_owner),
            Some(existing) => {
                // A request may be repeated; but who owns an organization is then a matter of its members.
                if let Some(user) = first_owner
                    && self.rows.member(&existing.id, &user)?.is_none_or(|member| member.role != Role::Owner)
                {
                    let only = "can be named only when the organization is created";
                    return Err(Problem::field("/owner", only));
                }
                self.rename_organization(asking, existing, name)
            }
        }
    }

    fn create_organization(
        &mut self,
        asking: &Asking,
        name: Title,
        first_owner: Option<OwnerId>,
    ) -> Result<Answer, Problem> {
        let actor = asking.principal.actor();
        let (organization, event) =
            Organization::create(asking.organization()?.clone(), name, &actor, self.now);
        let mut batch = Batch { organization: Some(organization.clone()), ..Batch::default() };
        self.note(&mut batch, &asking.owner, event)?;
        if let Some(user) = first_owner.or_else(|| asking.principal.user().cloned()) {
            let (owner, event) = Member::add(user, Role::Owner, &actor, self.now);
            self.save_member(&mut batch, &organization, owner, event)?;
        }
        self.rows.commit(batch, self.now)?;
        let place = format!("/v1/organizations/{}", organization.id);
        Ok(Answer::json(201, &describe::organization(&organization)).with("location", place))
    }

    fn rename_organization(
        &mut self,
        asking: &Asking,
        existing: Organization,
        name: Title,
    ) -> Result<Answer, Problem> {
        let (organization, event) = existing.rename(name, &asking.principal.actor(), self.now);
        let answer = Answer::json(200, &describe::organization(&organization));
        let Some(event) = event else { return Ok(answer) };
        let mut batch = Batch::default();
        self.note(&mut batch, &asking.owner, event)?;
        // Whoever keeps a copy of the name.
        for member in self.rows.members(&organization.id)? {
            let membership = self.membership(&organization, &member.user, Some(member.role));
            batch.deliveries.push(Delivery::Membership(membership));
        }
        batch.organization = Some(organization);
        self.rows.commit(batch, self.now)?;
        Ok(answer)
    }

    pub(super) fn list_organizations(&mut self, asking: &Asking) -> Result<Answer, Problem> {
        asking.permit(Action::ReadOrganizations)?;
        let Owner::User(user) = &asking.owner else { return Err(ErrorCode::RouteNotFound.into()) };
        let memberships = with_claims(self.memberships(user)?, &asking.principal, user);
        let organizations: Vec<Value> = memberships.iter().map(describe::membership).collect();
        Ok(Answer::json(200, &json!({ "organizations": organizations })))
    }
}

/// The memberships of `user`, with those that the user's own credential vouches for.
#[must_use]
pub fn with_claims(mut stored: Vec<Membership>, principal: &Principal, user: &OwnerId) -> Vec<Membership> {
    let Principal::User { id, claims } = principal else { return stored };
    for claim in claims.iter().filter(|_| id == user) {
        match stored.iter_mut().find(|membership| membership.organization == claim.organization) {
            Some(membership) => membership.role = principal.role_in(&claim.organization, membership.role),
            None => stored.push(Membership {
                version: 0,
                organization: claim.organization.clone(),
                name: None,
                user: id.clone(),
                role: Some(claim.role),
            }),
        }
    }
    stored
}
