//! How things look in answers.

use keyward_core::Title;
use keyward_core::policy::Role;
use keyward_core::{Actor, Event, EventId, KeyRecord, KeyType, Owner, Reason, Scopes, Timestamp};
use serde_json::{Value, json};

use crate::ledger::call::{Member, Membership, Organization};

fn instant(at: Option<Timestamp>) -> Value {
    at.map(|at| at.to_string()).into()
}

fn actor(actor: &Actor) -> Value {
    json!({ "type": actor.type_name(), "id": actor.id() })
}

fn owner(owner: &Owner) -> Value {
    json!({ "type": owner.type_name(), "id": owner.id().as_str() })
}

pub(super) fn scopes(scopes: &Scopes) -> Value {
    scopes.iter().collect()
}

/// A key. `token` is a secret key's text in the one answer that may hold it; a publishable key's is always shown.
pub(super) fn key(record: &KeyRecord, now: Timestamp, token: Option<&str>) -> Value {
    let revocation = record.revocation.as_ref();
    let public = record.token.as_deref().filter(|_| record.key_type == KeyType::Publishable);
    json!({
        "id": record.id.as_str(),
        "type": record.key_type.as_str(),
        "owner": owner(&record.owner),
        "title": record.title.as_str(),
        "redacted": record.redacted.as_str(),
        "token": token.or(public),
        "scopes": scopes(&record.scopes),
        "metadata": Value::Object(record.metadata.clone().into()),
        "consistency": record.consistency.as_str(),
        "status": record.status(now).as_str(),
        "created_at": record.created_at.to_string(),
        "created_by": actor(&record.created_by),
        "updated_at": record.updated_at.to_string(),
        "last_used_at": instant(record.last_used_at),
        "expires_at": instant(record.expires_at),
        "revoked_at": instant(revocation.map(|revocation| revocation.at)),
        "revoked_by": revocation.map(|revocation| actor(&revocation.by)),
        "revocation_reason": revocation.and_then(|revocation| revocation.reason.as_ref()).map(Reason::as_str),
    })
}

/// A key in a verdict: without what the projection does not know, and without any token.
pub(super) fn verified_key(record: &KeyRecord, now: Timestamp) -> Value {
    let mut described = key(record, now, None);
    if let Some(fields) = described.as_object_mut() {
        fields.remove("token");
        fields.remove("last_used_at");
    }
    described
}

pub(super) fn event((id, event): &(EventId, Event)) -> Value {
    json!({
        "id": id.as_str(),
        "at": event.at.to_string(),
        "action": event.action.as_str(),
        "actor": actor(&event.actor),
        "key": event.key.as_ref().map(|key| json!({
            "id": key.id.as_str(), "title": key.title.as_str(), "redacted": key.redacted.as_str(),
        })),
        "details": Value::Object(event.details.clone()),
    })
}

pub(super) fn organization(organization: &Organization) -> Value {
    json!({
        "id": organization.id.as_str(),
        "name": organization.name.as_str(),
        "created_at": organization.created_at.to_string(),
        "created_by": actor(&organization.created_by),
        "updated_at": organization.updated_at.to_string(),
    })
}

pub(super) fn member(member: &Member) -> Value {
    json!({
        "user": member.user.as_str(),
        "role": member.role.as_str(),
        "created_at": member.created_at.to_string(),
        "updated_at": member.updated_at.to_string(),
    })
}

pub(super) fn membership(membership: &Membership) -> Value {
    json!({
        "id": membership.organization.as_str(),
        "name": membership.name.as_ref().map(Title::as_str),
        "role": membership.role.map(Role::as_str),
    })
}
