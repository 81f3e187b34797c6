//! What a ledger can be asked, and what it answers. Both sides may run different versions of this code for some
//! minutes during a deployment: fields are only ever added, with a default.

use keyward_core::fields::Reason;
use keyward_core::life::{Changes, NewKey};
use keyward_core::policy::{Principal, Role};
use keyward_core::query::{EventQuery, KeyQuery};
use keyward_core::{Actor, Event, EventId, KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Timestamp, Title};
use serde::{Deserialize, Serialize};

use crate::problem::Problem;

/// One request to a ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Call {
    /// What is known of a key?
    Find {
        /// The key's digest.
        digest: KeyDigest,
    },
    /// Is the user a member of the organization?
    FindRole {
        /// Which organization.
        organization: OwnerId,
        /// Which user.
        user: OwnerId,
    },
    /// Which organizations does the user belong to?
    FindOrganizations {
        /// Which user.
        user: OwnerId,
    },
    /// What is the organization called?
    FindOrganization {
        /// Which organization.
        organization: OwnerId,
    },
    /// The key was used.
    NoteUse {
        /// Whose key.
        owner: Owner,
        /// Which key.
        key: KeyId,
        /// When.
        at: Timestamp,
    },
    /// An organization's ledger tells a user's ledger about a membership; the newest version wins.
    Project {
        /// What is so from now on.
        membership: Membership,
    },
    /// Somebody wants something.
    Manage {
        /// Who.
        principal: Principal,
        /// On whose belongings.
        owner: Owner,
        /// What.
        command: Command,
    },
}

/// What somebody may want of an owner's ledger.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Command {
    /// Create or rename the organization.
    PutOrganization {
        /// Its name from now on.
        name: Title,
        /// Who is to own it, when the operator creates it.
        first_owner: Option<OwnerId>,
    },
    /// Read the organization.
    GetOrganization,
    /// Read the members.
    ListMembers,
    /// Add a member or change the role.
    PutMember {
        /// Who.
        user: OwnerId,
        /// As what.
        role: Role,
    },
    /// Remove a member.
    RemoveMember {
        /// Who.
        user: OwnerId,
    },
    /// Read which organizations the user belongs to.
    ListOrganizations,
    /// Create a key.
    CreateKey {
        /// Which.
        key: NewKey,
    },
    /// Read a page of keys.
    ListKeys {
        /// Which.
        query: KeyQuery,
    },
    /// Read a key.
    GetKey {
        /// Which.
        key: KeyId,
    },
    /// Change a key.
    UpdateKey {
        /// Which.
        key: KeyId,
        /// How.
        changes: Changes,
    },
    /// Revoke a key.
    RevokeKey {
        /// Which.
        key: KeyId,
        /// In how many seconds.
        revoke_in: u32,
        /// Why.
        reason: Option<Reason>,
    },
    /// Replace a key by a new one.
    RollKey {
        /// Which.
        key: KeyId,
        /// How many seconds the old one still works.
        grace: u32,
    },
    /// Delete a key.
    DeleteKey {
        /// Which.
        key: KeyId,
        /// Revoke it first, in the same step, if it is not revoked.
        revoke: bool,
    },
    /// Read a page of the audit trail.
    ListEvents {
        /// Which.
        query: EventQuery,
    },
}

/// What a ledger answers. `now` is the ledger's clock, which never goes back: whatever the answer says is to be
/// judged by it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum Reply {
    /// Refused; nothing has changed.
    Refused {
        /// Why.
        problem: Problem,
    },
    /// Carried out; there is nothing to show.
    Done,
    /// To [`Call::Find`].
    Found {
        /// What is known, if anything.
        record: Option<Box<KeyRecord>>,
        /// The ledger's clock.
        now: Timestamp,
    },
    /// To [`Call::FindRole`].
    Role {
        /// The role of a member.
        role: Option<Role>,
    },
    /// One key.
    Key {
        /// As it is now.
        record: Box<KeyRecord>,
        /// The ledger's clock.
        now: Timestamp,
    },
    /// A key that was just issued.
    Issued {
        /// As it is now.
        record: Box<KeyRecord>,
        /// The key's text, which leaves this place once.
        token: String,
        /// The key that it replaces.
        replaces: Option<Box<KeyRecord>>,
        /// The ledger's clock.
        now: Timestamp,
    },
    /// A page of keys.
    Keys {
        /// The page.
        records: Vec<KeyRecord>,
        /// How many there are on all pages.
        count: u32,
        /// The ledger's clock.
        now: Timestamp,
    },
    /// A page of events.
    Events {
        /// The page.
        events: Vec<(EventId, Event)>,
        /// How many there are on all pages.
        count: u32,
    },
    /// An organization.
    Organization {
        /// As it is now.
        organization: Organization,
        /// Whether this call has created it.
        created: bool,
    },
    /// Members of an organization.
    Members {
        /// All of them, by id.
        members: Vec<Member>,
    },
    /// One member.
    Member {
        /// As it is now.
        member: Member,
        /// Whether this call has added it.
        created: bool,
    },
    /// Organizations of a user.
    Organizations {
        /// All of them, by id.
        memberships: Vec<Membership>,
    },
}

/// An organization as the store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Its id.
    pub id: OwnerId,
    /// Its name.
    pub name: Title,
    /// When it was created.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// A member as the organization's ledger knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Who.
    pub user: OwnerId,
    /// As what.
    pub role: Role,
    /// Since when.
    pub created_at: Timestamp,
    /// When the role was last changed.
    pub updated_at: Timestamp,
}

/// A membership as the user's ledger and the projection know it: derived from the organization's ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
