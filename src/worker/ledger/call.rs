//! What a ledger can be asked, and what it answers. Both sides may run different versions of this code for some
//! minutes during a deployment: variants are only ever added.

use keyward_core::session::Session;
use keyward_core::stored::{Fields, Stored, alternative};
use keyward_core::{KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Principal, Role, Timestamp, Title};
use serde::Serialize;
use serde_json::Value;

use crate::http::Answer;

/// One request to a ledger.
#[derive(Debug, Clone, Serialize)]
pub enum Call {
    /// What is known of the key with this digest?
    FindKey(KeyDigest),
    /// What is the user's role in the organization?
    FindRole(OwnerId, OwnerId),
    /// Which organizations does the user belong to?
    FindMemberships(OwnerId),
    /// What is the organization called?
    FindName(OwnerId),
    /// A key was used.
    NoteUse(KeyUse),
    /// An organization's ledger tells a user's ledger about a membership; the newest version wins.
    NoteMembership(Membership),
    /// A session begins.
    StartSession(Session),
    /// Whose session is it? That it was used is noted.
    FindSession(KeyDigest),
    /// A session ends.
    EndSession(KeyDigest),
    /// Somebody wants something: a request of the HTTP contract, by a principal that was authenticated.
    Manage(Principal, Forwarded),
}

impl Stored for Call {
    fn read(value: Value) -> Option<Self> {
        let (name, content) = alternative(value)?;
        match name.as_str() {
            "FindKey" => Stored::read(content).map(Self::FindKey),
            "FindRole" => {
                Stored::read(content).map(|(organization, user)| Self::FindRole(organization, user))
            }
            "FindMemberships" => Stored::read(content).map(Self::FindMemberships),
            "FindName" => Stored::read(content).map(Self::FindName),
            "NoteUse" => Stored::read(content).map(Self::NoteUse),
            "NoteMembership" => Stored::read(content).map(Self::NoteMembership),
            "StartSession" => Stored::read(content).map(Self::StartSession),
            "FindSession" => Stored::read(content).map(Self::FindSession),
            "EndSession" => Stored::read(content).map(Self::EndSession),
            "Manage" => Stored::read(content).map(|(principal, request)| Self::Manage(principal, request)),
            _ => None,
        }
    }
}

/// That a key was used.
#[derive(Debug, Clone, Serialize)]
pub struct KeyUse {
    /// Whose key.
    pub owner: Owner,
    /// Which key.
    pub key: KeyId,
    /// When.
    pub at: Timestamp,
}

impl Stored for KeyUse {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        Some(Self { owner: fields.take("owner")?, key: fields.take("key")?, at: fields.take("at")? })
    }
}

/// A request that the edge has read, found to be as it should be, and hands on.
#[derive(Debug, Clone, Serialize)]
pub struct Forwarded {
    /// Id of the request.
    pub request_id: String,
    /// The method.
    pub method: String,
    /// The path, as it was sent.
    pub path: String,
    /// The query, as it was sent.
    pub query: String,
    /// The body, as it was sent; JSON or empty.
    pub body: String,
}

impl Stored for Forwarded {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        Some(Self {
            request_id: fields.take("request_id")?,
            method: fields.take("method")?,
            path: fields.take("path")?,
            query: fields.take("query")?,
            body: fields.take("body")?,
        })
    }
}

/// What a ledger answers. Its clock never goes back: what comes with a `Timestamp` is to be judged by it.
#[derive(Debug, Clone, Serialize)]
pub enum Reply {
    /// To [`Call::NoteUse`], [`Call::NoteMembership`], [`Call::StartSession`] and [`Call::EndSession`].
    Done,
    /// To [`Call::FindKey`]: what is known, if anything.
    Key(Option<Box<KeyRecord>>, Timestamp),
    /// To [`Call::FindRole`]: the role of a member.
    Role(Option<Role>),
    /// To [`Call::FindMemberships`]: those that have not ended.
    Memberships(Vec<Membership>),
    /// To [`Call::FindName`].
    Name(Option<Title>),
    /// To [`Call::FindSession`]: a session that counts, and the key that it hangs on.
    Session(Option<(Session, Option<Box<KeyRecord>>)>, Timestamp),
    /// To [`Call::Manage`]: the answer for the client.
    Answer(Answer),
    /// The ledger could not carry the call out; nothing has changed.
    Failed,
}

impl Stored for Reply {
    fn read(value: Value) -> Option<Self> {
        let (name, content) = alternative(value)?;
        match name.as_str() {
            "Done" => Some(Self::Done),
            "Key" => Stored::read(content).map(|(record, now)| Self::Key(record, now)),
            "Role" => Stored::read(content).map(Self::Role),
            "Memberships" => Stored::read(content).map(Self::Memberships),
            "Name" => Stored::read(content).map(Self::Name),
            "Session" => Stored::read(content).map(|(session, now)| Self::Session(session, now)),
            "Answer" => Stored::read(content).map(Self::Answer),
            "Failed" => Some(Self::Failed),
            _ => None,
        }
    }
}

/// A membership as the user's ledger and the projection know it: derived from the organization's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Membership {
    /// Counts the changes; the newest wins.
    pub version: u64,
    /// Of which organization.
    pub organization: OwnerId,
    /// What it is called, where that is known.
    pub name: Option<Title>,
    /// Who.
    pub user: OwnerId,
    /// As what; nothing for somebody who has left.
    pub role: Option<Role>,
}

impl Stored for Membership {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        Some(Self {
            version: fields.take("version")?,
            organization: fields.take("organization")?,
            name: fields.take("name")?,
            user: fields.take("user")?,
            role: fields.take("role")?,
        })
    }
}
