//! What a ledger stores: synchronous reads and one atomic commit, in SQL.

use keyward_core::query::{EventQuery, KeyQuery, Page, SortField};
use keyward_core::session::Session;
use keyward_core::{EventId, KeyDigest, KeyId, KeyRecord, Owner, Timestamp};

use super::Transaction;
use super::schema;
use super::sql::{Row, Sql, SqlValue, Statement, StorageError, unreadable};
use crate::resources::StoredEvent;

/// The store of one ledger. Two owners may share a ledger, so every row carries its owner.
#[derive(Debug)]
pub(crate) struct Store<S> {
    sql: S,
    /// Whether there are tables. A ledger that was only ever asked has none, and stores nothing.
    is_created: bool,
    clock: Timestamp,
}

/// The result of a read.
pub(super) type Stored<T> = Result<T, StorageError>;

/// The status of a row at an instant (bound twice). A test holds it against `Status::at` in the core.
const STATUS: &str = "CASE WHEN revoked_at <= ? THEN 'revoked' WHEN expires_at <= ? THEN 'expired'
    WHEN revoked_at IS NOT NULL THEN 'retiring' ELSE 'active' END";

fn order_column(field: SortField) -> &'static str {
    match field {
        SortField::CreatedAt => "created_at",
        SortField::UpdatedAt => "updated_at",
        SortField::LastUsedAt => "last_used_at",
        SortField::ExpiresAt => "expires_at",
        SortField::RevokedAt => "revoked_at",
        SortField::Title => "title",
    }
}

pub(super) fn paged(mut bindings: Vec<SqlValue>, page: Page) -> Vec<SqlValue> {
    bindings.extend([page.limit.into(), page.offset.into()]);
    bindings
}

fn key(row: &mut Row) -> Stored<KeyRecord> {
    let record: KeyRecord = row.json()?;
    Ok(KeyRecord { last_used_at: row.optional_number()?.map(Timestamp::from_millis), ..record })
}

fn event(row: &mut Row) -> Stored<(EventId, StoredEvent)> {
    let id = EventId::parse(&row.text()?).map_err(|_| StorageError)?;
    Ok((id, row.json()?))
}

impl<S: Sql> Store<S> {
    /// Opens the store. Creates nothing.
    ///
    /// # Errors
    /// [`StorageError`]; also for tables of another version, which are neither read nor written.
    pub(crate) fn open(sql: S) -> Stored<Self> {
        let mut store = Self { sql, is_created: false, clock: Timestamp::default() };
        let ours = "SELECT name FROM sqlite_master WHERE type = 'table' AND name IN ('ledger', 'keys')";
        if store.sql.query(ours, &[])?.is_empty() {
            return Ok(store);
        }
        store.is_created = true;
        // Before version 1, no table said which it is.
        let stated = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'ledger'";
        if store.number(stated, &[])? == 0
            || store.number("SELECT version FROM ledger", &[])? != schema::VERSION
        {
            return Err(unreadable("the tables are of another version"));
        }
        store.clock = Timestamp::from_millis(store.number("SELECT clock FROM ledger", &[])?);
        Ok(store)
    }

    /// Whether anything was ever committed.
    pub(super) fn is_created(&self) -> bool {
        self.is_created
    }

    /// The latest instant that was committed.
    pub(crate) fn clock(&self) -> Timestamp {
        self.clock
    }

    pub(super) fn read<T>(
        &self,
        query: &str,
        bindings: &[SqlValue],
        read: impl Fn(&mut Row) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        if !self.is_created {
            return Ok(Vec::new());
        }
        self.sql.query(query, bindings)?.into_iter().map(|columns| read(&mut Row::new(columns))).collect()
    }

    pub(super) fn first<T>(
        &self,
        query: &str,
        bindings: &[SqlValue],
        read: impl Fn(&mut Row) -> Stored<T>,
    ) -> Stored<Option<T>> {
        Ok(self.read(query, bindings, read)?.into_iter().next())
    }

