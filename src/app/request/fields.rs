//! Reads an object into a type, by serde, and reports everything that is wrong with it at once.
//!
//! serde stops at the first fault, so an object that cannot be read whole is read field by field.

use keyward_core::ErrorCode;
use serde::de::{DeserializeOwned, Deserializer, Error, Visitor};
use serde::{Deserialize, forward_to_deserialize_any};
use serde_json::{Map, Value};

use crate::objects::{self, Fault};
use crate::problem::{FieldProblem, Problem};

/// Longest name of an unknown field that is repeated, in characters.
const NAME_MAX: usize = 64;
/// From how many characters on a part of a name with digits in it is taken for a secret.
const SECRET_LEAST: usize = 16;

/// No fields at all.
#[derive(Debug, Deserialize)]
pub(super) struct NoFields {}

/// Reads fields.
pub(super) fn read<T: DeserializeOwned>(fields: &Map<String, Value>, code: ErrorCode) -> Result<T, Problem> {
    let known = field_names::<T>();
    // From text, as everything: serde's code for reading a type from values would be there besides.
    let attempt = |fields: &Map<String, Value>| objects::from_str::<T>(&crate::json(fields));
    if are_known(fields, known)
        && let Ok(read) = attempt(fields)
    {
        return Ok(read);
    }
    Err(Problem::new(code).with_errors(all_faults(fields, known, code, &|fields| attempt(fields).err())))
}

fn are_known(fields: &Map<String, Value>, known: &[&str]) -> bool {
    fields.keys().all(|name| known.contains(&name.as_str()))
}

/// Everything that is wrong, unknown fields first.
fn all_faults(
    fields: &Map<String, Value>,
    known: &[&str],
    code: ErrorCode,
    fault: &dyn Fn(&Map<String, Value>) -> Option<Fault>,
) -> Vec<FieldProblem> {
    let (mut errors, mut rest) = (Vec::<FieldProblem>::new(), Map::new());
    for (name, value) in fields {
        if known.contains(&name.as_str()) {
            rest.insert(name.clone(), value.clone());
            continue;
        }
        let pointer = pointer(name, code);
        // Of names that are not repeated, one is enough.
        if errors.iter().all(|error| error.pointer != pointer) {
            errors.push(FieldProblem { pointer, detail: not_known(known).into() });
        }
    }
    errors.extend(faults(&rest, known, code, fault));
    errors
}

/// Where a field is: a JSON pointer (RFC 6901), or `?` and the parameter's name. A name that is no plain word, or that looks like a
/// secret, is not repeated: the pointer is then that of the whole body or query.
fn pointer(name: &str, code: ErrorCode) -> String {
    let is_body = code == ErrorCode::RequestBadField;
    match (is_body, is_plain(name)) {
        (true, true) => format!("/{}", name.replace('~', "~0").replace('/', "~1")),
        (false, true) => format!("?{name}"),
        (true, false) => String::new(),
        (false, false) => "?".to_owned(),
    }
}

/// Whether a name is one that people give to fields. Secrets have digits among their letters, and many characters.
pub(crate) fn is_plain(name: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-./~".contains(&byte);
    let looks_secret =
        |part: &str| part.len() >= SECRET_LEAST && part.bytes().any(|byte| byte.is_ascii_digit());
    let has_prefix = ["_live_", "_test_", "kwroot_"].iter().any(|prefix| name.contains(prefix));
    let is_step = |part: &str| matches!(part, "" | "." | "..");
    (1..=NAME_MAX).contains(&name.len())
        && !name.split('/').any(is_step)
        && name.bytes().all(is_word)
        && !has_prefix
        && !name.split(['_', '-', '.']).any(looks_secret)
}

fn not_known(known: &[&str]) -> String {
    if known.is_empty() {
        "is not known here; nothing is".to_owned()
    } else {
        format!("is not known here; known are {}", known.join(", "))
    }
}

/// Everything that is wrong with known fields: `fault` gives the message for the first fault of some of them.
fn faults(
    fields: &Map<String, Value>,
    known: &[&str],
    code: ErrorCode,
    fault: &dyn Fn(&Map<String, Value>) -> Option<Fault>,
) -> Vec<FieldProblem> {
    let problem = |name: &str, detail| FieldProblem { pointer: pointer(name, code), detail };
    // Missing fields are found when every field has been read.
    let fault_of = |name: &str, value: Value| {
        let mut alone = Map::new();
        alone.insert(name.to_owned(), value);
        fault(&alone).filter(|fault| !is_of_type(fault, known))
    };
    let (mut errors, mut right) = (Vec::new(), Map::new());
    for (name, value) in fields {
        let Some(fault) = fault_of(name, value.clone()) else {
            right.insert(name.clone(), value.clone());
            continue;
        };
        let detail = fault.into_detail();
        // serde does not say whether it means the field or what is in it.
        let is_in_list = detail == "must be a string"
            && value.is_array()
            && fault_of(name, Value::Array(Vec::new())).is_none();
        errors.push(problem(name, if is_in_list { "must be an array of strings".into() } else { detail }));
    }
    if let Some(fault) = fault(&right)
        && let Some(name) = fault.missing()
        && known.contains(&name)
        && !fields.contains_key(name)
    {
        errors.push(problem(name, "is missing".into()));
    }
    errors
}

/// Whether it says that a field of the type is missing, and not one of something inside.
fn is_of_type(fault: &Fault, known: &[&str]) -> bool {
    fault.missing().is_some_and(|name| known.contains(&name))
}

/// A boolean as it is written in a query.
pub(crate) fn boolean<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|_| D::Error::custom("must be true or false"))
}

