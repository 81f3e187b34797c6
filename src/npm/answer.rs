//! How the core's answers are encoded for JavaScript.

use keyward_core::error::ParseKeyError;
use keyward_core::scan::FoundKey;
use keyward_core::{Environment, Kind};

/// The parts of a key in one number, because an integer is far cheaper than an object or a text:
/// bits 0 to 3 the brand's length, 4 and 5 the kind, 6 the environment, 7 whether it is damaged, 8 to 15 where the body
/// begins, from 16 on the key's length. Never 0. JavaScript cuts the texts out of the string that it already has.
pub(crate) fn parts(key: &FoundKey<'_>) -> u32 {
    let kind = match key.kind() {
        Kind::Secret => 0,
        Kind::Personal => 1,
        Kind::Publishable => 2,
    };
    let environment = match key.environment() {
        Environment::Live => 0,
        Environment::Test => 1,
    };
    small(key.brand().len())
        | kind << 4
        | environment << 6
        | u32::from(key.is_damaged()) << 7
        | small(key.len() - key.body_len()) << 8
        | small(key.len()) << 16
}

/// A key's lengths are at most 128, so nothing is cut off.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or_default()
}

/// Why a text is not a well-formed key, in one number: bits 0 to 7 the place of the problem in [`FACTS`], counted from 1;
/// from 8 on the number that this problem has.
pub(crate) fn problem(error: ParseKeyError) -> u32 {
    match error {
        ParseKeyError::Empty => 1,
        ParseKeyError::TooLong => 2,
        ParseKeyError::BadCharacter { index } => 3 | small(index) << 8,
        ParseKeyError::BadPrefix => 4,
        ParseKeyError::UnknownVersion => 5,
        ParseKeyError::BadLength { actual, .. } => 6 | small(actual) << 8,
        // The core may learn of more problems than there are here: a test finds out.
        _ => 7,
    }
}

/// What `pkg/lib` has to know about the format. Written out, because code that would write it is larger than all that
/// decides about keys; a test holds it to the core.
pub(crate) const FACTS: &str = concat!(
    r#"{"kinds":["sk","pat","pk"],"environments":["live","test"],"ledger":8,"body":58,"#,
    r#""mask":"***","hint":4,"max":128,"longest":80,"#,
    r#""brand":"[a-z][a-z0-9]{1,11}","tail":"_(?:live|test)_[0-9A-Za-z]{40,58}","problems":["#,
    r#"{"code":"key.empty","message":"the key is empty"},"#,
    r#"{"code":"key.too_long","message":"the text is longer than any key"},"#,
    r#"{"code":"key.bad_character","message":"byte # is not a letter, digit or underscore","number":"index"},"#,
    r#"{"code":"key.bad_prefix","message":"the text does not begin with a brand, a kind and an environment"},"#,
    r#"{"code":"key.unknown_version","message":"the key has a version that is not known here"},"#,
    r#"{"code":"key.bad_length","message":"the part after the last underscore has # characters instead of 58","expected":58,"number":"actual"},"#,
    r#"{"code":"key.bad_checksum","message":"the checksum does not match: at least one character is wrong"}]}"#,
);

#[cfg(test)]
mod tests {
    use keyward_core::key::{BODY_LEN, KEY_MAX};
    use keyward_core::redact::{HINT_LEN, MASK};
    use keyward_core::scan::{BRAND_PATTERN, KEY_LONGEST, TAIL_PATTERN};
    use keyward_core::{LedgerLocator, WellFormedKey};

    use super::*;

    #[test]
    fn facts_are_those_of_the_core() {
        let [secret, personal, publishable] = Kind::ALL.map(Kind::as_str);
        let [live, test] = Environment::ALL.map(Environment::as_str);
        let expected = [
            format!(
                r#"{{"kinds":["{secret}","{personal}","{publishable}"],"environments":["{live}","{test}"],"#
            ),
            format!(
                r#""ledger":{},"body":{BODY_LEN},"mask":"{MASK}","hint":{HINT_LEN},"#,
                LedgerLocator::LEN
            ),
            format!(
                r#""max":{KEY_MAX},"longest":{KEY_LONGEST},"brand":"{BRAND_PATTERN}","tail":"{TAIL_PATTERN}","#
            ),
        ];
        assert!(FACTS.starts_with(&expected.concat()), "{}", expected.concat());
    }

    #[test]
    fn every_problem_has_the_code_and_message_of_the_core_and_its_numbers() {
        let (_, list) = FACTS.split_once(r#""problems":["#).unwrap();
        let problems: Vec<&str> = list.trim_end_matches("]}").split_inclusive('}').collect();
        let long = "a".repeat(KEY_MAX + 1);
        let texts = [
            "",
            &long,
            "kw sk",
            "kw",
            "kw_sk_test_2",
            "kw_sk_test_10",
            &format!("kw_sk_test_1{}", "0".repeat(57)),
        ];
        assert_eq!(problems.len(), texts.len());
        for (place, (text, told)) in (1..).zip(texts.iter().zip(problems)) {
            let error = WellFormedKey::parse(text).unwrap_err();
            let (number, name) = match error {
                ParseKeyError::BadCharacter { index } => (index, r#","number":"index""#.to_owned()),
                ParseKeyError::BadLength { expected, actual } => {
                    (actual, format!(r#","expected":{expected},"number":"actual""#))
                }
                _ => (0, String::new()),
            };
            assert_eq!(problem(error), place | small(number) << 8);
            let message = told.replace('#', &number.to_string());
            let expected = format!(r#"{{"code":"{}","message":"{error}"{name}}}"#, error.code());
            assert_eq!(message.trim_start_matches(','), expected);
        }
    }
}
