//! What a ledger stores, as its handler sees it: synchronous reads and one atomic commit.

use keyward_core::query::{EventQuery, KeyQuery};
use keyward_core::session::Session;
use keyward_core::stored::{Stored, alternative};
use keyward_core::{
    Event, EventId, KeyDigest, KeyId, KeyRecord, Member, Organization, Owner, OwnerId, Timestamp,
};
use serde::Serialize;
use serde_json::Value;

use super::call::{KeyUse, Membership};

/// Stored state could not be read or written; nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the ledger's rows cannot be reached")]
pub struct RowsError;

/// Shorthand for what reads answer.
pub type Read<T> = Result<T, RowsError>;

/// The rows of one ledger. Two owners may share a ledger, so every row carries its owner.
#[expect(
    clippy::missing_errors_doc,
    reason = "every method fails with RowsError when the rows cannot be reached"
)]
pub trait Rows {
    /// The organization, if it exists.
    fn organization(&self, id: &OwnerId) -> Read<Option<Organization>>;
    /// The member, if the user is one.
    fn member(&self, organization: &OwnerId, user: &OwnerId) -> Read<Option<Member>>;
    /// All members, by id.
    fn members(&self, organization: &OwnerId) -> Read<Vec<Member>>;
    /// What a user's ledger has been told of memberships, by organization; those that ended have no role.
    fn memberships(&self, user: &OwnerId) -> Read<Vec<Membership>>;
    /// The key of this id.
    fn key(&self, owner: &Owner, id: &KeyId) -> Read<Option<KeyRecord>>;
    /// The key of this digest, whoever owns it.
    fn key_by_digest(&self, digest: &KeyDigest) -> Read<Option<KeyRecord>>;
    /// A page of keys and how many there are on all pages. `now` decides on the status.
    fn keys(&self, owner: &Owner, query: &KeyQuery, now: Timestamp) -> Read<(Vec<KeyRecord>, u32)>;
    /// A page of events as they are shown, newest first, and how many there are on all pages.
    fn events(&self, owner: &Owner, query: &EventQuery) -> Read<(Vec<Value>, u32)>;
    /// The session of this digest.
    fn session(&self, digest: &KeyDigest) -> Read<Option<Session>>;
    /// Makes all changes in one transaction, or none; `now` is the latest instant of the ledger's clock from then on.
    fn commit(&mut self, batch: Batch, now: Timestamp) -> Read<()>;
}

/// Changes that happen together or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Keys to insert or replace.
    pub keys: Vec<KeyRecord>,
    /// Keys to delete.
    pub deleted_keys: Vec<(Owner, KeyId)>,
    /// When a key was last used.
    pub used: Option<KeyUse>,
    /// The organization to insert or replace.
    pub organization: Option<Organization>,
    /// Members to insert or replace.
    pub members: Vec<(OwnerId, Member)>,
    /// Members to remove.
    pub removed_members: Vec<(OwnerId, OwnerId)>,
    /// What this user's ledger is told of a membership.
    pub membership: Option<Membership>,
    /// The session to insert or replace; those that have ended are forgotten with it.
    pub session: Option<Session>,
    /// The session to remove.
    pub ended_session: Option<KeyDigest>,
    /// What happened.
    pub events: Vec<(EventId, Owner, Event)>,
    /// What others have to be told.
    pub deliveries: Vec<Delivery>,
}

/// Something that others have to be told, kept in the outbox until it has landed. Of several for one destination
/// only the newest is delivered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Delivery {
    /// Write a value at a place in KV; it vanishes after so many seconds, if ever.
    Projection(String, String, Option<u32>),
    /// Tell a user's ledger what is so from now on.
    Membership(Membership),
}

impl Stored for Delivery {
    fn read(value: Value) -> Option<Self> {
        let (name, content) = alternative(value)?;
        match name.as_str() {
            "Projection" => {
                Stored::read(content).map(|(place, value, ttl)| Self::Projection(place, value, ttl))
            }
            "Membership" => Stored::read(content).map(Self::Membership),
            _ => None,
        }
    }
}

impl Delivery {
    /// What a later delivery replaces.
    #[must_use]
    pub fn destination(&self) -> String {
        match self {
            Self::Projection(place, ..) => format!("kv:{place}"),
            Self::Membership(membership) => {
                format!("ledger:{}:{}", membership.user, membership.organization)
            }
        }
    }
}
