//! When a revocation takes effect, and that it is never put off or taken back.

use keyward_core::event::{Change, Via};
use keyward_core::lifecycle::{DELAY_MAX_SECONDS, Refusal, Transition};
use keyward_core::{Actor, KeyType, Revocation, Source, Status};

use super::{event, key, key_expiring, revoke, revoke_as, revoked};
use crate::support::{actor, at, created, deployment, differences, issue, new_key, organization, reason};

#[test]
fn revocation_takes_effect_in_its_own_millisecond() {
    for (revoke_in, milliseconds) in
        [(0, 0), (1, 1_000), (2, 2_000), (DELAY_MAX_SECONDS, 365 * 24 * 60 * 60 * 1_000)]
    {
        let record = revoked(&key(), revoke_in, at(5));
        assert_eq!(record.revoked_at(), Some(at(5 + milliseconds)));
        assert_eq!(record.status(at(5 + milliseconds)), Status::Revoked);
        assert_eq!(record.status(at(4 + milliseconds)), Status::Retiring);
        assert_eq!((record.version, record.updated_at), (2, at(5)));
        assert_eq!(differences(&key(), &record), ["revocation", "updated_at", "version"]);
    }
}

#[test]
fn revocation_is_recorded_with_date_and_reason() {
    for reason in [None, Some(reason("leaked"))] {
        let done = key().revoke(60, reason.clone(), None, &actor("bob"), at(1)).expect("a revocation");
        let revoked = done.expect("a change");
        let expected = Revocation { at: at(60_001), by: actor("bob"), reason: reason.clone() };
        assert_eq!(revoked.record.revocation, Some(expected));
        let change = Change::KeyRevoked {
            revoked_at: at(60_001),
            old_revoked_at: None,
            reason,
            old_reason: None,
            created_by: None,
            via: None,
            source: None,
        };
        assert_eq!(revoked.event, event(&key(), at(1), "bob", change));
    }
}

#[test]
fn revocation_can_be_brought_forward_and_never_put_off() {
    let scheduled = revoked(&key(), 10, at(0));
    assert_eq!(revoke(&scheduled, 11, at(0)).err(), Some(Refusal::RevocationPutOff));
    assert_eq!(revoke(&scheduled, 10, at(1)).err(), Some(Refusal::RevocationPutOff));
    assert_eq!(revoke(&scheduled, DELAY_MAX_SECONDS, at(0)).err(), Some(Refusal::RevocationPutOff));
    for (revoke_in, now, date) in [(10, 0, 10_000), (9, 0, 9_000), (9, 1_000, 10_000), (0, 9_999, 9_999)] {
        assert_eq!(revoked(&scheduled, revoke_in, at(now)).revoked_at(), Some(at(date)));
    }
}

#[test]
fn revocation_that_has_taken_effect_can_be_neither_repeated_nor_changed() {
    let scheduled = revoked(&key(), 10, at(0));
    for now in [at(10_000), at(10_001), at(1_000_000_000)] {
        for revoke_in in [0, 1, DELAY_MAX_SECONDS] {
            assert_eq!(revoke(&scheduled, revoke_in, now).err(), Some(Refusal::AlreadyRevoked));
        }
    }
    assert!(revoke(&scheduled, 0, at(9_999)).is_ok());
}

#[test]
fn reason_stays_until_another_is_given_and_the_last_to_revoke_is_named() {
    let first = revoke_as(&key(), 60, Some("leaked"), "ada", at(0)).record;
    let second = revoke_as(&first, 30, None, "bob", at(0));
    let expected = Revocation { at: at(30_000), by: actor("bob"), reason: Some(reason("leaked")) };
    assert_eq!(second.record.revocation, Some(expected));
    let change = Change::KeyRevoked {
        revoked_at: at(30_000),
        old_revoked_at: Some(at(60_000)),
        reason: Some(reason("leaked")),
        old_reason: None,
        created_by: None,
        via: None,
        source: None,
    };
    assert_eq!(second.event.change, change);
    let third = revoke_as(&second.record, 0, Some("abused"), "bob", at(0));
    let change = Change::KeyRevoked {
        revoked_at: at(0),
        old_revoked_at: Some(at(30_000)),
        reason: Some(reason("abused")),
        old_reason: Some(reason("leaked")),
        created_by: None,
        via: None,
        source: None,
    };
    assert_eq!(third.event.change, change);
    assert_eq!(third.record.revocation.and_then(|revocation| revocation.reason), Some(reason("abused")));
}

#[test]
fn whoever_holds_a_secret_key_revokes_it_now_and_the_event_says_how() {
    let source = Source::of("app/.env:7");
    let planned = revoke_as(&key(), 60, Some("planned"), "ada", at(0)).record;
    for (record, old_revoked_at, why) in
        [(key(), None, None), (planned, Some(at(60_000)), Some(reason("planned")))]
    {
        let done = record.revoke_by_possession(source.clone(), at(1)).expect("a revocation");
        let Transition { record: revoked, event, restricts } = done.expect("a change");
        let by = Actor::Key { id: record.id.clone() };
        assert_eq!(revoked.revocation, Some(Revocation { at: at(1), by: by.clone(), reason: why.clone() }));
        assert!(restricts);
        let change = Change::KeyRevoked {
            revoked_at: at(1),
            old_revoked_at,
            reason: why,
            old_reason: None,
            created_by: None,
            via: Some(Via::Possession),
            source: source.clone(),
        };
        assert_eq!((event.actor, event.change), (by, change));
        let again = revoked.revoke_by_possession(None, at(1)).err();
        assert_eq!(again, Some(Refusal::AlreadyRevoked));
    }
}

#[test]
fn nobody_revokes_a_publishable_key_by_holding_what_everybody_holds() {
    let acme = organization("acme");
    let issued = issue(&deployment(), KeyType::Publishable, &acme, 7);
    let record = created(new_key(KeyType::Publishable), &acme, &issued);
    assert!(record.revoke_by_possession(None, at(1)).expect("no refusal").is_none());
}

#[test]
fn the_same_revocation_again_is_no_change() {
    let scheduled = revoke_as(&key(), 10, Some("leaked"), "ada", at(0)).record;
    for (revoke_in, why, now, changes) in [
        (10, None, at(0), false),
        (10, Some("leaked"), at(0), false),
        (9, Some("leaked"), at(1_000), false),
        (10, Some("abused"), at(0), true),
        (9, None, at(0), true),
    ] {
        let done = scheduled.revoke(revoke_in, why.map(reason), None, &actor("bob"), now);
        assert_eq!(done.expect("a revocation").is_some(), changes, "{revoke_in} {why:?}");
    }
}

#[test]
fn expired_key_can_be_revoked() {
    let expired = key_expiring(at(10));
    let after = revoked(&expired, 0, at(10));
    assert_eq!(after.status(at(10)), Status::Revoked);
    assert_eq!(revoked(&expired, 1, at(10)).status(at(10)), Status::Expired);
}
