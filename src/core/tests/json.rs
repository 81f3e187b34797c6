//! Our reader of JSON reads what `serde_json` reads (there with `float_roundtrip`), and nothing else.

use keyward_core::json::{DEPTH_MAX, NotJson, parse};
use proptest::prelude::*;
use serde_json::{Value, json};

/// What both readers say must be the same, to the last bit of a number.
fn same(text: &str) -> Result<(), TestCaseError> {
    let ours = parse(text).ok().map(|value| value.to_string());
    let theirs = serde_json::from_str::<Value>(text).ok().map(|value| value.to_string());
    prop_assert_eq!(ours, theirs, "{:?}", text);
    Ok(())
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 40, 6, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            proptest::collection::btree_map(any::<String>(), inner, 0..6)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_was_written_is_read_as_it_was(value in value()) {
        for text in [value.to_string(), serde_json::to_string_pretty(&value).expect("text")] {
            prop_assert_eq!(parse(&text).expect("JSON"), value.clone());
        }
    }

    #[test]
    fn a_double_stays_the_same_however_often_it_is_written(bits in any::<u64>()) {
        let double = f64::from_bits(bits);
        prop_assume!(double.is_finite());
        let text = Value::from(double).to_string();
        prop_assert_eq!(parse(&text).expect("JSON").as_f64().map(f64::to_bits), Some(bits));
    }

    #[test]
    fn a_number_is_the_nearest_double(text in r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,4})?") {
        same(&text)?;
    }

    #[test]
    fn a_number_at_or_beside_the_middle_of_two_doubles_is_the_right_one(
        odd in (1_u64 << 52)..(1_u64 << 53), power in 0_u32..31, tail in "(|0{0,900}1)", exponent in -320_i32..280, is_scaled: bool,
    ) {
        // A number of 54 bits that is no double: as a whole, or over a power of two, times a power of ten.
        let middle = u128::from(2 * odd + 1);
        let digits = (middle * 5_u128.pow(power)).to_string();
        let places = i32::try_from(power).expect("small");
        same(&format!("{digits}.{}e-{places}", if tail.is_empty() { "0" } else { &tail }))?;
        if is_scaled {
            same(&format!("{digits}.{}e{exponent}", if tail.is_empty() { "0" } else { &tail }))?;
        }
        let below = middle * 5_u128.pow(power) * 10 - 1;
        same(&format!("{below}e-{}", places + 1))?;
    }

    #[test]
    fn a_long_number_is_the_nearest_double(text in r"[0-9]{1,400}\.[0-9]{1,900}e-?[0-9]{1,3}") {
        let text = text.trim_start_matches('0');
        same(&if text.starts_with('.') { format!("0{text}") } else { text.to_owned() })?;
    }

    #[test]
    fn nearly_json_is_read_or_refused_as_serde_json_does(
        value in value(),
        place in any::<prop::sample::Index>(),
        other in prop::sample::select(vec!["", "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", ".", "e", " ", "\u{1}", "ä", "\\u", "d800"]),
    ) {
        let mut text = value.to_string();
        let start = text.floor_char_boundary(place.index(text.len()));
        let end = text.ceil_char_boundary(start + 1);
        text.replace_range(start..end, other);
        same(&text)?;
    }

    #[test]
    fn any_text_is_read_or_refused_as_serde_json_does(text in r#"[\[\]{}",:0-9eE.+\-\\/bfnrtu dD8cCaä \n\t]{0,30}"#) {
        same(&text)?;
    }
}

#[test]
fn the_odd_cases_are_those_of_serde_json() {
    let long = |digits: usize| "9".repeat(digits);
    for text in [
        "",
        " ",
        "nul",
        "nulll",
        "true false",
        "01",
        "-",
        "-01",
        "1.",
        ".5",
        "+1",
        "1e",
        "1e+",
        "0x1",
        "NaN",
        "Infinity",
        "-0",
        "-0.0",
        "0e0",
        "0.0e-0",
        "1e308",
        "1e309",
        "-1e309",
        "1e-400",
        "5e-324",
        "2e-324",
        "1e99999999999",
        "1e-99999999999",
        "0e99999999999",
        "2.0e-29",
        "1.602176634e-19",
        "9007199254740993",
        "9007199254740993.0",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "-9223372036854775809",
        &long(400),
        &format!("{}e-390", long(400)),
        &format!("0.{}1e500", "0".repeat(500)),
        "\u{feff}1",
        "\"\\ud83d\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ude00\"",
        "\"\\ud83d\\u0041\"",
        "\"\\u00zz\"",
        "\"\\x\"",
        "\"\t\"",
        "\"\u{7f}\"",
        "\"open",
        "[1,]",
        "[,1]",
        "{\"a\":1,}",
        "{a:1}",
        "{\"a\" 1}",
        "[1 2]",
        "//",
        "{\"a\":1,\"a\":2}",
        " [ 1 , 2 ] \n",
        "\u{b}1",
        "\u{a0}1",
    ] {
        same(text).expect(text);
    }
}

#[test]
fn depth_is_bounded() {
    let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(parse(&nested(DEPTH_MAX)).is_ok());
    for depth in [DEPTH_MAX + 1, 100_000] {
        assert!(parse(&nested(depth)).is_err());
        assert!(parse(&"{\"a\":".repeat(depth)).is_err());
    }
}

#[test]
fn the_place_of_what_is_wrong_is_said() {
    for (text, line, column) in [("", 1, 1), ("{\"a\": x}", 1, 7), ("[1,\n 2\n 3]", 3, 2), ("[] x", 1, 4)] {
        assert_eq!(parse(text), Err(NotJson { line, column }), "{text}");
    }
}

#[test]
fn of_a_name_said_twice_the_last_counts() {
    assert_eq!(parse(r#"{"a":1,"b":2,"a":{"c":[]}}"#), Ok(json!({ "a": { "c": [] }, "b": 2 })));
}
