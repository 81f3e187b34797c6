//! Carries a call out: load, authorize, let the core decide, commit. Decides nothing itself.

use keyward_core::event::Action as Happened;
use keyward_core::policy::{Action, Permission, Principal, Role, permit};
use keyward_core::record::is_use_worth_noting;
use keyward_core::{Entropy, ErrorCode, Event, EventId, Issuer, Owner, OwnerId, Timestamp, Title};

use super::call::{Call, Command, Member, Organization, Reply};
use super::rows::{Batch, Rows, strongest};
use crate::problem::Problem;

/// What a call is carried out with.
#[derive(Debug)]
pub struct Chamber<'a, R, E> {
    /// The ledger's rows.
    pub rows: &'a mut R,
    /// Issues new keys.
    pub issuer: &'a Issuer,
    /// Randomness for keys and ids.
    pub entropy: &'a mut E,
    /// The ledger's clock: later than everything that was committed before.
    pub now: Timestamp,
}

/// Carries a call out.
pub fn handle<R: Rows, E: Entropy>(chamber: &mut Chamber<'_, R, E>, call: Call) -> Reply {
    chamber.answer(call).unwrap_or_else(|problem| Reply::Refused { problem })
}

/// Somebody who wants something of an owner.
pub(super) struct Asking {
    pub(super) principal: Principal,
    pub(super) owner: Owner,
    pub(super) role: Option<Role>,
}

impl Asking {
    pub(super) fn permit(&self, action: Action) -> Result<(), Problem> {
        match permit(&self.principal, self.role, action, &self.owner) {
            Permission::Granted => Ok(()),
            against => Err(against.into()),
        }
    }

    pub(super) fn organization(&self) -> Result<&OwnerId, Problem> {
        match &self.owner {
            Owner::Organization(id) => Ok(id),
            Owner::User(_) => Err(ErrorCode::RouteNotFound.into()),
        }
    }
}

