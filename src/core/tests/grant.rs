//! A key gives nothing that it does not have itself.

use keyward_core::Consistency::{Fast, Strong};
use keyward_core::grant::{Excess, to_change, to_change_at_all, to_create, to_roll};
use keyward_core::settings::{KeyChanges, NewKey};
use keyward_core::{
    Consistency, KeyDigest, KeyRecord, KeyType, Links, Metadata, Owner, Principal, Revocation, RootKeyId,
    Timestamp,
};
use serde_json::{Value, json};

use crate::support::{actor, at, created, deployment, id, issue, key_id, organization, scopes, title, user};

/// A key that calls, and may write keys.
fn caller(owner: Owner, held: &[&str], ends_at: Option<Timestamp>, consistency: Consistency) -> Principal {
    let scopes = scopes(held);
    Principal::Key { id: key_id(1), key_type: KeyType::Secret, owner, scopes, ends_at, consistency }
}

/// The owners of keys that may write keys. The rules are the same for all of them.
fn owners() -> [Owner; 3] {
    [organization("acme"), user("ada"), Owner::DEPLOYMENT]
}

/// People decide freely.
fn people() -> [Principal; 2] {
    let root = RootKeyId::of(&KeyDigest::of("root"));
    [Principal::Root { id: root }, Principal::User { id: id("ada"), asserted: vec![] }]
}

fn new(held: &[&str], expires_at: Option<Timestamp>, consistency: Consistency) -> NewKey {
    let (scopes, title) = (scopes(held), title("k"));
    NewKey {
        key_type: KeyType::Secret,
        title,
        scopes,
        metadata: Metadata::default(),
        consistency,
        expires_at,
        links: Links::default(),
    }
}

fn record(
    held: &[&str],
    expires_at: Option<Timestamp>,
    revoked_at: Option<Timestamp>,
    consistency: Consistency,
) -> KeyRecord {
    let owner = organization("acme");
    let issued = issue(&deployment(), KeyType::Secret, &owner, 7);
    let revocation = revoked_at.map(|at| Revocation { at, by: actor("ada"), reason: None });
    KeyRecord { revocation, ..created(new(held, expires_at, consistency), &owner, &issued) }
}

fn changes(value: Value) -> KeyChanges {
    serde_json::from_value(value).expect("changes")
}

const SOON: i64 = 1_000;
const LATER: i64 = 2_000;

#[test]
fn a_key_creates_only_what_holds_no_more_ends_no_later_and_is_verified_no_less_strictly_than_itself() {
    let (soon, later) = (Some(at(SOON)), Some(at(LATER)));
    for (held, ends_at, consistency, wanted, expected) in [
        (&["a"][..], None, Fast, new(&["a"], None, Fast), Ok(())),
        (&["*"], None, Fast, new(&["a", "*"], None, Strong), Ok(())),
        (&["a"], None, Fast, new(&["b"], None, Fast), Err(Excess::Scopes)),
        (&["a"], None, Fast, new(&["*"], None, Fast), Err(Excess::Scopes)),
        (&["a"], later, Fast, new(&[], None, Fast), Err(Excess::End(at(LATER)))),
        (&["a"], later, Fast, new(&[], Some(at(LATER + 1)), Fast), Err(Excess::End(at(LATER)))),
        (&["a"], later, Fast, new(&[], later, Fast), Ok(())),
        (&["a"], later, Fast, new(&[], soon, Fast), Ok(())),
        (&["a"], None, Strong, new(&[], None, Fast), Err(Excess::Consistency)),
        (&["a"], None, Strong, new(&[], None, Strong), Ok(())),
    ] {
        for owner in owners() {
            let caller = caller(owner, held, ends_at, consistency);
            assert_eq!(to_create(&caller, &wanted), expected, "{caller:?} {wanted:?}");
        }
        for person in people() {
            assert_eq!(to_create(&person, &wanted), Ok(()));
        }
    }
}

#[test]
fn a_key_changes_no_key_that_holds_more_than_itself_in_any_way() {
    let stronger = record(&["a", "b"], Some(at(LATER)), None, Strong);
    let refused = Err(Excess::StrongerKey);
    for change in [
        json!({ "title": "t" }),
        json!({ "metadata": {} }),
        json!({ "scopes": [] }),
        json!({ "consistency": "strong" }),
        json!({ "expires_at": at(SOON) }),
    ] {
        for owner in owners() {
            let caller = caller(owner, &["a"], None, Fast);
            assert_eq!(to_change(&caller, &stronger, &changes(change.clone())), refused, "{change}");
            assert_eq!(to_change_at_all(&caller, &stronger), refused);
            assert_eq!(to_roll(&caller, &stronger, true), refused);
        }
        for person in people() {
            assert_eq!(to_change(&person, &stronger, &changes(change.clone())), Ok(()));
        }
    }
}

