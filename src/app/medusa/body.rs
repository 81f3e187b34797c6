//! The bodies of requests, as Medusa reads them: every field is known, and of its type.

use keyward_core::settings::{Reason, SettingError, Title};
use serde_json::{Map, Value};

use super::query::Faults;
use crate::problem::Problem;

/// A body whose fields are taken out one by one; what is left is unknown.
#[derive(Debug)]
pub(super) struct Body {
    fields: Map<String, Value>,
    pub(super) faults: Faults,
}

/// What JSON calls a value.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

impl Body {
    pub(super) fn of(fields: Map<String, Value>) -> Self {
        Self { fields, faults: Faults::default() }
    }

    /// A field that may be left out.
    pub(super) fn take(&mut self, name: &str) -> Option<Value> {
        self.fields.remove(name)
    }

    pub(super) fn expected(&mut self, what: &str, name: &str, got: &Value) {
        self.faults.add(format!("Expected type: '{what}' for field '{name}', got: '{}'", kind(got)));
    }

    fn parse<T>(
        &mut self,
        name: &str,
        value: Value,
        parse: fn(&str) -> Result<T, SettingError>,
    ) -> Option<T> {
        let Value::String(text) = value else {
            self.expected("string", name, &value);
            return None;
        };
        let read = parse(&text);
        read.map_err(|error| self.faults.add(format!("Field '{name}' {error}"))).ok()
    }

    /// What somebody calls something, if they say so.
    pub(super) fn title(&mut self, name: &str) -> Option<Title> {
        let value = self.take(name)?;
        self.parse(name, value, Title::parse)
    }

    /// The same, which has to be there.
    pub(super) fn required_title(&mut self, name: &str) -> Option<Title> {
        if !self.fields.contains_key(name) {
            self.required(name);
        }
        self.title(name)
    }

    /// Says that a field is missing.
    pub(super) fn required(&mut self, name: &str) {
        self.faults.add(format!("Field '{name}' is required"));
    }

    /// A description; null and an empty one for none.
    #[expect(clippy::option_option, reason = "whether it is given, and whether there is one")]
    pub(super) fn description(&mut self) -> Option<Option<Reason>> {
        match self.take("description")? {
            Value::Null => Some(None),
            Value::String(text) if text.is_empty() => Some(None),
            value => self.parse("description", value, Reason::parse).map(Some),
        }
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.take(name)? {
            Value::Bool(flag) => Some(flag),
            value => {
                self.expected("boolean", name, &value);
                None
            }
        }
    }

    /// The texts of a list; none if it is left out.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let mut texts = Vec::new();
        match self.take(name) {
            None => {}
            Some(Value::Array(items)) => {
                for item in items {
                    match item {
                        Value::String(text) => texts.push(text),
                        item => self.expected("string", name, &item),
                    }
                }
            }
            Some(value) => self.expected("array", name, &value),
        }
        texts
    }

    /// Refuses the body if anything is wrong with it, or left.
    pub(super) fn end(&mut self) -> Result<(), Problem> {
        for name in self.fields.keys() {
            self.faults.unknown(name);
        }
        std::mem::take(&mut self.faults).refuse()
    }
}
