//! Changes that are committed together or not at all.

use keyward_core::idempotency::IDEMPOTENCY_SECONDS;
use keyward_core::session::Session;
use keyward_core::text::fold;
use keyward_core::{EventId, KeyDigest, KeyId, KeyRecord, KeyType, Links, Owner, Timestamp};

use super::idempotency::Remembered;
use super::outbox::{Delivery, Lane, Urgency};
use super::queries::KeyUse;
use super::schema::NEVER;
use super::sessions::FORGET_SESSIONS;
use super::share;
use super::sql::{SqlValue, Statement};
use super::words::terms;
use crate::json;
use crate::resources::StoredEvent;

/// Words with a space before and after each, so that one is found whole.
pub(super) fn spaced<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = " ".to_owned();
    for word in words {
        text.push_str(word);
        text.push(' ');
    }
    text
}

/// A new key is found by its terms.
const FIND: &str = "INSERT INTO words (rowid, terms) SELECT seq, ? FROM keys WHERE owner = ? AND id = ?";

/// A key that is there is found by other terms, unless they are the same.
const FIND_ANEW: &str = "REPLACE INTO words (rowid, terms) SELECT seq, ? FROM keys
    WHERE owner = ? AND id = ? AND (search <> ? OR scopes <> ?)";

/// Changes of a ledger that happen together or not at all, at one instant of its clock.
#[derive(Debug)]
pub(crate) struct Transaction {
    pub(super) now: Timestamp,
    /// The time of day, by which deliveries are due.
    wall: Timestamp,
    statements: Vec<Statement>,
    events: Vec<(EventId, Owner, StoredEvent)>,
    /// Whether there is a new key.
    creates: bool,
    /// Whether something is taken away: a right, a key, a member, a session.
    pub(super) restricts: bool,
}

impl Transaction {
    pub(crate) fn new(now: Timestamp, wall: Timestamp) -> Self {
        // An idempotency key whose day is over can be used again.
        let forget =
            Statement { sql: "DELETE FROM idempotency WHERE ends_at <= ?", bindings: vec![now.into()] };
        Self { now, wall, statements: vec![forget], events: Vec::new(), creates: false, restricts: false }
    }

    /// Whether a full ledger refuses it: it adds something, or takes nothing away.
    pub(super) fn is_addition(&self) -> bool {
        self.creates || !self.restricts
    }

    /// It takes something away.
    pub(crate) fn take_away(&mut self) {
        self.restricts = true;
    }

    /// Whether it takes something away.
    pub(super) fn restricts(&self) -> bool {
        self.restricts
    }

    /// The owners in whose audit trail it is recorded.
    pub(super) fn owners(&self) -> impl Iterator<Item = String> {
        // Once, for a thousand keys of one owner.
        let is_first = |n: usize, owner: &Owner| {
            n.checked_sub(1).and_then(|n| self.events.get(n)).is_none_or(|(_, before, _)| before != owner)
        };
        let events = self.events.iter().enumerate();
        events
            .filter(move |(n, (_, owner, _))| is_first(*n, owner))
            .map(|(_, (_, owner, _))| owner.to_string())
    }

    pub(super) fn push(&mut self, sql: &'static str, bindings: impl IntoIterator<Item = SqlValue>) {
        self.statements.push(Statement { sql, bindings: bindings.into_iter().collect() });
    }

    /// Inserts or replaces a key. Its first version is its creation.
    pub(crate) fn put_key(&mut self, key: &KeyRecord) {
        self.write_key(key, key.version == 1);
    }

    /// Inserts a key, whatever has become of it before.
    pub(crate) fn add_key(&mut self, key: &KeyRecord) {
        self.write_key(key, true);
    }

