//! What can be changed of a key, and what is recorded of it.

use keyward_core::event::{Change, FieldChange};
use keyward_core::lifecycle::{Refusal, Transition};
use keyward_core::settings::{KeyChanges, NewKey};
use keyward_core::{Consistency, KeyRecord, KeyType, Links, Status, Timestamp, lifecycle};
use serde_json::{Value, json};

use super::{event, key, key_expiring, revoked, roll};
use crate::support::{
    CHANNEL, actor, at, created, deployment, differences, issue, key_id, links, metadata, new_key,
    organization, scopes, shape, title,
};

fn update(record: &KeyRecord, changes: KeyChanges, now: Timestamp) -> Result<Option<Transition>, Refusal> {
    record.update(changes, &actor("bob"), now)
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
        links: Some(Links::default()),
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
fn only_publishable_keys_are_linked() {
    let acme = organization("acme");
    for key_type in KeyType::ALL {
        let refusal = (key_type == KeyType::Secret).then_some(Refusal::LinksOfSecret);
        let issued = issue(&deployment(), key_type, &acme, 7);
        let new = NewKey { links: links(&[CHANNEL]), ..new_key(key_type) };
        let made = lifecycle::create(new, acme.clone(), key_id(1), &issued, &actor("ada"), at(0));
        assert_eq!(made.err(), refusal, "{key_type:?}");
        let record = created(NewKey { links: Links::default(), ..new_key(key_type) }, &acme, &issued);
        let link = |ids: &[&str]| KeyChanges { links: Some(links(ids)), ..KeyChanges::default() };
        assert_eq!(update(&record, link(&[CHANNEL]), at(10)).err(), refusal, "{key_type:?}");
        assert!(update(&record, link(&[]), at(10)).expect("no change").is_none());
    }
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
fn links_of_a_revoked_key_can_be_taken_away_and_none_added() {
    let issued = issue(&deployment(), KeyType::Publishable, &organization("acme"), 7);
    let record = revoked(&created(new_key(KeyType::Publishable), &organization("acme"), &issued), 0, at(5));
    let link = |ids: &[&str]| KeyChanges { links: Some(links(ids)), ..KeyChanges::default() };
    let other = "sc_01KAHQ0000000000000000000D";
    assert_eq!(update(&record, link(&[CHANNEL, other]), at(10)).err(), Some(Refusal::NotActive));
    assert_eq!(update(&record, link(&[other]), at(10)).err(), Some(Refusal::NotActive));
    let after = update(&record, link(&[]), at(10)).expect("update").expect("a change");
    assert!(after.record.settings.links.is_empty() && after.restricts);
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
