//! Changes that are committed together or not at all.

use keyward_core::idempotency::IDEMPOTENCY_SECONDS;
use keyward_core::query::fold;
use keyward_core::session::Session;
use keyward_core::{
    Event, EventId, KeyDigest, KeyId, KeyRecord, Member, Organization, Owner, OwnerId, Timestamp,
};

use super::idempotency::Remembered;
use super::outbox::Delivery;
use super::queries::{KeyUse, Membership};
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
        // An idempotency key whose day is over can be used again.
        let forget =
            Statement { sql: "DELETE FROM idempotency WHERE ends_at <= ?", bindings: vec![now.into()] };
        Self { now, wall, statements: vec![forget], events: Vec::new() }
    }

    fn push(&mut self, sql: &'static str, bindings: impl IntoIterator<Item = SqlValue>) {
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
        // A key's first version is its creation.
        if key.version == 1 {
            let row = [
                key.owner.to_string().into(),
                key.id.as_str().into(),
                key.created_by.name().into(),
                key.created_by.key().map(KeyId::as_str).into(),
                key.rolled_from.as_ref().map(KeyId::as_str).into(),
            ];
            self.push(
                "INSERT INTO origins (owner, id, created_by, created_with, rolled_from) VALUES (?, ?, ?, ?, ?)",
                row,
            );
        }
    }

    /// Deletes a key. Where it came from is kept.
    pub(crate) fn delete_key(&mut self, key: &KeyRecord) {
        let row = [key.owner.to_string().into(), key.id.as_str().into()];
        self.push("DELETE FROM keys WHERE owner = ? AND id = ?", row);
    }

    /// Records when a key was last used.
    pub(crate) fn record_use(&mut self, KeyUse { owner, key, at, .. }: &KeyUse) {
        let row = [(*at).into(), owner.to_string().into(), key.as_str().into()];
        self.push("UPDATE keys SET last_used_at = ? WHERE owner = ? AND id = ?", row);
    }

    /// Records when an event last said that a key was refused, and how often it was since then.
    pub(crate) fn put_refusals(&mut self, owner: &Owner, key: &KeyId, at: Option<Timestamp>, count: u32) {
        let row = [at.into(), count.into(), owner.to_string().into(), key.as_str().into()];
        self.push("UPDATE keys SET refused_at = ?, refused_count = ? WHERE owner = ? AND id = ?", row);
    }

    /// Remembers what was answered to a request that may be sent again.
    pub(crate) fn remember(&mut self, digest: &KeyDigest, owner: &Owner, remembered: &Remembered) {
        let ends_at = self.now.plus_seconds(IDEMPOTENCY_SECONDS);
        let row = [digest.to_hex().into(), owner.to_string().into(), json(remembered).into(), ends_at.into()];
        self.push("INSERT INTO idempotency (digest, owner, body, ends_at) VALUES (?, ?, ?, ?)", row);
    }

    /// Inserts or replaces an organization.
    pub(crate) fn put_organization(&mut self, organization: &Organization) {
        let row = [organization.id.as_str().into(), json(organization).into()];
        self.push("INSERT OR REPLACE INTO organizations (id, body) VALUES (?, ?)", row);
    }

    /// Inserts or replaces a member.
    pub(crate) fn put_member(&mut self, organization: &OwnerId, member: &Member) {
        let row = [
            organization.as_str().into(),
            member.user.as_str().into(),
            member.role.as_str().into(),
            json(member).into(),
        ];
        self.push("INSERT OR REPLACE INTO members (organization, user, role, body) VALUES (?, ?, ?, ?)", row);
    }

    /// Removes a member.
    pub(crate) fn remove_member(&mut self, organization: &OwnerId, user: &OwnerId) {
        let row = [organization.as_str().into(), user.as_str().into()];
        self.push("DELETE FROM members WHERE organization = ? AND user = ?", row);
    }

    /// Inserts or replaces what a user's ledger was told of a membership.
    pub(crate) fn put_membership(&mut self, membership: &Membership) {
        let row = [
            membership.user.as_str().into(),
            membership.organization.as_str().into(),
            json(membership).into(),
        ];
        self.push("INSERT OR REPLACE INTO memberships (user, organization, body) VALUES (?, ?, ?)", row);
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
            let body = SqlValue::from(json(&event));
            self.push(
                "INSERT INTO events (owner, id, at, key, actor, actor_key, action, body)
                 VALUES (?, ?, ?, ?, ?, ?, json_extract(?, '$.change.action'), ?)",
                [
                    owner.to_string().into(),
                    id.as_str().into(),
                    event.at.into(),
                    key.into(),
                    event.actor.name().into(),
                    event.actor.key().map(KeyId::as_str).into(),
                    body.clone(),
                    body,
                ],
            );
        }
        self.push("UPDATE ledger SET clock = ?", [self.now.into()]);
        self.statements
    }
}
