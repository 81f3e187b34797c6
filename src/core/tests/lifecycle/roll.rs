//! What a key hands on to its successor, and how long it goes on working itself.

use keyward_core::event::Change;
use keyward_core::lifecycle::{DELAY_MAX_SECONDS, Refusal};
use keyward_core::settings::NewKey;
use keyward_core::{KeyRecord, KeyType, Revocation, Status};

use super::{event, key, key_expiring, revoke_as, revoked, roll};
use crate::support::{
    actor, at, created, deployment, differences, issue, key_id, new_key, organization, reason, user,
};

#[test]
fn successor_of_a_rolled_key_has_its_owner_type_and_settings() {
    let acme = organization("acme");
    for (key_type, owner) in
        [(KeyType::Secret, &acme), (KeyType::Publishable, &acme), (KeyType::Secret, &user("ada"))]
    {
        let first = issue(&deployment(), key_type, owner, 7);
        let new = NewKey { expires_at: Some(at(100_000)), ..new_key(key_type) };
        let record = KeyRecord { last_used_at: Some(at(3)), ..created(new, owner, &first) };
        let (old, new, second) = roll(&record, 10, at(5)).expect("roll");

        let mut replaced = differences(&record, &new.record);
        replaced.retain(|field| field != "token");
        assert_eq!(
            replaced.join(" "),
            "created_at created_by digest id last_used_at redacted rolled_from updated_at"
        );
        assert!(new.record.digest.matches(&second.digest()));
        assert_eq!(new.record.redacted, second.redacted());
        assert_eq!(new.record.token.as_deref(), (key_type == KeyType::Publishable).then(|| second.text()));
        assert_eq!((new.record.version, &new.record.id), (1, &key_id(2)));
        assert_eq!((new.record.created_at, new.record.updated_at), (at(5), at(5)));
        assert_eq!((&new.record.created_by, new.record.last_used_at), (&actor("bob"), None));
        assert_eq!(new.record.status(at(5)), Status::Active);

        assert_eq!((&new.record.rolled_from, &new.record.rolled_to), (&Some(key_id(1)), &None));

        assert_eq!(differences(&record, &old.record), ["revocation", "rolled_to", "updated_at", "version"]);
        assert_eq!((old.record.version, old.record.updated_at), (2, at(5)));
        assert_eq!(old.record.rolled_to, Some(key_id(2)));
    }
}

#[test]
fn rolled_key_works_for_its_grace_period_and_not_a_millisecond_longer() {
    for (grace, milliseconds) in [(0, 0), (1, 1_000), (DELAY_MAX_SECONDS, 365 * 24 * 60 * 60 * 1_000)] {
        let (old, ..) = roll(&key(), grace, at(5)).expect("roll");
        let expected = Revocation { at: at(5 + milliseconds), by: actor("bob"), reason: None };
        assert_eq!(old.record.revocation, Some(expected));
        assert_eq!(old.record.status(at(5 + milliseconds)), Status::Revoked);
        assert_eq!(old.record.status(at(4 + milliseconds)), Status::Retiring);
    }
}

#[test]
fn roll_keeps_an_earlier_revocation_and_brings_a_later_one_forward() {
    let scheduled = revoke_as(&key(), 60, Some("leaked"), "ada", at(0)).record;
    let change =
        |revoked_at, old_revoked_at| Change::KeyRolled { rolled_to: key_id(2), revoked_at, old_revoked_at };
    for grace in [60, 61, DELAY_MAX_SECONDS] {
        let (old, ..) = roll(&scheduled, grace, at(0)).expect("roll");
        assert_eq!(old.record.revocation, scheduled.revocation, "{grace}");
        assert_eq!(old.event.change, change(at(60_000), None));
    }
    let (old, ..) = roll(&scheduled, 59, at(0)).expect("roll");
    let expected = Revocation { at: at(59_000), by: actor("bob"), reason: Some(reason("leaked")) };
    assert_eq!(old.record.revocation, Some(expected));
    assert_eq!(old.event.change, change(at(59_000), Some(at(60_000))));
}

#[test]
fn successor_inherits_a_scheduled_revocation_unless_it_is_not_kept() {
    let scheduled = revoke_as(&key(), 60, Some("leaked"), "ada", at(0)).record;
    let issued = issue(&deployment(), KeyType::Secret, &scheduled.owner, 8);
    for (keep, grace) in [true, false].into_iter().flat_map(|keep| [(keep, 0), (keep, 60), (keep, 90)]) {
        let rolled = scheduled.roll(grace, keep, key_id(2), &issued, &actor("bob"), at(1));
        let (_, new) = rolled.expect("roll");
        let inherited = scheduled.revocation.clone().filter(|_| keep);
        assert_eq!(new.record.revocation, inherited, "{keep} {grace}");
        let Change::KeyCreated { revoked_at, .. } = new.event.change else { panic!("{:?}", new.event) };
        assert_eq!(revoked_at, inherited.map(|revocation| revocation.at));
    }
    // The end of the grace period itself is the old key's alone.
    let (_, new, _) = roll(&key(), 60, at(0)).expect("roll");
    assert_eq!(new.record.revocation, None);
}

#[test]
fn key_has_one_successor_whatever_becomes_of_it() {
    let (old, ..) = roll(&key(), 60, at(0)).expect("roll");
    for now in [at(0), at(59_999), at(60_000), at(1_000_000_000)] {
        assert_eq!(roll(&old.record, 0, now).err(), Some(Refusal::AlreadyRolled(key_id(2))), "{now}");
    }
}

#[test]
fn roll_is_recorded_for_both_keys() {
    let (old, new, _) = roll(&key(), 60, at(0)).expect("roll");
    let (key_type, scopes, rolled_from) = (KeyType::Secret, key().settings.scopes, Some(key_id(1)));
    let (expires_at, revoked_at) = (None, None);
    let successor = Change::KeyCreated { key_type, scopes, expires_at, revoked_at, rolled_from };
    assert_eq!(new.event, event(&new.record, at(0), "bob", successor));
    let (rolled_to, revoked_at, old_revoked_at) = (key_id(2), at(60_000), None);
    let rolled = Change::KeyRolled { rolled_to, revoked_at, old_revoked_at };
    assert_eq!(old.event, event(&key(), at(0), "bob", rolled));
}

#[test]
fn only_a_key_that_works_can_be_rolled() {
    let refusal = |record: &KeyRecord, now| roll(record, 0, now).err();
    let expiring = key_expiring(at(10));
    let retiring = revoked(&key(), 1, at(0));
    assert_eq!(refusal(&expiring, at(9)), None);
    assert_eq!(refusal(&expiring, at(10)), Some(Refusal::NotActive));
    assert_eq!(refusal(&retiring, at(999)), None);
    assert_eq!(refusal(&retiring, at(1_000)), Some(Refusal::NotActive));
}
