//! Reads a body's JSON, and says what is wrong with one that cannot be read: in our words, with the place, and without
//! anything of it.

use std::fmt;

use keyward_core::ErrorCode;
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::problem::Problem;

/// What serde is told of a name that is given twice; it adds the place.
const TWICE: &str = "a name is given twice";

/// Most brackets and commas outside of texts. A small object takes up a hundred times the room of its text, and anybody may
/// send a body of a mebibyte; all that we read has far fewer, and a smaller body cannot have as many.
const PARTS_MAX: usize = super::BODY_MAX;

const LONE_SURROGATE: &str = "holds an escape that is one half of a character: a lone surrogate";

/// What is wrong, as the parser has it, and what we say. The first are about JSON that means nothing here, so the problem
/// is with the body's content; the others are no JSON.
const UNUSABLE: [(&str, &str); 5] = [
    (TWICE, "gives a name more than once in one object"),
    ("number out of range", "holds a number that is larger than any that can be kept"),
    ("recursion limit exceeded", "is nested more deeply than anything that is accepted"),
    ("lone leading surrogate", LONE_SURROGATE),
    ("unexpected end of hex escape", LONE_SURROGATE),
];
const BROKEN: [(&str, &str); 9] = [
    ("EOF while parsing", "it ends too early"),
    ("trailing comma", "there is a comma before a closing bracket"),
    ("trailing characters", "something follows the object"),
    ("key must be a string", "a name has to be in double quotes"),
    ("control character", "a string holds a control character that is not escaped"),
    ("invalid escape", "a string holds an escape that JSON does not have"),
    ("invalid number", "a number is written as JSON does not allow"),
    ("expected `:`", "a colon is missing after a name"),
    ("expected `,`", "a comma is missing between two values"),
];

/// The object that a body holds.
///
/// # Errors
/// `request.bad_json` for what is no JSON object in UTF-8; `request.bad_field` for one that holds what nothing here can.
pub(super) fn read(bytes: &[u8]) -> Result<Map<String, Value>, Problem> {
    match read_value(bytes)? {
        Value::Object(object) => Ok(object),
        _ => Err(Problem::new(ErrorCode::RequestBadJson).because("The body has to be a JSON object.")),
    }
}

fn bad(detail: String) -> Problem {
    Problem::new(ErrorCode::RequestBadJson).because(detail)
}

/// The text that a body is.
///
/// # Errors
/// `request.bad_json`.
pub(super) fn text(bytes: &[u8]) -> Result<&str, Problem> {
    let text = std::str::from_utf8(bytes);
    text.map_err(|error| bad(format!("The body is not UTF-8: byte {}.", error.valid_up_to() + 1)))
}

/// The value that a body holds, whatever it is.
///
/// # Errors
/// As [`read`].
pub(super) fn read_value(bytes: &[u8]) -> Result<Value, Problem> {
    let text = text(bytes)?;
    if text.starts_with('\u{feff}') {
        return Err(bad("The body begins with a byte order mark, which JSON does not have.".to_owned()));
    }
    if text.len() > PARTS_MAX && parts(text) > PARTS_MAX {
        return Err(Problem::field("", "holds more values than anything that is accepted"));
    }
    match serde_json::from_str(text) {
        Ok(Strict(value)) => Ok(value),
        Err(error) => {
            let message = error.to_string();
            let find = |table: &[(&str, &'static str)]| {
                table.iter().find(|(start, _)| message.starts_with(start)).map(|(_, said)| *said)
            };
            let place = format!("line {}, column {}", error.line(), error.column());
            if let Some(said) = find(&UNUSABLE) {
                return Err(Problem::field("", format!("{said} ({place})")));
            }
            let said = find(&BROKEN).map(|said| format!(": {said}")).unwrap_or_default();
            Err(bad(format!("The body is not JSON: {place}{said}.")))
        }
    }
}

/// How many brackets and commas are outside of texts. Whatever is no JSON is found out later.
fn parts(text: &str) -> usize {
    let (mut parts, mut is_text, mut is_escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = is_text,
            b'"' => is_text = !is_text,
            b'{' | b'[' | b',' if !is_text => parts += 1,
            _ => {}
        }
    }
    parts
}

