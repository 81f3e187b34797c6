//! Guarantees of a key's lifecycle: what may become of it, when, and which event records it.

use keyward_core::event::{Change, FieldChange, KeyReference, Via};
use keyward_core::lifecycle::{self, DELAY_MAX_SECONDS, Refusal, Transition};
use keyward_core::record::is_use_worth_recording;
use keyward_core::settings::{KeyChanges, NewKey};
use keyward_core::{
    Actor, Consistency, ErrorCode, Event, IssuedKey, KeyRecord, KeyType, Kind, RequestContext, Revocation,
    Source, Status, Timestamp,
};
use serde_json::{Value, json};

use crate::support::{
    actor, at, created, deployment, differences, issue, key_id, metadata, new_key, organization, reason,
    scopes, shape, title, user,
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

fn update(record: &KeyRecord, changes: KeyChanges, now: Timestamp) -> Result<Option<Transition>, Refusal> {
    record.update(changes, &actor("bob"), now)
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

/// One change of each setting, alone, as a request gives it.
fn single_changes() -> [(&'static str, KeyChanges); 6] {
    [
        ("title", json!("Renamed")),
        ("metadata", json!({"a": 1})),
        ("scopes", json!(["orders:read"])),
        ("expires_at", json!(at(1_000_000))),
        ("expires_at", Value::Null),
        ("consistency", json!("fast")),
    ]
    .map(|(name, value)| (name, serde_json::from_value(json!({ name: value })).expect("a change")))
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

// Update.

#[test]
fn update_changes_and_records_the_given_settings_and_nothing_else() {
    let record = key_expiring(at(500_000));
    for (field, changes) in single_changes() {
        let Transition { record: after, event: recorded, .. } =
            update(&record, changes.clone(), at(10)).expect("update").expect("a change");
        assert_eq!(differences(&record, &after), ["settings", "updated_at", "version"]);
        assert_eq!(differences(&record.settings, &after.settings), [field]);
        assert_eq!(shape(&changes).get(field), shape(&after.settings).get(field));
        assert_eq!((after.version, after.updated_at), (2, at(10)));
        let value = |settings| shape(settings).get(field).cloned().expect("a setting");
        let (old, new) = (value(&record.settings), value(&after.settings));
        let change = Change::KeyUpdated { changes: vec![FieldChange { field: field.to_owned(), old, new }] };
        assert_eq!(recorded, event(&after, at(10), "bob", change));
    }
}

#[test]
fn update_of_every_setting_records_every_name_and_the_new_title() {
    let all = KeyChanges {
        title: Some(title("Renamed")),
        scopes: Some(scopes(&["orders:read"])),
        metadata: Some(metadata(json!({"a": 1}))),
        consistency: Some(Consistency::Fast),
        expires_at: Some(Some(at(1_000_000))),
    };
    let Transition { record, event: recorded, .. } =
        update(&key(), all.clone(), at(10)).expect("update").expect("a change");
    let Change::KeyUpdated { changes } = &recorded.change else { panic!("{recorded:?}") };
    let fields: Vec<&str> = changes.iter().map(|change| change.field.as_str()).collect();
    assert_eq!(fields, ["consistency", "expires_at", "metadata", "scopes", "title"]);
    assert_eq!(recorded, event(&record, at(10), "bob", recorded.change.clone()));
    assert_eq!(shape(&record.settings), shape(&all));
}

#[test]
fn what_is_as_it_should_be_already_is_no_change() {
    let record = key();
    let same = |names: &[&str]| {
        let settings = shape(&record.settings);
        let given = names.iter().map(|name| ((*name).to_owned(), settings[*name].clone()));
        serde_json::from_value::<KeyChanges>(Value::Object(given.collect())).expect("changes")
    };
    let all = ["title", "scopes", "metadata", "consistency", "expires_at"];
    for names in all.map(|name| vec![name]).into_iter().chain([all.to_vec(), vec![]]) {
        assert!(update(&record, same(&names), at(10)).expect("update").is_none(), "{names:?}");
    }
    let renamed = KeyChanges { title: Some(title("Renamed")), ..same(&all) };
    let done = update(&record, renamed, at(10)).expect("update").expect("a change");
    let change = FieldChange { field: "title".into(), old: json!("CI deploys"), new: json!("Renamed") };
    assert_eq!(done.event.change, Change::KeyUpdated { changes: vec![change] });
}

#[test]
fn changed_expiry_is_at_least_a_millisecond_ahead() {
    let expire = |expires_at| {
        let changes = KeyChanges { expires_at: Some(Some(expires_at)), ..KeyChanges::default() };
        update(&key(), changes, at(10)).map(|changed| changed.expect("a change").record.settings.expires_at)
    };
    assert_eq!(expire(at(9)), Err(Refusal::ExpiryNotAhead));
    assert_eq!(expire(at(10)), Err(Refusal::ExpiryNotAhead));
    assert_eq!(expire(at(11)), Ok(Some(at(11))));
}

#[test]
fn of_a_revoked_or_expired_key_only_title_and_metadata_can_be_changed() {
    let expired = key_expiring(at(10));
    let revoked = revoked(&key(), 0, at(10));
    for record in [&expired, &revoked] {
        for now in [at(10), at(11), at(1_000_000_000)] {
            for (field, changes) in single_changes() {
                let editable = field == "title" || field == "metadata";
                let refusal = update(record, changes, now).err();
                assert_eq!(refusal, (!editable).then_some(Refusal::NotActive), "{field} {now}");
            }
        }
    }
    // A millisecond earlier, everything can be changed.
    for (field, changes) in single_changes() {
        assert!(update(&expired, changes, at(9)).is_ok(), "{field}");
    }
}

#[test]
fn update_is_refused_as_a_whole_when_one_setting_is() {
    let expired = key_expiring(at(10));
    let title = Some(title("Renamed"));
    let changes = KeyChanges { title, consistency: Some(Consistency::Strong), ..KeyChanges::default() };
    assert_eq!(update(&expired, changes, at(10)).err(), Some(Refusal::NotActive));
    // That the key is expired is reported before the date that is not in the future.
    let changes = KeyChanges { expires_at: Some(Some(at(5))), ..KeyChanges::default() };
    assert_eq!(update(&expired, changes, at(10)).err(), Some(Refusal::NotActive));
}

#[test]
fn retiring_key_can_be_changed_and_stays_retiring() {
    let retiring = revoked(&key(), 60, at(0));
    for (field, changes) in single_changes() {
        let Some(after) = update(&retiring, changes, at(59_999)).expect(field) else { continue };
        let after = after.record;
        assert_eq!(after.revocation, retiring.revocation, "{field}");
        assert_eq!(after.status(at(59_999)), Status::Retiring, "{field}");
        assert_eq!(after.status(at(60_000)), Status::Revoked, "{field}");
    }
}

#[test]
fn updated_at_never_goes_back_even_if_the_clock_does() {
    let rename = |record: &KeyRecord, text: &str, now| {
        let changes = KeyChanges { title: Some(title(text)), ..KeyChanges::default() };
        update(record, changes, now).expect("update").expect("a change").record
    };
    let record = rename(&key(), "a", at(50));
    let after = rename(&record, "b", at(40));
    assert_eq!((after.updated_at, after.version), (at(50), 3));
    assert_eq!(revoked(&record, 0, at(40)).updated_at, at(50));
    assert_eq!(roll(&record, 0, at(40)).expect("roll").0.record.updated_at, at(50));
}

#[test]
fn use_is_recorded_again_after_five_minutes_and_not_a_millisecond_sooner() {
    assert!(is_use_worth_recording(None, at(0)));
    for (now, recorded) in [(-1, false), (0, false), (299_999, false), (300_000, true), (300_001, true)] {
        assert_eq!(is_use_worth_recording(Some(at(0)), at(now)), recorded, "{now}");
    }
}

// Revocation.

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

// Roll.

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
