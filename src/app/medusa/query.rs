//! The query of a request as Medusa's client writes it: names with brackets, as `created_at[$gte]=2026-01-01` and
//! `$or[0][title]=a`.

use super::invalid;
use crate::problem::Problem;
use crate::request::is_plain;

/// Most parameters of a query.
const PARAMETERS_MAX: usize = 100;
/// Most names in one another.
const LEVELS_MAX: usize = 6;
/// So many faults are said.
const FAULTS_MAX: usize = 3;

/// What is given under a name: texts, and what is given under names in brackets behind it.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) texts: Vec<String>,
    pub(super) inner: Vec<(String, Node)>,
}

/// Reads the parameters of a query, their texts composed.
pub(super) fn read(query: &str, compose: fn(&str) -> String) -> Result<Node, Problem> {
    let mut root = Node::default();
    for (place, (name, value)) in form_urlencoded::parse(query.as_bytes()).enumerate() {
        if place >= PARAMETERS_MAX {
            return Err(invalid(format!("Invalid request: there are more than {PARAMETERS_MAX} parameters")));
        }
        if name.contains('\u{fffd}') || value.contains('\u{fffd}') {
            return Err(invalid("Invalid request: the query holds bytes that are not UTF-8"));
        }
        let names = names(&name);
        if names.len() > LEVELS_MAX {
            return Err(invalid("Invalid request: a parameter is nested too deeply"));
        }
        let node = names.into_iter().fold(&mut root, Node::inner);
        node.texts.push(compose(&value));
    }
    Ok(root)
}

/// `a[b][]` as `a`, `b` and an empty name. What has brackets in another way is one name.
fn names(name: &str) -> Vec<&str> {
    let Some((first, rest)) = name.split_once('[').filter(|(first, _)| !first.is_empty()) else {
        return vec![name];
    };
    let Some(rest) = rest.strip_suffix(']') else { return vec![name] };
    let mut names = vec![first];
    names.extend(rest.split("]["));
    if names.iter().any(|name| name.contains(['[', ']'])) { vec![name] } else { names }
}

/// Whether it is the place of an item in a list.
fn is_place(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit())
}

impl Node {
    fn inner(&mut self, name: &str) -> &mut Self {
        let place = self.inner.iter().position(|(known, _)| known == name).unwrap_or_else(|| {
            self.inner.push((name.to_owned(), Self::default()));
            self.inner.len() - 1
        });
        // It is there: it was found, or has just been added.
        #[expect(clippy::indexing_slicing, reason = "it was found or added above")]
        &mut self.inner[place].1
    }

    /// The one text that is given.
    pub(super) fn text(&self) -> Option<&str> {
        match self.texts.as_slice() {
            [text] if self.inner.is_empty() => Some(text),
            _ => None,
        }
    }

    /// The texts of a list, or the one that is given without one. `None` if there is anything else.
    pub(super) fn list(&self) -> Option<Vec<&str>> {
        let mut all: Vec<&str> = self.texts.iter().map(String::as_str).collect();
        for (name, item) in &self.inner {
            if !is_place(name) || !item.inner.is_empty() {
                return None;
            }
            all.extend(item.texts.iter().map(String::as_str));
        }
        Some(all)
    }

    /// The items of a list of objects.
    pub(super) fn items(&self) -> Option<Vec<&Self>> {
        let is_list = self.texts.is_empty() && self.inner.iter().all(|(name, _)| is_place(name));
        is_list.then(|| self.inner.iter().map(|(_, item)| item).collect())
    }
}

/// What is wrong with a request.
#[derive(Debug, Default)]
pub(super) struct Faults {
    unknown: Vec<String>,
    others: Vec<String>,
}

impl Faults {
    pub(super) fn add(&mut self, fault: impl Into<String>) {
        self.others.push(fault.into());
    }

    /// A name that is not known. It is repeated if it is a plain one.
    pub(super) fn unknown(&mut self, name: &str) {
        let is_operator = name.strip_prefix('$').is_some_and(is_plain);
        self.unknown.push(if is_operator || is_plain(name) { name.to_owned() } else { "?".to_owned() });
    }

    /// Refuses the request if anything is wrong with it.
    pub(super) fn refuse(mut self) -> Result<(), Problem> {
        if !self.unknown.is_empty() {
            self.others.push(format!("Unrecognized fields: '{}'", self.unknown.join(", ")));
        }
        self.others.truncate(FAULTS_MAX);
        if self.others.is_empty() {
            return Ok(());
        }
        Err(invalid(["Invalid request: ", &self.others.join("; ")].concat()))
    }
}

/// What every list is asked with.
#[derive(Debug)]
pub(super) struct Part<'q> {
    pub(super) limit: u32,
    pub(super) offset: u32,
    pub(super) order: Option<&'q str>,
    pub(super) fields: Option<&'q str>,
}

impl<'q> Part<'q> {
    /// Takes a parameter that says which part of a list is wanted; `false` for another. `most`: the greatest limit and offset.
    pub(super) fn take(&mut self, name: &str, node: &'q Node, most: [u32; 2], faults: &mut Faults) -> bool {
        let [limit, offset] = most;
        match name {
            "limit" => self.limit = number(node, name, limit, faults),
            "offset" => self.offset = number(node, name, offset, faults),
            "order" => self.order = text(node, name, faults),
            "fields" => self.fields = text(node, name, faults),
            _ => return false,
        }
        true
    }
}

/// A number that begins a text, as Medusa reads it: of `2.7` the 2.
fn number(node: &Node, name: &str, max: u32, faults: &mut Faults) -> u32 {
    let text = node.text().unwrap_or_default();
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    let digits = text.get(..end).unwrap_or_default();
    if digits.is_empty() {
        faults.add(if text.starts_with('-') {
            format!("Field '{name}' must not be negative")
        } else {
            format!("Expected type: 'number' for field '{name}'")
        });
        return 0;
    }
    match digits.parse() {
        Ok(number) if number <= max => number,
        _ => {
            faults.add(format!("Field '{name}' must be at most {max}"));
            0
        }
    }
}

/// The one text under a name.
pub(super) fn text<'q>(node: &'q Node, name: &str, faults: &mut Faults) -> Option<&'q str> {
    let text = node.text();
    if text.is_none() {
        faults.add(format!("Expected type: 'string' for field '{name}'"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_with_brackets_lead_inside() {
        assert_eq!(names("a"), ["a"]);
        assert_eq!(names("a[b][0]"), ["a", "b", "0"]);
        assert_eq!(names("a[]"), ["a", ""]);
        for odd in ["a[b", "a]", "[a]", "a[b]c", "a[[b]]", "a[b]]"] {
            assert_eq!(names(odd), [odd]);
        }
    }

    fn of(query: &str) -> Result<Node, Problem> {
        read(query, str::to_owned)
    }

    #[test]
    fn a_list_is_written_in_three_ways() {
        for query in ["t=a&t=b", "t[]=a&t[]=b", "t%5B0%5D=a&t%5B1%5D=b"] {
            let root = of(query).expect(query);
            assert_eq!(root.inner[0].1.list(), Some(vec!["a", "b"]), "{query}");
        }
        assert_eq!(of("t[x]=a").expect("read").inner[0].1.list(), None);
    }

    #[test]
    fn a_query_has_a_hundred_parameters_and_six_levels_at_the_most() {
        assert!(of(&"a=1&".repeat(100)).is_ok() && of(&"a=1&".repeat(101)).is_err());
        assert!(of("a[b][c][d][e][f]=1").is_ok() && of("a[b][c][d][e][f][g]=1").is_err());
    }
}
