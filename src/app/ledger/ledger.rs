//! Carries a call out: load, authorize, let the core decide, commit. Decides nothing itself.

use keyward_core::policy::{Action, Permission, permit};
use keyward_core::record::is_use_worth_noting;
use keyward_core::session::{Holder, Session};
use keyward_core::{
    Entropy, ErrorCode, Event, EventId, Issuer, KeyDigest, Owner, OwnerId, Principal, Role, Timestamp,
};

use super::call::{Call, Membership, Reply};
use super::organizations::get_organization;
use super::rows::{Batch, Read, Rows};
use crate::contract::{Command, describe, read_command};
use crate::http::{Answer, Incoming};
use crate::problem::Problem;
use crate::router::resolve;

/// What a call is carried out with.
#[derive(Debug)]
pub struct Handler<'a, R, E> {
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
pub fn handle<R: Rows, E: Entropy>(handler: &mut Handler<'_, R, E>, call: Call) -> Reply {
    match call {
        Call::Manage(principal, forwarded) => {
            let request_id = forwarded.request_id.clone();
            let answer = handler.manage(principal, &forwarded.into());
            Reply::Answer(answer.unwrap_or_else(|problem| Answer::problem(&problem, &request_id)))
        }
        other => handler.answer(other).unwrap_or(Reply::Failed),
    }
}

pub(super) fn granted(permission: Permission) -> Result<(), Problem> {
    if permission == Permission::Granted { Ok(()) } else { Err(permission.into()) }
}

/// Somebody who wants something of an owner.
pub(super) struct Asking {
    pub(super) principal: Principal,
    pub(super) owner: Owner,
    pub(super) role: Option<Role>,
}

impl Asking {
    pub(super) fn permit(&self, action: Action) -> Result<(), Problem> {
        granted(permit(&self.principal, self.role, action, &self.owner))
    }

    pub(super) fn organization(&self) -> Result<&OwnerId, Problem> {
        match &self.owner {
            Owner::Organization(id) => Ok(id),
            Owner::User(_) => Err(ErrorCode::RouteNotFound.into()),
        }
    }
}