/// Any value in which no object gives a name twice: with two values for one name, programs differ on which counts.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Self)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            read.push(item);
        }
        Ok(read.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some((name, Strict(value))) = fields.next_entry::<String, _>()? {
            if read.insert(name, value).is_some() {
                return Err(A::Error::custom(TWICE));
            }
        }
        Ok(read.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_json_object_is_refused_and_said() {
        for (body, said) in [
            ("[]", "has to be a JSON object"),
            ("7", "has to be a JSON object"),
            ("\u{feff}{}", "byte order mark"),
            ("{", "it ends too early"),
            (" ", "it ends too early"),
            ("{\"a\":1,}", "a comma before a closing bracket"),
            ("{\"a\":1}x", "something follows"),
            ("{'a':1}", "in double quotes"),
            ("{\"a\":\"\n\"}", "not escaped"),
            ("{\"a\":\"\\x\"}", "an escape that JSON does not have"),
            ("{\"a\":01}", "a number is written"),
            ("{\"a\" 1}", "a colon is missing"),
            ("{\"a\":1 \"b\":2}", "a comma is missing"),
            ("{\"a\":NaN}", "line 1, column 6."),
        ] {
            let problem = read(body.as_bytes()).expect_err(body);
            let detail = problem.detail.clone().unwrap_or_default();
            assert_eq!(problem.code, ErrorCode::RequestBadJson, "{body}");
            assert!(detail.contains(said), "{body}: {detail}");
        }
        let problem = read(b"{\"a\":\"\xff\"}").expect_err("no UTF-8");
        assert_eq!(problem.detail.as_deref(), Some("The body is not UTF-8: byte 7."));
    }

    #[test]
    fn json_that_nothing_here_can_hold_is_not_called_anything_else() {
        for (body, said) in [
            ("{\"a\":1e400}".to_owned(), "holds a number that is larger"),
            ("{\"a\":-1e400}".to_owned(), "holds a number that is larger"),
            (format!("{{\"a\":{}{}}}", "[".repeat(200), "]".repeat(200)), "is nested more deeply"),
            (r#"{"a":"\ud83d"}"#.to_owned(), "a lone surrogate"),
            (r#"{"a":"\ud83d\u0041"}"#.to_owned(), "a lone surrogate"),
            (r#"{"a":"\udc00"}"#.to_owned(), "a lone surrogate"),
            (r#"{"a":1,"b":2,"a":1}"#.to_owned(), "gives a name more than once"),
            (r#"{"a":{"hunter2":1,"hunter2":2}}"#.to_owned(), "gives a name more than once"),
        ] {
            let problem = read(body.as_bytes()).expect_err(&body);
            assert_eq!(problem.code, ErrorCode::RequestBadField, "{body}: {problem:?}");
            assert!(problem.errors[0].detail.contains(said), "{problem:?}");
            assert!(!format!("{problem:?}").contains("hunter2"));
        }
    }

    #[test]
    fn what_would_take_up_much_more_room_than_its_text_is_refused_before_it_is_read() {
        for (item, count) in [("{\"\":0}", 40_000), ("[]", 40_000), ("0", 70_000), ("\"\\\"\"", 70_000)] {
            let body = format!("{{\"found\":[{}]}}", vec![item; count].join(","));
            let problem = read(body.as_bytes()).expect_err(item);
            assert_eq!((problem.code, problem.errors.len()), (ErrorCode::RequestBadField, 1));
            assert!(problem.errors[0].detail.contains("more values"), "{problem:?}");
        }
        let source = ",[{\\\"\\\\".repeat(100_000);
        assert!(read(format!("{{\"source\":\"{source}\"}}").as_bytes()).is_ok());
    }

    #[test]
    fn values_are_read_as_they_are_written() {
        let body = r#"{"a":[null,true,-1,18446744073709551615,1.5,"é",{}]}"#;
        let value = Value::Object(read(body.as_bytes()).expect("an object"));
        assert_eq!(value, serde_json::from_str::<Value>(body).expect("JSON"));
    }
}
