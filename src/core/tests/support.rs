//! Values that the tests of several files are made of.

use keyward_core::settings::NewKey;
use keyward_core::{
    Actor, Brand, ChannelId, Consistency, Entropy, EntropyError, Environment, IssuedKey, Issuer, KeyId,
    KeyRecord, KeyRing, KeyType, Links, Metadata, Owner, OwnerId, Reason, Scope, Scopes, Timestamp, Title,
    lifecycle,
};
use serde_json::Value;

/// 2026-11-21T08:00:00.000Z, and `milliseconds` more.
pub(crate) fn at(milliseconds: i64) -> Timestamp {
    Timestamp::from_millis(1_795_248_000_000 + milliseconds)
}

/// A small generator (xorshift), so that a failing case is reproduced by its seed.
pub(crate) struct Seeded(pub(crate) u64);

impl Entropy for Seeded {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for slot in bytes {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            *slot = self.0.to_le_bytes()[3];
        }
        Ok(())
    }
}

pub(crate) const SEAL_KEY: &str = "5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
pub(crate) const OTHER_SEAL_KEY: &str = "c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4c4";

pub(crate) fn issuer(brand: &str, environment: Environment, ring: &str) -> Issuer {
    let brand = Brand::parse(brand).expect("brand");
    Issuer { brand, environment, ring: KeyRing::parse(ring).expect("ring") }
}

/// The deployment that most tests take place in.
pub(crate) fn deployment() -> Issuer {
    issuer("kw", Environment::Test, SEAL_KEY)
}

pub(crate) fn id(text: &str) -> OwnerId {
    OwnerId::parse(text).expect("owner id")
}

pub(crate) fn organization(text: &str) -> Owner {
    Owner::Organization(id(text))
}

pub(crate) fn user(text: &str) -> Owner {
    Owner::User(id(text))
}

pub(crate) fn actor(text: &str) -> Actor {
    Actor::User { id: id(text), key: None }
}

pub(crate) fn key_id(seed: u64) -> KeyId {
    KeyId::make(at(0), &mut Seeded(seed)).expect("entropy")
}

pub(crate) fn title(text: &str) -> Title {
    Title::parse(text).expect("title")
}

pub(crate) fn reason(text: &str) -> Reason {
    Reason::parse(text).expect("reason")
}

pub(crate) fn scopes(words: &[&str]) -> Scopes {
    Scopes::new(words.iter().map(|word| Scope::parse(word).expect("scope"))).expect("few")
}

pub(crate) fn metadata(object: Value) -> Metadata {
    serde_json::from_value(object).expect("small object")
}

/// What is given to create a key: every setting but an expiry.
pub(crate) fn new_key(key_type: KeyType) -> NewKey {
    NewKey {
        key_type,
        title: title("CI deploys"),
        scopes: scopes(&["orders:read", "orders:write"]),
        metadata: metadata(serde_json::json!({"stage": "m3tadata"})),
        consistency: Consistency::Strong,
        expires_at: None,
        links: if key_type == KeyType::Publishable { links(&[CHANNEL]) } else { Links::default() },
    }
}

/// The id of a sales channel.
pub(crate) const CHANNEL: &str = "sc_01KAHQ0000000000000000000C";

pub(crate) fn links(ids: &[&str]) -> Links {
    let ids: Vec<_> = ids.iter().map(|id| ChannelId::parse(id).expect("id")).collect();
    Links::try_from(ids).expect("few")
}

pub(crate) fn issue(issuer: &Issuer, key_type: KeyType, owner: &Owner, seed: u64) -> IssuedKey {
    let kind = key_type.kind_for(owner).expect("an owner of such keys");
    issuer.issue(kind, owner, &mut Seeded(seed)).expect("entropy")
}

/// The key that ada creates at [`at`]`(0)`.
pub(crate) fn created(new: NewKey, owner: &Owner, issued: &IssuedKey) -> KeyRecord {
    let created = lifecycle::create(new, owner.clone(), key_id(1), issued, &actor("ada"), at(0));
    created.expect("a new key").record
}

/// A file of tests/vectors.
pub(crate) fn vectors(name: &str) -> Value {
    let path = format!("{}/../../tests/vectors/{name}", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(&path).expect(&path)).expect("JSON")
}

/// A value as it is written.
pub(crate) fn shape(value: &impl serde::Serialize) -> Value {
    serde_json::to_value(value).expect("JSON")
}

/// The fields in which two values differ.
pub(crate) fn differences(before: &impl serde::Serialize, after: &impl serde::Serialize) -> Vec<String> {
    let (before, after) = (shape(before), shape(after));
    let fields = before.as_object().expect("object").keys();
    fields.filter(|field| before.get(field) != after.get(field)).cloned().collect()
}
