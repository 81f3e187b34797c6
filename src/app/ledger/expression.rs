//! Conditions on keys with `and` and `or`, for a list whose query says more than the operation's filters can. It is held
//! against the rows of a walk like every filter, and has few conditions, so that it costs little for each.

use keyward_core::text::fold;
use keyward_core::{Owner, Timestamp};

use super::lists::of_owner;
use super::pages::Conditions;
use super::schema::NEVER;

/// Most conditions and values together. The platform binds a hundred values to a statement, and those of an index are
/// bound twice.
pub const EXPRESSION_MAX: usize = 30;

/// What no key meets. SQLite would go through a whole index to find out that nothing is what is never true.
const NONE: &str = "id = ''";

/// Which keys are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expression {
    /// Those that meet all of these; if there are none, all keys.
    All(Vec<Self>),
    /// Those that meet one of these; if there are none, no keys.
    Any(Vec<Self>),
    /// Those of which this is one of these texts.
    Text(TextColumn, Vec<String>),
    /// Those of which this date compares so with one of these; `None` is a date that there is not.
    At(DateColumn, Comparison, Vec<Option<Timestamp>>),
}

/// A text of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextColumn {
    /// Its id.
    Id,
    /// Its title, to the letter.
    Title,
    /// The digest of its text, in hexadecimal digits.
    Digest,
    /// Secret or publishable.
    Type,
}

/// A date of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateColumn {
    /// When it was created.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// From when on it is refused as revoked.
    RevokedAt,
}

/// How a date compares with others. A date that there is not is neither earlier nor later than any, nor unlike one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// It is one of them.
    Eq,
    /// It is none of them.
    Ne,
    /// It is later.
    Gt,
    /// It is not earlier.
    Gte,
    /// It is earlier.
    Lt,
    /// It is not later.
    Lte,
}

impl Expression {
    /// How many conditions and values there are.
    #[must_use]
    pub fn size(&self) -> usize {
        match self {
            Self::All(parts) | Self::Any(parts) => 1 + parts.iter().map(Self::size).sum::<usize>(),
            Self::Text(_, texts) => 1 + texts.len(),
            Self::At(_, _, dates) => 1 + dates.len(),
        }
    }

    /// Adds it to what keys are held against, and what finds few keys to what may find them.
    pub(super) fn filter(&self, owner: &Owner, filters: &mut Conditions, candidates: &mut Vec<Conditions>) {
        let mut text = String::new();
        let mut own = Conditions::default();
        self.write(&mut text, &mut own);
        filters.and(&text).bindings.extend(own.bindings);
        let parts = if let Self::All(parts) = self { parts.as_slice() } else { std::slice::from_ref(self) };
        for part in parts {
            let Self::Text(column, texts) = part else { continue };
            let (column, fold): (_, fn(&str) -> String) = match column {
                TextColumn::Id => ("id", str::to_owned),
                TextColumn::Title => ("title", fold),
                TextColumn::Digest => ("digest", str::to_owned),
                TextColumn::Type => continue,
            };
            let mut found = of_owner(owner);
            found.and(&[column, " IN (", &marks(texts.len()), ")"].concat());
            found.bindings.extend(texts.iter().map(|text| fold(text).into()));
            found.text.insert_str(0, "SELECT seq FROM keys WHERE ");
            candidates.push(found);
        }
    }

    fn write(&self, text: &mut String, bound: &mut Conditions) {
        text.push('(');
        match self {
            Self::All(parts) => join(parts, " AND ", "1", text, bound),
            Self::Any(parts) => join(parts, " OR ", NONE, text, bound),
            Self::Text(column, texts) => {
                text.push_str(match column {
                    TextColumn::Id => "id",
                    // A row that cannot be read fails no query.
                    TextColumn::Title => {
                        "iif(json_valid(body), json_extract(body, '$.settings.title'), NULL)"
                    }
                    TextColumn::Digest => "digest",
                    TextColumn::Type => "type",
                });
                text.push_str(&[" IN (", &marks(texts.len()), ")"].concat());
                bound.bindings.extend(texts.iter().map(|text| text.as_str().into()));
            }
            Self::At(column, comparison, dates) => {
                let column = match column {
                    DateColumn::CreatedAt => "created_at",
                    DateColumn::UpdatedAt => "updated_at",
                    DateColumn::RevokedAt => "revoked_at",
                };
                let compare = match comparison {
                    Comparison::Eq => "",
                    Comparison::Ne => "NOT ",
                    Comparison::Gt => ">",
                    Comparison::Gte => ">=",
                    Comparison::Lt => "<",
                    Comparison::Lte => "<=",
                };
                match comparison {
                    Comparison::Eq | Comparison::Ne => {
                        // None is unlike what there is not.
                        let never =
                            if *comparison == Comparison::Ne { format!("{NEVER}, ") } else { String::new() };
                        text.push_str(
                            &[column, " ", compare, "IN (", &never, &marks(dates.len()), ")"].concat(),
                        );
                        let never = |at: &Option<Timestamp>| at.map_or(NEVER, Timestamp::as_millis);
                        bound.bindings.extend(dates.iter().map(|at| never(at).into()));
                    }
                    _ => {
                        let dates: Vec<_> = dates.iter().flatten().collect();
                        let one = format!("{column} {compare} ? AND {column} < {NEVER}");
                        let all = if dates.is_empty() {
                            NONE.to_owned()
                        } else {
                            vec![one; dates.len()].join(" AND ")
                        };
                        text.push_str(&all);
                        bound.bindings.extend(dates.into_iter().map(|at| (*at).into()));
                    }
                }
            }
        }
        text.push(')');
    }
}

fn join(parts: &[Expression], between: &str, none: &str, text: &mut String, bound: &mut Conditions) {
    if parts.is_empty() {
        text.push_str(none);
    }
    for (place, part) in parts.iter().enumerate() {
        if place > 0 {
            text.push_str(between);
        }
        part.write(text, bound);
    }
}

fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}
