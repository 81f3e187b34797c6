//! Guarantees of finding keys, for any text: the same as trying every part of it.
#![expect(clippy::string_slice, clippy::expect_used, reason = "keys are ASCII; a test may panic")]

mod support;

use keyward_core::scan::{KEY_LONGEST, key_at_end, keys_in, undecided};
use keyward_core::{Environment, Kind, WellFormedKey};
use proptest::prelude::*;
use support::{SEAL_KEY, Seeded, issuer, user};

prop_compose! {
    fn key()(brand in "[a-z][a-z0-9]{1,11}", kind in prop::sample::select(Kind::ALL.to_vec()),
             environment in prop::sample::select(Environment::ALL.to_vec()), seed in 1_u64..) -> String {
        let issuer = issuer(&brand, environment, SEAL_KEY);
        issuer.issue(kind, &user("ada"), &mut Seeded(seed)).expect("entropy").text().to_owned()
    }
}

/// Keys, pieces of keys, near misses and other text in any order.
fn text() -> impl Strategy<Value = String> {
    let cut =
        (key(), any::<prop::sample::Index>()).prop_map(|(key, at)| key[..at.index(key.len())].to_owned());
    let damaged = (key(), any::<prop::sample::Index>(), any::<char>()).prop_map(|(key, at, other)| {
        let at = at.index(key.len());
        format!("{}{other}{}", &key[..at], &key[at + 1..])
    });
    let piece = prop_oneof![key(), cut, damaged, "[a-z0-9_]{0,4}", "\\PC{0,4}", "(kw_sk_live_1?){0,3}"];
    prop::collection::vec(piece, 0..6).prop_map(|pieces| pieces.concat())
}

/// The rule, slowly: every part that is well-formed, but only the longest of those with the same end.
fn by_trying_every_part(text: &str) -> Vec<(usize, usize)> {
    let longest = |end: usize| {
        let is_key =
            |start: &usize| text.get(*start..end).is_some_and(|part| WellFormedKey::parse(part).is_ok());
        (end.saturating_sub(KEY_LONGEST)..end).find(is_key)
    };
    (0..=text.len()).filter_map(|end| Some((longest(end)?, end))).collect()
}

fn found(text: &str) -> Vec<(usize, usize)> {
    keys_in(text).map(|(start, key)| (start, start + key.len())).collect()
}

proptest! {
    #[test]
    fn same_keys_are_found_as_by_trying_every_part(text in text()) {
        prop_assert_eq!(found(&text), by_trying_every_part(&text));
    }

    #[test]
    fn key_at_the_end_is_the_last_one_found(text in text()) {
        let last = found(&text).pop().filter(|(_, end)| *end == text.len());
        prop_assert_eq!(key_at_end(&text).is_some(), last.is_some());
    }

    #[test]
    fn no_key_begins_before_the_undecided_end_and_goes_on_in_later_text(text in text(), more in text()) {
        let decided = text.len() - undecided(&text);
        let whole = format!("{text}{more}");
        for (start, end) in found(&whole) {
            prop_assert!(start >= decided || end <= text.len(), "{start} {end} {decided}");
        }
    }
}
