//! What may be done to members.

use keyward_core::organization::keeps_an_owner;
use keyward_core::policy::{Action, action_to_change_member};
use keyward_core::{Entropy, ErrorCode, Event, Member, Organization, Owner, OwnerId, Role};
use serde_json::{Value, json};

use super::call::Membership;
use super::handle::{Asking, Handler};
use super::rows::{Batch, Delivery, Read, Rows};
use crate::contract::describe;
use crate::http::Answer;
use crate::problem::Problem;
use crate::projection;

impl<R: Rows, E: Entropy> Handler<'_, R, E> {
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
        let actor = asking.principal.actor();
        let (status, member, event) = if let Some(member) = existing {
            let (member, event) = member.change(role, &actor, self.now);
            (200, member, event)
        } else {
            let (member, event) = Member::add(user, role, &actor, self.now);
            (201, member, Some(event))
        };
        let answer = Answer::json(status, &describe::member(&member));
        if let Some(event) = event {
            let mut batch = Batch::default();
            self.save_member(&mut batch, organization, member, event)?;
            self.rows.commit(batch, self.now)?;
        }
        Ok(answer)
    }

    pub(super) fn remove_member(
        &mut self,
        asking: &Asking,
        organization: &Organization,
        user: OwnerId,
    ) -> Result<Answer, Problem> {
        let existing = self.permit_change(asking, organization, &user, None)?;
        let member = existing.ok_or(ErrorCode::MemberNotFound)?;
        let mut batch = Batch::default();
        self.note(&mut batch, &asking.owner, member.remove(&asking.principal.actor(), self.now))?;
        batch.deliveries.extend(self.membership_news(organization, &user, None));
        batch.removed_members.push((organization.id.clone(), user));
        self.rows.commit(batch, self.now)?;
        Ok(Answer::no_content())
    }

    /// The memberships of a user that have not ended.
    pub(super) fn memberships(&self, user: &OwnerId) -> Read<Vec<Membership>> {
        let mut memberships = self.rows.memberships(user)?;
        memberships.retain(|membership| membership.role.is_some());
        Ok(memberships)
    }

    /// Adds a member who is new or has changed to what is to be committed.
    pub(super) fn save_member(
        &mut self,
        batch: &mut Batch,
        organization: &Organization,
        member: Member,
        event: Event,
    ) -> Result<(), Problem> {
        self.note(batch, &Owner::Organization(organization.id.clone()), event)?;
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

    pub(super) fn membership(
        &self,
        organization: &Organization,
        user: &OwnerId,
        role: Option<Role>,
    ) -> Membership {
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
