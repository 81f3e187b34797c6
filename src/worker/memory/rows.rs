//! Rows in memory, with the same semantics as those in SQLite.

use std::collections::BTreeMap;

use keyward_core::query::{EventQuery, KeyQuery, Page, SortField, fold};
use keyward_core::session::Session;
use keyward_core::stored;
use keyward_core::{EventId, KeyDigest, KeyId, KeyRecord, Member, Organization, Owner, OwnerId, Timestamp};
use serde_json::Value;

use crate::contract::describe;
use crate::json;
use crate::ledger::call::Membership;
use crate::ledger::rows::{Batch, Delivery, Read, Rows, RowsError};

/// A key as it is stored: its JSON, and when it was last used.
type StoredKey = (String, Option<Timestamp>);
/// An event as it is stored: when, about which key, and how it is shown.
type StoredEvent = (Timestamp, Option<KeyId>, Value);

/// The rows of one ledger.
#[derive(Debug, Default)]
pub(crate) struct MemoryRows {
    organizations: BTreeMap<OwnerId, Organization>,
    members: BTreeMap<(OwnerId, OwnerId), Member>,
    memberships: BTreeMap<(OwnerId, OwnerId), String>,
    keys: BTreeMap<(Owner, KeyId), StoredKey>,
    events: BTreeMap<(Owner, EventId), StoredEvent>,
    sessions: BTreeMap<String, Session>,
    outbox: BTreeMap<String, (u64, String)>,
    /// The latest instant that was committed.
    pub(crate) clock: Timestamp,
    /// How many commits there were.
    pub(crate) commits: u64,
    /// Every commit fails, before anything has changed.
    pub(crate) commits_fail: bool,
    /// Every read fails.
    pub(crate) reads_fail: bool,
}

fn record(stored: &StoredKey) -> KeyRecord {
    let (body, last_used_at) = stored;
    let record: KeyRecord = stored::read(body).expect("as it was stored");
    KeyRecord { last_used_at: *last_used_at, ..record }
}

fn revoked_at(record: &KeyRecord) -> Option<Timestamp> {
    record.revocation.as_ref().map(|revocation| revocation.at)
}

fn page<T>(items: Vec<T>, page: Page) -> (Vec<T>, u32) {
    let count = u32::try_from(items.len()).expect("few");
    let rest = items.into_iter().skip(page.offset as usize);
    (rest.take(page.limit as usize).collect(), count)
}

fn matches(record: &KeyRecord, query: &KeyQuery, now: Timestamp) -> bool {
    let search = fold(&format!("{}\n{}", record.title.as_str(), record.redacted)).to_lowercase();
    query.q.as_ref().is_none_or(|q| search.contains(&fold(q).to_lowercase()))
        && query.key_type.is_none_or(|wanted| wanted == record.key_type)
        && query.status.is_none_or(|wanted| wanted == record.status(now))
        && query.created_after.is_none_or(|after| record.created_at > after)
        && query.created_before.is_none_or(|before| record.created_at < before)
}

/// What stands in the column that is sorted by; null comes last in both directions.
fn column(record: &KeyRecord, field: SortField) -> Option<(Timestamp, String)> {
    let at = |at: Timestamp| (at, String::new());
    match field {
        SortField::CreatedAt => Some(at(record.created_at)),
        SortField::UpdatedAt => Some(at(record.updated_at)),
        SortField::LastUsedAt => record.last_used_at.map(at),
        SortField::ExpiresAt => record.expires_at.map(at),
        SortField::RevokedAt => revoked_at(record).map(at),
        SortField::Title => Some((Timestamp::from_millis(0), fold(record.title.as_str()).to_lowercase())),
    }
}

impl MemoryRows {
    fn readable(&self) -> Read<()> {
        if self.reads_fail { Err(RowsError) } else { Ok(()) }
    }

    /// What waits to be delivered, oldest first, by destination.
    pub(crate) fn waiting(&self) -> Vec<(String, Delivery)> {
        let mut waiting: Vec<_> = self.outbox.iter().collect();
        waiting.sort_by_key(|(_, (turn, _))| *turn);
        let read = |body: &str| stored::read(body).expect("as it was stored");
        waiting.into_iter().map(|(destination, (_, body))| (destination.clone(), read(body))).collect()
    }

    /// Notes that a delivery has landed.
    pub(crate) fn landed(&mut self, destination: &str) {
        self.outbox.remove(destination);
    }

    /// All keys.
    pub(crate) fn all_keys(&self) -> Vec<KeyRecord> {
        self.keys.values().map(record).collect()
    }

    /// Whose members there are, and as what.
    pub(crate) fn all_members(&self) -> Vec<(OwnerId, Member)> {
        self.members
            .iter()
            .map(|((organization, _), member)| (organization.clone(), member.clone()))
            .collect()
    }

    /// How many events there are.
    pub(crate) fn event_count(&self) -> usize {
        self.events.len()
    }
}

