//! Changes that are committed together or not at all.

use keyward_core::query::fold;
use keyward_core::session::Session;
use keyward_core::{Event, EventId, KeyDigest, KeyRecord, Owner, Timestamp};

use super::directory::Announcement;
use super::outbox::Delivery;
use super::queries::KeyUse;
use super::sql::{SqlValue, Statement};
use crate::json;

/// Changes of a ledger that happen together or not at all, at one instant of its clock.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(super) now: Timestamp,
    /// The time of day, by which deliveries are due.
    wall: Timestamp,
    statements: Vec<Statement>,
    events: Vec<(EventId, Owner, Event)>,
}

impl Transaction {
    pub(super) fn new(now: Timestamp, wall: Timestamp) -> Self {
        Self { now, wall, statements: Vec::new(), events: Vec::new() }
    }

    pub(super) fn push(&mut self, sql: &'static str, bindings: impl IntoIterator<Item = SqlValue>) {
        self.statements.push(Statement { sql, bindings: bindings.into_iter().collect() });
    }

    /// Inserts or replaces a key.
    pub(crate) fn put_key(&mut self, key: &KeyRecord) {
        // The last use has its own column: it changes without a new version of the record.
        let stored = KeyRecord { last_used_at: None, ..key.clone() };
        let title = key.settings.title.as_str();
        self.push(
            "INSERT INTO keys (owner, id, digest, body, type, search, title, created_at, updated_at, expires_at, revoked_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, id) DO UPDATE SET
             body = excluded.body, search = excluded.search, title = excluded.title, updated_at = excluded.updated_at,
             expires_at = excluded.expires_at, revoked_at = excluded.revoked_at",
            [
                key.owner.to_string().into(),
                key.id.as_str().into(),
                key.digest.to_hex().into(),
                json(&stored).into(),
                key.key_type.as_str().into(),
                fold(&format!("{title}\n{}", key.redacted)).into(),
                fold(title).into(),
                key.created_at.into(),
                key.updated_at.into(),
                key.settings.expires_at.into(),
                key.revoked_at().into(),
            ],
        );
    }

    /// Deletes a key.
    pub(crate) fn delete_key(&mut self, key: &KeyRecord) {
        let row = [key.owner.to_string().into(), key.id.as_str().into()];
        self.push("DELETE FROM keys WHERE owner = ? AND id = ?", row);
    }

    /// Deletes every key of an owner.
    pub(crate) fn delete_keys(&mut self, owner: &Owner) {
        self.push("DELETE FROM keys WHERE owner = ?", [owner.to_string().into()]);
    }

    /// Records when a key was last used.
    pub(crate) fn record_use(&mut self, KeyUse { owner, key, at }: &KeyUse) {
        let row = [(*at).into(), owner.to_string().into(), key.as_str().into()];
        self.push("UPDATE keys SET last_used_at = ? WHERE owner = ? AND id = ?", row);
    }

    /// Inserts or replaces a session, and forgets those that have ended.
    pub(crate) fn put_session(&mut self, session: &Session) {
        self.push("DELETE FROM sessions WHERE ends_at <= ?", [self.now.into()]);
        let row = [session.digest.to_hex().into(), json(session).into(), session.ends_at().into()];
        self.push("INSERT OR REPLACE INTO sessions (digest, body, ends_at) VALUES (?, ?, ?)", row);
    }

    /// Removes a session.
    pub(crate) fn end_session(&mut self, digest: &KeyDigest) {
        self.push("DELETE FROM sessions WHERE digest = ?", [digest.to_hex().into()]);
    }

    /// Adds an event to the audit trail.
    pub(crate) fn record(&mut self, mut id: EventId, owner: &Owner, event: Event) {
        // What happens in one transaction happens in one millisecond: its ids, not their random parts, give the order.
        for (earlier, ..) in &mut self.events {
            if id < *earlier {
                std::mem::swap(&mut id, earlier);
            }
        }
        self.events.push((id, owner.clone(), event));
    }

    /// Adds an event to the deployment's trail that another ledger has told.
    pub(crate) fn record_as_told(&mut self, Announcement { id, at, body }: &Announcement) {
        let row =
            [Owner::DEPLOYMENT.to_string().into(), id.as_str().into(), (*at).into(), body.as_str().into()];
        self.push("INSERT INTO events (owner, id, at, body) VALUES (?, ?, ?, ?)", row);
    }

    /// Puts something into the outbox. Of several for one destination only the newest is delivered.
    pub(crate) fn deliver(&mut self, delivery: impl Into<Delivery>) {
        let delivery = delivery.into();
        // A destination that was tried less than a second ago has to wait: KV takes one write a second. The time of day
        // decides, though it may go back: the ledger's clock may be far ahead of it, and would keep a revocation
        // waiting.
        self.push(
            "INSERT INTO outbox (destination, lane, body, revision, not_before, attempts)
             VALUES (?, ?, ?, 1, ?, 0) ON CONFLICT (destination) DO UPDATE SET body = excluded.body,
             revision = revision + 1, not_before = max(excluded.not_before,
             min(coalesce(tried_at, 0), excluded.not_before) + 1000)",
            [
                delivery.destination().into(),
                delivery.lane().as_str().into(),
                json(&delivery).into(),
                self.wall.into(),
            ],
        );
    }

    /// The statements of all changes.
    pub(super) fn into_statements(mut self) -> Vec<Statement> {
        for (id, owner, event) in std::mem::take(&mut self.events) {
            let key = event.key.as_ref().map(|key| key.id.as_str());
            self.push(
                "INSERT INTO events (owner, id, at, key, body) VALUES (?, ?, ?, ?, ?)",
                [
                    owner.to_string().into(),
                    id.as_str().into(),
                    event.at.into(),
                    key.into(),
                    json(&event).into(),
                ],
            );
        }
        self.push("UPDATE ledger SET clock = ?", [self.now.into()]);
        self.statements
    }
}
