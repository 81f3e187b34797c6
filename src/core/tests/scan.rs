//! Guarantees of finding keys, for any text: the same as trying every part of it.
#![expect(clippy::string_slice, clippy::expect_used, reason = "keys are ASCII; a test may panic")]

use keyward_core::scan::{KEY_LONGEST, key_at_end, keys_in, undecided};
use keyward_core::{
    Brand, Entropy, EntropyError, Environment, Issuer, KeyRing, Kind, Owner, OwnerId, WellFormedKey,
};
use proptest::prelude::*;

struct Counting(u8);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for slot in bytes {
            self.0 = self.0.wrapping_mul(5).wrapping_add(77);
            *slot = self.0;
        }
        Ok(())
    }
}

prop_compose! {
    fn key()(brand in "[a-z][a-z0-9]{1,11}", kind in prop::sample::select(Kind::ALL.to_vec()),
             environment in prop::sample::select(Environment::ALL.to_vec()), seed in any::<u8>()) -> String {
        let ring = KeyRing::parse(&"5e".repeat(32)).expect("ring");
        let issuer = Issuer { brand: Brand::parse(&brand).expect("brand"), environment, ring };
        let owner = Owner::User(OwnerId::parse("ada").expect("id"));
        issuer.issue(kind, &owner, &mut Counting(seed)).expect("entropy").text().to_owned()
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

/// The rule, slowly: every part that is well-formed, but of those with one end only the longest.
fn by_trying_every_part(text: &str) -> Vec<(usize, usize)> {
    let longest = |end: usize| {
        let starts = end.saturating_sub(KEY_LONGEST)..end;
        starts
            .into_iter()
            .find(|start| text.get(*start..end).is_some_and(|part| WellFormedKey::parse(part).is_ok()))
    };
    (0..=text.len()).filter_map(|end| Some((longest(end)?, end))).collect()
}

fn found(text: &str) -> Vec<(usize, usize)> {
    keys_in(text).map(|(start, key)| (start, start + key.len())).collect()
}

proptest! {
    #[test]
    fn keys_are_found_as_by_trying_every_part(text in text()) {
        prop_assert_eq!(found(&text), by_trying_every_part(&text));
    }

    #[test]
    fn the_key_at_the_end_is_the_last_one_found(text in text()) {
        let last = found(&text).pop().filter(|(_, end)| *end == text.len());
        prop_assert_eq!(key_at_end(&text).is_some(), last.is_some());
    }

    #[test]
    fn nothing_before_the_undecided_end_can_begin_a_key(text in text(), more in text()) {
        let decided = text.len() - undecided(&text);
        let whole = format!("{text}{more}");
        for (start, end) in found(&whole) {
            prop_assert!(start >= decided || end <= text.len(), "{start} {end} {decided}");
        }
    }
}
