//! How things look in answers.

use keyward_core::{Event, EventId, KeyRecord, KeyType, Reason, Timestamp};
use serde_json::{Value, json};

use crate::ledger::call::{Member, Membership, Organization};

fn instant(at: Option<Timestamp>) -> Value {
    at.map(|at| at.to_string()).into()
}

/// A key. `token` is a secret key's text in the one answer that may hold it; a publishable key's is always shown.
pub(super) fn key(record: &KeyRecord, now: Timestamp, token: Option<&str>) -> Value {
    let revocation = record.revocation.as_ref();
    let public = record.token.as_deref().filter(|_| record.key_type == KeyType::Publishable);
    json!({
        "id": record.id,
        "type": record.key_type.as_str(),
        "owner": record.owner,
        "title": record.title,
        "redacted": record.redacted,
        "token": token.or(public),
        "scopes": record.scopes,
        "metadata": record.metadata,
        "consistency": record.consistency.as_str(),
        "status": record.status(now).as_str(),
        "created_at": record.created_at.to_string(),
        "created_by": record.created_by,
        "updated_at": record.updated_at.to_string(),
        "last_used_at": instant(record.last_used_at),
        "expires_at": instant(record.expires_at),
        "revoked_at": instant(revocation.map(|revocation| revocation.at)),
        "revoked_by": revocation.map(|revocation| &revocation.by),
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
        "id": id,
        "at": event.at.to_string(),
        "action": event.action,
        "actor": event.actor,
        "key": event.key,
        "details": event.details,
    })
}

pub(super) fn organization(organization: &Organization) -> Value {
    json!({
        "id": organization.id,
        "name": organization.name,
        "created_at": organization.created_at.to_string(),
        "created_by": organization.created_by,
        "updated_at": organization.updated_at.to_string(),
    })
}

pub(super) fn member(member: &Member) -> Value {
    json!({
        "user": member.user,
        "role": member.role,
        "created_at": member.created_at.to_string(),
        "updated_at": member.updated_at.to_string(),
    })
}

pub(super) fn membership(membership: &Membership) -> Value {
    json!({ "id": membership.organization, "name": membership.name, "role": membership.role })
}
