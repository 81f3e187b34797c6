//! The fields of a body, read strictly: every field that is missing, unknown or wrong is said at once, none of what
//! was sent is repeated.

use std::borrow::Cow;

use keyward_core::{ErrorCode, Timestamp};
use serde_json::{Map, Value};

use crate::problem::{FieldProblem, Problem};

/// The fields of a body, and what is wrong with them so far.
#[derive(Debug)]
pub struct Fields {
    object: Map<String, Value>,
    errors: Vec<FieldProblem>,
}

/// What a field should have been.
pub type Expected = Cow<'static, str>;

impl Fields {
    /// Takes a body that may have the `known` fields.
    ///
    /// # Errors
    /// `request.bad_field` when it has another.
    pub fn new(object: Map<String, Value>, known: &'static [&'static str]) -> Result<Self, Problem> {
        if object.keys().all(|name| known.contains(&name.as_str())) {
            return Ok(Self { object, errors: Vec::new() });
        }
        let detail = if known.is_empty() {
            "holds fields, but this takes none".to_owned()
        } else {
            format!("holds a field that is not known here; known are {}", known.join(", "))
        };
        Err(Problem::field("", detail))
    }

    fn wrong(&mut self, name: &str, detail: impl Into<Expected>) {
        self.errors.push(FieldProblem { pointer: format!("/{name}"), detail: detail.into() });
    }

    /// A field that has to be there.
    pub fn required<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Result<T, Expected>) -> Option<T> {
        if !self.object.contains_key(name) {
            self.wrong(name, "is missing");
        }
        self.optional(name, read)
    }

    /// A field that may be left out.
    pub fn optional<T>(&mut self, name: &str, read: impl FnOnce(&Value) -> Result<T, Expected>) -> Option<T> {
        let value = self.object.get(name)?;
        match read(value) {
            Ok(value) => Some(value),
            Err(expected) => {
                self.wrong(name, expected);
                None
            }
        }
    }

    /// A field that may be left out or null: inside nothing for null.
    pub fn nullable<T>(
        &mut self,
        name: &str,
        read: impl FnOnce(&Value) -> Result<T, Expected>,
    ) -> Option<Option<T>> {
        self.optional(name, |value| if value.is_null() { Ok(None) } else { read(value).map(Some) })
    }

    /// What was read, if nothing is wrong.
    ///
    /// # Errors
    /// `request.bad_field` with everything that is.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.errors.is_empty() => Ok(value),
            _ => Err(Problem::fields(ErrorCode::RequestBadField, self.errors)),
        }
    }
}

/// A text, read further by `parse`.
pub fn text<T, E: std::fmt::Display>(
    parse: impl FnOnce(&str) -> Result<T, E>,
) -> impl FnOnce(&Value) -> Result<T, Expected> {
    |value| match value.as_str() {
        Some(text) => parse(text).map_err(|error| error.to_string().into()),
        None => Err("must be a text".into()),
    }
}

/// One word of several.
pub fn word<T: Copy>(
    all: &'static [T],
    name: fn(T) -> &'static str,
) -> impl FnOnce(&Value) -> Result<T, Expected> {
    move |value| {
        let found = value.as_str().and_then(|text| all.iter().copied().find(|item| name(*item) == text));
        found.ok_or_else(|| format!("must be one of {}", words(all, name)).into())
    }
}

/// All words, for people.
pub(crate) fn words<T: Copy>(all: &[T], name: fn(T) -> &'static str) -> String {
    all.iter().map(|item| name(*item)).collect::<Vec<_>>().join(", ")
}

/// A whole number of seconds up to `max`.
pub fn seconds(max: u32) -> impl FnOnce(&Value) -> Result<u32, Expected> {
    move |value| {
        let number = value.as_u64().and_then(|number| u32::try_from(number).ok());
        number
            .filter(|number| *number <= max)
            .ok_or_else(|| format!("must be a whole number of seconds from 0 to {max}").into())
    }
}

/// An instant.
///
/// # Errors
/// What it should have been.
pub fn timestamp(value: &Value) -> Result<Timestamp, Expected> {
    text(Timestamp::parse)(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(json: &str) -> Result<Fields, Problem> {
        Fields::new(serde_json::from_str(json).expect("object"), &["a", "b"])
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once_and_nothing_is_repeated() {
        let mut fields = fields(r#"{"b": "secret"}"#).expect("known fields");
        let a = fields.required("a", seconds(10));
        let b = fields.optional("b", seconds(10));
        let problem = fields.finish(a.zip(b)).expect_err("two errors");
        let said: Vec<_> =
            problem.errors.iter().map(|error| (error.pointer.as_str(), error.detail.as_ref())).collect();
        assert_eq!(said, [("/a", "is missing"), ("/b", "must be a whole number of seconds from 0 to 10")]);
    }

    #[test]
    fn unknown_fields_are_refused_without_their_names() {
        let problem = fields(r#"{"hunter2": 1}"#).expect_err("unknown");
        assert_eq!(problem.errors[0].detail, "holds a field that is not known here; known are a, b");
    }

    #[test]
    fn null_is_not_the_same_as_left_out() {
        let mut fields = fields(r#"{"a": null, "b": null}"#).expect("known fields");
        assert_eq!(fields.nullable("a", timestamp), Some(None));
        assert_eq!(fields.nullable("c", timestamp), None);
        assert_eq!(fields.optional("b", timestamp), None);
        assert_eq!(fields.errors.len(), 1);
    }

    #[test]
    fn seconds_are_whole_and_bounded() {
        for bad in ["-1", "1.5", "11", "\"1\"", "1e3", "null"] {
            assert!(seconds(10)(&serde_json::from_str(bad).expect("json")).is_err(), "{bad}");
        }
        assert_eq!(seconds(10)(&Value::from(10)), Ok(10));
    }
}
