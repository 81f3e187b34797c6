//! Guarantees of a key's lifecycle: what may become of it, when, and which event records it.

mod revocation;
mod roll;
mod update;

use keyward_core::event::{Change, KeyReference};
use keyward_core::lifecycle::{self, Refusal, Transition};
use keyward_core::record::is_use_worth_recording;
use keyward_core::settings::NewKey;
use keyward_core::{
    ErrorCode, Event, IssuedKey, KeyRecord, KeyType, Kind, RequestContext, Status, Timestamp,
};
use serde_json::json;

use crate::support::{
    actor, at, created, deployment, issue, key_id, new_key, organization, reason, scopes, shape, user,
};

fn secret() -> (KeyRecord, IssuedKey) {
    let acme = organization("acme");
    let issued = issue(&deployment(), KeyType::Secret, &acme, 7);
    (created(new_key(KeyType::Secret), &acme, &issued), issued)
}

fn key() -> KeyRecord {
    secret().0
}

fn create(expires_at: Option<Timestamp>) -> Result<Transition, Refusal> {
    let new = NewKey { expires_at, ..new_key(KeyType::Secret) };
    lifecycle::create(new, organization("acme"), key_id(1), &secret().1, &actor("ada"), at(0))
}

fn key_expiring(expires_at: Timestamp) -> KeyRecord {
    let mut record = key();
    record.settings.expires_at = Some(expires_at);
    record
}

/// What a change of `record` has to be recorded as.
fn event(record: &KeyRecord, now: Timestamp, by: &str, change: Change) -> Event {
    let (title, redacted) = (record.settings.title.clone(), record.redacted.clone());
    let key = Some(KeyReference { id: record.id.clone(), title, redacted });
    Event { at: now, actor: actor(by), key, change, request: RequestContext::default() }
}

fn revoke(record: &KeyRecord, revoke_in: u32, now: Timestamp) -> Result<Option<Transition>, Refusal> {
    record.revoke(revoke_in, None, None, &actor("ada"), now)
}

/// A revocation by somebody that changes something.
fn revoke_as(record: &KeyRecord, revoke_in: u32, why: Option<&str>, by: &str, now: Timestamp) -> Transition {
    let done = record.revoke(revoke_in, why.map(reason), None, &actor(by), now);
    done.expect("a revocation").expect("a change")
}

fn revoked(record: &KeyRecord, revoke_in: u32, now: Timestamp) -> KeyRecord {
    revoke(record, revoke_in, now).expect("a revocation").map_or_else(|| record.clone(), |done| done.record)
}

fn roll(
    record: &KeyRecord,
    grace: u32,
    now: Timestamp,
) -> Result<(Transition, Transition, IssuedKey), Refusal> {
    let issued = issue(&deployment(), record.key_type, &record.owner, 8);
    let (old, new) = record.roll(grace, true, key_id(2), &issued, &actor("bob"), now)?;
    Ok((old, new, issued))
}

// Creation.

#[test]
fn new_key_is_as_requested() {
    let (record, issued) = secret();
    assert_eq!(
        shape(&record),
        json!({
            "version": 1,
            "id": key_id(1),
            "type": "secret",
            "owner": organization("acme"),
            "redacted": issued.redacted(),
            "token": null,
            "digest": issued.digest(),
            "settings": new_key(KeyType::Secret).into_settings(),
            "created_at": at(0),
            "created_by": actor("ada"),
            "updated_at": at(0),
            "last_used_at": null,
            "rolled_from": null,
            "rolled_to": null,
            "revocation": null,
        })
    );
    assert_eq!(record.status(at(0)), Status::Active);
}

#[test]
fn creation_is_recorded_with_type_scopes_and_expiry() {
    for expires_at in [None, Some(at(60_000))] {
        let made = create(expires_at).expect("a new key");
        let (key_type, scopes) = (KeyType::Secret, scopes(&["orders:read", "orders:write"]));
        let change = Change::KeyCreated { key_type, scopes, expires_at, revoked_at: None, rolled_from: None };
        assert_eq!(made.event, event(&key(), at(0), "ada", change));
    }
}

