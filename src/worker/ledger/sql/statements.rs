//! The statements behind [`Rows`].

use keyward_core::query::{EventQuery, KeyQuery, Page, SortField};
use keyward_core::session::Session;
use keyward_core::{
    Actor, KeyDigest, KeyId, KeyRecord, Member, Organization, Owner, OwnerId, Role, Timestamp, Title,
};
use wasm_bindgen::JsValue as Value;

use super::row::Row;
use super::{SqlRows, Statement, at, lowercase, shape, text, whole};
use crate::contract::describe;
use crate::ledger::call::Membership;
use crate::ledger::rows::{Batch, Read, Rows};

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
    let stored: KeyRecord = row.stored()?;
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
        self.read(query, &[text(user)], Row::stored)
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
            also("instr(search, ?)", vec![lowercase(q)]);
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
        let events = self.read(&select, &paged(bindings, query.page), Row::stored);
        Ok((events?, count))
    }

    fn session(&self, digest: &KeyDigest) -> Read<Option<Session>> {
        let query = "SELECT body FROM sessions WHERE digest = ?";
        let found = self.read(query, &[Value::from(digest.to_hex())], Row::stored);
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
        if let Some(used) = &batch.used {
            let query = "UPDATE keys SET last_used_at = ? WHERE owner = ? AND id = ?";
            statements.push((query, vec![at(used.at), text(&used.owner), text(&used.key)]));
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
            // A destination that was tried less than a second ago has to wait: KV takes one write a second.
            let query = "INSERT INTO outbox (destination, body, revision, not_before, attempts)
                VALUES (?, ?, 1, ?, 0) ON CONFLICT (destination) DO UPDATE SET body = excluded.body,
                revision = revision + 1,
                not_before = max(excluded.not_before, coalesce(tried_at, 0) + 1000)";
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
    let title = key.title.as_str();
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
        lowercase(&format!("{title}\n{}", key.redacted)),
        lowercase(title),
        at(key.created_at),
        at(key.updated_at),
        key.expires_at.map_or(Value::NULL, at),
        revoked_at.map_or(Value::NULL, at),
    ];
    (query, bindings)
}
