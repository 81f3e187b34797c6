//! How full a ledger is, and whose share of it. What only adds is refused before what takes away: a full ledger must still
//! revoke. Owners that share a ledger cannot fill it for each other.

use super::sql::{Row, Sql, SqlValue, StorageError};
use super::store::Store;

/// From this size of the database on, in bytes, additions are refused. The platform's limit is 10 GB; the rest is for
/// revocations, deletions and their events.
pub(super) const LEDGER_MAX: i64 = 9_000_000_000;
/// The share of one owner in bytes, about: 60 % of what additions may fill.
pub(super) const OWNER_MAX: i64 = LEDGER_MAX / 10 * 6;

/// What a row takes up besides its long texts, in bytes, about: its other columns and its entries in indexes. Keys have more
/// of these, and terms of what they are found by, which take up five times as much as that.
const EVENT_ROW: usize = 300;
const KEY_ROW: usize = 700;
const TERMS: usize = 5;
/// Longer texts do not fit in the tree of the table, so the row has pages of its own.
const SHORT: usize = 700;
const PAGE: usize = 4096;

/// [`bytes`] of the texts of a row, in SQL, with the numbers above: `tests/room.rs` holds the two to each other.
macro_rules! size_of {
    ($texts:literal, $row:literal) => {
        concat!(
            "iif(length(CAST(",
            $texts,
            " AS BLOB)) > 700, (length(CAST(",
            $texts,
            " AS BLOB)) + 4095) / 4096 * 4096, length(CAST(",
            $texts,
            " AS BLOB))) + ",
            $row
        )
    };
}

/// What a key's row takes up, with its terms.
macro_rules! size_of_key {
    () => {
        $crate::ledger::share::size_of!(
            "body || search || title || scopes",
            "700 + 5 * length(CAST(search AS BLOB))"
        )
    };
}

/// What the texts of an event's row take up.
macro_rules! size_of_event {
    () => {
        $crate::ledger::share::size_of!("body || search", 300)
    };
}
pub(super) use {size_of, size_of_event};

/// A key is written, of which this many bytes are counted; what was counted of it before is not any more. And so with how
/// many it is.
pub(super) const OF_KEY: &str = concat!(
    "INSERT INTO shares (owner, bytes, keys, events) SELECT ?, ? - coalesce((SELECT ",
    size_of_key!(),
    " FROM keys WHERE owner = ? AND id = ?), 0), ? - (SELECT count(*) FROM keys WHERE owner = ? AND id = ?), 0
    WHERE true ON CONFLICT (owner) DO UPDATE SET bytes = max(bytes + excluded.bytes, 0), keys = keys + excluded.keys"
);

/// All keys of an owner are deleted.
pub(super) const OF_NO_KEYS: &str = concat!(
    "UPDATE shares SET keys = 0, bytes = max(bytes - coalesce((SELECT sum(",
    size_of_key!(),
    ") FROM keys WHERE owner = ?), 0), 0) WHERE owner = ?"
);

/// Events are recorded, or deleted: so many bytes, and so many.
pub(super) const OF_EVENT: &str = "INSERT INTO shares (owner, bytes, events, keys) VALUES (?, ?, ?, 0)
    ON CONFLICT (owner) DO UPDATE SET bytes = bytes + excluded.bytes, events = events + excluded.events";

/// What is counted of a key with these texts, in bytes, and with what it is found by.
pub(super) fn bytes_of_key(search: &str, texts: &[&str]) -> SqlValue {
    bytes(texts, KEY_ROW + TERMS * search.len())
}

/// What is counted of an event with these texts, in bytes.
pub(super) fn bytes_of_event(texts: &[&str]) -> SqlValue {
    bytes(texts, EVENT_ROW)
}

fn bytes(texts: &[&str], row: usize) -> SqlValue {
    let bytes = texts.iter().fold(0_usize, |sum, text| sum.saturating_add(text.len()));
    let texts = if bytes > SHORT { bytes.next_multiple_of(PAGE) } else { bytes };
    i64::try_from(texts.saturating_add(row)).unwrap_or(i64::MAX).into()
}

impl<S: Sql> Store<S> {
    /// Whether the database is so large that nothing may be added.
    pub(super) fn is_full(&self) -> Result<bool, StorageError> {
        Ok(self.size_bytes()? >= LEDGER_MAX)
    }

    /// Whether an owner's share is used up.
    pub(super) fn is_share_full(&self, owner: &str) -> Result<bool, StorageError> {
        let bytes = self.first("SELECT bytes FROM shares WHERE owner = ?", &[owner.into()], Row::number)?;
        Ok(bytes.is_some_and(|bytes| bytes >= OWNER_MAX))
    }
}