/// The names of a type's fields, as serde reads them.
fn field_names<T: DeserializeOwned>() -> &'static [&'static str] {
    let mut names: &'static [&'static str] = &[];
    // This always ends with an error: the names are known before a value is needed.
    let _ = T::deserialize(FieldNames(&mut names));
    names
}

#[inline(never)]
fn no_value() -> serde::de::value::Error {
    Error::custom("only the names of fields are wanted")
}

struct FieldNames<'a>(&'a mut &'static [&'static str]);

impl<'de> Deserializer<'de> for FieldNames<'_> {
    type Error = serde::de::value::Error;

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Self::Error> {
        *self.0 = fields;
        Err(no_value())
    }

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Self::Error> {
        Err(no_value())
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use keyward_core::settings::{KeyChanges, NewKey};
    use serde_json::json;

    use super::*;

    fn errors<T: DeserializeOwned>(value: Value) -> Vec<(String, String)> {
        let Value::Object(fields) = value else { return Vec::new() };
        let problem = read::<T>(&fields, ErrorCode::RequestBadField).err();
        let errors = problem.map(|problem| problem.errors.clone()).unwrap_or_default();
        errors.into_iter().map(|error| (error.pointer, error.detail.into_owned())).collect()
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_and_nothing_is_repeated() {
        let sent = json!({
            "type": "hunter2", "scopes": "hunter2, expected hunter2", "metadata": ["hunter2"], "consistency": 7,
            "expires_at": "hunter2",
        });
        let found = errors::<NewKey>(sent);
        let mut pointers: Vec<&str> = found.iter().map(|(pointer, _)| pointer.as_str()).collect();
        pointers.sort_unstable();
        assert_eq!(pointers, ["/consistency", "/expires_at", "/metadata", "/scopes", "/title", "/type"]);
        assert!(!format!("{found:?}").contains("hunter2, exp"), "{found:?}");
        let detail =
            |pointer| found.iter().find(|(found, _)| found == pointer).map(|(_, detail)| detail.as_str());
        assert_eq!(detail("/type"), Some("must be one of secret, publishable"));
        assert_eq!(detail("/metadata"), Some("must be a JSON object"));
        assert_eq!(detail("/title"), Some("is missing"));
    }

    #[test]
    fn a_list_with_something_else_in_it_is_told_apart_from_a_text_that_is_a_list() {
        for (field, value, expected) in [
            ("scopes", json!(["a", 7]), "must be an array of strings"),
            ("scopes", json!([["a"]]), "must be an array of strings"),
            ("scopes", json!("a"), "must be an array"),
            ("title", json!(["t"]), "must be a string"),
        ] {
            let found = errors::<KeyChanges>(json!({ field: value }));
            assert_eq!(found, [(format!("/{field}"), expected.to_owned())]);
        }
    }

    #[test]
    fn where_a_word_has_to_be_nothing_else_will_do() {
        for other in [json!(7), json!({ "strong": null }), json!({}), json!(["strong"]), json!(null)] {
            let found = errors::<NewKey>(json!({ "title": "t", "consistency": other }));
            assert_eq!(found, [("/consistency".to_owned(), "must be one of fast, strong".to_owned())]);
        }
    }

    #[test]
    fn unknown_fields_are_named_with_all_else_that_is_wrong() {
        let found = errors::<NoFields>(json!({ "colour": 1 }));
        assert_eq!(found, [("/colour".to_owned(), "is not known here; nothing is".to_owned())]);
        let found = errors::<KeyChanges>(json!({ "colour": 1, "Title": "x", "title": 7 }));
        let known = "is not known here; known are title, scopes, metadata, consistency, expires_at, links";
        let said = |pointer: &str, detail: &str| (pointer.to_owned(), detail.to_owned());
        assert_eq!(
            found,
            [said("/Title", known), said("/colour", known), said("/title", "must be a string")]
        );
        let parameters = Map::from_iter([("colour".to_owned(), json!("x"))]);
        let problem = read::<NoFields>(&parameters, ErrorCode::RequestBadParameter).expect_err("unknown");
        assert_eq!(problem.errors[0].pointer, "?colour");
    }

    #[test]
    fn a_pointer_is_escaped() {
        for (name, pointer) in [("a/b", "/a~1b"), ("~", "/~0"), ("~1", "/~01"), ("a~/b.c", "/a~0~1b.c")] {
            assert_eq!(errors::<NoFields>(json!({ name: 1 }))[0].0, pointer);
            let parameters = Map::from_iter([(name.to_owned(), json!("x"))]);
            let problem = read::<NoFields>(&parameters, ErrorCode::RequestBadParameter).expect_err("unknown");
            assert_eq!(problem.errors[0].pointer, format!("?{name}"), "a parameter's name is no pointer");
        }
    }

    #[test]
    fn a_name_that_may_be_a_secret_or_is_no_plain_word_is_not_repeated() {
        let key = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
        let long = "x".repeat(65);
        for name in [
            key,
            "kw_sk_test_1e",
            "kwroot_5e",
            "kwroot_",
            &long,
            "a\nb",
            "a\u{202e}b",
            "<b>",
            "",
            "a b",
            "größe",
            "5e5e5e5e5e5e5e5e",
            "my-9f8e7d6c5b4a3f2e1d",
            "../../etc",
            "a/./b",
            "//a",
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            "kw/kwroot_",
        ] {
            let found = errors::<NoFields>(json!({ name: 1 }));
            assert_eq!(found[0].0, "", "{name}");
            let parameters = Map::from_iter([(name.to_owned(), json!("x"))]);
            let problem = read::<NoFields>(&parameters, ErrorCode::RequestBadParameter).expect_err("unknown");
            assert_eq!(problem.errors[0].pointer, "?", "{name}");
        }
        assert_eq!(errors::<NoFields>(json!({ "a b": 1, "c d": 2 })).len(), 1);
    }
}
