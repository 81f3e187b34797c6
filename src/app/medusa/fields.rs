//! Which fields of a thing a client of Medusa wants: `+name` adds one, `-name` takes one away, `*relation` adds all of a
//! relation, and plain names stand for themselves alone. The id is always there, and what is unknown is ignored.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// The fields that are wanted.
#[derive(Debug)]
pub(super) struct Fields(BTreeSet<String>);

impl Fields {
    /// Those that a parameter says; without one, the usual ones.
    pub(super) fn read(text: Option<&str>, usual: &[&str]) -> Self {
        let names: Vec<&str> = text.unwrap_or_default().split(',').map(str::trim).collect();
        let names = names.into_iter().filter(|name| !name.is_empty());
        let is_plain = |name: &&str| !name.starts_with(['+', '-', '*', ' ']);
        let replaces = names.clone().any(|name| is_plain(&name));
        let mut wanted: BTreeSet<String> = BTreeSet::new();
        if !replaces {
            wanted.extend(usual.iter().map(|name| (*name).to_owned()));
        }
        for name in names {
            if let Some(name) = name.strip_prefix('-') {
                let inside = [name, "."].concat();
                wanted.retain(|known| known != name && !known.starts_with(&inside));
            } else {
                // A plus is a space where it was not encoded.
                wanted.insert(name.trim_start_matches(['+', '*', ' ']).to_owned());
            }
        }
        wanted.insert("id".to_owned());
        Self(wanted)
    }

    /// Whether anything of a relation is wanted.
    pub(super) fn want(&self, relation: &str) -> bool {
        self.0.iter().any(|name| name.split('.').next() == Some(relation))
    }

    /// What is wanted of a thing.
    pub(super) fn of(&self, mut thing: Map<String, Value>) -> Value {
        thing.retain(|name, value| {
            if self.0.contains(name) {
                return true;
            }
            let Value::Array(items) = value else { return false };
            let inside = self.inside(name);
            for item in items.iter_mut().filter_map(Value::as_object_mut) {
                item.retain(|name, _| {
                    name == "id" || inside.contains(&"*") || inside.contains(&name.as_str())
                });
            }
            !inside.is_empty()
        });
        Value::Object(thing)
    }

    fn inside(&self, relation: &str) -> Vec<&str> {
        let names = self.0.iter().filter_map(|name| name.split_once('.'));
        names.filter(|(first, _)| *first == relation).map(|(_, name)| name).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(text: &str) -> Value {
        let thing = json!({ "id": 1, "a": 2, "b": 3, "c": 4, "r": [{ "id": 5, "x": 6, "y": 7 }] });
        let Value::Object(thing) = thing else { panic!("an object") };
        Fields::read(Some(text), &["a", "b", "r.id", "r.x"]).of(thing)
    }

    #[test]
    fn fields_are_added_taken_away_or_named() {
        for (text, expected) in [
            ("", json!({ "id": 1, "a": 2, "b": 3, "r": [{ "id": 5, "x": 6 }] })),
            ("a", json!({ "id": 1, "a": 2 })),
            ("a, c", json!({ "id": 1, "a": 2, "c": 4 })),
            ("+c,-a", json!({ "id": 1, "b": 3, "c": 4, "r": [{ "id": 5, "x": 6 }] })),
            (" c,-r", json!({ "id": 1, "a": 2, "b": 3, "c": 4 })),
            ("*r", json!({ "id": 1, "a": 2, "b": 3, "r": [{ "id": 5, "x": 6, "y": 7 }] })),
            ("r.y", json!({ "id": 1, "r": [{ "id": 5, "y": 7 }] })),
            ("r.*", json!({ "id": 1, "r": [{ "id": 5, "x": 6, "y": 7 }] })),
            ("salt,-id", json!({ "id": 1 })),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }
}
