//! How things look in answers.

use keyward_core::query::Page;
use keyward_core::{
    Actor, Consistency, Event, EventId, KeyRecord, KeyType, Member, Organization, Owner, Principal, Reason,
    Role, Scopes, Timestamp, Title,
};
use serde_json::{Value, json};

use crate::config::Config;
use crate::http::Answer;
use crate::ledger::call::Membership;
use crate::projection::STALENESS_MAX_SECONDS;
use crate::usecases::authenticate::Authenticated;
use crate::usecases::verify::Verification;

fn instant(at: Option<Timestamp>) -> Value {
    at.map(|at| at.to_string()).into()
}

fn actor(actor: &Actor) -> Value {
    json!({ "type": actor.type_name(), "id": actor.id() })
}

fn owner(owner: &Owner) -> Value {
    json!({ "type": owner.type_name(), "id": owner.id().as_str() })
}

fn scopes(scopes: &Scopes) -> Value {
    scopes.iter().collect()
}

/// A key. `token` is a secret key's text in the one answer that may hold it; a publishable key's is always shown.
pub(crate) fn key(record: &KeyRecord, now: Timestamp, token: Option<&str>) -> Value {
    let public = record.token.as_deref().filter(|_| record.key_type == KeyType::Publishable);
    let mut described = verified_key(record, now);
    if let Some(fields) = described.as_object_mut() {
        fields.insert("token".into(), token.or(public).into());
        fields.insert("last_used_at".into(), instant(record.last_used_at));
    }
    described
}

/// A key in a verdict: without what the projection does not know, and without any token.
fn verified_key(record: &KeyRecord, now: Timestamp) -> Value {
    let revocation = record.revocation.as_ref();
    json!({
        "id": record.id.as_str(),
        "type": record.key_type.as_str(),
        "owner": owner(&record.owner),
        "title": record.title.as_str(),
        "redacted": record.redacted.as_str(),
        "scopes": scopes(&record.scopes),
        "metadata": Value::Object(record.metadata.clone().into()),
        "consistency": record.consistency.as_str(),
        "status": record.status(now).as_str(),
        "created_at": record.created_at.to_string(),
        "created_by": actor(&record.created_by),
        "updated_at": record.updated_at.to_string(),
        "expires_at": instant(record.expires_at),
        "revoked_at": instant(revocation.map(|revocation| revocation.at)),
        "revoked_by": revocation.map(|revocation| actor(&revocation.by)),
        "revocation_reason": revocation.and_then(|revocation| revocation.reason.as_ref()).map(Reason::as_str),
    })
}

/// An event; this is the form in which it is stored as well.
pub(crate) fn event(id: &EventId, event: &Event) -> Value {
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

pub(crate) fn organization(organization: &Organization) -> Value {
    json!({
        "id": organization.id.as_str(),
        "name": organization.name.as_str(),
        "created_at": organization.created_at.to_string(),
        "created_by": actor(&organization.created_by),
        "updated_at": organization.updated_at.to_string(),
    })
}

pub(crate) fn member(member: &Member) -> Value {
    json!({
        "user": member.user.as_str(),
        "role": member.role.as_str(),
        "created_at": member.created_at.to_string(),
        "updated_at": member.updated_at.to_string(),
    })
}

pub(crate) fn membership(membership: &Membership) -> Value {
    json!({
        "id": membership.organization.as_str(),
        "name": membership.name.as_ref().map(Title::as_str),
        "role": membership.role.map(Role::as_str),
    })
}

/// One page of a list.
pub(crate) fn page(name: &str, items: &[Value], count: u32, page: Page) -> Value {
    json!({ name: items, "count": count, "limit": page.limit, "offset": page.offset })
}

/// A key that was just issued, with the text that is shown this once.
pub(crate) fn issued(
    record: &KeyRecord,
    token: &str,
    replaced: Option<&KeyRecord>,
    now: Timestamp,
) -> Answer {
    let mut body = key(record, now, Some(token));
    if let (Some(fields), Some(old)) = (body.as_object_mut(), replaced) {
        fields.insert("rolled".into(), key(old, now, None));
    }
    let owner = &record.owner;
    let place = format!("/v1/{}s/{}/keys/{}", owner.type_name(), owner.id(), record.id);
    Answer::json(201, &body).with("location", place)
}

/// A key that was just revoked, with what that means.
pub(crate) fn revoked(record: &KeyRecord, now: Timestamp) -> Answer {
    let mut body = key(record, now, None);
    if let Some(fields) = body.as_object_mut() {
        let effective = json!({ "strong": "now", "fast_within_seconds": STALENESS_MAX_SECONDS });
        fields.insert("effective".into(), effective);
    }
    Answer::json(200, &body)
}

/// A verdict.
pub(crate) fn verification(verification: &Verification) -> Value {
    let code = verification.verdict.as_str();
    let Some(record) = &verification.record else { return json!({ "valid": false, "code": code }) };
    let staleness = match verification.consistency {
        Consistency::Fast => STALENESS_MAX_SECONDS,
        Consistency::Strong => 0,
    };
    json!({
        "valid": true,
        "code": code,
        "key": verified_key(record, verification.now),
        "consistency": verification.consistency.as_str(),
        "max_staleness_seconds": staleness,
    })
}

/// Who is asking.
pub(crate) fn whoami(who: &Authenticated, memberships: &[Membership]) -> Value {
    let every_scope = || json!([Scopes::ALL]);
    let (kind, id, held) = match &who.principal {
        Principal::Root => ("root", None, every_scope()),
        Principal::User { id, .. } => ("user", Some(id.as_str()), every_scope()),
        Principal::Key { id, scopes: held, .. } => ("key", Some(id.as_str()), scopes(held)),
    };
    let organizations: Vec<Value> = memberships.iter().map(membership).collect();
    let key = who.key.as_ref().map(|(record, now)| key(record, *now, None));
    json!({ "type": kind, "id": id, "scopes": held, "organizations": organizations, "key": key })
}

/// How people may sign in, and what keys look like here.
pub(crate) fn session_options(config: &Config) -> Value {
    let provider = config.providers.bearer.as_ref();
    let provider = provider.map(|provider| {
        json!({ "issuer": provider.issuer.as_str(), "sign_in_url": provider.sign_in_url.as_deref() })
    });
    json!({
        "identity_provider": provider,
        "brand": config.issuer.brand.as_str(),
        "environment": config.issuer.environment.as_str(),
    })
}