impl Rows for MemoryRows {
    fn organization(&self, id: &OwnerId) -> Read<Option<Organization>> {
        self.readable()?;
        Ok(self.organizations.get(id).cloned())
    }

    fn member(&self, organization: &OwnerId, user: &OwnerId) -> Read<Option<Member>> {
        self.readable()?;
        Ok(self.members.get(&(organization.clone(), user.clone())).cloned())
    }

    fn members(&self, organization: &OwnerId) -> Read<Vec<Member>> {
        self.readable()?;
        let own = self.members.iter().filter(|((id, _), _)| id == organization);
        Ok(own.map(|(_, member)| member.clone()).collect())
    }

    fn memberships(&self, user: &OwnerId) -> Read<Vec<Membership>> {
        self.readable()?;
        let own = self.memberships.iter().filter(|((id, _), _)| id == user);
        own.map(|(_, body)| stored::read(body).ok_or(RowsError)).collect()
    }

    fn key(&self, owner: &Owner, id: &KeyId) -> Read<Option<KeyRecord>> {
        self.readable()?;
        Ok(self.keys.get(&(owner.clone(), id.clone())).map(record))
    }

    fn key_by_digest(&self, digest: &KeyDigest) -> Read<Option<KeyRecord>> {
        self.readable()?;
        Ok(self.all_keys().into_iter().find(|record| record.digest.matches(digest)))
    }

    fn keys(&self, owner: &Owner, query: &KeyQuery, now: Timestamp) -> Read<(Vec<KeyRecord>, u32)> {
        self.readable()?;
        let mut found = self.all_keys();
        found.retain(|record| record.owner == *owner && matches(record, query, now));
        found.sort_by(|a, b| {
            let (left, right) = (column(a, query.order.field), column(b, query.order.field));
            let nulls = left.is_none().cmp(&right.is_none());
            let order = (left, &a.id).cmp(&(right, &b.id));
            nulls.then(if query.order.descending { order.reverse() } else { order })
        });
        Ok(page(found, query.page))
    }

    fn events(&self, owner: &Owner, query: &EventQuery) -> Read<(Vec<Value>, u32)> {
        self.readable()?;
        let about = |key: &Option<KeyId>| query.key.is_none() || query.key == *key;
        let own = self.events.iter().filter(|((id, _), (_, key, _))| id == owner && about(key));
        let mut found: Vec<_> = own.map(|((_, id), (at, _, shown))| ((*at, id), shown.clone())).collect();
        found.sort_by(|(a, _), (b, _)| b.cmp(a));
        Ok(page(found.into_iter().map(|(_, shown)| shown).collect(), query.page))
    }

    fn session(&self, digest: &KeyDigest) -> Read<Option<Session>> {
        self.readable()?;
        Ok(self.sessions.get(&digest.to_hex()).cloned())
    }

    fn commit(&mut self, batch: Batch, now: Timestamp) -> Read<()> {
        let twice =
            |(id, owner, _): &(EventId, Owner, _)| self.events.contains_key(&(owner.clone(), id.clone()));
        if self.commits_fail || batch.events.iter().any(twice) {
            return Err(RowsError);
        }
        assert!(now > self.clock, "instants order commits");
        self.clock = now;
        self.commits += 1;
        for key in batch.keys {
            let body = KeyRecord { last_used_at: None, ..key.clone() };
            let body = json::write(&body);
            let used = self.keys.get(&(key.owner.clone(), key.id.clone())).and_then(|(_, used)| *used);
            self.keys.insert((key.owner, key.id), (body, used));
        }
        for place in batch.deleted_keys {
            self.keys.remove(&place);
        }
        if let Some(used) = batch.used
            && let Some(key) = self.keys.get_mut(&(used.owner, used.key))
        {
            key.1 = Some(used.at);
        }
        if let Some(organization) = batch.organization {
            self.organizations.insert(organization.id.clone(), organization);
        }
        for (organization, member) in batch.members {
            self.members.insert((organization, member.user.clone()), member);
        }
        for place in batch.removed_members {
            self.members.remove(&place);
        }
        if let Some(membership) = batch.membership {
            let body = json::write(&membership);
            self.memberships.insert((membership.user, membership.organization), body);
        }
        if let Some(session) = batch.session {
            self.sessions.retain(|_, session| session.ends_at() > now);
            self.sessions.insert(session.digest.to_hex(), session);
        }
        if let Some(digest) = batch.ended_session {
            self.sessions.remove(&digest.to_hex());
        }
        for (id, owner, event) in batch.events {
            let shown = describe::event(&id, &event);
            self.events.insert((owner, id), (event.at, event.key.map(|key| key.id), shown));
        }
        for delivery in batch.deliveries {
            let turn = self.outbox.values().map(|(turn, _)| turn + 1).max().unwrap_or(0);
            let body = json::write(&delivery);
            self.outbox.insert(delivery.destination(), (turn, body));
        }
        Ok(())
    }
}
