//! What may be done to members.

use keyward_core::event::Action as Happened;
use keyward_core::policy::{Action, Principal, Role, action_to_change_member, keeps_an_owner};
use keyward_core::{Entropy, ErrorCode, Event, Owner, OwnerId};
use serde_json::{Value, json};

use super::call::{Member, Membership, Organization};
use super::handle::{Asking, Chamber};
use super::rows::{Batch, Delivery, Read, Rows, strongest};
use crate::contract::describe;
use crate::http::Answer;
use crate::problem::Problem;
use crate::projection;

impl<R: Rows, E: Entropy> Chamber<'_, R, E> {
    pub(super) fn list_members(&mut self, asking: &Asking) -> Result<Answer, Problem> {
        asking.permit(Action::ReadMembers)?;
        let members = self.rows.members(asking.organization()?)?;
        let members: Vec<Value> = members.iter().map(describe::member).collect();
        Ok(Answer::json(200, &json!({ "members": members })))
    }

    pub(super) fn put_member(
        &mut self,
        asking: &Asking,
        organization: &Organization,
        user: OwnerId,
        role: Role,
    ) -> Result<Answer, Problem> {
        let existing = self.permit_change(asking, organization, &user, Some(role))?;
        let (created_at, happened) = match existing {
            Some(member) if member.role == role => return Ok(Answer::json(200, &describe::member(&member))),
            Some(member) => (member.created_at, Happened::MemberChanged),
            None => (self.now, Happened::MemberAdded),
        };
        let member = Member { user, role, created_at, updated_at: self.now };
        let mut batch = Batch::default();
        self.add_member_change(&mut batch, asking, organization, member.clone(), happened)?;
        self.rows.commit(batch, self.now)?;
        let status = if happened == Happened::MemberAdded { 201 } else { 200 };
        Ok(Answer::json(status, &describe::member(&member)))
    }

    pub(super) fn remove_member(
        &mut self,
        asking: &Asking,
        organization: &Organization,
        user: OwnerId,
    ) -> Result<Answer, Problem> {
        if self.permit_change(asking, organization, &user, None)?.is_none() {
            return Err(ErrorCode::MemberNotFound.into());
        }
        let details = [("user", user.as_str().into())];
        let happened =
            Event::of_owner(Happened::MemberRemoved, &asking.principal.actor(), self.now, &details);
        let mut batch = Batch::default();
        self.note(&mut batch, &asking.owner, happened)?;
        batch.deliveries.extend(self.membership_news(organization, &user, None));
        batch.removed_members.push((organization.id.clone(), user));
        self.rows.commit(batch, self.now)?;
        Ok(Answer::no_content())
    }

    pub(super) fn list_organizations(&mut self, asking: &Asking) -> Result<Answer, Problem> {
        asking.permit(Action::ReadOrganizations)?;
        let Owner::User(user) = &asking.owner else { return Err(ErrorCode::RouteNotFound.into()) };
        let memberships = with_claims(self.memberships(user)?, &asking.principal, user);
        let organizations: Vec<Value> = memberships.iter().map(describe::membership).collect();
        Ok(Answer::json(200, &json!({ "organizations": organizations })))
    }

    /// The memberships of a user that have not ended.
    pub(super) fn memberships(&self, user: &OwnerId) -> Read<Vec<Membership>> {
        let mut memberships = self.rows.memberships(user)?;
        memberships.retain(|membership| membership.role.is_some());
        Ok(memberships)
    }

    /// What everybody who keeps a copy of the organization's name has to be told.
    pub(super) fn tell_members(
        &mut self,
        batch: &mut Batch,
        organization: &Organization,
    ) -> Result<(), Problem> {
        for member in self.rows.members(&organization.id)? {
            let membership = self.membership(organization, &member.user, Some(member.role));
            batch.deliveries.push(Delivery::Membership(membership));
        }
        Ok(())
    }

    pub(super) fn add_member_change(
        &mut self,
        batch: &mut Batch,
        asking: &Asking,
        organization: &Organization,
        member: Member,
        happened: Happened,
    ) -> Result<(), Problem> {
        let details = [("user", member.user.as_str().into()), ("role", member.role.as_str().into())];
        let event = Event::of_owner(happened, &asking.principal.actor(), self.now, &details);
        self.note(batch, &asking.owner, event)?;
        batch.deliveries.extend(self.membership_news(organization, &member.user, Some(member.role)));
        batch.members.push((organization.id.clone(), member));
        Ok(())
    }

    fn permit_change(
        &self,
        asking: &Asking,
        organization: &Organization,
        user: &OwnerId,
        after: Option<Role>,
    ) -> Result<Option<Member>, Problem> {
        let existing = self.rows.member(&organization.id, user)?;
        let before = existing.as_ref().map(|member| member.role);
        // Who may not even read the members learns nothing from the kind of refusal.
        asking.permit(Action::ReadOrganization)?;
        let oneself = asking.principal.user() == Some(user);
        asking.permit(action_to_change_member(before, after, oneself))?;
        let members = self.rows.members(&organization.id)?;
        let owners = members.iter().filter(|member| member.role == Role::Owner).count();
        if keeps_an_owner(owners, before, after) {
            Ok(existing)
        } else {
            Err(ErrorCode::MemberLastOwner.into())
        }
    }

    fn membership(&self, organization: &Organization, user: &OwnerId, role: Option<Role>) -> Membership {
        Membership {
            // The ledger's clock never stands still between commits, so it orders them.
            version: self.now.as_millis().unsigned_abs(),
            organization: organization.id.clone(),
            name: Some(organization.name.clone()),
            user: user.clone(),
            role,
        }
    }

    fn membership_news(
        &self,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
    ) -> [Delivery; 2] {
        let membership = self.membership(organization, user, role);
        [projection::of_membership(&membership), Delivery::Membership(membership)]
    }
}

#[must_use]
/// The memberships of `user`, with those that the user's own credential vouches for.
pub fn with_claims(mut stored: Vec<Membership>, principal: &Principal, user: &OwnerId) -> Vec<Membership> {
    let Principal::User { id, claims } = principal else { return stored };
    for claim in claims.iter().filter(|_| id == user) {
        match stored.iter_mut().find(|membership| membership.organization == claim.organization) {
            Some(membership) => membership.role = strongest(membership.role, Some(claim.role)),
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
