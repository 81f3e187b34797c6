//! Guarantees of finding keys, for any text: the same as trying every part of it.

use keyward_core::scan::{KEY_LONGEST, key_at_end, keys_in, undecided};
use keyward_core::{Environment, Kind, WellFormedKey};
use proptest::prelude::*;

use crate::support::{SEAL_KEY, Seeded, issuer, user};

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

/// Start, end, and whether it is damaged.
type Place = (usize, usize, bool);

/// The rule, slowly: every part that is well-formed, but only the longest of those with the same end; and where none
/// is, the longest that looks like a key and can be no longer.
fn by_trying_every_part(text: &str) -> Vec<Place> {
    let longest = |end: usize, is: &dyn Fn(&str) -> bool| {
        (end.saturating_sub(KEY_LONGEST)..end).find(|start| text.get(*start..end).is_some_and(is))
    };
    let at = |end: usize| {
        let goes_on = text[end..].starts_with(|next: char| next.is_ascii_alphanumeric());
        let is_damaged = |part: &str| looks_like_a_key(part, goes_on);
        let whole = longest(end, &|part| WellFormedKey::parse(part).is_ok()).map(|start| (start, end, false));
        whole.or_else(|| longest(end, &is_damaged).map(|start| (start, end, true)))
    };
    (0..=text.len()).filter(|end| text.is_char_boundary(*end)).filter_map(at).collect()
}

fn looks_like_a_key(part: &str, goes_on: bool) -> bool {
    let words: Vec<&str> = part.split('_').collect();
    let [brand, "sk" | "pk" | "pat", "live" | "test", body] = words[..] else { return false };
    let ends = body.len() == 58 && !body.ends_with("000000") || (40..58).contains(&body.len()) && !goes_on;
    keyward_core::Brand::parse(brand).is_ok()
        && ends
        && body.chars().all(|character| character.is_ascii_alphanumeric())
        && body[..40].contains(|character: char| character.is_ascii_digit())
}

fn found(text: &str) -> Vec<Place> {
    keys_in(text).map(|(start, key)| (start, start + key.len(), key.is_damaged())).collect()
}

proptest! {
    #[test]
    fn same_keys_are_found_as_by_trying_every_part(text in text()) {
        prop_assert_eq!(found(&text), by_trying_every_part(&text));
    }

    #[test]
    fn key_at_the_end_is_the_last_one_found(text in text()) {
        let last = found(&text).pop().filter(|(_, end, _)| *end == text.len());
        prop_assert_eq!(key_at_end(&text).is_some(), last.is_some());
    }

    #[test]
    fn no_key_begins_before_the_undecided_end_and_goes_on_in_later_text(text in text(), more in text()) {
        let decided = text.len() - undecided(&text);
        let whole = format!("{text}{more}");
        for (start, end, _) in found(&whole) {
            prop_assert!(start >= decided || end <= text.len(), "{start} {end} {decided}");
        }
        // What ends before the undecided part is what it is, whatever follows.
        let before = |all: Vec<Place>| all.into_iter().filter(|(start, ..)| *start < decided).collect::<Vec<_>>();
        prop_assert_eq!(before(found(&text)), before(found(&whole)));
    }
}
