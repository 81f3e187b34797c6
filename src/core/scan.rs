//! Finding keys in text: which part of a text is a key, and which one is what is left of a key.
//!
//! A part of a text is a key when it is well-formed; what comes before and after it does not matter. The
//! checksum covers the prefix, so it tells where a key begins better than any word boundary: the `D` of
//! `%3Dkw_sk_…`, the `n` of a JSON text's `\nkw_sk_…` and a second key right after the first do not hide a
//! key. Of two that end at the same place, the longer is taken.
//!
//! A *damaged key* is a prefix with at least [`BODY_LEAST`] characters of a body behind it that is cut or has
//! a wrong checksum. The checksum is public, so whoever finds it can restore what is missing. No checksum
//! tells where it begins: of the brands that it may have, it has the longest.
//!
//! In scope: this rule, and what searchers need to be fast. Out of scope: where the text comes from.

use core::fmt;

use crate::checksum::CHECKSUM_LEN;
use crate::format::{BRAND_MAX, Environment, Kind, is_brand};
use crate::key::{BODY_LEN, KEY_MAX, WellFormedKey};
use crate::redact::Redacted;

/// A regular expression for brands. It and [`TAIL_PATTERN`] mean the same in JavaScript, RE2 and Hyperscan.
pub const BRAND_PATTERN: &str = "[a-z][a-z0-9]{1,11}";

/// A regular expression for the end of every key, whole or damaged, from the underscore before its environment on.
///
/// It begins with letters that are rare in other text, so a search for it skips nearly everything. Each
/// match is then checked with [`key_at_end`].
pub const TAIL_PATTERN: &str = "_(?:live|test)_[0-9A-Za-z]{40,58}";

/// Characters after a prefix from which on they are taken for a key's, though a whole body has more.
pub const BODY_LEAST: usize = 40;

/// How the samples of documentation end, whose checksum is wrong on purpose.
const SAMPLE_END: &str = "000000";

/// Characters of the longest key: the longest brand, `_pat_live_`, and the body.
pub const KEY_LONGEST: usize = BRAND_MAX + "_pat_live_".len() + BODY_LEN;

const _: () = assert!(KEY_LONGEST <= KEY_MAX, "every key can be parsed");
const _: () = assert!(SAMPLE_END.len() == CHECKSUM_LEN, "a sample differs from a key in its checksum only");

/// A key in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundKey<'a> {
    /// A whole key.
    Whole(WellFormedKey<'a>),
    /// What is left of a key, or a key with a mistake in it.
    Damaged(DamagedKey<'a>),
}

/// A key that is cut or has a wrong checksum.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct DamagedKey<'a> {
    brand: &'a str,
    kind: Kind,
    environment: Environment,
    body: &'a str,
}

impl<'a> FoundKey<'a> {
    /// How many characters it has.
    #[must_use]
    #[expect(clippy::len_without_is_empty, reason = "no key is empty")]
    pub fn len(&self) -> usize {
        match self {
            Self::Whole(key) => key.len(),
            Self::Damaged(key) => {
                let words = [key.brand, key.kind.as_str(), key.environment.as_str(), key.body];
                words.map(str::len).iter().sum::<usize>() + words.len() - 1
            }
        }
    }

    /// How many characters there are behind the last underscore.
    #[must_use]
    pub fn body_len(&self) -> usize {
        match self {
            Self::Whole(_) => BODY_LEN,
            Self::Damaged(key) => key.body.len(),
        }
    }

    /// Whether it is cut or has a wrong checksum.
    #[must_use]
    pub fn is_damaged(&self) -> bool {
        matches!(self, Self::Damaged(_))
    }

    /// The brand in the prefix.
    #[must_use]
    pub fn brand(&self) -> &'a str {
        match self {
            Self::Whole(key) => key.brand(),
            Self::Damaged(key) => key.brand,
        }
    }

    /// The kind in the prefix.
    #[must_use]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Whole(key) => key.kind(),
            Self::Damaged(key) => key.kind,
        }
    }

    /// The environment in the prefix.
    #[must_use]
    pub fn environment(&self) -> Environment {
        match self {
            Self::Whole(key) => key.environment(),
            Self::Damaged(key) => key.environment,
        }
    }

    /// The form that people may see. That of a damaged key ends with the mask: its last characters are not those by
    /// which lists show the key, and may be of the secret.
    #[must_use]
    pub fn redacted(&self) -> Redacted<'a> {
        match self {
            Self::Whole(key) => key.redacted(),
            Self::Damaged(key) => Redacted::of("", key.brand, key.kind, key.environment),
        }
    }
}

