//! The ledger's rows in the SQLite of a Durable Object. Translates; decides nothing.

use keyward_core::policy::Role;
use keyward_core::query::{EventQuery, KeyQuery, Page, SortField};
use keyward_core::session::Session;
use keyward_core::{Actor, KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Timestamp, Title};
use serde::Serialize;
use wasm_bindgen::JsValue as Value;

use super::call::{Member, Membership, Organization};
use super::row::Row;
use super::rows::{Batch, Delivery, Read, Rows, RowsError};
use super::schema::MIGRATIONS;
use crate::adapters::js::{Cursor, Sql, Storage, Thrown, rows, said};
use crate::contract::describe;
use crate::{json, log};

/// A statement and its bindings.
pub(super) type Statement = (&'static str, Vec<Value>);

/// Rows in SQLite.
pub(super) struct SqlRows {
    storage: Storage,
    sql: Sql,
    /// How many migrations have been applied. An object that was only ever asked has none and stores nothing.
    version: usize,
    clock: Timestamp,
}

/// Notes the reason, which is not for the caller's eyes.
pub(super) fn lost(error: impl std::fmt::Display) -> RowsError {
    log::fault("ledger rows", &error);
    RowsError
}

fn shape(value: &impl Serialize) -> Value {
    json::write(value).into()
}

fn text(value: &impl ToString) -> Value {
    value.to_string().into()
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
        let mut rows = Self { storage, sql, version: 0, clock: Timestamp::from_millis(0) };
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

    /// Deliveries that are due, oldest first: revision, how often they have failed, and what to deliver.
    pub(super) fn due(&self, now: Timestamp, limit: u32) -> Read<Vec<(i64, u32, Delivery)>> {
        let query = "SELECT revision, attempts, body FROM outbox WHERE body IS NOT NULL AND not_before <= ?
                     ORDER BY not_before LIMIT ?";
        self.read(query, &[at(now), whole(limit.into())], |row| {
            let (revision, attempts) = (row.number()?, row.number()?);
            let delivery = row.parsed(|text| json::read(&text))?;
            Ok((revision, u32::try_from(attempts).unwrap_or(u32::MAX), delivery))
        })
    }

    /// Notes that a delivery has landed, unless a newer one has taken its place; that one waits for a second.
    pub(super) fn note_landed(&mut self, delivery: &Delivery, revision: i64, now: Timestamp) -> Read<()> {
        let query = "UPDATE outbox SET landed_at = ?, not_before = max(not_before, ?),
            body = CASE WHEN revision = ? THEN NULL ELSE body END WHERE destination = ?";
        let pause = whole(now.as_millis() + 1000);
        let revision = whole(revision);
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
        self.write(vec![(query, vec![whole(now.as_millis() - 1000)])])
    }

    /// When the next delivery is due, if there is one.
    pub(super) fn next_due(&self) -> Read<Option<Timestamp>> {
        if self.is_empty() {
            return Ok(None);
        }
        let next = self.number("SELECT min(not_before) FROM outbox WHERE body IS NOT NULL", &[])?;
        Ok(next.map(Timestamp::from_millis))
    }
}

/// The status of a row at an instant (bound twice): the same as `Status::at` in the core, which a test holds
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
    bindings.extend([whole(page.limit.into()), whole(page.offset.into())]);
    bindings
}

fn record(row: &mut Row) -> Read<KeyRecord> {
    let stored: KeyRecord = row.parsed(|text| json::read(&text))?;
    Ok(KeyRecord { last_used_at: row.optional_instant()?, ..stored })
}

fn member(row: &mut Row) -> Read<Member> {
    Ok(Member {
        user: row.parsed(|text| OwnerId::parse(&text).ok())?,
        role: row.parsed(|text| Role::parse(&text))?,
        created_at: row.instant()?,
        updated_at: row.instant()?,
    })
}

impl Rows for SqlRows {
    fn organization(&self, id: &OwnerId) -> Read<Option<Organization>> {
        let query = "SELECT id, name, created_at, created_by, updated_at FROM organizations WHERE id = ?";
        let found = self.read(query, &[text(id)], |row| {
            Ok(Organization {
                id: row.parsed(|text| OwnerId::parse(&text).ok())?,
                name: row.parsed(|text| Title::parse(&text).ok())?,
                created_at: row.instant()?,
                created_by: row.parsed(|text| Actor::try_from(text).ok())?,
                updated_at: row.instant()?,
            })
        });
        Ok(found?.pop())
    }

