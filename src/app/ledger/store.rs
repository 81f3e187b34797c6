//! What a ledger stores: synchronous reads and one atomic commit, in SQL.

use keyward_core::session::Session;
use keyward_core::{EventId, KeyDigest, KeyId, KeyRecord, Owner, Timestamp};

use super::Transaction;
use super::clock::promise;
use super::foreign::SlowTries;
use super::idempotency::Remembered;
use super::schema;
use super::sessions::{SESSION_ROWS, SESSIONS, SessionRow};
use super::sql::{Row, Sql, SqlValue, Statement, StorageError, unreadable};

/// The store of one ledger. Two owners may share a ledger, so every row carries its owner.
#[derive(Debug)]
pub(crate) struct Store<S> {
    sql: S,
    /// Whether there are tables. A ledger that was only ever asked has none, and stores nothing.
    is_created: bool,
    clock: Timestamp,
    /// No instant after this one may be told.
    promised: Timestamp,
    /// What an earlier object over these tables may have told, when this one began.
    told_before: Timestamp,
    /// The slow hashes that were computed lately.
    pub(super) slow_tries: SlowTries,
}

/// What a list holds: what can be read, and how many rows cannot, which the others do not suffer from.
#[derive(Debug)]
pub(crate) struct Listed<T> {
    pub(crate) readable: Vec<T>,
    pub(crate) unreadable: u32,
}

/// The result of a read.
pub(super) type Stored<T> = Result<T, StorageError>;

impl<T> Listed<T> {
    /// What is in rows, as far as it can be read. What cannot is logged.
    pub(super) fn of(rows: Vec<Row>, read: impl Fn(&mut Row) -> Stored<T>) -> Self {
        let mut listed = Self { readable: Vec::new(), unreadable: 0 };
        for mut row in rows {
            match read(&mut row) {
                Ok(value) => listed.readable.push(value),
                Err(_) => listed.unreadable += 1,
            }
        }
        listed
    }
}

pub(super) fn key(row: &mut Row) -> Stored<KeyRecord> {
    let record: KeyRecord = row.json()?;
    let last_used_at = Some(row.number()?).filter(|at| *at > 0).map(Timestamp::from_millis);
    Ok(KeyRecord { last_used_at, ..record })
}

pub(super) fn digest(row: &mut Row) -> Stored<KeyDigest> {
    KeyDigest::from_hex(&row.text()?).ok_or_else(|| unreadable("a digest is not one"))
}

impl<S: Sql> Store<S> {
    /// Opens the store. Creates nothing.
    ///
    /// # Errors
    /// [`StorageError`]; also for tables of another version, which are neither read nor written.
    pub(crate) fn open(sql: S) -> Stored<Self> {
        let start = Timestamp::default();
        let slow_tries = SlowTries::default();
        let mut store =
            Self { sql, is_created: false, clock: start, promised: start, told_before: start, slow_tries };
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
        store.promised = Timestamp::from_millis(store.number("SELECT promised FROM ledger", &[])?);
        store.told_before = store.promised;
        Ok(store)
    }

    /// What is behind the ledger's clock: the latest instant that was committed, or that may have been told by an object that
    /// is gone.
    pub(crate) fn behind(&self) -> Timestamp {
        self.clock.max(self.told_before)
    }

    /// Makes sure that `now` can be told: that nothing is ever committed up to then. Where nothing is stored, nothing is.
    pub(super) fn promise(&mut self, now: Timestamp, wall: Timestamp) -> Stored<bool> {
        if !self.is_created {
            return Ok(false);
        }
        if let Some(promised) = promise(self.promised, now, wall) {
            self.write(vec![Statement {
                sql: "UPDATE ledger SET promised = ?",
                bindings: vec![promised.into()],
            }])?;
            self.promised = promised;
        }
        Ok(true)
    }

    /// Whether anything was ever committed.
    pub(super) fn is_created(&self) -> bool {
        self.is_created
    }

    /// The latest instant that was committed.
    pub(crate) fn clock(&self) -> Timestamp {
        self.clock
    }

    /// The rows that a query gives.
    pub(super) fn rows(&self, query: &str, bindings: &[SqlValue]) -> Stored<Vec<Row>> {
        if !self.is_created {
            return Ok(Vec::new());
        }
        Ok(self.sql.query(query, bindings)?.into_iter().map(Row::new).collect())
    }

    pub(super) fn read<T>(
        &self,
        query: &str,
        bindings: &[SqlValue],
        read: impl Fn(&mut Row) -> Stored<T>,
    ) -> Stored<Vec<T>> {
        let mut all = Vec::new();
        for mut row in self.rows(query, bindings)? {
            all.push(read(&mut row)?);
        }
        Ok(all)
    }

    /// Reads a list. A row that cannot be read is logged and counted.
    pub(super) fn list<T>(
        &self,
        query: &str,
        bindings: &[SqlValue],
        read: impl Fn(&mut Row) -> Stored<T>,
    ) -> Stored<Listed<T>> {
        Ok(Listed::of(self.rows(query, bindings)?, read))
    }