/// Shows the redacted form only.
impl fmt::Debug for DamagedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DamagedKey({})", FoundKey::Damaged(*self).redacted())
    }
}

/// The key that ends where `text` ends: with its 58th character behind the prefix, or earlier because no letter or digit
/// follows, which only the caller can know.
#[must_use]
pub fn key_at_end(text: &str) -> Option<FoundKey<'_>> {
    let text = text.get(text.ceil_char_boundary(text.len().saturating_sub(KEY_LONGEST))..)?;
    let (prefix, body) = text.rsplit_once('_')?;
    if !(BODY_LEAST..=BODY_LEN).contains(&body.len())
        || !body.bytes().all(|byte| byte.is_ascii_alphanumeric())
    {
        return None;
    }
    let (rest, environment) = prefix.rsplit_once('_')?;
    let (rest, kind) = rest.rsplit_once('_')?;
    let (environment, kind) = (Environment::parse(environment)?, Kind::parse(kind)?);
    let of_brand = |byte: &u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let run = rest.bytes().rev().take(BRAND_MAX).take_while(of_brand).count();
    let mut starts = rest.len() - run..rest.len();
    let whole = starts.clone().find_map(|start| WellFormedKey::parse(text.get(start..)?).ok());
    if whole.is_some() || is_none_of_ours(body) {
        return whole.map(FoundKey::Whole);
    }
    let brand = starts.find_map(|start| rest.get(start..).filter(|brand| is_brand(brand)))?;
    Some(FoundKey::Damaged(DamagedKey { brand, kind, environment, body }))
}

/// Samples, and what stands in documentation for a body (`xxxx…`): it has no digit, and nearly every key has.
fn is_none_of_ours(body: &str) -> bool {
    let is_sample = body.len() == BODY_LEN && body.ends_with(SAMPLE_END);
    is_sample || !body.bytes().take(BODY_LEAST).any(|byte| byte.is_ascii_digit())
}

/// Every key in `text`, whole or damaged, with the byte at which it begins, in the order of their ends.
///
/// Takes time in proportion to the text, whatever the text.
pub fn keys_in(text: &str) -> impl Iterator<Item = (usize, FoundKey<'_>)> {
    text.match_indices('_').filter_map(|(underscore, _)| {
        let body = text.bytes().skip(underscore + 1).take(BODY_LEN);
        let end = underscore + 1 + body.take_while(u8::is_ascii_alphanumeric).count();
        let key = key_at_end(text.get(..end)?)?;
        Some((end - key.len(), key))
    })
}

/// The text with every key in it, whole or damaged, in the form that people may see.
#[must_use]
pub fn redact_text(text: &str) -> String {
    let (mut redacted, mut end) = (String::with_capacity(text.len()), 0);
    for (start, key) in keys_in(text) {
        // Nothing, where it begins inside of the one before.
        redacted.push_str(text.get(end..start).unwrap_or_default());
        redacted.push_str(&key.redacted().to_string());
        end = start + key.len();
    }
    redacted.push_str(text.get(end..).unwrap_or_default());
    redacted
}