    fn member(&self, organization: &OwnerId, user: &OwnerId) -> Read<Option<Member>> {
        let query =
            "SELECT user, role, created_at, updated_at FROM members WHERE organization = ? AND user = ?";
        Ok(self.read(query, &[text(organization), text(user)], member)?.pop())
    }

    fn members(&self, organization: &OwnerId) -> Read<Vec<Member>> {
        let query =
            "SELECT user, role, created_at, updated_at FROM members WHERE organization = ? ORDER BY user";
        self.read(query, &[text(organization)], member)
    }

    fn memberships(&self, user: &OwnerId) -> Read<Vec<Membership>> {
        let query = "SELECT body FROM memberships WHERE user = ? ORDER BY organization";
        self.read(query, &[text(user)], |row| row.parsed(|text| json::read(&text)))
    }

    fn key(&self, owner: &Owner, id: &KeyId) -> Read<Option<KeyRecord>> {
        let query = "SELECT body, last_used_at FROM keys WHERE owner = ? AND id = ?";
        Ok(self.read(query, &[text(owner), text(id)], record)?.pop())
    }

    fn key_by_digest(&self, digest: &KeyDigest) -> Read<Option<KeyRecord>> {
        let query = "SELECT body, last_used_at FROM keys WHERE digest = ?";
        Ok(self.read(query, &[Value::from(digest.to_hex())], record)?.pop())
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
            also("instr(search, ?)", vec![Value::from(q.to_lowercase())]);
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
        let count = self.count(&format!("SELECT count(*) FROM keys WHERE {conditions}"), &bindings)?;
        let column = order_column(query.order.field);
        let direction = if query.order.descending { "DESC" } else { "ASC" };
        let select = format!(
            "SELECT body, last_used_at FROM keys WHERE {conditions}
             ORDER BY {column} IS NULL, {column} {direction}, id {direction} LIMIT ? OFFSET ?"
        );
        Ok((self.read(&select, &paged(bindings, query.page), record)?, count))
    }

    fn events(&self, owner: &Owner, query: &EventQuery) -> Read<(Vec<serde_json::Value>, u32)> {
        if self.is_empty() {
            return Ok((Vec::new(), 0));
        }
        let (condition, bindings) = match &query.key {
            Some(key) => ("owner = ? AND key = ?", vec![text(owner), text(key)]),
            None => ("owner = ?", vec![text(owner)]),
        };
        let count = self.count(&format!("SELECT count(*) FROM events WHERE {condition}"), &bindings)?;
        let select =
            format!("SELECT body FROM events WHERE {condition} ORDER BY at DESC, id DESC LIMIT ? OFFSET ?");
        let events =
            self.read(&select, &paged(bindings, query.page), |row| row.parsed(|text| json::read(&text)));
        Ok((events?, count))
    }

    fn session(&self, digest: &KeyDigest) -> Read<Option<Session>> {
        let query = "SELECT body FROM sessions WHERE digest = ?";
        let found =
            self.read(query, &[Value::from(digest.to_hex())], |row| row.parsed(|text| json::read(&text)));
        Ok(found?.pop())
    }

