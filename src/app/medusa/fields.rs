//! Which fields of a thing a client of Medusa wants: `+name` adds one, `-name` takes one away, `*relation` adds all of a
//! relation, and plain names stand for themselves alone. The id is always there, and what is unknown is ignored.

/// The fields that are wanted. They are found once, however many things are shown: a query names as many as a URL holds.
#[derive(Debug)]
pub(super) struct Fields(Vec<&'static str>);

impl Fields {
    /// What the parameter wants of all `known` fields, some of them in relations (`relation.field`). `usual`: those that are
    /// wanted without it. Both with spaces between.
    pub(super) fn read(parameter: Option<&str>, usual: &str, known: &'static str) -> Self {
        let names =
            || parameter.unwrap_or_default().split(',').map(str::trim_end).filter(|name| !name.is_empty());
        let replaces = names().any(|name| !name.starts_with(['+', '-', '*', ' ']));
        let is = |one: &str, name: &str| one == name || relation_of(name) == Some(one.trim_end_matches(".*"));
        let mut wanted = Vec::new();
        for name in known.split(' ') {
            let mut is_wanted = !replaces && usual.split(' ').any(|one| is(one, name));
            for one in names() {
                is_wanted = match one.strip_prefix('-') {
                    Some(one) => is_wanted && !is(one, name),
                    // A plus is a space where it was not encoded.
                    None => is_wanted || is(one.trim_start_matches(['+', '*', ' ']), name),
                };
            }
            if is_wanted {
                wanted.push(name);
            }
        }
        Self(wanted)
    }

    /// Whether anything of a relation is wanted.
    pub(super) fn want_any_of(&self, relation: &str) -> bool {
        self.0.iter().any(|name| relation_of(name) == Some(relation))
    }

    /// What is wanted of a thing, as JSON: its id, and of these fields, each with its JSON. Of a thing in a relation, that has
    /// a name.
    pub(super) fn of(&self, relation: &str, fields: &[(&str, String)]) -> String {
        let mut json = "{".to_owned();
        for (name, value) in fields {
            let is_wanted = |wanted: &&str| wanted.strip_prefix(relation) == Some(name);
            if *name == "id" || self.0.iter().any(is_wanted) {
                json.extend([if json.len() > 1 { ",\"" } else { "\"" }, name, "\":", value]);
            }
        }
        json.push('}');
        json
    }
}

/// The relation that a field is in.
fn relation_of(name: &str) -> Option<&str> {
    name.split_once('.').map(|(relation, _)| relation)
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
            ("-r.x", "id a b r.id"),
            ("r.salt,-r.salt", "id"),
            ("r.x,-r.x", "id"),
        ] {
            let known = "id a b c r.id r.x r.y";
            let fields = Fields::read(Some(text), "a b r.id r.x", known);
            let all = ["id", "a", "b", "c", "x", "y"].map(|name| (name, "1".to_owned()));
            let mut shown = fields.of("", &all);
            if fields.want_any_of("r") {
                shown.extend([",", &fields.of("r.", &all).replace("{\"", "{\"r.").replace(",\"", ",\"r.")]);
            }
            let shown = shown.replace(['{', '}', '"'], "").replace(":1", "").replace(',', " ");
            assert_eq!(shown, expected, "{text}");
        }
    }

    #[test]
    fn a_thing_is_written_with_what_is_wanted_of_it() {
        let fields = Fields::read(Some("b"), "", "id a b r.b");
        let thing = [("id", text("x\"")), ("a", null()), ("b", maybe(None))];
        assert_eq!(fields.of("", &thing), r#"{"id":"x\"","b":null}"#);
    }
}
