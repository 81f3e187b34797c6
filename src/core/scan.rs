//! Finding keys in text: which part of a text is a key.
//!
//! A part of a text is a key when it is well-formed; what comes before and after it does not matter. The
//! checksum covers the prefix, so it tells where a key begins better than any word boundary: the `D` of
//! `%3Dkw_sk_…`, the `n` of a JSON text's `\nkw_sk_…` and a second key right after the first do not hide a
//! key. Of two that end at the same place, the longer is taken.
//!
//! In scope: this rule, and what searchers need to be fast. Out of scope: where the text comes from.

use crate::format::{BRAND_MAX, Environment, Kind};
use crate::key::{BODY_LEN, KEY_MAX, WellFormedKey};

/// A regular expression for brands. It and [`TAIL_PATTERN`] mean the same in JavaScript, RE2 and Hyperscan.
pub const BRAND_PATTERN: &str = "[a-z][a-z0-9]{1,11}";

/// A regular expression for the end of every key, from the underscore before its environment on.
///
/// It begins with letters that are rare in other text, so a search for it skips nearly everything. Each
/// match is then checked with [`key_at_end`].
pub const TAIL_PATTERN: &str = "_(?:live|test)_1[0-9A-Za-z]{57}";

/// Characters of the longest key: the longest brand, `_pat_live_`, and the body.
pub const KEY_LONGEST: usize = BRAND_MAX + "_pat_live_".len() + BODY_LEN;

const _: () = assert!(KEY_LONGEST <= KEY_MAX, "every key can be parsed");

/// The key that ends where `text` ends.
#[must_use]
pub fn key_at_end(text: &str) -> Option<WellFormedKey<'_>> {
    let text = text.get(text.ceil_char_boundary(text.len().saturating_sub(KEY_LONGEST))..)?;
    let prefix = text.get(..text.len().checked_sub(BODY_LEN)?)?.strip_suffix('_')?;
    let (rest, environment) = prefix.rsplit_once('_')?;
    let (rest, kind) = rest.rsplit_once('_')?;
    Environment::parse(environment).and(Kind::parse(kind))?;
    let of_brand = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let run = rest.bytes().rev().take(BRAND_MAX).take_while(of_brand).count();
    (rest.len() - run..rest.len()).find_map(|start| WellFormedKey::parse(text.get(start..)?).ok())
}

/// Every key in `text` with the byte at which it begins, in the order of their ends.
///
/// Takes time in proportion to the text, whatever the text.
pub fn keys_in(text: &str) -> impl Iterator<Item = (usize, WellFormedKey<'_>)> {
    text.match_indices("_1").filter_map(|(underscore, _)| {
        let end = underscore + 1 + BODY_LEN;
        let key = key_at_end(text.get(..end)?)?;
        Some((end - key.len(), key))
    })
}

/// How many bytes at the end of `text` may be the beginning of a key that goes on in text yet to come.
///
/// All before them is decided. A key has no other characters than these, so white space decides.
#[must_use]
pub fn undecided(text: &str) -> usize {
    let of_key = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    text.bytes().rev().take(KEY_LONGEST - 1).take_while(of_key).count()
}

#[cfg(test)]
#[expect(clippy::string_slice, reason = "keys are ASCII")]
mod tests {
    use super::*;

    const KEY: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
    const SAMPLE: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk000000";

    fn starts(text: &str) -> Vec<usize> {
        keys_in(text).map(|(start, _)| start).collect()
    }

    #[test]
    fn keys_are_found_whatever_is_around_them() {
        for before in
            ["", " ", "export KEY=", "\"", "%3D", "%3d", r"\n", "word", "é", "🔑", "_", "kw_sk_test_1"]
        {
            for after in ["", " ", "\"", "%26", "word", "_", "1", "é"] {
                let text = format!("{before}{KEY}{after}");
                assert_eq!(starts(&text), [before.len()], "{text}");
            }
        }
    }

    #[test]
    fn a_key_right_after_another_is_found_as_well() {
        assert_eq!(starts(&format!("{KEY}{KEY}-{KEY}")), [0, 69, 139]);
    }

    #[test]
    fn damaged_cut_and_sample_keys_are_not_found() {
        for text in [SAMPLE, &KEY[1..], &KEY[..68], &KEY.replace("Hf4", "Hé4"), &KEY.replace("Hf4", "H f4")]
        {
            assert_eq!(starts(text), [0; 0], "{text}");
        }
        assert_eq!(starts(&"kw_sk_live_1".repeat(1_000)), [0; 0]);
    }

    #[test]
    fn patterns_agree_with_the_grammar() {
        let words = Environment::ALL.map(Environment::as_str).join("|");
        assert_eq!(TAIL_PATTERN, format!("_(?:{words})_1[0-9A-Za-z]{{{}}}", BODY_LEN - 1));
        assert_eq!(BRAND_PATTERN, format!("[a-z][a-z0-9]{{1,{}}}", BRAND_MAX - 1));
        let longest_kind = Kind::ALL.into_iter().map(|kind| kind.as_str().len()).max();
        assert_eq!(longest_kind, Some("pat".len()));
    }

    #[test]
    fn only_word_characters_at_the_end_are_undecided() {
        assert_eq!(undecided(""), 0);
        assert_eq!(undecided("a line\n"), 0);
        assert_eq!(undecided("KEY=kw_sk_li"), 8);
        assert_eq!(undecided("é9"), 1);
        assert_eq!(undecided(&"a".repeat(500)), KEY_LONGEST - 1);
    }
}