#[test]
fn kind_follows_from_type_and_owner_and_users_have_no_publishable_keys() {
    let (acme, ada) = (organization("acme"), user("ada"));
    assert_eq!(KeyType::Secret.kind_for(&acme), Some(Kind::Secret));
    assert_eq!(KeyType::Publishable.kind_for(&acme), Some(Kind::Publishable));
    assert_eq!(KeyType::Secret.kind_for(&ada), Some(Kind::Personal));
    assert_eq!(KeyType::Publishable.kind_for(&ada), None);
}

#[test]
fn text_is_stored_only_of_a_publishable_key() {
    let acme = organization("acme");
    for (key_type, owner, kept) in [
        (KeyType::Publishable, &acme, true),
        (KeyType::Secret, &acme, false),
        (KeyType::Secret, &user("ada"), false),
    ] {
        let issued = issue(&deployment(), key_type, owner, 9);
        let record = created(new_key(key_type), owner, &issued);
        assert_eq!(record.token.as_deref(), kept.then(|| issued.text()));
    }
}

#[test]
fn expiry_of_a_new_key_is_at_least_a_millisecond_ahead() {
    let expiry = |at| create(Some(at)).map(|made| made.record.settings.expires_at);
    assert_eq!(expiry(at(-1)), Err(Refusal::ExpiryNotAhead));
    assert_eq!(expiry(at(0)), Err(Refusal::ExpiryNotAhead));
    assert_eq!(expiry(at(1)), Ok(Some(at(1))));
}

// Status.

#[test]
fn status_changes_in_the_very_millisecond_of_its_date() {
    use Status::{Active, Expired, Retiring, Revoked};
    let (past, now, ahead) = (Some(at(-1)), Some(at(0)), Some(at(1)));
    // For a key that expires never, a millisecond later, now, and a millisecond ago.
    for (revoked_at, statuses) in [
        (None, [Active, Active, Expired, Expired]),
        (ahead, [Retiring, Retiring, Expired, Expired]),
        (now, [Revoked; 4]),
        (past, [Revoked; 4]),
    ] {
        let found = [None, ahead, now, past].map(|expires_at| Status::at(at(0), revoked_at, expires_at));
        assert_eq!(found, statuses, "{revoked_at:?}");
    }
}

#[test]
fn use_is_recorded_again_after_five_minutes_and_not_a_millisecond_sooner() {
    assert!(is_use_worth_recording(None, at(0)));
    for (now, recorded) in [(-1, false), (0, false), (299_999, false), (300_000, true), (300_001, true)] {
        assert_eq!(is_use_worth_recording(Some(at(0)), at(now)), recorded, "{now}");
    }
}

// Deletion.

#[test]
fn only_a_revoked_key_can_be_deleted() {
    let refusal = |record: &KeyRecord, now| record.delete(&actor("bob"), now).err();
    let retiring = revoked(&key(), 1, at(0));
    assert_eq!(refusal(&key(), at(0)), Some(Refusal::NotRevoked));
    assert_eq!(refusal(&key_expiring(at(10)), at(10)), Some(Refusal::NotRevoked));
    assert_eq!(refusal(&retiring, at(999)), Some(Refusal::NotRevoked));
    assert_eq!(refusal(&retiring, at(1_000)), None);
    assert_eq!(refusal(&revoked(&key(), 0, at(0)), at(0)), None);
}

#[test]
fn deletion_leaves_an_event_that_still_names_the_key() {
    let record = revoked(&key(), 0, at(0));
    let recorded = record.delete(&actor("bob"), at(5)).expect("deletion");
    assert_eq!(recorded, event(&key(), at(5), "bob", Change::KeyDeleted));
}

#[test]
fn every_refusal_has_its_problem_code() {
    for (refusal, code, status) in [
        (Refusal::AlreadyRevoked, "key.already_revoked", 409),
        (Refusal::AlreadyRolled(key_id(2)), "key.already_rolled", 409),
        (Refusal::ExpiryNotAhead, "request.bad_field", 400),
        (Refusal::NotActive, "key.not_active", 409),
        (Refusal::NotRevoked, "key.not_revoked", 409),
        (Refusal::RevocationPutOff, "key.revocation_put_off", 409),
    ] {
        let found = ErrorCode::from(refusal);
        assert_eq!((found.as_str(), found.status()), (code, status));
    }
}
