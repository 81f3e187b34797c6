//! Organizations, their members, and the audit trail.

use keyward_core::policy::Role;
use keyward_core::{ErrorCode, OwnerId, Title};
use serde_json::{Value, json};

use super::{Asked, describe, read};
use crate::http::Answer;
use crate::http::fields::{text, word};
use crate::ledger::{Command, Reply};
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> Asked<'_, P> {
    /// Carries out a command on the owner that the path names.
    pub(super) async fn command(&self, command: Command) -> Result<Reply, Problem> {
        let owner = self.names.owner(self.principal().user())?;
        self.app.manage(self.principal(), owner, command).await
    }

    pub(super) async fn put_organization(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let mut fields = self.request.fields(&["name", "owner"])?;
        let name = fields.required("name", text(Title::parse));
        let first_owner = fields.nullable("owner", text(OwnerId::parse)).flatten();
        let command = fields.finish(name.map(|name| Command::PutOrganization { name, first_owner }))?;
        match self.command(command).await? {
            Reply::Organization { organization, created } => {
                let body = describe::organization(&organization);
                let answer = Answer::json(if created { 201 } else { 200 }, body);
                let place = format!("/v1/organizations/{}", organization.id);
                Ok(if created { answer.with("location", place) } else { answer })
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }

    pub(super) async fn get_organization(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        match self.command(Command::GetOrganization).await? {
            Reply::Organization { organization, .. } => {
                Ok(Answer::json(200, describe::organization(&organization)))
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }

    pub(super) async fn list_members(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        match self.command(Command::ListMembers).await? {
            Reply::Members { members } => {
                let members: Vec<Value> = members.iter().map(describe::member).collect();
                Ok(Answer::json(200, json!({ "members": members })))
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }

    pub(super) async fn put_member(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let user = self.names.user(self.principal().user())?;
        let mut fields = self.request.fields(&["role"])?;
        let role = fields.required("role", word(&Role::ALL, Role::as_str));
        let command = fields.finish(role.map(|role| Command::PutMember { user, role }))?;
        match self.command(command).await? {
            Reply::Member { member, created } => {
                Ok(Answer::json(if created { 201 } else { 200 }, describe::member(&member)))
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }

    pub(super) async fn remove_member(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        self.request.no_fields()?;
        let user = self.names.user(self.principal().user())?;
        self.command(Command::RemoveMember { user }).await.map(|_| Answer::no_content())
    }

    pub(super) async fn list_organizations(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        match self.command(Command::ListOrganizations).await? {
            Reply::Organizations { memberships } => {
                let organizations: Vec<Value> = memberships.iter().map(describe::membership).collect();
                Ok(Answer::json(200, json!({ "organizations": organizations })))
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }

    pub(super) async fn list_events(&self) -> Result<Answer, Problem> {
        let query = read::event_query(self.request)?;
        let page = query.page;
        match self.command(Command::ListEvents { query }).await? {
            Reply::Events { events, count } => {
                let events: Vec<Value> = events.iter().map(describe::event).collect();
                let body =
                    json!({ "events": events, "count": count, "limit": page.limit, "offset": page.offset });
                Ok(Answer::json(200, body))
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }
}
