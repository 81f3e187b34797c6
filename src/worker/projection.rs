//! What stands in KV: what the fast path reads. Derived from the ledgers, never a source of truth.

use keyward_core::stored::{Fields, Stored};
use keyward_core::{KeyDigest, KeyRecord, OwnerId, Role};
use serde::Serialize;
use serde_json::Value;

use crate::json;
use crate::ledger::call::Membership;
use crate::ledger::rows::Delivery;

/// How old a read from KV may be, in seconds, as KV's documentation puts it; said in answers.
pub const STALENESS_MAX_SECONDS: u32 = 60;
/// How long a location may keep what it has read from KV, in seconds: the least that KV allows.
pub const CACHE_TTL_SECONDS: u32 = 30;
/// How long the tombstone of something deleted stays, in seconds. Afterwards a read misses and the ledger is
/// asked, which knows the same; it only has to outlast every cached copy of what was before.
pub const TOMBSTONE_TTL_SECONDS: u32 = 30 * 86_400;

/// What KV holds for a key's digest. Stored: changing this shape needs a migration.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectedKey {
    /// Version of this shape.
    pub v: u8,
    /// The key as its ledger had it; nothing if it was deleted.
    pub record: Option<Box<KeyRecord>>,
}

/// What KV holds for a user in an organization. Stored: changing this shape needs a migration.
#[derive(Debug, Clone, Serialize)]
pub struct ProjectedMember {
    /// Version of this shape.
    pub v: u8,
    /// The role; nothing for somebody who has left.
    pub role: Option<Role>,
}

/// The fields of a known version. What a later version of this code has written is not guessed at: the ledger knows.
fn fields(value: Value) -> Option<(u8, Fields)> {
    let mut fields = Fields::of(value)?;
    let v = fields.take("v")?;
    (v == 1).then_some((v, fields))
}

impl Stored for ProjectedKey {
    fn read(value: Value) -> Option<Self> {
        let (v, mut fields) = fields(value)?;
        Some(Self { v, record: fields.take("record")? })
    }
}

impl Stored for ProjectedMember {
    fn read(value: Value) -> Option<Self> {
        let (v, mut fields) = fields(value)?;
        Some(Self { v, role: fields.take("role")? })
    }
}

/// Where a key stands in KV.
#[must_use]
pub fn key_place(digest: &KeyDigest) -> String {
    format!("key/{}", digest.to_hex())
}

/// Where a membership stands in KV.
#[must_use]
pub fn member_place(organization: &OwnerId, user: &OwnerId) -> String {
    format!("member/{organization}/{user}")
}

fn projection(place: String, value: &impl Serialize, ttl_seconds: Option<u32>) -> Delivery {
    Delivery::Projection(place, json::write(value), ttl_seconds)
}

/// What to write for a key that has changed.
#[must_use]
pub fn of_key(record: &KeyRecord) -> Delivery {
    // The last use changes without a write to KV, so the copy claims nothing about it.
    let record = Box::new(KeyRecord { last_used_at: None, ..record.clone() });
    projection(key_place(&record.digest), &ProjectedKey { v: 1, record: Some(record) }, None)
}

/// What to write for a key that was deleted: a tombstone, since a bare delete looks like a key not yet written.
#[must_use]
pub fn of_deleted_key(record: &KeyRecord) -> Delivery {
    let tombstone = ProjectedKey { v: 1, record: None };
    projection(key_place(&record.digest), &tombstone, Some(TOMBSTONE_TTL_SECONDS))
}

/// What to write for a membership that has changed.
#[must_use]
pub fn of_membership(membership: &Membership) -> Delivery {
    let ttl = membership.role.is_none().then_some(TOMBSTONE_TTL_SECONDS);
    let value = ProjectedMember { v: 1, role: membership.role };
    projection(member_place(&membership.organization, &membership.user), &value, ttl)
}
