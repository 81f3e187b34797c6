//! The ledger's rows in the SQLite of a Durable Object. Translates; decides nothing.

mod row;
mod schema;
mod statements;

use js_sys::JsString;
use keyward_core::Timestamp;
use keyward_core::query::fold;
use serde::Serialize;
use wasm_bindgen::JsValue as Value;

use super::outbox::{Lane, alarm_for};
use super::rows::{Delivery, Read, RowsError};
use crate::adapters::js::{Cursor, Sql, Storage, Thrown, rows, said};
use crate::{json, log};
use row::Row;
use schema::MIGRATIONS;

/// A statement and its bindings.
type Statement = (&'static str, Vec<Value>);

/// Rows in SQLite.
pub(super) struct SqlRows {
    storage: Storage,
    sql: Sql,
    /// How many migrations have been applied. An object that was only ever asked has none and stores nothing.
    version: usize,
    clock: Timestamp,
}

/// Notes the reason, which is not for the caller's eyes.
fn lost(error: impl std::fmt::Display) -> RowsError {
    log::fault("ledger rows", &error);
    RowsError
}

fn shape(value: &impl Serialize) -> Value {
    json::write(value).into()
}

fn text(value: &impl ToString) -> Value {
    value.to_string().into()
}

/// A text to search in or to sort by. The platform has the tables of Unicode already.
fn lowercase(text: &str) -> Value {
    JsString::from(fold(text).as_str()).to_lower_case().into()
}

fn at(instant: Timestamp) -> Value {
    whole(instant.as_millis())
}

/// A whole number; all of ours are exact in JavaScript.
#[expect(clippy::cast_precision_loss, reason = "milliseconds, counters and pages stay far below 2^53")]
fn whole(number: i64) -> Value {
    Value::from_f64(number as f64)
}

impl SqlRows {
    /// Opens the rows. Creates nothing, but brings what exists up to date.
    pub(super) fn open(storage: Storage) -> Read<Self> {
        let sql = storage.sql();
        let mut rows = Self { storage, sql, version: 0, clock: Timestamp::default() };
        let tables = "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'migrations'";
        if rows.number(tables, &[])? != Some(0) {
            let applied = rows.number("SELECT count(*) FROM migrations", &[])?;
            rows.version = usize::try_from(applied.unwrap_or(0)).map_err(lost)?;
            rows.write(vec![])?;
            let latest = rows.number("SELECT max(at) FROM clock", &[])?;
            rows.clock = Timestamp::from_millis(latest.unwrap_or(0));
        }
        Ok(rows)
    }

    /// The latest instant that was committed.
    pub(super) fn clock(&self) -> Timestamp {
        self.clock
    }

    /// Whether nothing was ever stored here.
    pub(super) fn is_empty(&self) -> bool {
        self.version == 0
    }

    fn exec(&self, query: &str, bindings: &[Value]) -> Thrown<Cursor> {
        self.sql.exec(query, &bindings.iter().collect())
    }

    /// The rows that a query gives.
    fn select(&self, query: &str, bindings: &[Value]) -> Read<Vec<Row>> {
        let found = self.exec(query, bindings).and_then(|cursor| rows(&cursor));
        Ok(found.map_err(|error| lost(said(&error)))?.into_iter().map(Row::new).collect())
    }

    fn read<T>(&self, query: &str, bindings: &[Value], read: fn(&mut Row) -> Read<T>) -> Read<Vec<T>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        self.select(query, bindings)?.iter_mut().map(read).collect()
    }

    fn number(&self, query: &str, bindings: &[Value]) -> Read<Option<i64>> {
        match self.select(query, bindings)?.first_mut() {
            Some(row) => row.optional_number(),
            None => Ok(None),
        }
    }

    fn count(&self, query: &str, bindings: &[Value]) -> Read<u32> {
        Ok(u32::try_from(self.number(query, bindings)?.unwrap_or(0)).unwrap_or(u32::MAX))
    }

    /// Runs the statements in one transaction, after the migrations that are missing: all of them or none.
    pub(super) fn write(&mut self, statements: Vec<Statement>) -> Read<()> {
        let mut all: Vec<Statement> = Vec::new();
        if self.is_empty() {
            all.push(("CREATE TABLE migrations (n INTEGER PRIMARY KEY)", vec![]));
        }
        for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(self.version) {
            all.push((migration, vec![]));
            all.push(("INSERT INTO migrations (n) VALUES (?)", vec![whole(number)]));
        }
        all.extend(statements);
        if all.is_empty() {
            return Ok(());
        }
        let mut body = || {
            for (query, bindings) in &all {
                self.exec(query, bindings)?;
            }
            Ok(())
        };
        self.storage.transaction_sync(&mut body).map_err(|error| lost(said(&error)))?;
        self.version = MIGRATIONS.len();
        Ok(())
    }

    /// Deliveries of a lane that are due, oldest first: revision, how often they have failed, and what to deliver.
    pub(super) fn due(&self, lane: Lane, now: Timestamp, limit: u32) -> Read<Vec<(i64, u32, Delivery)>> {
        let query = "SELECT revision, attempts, body FROM outbox
                     WHERE body IS NOT NULL AND not_before <= ? AND destination GLOB ?
                     ORDER BY not_before LIMIT ?";
        self.read(query, &[at(now), text(&lane.destinations()), whole(limit.into())], |row| {
            let (revision, attempts) = (row.number()?, row.number()?);
            let delivery = row.stored()?;
            Ok((revision, u32::try_from(attempts).unwrap_or(u32::MAX), delivery))
        })
    }

    /// Notes that a delivery has landed. A newer one that has taken its place waits for a second; the same is made once
    /// more at `confirm`, if ever.
    pub(super) fn note_landed(
        &mut self,
        delivery: &Delivery,
        revision: i64,
        now: Timestamp,
        confirm: Option<Timestamp>,
    ) -> Read<()> {
        let again = at(confirm.unwrap_or_default());
        let pause = whole(now.as_millis() + 1000);
        let newest = "UPDATE outbox SET tried_at = ?, attempts = 0, not_before = max(?, ?),
            body = CASE WHEN ? THEN body END WHERE destination = ? AND revision = ?";
        let newer = "UPDATE outbox SET tried_at = ?, not_before = max(not_before, ?)
            WHERE destination = ? AND revision <> ?";
        let (place, revision) = (text(&delivery.destination()), whole(revision));
        let is_kept = whole(confirm.is_some().into());
        let landed = vec![at(now), pause.clone(), again, is_kept, place.clone(), revision.clone()];
        self.write(vec![(newest, landed), (newer, vec![at(now), pause, place, revision])])
    }

    /// Notes that a delivery has failed, and when to try again.
    pub(super) fn note_failed(&mut self, delivery: &Delivery, now: Timestamp, next: Timestamp) -> Read<()> {
        let query =
            "UPDATE outbox SET tried_at = ?, attempts = attempts + 1, not_before = ? WHERE destination = ?";
        self.write(vec![(query, vec![at(now), at(next), text(&delivery.destination())])])
    }

    /// Forgets deliveries that landed more than a second ago: they no longer hold anything back.
    pub(super) fn forget_landed(&mut self, now: Timestamp) -> Read<()> {
        if self.is_empty() {
            return Ok(());
        }
        let query = "DELETE FROM outbox WHERE body IS NULL AND tried_at <= ?";
        self.write(vec![(query, vec![whole(now.as_millis() - 1000)])])
    }

    /// When the alarm has to ring, if there is anything to deliver.
    pub(super) fn next_alarm(&self, now: Timestamp) -> Read<Option<Timestamp>> {
        // The first of those that are due, and the first of the others.
        let query = "SELECT min(not_before) FROM outbox WHERE body IS NOT NULL GROUP BY not_before > ?";
        let firsts = self.read(query, &[at(now)], |row| row.number().map(Timestamp::from_millis))?;
        Ok(firsts.into_iter().map(|due| alarm_for(due, now)).min())
    }
}
