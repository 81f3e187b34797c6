//! How full a ledger is, and whose share of it. What only adds is refused before what takes away: a full ledger must still
//! revoke. Owners that share a ledger cannot fill it for each other.

use super::sql::{Row, Sql, SqlValue, StorageError};
use super::store::Store;

/// From this size of the database on, in bytes, additions are refused. The platform's limit is 10 GB; the rest is for
/// revocations, deletions and their events.
pub(super) const LEDGER_MAX: i64 = 9_000_000_000;
/// The share of one owner in bytes, about: 60 % of what additions may fill.
pub(super) const OWNER_MAX: i64 = LEDGER_MAX / 10 * 6;

/// What a row takes up besides its body, in bytes, about: its other columns and its entries in indexes.
pub(super) const ROW: i64 = 300;

/// A key is written, of which this many bytes are counted; what was counted of it before is not any more.
pub(super) const OF_KEY: &str = "INSERT INTO shares (owner, bytes)
    SELECT ?, ? - coalesce((SELECT length(body) + 300 FROM keys WHERE owner = ? AND id = ?), 0) WHERE true
    ON CONFLICT (owner) DO UPDATE SET bytes = max(bytes + excluded.bytes, 0)";

/// All keys of an owner are deleted.
pub(super) const OF_NO_KEYS: &str = "UPDATE shares SET bytes =
    max(bytes - coalesce((SELECT sum(length(body) + 300) FROM keys WHERE owner = ?), 0), 0) WHERE owner = ?";

/// An event is recorded.
pub(super) const OF_EVENT: &str = "INSERT INTO shares (owner, bytes) VALUES (?, ?)
    ON CONFLICT (owner) DO UPDATE SET bytes = bytes + excluded.bytes";

/// What is counted of a row with this body, by characters, as the database does.
pub(super) fn size(body: &str) -> SqlValue {
    let characters = i64::try_from(body.chars().count()).unwrap_or(i64::MAX);
    characters.saturating_add(ROW).into()
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
