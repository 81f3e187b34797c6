//! Guarantees of a key's lifecycle that hold after any sequence of commands.

use keyward_core::lifecycle::{self, DELAY_MAX_SECONDS, Transition};
use keyward_core::settings::{KeyChanges, NewKey};
use keyward_core::verifier::OnBehalfOf;
use keyward_core::verify::{Decision, Question, Verdict, authenticate, decide};
use keyward_core::{Consistency, Event, KeyRecord, KeyType, Scopes, Status, Timestamp};
use proptest::prelude::*;
use serde_json::json;

use crate::support::{
    self, actor, at, created, deployment, differences, issue, key_id, metadata, new_key, organization,
    scopes, shape, user,
};

#[derive(Debug, Clone)]
enum Command {
    Update(Box<KeyChanges>),
    Revoke { revoke_in: u32, reason: bool },
    Roll { grace: u32 },
    Delete,
}

fn seconds() -> impl Strategy<Value = u32> {
    prop_oneof![3 => Just(0), 3 => 1_u32..5, 2 => 0..=DELAY_MAX_SECONDS]
}

/// Milliseconds that pass between two commands.
fn pause() -> impl Strategy<Value = i64> {
    prop_oneof![Just(0), Just(1), Just(1_000), 0_i64..6_000, 0_i64..40_000_000_000]
}

prop_compose! {
    fn changes()(
        title in prop::option::of("[A-Za-z ]{0,8}[a-z]"),
        words in prop::option::of(prop::collection::btree_set("[a-z]{1,4}:[a-z]{1,4}", 0..4)),
        value in prop::option::of(any::<u32>()),
        expiry in prop::option::of(prop::option::of(-2_000_i64..10_000)),
        consistency in prop::option::of(prop::sample::select(Consistency::ALL.to_vec())),
    ) -> (KeyChanges, Option<Option<i64>>) {
        let words = words.map(|words| scopes(&words.iter().map(String::as_str).collect::<Vec<_>>()));
        let metadata = value.map(|value| metadata(json!({"note": format!("m3tadata {value}")})));
        let changes = KeyChanges { title: title.map(|text| support::title(&text)), scopes: words, metadata, expires_at: None, consistency };
        (changes, expiry)
    }
}

/// Commands, each with the instant at which it is given; instants never decrease.
fn commands() -> impl Strategy<Value = Vec<(Command, Timestamp)>> {
    let command = prop_oneof![
        4 => changes().prop_map(|(changes, expiry)| (Command::Update(Box::new(changes)), expiry)),
        4 => (seconds(), any::<bool>())
            .prop_map(|(revoke_in, reason)| (Command::Revoke { revoke_in, reason }, None)),
        2 => seconds().prop_map(|grace| (Command::Roll { grace }, None)),
        1 => Just((Command::Delete, None)),
    ];
    prop::collection::vec((command, pause()), 0..24).prop_map(|steps| {
        let mut now = 0;
        let mut timed = Vec::new();
        for ((mut command, expiry), pause) in steps {
            now += pause;
            if let Command::Update(changes) = &mut command {
                changes.expires_at = expiry.map(|date| date.map(|ahead| at(now + ahead)));
            }
            timed.push((command, at(now)));
        }
        timed
    })
}

/// The key after a command, and all events that it records; `None` when it is refused.
fn apply(record: &KeyRecord, command: &Command, now: Timestamp) -> Option<(KeyRecord, Vec<Event>)> {
    let ada = actor("ada");
    let one = |done: Option<Transition>| {
        done.map_or_else(|| (record.clone(), vec![]), |done| (done.record, vec![done.event]))
    };
    match command {
        Command::Update(changes) => record.update((**changes).clone(), &ada, now).ok().map(one),
        Command::Revoke { revoke_in, reason } => {
            let reason = reason.then(|| support::reason("no longer needed"));
            record.revoke(*revoke_in, reason, None, &ada, now).ok().map(one)
        }
        Command::Roll { grace } => {
            let issued = issue(&deployment(), record.key_type, &record.owner, 8);
            let (old, new) = record.roll(*grace, true, key_id(2), &issued, &ada, now).ok()?;
            Some((old.record, vec![old.event, new.event]))
        }
        Command::Delete => record.delete(&ada, now).ok().map(|event| (record.clone(), vec![event])),
    }
}

fn verdict(record: &KeyRecord, text: &str, now: Timestamp) -> Decision {
    let key = authenticate(text, &deployment()).expect("authentic");
    decide(&key.digest(), Some(record), &Question::new(OnBehalfOf::Root, None, Scopes::default()), None, now)
}

