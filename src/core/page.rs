//! Pages of lists: which part is wanted, and the cursor that leads from one page to the next.

use serde::{Deserialize, Serialize};

use crate::digest::KeyDigest;
use crate::query::{OFFSET_MAX, QueryError, number};

/// Longest cursor, in characters: one that stands on the longest title has about half of them.
pub const CURSOR_MAX: usize = 4096;
/// How many characters of the digest of a list a cursor has.
const LIST_DIGITS: usize = 16;

/// Where a page ends: at an entry of the list, whether that still exists or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Position {
    /// What the entry was sorted by; empty where that is its id alone.
    pub value: String,
    /// What breaks ties.
    pub id: String,
}

/// A position, as clients are given it and send it back. It is bound to the list, its filters and its order, and proves
/// nothing: whoever makes one of their own begins to read somewhere else in a list that they may read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cursor {
    list: String,
    position: Position,
    /// How many have to be skipped after it: what is left of an offset, where one page did not get that far.
    skip: u32,
}

impl TryFrom<String> for Cursor {
    type Error = QueryError;
    fn try_from(text: String) -> Result<Self, QueryError> {
        let read = || {
            let bytes = hex::decode(&text).ok().filter(|_| text.len() <= CURSOR_MAX)?;
            let text = String::from_utf8(bytes).ok()?;
            let mut parts = text.split('\n').map(str::to_owned);
            let (list, value, id) = (parts.next()?, parts.next()?, parts.next()?);
            let skip = number(&parts.next()?).filter(|skip| *skip <= OFFSET_MAX)?;
            parts.next().is_none().then_some(Self { list, position: Position { value, id }, skip })
        };
        read().ok_or(QueryError::Cursor)
    }
}

impl From<Cursor> for String {
    fn from(Cursor { list, position: Position { value, id }, skip }: Cursor) -> Self {
        hex::encode([&list, "\n", &value, "\n", &id, "\n", &skip.to_string()].concat())
    }
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// At most this many entries.
    pub limit: u32,
    /// After this many.
    pub offset: u32,
    /// After this entry; `None` begins with the first.
    pub after: Option<Position>,
    /// Which list, with which filters and in which order.
    list: String,
}

impl Page {
    /// A part of the list that `list` describes: whose it is, of what, its filters and its order.
    ///
    /// # Errors
    /// [`QueryError::Cursor`] for a cursor of another list.
    pub fn of(list: &str, limit: u32, offset: u32, after: Option<&Cursor>) -> Result<Self, QueryError> {
        let mut list = KeyDigest::of(list).to_hex();
        list.truncate(LIST_DIGITS);
        match after {
            Some(cursor) if cursor.list != list => Err(QueryError::Cursor),
            after => {
                let offset = offset + after.map_or(0, |cursor| cursor.skip);
                Ok(Self { limit, offset, after: after.map(|cursor| cursor.position.clone()), list })
            }
        }
    }

    /// The cursor that leads to what comes after a position, without the first `skip` of that.
    #[must_use]
    pub fn cursor(&self, position: Position, skip: u32) -> Cursor {
        Cursor { list: self.list.clone(), position, skip: skip.min(OFFSET_MAX) }
    }
}

/// Whether a count is that of all entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum CountIs {
    /// There are as many.
    Exact,
    /// There may be more: counting ended here.
    AtLeast,
}
