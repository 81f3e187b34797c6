//! The ledger's rows in the SQLite of a Durable Object. Translates; decides nothing.

use keyward_core::query::{EventQuery, KeyQuery, Page, SortField};
use keyward_core::{Event, EventId, KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{SqlStorage, SqlStorageValue as Value, Storage};

use super::call::{Member, Membership, Organization};
use super::rows::{Batch, Delivery, Read, Rows, RowsError};
use super::schema::MIGRATIONS;
use crate::log;

#[wasm_bindgen]
extern "C" {
    /// The part of a Durable Object's storage that the `worker` crate does not bind.
    type Transactional;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &Transactional,
        body: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;
}

/// A statement and its bindings.
pub(super) type Statement = (&'static str, Vec<Value>);

/// Rows in SQLite.
pub(super) struct SqlRows {
    storage: Storage,
    sql: SqlStorage,
    /// How many migrations have been applied. An object that was only ever asked has none and stores nothing.
    version: usize,
    clock: Timestamp,
}

#[derive(Deserialize)]
struct Body {
    body: String,
    last_used_at: Option<f64>,
}

#[derive(Deserialize)]
struct Number {
    n: Option<f64>,
}

/// Whole numbers come out of SQLite as JavaScript numbers; milliseconds and counts are far below 2^53.
#[expect(clippy::cast_possible_truncation, reason = "below 2^53 by construction")]
fn whole(number: f64) -> i64 {
    number as i64
}

/// Notes the reason, which is not for the caller's eyes.
fn lost(error: impl std::fmt::Display) -> RowsError {
    log::fault("ledger rows", &error);
    RowsError
}

fn json(value: &impl Serialize) -> Read<Value> {
    serde_json::to_string(value).map(Value::String).map_err(lost)
}

fn text(value: &impl ToString) -> Value {
    Value::String(value.to_string())
}

fn at(instant: Timestamp) -> Value {
    Value::Integer(instant.as_millis())
}

impl SqlRows {
    /// Opens the rows. Creates nothing, but brings what exists up to date.
    pub(super) fn open(storage: Storage) -> Read<Self> {
        let sql = storage.sql();
        let mut rows = Self { storage, sql, version: 0, clock: Timestamp::from_millis(0) };
        let tables = "SELECT count(*) AS n FROM sqlite_master WHERE type = 'table' AND name = 'migrations'";
        if rows.number(tables, vec![])? != Some(0) {
            let applied = rows.number("SELECT count(*) AS n FROM migrations", vec![])?;
            rows.version = usize::try_from(applied.unwrap_or(0)).map_err(lost)?;
            rows.write(vec![])?;
            let latest = rows.number("SELECT max(at) AS n FROM clock", vec![])?;
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

    fn select<T: DeserializeOwned>(&self, query: &str, bindings: Vec<Value>) -> Read<Vec<T>> {
        self.sql.exec(query, bindings).and_then(|cursor| cursor.to_array()).map_err(lost)
    }

    fn number(&self, query: &str, bindings: Vec<Value>) -> Read<Option<i64>> {
        let rows: Vec<Number> = self.select(query, bindings)?;
        Ok(rows.first().and_then(|row| row.n).map(whole))
    }

    fn bodies<T: DeserializeOwned>(&self, query: &str, bindings: Vec<Value>) -> Read<Vec<T>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<Body> = self.select(query, bindings)?;
        rows.iter().map(|row| serde_json::from_str(&row.body).map_err(lost)).collect()
    }

    fn body<T: DeserializeOwned>(&self, query: &str, bindings: Vec<Value>) -> Read<Option<T>> {
        Ok(self.bodies(query, bindings)?.pop())
    }

    fn records(&self, query: &str, bindings: Vec<Value>) -> Read<Vec<KeyRecord>> {
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let rows: Vec<Body> = self.select(query, bindings)?;
        let record = |row: &Body| {
            let stored: KeyRecord = serde_json::from_str(&row.body).map_err(lost)?;
            let last_used_at = row.last_used_at.map(whole).map(Timestamp::from_millis);
            Ok(KeyRecord { last_used_at, ..stored })
        };
        rows.iter().map(record).collect()
    }

    /// Runs the statements in one transaction, after the migrations that are missing: all of them or none.
    pub(super) fn write(&mut self, statements: Vec<Statement>) -> Read<()> {
        let mut all: Vec<Statement> = Vec::new();
        if self.is_empty() {
            all.push(("CREATE TABLE migrations (n INTEGER PRIMARY KEY)", vec![]));
        }
        for (number, migration) in (1_i64..).zip(MIGRATIONS).skip(self.version) {
            all.push((migration, vec![]));
            all.push(("INSERT INTO migrations (n) VALUES (?)", vec![Value::Integer(number)]));
        }
        all.extend(statements);
        if all.is_empty() {
            return Ok(());
        }
        let mut body = || {
            for (query, bindings) in &all {
                self.sql.exec(query, bindings.clone()).map_err(JsValue::from)?;
            }
            Ok(())
        };
        let storage: &Transactional = self.storage.as_raw().unchecked_ref();
        storage.transaction_sync(&mut body).map_err(|error| lost(worker::Error::from(error)))?;
        self.version = MIGRATIONS.len();
        Ok(())
    }

    /// Deliveries that are due, oldest first: revision, how often they have failed, and what to deliver.
    pub(super) fn due(&self, now: Timestamp, limit: u32) -> Read<Vec<(i64, u32, Delivery)>> {
        #[derive(Deserialize)]
        struct Due {
            revision: f64,
            attempts: f64,
            body: String,
        }
        if self.is_empty() {
            return Ok(Vec::new());
        }
        let query = "SELECT revision, attempts, body FROM outbox WHERE body IS NOT NULL AND not_before <= ?
                     ORDER BY not_before LIMIT ?";
        let rows: Vec<Due> = self.select(query, vec![at(now), Value::Integer(limit.into())])?;
        let due = |row: Due| {
            let attempts = u32::try_from(whole(row.attempts)).unwrap_or(u32::MAX);
            Ok((whole(row.revision), attempts, serde_json::from_str(&row.body).map_err(lost)?))
        };
        rows.into_iter().map(due).collect()
    }

    /// Notes that a delivery has landed, unless a newer one has taken its place; that one waits for a second.
    pub(super) fn note_landed(&mut self, delivery: &Delivery, revision: i64, now: Timestamp) -> Read<()> {
        let query = "UPDATE outbox SET landed_at = ?, not_before = max(not_before, ?),
            body = CASE WHEN revision = ? THEN NULL ELSE body END WHERE destination = ?";
        let pause = Value::Integer(now.as_millis() + 1000);
        let revision = Value::Integer(revision);
        self.write(vec![(query, vec![at(now), pause, revision, text(&delivery.destination())])])
    }

    /// Notes that a delivery has failed, and when to try again.
    pub(super) fn note_failed(&mut self, delivery: &Delivery, next: Timestamp) -> Read<()> {
        let query = "UPDATE outbox SET attempts = attempts + 1, not_before = ? WHERE destination = ?";
        self.write(vec![(query, vec![at(next), text(&delivery.destination())])])
    }

    /// Forgets deliveries that landed more than a second ago: they no longer hold anything back.
    pub(super) fn forget_landed(&mut self, now: Timestamp) -> Read<()> {
        if self.is_empty() {
            return Ok(());
        }
        let query = "DELETE FROM outbox WHERE body IS NULL AND landed_at <= ?";
        self.write(vec![(query, vec![Value::Integer(now.as_millis() - 1000)])])
    }

    /// When the next delivery is due, if there is one.
    pub(super) fn next_due(&self) -> Read<Option<Timestamp>> {
        if self.is_empty() {
            return Ok(None);
        }
        let next = self.number("SELECT min(not_before) AS n FROM outbox WHERE body IS NOT NULL", vec![])?;
        Ok(next.map(Timestamp::from_millis))
    }
}

/// The status of a row at an instant (bound three times): the same as `Status::at` in the core, which a test holds
/// it to.
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

fn paged(mut bindings: Vec<Value>, page: Page) -> Vec<Value> {
    bindings.extend([Value::Integer(page.limit.into()), Value::Integer(page.offset.into())]);
    bindings
}

impl Rows for SqlRows {
    fn organization(&self, id: &OwnerId) -> Read<Option<Organization>> {
        self.body("SELECT body FROM organizations WHERE id = ?", vec![text(id)])
    }

    fn member(&self, organization: &OwnerId, user: &OwnerId) -> Read<Option<Member>> {
        let query = "SELECT body FROM members WHERE organization = ? AND user = ?";
        self.body(query, vec![text(organization), text(user)])
    }

    fn members(&self, organization: &OwnerId) -> Read<Vec<Member>> {
        let query = "SELECT body FROM members WHERE organization = ? ORDER BY user";
        self.bodies(query, vec![text(organization)])
    }

    fn memberships(&self, user: &OwnerId) -> Read<Vec<Membership>> {
        let query = "SELECT body FROM memberships WHERE user = ? ORDER BY organization";
        self.bodies(query, vec![text(user)])
    }

    fn key(&self, owner: &Owner, id: &KeyId) -> Read<Option<KeyRecord>> {
        let query = "SELECT body, last_used_at FROM keys WHERE owner = ? AND id = ?";
        Ok(self.records(query, vec![text(owner), text(id)])?.pop())
    }

    fn key_by_digest(&self, digest: &KeyDigest) -> Read<Option<KeyRecord>> {
        let query = "SELECT body, last_used_at FROM keys WHERE digest = ?";
        Ok(self.records(query, vec![Value::String(digest.to_hex())])?.pop())
    }

    fn keys(&self, owner: &Owner, query: &KeyQuery, now: Timestamp) -> Read<(Vec<KeyRecord>, u32)> {
        if self.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let (mut conditions, mut bindings) = (String::from("owner = ?"), vec![text(owner)]);
        let mut also = |condition: &str, values: Vec<Value>| {
            conditions.push_str(" AND ");
            conditions.push_str(condition);
            bindings.extend(values);
        };
        if let Some(q) = &query.q {
            also("instr(search, ?)", vec![Value::String(q.to_lowercase())]);
        }
        if let Some(key_type) = query.key_type {
            also("type = ?", vec![key_type.as_str().into()]);
        }
        if let Some(status) = query.status {
            also(&format!("{STATUS} = ?"), vec![at(now), at(now), status.as_str().into()]);
        }
        if let Some(after) = query.created_after {
            also("created_at > ?", vec![at(after)]);
        }
        if let Some(before) = query.created_before {
            also("created_at < ?", vec![at(before)]);
        }
        let count =
            self.number(&format!("SELECT count(*) AS n FROM keys WHERE {conditions}"), bindings.clone())?;
        let column = order_column(query.order.field);
        let direction = if query.order.descending { "DESC" } else { "ASC" };
        let select = format!(
            "SELECT body, last_used_at FROM keys WHERE {conditions}
             ORDER BY {column} IS NULL, {column} {direction}, id {direction} LIMIT ? OFFSET ?"
        );
        let records = self.records(&select, paged(bindings, query.page))?;
        Ok((records, u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX)))
    }

    fn events(&self, owner: &Owner, query: &EventQuery) -> Read<(Vec<(EventId, Event)>, u32)> {
        let (condition, mut bindings) = match &query.key {
            Some(key) => ("owner = ? AND key = ?", vec![text(owner), text(key)]),
            None => ("owner = ?", vec![text(owner)]),
        };
        if self.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let count =
            self.number(&format!("SELECT count(*) AS n FROM events WHERE {condition}"), bindings.clone())?;
        bindings = paged(bindings, query.page);
        let select =
            format!("SELECT body FROM events WHERE {condition} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?");
        Ok((self.bodies(&select, bindings)?, u32::try_from(count.unwrap_or(0)).unwrap_or(u32::MAX)))
    }

    fn commit(&mut self, batch: Batch, now: Timestamp) -> Read<()> {
        let mut statements: Vec<Statement> = Vec::new();
        for key in &batch.keys {
            statements.push(upsert_key(key)?);
        }
        for (owner, id) in &batch.deleted_keys {
            statements.push(("DELETE FROM keys WHERE owner = ? AND id = ?", vec![text(owner), text(id)]));
        }
        if let Some((owner, id, used)) = &batch.used {
            let query = "UPDATE keys SET last_used_at = ? WHERE owner = ? AND id = ?";
            statements.push((query, vec![at(*used), text(owner), text(id)]));
        }
        if let Some(organization) = &batch.organization {
            let query = "INSERT OR REPLACE INTO organizations (id, body) VALUES (?, ?)";
            statements.push((query, vec![text(&organization.id), json(organization)?]));
        }
        for (organization, member) in &batch.members {
            let query = "INSERT OR REPLACE INTO members (organization, user, body) VALUES (?, ?, ?)";
            statements.push((query, vec![text(organization), text(&member.user), json(member)?]));
        }
        for (organization, user) in &batch.removed_members {
            let query = "DELETE FROM members WHERE organization = ? AND user = ?";
            statements.push((query, vec![text(organization), text(user)]));
        }
        if let Some(membership) = &batch.membership {
            let query = "INSERT OR REPLACE INTO memberships (user, organization, body) VALUES (?, ?, ?)";
            let (user, organization) = (text(&membership.user), text(&membership.organization));
            statements.push((query, vec![user, organization, json(membership)?]));
        }
        for (id, owner, event) in &batch.events {
            let key = event.key.as_ref().map(|key| key.id.to_string());
            let query = "INSERT INTO events (owner, id, at, key, body) VALUES (?, ?, ?, ?, ?)";
            statements
                .push((query, vec![text(owner), text(id), at(event.at), key.into(), json(&(id, event))?]));
        }
        for delivery in &batch.deliveries {
            // A destination that was reached less than a second ago has to wait: KV takes one write a second.
            let query = "INSERT INTO outbox (destination, body, revision, not_before, attempts)
                VALUES (?, ?, 1, ?, 0) ON CONFLICT (destination) DO UPDATE SET body = excluded.body,
                revision = revision + 1, attempts = 0,
                not_before = max(excluded.not_before, coalesce(landed_at, 0) + 1000)";
            statements.push((query, vec![text(&delivery.destination()), json(delivery)?, at(now)]));
        }
        statements.push(("INSERT OR REPLACE INTO clock (one, at) VALUES (1, ?)", vec![at(now)]));
        self.write(statements)?;
        self.clock = self.clock.max(now);
        Ok(())
    }
}

fn upsert_key(key: &KeyRecord) -> Read<Statement> {
    // What was last used is kept in its own column: it changes without a new version of the record.
    let stored = KeyRecord { last_used_at: None, ..key.clone() };
    let title = key.title.as_str().to_lowercase();
    let revoked_at = key.revocation.as_ref().map(|revocation| revocation.at.as_millis());
    let query = "INSERT INTO keys (owner, id, digest, body, type, search, title, created_at, updated_at, expires_at,
        revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, id) DO UPDATE SET
        body = excluded.body, search = excluded.search, title = excluded.title, updated_at = excluded.updated_at,
        expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";
    let bindings = vec![
        text(&key.owner),
        text(&key.id),
        Value::String(key.digest.to_hex()),
        json(&stored)?,
        key.key_type.as_str().into(),
        Value::String(format!("{title}\n{}", key.redacted.to_lowercase())),
        Value::String(title),
        at(key.created_at),
        at(key.updated_at),
        key.expires_at.map(Timestamp::as_millis).into(),
        revoked_at.into(),
    ];
    Ok((query, bindings))
}
