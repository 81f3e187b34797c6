//! What keys are found by, as terms of a full-text index. SQLite's tokenizer for parts of words knows none that are shorter
//! than three characters, and a search begins with one, so the terms are made here: every one, two and three characters that
//! follow each other in what is searched, and one for each of a key's owner, type, scopes and maker. Rows that have all the terms
//! are candidates; whether they match is for the query to say.

use keyward_core::{ActorName, KeyRecord, KeyType, Owner, Scope};

/// So many characters make the longest term of a text.
const LONGEST: usize = 3;
/// So many terms of a text are looked for, the last ones: more would find hardly fewer candidates, and a redacted form
/// begins as all others do.
const WANTED_MAX: usize = 8;

/// A character as a part of a term: those that separate terms are moved to where nobody writes.
fn part(character: char) -> char {
    match character {
        '\0'..='\u{7f}' if !character.is_ascii_alphanumeric() => {
            char::from_u32(0xe000 + u32::from(character)).unwrap_or(character)
        }
        other => other,
    }
}

/// Adds a term.
fn add(terms: &mut String, characters: impl Iterator<Item = char>) {
    terms.extend(characters.map(part));
    terms.push(' ');
}

/// What is written before a word of a key, so that it is no part of a text: with it, it is longer than those.
fn word(what: &str, word: &str) -> String {
    let mut term = String::new();
    add(&mut term, what.chars().chain(word.chars()));
    term
}

/// Who shares a ledger with many neither waits for their keys nor learns how many there are.
fn of_owner(owner: &Owner) -> String {
    word("owner", &owner.to_string())
}

fn of_type(key_type: KeyType) -> String {
    word("type", key_type.as_str())
}

fn of_scope(scope: &str) -> String {
    word("scope", scope)
}

fn of_foreign() -> String {
    word("foreign", "")
}

fn of_maker(name: &str) -> String {
    word("maker", name)
}

/// The terms of a key with this folded text.
pub(super) fn terms(key: &KeyRecord, folded: &str) -> String {
    let mut terms = of_owner(&key.owner);
    terms.push_str(&of_type(key.key_type));
    terms.extend(key.settings.scopes.iter().map(of_scope));
    terms.push_str(&of_maker(&key.created_by.name()));
    terms.extend(key.created_by.key().map(|id| of_maker(id.as_str())));
    if key.foreign.is_some() {
        terms.push_str(&of_foreign());
    }
    parts(&mut terms, folded);
    terms
}

/// Adds all parts of a text.
fn parts(terms: &mut String, folded: &str) {
    let characters: Vec<char> = folded.chars().collect();
    for start in 0..characters.len() {
        for length in 1..=LONGEST {
            if let Some(part) = characters.get(start..start + length) {
                add(terms, part.iter().copied());
            }
        }
    }
}

/// What to look for.
#[derive(Debug, Default)]
pub(super) struct Wanted(String);

impl Wanted {
    fn term(&mut self, term: &str) {
        self.0.push('"');
        self.0.push_str(term.trim_end());
        self.0.push_str("\" ");
    }

    /// A part of the folded text.
    pub(super) fn text(&mut self, folded: &str) {
        let characters: Vec<char> = folded.chars().collect();
        for part in characters.windows(characters.len().clamp(1, LONGEST)).rev().take(WANTED_MAX) {
            let mut term = String::new();
            add(&mut term, part.iter().copied());
            self.term(&term);
        }
    }

    pub(super) fn key_type(&mut self, key_type: KeyType) {
        self.term(&of_type(key_type));
    }

    pub(super) fn foreign(&mut self) {
        self.term(&of_foreign());
    }

    pub(super) fn scope(&mut self, scope: &Scope) {
        self.term(&of_scope(scope.as_str()));
    }

    pub(super) fn maker(&mut self, maker: &ActorName) {
        self.term(&match maker {
            ActorName::Key(id) => of_maker(id.as_str()),
            ActorName::User(_) | ActorName::Root(_) => of_maker(&String::from(maker.clone())),
        });
    }

    /// The expression, if anything is looked for among an owner's keys.
    pub(super) fn expression(mut self, owner: &Owner) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        self.term(&of_owner(owner));
        Some(self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn wanted(folded: &str) -> Vec<String> {
        let mut wanted = Wanted::default();
        wanted.text(folded);
        wanted.0.split_whitespace().map(|term| term.trim_matches('"').to_owned()).collect()
    }

    #[test]
    fn a_text_is_looked_for_by_its_parts_however_short_it_is() {
        assert_eq!(wanted("c"), ["c"]);
        assert_eq!(wanted("日本"), ["日本"]);
        assert_eq!(wanted("deploy"), ["loy", "plo", "epl", "dep"]);
        assert_eq!(wanted("a \"b"), ["\u{e020}\u{e022}b", "a\u{e020}\u{e022}"]);
        assert_eq!(wanted(&"x".repeat(200)).len(), WANTED_MAX);
    }

    #[test]
    fn a_word_of_a_key_is_longer_than_any_part_of_a_text() {
        for term in [
            of_owner(&Owner::DEPLOYMENT),
            of_type(KeyType::Secret),
            of_scope("a"),
            of_scope("*"),
            of_maker("x"),
            of_foreign(),
        ] {
            assert!(term.trim_end().chars().count() > LONGEST, "{term}");
        }
    }

    proptest! {
        #[test]
        fn whatever_holds_a_text_has_all_its_terms(
            before in "\\PC{0,9}", text in "\\PC{1,30}|[ -~]{1,4}", after in "\\PC{0,9}",
        ) {
            let mut terms = String::new();
            parts(&mut terms, &[before, text.clone(), after].concat());
            let terms: Vec<&str> = terms.split(' ').collect();
            prop_assert!(wanted(&text).iter().all(|term| terms.contains(&term.as_str())));
        }
    }
}
