//! The shapes of who calls: sessions as they are stored, principals as they travel to ledgers.

use keyward_core::principal::{AssertedMembership, Principal, Role};
use keyward_core::session::{Session, SessionSubject};
use keyward_core::{Consistency, KeyDigest, KeyType, RootKeyId};
use serde_json::{Value, json};

use super::{KEY, SESSION, assert_pinned, key_id, losses, read, session_id, with};
use crate::support::{at, id, scopes, shape, user};

fn asserted() -> Vec<AssertedMembership> {
    vec![AssertedMembership { organization: id("acme"), role: Role::Admin }]
}

/// Ledgers hold sessions in this shape. Changing it ends every session, or needs a migration.
#[test]
fn stored_session_of_each_subject_has_the_pinned_shape() {
    for (subject, pinned) in [
        (
            SessionSubject::Root { digest: KeyDigest::of("root") },
            json!({"root": {"digest": "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2"}}),
        ),
        (
            SessionSubject::User { id: id("ada"), asserted: asserted() },
            json!({"user": {"id": "ada", "asserted": [{"organization": "acme", "role": "admin"}]}}),
        ),
        (
            SessionSubject::Key { owner: user("ada"), id: key_id() },
            json!({"key": {"owner": {"type": "user", "id": "ada"}, "id": KEY}}),
        ),
    ] {
        let variant = pinned.as_object().and_then(|all| all.keys().next()).expect("a variant");
        let subject_path = format!("/subject/{variant}");
        let session = Session {
            id: session_id(),
            digest: KeyDigest::of("token"),
            subject,
            started_at: at(1),
            seen_at: at(2),
            vouched_until: Some(at(3)),
            issuer: Some("https://id.example/".to_owned()),
            address: Some("192.0.2.1".to_owned()),
            user_agent: Some("Mozilla/5.0".to_owned()),
        };
        let pinned = json!({
            "id": SESSION,
            "digest": "3c469e9d6c5875d37a43f353d4f88e61fcf812c66eee3457465a40b0da4153e0",
            "subject": pinned,
            "started_at": "2026-11-21T08:00:00.001Z",
            "seen_at": "2026-11-21T08:00:00.002Z",
            "vouched_until": "2026-11-21T08:00:00.003Z",
            "issuer": "https://id.example/",
            "address": "192.0.2.1",
            "user_agent": "Mozilla/5.0",
        });
        assert_pinned(&session, &pinned);
        // One that has lost its end must not become one that lasts longer.
        for (name, lost) in losses(&pinned, "").into_iter().chain(losses(&pinned, &subject_path)) {
            let is_harmless = ["issuer", "address", "user_agent"].contains(&name.as_str());
            assert_eq!(read::<Session>(&lost).is_some(), is_harmless, "{name}");
        }
        let optional = ["/vouched_until", "/issuer", "/address", "/user_agent"];
        let bare = optional.iter().fold(pinned, |pinned, path| with(&pinned, path, Value::Null));
        let session =
            Session { vouched_until: None, issuer: None, address: None, user_agent: None, ..session };
        assert_pinned(&session, &bare);
    }
}

/// The worker sends principals to ledgers in this shape, and both may be of different versions for a while.
#[test]
fn principals_have_the_pinned_shape_between_worker_and_ledger() {
    let key = Principal::Key {
        id: key_id(),
        key_type: KeyType::Secret,
        owner: user("ada"),
        scopes: scopes(&["keys:read", "*"]),
        ends_at: Some(at(5)),
        consistency: Consistency::Strong,
    };
    let owner = json!({"type": "user", "id": "ada"});
    for (principal, pinned) in [
        (
            Principal::User { id: id("ada"), asserted: asserted() },
            json!({"User": {"id": "ada", "asserted": [{"organization": "acme", "role": "admin"}]}}),
        ),
        (
            Principal::Root { id: RootKeyId::parse("root_0123456789abcdef").expect("id") },
            json!({"Root": {"id": "root_0123456789abcdef"}}),
        ),
        (
            key,
            json!({"Key": {"id": KEY, "key_type": "secret", "owner": owner, "scopes": ["*", "keys:read"], "ends_at": at(5).to_string(), "consistency": "strong"}}),
        ),
    ] {
        assert_eq!(shape(&principal), pinned);
        assert_eq!(read(&pinned), Some(principal));
        let variant = pinned.as_object().and_then(|all| all.keys().next()).expect("a variant");
        let path = &format!("/{variant}");
        for (name, lost) in losses(&pinned, path) {
            assert!(read::<Principal>(&lost).is_none(), "{name}");
        }
    }
    assert!(read::<Principal>(&json!("Operator")).is_none());
}