    fn commit(&mut self, batch: Batch, now: Timestamp) -> Read<()> {
        let mut statements: Vec<Statement> = Vec::new();
        for key in &batch.keys {
            statements.push(upsert_key(key));
        }
        for (owner, id) in &batch.deleted_keys {
            statements.push(("DELETE FROM keys WHERE owner = ? AND id = ?", vec![text(owner), text(id)]));
        }
        if let Some((owner, id, used)) = &batch.used {
            let query = "UPDATE keys SET last_used_at = ? WHERE owner = ? AND id = ?";
            statements.push((query, vec![at(*used), text(owner), text(id)]));
        }
        if let Some(organization) = &batch.organization {
            let query = "INSERT OR REPLACE INTO organizations (id, name, created_at, created_by, updated_at)
                VALUES (?, ?, ?, ?, ?)";
            let Organization { id, name, created_at, created_by, updated_at } = organization;
            let name = Value::from(name.as_str());
            statements
                .push((query, vec![text(id), name, at(*created_at), text(created_by), at(*updated_at)]));
        }
        for (organization, member) in &batch.members {
            let query = "INSERT OR REPLACE INTO members (organization, user, role, created_at, updated_at)
                VALUES (?, ?, ?, ?, ?)";
            let Member { user, role, created_at, updated_at } = member;
            let role = Value::from(role.as_str());
            let row = vec![text(organization), text(user), role, at(*created_at), at(*updated_at)];
            statements.push((query, row));
        }
        for (organization, user) in &batch.removed_members {
            let query = "DELETE FROM members WHERE organization = ? AND user = ?";
            statements.push((query, vec![text(organization), text(user)]));
        }
        if let Some(membership) = &batch.membership {
            let query = "INSERT OR REPLACE INTO memberships (user, organization, body) VALUES (?, ?, ?)";
            let (user, organization) = (text(&membership.user), text(&membership.organization));
            statements.push((query, vec![user, organization, shape(membership)]));
        }
        if let Some(session) = &batch.session {
            statements.push(("DELETE FROM sessions WHERE ends_at <= ?", vec![at(now)]));
            let query = "INSERT OR REPLACE INTO sessions (digest, body, ends_at) VALUES (?, ?, ?)";
            let digest = Value::from(session.digest.to_hex());
            statements.push((query, vec![digest, shape(session), at(session.ends_at())]));
        }
        if let Some(digest) = &batch.ended_session {
            let query = "DELETE FROM sessions WHERE digest = ?";
            statements.push((query, vec![Value::from(digest.to_hex())]));
        }
        for (id, owner, event) in &batch.events {
            let key = event.key.as_ref().map(|key| key.id.to_string());
            let query = "INSERT INTO events (owner, id, at, key, body) VALUES (?, ?, ?, ?, ?)";
            let shown = shape(&describe::event(id, event));
            statements.push((
                query,
                vec![text(owner), text(id), at(event.at), key.map_or(Value::NULL, Value::from), shown],
            ));
        }
        for delivery in &batch.deliveries {
            // A destination that was reached less than a second ago has to wait: KV takes one write a second.
            let query = "INSERT INTO outbox (destination, body, revision, not_before, attempts)
                VALUES (?, ?, 1, ?, 0) ON CONFLICT (destination) DO UPDATE SET body = excluded.body,
                revision = revision + 1, attempts = 0,
                not_before = max(excluded.not_before, coalesce(landed_at, 0) + 1000)";
            statements.push((query, vec![text(&delivery.destination()), shape(delivery), at(now)]));
        }
        statements.push(("INSERT OR REPLACE INTO clock (one, at) VALUES (1, ?)", vec![at(now)]));
        self.write(statements)?;
        self.clock = self.clock.max(now);
        Ok(())
    }
}

fn upsert_key(key: &KeyRecord) -> Statement {
    // What was last used is kept in its own column: it changes without a new version of the record.
    let stored = KeyRecord { last_used_at: None, ..key.clone() };
    let title = key.title.as_str().to_lowercase();
    let revoked_at = key.revocation.as_ref().map(|revocation| revocation.at);
    let query = "INSERT INTO keys (owner, id, digest, body, type, search, title, created_at, updated_at, expires_at,
        revoked_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, id) DO UPDATE SET
        body = excluded.body, search = excluded.search, title = excluded.title, updated_at = excluded.updated_at,
        expires_at = excluded.expires_at, revoked_at = excluded.revoked_at";
    let bindings = vec![
        text(&key.owner),
        text(&key.id),
        Value::from(key.digest.to_hex()),
        shape(&stored),
        key.key_type.as_str().into(),
        Value::from(format!("{title}\n{}", key.redacted.to_lowercase())),
        Value::from(title),
        at(key.created_at),
        at(key.updated_at),
        key.expires_at.map_or(Value::NULL, at),
        revoked_at.map_or(Value::NULL, at),
    ];
    (query, bindings)
}
