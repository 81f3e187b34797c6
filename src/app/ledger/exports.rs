//! What is exported: lines, page by page, as they are stored.

use keyward_core::foreign::ForeignHash;
use keyward_core::{Channel, KeyDigest, KeyRecord, Member, Organization};
use serde::{Deserialize, Serialize};

use super::sql::{Row, Sql, unreadable};
use super::store::{Store, Stored};
use crate::caller::Caller;
use crate::resources::StoredEvent;

/// Keys and events on a page of an export.
pub(crate) const EXPORT_PAGE: usize = 500;

/// What a line of an export is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The organization itself.
    Organization,
    /// A member.
    Member,
    /// A sales channel.
    Channel,
    /// A key.
    Key,
    /// An event of its trail.
    Event,
    /// A row that could not be read, and so is missing.
    Unreadable,
}

/// A line of an export: as it is stored. Which of the fields there are depends on the kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub(crate) kind: LineKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<Organization>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<Member>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Channel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Box<KeyRecord>>,
    /// Of a foreign key: its hash as it was imported, and the digest of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hash: Option<ForeignHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) row: Option<KeyDigest>,
    /// Of an event, or of what cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<StoredEvent>,
}

impl Line {
    /// A line without fields.
    pub(crate) fn new(kind: LineKind) -> Self {
        let (organization, member, channel, key, hash) = (None, None, None, None, None);
        Self { kind, organization, member, channel, key, hash, row: None, id: None, event: None }
    }
}

impl<S: Sql> Store<S> {
    /// The next keys of an owner after this id, as lines of an export, each with its id.
    pub(crate) fn keys_to_export(&self, caller: &Caller, after: &str) -> Stored<Vec<(String, Line)>> {
        let query = "SELECT id, body, last_used_at FROM keys WHERE owner = ? AND id > ? ORDER BY id LIMIT ?";
        self.lines(query, caller, after, |row| {
            let record = super::store::key(row)?;
            let mut line = Line::new(LineKind::Key);
            if record.foreign.is_some() {
                let query = "SELECT row, body FROM hashes WHERE owner = ? AND id = ?";
                let of = [caller.owner.to_string().into(), record.id.as_str().into()];
                let found = self
                    .first(query, &of, |row| Ok((super::store::digest(row)?, row.json::<ForeignHash>()?)))?;
                let (row, hash) = found.ok_or_else(|| unreadable("a foreign key has no hash"))?;
                (line.row, line.hash) = (Some(row), Some(hash));
            }
            line.key = Some(Box::new(record));
            Ok(line)
        })
    }

    /// The next events of an owner after this id, as lines of an export, each with its id.
    pub(crate) fn events_to_export(&self, caller: &Caller, after: &str) -> Stored<Vec<(String, Line)>> {
        let query = "SELECT id, body FROM events WHERE owner = ? AND id > ? ORDER BY id LIMIT ?";
        self.lines(query, caller, after, |row| {
            Ok(Line { event: Some(row.json()?), ..Line::new(LineKind::Event) })
        })
    }

    fn lines(
        &self,
        query: &str,
        caller: &Caller,
        after: &str,
        read: impl Fn(&mut Row) -> Stored<Line>,
    ) -> Stored<Vec<(String, Line)>> {
        let limit = i64::try_from(EXPORT_PAGE).unwrap_or_default();
        self.read(query, &[caller.owner.to_string().into(), after.into(), limit.into()], |row| {
            let id = row.text()?;
            let line = match read(row) {
                Err(_) => Line { id: Some(id.clone()), ..Line::new(LineKind::Unreadable) },
                Ok(line) if line.kind == LineKind::Event => Line { id: Some(id.clone()), ..line },
                Ok(line) => line,
            };
            Ok((id, line))
        })
    }
}
