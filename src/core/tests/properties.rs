//! Guarantees of the key format, for any input.
#![expect(clippy::cast_possible_truncation, reason = "the character is ASCII")]

use keyward_core::{Environment, KeyRing, Kind, Owner, OwnerId, WellFormedKey};
use proptest::prelude::*;

use crate::support::{SEAL_KEY, Seeded, deployment, issuer, organization};

fn ring() -> KeyRing {
    KeyRing::parse(SEAL_KEY).expect("ring")
}

prop_compose! {
    fn issued_key()(
        brand in "[a-z][a-z0-9]{1,11}",
        kind in prop::sample::select(Kind::ALL.to_vec()),
        environment in prop::sample::select(Environment::ALL.to_vec()),
        id in "[A-Za-z0-9_-]{1,64}",
        external in "\\PC{1,10}",
        seed in 1_u64..,
    ) -> (String, Owner) {
        let of_user = || Owner::User(OwnerId::from_external(&external).expect("a user's id"));
        let owner = if kind == Kind::Personal { of_user() } else { organization(&id) };
        let key = issuer(&brand, environment, SEAL_KEY).issue(kind, &owner, &mut Seeded(seed)).expect("entropy");
        (key.text().to_owned(), owner)
    }
}

proptest! {
    #[test]
    fn issued_keys_are_well_formed_and_authentic_and_name_their_ledger((text, owner) in issued_key()) {
        let key = WellFormedKey::parse(&text).expect("well-formed");
        let prefix = format!("{}_{}_{}_1{}", key.brand(), key.kind().as_str(), key.environment().as_str(), key.ledger().as_str());
        prop_assert!(text.starts_with(&prefix));
        prop_assert_eq!(key.ledger(), owner.ledger());
        prop_assert!(key.authenticate(&ring()).is_some());
    }

    #[test]
    fn one_changed_character_is_refused((text, _) in issued_key(), at in any::<prop::sample::Index>(), other in any::<char>()) {
        let at = at.index(text.len());
        prop_assume!(text.as_bytes()[at] != other as u32 as u8 || !other.is_ascii());
        let changed = format!("{}{other}{}", &text[..at], &text[at + 1..]);
        prop_assert!(WellFormedKey::parse(&changed).is_err());
    }

    #[test]
    fn two_swapped_neighbours_are_refused((text, _) in issued_key(), at in any::<prop::sample::Index>()) {
        let at = at.index(text.len() - 1);
        let mut bytes = text.clone().into_bytes();
        prop_assume!(bytes[at] != bytes[at + 1]);
        bytes.swap(at, at + 1);
        prop_assert!(WellFormedKey::parse(&String::from_utf8(bytes).expect("ASCII")).is_err());
    }

    #[test]
    fn redaction_holds_no_more_than_the_last_four_characters((text, _) in issued_key()) {
        let redacted = WellFormedKey::parse(&text).expect("well-formed").redacted().to_string();
        let (prefix, body) = text.rsplit_once('_').expect("prefix");
        prop_assert_eq!(redacted, format!("{prefix}_***{}", &body[body.len() - 4..]));
    }

    #[test]
    fn debug_output_never_holds_the_secret((text, _) in issued_key()) {
        let key = WellFormedKey::parse(&text).expect("well-formed");
        let shown = format!("{key:?} {:?} {:?}", key.authenticate(&ring()), key.digest());
        prop_assert!(!shown.contains(&text[text.len() - 20..]));
        prop_assert!(!shown.contains(&key.digest().to_hex()));
    }

    #[test]
    fn parser_never_panics_on_any_text(text in any::<String>()) {
        let _ = WellFormedKey::parse(&text);
    }

    #[test]
    fn parser_never_panics_on_a_near_miss(text in "[a-z0-9_]{0,14}(sk|pat|pk|\\PC)?_(live|test)?_1?[0-9A-Za-z\\PC]{0,60}") {
        let _ = WellFormedKey::parse(&text);
    }
}

#[test]
fn secret_characters_are_uniform() {
    let (issuer, owner) = (deployment(), organization("acme"));
    let mut entropy = Seeded(0x9E37_79B9_7F4A_7C15);
    let mut counts = std::collections::BTreeMap::<char, u32>::new();
    let keys = 4_000;
    for _ in 0..keys {
        let key = issuer.issue(Kind::Secret, &owner, &mut entropy).expect("entropy");
        let body = key.text().rsplit_once('_').expect("prefix").1;
        body[9..41].chars().for_each(|c| *counts.entry(c).or_default() += 1);
    }
    let expected = f64::from(keys * 32) / 62.0;
    assert_eq!(counts.len(), 62);
    // Chi-square with 61 degrees of freedom stays below 120 except once in 100,000 times; the seed is fixed.
    let chi: f64 = counts.values().map(|n| (f64::from(*n) - expected).powi(2) / expected).sum();
    assert!(chi < 120.0, "{chi}");
}
