//! Which keys a client of Medusa wants: its conditions, as an expression over what is stored.

use keyward_core::{KeyDigest, Timestamp};

use super::query::{Faults, Node};
use crate::ledger::expression::{Comparison, DateColumn, Expression, TextColumn};

/// Reads a condition under one of the names that may stand anywhere; `false` for another name.
pub(super) fn condition(name: &str, node: &Node, all: &mut Vec<Expression>, faults: &mut Faults) -> bool {
    let column = match name {
        "created_at" => Some(DateColumn::CreatedAt),
        "updated_at" => Some(DateColumn::UpdatedAt),
        "revoked_at" => Some(DateColumn::RevokedAt),
        // No key that is listed is deleted.
        "deleted_at" => None,
        "id" => return texts(TextColumn::Id, name, node, all, faults),
        "title" => return texts(TextColumn::Title, name, node, all, faults),
        "token" => return texts(TextColumn::Digest, name, node, all, faults),
        "type" => {
            match node.text() {
                Some(text @ ("publishable" | "secret")) => {
                    all.push(Expression::Text(TextColumn::Type, vec![text.to_owned()]));
                }
                _ => faults.add("Expected: 'publishable, secret' for field 'type'"),
            }
            return true;
        }
        "$and" | "$or" => {
            let Some(items) = node.items() else {
                faults.add(format!("Expected type: 'array' for field '{name}'"));
                return true;
            };
            let parts = items.into_iter().map(|item| of_object(item, faults)).collect();
            all.push(if name == "$and" { Expression::All(parts) } else { Expression::Any(parts) });
            return true;
        }
        _ => return false,
    };
    dates(column, name, node, all, faults);
    true
}

/// An object of conditions, all of which are to be met.
fn of_object(node: &Node, faults: &mut Faults) -> Expression {
    let mut all = Vec::new();
    for (name, inner) in &node.inner {
        if !condition(name, inner, &mut all, faults) {
            faults.unknown(name);
        }
    }
    if !node.texts.is_empty() {
        faults.add("Expected type: 'object' in '$and' and '$or'");
    }
    Expression::All(all)
}

fn texts(
    column: TextColumn,
    name: &str,
    node: &Node,
    all: &mut Vec<Expression>,
    faults: &mut Faults,
) -> bool {
    match node.list() {
        Some(texts) => {
            // The token of a secret key is not stored, so only those of publishable keys are looked for.
            let read = |text: &&str| match column {
                TextColumn::Digest => KeyDigest::of(text).to_hex(),
                _ => (*text).to_owned(),
            };
            let wanted = Expression::Text(column, texts.iter().map(read).collect());
            if column == TextColumn::Digest {
                all.push(Expression::Text(TextColumn::Type, vec!["publishable".to_owned()]));
            }
            all.push(wanted);
        }
        None => faults.add(format!("Expected type: 'string' or 'array' for field '{name}'")),
    }
    true
}

/// Conditions on a date; on one that no key has, if there is no column.
fn dates(
    column: Option<DateColumn>,
    name: &str,
    node: &Node,
    all: &mut Vec<Expression>,
    faults: &mut Faults,
) {
    let mut push = |comparison, texts: Vec<&str>, faults: &mut Faults| {
        let mut read = Vec::new();
        for text in texts {
            match date(text) {
                Some(date) => read.push(date),
                None => faults.add(format!("Field '{name}' must be a date, such as 2026-11-21T08:00:00Z")),
            }
        }
        all.push(match column {
            Some(column) => Expression::At(column, comparison, read),
            // Nothing is what there is not, and nothing else compares with it.
            None if comparison == Comparison::Eq && read.contains(&None) => Expression::All(Vec::new()),
            None => Expression::Any(Vec::new()),
        });
    };
    if let Some(texts) = node.list() {
        push(Comparison::Eq, texts, faults);
        return;
    }
    if !node.texts.is_empty() {
        faults.add(format!("Expected type: 'object' or 'date' for field '{name}'"));
    }
    for (operator, inner) in &node.inner {
        let comparison = match operator.as_str() {
            "$eq" | "$in" => Comparison::Eq,
            "$ne" | "$nin" => Comparison::Ne,
            "$gt" => Comparison::Gt,
            "$gte" => Comparison::Gte,
            "$lt" => Comparison::Lt,
            "$lte" => Comparison::Lte,
            _ => {
                faults.unknown(operator);
                continue;
            }
        };
        match inner.list() {
            Some(texts) => push(comparison, texts, faults),
            None => faults.add(format!("Expected type: 'date' for field '{name}'")),
        }
    }
}

/// A date, with or without a time and an offset; `None` for the word `null`.
#[expect(clippy::option_option, reason = "whether it is a date, and whether it is one that there is")]
fn date(text: &str) -> Option<Option<Timestamp>> {
    if text == "null" {
        return Some(None);
    }
    let forms = ["", "Z", ":00Z", "T00:00:00Z"].map(|rest| [text, rest].concat());
    forms.iter().find_map(|text| Timestamp::parse(text).ok()).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_may_do_without_its_time_and_its_offset() {
        let read = |text| date(text).flatten().map(|at| at.to_string());
        for text in [
            "2026-11-21",
            "2026-11-21T00:00",
            "2026-11-21T00:00:00",
            "2026-11-21T01:00:00+01:00",
            "2026-11-21 00:00:00Z",
        ] {
            assert_eq!(read(text).as_deref(), Some("2026-11-21T00:00:00.000Z"), "{text}");
        }
        assert_eq!(date("null"), Some(None));
        for text in ["", "yesterday", "21.11.2026", "2026-02-30", "1795248000000"] {
            assert_eq!(date(text), None, "{text}");
        }
    }
}