impl<R: Rows, E: Entropy> Chamber<'_, R, E> {
    fn answer(&mut self, call: Call) -> Result<Reply, Problem> {
        match call {
            Call::Find { digest } => {
                let record = self.rows.key_by_digest(&digest)?.map(Box::new);
                Ok(Reply::Found { record, now: self.now })
            }
            Call::FindRole { organization, user } => {
                let role = self.rows.member(&organization, &user)?.map(|member| member.role);
                Ok(Reply::Role { role })
            }
            Call::FindOrganizations { user } => {
                Ok(Reply::Organizations { memberships: self.rows.memberships(&user)? })
            }
            Call::FindOrganization { organization } => match self.rows.organization(&organization)? {
                Some(organization) => Ok(Reply::Organization { organization, created: false }),
                None => Err(ErrorCode::OwnerNotFound.into()),
            },
            Call::NoteUse { owner, key, at } => {
                let known = self.rows.key(&owner, &key)?;
                if known.is_some_and(|record| is_use_worth_noting(record.last_used_at, at)) {
                    self.rows.commit(Batch { used: Some((owner, key, at)), ..Batch::default() }, self.now)?;
                }
                Ok(Reply::Done)
            }
            Call::Project { membership } => {
                let known = self.rows.memberships(&membership.user)?;
                let newer = |known: &super::call::Membership| {
                    known.organization == membership.organization && known.version >= membership.version
                };
                if !known.iter().any(newer) {
                    self.rows.commit(Batch { membership: Some(membership), ..Batch::default() }, self.now)?;
                }
                Ok(Reply::Done)
            }
            Call::Manage { principal, owner, command } => self.manage(principal, owner, command),
        }
    }

    fn manage(&mut self, principal: Principal, owner: Owner, command: Command) -> Result<Reply, Problem> {
        let (organization, role) = match &owner {
            Owner::User(_) => (None, None),
            Owner::Organization(id) => {
                let member = principal.user().map(|user| self.rows.member(id, user)).transpose()?.flatten();
                let role = strongest(member.map(|member| member.role), principal.claimed_role(id));
                (self.rows.organization(id)?, role)
            }
        };
        let asking = Asking { principal, owner, role };
        if let Command::PutOrganization { name, first_owner } = command {
            return self.put_organization(&asking, organization, name, first_owner);
        }
        if matches!(asking.owner, Owner::Organization(_)) && organization.is_none() {
            return Err(ErrorCode::OwnerNotFound.into());
        }
        match (command, organization) {
            (Command::GetOrganization, Some(organization)) => {
                asking.permit(Action::ReadOrganization)?;
                Ok(Reply::Organization { organization, created: false })
            }
            (Command::ListMembers, Some(_)) => self.list_members(&asking),
            (Command::PutMember { user, role }, Some(organization)) => {
                self.put_member(&asking, &organization, user, role)
            }
            (Command::RemoveMember { user }, Some(organization)) => {
                self.remove_member(&asking, &organization, user)
            }
            (Command::ListOrganizations, None) => self.list_organizations(&asking),
            (Command::CreateKey { key }, _) => self.create_key(&asking, key),
            (Command::ListKeys { query }, _) => self.list_keys(&asking, &query),
            (Command::GetKey { key }, _) => self.get_key(&asking, &key),
            (Command::UpdateKey { key, changes }, _) => self.update_key(&asking, &key, changes),
            (Command::RevokeKey { key, revoke_in, reason }, _) => {
                self.revoke_key(&asking, &key, revoke_in, reason)
            }
            (Command::RollKey { key, grace }, _) => self.roll_key(&asking, &key, grace),
            (Command::DeleteKey { key, revoke }, _) => self.delete_key(&asking, &key, revoke),
            (Command::ListEvents { query }, _) => {
                asking.permit(Action::ReadEvents)?;
                let (events, count) = self.rows.events(&asking.owner, &query)?;
                Ok(Reply::Events { events, count })
            }
            // A command on an organization was sent for a user, or the other way round.
            _ => Err(ErrorCode::RouteNotFound.into()),
        }
    }

    fn put_organization(
        &mut self,
        asking: &Asking,
        existing: Option<Organization>,
        name: Title,
        first_owner: Option<OwnerId>,
    ) -> Result<Reply, Problem> {
        let id = asking.organization()?.clone();
        let actor = asking.principal.actor();
        if first_owner.is_some() && asking.principal != Principal::Root {
            return Err(Problem::field("/owner", "only the operator names the owner; you would be it"));
        }
        let Some(existing) = existing else {
            asking.permit(Action::CreateOrganization)?;
            let organization = Organization {
                id: id.clone(),
                name,
                created_at: self.now,
                created_by: actor.clone(),
                updated_at: self.now,
            };
            let details = [("name", organization.name.as_str().into())];
            let happened = Event::of_owner(Happened::OrganizationCreated, &actor, self.now, &details);
            let mut batch = Batch { organization: Some(organization.clone()), ..Batch::default() };
            self.note(&mut batch, &asking.owner, happened)?;
            if let Some(user) = first_owner.or_else(|| asking.principal.user().cloned()) {
                let owner = Member { user, role: Role::Owner, created_at: self.now, updated_at: self.now };
                self.add_member_change(&mut batch, asking, &organization, owner, Happened::MemberAdded)?;
            }
            self.rows.commit(batch, self.now)?;
            return Ok(Reply::Organization { organization, created: true });
        };
        if asking.permit(Action::ReadOrganization).is_err()
            && matches!(asking.principal, Principal::User { .. })
        {
            // Whoever may choose ids learns which are taken; there is nothing to hide behind a 404.
            return Err(ErrorCode::OrganizationIdTaken.into());
        }
        asking.permit(Action::RenameOrganization)?;
        if first_owner.is_some() {
            return Err(Problem::field("/owner", "can be named only when the organization is created"));
        }
        if existing.name == name {
            return Ok(Reply::Organization { organization: existing, created: false });
        }
        let organization = Organization { name, updated_at: self.now, ..existing };
        let details = [("name", organization.name.as_str().into())];
        let happened = Event::of_owner(Happened::OrganizationRenamed, &actor, self.now, &details);
        let mut batch = Batch { organization: Some(organization.clone()), ..Batch::default() };
        self.note(&mut batch, &asking.owner, happened)?;
        self.tell_members(&mut batch, &organization)?;
        self.rows.commit(batch, self.now)?;
        Ok(Reply::Organization { organization, created: false })
    }

    pub(super) fn note(&mut self, batch: &mut Batch, owner: &Owner, event: Event) -> Result<(), Problem> {
        batch.events.push((EventId::make(self.now, self.entropy)?, owner.clone(), event));
        Ok(())
    }
}
