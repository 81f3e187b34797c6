//! The shapes in which events are stored.

use keyward_core::event::{Change, FieldChange, KeyReference, Via};
use keyward_core::principal::Role;
use keyward_core::{ActorName, Event, KeyType, RequestContext, Source};
use serde_json::{Value, json};

use super::{KEY, SESSION, assert_pinned, key_id, session_id, with};
use crate::support::{actor, at, id, reason, scopes, title};

/// A change, its action, and its particulars as they are stored.
type PinnedChange = (Change, &'static str, Value);

fn changes_of_keys() -> Vec<PinnedChange> {
    let reason = Some(reason("leaked"));
    let scopes = scopes(&["orders:write", "orders:read"]);
    let (expires_at, rolled_from) = (Some(at(4)), Some(key_id()));
    let renamed = FieldChange { field: "title".into(), old: json!("CI"), new: json!("Deploys") };
    vec![
        (
            Change::KeyCreated {
                key_type: KeyType::Secret,
                scopes,
                expires_at,
                revoked_at: None,
                rolled_from,
            },
            "key.created",
            json!({
                "type": "secret", "scopes": ["orders:read", "orders:write"], "expires_at": at(4), "revoked_at": null,
                "rolled_from": KEY,
            }),
        ),
        (
            Change::KeyImported {
                key_type: KeyType::Publishable,
                scopes: keyward_core::Scopes::default(),
                expires_at: None,
                revoked_at: Some(at(5)),
                created_at: at(1),
            },
            "key.imported",
            json!({
                "type": "publishable", "scopes": [], "expires_at": null, "revoked_at": at(5), "created_at": at(1),
            }),
        ),
        (
            Change::KeyUpdated { changes: vec![renamed] },
            "key.updated",
            json!({"changes": [{"field": "title", "old": "CI", "new": "Deploys"}]}),
        ),
        (
            Change::KeyRevoked {
                revoked_at: at(5),
                old_revoked_at: Some(at(6)),
                reason,
                old_reason: None,
                created_by: Some(ActorName::User(id("bob"))),
                via: Some(Via::Possession),
                source: Source::of("app/.env:7"),
            },
            "key.revoked",
            json!({
                "revoked_at": at(5), "old_revoked_at": at(6), "reason": "leaked", "old_reason": null,
                "created_by": "user:bob", "via": "possession", "source": "app/.env:7",
            }),
        ),
        (
            Change::KeyRolled { rolled_to: key_id(), revoked_at: at(5), old_revoked_at: None },
            "key.rolled",
            json!({"rolled_to": KEY, "revoked_at": at(5), "old_revoked_at": null}),
        ),
        (Change::KeyRefused { count: 7, since: at(6) }, "key.refused", json!({"count": 7, "since": at(6)})),
        (Change::KeyDeleted, "key.deleted", json!({})),
    ]
}

fn changes_of_people() -> Vec<PinnedChange> {
    let (user, name) = (id("bob"), title("Acme"));
    vec![
        (Change::OrganizationCreated { name: name.clone() }, "organization.created", json!({"name": "Acme"})),
        (
            Change::OrganizationRenamed { name: name.clone(), old_name: title("Acne") },
            "organization.renamed",
            json!({"name": "Acme", "old_name": "Acne"}),
        ),
        (
            Change::OrganizationUpdated {
                changes: vec![FieldChange {
                    field: "max_staleness_seconds".into(),
                    old: json!(30),
                    new: json!(10),
                }],
            },
            "organization.updated",
            json!({"changes": [{"field": "max_staleness_seconds", "old": 30, "new": 10}]}),
        ),
        (
            Change::OrganizationDeleted { organization: id("acme"), name: name.clone() },
            "organization.deleted",
            json!({"organization": "acme", "name": "Acme"}),
        ),
        (Change::UserDeleted { user: user.clone() }, "user.deleted", json!({"user": "bob"})),
        (
            Change::InvitationCreated { user: user.clone(), role: Role::Admin },
            "invitation.created",
            json!({"user": "bob", "role": "admin"}),
        ),
        (
            Change::InvitationAccepted { user: user.clone(), role: Role::Admin },
            "invitation.accepted",
            json!({"user": "bob", "role": "admin"}),
        ),
        (
            Change::InvitationDeleted { user: user.clone(), role: Some(Role::Admin) },
            "invitation.deleted",
            json!({"user": "bob", "role": "admin"}),
        ),
        (
            Change::MemberAdded { user: user.clone(), role: Role::Member },
            "member.added",
            json!({"user": "bob", "role": "member"}),
        ),
        (
            Change::MemberChanged { user: user.clone(), role: Role::Owner, old_role: Role::Admin },
            "member.changed",
            json!({"user": "bob", "role": "owner", "old_role": "admin"}),
        ),
        (
            Change::MemberRemoved { user, old_role: Some(Role::Member) },
            "member.removed",
            json!({"user": "bob", "old_role": "member"}),
        ),
        (Change::SessionStarted { session: session_id() }, "session.started", json!({"session": SESSION})),
        (
            Change::SessionEnded { count: 1, session: Some(session_id()) },
            "session.ended",
            json!({"count": 1, "session": SESSION}),
        ),
        (
            Change::SessionEnded { count: 3, session: None },
            "session.ended",
            json!({"count": 3, "session": null}),
        ),
    ]
}

/// Ledgers hold events in this shape, and the trail is never rewritten: the words of actions are for good.
#[test]
fn stored_event_of_each_kind_has_the_pinned_shape() {
    let mut named = Vec::new();
    for (change, action, details) in changes_of_keys().into_iter().chain(changes_of_people()) {
        let mut pinned = json!({
            "at": "2026-11-21T08:00:00.001Z",
            "actor": {"type": "user", "id": "ada", "key": null},
            "key": {"id": KEY, "title": "CI", "redacted": "kw_sk_test_***JnsL"},
            "change": details,
            "request": {"request_id": "req_7", "address": "::1", "user_agent": null},
        });
        pinned["change"]["action"] = json!(action);
        let redacted = "kw_sk_test_***JnsL".to_owned();
        let key = KeyReference { id: key_id(), title: title("CI"), redacted };
        named.push(action);
        let request = RequestContext::new("req_7", Some("::1"), None);
        let event = Event { at: at(1), actor: actor("ada"), key: Some(key), change, request };
        assert_pinned(&event, &pinned);
        assert_pinned(&Event { key: None, ..event }, &with(&pinned, "/key", Value::Null));
    }
    named.dedup();
    assert_eq!(named, Change::ACTIONS);
}

#[test]
fn every_action_can_be_filtered_by() {
    // serde lists the variants when it is given another.
    let error = serde_json::from_value::<Change>(json!({"action": "?"})).expect_err("no action").to_string();
    let variants: Vec<&str> = error.split('`').skip(3).step_by(2).collect();
    assert_eq!(variants, Change::ACTIONS);
}