    fn write_key(&mut self, key: &KeyRecord, is_new: bool) {
        // The last use has its own column: it changes without a new version of the record.
        let body = json(&KeyRecord { last_used_at: None, ..key.clone() });
        let title = key.settings.title.as_str();
        self.creates |= is_new;
        let (owner, id) = (SqlValue::from(key.owner.to_string()), SqlValue::from(key.id.as_str()));
        let search = fold(&format!("{title}\n{}", key.redacted));
        let (folded, scopes) = (fold(title), spaced(key.settings.scopes.iter()));
        let terms = SqlValue::from(terms(key, &search));
        let size = share::bytes_of_key(&search, &[&body, &search, &folded, &scopes]);
        self.push(
            share::OF_KEY,
            [owner.clone(), size, owner.clone(), id.clone(), 1_i64.into(), owner.clone(), id.clone()],
        );
        if !is_new {
            let found_by = [search.clone().into(), scopes.clone().into()];
            self.push(FIND_ANEW, [terms.clone(), owner.clone(), id.clone()].into_iter().chain(found_by));
        }
        let never = |at: Option<Timestamp>| SqlValue::from(at.map_or(NEVER, Timestamp::as_millis));
        self.push(
            "INSERT INTO keys
             (owner, id, digest, body, type, search, title, scopes, created_at, updated_at, expires_at, revoked_at,
             is_foreign)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, id) DO UPDATE SET
             body = excluded.body, search = excluded.search, title = excluded.title, scopes = excluded.scopes,
             updated_at = excluded.updated_at, expires_at = excluded.expires_at, revoked_at = excluded.revoked_at",
            [
                owner.clone(),
                id.clone(),
                key.digest.to_hex().into(),
                body.into(),
                key.key_type.as_str().into(),
                search.into(),
                folded.into(),
                scopes.into(),
                key.created_at.into(),
                key.updated_at.into(),
                never(key.settings.expires_at),
                never(key.revoked_at()),
                i64::from(key.foreign.is_some()).into(),
            ],
        );
        if key.key_type == KeyType::Publishable {
            self.put_links(&owner, &id, &key.settings.links, is_new);
        }
        if is_new {
            self.push(FIND, [terms, owner.clone(), id.clone()]);
            let row = [
                owner,
                id,
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

    fn put_links(&mut self, owner: &SqlValue, key: &SqlValue, links: &Links, is_new: bool) {
        let of = [owner.clone(), key.clone()];
        if !is_new {
            self.push("DELETE FROM links WHERE owner = ? AND key = ?", of.clone());
        }
        for link in links.iter() {
            let row = of.clone().into_iter().chain([link.as_str().into()]);
            self.push("INSERT INTO links (owner, key, channel) VALUES (?, ?, ?)", row);
        }
    }

    /// Deletes a key. Where it came from is kept.
    pub(crate) fn delete_key(&mut self, owner: &Owner, id: &KeyId) {
        self.restricts = true;
        let (owner, id) = (SqlValue::from(owner.to_string()), SqlValue::from(id.as_str()));
        let (of, none) = ([owner.clone(), id.clone()], SqlValue::from(0_i64));
        self.push(share::OF_KEY, [owner.clone(), none.clone(), owner.clone(), id.clone(), none, owner, id]);
        self.push(
            "DELETE FROM words WHERE rowid = (SELECT seq FROM keys WHERE owner = ? AND id = ?)",
            of.clone(),
        );
        self.push("DELETE FROM links WHERE owner = ? AND key = ?", of.clone());
        self.push("UPDATE hashes SET hint = NULL WHERE owner = ? AND id = ?", of.clone());
        self.push("DELETE FROM keys WHERE owner = ? AND id = ?", of);
    }

    /// Deletes every key of an owner.
    pub(crate) fn delete_keys(&mut self, owner: &Owner) {
        self.restricts = true;
        let owner = SqlValue::from(owner.to_string());
        self.push(share::OF_NO_KEYS, [owner.clone(), owner.clone()]);
        self.push("DELETE FROM words WHERE rowid IN (SELECT seq FROM keys WHERE owner = ?)", [owner.clone()]);
        self.push("DELETE FROM keys WHERE owner = ?", [owner.clone()]);
        self.push("DELETE FROM origins WHERE owner = ?", [owner.clone()]);
        self.push("DELETE FROM lookups WHERE owner = ?", [owner.clone()]);
        self.push("DELETE FROM hashes WHERE owner = ?", [owner.clone()]);
        self.push("DELETE FROM links WHERE owner = ?", [owner.clone()]);
        self.push("DELETE FROM channels WHERE owner = ?", [owner.clone()]);
        self.push("DELETE FROM idempotency WHERE owner = ?", [owner]);
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

    /// Inserts or replaces a session, and forgets those whose time is over.
    pub(crate) fn put_session(&mut self, session: &Session) {
        self.push(FORGET_SESSIONS, [self.now.into()]);
        self.push(
            "INSERT INTO sessions (digest, owner, id, body, ends_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (digest) DO UPDATE SET body = excluded.body, ends_at = excluded.ends_at",
            [
                session.digest.to_hex().into(),
                session.subject.owner().to_string().into(),
                session.id.as_str().into(),
                json(session).into(),
                session.ends_at().into(),
            ],
        );
    }

    /// Deletes a session.
    pub(crate) fn delete_session(&mut self, digest: &str) {
        self.restricts = true;
        self.push("DELETE FROM sessions WHERE digest = ?", [digest.into()]);
    }

    /// Adds an event to the audit trail.
    pub(crate) fn record(&mut self, mut id: EventId, owner: &Owner, event: StoredEvent) {
        // What happens in one transaction happens in one millisecond: its ids, not their random parts, give the order.
        for (earlier, ..) in &mut self.events {
            if id < *earlier {
                std::mem::swap(&mut id, earlier);
            }
        }
        self.events.push((id, owner.clone(), event));
    }

    /// Adds an event that was exported, as it was.
    pub(crate) fn put_back(&mut self, id: &EventId, owner: &Owner, event: &StoredEvent) {
        self.push_event(id, owner, event);
    }

    /// Puts something into the outbox, for an owner. Of several for one destination only the newest is delivered, and as
    /// urgently as the most urgent of those that have not landed. What KV has of it is out of date from now on.
    pub(crate) fn deliver(&mut self, owner: &Owner, urgency: Urgency, delivery: impl Into<Delivery>) {
        self.restricts |= urgency < Urgency::Ordinary;
        let delivery = delivery.into();
        let changed = (delivery.lane() == Lane::Kv).then_some(self.now);
        self.deliver_for(owner.to_string(), urgency, &delivery, changed);
    }

    /// The same for what nobody can have an older copy of.
    pub(super) fn deliver_first(&mut self, owner: &Owner, delivery: impl Into<Delivery>) {
        self.deliver_for(owner.to_string(), Urgency::Ordinary, &delivery.into(), None);
    }

    /// `changed`: since when older copies are out of date, if there are any.
    pub(super) fn deliver_for(
        &mut self,
        owner: String,
        urgency: Urgency,
        delivery: &Delivery,
        changed: Option<Timestamp>,
    ) {
        // A destination that was tried less than a second ago has to wait: KV takes one write a second. The time of day
        // decides, though it may go back: the ledger's clock may be far ahead of it, and would keep a revocation
        // waiting. One that waits for longer may still be overwritten by an earlier try: see `confirm_at`. So may what takes its
        // place, which counts as tried once.
        self.push(
            "INSERT INTO outbox (destination, lane, owner, urgency, body, revision, not_before, attempts, changed)
             VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?) ON CONFLICT (destination) DO UPDATE SET body = excluded.body,
             owner = excluded.owner, revision = excluded.revision, changed = coalesce(excluded.changed, changed),
             urgency = CASE WHEN not_before IS NULL THEN excluded.urgency ELSE min(urgency, excluded.urgency) END,
             not_before = max(excluded.not_before,
             min(coalesce(tried_at, 0), excluded.not_before) + 1000),
             attempts = max(attempts, coalesce(not_before > excluded.not_before + 1000, 0))",
            [
                delivery.destination().into(),
                delivery.lane().as_str().into(),
                owner.into(),
                urgency.as_number().into(),
                json(delivery).into(),
                // The clock moves on with every commit, so no two deliveries to a destination have the same.
                self.now.into(),
                self.wall.into(),
                changed.into(),
            ],
        );
    }

    /// The statements of all changes, and how many of them, at the end, record events.
    pub(super) fn into_statements(mut self) -> (Vec<Statement>, usize) {
        self.push("UPDATE ledger SET clock = ?", [self.now.into()]);
        let changes = self.statements.len();
        for (id, owner, event) in std::mem::take(&mut self.events) {
            self.push_event(&id, &owner, &event);
        }
        let events = self.statements.len() - changes;
        (self.statements, events)
    }

    fn push_event(&mut self, id: &EventId, owner: &Owner, event: &StoredEvent) {
        let (owner, body) = (owner.to_string(), json(event));
        let key = event.key.as_ref().map(|key| key.id.as_str());
        let search = event.search();
        self.push(
            share::OF_EVENT,
            [owner.as_str().into(), share::bytes_of_event(&[&body, &search]), 1_i64.into()],
        );
        self.push(
            "INSERT INTO events (owner, id, at, key, actor, actor_key, search, action, body)
             VALUES (?, ?, ?, ?, ?, ?, ?, json_extract(?, '$.change.action'), ?)",
            [
                owner.into(),
                id.as_str().into(),
                event.at.into(),
                key.into(),
                event.actor.name().into(),
                event.actor.key().map(KeyId::as_str).into(),
                search.into(),
                body.as_str().into(),
                body.into(),
            ],
        );
    }
}