    pub(super) fn first<T>(
        &self,
        query: &str,
        bindings: &[SqlValue],
        read: impl Fn(&mut Row) -> Stored<T>,
    ) -> Stored<Option<T>> {
        self.rows(query, bindings)?.first_mut().map(read).transpose()
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
        let (now, restricts) = (transaction.now, transaction.restricts());
        let (statements, events) = transaction.into_statements();
        let without_events = restricts.then(|| {
            let changes = statements.len() - events;
            statements.iter().take(changes).cloned().collect::<Vec<_>>()
        });
        if let Err(failed) = self.write(statements) {
            let again = without_events.filter(|_| self.is_full() == Ok(true)).ok_or(failed)?;
            log::error!(target: "ledger storage", "it is full: what takes away is committed without its event");
            self.write(again)?;
        }
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
            Statement {
                sql: "INSERT INTO ledger (one, version, clock, promised) VALUES (1, ?, ?, 0)",
                bindings: row,
            },
        ];
        all.extend(statements);
        self.sql.transaction(&all)?;
        self.is_created = true;
        Ok(())
    }

    /// How large the database is, in bytes.
    pub(super) fn size_bytes(&self) -> Stored<i64> {
        self.sql.size_bytes()
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

    /// The digest of a key, even if its record cannot be read.
    pub(crate) fn digest_of_key(&self, owner: &Owner, id: &KeyId) -> Stored<Option<KeyDigest>> {
        let query = "SELECT digest FROM keys WHERE owner = ? AND id = ?";
        self.first(query, &[owner.to_string().into(), id.as_str().into()], digest)
    }

    /// The sessions of an owner, the one that was started last first. Some of them may be over.
    pub(super) fn sessions(&self, owner: &Owner) -> Stored<Vec<Session>> {
        // One that cannot be read is accepted by nobody, so it is left out, and logged.
        Ok(self.list(SESSIONS, &[owner.to_string().into()], Row::json)?.readable)
    }

    /// When an event last said that the key was refused, and how often it was since then.
    pub(crate) fn refusals(&self, owner: &Owner, id: &KeyId) -> Stored<(Option<Timestamp>, u32)> {
        let query = "SELECT refused_at, refused_count FROM keys WHERE owner = ? AND id = ?";
        let found = self.first(query, &[owner.to_string().into(), id.as_str().into()], |row| {
            let at = row.optional_number()?.map(Timestamp::from_millis);
            Ok((at, u32::try_from(row.number()?).unwrap_or(u32::MAX)))
        })?;
        Ok(found.unwrap_or_default())
    }

    /// What was answered to the request with the idempotency key of this digest, if its day is not over.
    pub(crate) fn remembered(
        &self,
        owner: &Owner,
        digest: &KeyDigest,
        now: Timestamp,
    ) -> Stored<Option<Remembered>> {
        let query = "SELECT body FROM idempotency WHERE owner = ? AND digest = ? AND ends_at > ?";
        self.first(query, &[owner.to_string().into(), digest.to_hex().into(), now.into()], Row::json)
    }

    /// Whether the trail of this owner has this event.
    pub(crate) fn has_event(&self, owner: &Owner, id: &EventId) -> Stored<bool> {
        let bindings = [owner.to_string().into(), id.as_str().into()];
        Ok(self.count("events WHERE owner = ? AND id = ?", &bindings)? > 0)
    }

    /// Where the sessions of an owner are whose time is not over, even those that cannot be read.
    pub(crate) fn session_rows(&self, owner: &Owner, now: Timestamp) -> Stored<Vec<SessionRow>> {
        self.read(SESSION_ROWS, &[owner.to_string().into(), now.into()], |row| {
            Ok(SessionRow { id: row.text()?, digest: row.text()? })
        })
    }

    /// Whether there is a session of this digest, even one that is over or cannot be read.
    pub(super) fn has_session(&self, digest: &KeyDigest) -> Stored<bool> {
        Ok(self.count("sessions WHERE digest = ?", &[digest.to_hex().into()])? > 0)
    }

    /// The session of this digest.
    pub(super) fn session(&self, digest: &KeyDigest) -> Stored<Option<Session>> {
        self.first("SELECT body FROM sessions WHERE digest = ?", &[digest.to_hex().into()], Row::json)
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

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
        let current = "INSERT INTO ledger (one, version, clock, promised) VALUES (1, 1, 7, 0)";
        let later = "INSERT INTO ledger (one, version, clock, promised) VALUES (1, 2, 7, 0)";
        assert_eq!(open(&[]), Ok(0));
        assert_eq!(open(&[schema::CREATE, current]), Ok(7));
        assert_eq!(open(&[schema::CREATE, later]), Err(StorageError::Unreadable));
        assert_eq!(open(&["CREATE TABLE keys (digest TEXT)"]), Err(StorageError::Unreadable));
    }
}
