//! Which fields of a thing a client of Medusa wants: `+name` adds one, `-name` takes one away, `*relation` adds all of a
//! relation, and plain names stand for themselves alone. The id is always there, and what is unknown is ignored.

/// The fields that are wanted.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a> {
    /// The parameter.
    pub(super) text: Option<&'a str>,
    /// Those that are wanted without it, with spaces between.
    pub(super) usual: &'a str,
}

impl Fields<'_> {
    /// Whether a field is wanted: of a thing, or of what is in one of its relations (`relation.field`).
    pub(super) fn want(&self, name: &str) -> bool {
        let names =
            || self.text.unwrap_or_default().split(',').map(str::trim_end).filter(|name| !name.is_empty());
        let replaces = names().any(|name| !name.starts_with(['+', '-', '*', ' ']));
        let relation = name.split_once('.').map(|(relation, _)| relation);
        let is = |one: &str| one == name || Some(one.trim_end_matches(".*")) == relation;
        let mut wanted = !replaces && self.usual.split(' ').any(is);
        for one in names() {
            match one.strip_prefix('-') {
                Some(one) => wanted = wanted && !is(one),
                // A plus is a space where it was not encoded.
                None => wanted = wanted || is(one.trim_start_matches(['+', '*', ' '])),
            }
        }
        wanted
            || name == "id"
            || relation.is_some()
                && name.split_once('.').is_some_and(|(_, field)| field == "id")
                && self.want_any_of(relation)
    }

    /// Whether anything of a relation is wanted.
    fn want_any_of(&self, relation: Option<&str>) -> bool {
        let names = self.text.unwrap_or_default().split(',').chain(self.usual.split(' '));
        let inside = names.filter_map(|name| name.trim_start_matches(['+', '*', ' ']).split_once('.'));
        inside
            .filter(|(of, name)| Some(*of) == relation && *name != "id")
            .any(|(of, name)| name != "*" && self.want(&[of, ".", name].concat()))
    }

    /// What is wanted of a thing, as JSON: of these fields, each with its JSON. Of a thing in a relation, that has a name.
    pub(super) fn of(&self, relation: &str, fields: &[(&str, String)]) -> String {
        let mut json = "{".to_owned();
        for (name, value) in fields {
            if self.want(&[relation, name].concat()) {
                json.extend([if json.len() > 1 { ",\"" } else { "\"" }, name, "\":", value]);
            }
        }
        json.push('}');
        json
    }
}

/// A text as JSON.
pub(super) fn text(text: &str) -> String {
    crate::json(&text)
}

/// A text as JSON, or null.
pub(super) fn maybe(value: Option<&str>) -> String {
    value.map_or_else(null, text)
}

pub(super) fn null() -> String {
    "null".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_added_taken_away_or_named() {
        for (text, expected) in [
            ("", "id a b r.id r.x"),
            ("a", "id a"),
            ("a, c", "id a c"),
            ("+c,-a", "id b c r.id r.x"),
            (" c,-r", "id a b c"),
            ("*r", "id a b r.id r.x r.y"),
            ("r.y", "id r.id r.y"),
            ("r.*", "id r.id r.x r.y"),
            ("salt,-id", "id"),
        ] {
            let fields = Fields { text: Some(text), usual: "a b r.id r.x" };
            let wanted =
                ["id", "a", "b", "c", "r.id", "r.x", "r.y"].into_iter().filter(|name| fields.want(name));
            assert_eq!(wanted.collect::<Vec<_>>().join(" "), expected, "{text}");
        }
    }

    #[test]
    fn a_thing_is_written_with_what_is_wanted_of_it() {
        let fields = Fields { text: Some("b"), usual: "" };
        let thing = [("id", text("x\"")), ("a", null()), ("b", maybe(None))];
        assert_eq!(fields.of("", &thing), r#"{"id":"x\"","b":null}"#);
    }
}
