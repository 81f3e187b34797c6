//! What takes something away from a key or a member, so that whoever holds a copy has to be told first.

use keyward_core::organization::restricts;
use keyward_core::{Consistency, KeyRecord, KeyType, Role, lifecycle};

use crate::support::{
    CHANNEL, actor, at, created, deployment, issue, key_id, links, new_key, organization, scopes, title,
};

/// Makes a key something else.
type Edit = Box<dyn Fn(&mut KeyRecord)>;

fn expiring(expires_at: Option<i64>) -> Edit {
    Box::new(move |key| key.settings.expires_at = expires_at.map(at))
}

fn holding(words: &'static [&'static str]) -> Edit {
    Box::new(move |key| key.settings.scopes = scopes(words))
}

fn verified(consistency: Consistency) -> Edit {
    Box::new(move |key| key.settings.consistency = consistency)
}

fn linked(ids: &'static [&'static str]) -> Edit {
    Box::new(move |key| key.settings.links = links(ids))
}

fn revoked_in(seconds: Option<u32>) -> Edit {
    Box::new(move |key| {
        key.revocation = seconds.and_then(|seconds| {
            key.revoke(seconds, None, None, &actor("bob"), at(0))
                .expect("revoked")
                .expect("a change")
                .record
                .revocation
        });
    })
}

fn key() -> KeyRecord {
    let acme = organization("acme");
    let issued = issue(&deployment(), KeyType::Secret, &acme, 7);
    let mut key = created(new_key(KeyType::Secret), &acme, &issued);
    (key.revocation, key.settings.expires_at) = (None, None);
    key
}

#[test]
fn a_key_is_restricted_by_less_of_anything_and_by_nothing_else() {
    // Less and more of the same.
    let pairs: [[Edit; 2]; 10] = [
        [revoked_in(Some(0)), revoked_in(None)],
        [revoked_in(Some(60)), revoked_in(None)],
        [revoked_in(Some(0)), revoked_in(Some(60))],
        [expiring(Some(5)), expiring(None)],
        [expiring(Some(5)), expiring(Some(6))],
        [holding(&["a"]), holding(&["a", "b"])],
        [holding(&[]), holding(&["a"])],
        [holding(&["a"]), holding(&["*"])],
        [verified(Consistency::Strong), verified(Consistency::Fast)],
        [linked(&[]), linked(&[CHANNEL])],
    ];
    for (index, pair) in pairs.into_iter().enumerate() {
        let [less, more] = pair.map(|edit| {
            let mut key = key();
            edit(&mut key);
            key
        });
        assert!(less.restricts(&more), "{index}");
        assert!(!more.restricts(&less) && !less.restricts(&less), "{index}");
    }
    // Whatever else is given in exchange.
    let mut exchanged = key();
    expiring(Some(5))(&mut exchanged);
    holding(&["*"])(&mut exchanged);
    assert!(exchanged.restricts(&key()));
    let mut renamed = key();
    renamed.settings.title = title("Renamed");
    assert!(!renamed.restricts(&key()));
    let mut other = key();
    holding(&["a", "c"])(&mut other);
    let mut before = key();
    holding(&["a", "b"])(&mut before);
    assert!(other.restricts(&before), "another scope is no substitute");
}

#[test]
fn a_rolled_or_revoked_key_is_restricted_and_a_new_one_is_not() {
    let record = key();
    let issued = issue(&deployment(), KeyType::Secret, &organization("acme"), 8);
    let (old, new) = record.roll(60, true, key_id(2), &issued, &actor("bob"), at(10)).expect("rolled");
    assert!(old.restricts && !new.restricts);
    let revoke = |record: &KeyRecord, seconds| {
        record.revoke(seconds, None, None, &actor("bob"), at(10)).expect("revoked").expect("a change")
    };
    let revoked = revoke(&record, 60);
    assert!(revoked.restricts);
    assert!(revoke(&revoked.record, 30).restricts);
    let acme = organization("acme");
    let created = lifecycle::create(new_key(KeyType::Secret), acme, key_id(3), &issued, &actor("bob"), at(0));
    assert!(!created.expect("created").restricts);
}

#[test]
fn a_member_is_restricted_by_a_lower_role_and_by_leaving() {
    let roles = [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)];
    for (before, role) in roles.iter().enumerate() {
        for (after, other) in roles.iter().enumerate() {
            assert_eq!(restricts(*role, *other), after < before, "{role:?} {other:?}");
        }
    }
}