    fn number(&self, query: &str, bindings: &[SqlValue]) -> Stored<i64> {
        match self.sql.query(query, bindings)?.into_iter().next() {
            Some(columns) => Row::new(columns).number(),
            None => Ok(0),
        }
    }

    pub(super) fn count(&self, condition: &str, bindings: &[SqlValue]) -> Stored<u32> {
        if !self.is_created {
            return Ok(0);
        }
        let count = self.number(&format!("SELECT count(*) FROM {condition}"), bindings)?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    /// Commits a transaction.
    ///
    /// # Errors
    /// [`StorageError`]; nothing has then changed.
    pub(crate) fn commit(&mut self, transaction: Transaction) -> Stored<()> {
        let now = transaction.now;
        self.write(transaction.into_statements())?;
        self.clock = self.clock.max(now);
        Ok(())
    }

    /// Runs statements in one transaction, after what creates the tables if there are none.
    pub(super) fn write(&mut self, statements: Vec<Statement>) -> Stored<()> {
        if self.is_created {
            return self.sql.transaction(&statements);
        }
        let row = vec![schema::VERSION.into(), self.clock.into()];
        let mut all = vec![
            Statement { sql: schema::CREATE, bindings: vec![] },
            Statement { sql: "INSERT INTO ledger (one, version, clock) VALUES (1, ?, ?)", bindings: row },
        ];
        all.extend(statements);
        self.sql.transaction(&all)?;
        self.is_created = true;
        Ok(())
    }

    /// The key of this id.
    pub(crate) fn key(&self, owner: &Owner, id: &KeyId) -> Stored<Option<KeyRecord>> {
        let query = "SELECT body, last_used_at FROM keys WHERE owner = ? AND id = ?";
        self.first(query, &[owner.to_string().into(), id.as_str().into()], key)
    }

    /// The key of this digest, whoever owns it.
    pub(crate) fn key_by_digest(&self, digest: &KeyDigest) -> Stored<Option<KeyRecord>> {
        self.first("SELECT body, last_used_at FROM keys WHERE digest = ?", &[digest.to_hex().into()], key)
    }

    /// A page of keys and how many there are on all pages. `now` decides on the status.
    pub(crate) fn keys(
        &self,
        owner: &Owner,
        query: &KeyQuery,
        now: Timestamp,
    ) -> Stored<(Vec<KeyRecord>, u32)> {
        let (mut condition, mut bindings) =
            (String::from("keys WHERE owner = ?"), vec![owner.to_string().into()]);
        let mut also = |more: &str, values: Vec<SqlValue>| {
            condition.push_str(" AND ");
            condition.push_str(more);
            bindings.extend(values);
        };
        if let Some(text) = query.q.as_ref().and_then(keyward_core::query::Search::folded) {
            also("instr(search, ?)", vec![text.into()]);
        }
        if let Some(key_type) = query.key_type {
            also("type = ?", vec![key_type.as_str().into()]);
        }
        if let Some(status) = query.status {
            also(&format!("{STATUS} = ?"), vec![now.into(), now.into(), status.as_str().into()]);
        }
        if let Some(after) = query.created_after {
            also("created_at > ?", vec![after.into()]);
        }
        if let Some(before) = query.created_before {
            also("created_at < ?", vec![before.into()]);
        }
        let count = self.count(&condition, &bindings)?;
        let column = order_column(query.order.field);
        let direction = if query.order.descending { "DESC" } else { "ASC" };
        let select = format!(
            "SELECT body, last_used_at FROM {condition}
             ORDER BY {column} IS NULL, {column} {direction}, id {direction} LIMIT ? OFFSET ?"
        );
        Ok((self.read(&select, &paged(bindings, query.page()), key)?, count))
    }

    /// The keys that work, and the digests of all.
    pub(crate) fn keys_to_delete(
        &self,
        owner: &Owner,
        now: Timestamp,
    ) -> Stored<(Vec<KeyRecord>, Vec<KeyDigest>)> {
        let owner = owner.to_string();
        let query = format!(
            "SELECT body, last_used_at FROM keys WHERE owner = ? AND {STATUS} IN ('active', 'retiring')"
        );
        let working = self.read(&query, &[owner.as_str().into(), now.into(), now.into()], key)?;
        let digests = self.read("SELECT digest FROM keys WHERE owner = ?", &[owner.into()], |row| {
            KeyDigest::from_hex(&row.text()?).ok_or_else(|| unreadable("a digest is not one"))
        })?;
        Ok((working, digests))
    }

    /// Whether the trail of this owner has this event.
    pub(crate) fn has_event(&self, owner: &Owner, id: &EventId) -> Stored<bool> {
        let bindings = [owner.to_string().into(), id.as_str().into()];
        Ok(self.count("events WHERE owner = ? AND id = ?", &bindings)? > 0)
    }

    /// A page of events, newest first, and how many there are on all pages.
    pub(crate) fn events(
        &self,
        owner: &Owner,
        query: &EventQuery,
    ) -> Stored<(Vec<(EventId, StoredEvent)>, u32)> {
        let mut bindings = vec![owner.to_string().into()];
        let condition = match &query.key {
            Some(key) => {
                bindings.push(key.as_str().into());
                "events WHERE owner = ? AND key = ?"
            }
            None => "events WHERE owner = ?",
        };
        let count = self.count(condition, &bindings)?;
        let select = format!("SELECT id, body FROM {condition} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?");
        Ok((self.read(&select, &paged(bindings, query.page()), event)?, count))
    }

    /// The session of this digest.
    pub(crate) fn session(&self, digest: &KeyDigest) -> Stored<Option<Session>> {
        self.first("SELECT body FROM sessions WHERE digest = ?", &[digest.to_hex().into()], Row::json)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use keyward_core::Status;

    use super::*;
    use crate::memory::SqliteInMemory;

    #[test]
    fn tables_of_another_version_are_neither_read_nor_written() {
        let faults = Rc::default();
        let open = |prepare: &[&'static str]| {
            let sql = SqliteInMemory::new(&faults, &Rc::default());
            let statements: Vec<_> = prepare.iter().map(|sql| Statement { sql, bindings: vec![] }).collect();
            sql.transaction(&statements).expect("prepared");
            Store::open(sql).map(|store| store.clock().as_millis())
        };
        let current = "INSERT INTO ledger (one, version, clock) VALUES (1, 1, 7)";
        let later = "INSERT INTO ledger (one, version, clock) VALUES (1, 2, 7)";
        assert_eq!(open(&[]), Ok(0));
        assert_eq!(open(&[schema::CREATE, current]), Ok(7));
        assert_eq!(open(&[schema::CREATE, later]), Err(StorageError));
        assert_eq!(open(&["CREATE TABLE keys (digest TEXT)"]), Err(StorageError));
    }

    #[test]
    fn the_status_of_a_row_is_the_status_of_its_key() {
        let sql = SqliteInMemory::new(&Rc::default(), &Rc::default());
        let query = format!("SELECT {STATUS} FROM (SELECT ? AS revoked_at, ? AS expires_at)");
        let now = Timestamp::from_millis(5);
        let dates = [None, Some(4), Some(5), Some(6)].map(|at| at.map(Timestamp::from_millis));
        for (revoked_at, expires_at) in dates.into_iter().flat_map(|date| dates.map(|other| (date, other))) {
            let rows = sql.query(&query, &[now.into(), now.into(), revoked_at.into(), expires_at.into()]);
            let status = Status::at(now, revoked_at, expires_at);
            assert_eq!(rows, Ok(vec![vec![status.as_str().into()]]), "{revoked_at:?}, {expires_at:?}");
        }
    }
}
