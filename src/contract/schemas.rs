//! JSON Schemas that generators of clients understand. They rarely complain: what they do not understand they leave
//! out. So every object is flat and closed, every choice of words is an `enum`, and only what may be left out looks
//! optional.

use keyward_app::operations::documentation::MakeSchema;
use schemars::generate::{Contract, SchemaSettings};
use schemars::transform::{RecursiveTransform, Transform};
use schemars::{Schema, SchemaGenerator};
use serde_json::{Map, Value, json};

/// The schemas of requests and of responses, and the components that they refer to.
pub(crate) struct Schemas {
    sent: SchemaGenerator,
    answered: SchemaGenerator,
}

impl Schemas {
    pub(crate) fn new() -> Self {
        let settings = |contract| {
            let tidied = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(tidy));
            tidied.with(|settings| {
                settings.definitions_path = "/components/schemas".into();
                settings.contract = contract;
            })
        };
        Self {
            sent: settings(Contract::Deserialize)
                .with_transform(RecursiveTransform(wrap_defaults))
                .into_generator(),
            answered: settings(Contract::Serialize).into_generator(),
        }
    }

    pub(crate) fn sent(&mut self, make: MakeSchema) -> Schema {
        make(&mut self.sent)
    }

    pub(crate) fn answered(&mut self, make: MakeSchema) -> Schema {
        make(&mut self.answered)
    }

    /// The parameters of a query.
    pub(crate) fn query(&mut self, make: MakeSchema) -> Vec<Value> {
        let mut schema = make(&mut self.sent);
        RecursiveTransform(tidy).transform(&mut schema);
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        let parameter = |(name, schema): (String, Value)| {
            let (description, schema) = apart(schema);
            json!({ "name": name, "in": "query", "description": description, "schema": without_null(schema) })
        };
        properties.into_iter().map(parameter).collect()
    }

    /// All components, by name.
    pub(crate) fn components(mut self) -> Result<Map<String, Value>, String> {
        let mut components = self.answered.take_definitions(true);
        for (name, schema) in self.sent.take_definitions(true) {
            if *components.entry(name.clone()).or_insert_with(|| schema.clone()) != schema {
                return Err(format!("{name} has one schema in requests and another one in responses."));
            }
        }
        // schemars tells types of one name apart by a number at the end.
        match components.keys().find(|name| name.ends_with(|last: char| last.is_ascii_digit())) {
            Some(name) => Err(format!("Two types have the same name; schemars calls one of them {name}.")),
            None => Ok(components),
        }
    }
}

fn tidy(schema: &mut Schema) {
    for name in ["$schema", "title", "unevaluatedProperties"] {
        schema.remove(name);
    }
    if schema.get("default").is_some_and(Value::is_null) {
        schema.remove("default");
    }
    // A form may have more, where its type says so.
    if schema.get("properties").is_some() && schema.get("additionalProperties").is_none() {
        schema.insert("additionalProperties".to_owned(), false.into());
    }
    // Line breaks in a doc comment mean nothing, except between paragraphs.
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split("\n\n").map(on_one_line).collect::<Vec<_>>().join("\n\n");
    }
    merge_constants(schema);
}

fn on_one_line(text: &str) -> String {
    text.replace('\n', " ")
}

/// schemars makes a schema of each word that has a description, and clients would make a type of each.
fn merge_constants(schema: &mut Schema) {
    let Some(Value::Array(variants)) = schema.get("oneOf") else { return };
    let (mut words, mut lines) = (Vec::new(), Vec::new());
    for variant in variants {
        match (variant.get("const"), variant.get("enum")) {
            (Some(Value::String(word)), _) => {
                let description = variant.get("description").and_then(Value::as_str);
                lines.extend(description.map(|text| format!("- `{word}`: {}", on_one_line(text))));
                words.push(word.clone().into());
            }
            (None, Some(Value::Array(more))) => words.extend(more.iter().cloned()),
            _ => return,
        }
    }
    let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
    let description = format!("{description}\n\n{}", lines.join("\n"));
    schema.remove("oneOf");
    schema.insert("type".to_owned(), "string".into());
    schema.insert("enum".to_owned(), words.into());
    schema.insert("description".to_owned(), description.trim().into());
}

/// openapi-typescript takes a property with a default for one that is always there, in requests too; but not if the
/// default is one level deeper.
fn wrap_defaults(schema: &mut Schema) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(|properties| properties.values_mut()) {
        if property.get("default").is_some() {
            let (description, inner) = apart(property.take());
            *property = json!({ "description": description, "anyOf": [inner] });
        }
    }
}

/// A property's description, and the rest of it.
fn apart(mut schema: Value) -> (String, Value) {
    let description = schema.as_object_mut().and_then(|schema| schema.remove("description"));
    (description.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned(), schema)
}

/// The schema of a parameter that is given.
fn without_null(schema: Value) -> Value {
    let is_nothing = |choice: &Value| *choice == "null" || *choice == json!({ "type": "null" });
    let first = |choices: &Vec<Value>| choices.iter().find(|choice| !is_nothing(choice)).cloned();
    let Value::Object(mut schema) = schema else { return schema };
    if let Some(choice) = schema.get("anyOf").and_then(Value::as_array).and_then(first) {
        return choice;
    }
    if let Some(name) = schema.get("type").and_then(Value::as_array).and_then(first) {
        schema.insert("type".to_owned(), name);
    }
    schema.into()
}