#[test]
fn a_key_loosens_no_key_beyond_itself() {
    let (soon, later) = (Some(at(SOON)), Some(at(LATER)));
    let ending = |expires_at| record(&["a"], expires_at, None, Strong);
    let end = Err(Excess::End(at(LATER)));
    for (ends_at, consistency, target, change, expected) in [
        (None, Fast, ending(soon), json!({ "expires_at": null, "consistency": "fast" }), Ok(())),
        (None, Fast, ending(soon), json!({ "scopes": ["a", "b"] }), Err(Excess::Scopes)),
        (later, Fast, ending(soon), json!({ "expires_at": null }), end),
        (later, Fast, ending(soon), json!({ "expires_at": at(LATER + 1) }), end),
        (later, Fast, ending(soon), json!({ "expires_at": at(LATER) }), Ok(())),
        (later, Fast, ending(None), json!({ "expires_at": at(LATER + 1) }), Ok(())),
        (later, Fast, ending(None), json!({ "expires_at": null, "title": "t" }), Ok(())),
        (None, Strong, ending(None), json!({ "consistency": "fast" }), Err(Excess::Consistency)),
        (None, Strong, ending(None), json!({ "consistency": "strong" }), Ok(())),
        (None, Strong, record(&[], None, None, Fast), json!({ "consistency": "fast" }), Ok(())),
    ] {
        for owner in owners() {
            let caller = caller(owner, &["a"], ends_at, consistency);
            let wanted = changes(change.clone());
            assert_eq!(to_change(&caller, &target, &wanted), expected, "{caller:?} {change}");
        }
        for person in people() {
            assert_eq!(to_change(&person, &target, &changes(change.clone())), Ok(()));
        }
    }
}

#[test]
fn a_key_loosens_itself_in_no_way() {
    // Expiring, retiring, and both in either order.
    for (expires_at, revoked_at) in
        [(Some(SOON), None), (None, Some(SOON)), (Some(LATER), Some(SOON)), (Some(SOON), Some(LATER))]
    {
        let itself = record(&["a"], expires_at.map(at), revoked_at.map(at), Strong);
        let caller = caller(organization("acme"), &["a"], itself.ends_at(), Strong);
        for looser in [json!({ "expires_at": null }), json!({ "expires_at": at(LATER + 1) })] {
            let expected = if expires_at.is_some() { Err(Excess::End(at(SOON))) } else { Ok(()) };
            let wanted = changes(looser.clone());
            assert_eq!(
                to_change(&caller, &itself, &wanted),
                expected,
                "{expires_at:?} {revoked_at:?} {looser}"
            );
        }
        for looser in [json!({ "consistency": "fast" }), json!({ "scopes": ["*"] })] {
            assert!(to_change(&caller, &itself, &changes(looser)).is_err());
        }
        assert_eq!(to_roll(&caller, &itself, true), Ok(()), "the successor ends when it does");
        assert_eq!(to_roll(&caller, &itself, false), Err(Excess::Revocation));
        let stricter = json!({ "scopes": [], "expires_at": at(SOON), "consistency": "strong", "title": "t" });
        assert_eq!(to_change(&caller, &itself, &changes(stricter)), Ok(()));
    }
}

#[test]
fn a_key_rolls_only_what_ends_no_later_and_is_verified_no_less_strictly_than_itself() {
    let (soon, later) = (Some(at(SOON)), Some(at(LATER)));
    for (ends_at, consistency, target, expected) in [
        (None, Fast, record(&["a"], None, None, Fast), Ok(())),
        (soon, Fast, record(&["a"], None, None, Fast), Err(Excess::End(at(SOON)))),
        (soon, Fast, record(&["a"], later, None, Fast), Err(Excess::End(at(SOON)))),
        (soon, Fast, record(&["a"], later, soon, Fast), Ok(())),
        (soon, Fast, record(&["a"], soon, None, Fast), Ok(())),
        (None, Strong, record(&["a"], None, None, Fast), Err(Excess::Consistency)),
        (None, Strong, record(&["a"], None, None, Strong), Ok(())),
    ] {
        for owner in owners() {
            let caller = caller(owner, &["a"], ends_at, consistency);
            assert_eq!(to_roll(&caller, &target, true), expected, "{caller:?}");
            assert_eq!(to_roll(&caller, &target, false), Err(Excess::Revocation));
        }
        for person in people() {
            assert_eq!(to_roll(&person, &target, true), Ok(()));
            assert_eq!(to_roll(&person, &target, false), Ok(()));
        }
    }
}

#[test]
fn a_publishable_key_grants_nothing() {
    let Principal::Key { id, owner, scopes, .. } = caller(organization("acme"), &["*"], None, Fast) else {
        return;
    };
    let key_type = KeyType::Publishable;
    let caller = Principal::Key { id, key_type, owner, scopes, ends_at: None, consistency: Fast };
    assert_eq!(to_create(&caller, &new(&[], None, Fast)), Err(Excess::Scopes));
    assert_eq!(to_change_at_all(&caller, &record(&[], None, None, Fast)), Err(Excess::StrongerKey));
}
