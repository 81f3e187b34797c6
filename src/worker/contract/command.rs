//! What somebody may want of an owner's ledger, and how a request says so.

use keyward_core::life::{Changes, NewKey, REVOKE_IN_MAX_SECONDS};
use keyward_core::query::{EventQuery, KeyQuery};
use keyward_core::{Consistency, ErrorCode, KeyId, KeyType, Owner, OwnerId, Principal, Reason, Role, Title};

use super::read;
use crate::http::Incoming;
use crate::http::fields::{seconds, text, timestamp, word};
use crate::http::params::boolean;
use crate::problem::Problem;
use crate::router::{Names, Operation};
use crate::usecases::verify::Verify;

/// What somebody may want of an owner's ledger.
#[derive(Debug, Clone)]
pub enum Command {
    /// Create or rename the organization; the operator may name who is to own a new one.
    PutOrganization(Title, Option<OwnerId>),
    /// Read the organization.
    GetOrganization,
    /// Read the members.
    ListMembers,
    /// Add a member or change the role.
    PutMember(OwnerId, Role),
    /// Remove a member.
    RemoveMember(OwnerId),
    /// Read which organizations the user belongs to.
    ListOrganizations,
    /// Create a key.
    CreateKey(NewKey),
    /// Read a page of keys.
    ListKeys(KeyQuery),
    /// Read a key.
    GetKey(KeyId),
    /// Change a key.
    UpdateKey(KeyId, Changes),
    /// Revoke a key in so many seconds.
    RevokeKey(KeyId, u32, Option<Reason>),
    /// Replace a key by a new one; the old one still works for so many seconds.
    RollKey(KeyId, u32),
    /// Delete a key; `true` revokes it first, in the same step, if it is not revoked.
    DeleteKey(KeyId, bool),
    /// Read a page of the audit trail.
    ListEvents(EventQuery),
}

/// Reads whose ledger is concerned and what is wanted of it.
///
/// # Errors
/// Whatever is wrong with path, query or body; `route.not_found` for an operation that concerns no ledger.
pub fn read_command(
    request: &Incoming,
    operation: Operation,
    names: Names<'_>,
    principal: &Principal,
) -> Result<(Owner, Command), Problem> {
    let asking = principal.user();
    let owner = names.owner(asking)?;
    let takes_parameters =
        matches!(operation, Operation::ListKeys | Operation::ListEvents | Operation::DeleteKey);
    if !takes_parameters {
        request.params(&[])?;
    }
    let command = match operation {
        Operation::PutOrganization => put_organization(request)?,
        Operation::GetOrganization => Command::GetOrganization,
        Operation::ListMembers => Command::ListMembers,
        Operation::PutMember => put_member(request, names.user(asking)?)?,
        Operation::RemoveMember => {
            request.no_fields()?;
            Command::RemoveMember(names.user(asking)?)
        }
        Operation::ListOrganizations => Command::ListOrganizations,
        Operation::CreateKey => create_key(request)?,
        Operation::ListKeys => Command::ListKeys(read::key_query(request)?),
        Operation::GetKey => Command::GetKey(names.key()?),
        Operation::UpdateKey => update_key(request, names.key()?)?,
        Operation::RevokeKey => revoke_key(request, names.key()?)?,
        Operation::RollKey => roll_key(request, names.key()?)?,
        Operation::DeleteKey => delete_key(request, names.key()?)?,
        Operation::ListEvents => Command::ListEvents(read::event_query(request)?),
        Operation::Health
        | Operation::VerifyKey
        | Operation::Whoami
        | Operation::StartSession
        | Operation::EndSession
        | Operation::SessionOptions => {
            return Err(ErrorCode::RouteNotFound.into());
        }
    };
    Ok((owner, command))
}

fn put_organization(request: &Incoming) -> Result<Command, Problem> {
    let mut fields = request.fields(&["name", "owner"])?;
    let name = fields.required("name", text(Title::parse));
    let first_owner = fields.nullable("owner", text(OwnerId::parse_user)).flatten();
    fields.finish(name.map(|name| Command::PutOrganization(name, first_owner)))
}