impl<R: Rows, E: Entropy> Handler<'_, R, E> {
    fn answer(&mut self, call: Call) -> Read<Reply> {
        match call {
            Call::FindKey(digest) => {
                Ok(Reply::Key(self.rows.key_by_digest(&digest)?.map(Box::new), self.now))
            }
            Call::FindRole(organization, user) => {
                Ok(Reply::Role(self.rows.member(&organization, &user)?.map(|member| member.role)))
            }
            Call::FindMemberships(user) => Ok(Reply::Memberships(self.memberships(&user)?)),
            Call::FindName(organization) => {
                Ok(Reply::Name(self.rows.organization(&organization)?.map(|organization| organization.name)))
            }
            Call::NoteUse(used) => {
                let known = self.rows.key(&used.owner, &used.key)?;
                if known.is_some_and(|record| is_use_worth_noting(record.last_used_at, used.at)) {
                    self.rows.commit(Batch { used: Some(used), ..Batch::default() }, self.now)?;
                }
                Ok(Reply::Done)
            }
            Call::NoteMembership(membership) => {
                let newer = |known: &Membership| {
                    known.organization == membership.organization && known.version >= membership.version
                };
                if !self.rows.memberships(&membership.user)?.iter().any(newer) {
                    let batch = Batch { membership: Some(membership), ..Batch::default() };
                    self.rows.commit(batch, self.now)?;
                }
                Ok(Reply::Done)
            }
            Call::StartSession(session) => {
                let session = Session { started_at: self.now, seen_at: self.now, ..session };
                self.rows.commit(Batch { session: Some(session), ..Batch::default() }, self.now)?;
                Ok(Reply::Done)
            }
            Call::FindSession(digest) => self.find_session(&digest),
            Call::EndSession(digest) => {
                self.rows.commit(Batch { ended_session: Some(digest), ..Batch::default() }, self.now)?;
                Ok(Reply::Done)
            }
            Call::Manage(..) => Ok(Reply::Failed),
        }
    }

    fn find_session(&mut self, digest: &KeyDigest) -> Read<Reply> {
        let alive = self.rows.session(digest)?.filter(|session| session.is_alive(self.now));
        let Some(session) = alive else { return Ok(Reply::Session(None, self.now)) };
        let record = match &session.holder {
            Holder::Key(owner, id) => self.rows.key(owner, id)?.map(Box::new),
            Holder::Root(_) | Holder::User(..) => None,
        };
        if let Some(seen) = session.seen(self.now) {
            self.rows.commit(Batch { session: Some(seen), ..Batch::default() }, self.now)?;
        }
        Ok(Reply::Session(Some((session, record)), self.now))
    }

    fn manage(&mut self, principal: Principal, request: &Incoming) -> Result<Answer, Problem> {
        let (operation, names) =
            resolve(&request.method, &request.path).map_err(|_| Problem::new(ErrorCode::RouteNotFound))?;
        let (owner, command) = read_command(request, operation, names, &principal)?;
        let (organization, role) = match &owner {
            Owner::User(_) => (None, None),
            Owner::Organization(id) => {
                let member = principal.user().map(|user| self.rows.member(id, user)).transpose()?.flatten();
                let role = principal.role_in(id, member.map(|member| member.role));
                (self.rows.organization(id)?, role)
            }
        };
        let asking = Asking { principal, owner, role };
        match (command, organization) {
            (Command::PutOrganization(name, first_owner), existing) => {
                self.put_organization(&asking, existing, name, first_owner)
            }
            // For everybody alike: what does not exist, and what may not be seen.
            (_, None) if matches!(asking.owner, Owner::Organization(_)) => {
                Err(ErrorCode::OwnerNotFound.into())
            }
            (Command::GetOrganization, Some(organization)) => get_organization(&asking, &organization),
            (Command::ListMembers, Some(_)) => self.list_members(&asking),
            (Command::PutMember(user, role), Some(organization)) => {
                self.put_member(&asking, &organization, user, role)
            }
            (Command::RemoveMember(user), Some(organization)) => {
                self.remove_member(&asking, &organization, user)
            }
            (Command::ListOrganizations, None) => self.list_organizations(&asking),
            (Command::CreateKey(key), _) => self.create_key(&asking, key),
            (Command::ListKeys(query), _) => self.list_keys(&asking, &query),
            (Command::GetKey(key), _) => self.get_key(&asking, &key),
            (Command::UpdateKey(key, changes), _) => self.update_key(&asking, &key, changes),
            (Command::RevokeKey(key, revoke_in, reason), _) => {
                self.revoke_key(&asking, &key, revoke_in, reason)
            }
            (Command::RollKey(key, grace), _) => self.roll_key(&asking, &key, grace),
            (Command::DeleteKey(key, revoke), _) => self.delete_key(&asking, &key, revoke),
            (Command::ListEvents(query), _) => {
                asking.permit(Action::ReadEvents)?;
                let (events, count) = self.rows.events(&asking.owner, &query)?;
                Ok(Answer::json(200, &describe::page("events", &events, count, query.page)))
            }
            // The router sends no command on an organization for a user, nor the other way round.
            _ => Err(ErrorCode::RouteNotFound.into()),
        }
    }

    pub(super) fn note(&mut self, batch: &mut Batch, owner: &Owner, event: Event) -> Result<(), Problem> {
        let mut id = EventId::make(self.now, self.entropy)?;
        // What happens in one step happens in one millisecond: its ids, not their random parts, say in which order.
        for (earlier, ..) in &mut batch.events {
            if id < *earlier {
                std::mem::swap(&mut id, earlier);
            }
        }
        batch.events.push((id, owner.clone(), event));
        Ok(())
    }
}
