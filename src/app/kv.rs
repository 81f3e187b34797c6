//! What KV holds: what the fast path reads. Copied from the ledgers, never a source of truth, and believed only with the stamp
//! that the deployment puts before every value.

use keyward_core::{KeyDigest, KeyRecord, KeyRing, OwnerId, Role, Timestamp};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::ledger::outbox::KvWrite;
use crate::objects;

/// How long a location may cache what it has read from KV, in seconds: the least that KV allows.
pub const CACHE_TTL_SECONDS: u32 = 30;
/// How long the tombstone of something deleted stays, in seconds. Afterwards a read misses and the ledger is
/// asked, which knows the same; it only has to outlast every cached copy of what was before.
pub const TOMBSTONE_TTL_SECONDS: u32 = 30 * 86_400;

/// The version of the shapes below. What a later version of this code has written is not guessed at: the ledger is
/// asked.
const VERSION: u8 = 1;

/// What KV holds for a key's digest.
#[derive(Debug, Serialize, Deserialize)]
pub struct KvKey {
    v: u8,
    /// Since when the key is as the copy has it, by the clock of its ledger.
    pub at: Timestamp,
    /// The key as its ledger had it; `None` if it was deleted.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub record: Option<Box<KeyRecord>>,
}

/// What KV holds for a user in an organization.
#[derive(Debug, Serialize, Deserialize)]
pub struct KvMember {
    v: u8,
    /// Since when the role is as the copy has it, by the clock of the organization's ledger.
    pub at: Timestamp,
    /// The role; `None` for somebody who has left.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub role: Option<Role>,
}

fn read<T: DeserializeOwned>(
    ring: &KeyRing,
    kv_key: &str,
    stored: &str,
    version: impl Fn(&T) -> u8,
) -> Option<T> {
    let Some(text) = ring.unstamped(kv_key, stored) else {
        log::error!(target: "KV", "a value has no stamp of this deployment for its place");
        return None;
    };
    let value = objects::from_str(text).ok().filter(|value| version(value) == VERSION);
    if value.is_none() {
        log::error!(target: "KV", "a value has an unknown form");
    }
    value
}

impl KvKey {
    /// Reads a value; nothing if the deployment has not written it here, or if it has another form or version.
    #[must_use]
    pub fn read(ring: &KeyRing, kv_key: &str, stored: &str) -> Option<Self> {
        read(ring, kv_key, stored, |key: &Self| key.v)
    }
}

impl KvMember {
    /// Reads a value; nothing if the deployment has not written it here, or if it has another form or version.
    #[must_use]
    pub fn read(ring: &KeyRing, kv_key: &str, stored: &str) -> Option<Self> {
        read(ring, kv_key, stored, |member: &Self| member.v)
    }
}

/// The key in KV under which a key is found.
#[must_use]
pub fn kv_key_of_digest(digest: &KeyDigest) -> String {
    format!("key/{}", digest.to_hex())
}

/// The key in KV under which a membership is found.
#[must_use]
pub fn kv_key_of_member(organization: &OwnerId, user: &OwnerId) -> String {
    format!("member/{organization}/{user}")
}

fn write(ring: &KeyRing, kv_key: String, value: &impl Serialize, ttl_seconds: Option<u32>) -> KvWrite {
    KvWrite { value: ring.stamped(&kv_key, &crate::json(value)), kv_key, ttl_seconds }
}

/// What to write for a key that has changed. It is like that since it was last changed.
#[must_use]
pub fn write_of_key(ring: &KeyRing, record: &KeyRecord) -> KvWrite {
    // The last use changes without a write to KV, so the copy does not claim to know it.
    let record = Box::new(KeyRecord { last_used_at: None, ..record.clone() });
    let kv_key = kv_key_of_digest(&record.digest);
    write(ring, kv_key, &KvKey { v: VERSION, at: record.updated_at, record: Some(record) }, None)
}

/// What to write for a key that is deleted since then: a tombstone, since a bare delete looks like a key not yet written.
#[must_use]
pub fn write_of_deleted_key(ring: &KeyRing, digest: &KeyDigest, at: Timestamp) -> KvWrite {
    let tombstone = KvKey { v: VERSION, at, record: None };
    write(ring, kv_key_of_digest(digest), &tombstone, Some(TOMBSTONE_TTL_SECONDS))
}

/// What to write for a membership that is like this since then; somebody who has left has no role.
#[must_use]
pub fn write_of_member(
    ring: &KeyRing,
    organization: &OwnerId,
    user: &OwnerId,
    role: Option<Role>,
    at: Timestamp,
) -> KvWrite {
    let ttl = role.is_none().then_some(TOMBSTONE_TTL_SECONDS);
    write(ring, kv_key_of_member(organization, user), &KvMember { v: VERSION, at, role }, ttl)
}