/// The three kinds of key, created at the same instant.
fn any_key() -> impl Strategy<Value = (KeyRecord, String)> {
    let acme = organization("acme");
    let kinds =
        vec![(KeyType::Secret, acme.clone()), (KeyType::Publishable, acme), (KeyType::Secret, user("ada"))];
    (prop::sample::select(kinds), 1_u64.., prop::option::of(1_i64..10_000)).prop_map(
        |((key_type, owner), seed, expiry)| {
            let issued = issue(&deployment(), key_type, &owner, seed);
            let new = NewKey { expires_at: expiry.map(at), ..new_key(key_type) };
            (created(new, &owner, &issued), issued.text().to_owned())
        },
    )
}

proptest! {
    #[test]
    fn revoked_key_stays_revoked_for_good((mut record, text) in any_key(), commands in commands()) {
        let mut is_revoked = false;
        for (command, now) in &commands {
            let before = record.status(*now) == Status::Revoked;
            prop_assert!(before || !is_revoked);
            let was = record.clone();
            record = apply(&record, command, *now).map_or(record, |(after, _)| after);
            is_revoked = record.status(*now) == Status::Revoked;
            prop_assert!(is_revoked || !before);
            if before {
                prop_assert_eq!(&record.revocation, &was.revocation);
                prop_assert_eq!(&record.settings.scopes, &was.settings.scopes);
                prop_assert_eq!(record.settings.consistency, was.settings.consistency);
                prop_assert_eq!(record.settings.expires_at, was.settings.expires_at);
                let editable = matches!(command, Command::Update(_));
                prop_assert!(editable || record.version == was.version);
            }
            prop_assert_eq!(is_revoked, verdict(&record, &text, *now) == Decision::Final(Verdict::Revoked));
        }
    }

    #[test]
    fn revocation_is_never_put_off_and_never_taken_back((mut record, _) in any_key(), commands in commands()) {
        for (command, now) in &commands {
            let Some((after, _)) = apply(&record, command, *now) else { continue };
            if let Some(scheduled) = record.revoked_at() {
                prop_assert!(after.revoked_at().is_some_and(|date| date <= scheduled));
            }
            record = after;
        }
    }

    #[test]
    fn versions_count_up_and_the_identity_of_a_key_never_changes((mut record, _) in any_key(), commands in commands()) {
        for (command, now) in &commands {
            let Some((after, events)) = apply(&record, command, *now) else { continue };
            let deleted = matches!(command, Command::Delete);
            let is_change = !deleted && !events.is_empty();
            prop_assert_eq!(after.version, record.version + u64::from(is_change));
            prop_assert!(after.updated_at >= record.updated_at);
            prop_assert!(!is_change || after.updated_at == *now);
            prop_assert!(is_change || deleted || differences(&record, &after).is_empty());
            prop_assert!(events.iter().all(|event| event.at == *now));
            let changed = differences(&record, &after);
            for fixed in ["id", "type", "owner", "redacted", "token", "digest", "created_at", "created_by", "last_used_at"] {
                prop_assert!(!changed.iter().any(|field| field == fixed), "{}", fixed);
            }
            record = after;
        }
    }

    #[test]
    fn no_event_holds_the_key_or_its_digest((mut record, text) in any_key(), commands in commands()) {
        let (new, first) = (new_key(record.key_type), issue(&deployment(), record.key_type, &record.owner, 8));
        let made = lifecycle::create(new, record.owner.clone(), key_id(1), &first, &actor("ada"), at(0));
        let mut recorded = vec![made.expect("a new key").event];
        for (command, now) in &commands {
            let Some((after, events)) = apply(&record, command, *now) else { continue };
            record = after;
            recorded.extend(events);
        }
        let second = issue(&deployment(), record.key_type, &record.owner, 8);
        for event in &recorded {
            let shown = shape(event).to_string();
            for secret in [text.as_str(), second.text()] {
                // Six characters before the four that people may see: neither the whole key nor its tail.
                let tail = secret.get(secret.len() - 10..).expect("ASCII");
                prop_assert!(!shown.contains(tail));
                let body = secret.rsplit_once('_').and_then(|(_, body)| body.get(..16)).expect("a body");
                prop_assert!(!shown.contains(body));
            }
            prop_assert!(!shown.contains(&record.digest.to_hex()));
            prop_assert!(!shown.contains(&second.digest().to_hex()));
        }
    }
}