/// How many bytes at the end of `text` may be the beginning of a key that goes on in text yet to come.
///
/// A body of fewer than 58 characters at the very end is among them: it may be whole yet. All before them is decided. A key has no other characters than these, so white space decides.
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

    /// Start, length and redacted form of what is damaged.
    fn damaged(text: &str) -> Vec<(usize, usize, String)> {
        let found = keys_in(text).filter(|(_, key)| key.is_damaged());
        found.map(|(start, key)| (start, key.len(), key.redacted().to_string())).collect()
    }

    #[test]
    fn a_key_that_is_cut_anywhere_behind_40_characters_is_damaged_whatever_is_around_it() {
        for len in "kw_sk_test_".len() + BODY_LEAST..KEY.len() {
            for before in ["", " ", "\"", "%3D", "é", "_", "kw_sk_test_1"] {
                for after in ["", " ", "\"", "%26", "_", "é", "…", "-", "\n"] {
                    let text = format!("{before}{}{after}", &KEY[..len]);
                    assert_eq!(damaged(&text), [(before.len(), len, "kw_sk_test_***".to_owned())], "{text}");
                }
            }
        }
        for len in 0..KEY.len() - BODY_LEN + BODY_LEAST {
            assert_eq!(starts(&KEY[..len]), [0; 0], "{len}");
        }
    }

    #[test]
    fn a_key_with_any_other_character_in_its_body_is_damaged() {
        for at in KEY.len() - BODY_LEN..KEY.len() {
            let other = if &KEY[at..=at] == "z" { "y" } else { "z" };
            for after in ["", " ", "word", "9"] {
                let text = format!("{}{other}{}{after}", &KEY[..at], &KEY[at + 1..]);
                assert_eq!(damaged(&text), [(0, KEY.len(), "kw_sk_test_***".to_owned())], "{text}");
            }
        }
    }

    #[test]
    fn a_key_with_a_character_too_many_or_too_few_is_damaged() {
        for at in KEY.len() - BODY_LEN..KEY.len() {
            let few = format!("{}{}", &KEY[..at], &KEY[at + 1..]);
            let many = format!("{}z{}", &KEY[..at], &KEY[at..]);
            assert_eq!([damaged(&few).len(), damaged(&many).len()], [1, 1], "{at}");
        }
    }

    #[test]
    fn a_damaged_key_right_before_a_whole_one_hides_nothing() {
        let text = format!("{}{KEY}", &KEY[..60]);
        let found: Vec<_> = keys_in(&text).map(|(start, key)| (start, key.is_damaged())).collect();
        assert_eq!(found, [(0, true), (60, false)]);
    }

    #[test]
    fn a_whole_key_is_never_damaged_whatever_follows_it() {
        for after in ["", "word", "_", "000000", "9"] {
            assert_eq!(damaged(&format!("{KEY}{after}")), [], "{after}");
        }
    }

    #[test]
    fn samples_placeholders_short_bodies_and_other_prefixes_are_no_keys() {
        let no_digit = format!("kw_sk_live_{}", "x".repeat(58));
        let texts = [SAMPLE, &KEY[1..], &KEY.replace("Hf4", "Hé4"), &KEY.replace("Hf4", "H f4"), &no_digit];
        for text in texts {
            assert_eq!(starts(text), [0; 0], "{text}");
            assert_eq!(starts(&format!("{text}word")), [0; 0], "{text}");
        }
        for other in ["kw_xx_test_", "kw_sk_prod_", "9w_sk_test_", "KW_SK_TEST_", "kw-sk-test-", "sk_test_"] {
            assert_eq!(starts(&KEY.replace("kw_sk_test_", other)), [0; 0], "{other}");
        }
        assert_eq!(starts(&"kw_sk_live_1".repeat(1_000)), [0; 0]);
    }

    #[test]
    fn of_a_redacted_text_only_its_keys_are_changed_and_none_is_left() {
        let cut = &KEY[..60];
        for (text, expected) in [
            (String::new(), String::new()),
            ("é no key".to_owned(), "é no key".to_owned()),
            (format!("a={KEY}&b"), "a=kw_sk_test_***JnsL&b".to_owned()),
            (format!("{KEY}{KEY}"), "kw_sk_test_***JnsL".repeat(2)),
            (format!("é{cut}é{KEY}"), "ékw_sk_test_***ékw_sk_test_***JnsL".to_owned()),
            (format!("{cut}{KEY}."), "kw_sk_test_***kw_sk_test_***JnsL.".to_owned()),
            (SAMPLE.to_owned(), SAMPLE.to_owned()),
        ] {
            assert_eq!(redact_text(&text), expected);
        }
    }

    #[test]
    fn patterns_agree_with_the_grammar() {
        let words = Environment::ALL.map(Environment::as_str).join("|");
        assert_eq!(TAIL_PATTERN, format!("_(?:{words})_[0-9A-Za-z]{{{BODY_LEAST},{BODY_LEN}}}"));
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