fn put_member(request: &Incoming, user: OwnerId) -> Result<Command, Problem> {
    let mut fields = request.fields(&["role"])?;
    let role = fields.required("role", word(&Role::ALL, Role::as_str));
    fields.finish(role.map(|role| Command::PutMember(user, role)))
}

fn create_key(request: &Incoming) -> Result<Command, Problem> {
    let mut fields = request.fields(&["type", "title", "scopes", "metadata", "consistency", "expires_at"])?;
    let key_type = fields.optional("type", word(&KeyType::ALL, KeyType::as_str));
    let title = fields.required("title", text(Title::parse));
    let scopes = fields.optional("scopes", read::scopes);
    let metadata = fields.optional("metadata", read::metadata);
    let consistency = fields.optional("consistency", word(&Consistency::ALL, Consistency::as_str));
    let expires_at = fields.nullable("expires_at", timestamp);
    fields.finish(title.map(|title| {
        Command::CreateKey(NewKey {
            key_type: key_type.unwrap_or(KeyType::Secret),
            title,
            scopes: scopes.unwrap_or_default(),
            metadata: metadata.unwrap_or_default(),
            consistency: consistency.unwrap_or_default(),
            expires_at: expires_at.flatten(),
        })
    }))
}

fn update_key(request: &Incoming, key: KeyId) -> Result<Command, Problem> {
    let mut fields = request.fields(&["title", "scopes", "metadata", "expires_at", "consistency"])?;
    let changes = Changes {
        title: fields.optional("title", text(Title::parse)),
        scopes: fields.optional("scopes", read::scopes),
        metadata: fields.optional("metadata", read::metadata),
        expires_at: fields.nullable("expires_at", timestamp),
        consistency: fields.optional("consistency", word(&Consistency::ALL, Consistency::as_str)),
    };
    let changes = fields.finish(Some(changes))?;
    if changes.is_empty() {
        return Err(Problem::field("", "holds nothing to change"));
    }
    Ok(Command::UpdateKey(key, changes))
}

fn revoke_key(request: &Incoming, key: KeyId) -> Result<Command, Problem> {
    let mut fields = request.fields(&["revoke_in", "reason"])?;
    let revoke_in = fields.optional("revoke_in", seconds(REVOKE_IN_MAX_SECONDS)).unwrap_or(0);
    let reason = fields.nullable("reason", text(Reason::parse)).flatten();
    fields.finish(Some(Command::RevokeKey(key, revoke_in, reason)))
}

fn roll_key(request: &Incoming, key: KeyId) -> Result<Command, Problem> {
    let mut fields = request.fields(&["grace"])?;
    let grace = fields.optional("grace", seconds(REVOKE_IN_MAX_SECONDS)).unwrap_or(0);
    fields.finish(Some(Command::RollKey(key, grace)))
}

fn delete_key(request: &Incoming, key: KeyId) -> Result<Command, Problem> {
    let mut params = request.params(&["revoke"])?;
    let revoke = params.optional("revoke", boolean).unwrap_or(false);
    let command = params.finish(Command::DeleteKey(key, revoke))?;
    request.no_fields()?;
    Ok(command)
}

/// Reads what is asked about a key.
///
/// # Errors
/// Whatever is wrong with query or body.
pub fn read_verify(request: &Incoming) -> Result<Verify, Problem> {
    request.params(&[])?;
    let mut fields = request.fields(&["key", "organization", "scopes", "consistency"])?;
    let key = fields.required("key", text(|text| Ok::<_, String>(text.to_owned())));
    let organization = fields.nullable("organization", text(OwnerId::parse));
    let scopes = fields.optional("scopes", read::scopes);
    let consistency = fields.optional("consistency", word(&Consistency::ALL, Consistency::as_str));
    fields.finish(key.map(|key| Verify {
        key,
        organization: organization.flatten(),
        scopes: scopes.unwrap_or_default(),
        consistency: consistency.unwrap_or_default(),
    }))
}
