//! What a ledger is asked and told besides the operations of the API.

use keyward_core::event::Change;
use keyward_core::feed::News;
use keyward_core::foreign::ForeignHash;
use keyward_core::record::{is_refusal_worth_recording, is_use_worth_recording};
use keyward_core::{
    Actor, Entropy, ErrorCode, Event, KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Principal, RequestContext,
    Role, Status, Timestamp, Title,
};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::foreign::Lookup;
use super::memberships::Membership;
use super::request::{LedgerCall, admit};
use super::sql::Sql;
use crate::kv;
use crate::operations::LedgerOperation;
use crate::operations::get_key::GetKey;
use crate::problem::Problem;
use crate::response::Response;

/// What is known of the key with this digest?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindKey {
    /// SHA-256 of the key.
    pub digest: KeyDigest,
    /// Whether KV's copy is not ours or cannot be read, and has to be written anew.
    pub copy_is_bad: bool,
    /// Since when whoever asks wants to know what else has changed.
    pub since: Option<Timestamp>,
}

/// What is known of a key, to be judged by the ledger's clock.
#[derive(Debug, Serialize, Deserialize)]
pub struct KeyFound {
    /// The key, if it is known.
    pub record: Option<Box<KeyRecord>>,
    /// The ledger's clock.
    pub now: Timestamp,
    /// What else has changed.
    pub news: Option<News>,
    /// How foreign keys are found, where one was looked for that is not known by its digest. There are none where this is empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lookups: Vec<Lookup>,
    /// The hashes of foreign keys that look like the one that is looked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<ForeignHash>,
}

impl LedgerCall for FindKey {
    type Answer = KeyFound;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<KeyFound, Problem> {
        let record = ledger.store.key_by_digest(&self.digest)?.map(Box::new);
        let news = ledger.news(self.since)?;
        if self.copy_is_bad {
            let ring = &ledger.config.issuer.ring;
            if let Some(record) = &record {
                ledger.mend(record.owner.to_string(), kv::write_of_key(ring, record));
            } else {
                // Nobody knows any more whose key it was.
                let tombstone = kv::write_of_deleted_key(ring, &self.digest, ledger.now);
                ledger.mend("unknown".to_owned(), tombstone);
            }
        }
        Ok(KeyFound { record, now: ledger.now, news, lookups: Vec::new(), candidates: Vec::new() })
    }
}

/// What is known of the key with this digest, for somebody who may read it?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LookUpKey {
    /// Who asks.
    pub principal: Principal,
    /// SHA-256 of the key.
    pub digest: KeyDigest,
}

impl LedgerCall for LookUpKey {
    type Answer = Response;

    /// As `get_key` answers, except that whoever may not read the key does not learn that there is one.
    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Response, Problem> {
        let not_found = Problem::new(ErrorCode::KeyNotFound);
        let record = ledger.store.key_by_digest(&self.digest)?.ok_or_else(|| not_found.clone())?;
        let context = RequestContext::default();
        let caller = admit(self.principal, record.owner, context, GetKey::ACTION, ledger);
        let got = caller.and_then(|caller| GetKey { key: record.id }.perform(ledger, &caller));
        got.map(GetKey::respond)
            .map_err(|problem| if problem.code == ErrorCode::ServerUnavailable { problem } else { not_found })
    }
}

/// Which role does the user have in the organization? `None` for somebody who is not a member, and where there is none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindRole {
    /// Which organization.
    pub organization: OwnerId,
    /// Which user.
    pub user: OwnerId,
    /// The role that their credential asserts; the higher one counts.
    pub asserted: Option<Role>,
    /// Whether KV's copy is not ours or cannot be read, and has to be written anew.
    pub copy_is_bad: bool,
    /// Since when whoever asks wants to know what else has changed.
    pub since: Option<Timestamp>,
}

/// What is known of somebody in an organization.
#[derive(Debug, Serialize, Deserialize)]
pub struct RoleFound {
    /// The role.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub role: Option<Role>,
    /// Since when it is that.
    pub at: Timestamp,
    /// The ledger's clock.
    pub now: Timestamp,
    /// What else has changed.
    pub news: Option<News>,
}

impl LedgerCall for FindRole {
    type Answer = RoleFound;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<RoleFound, Problem> {
        let Self { organization, user, asserted, copy_is_bad, since } = self;
        let member = ledger.store.member(&organization, &user)?;
        let (news, now) = (ledger.news(since)?, ledger.now);
        let (role, at) = match member {
            Some(member) => (Some(member.role), member.updated_at),
            None => {
                (None, ledger.store.changed(&kv::kv_key_of_member(&organization, &user))?.unwrap_or_default())
            }
        };
        if asserted > role && ledger.store.organization(&organization)?.is_some() {
            return Ok(RoleFound { role: asserted, at, now, news });
        }
        if copy_is_bad {
            let copy = kv::write_of_member(&ledger.config.issuer.ring, &organization, &user, role, at);
            ledger.mend(Owner::Organization(organization).to_string(), copy);
        }
        Ok(RoleFound { role, at, now, news })
    }
}

/// Which organizations does the user belong to?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindMemberships {
    /// Which user.
    pub user: OwnerId,
}

impl LedgerCall for FindMemberships {
    type Answer = Vec<Membership>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Vec<Membership>, Problem> {
        // One that cannot be read is left out, and logged.
        let mut memberships = ledger.store.memberships(&self.user)?.readable;
        memberships.retain(|membership| membership.role.is_some());
        Ok(memberships)
    }
}

/// What is the organization called?
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindOrganizationName {
    /// Which organization.
    pub organization: OwnerId,
}

impl LedgerCall for FindOrganizationName {
    type Answer = Option<Title>;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Option<Title>, Problem> {
        Ok(ledger.store.organization(&self.organization)?.map(|organization| organization.name))
    }
}

/// That a key was used, or that it was refused because it is revoked.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct KeyUse {
    /// Whose key.
    pub owner: Owner,
    /// Which key.
    pub key: KeyId,
    /// When.
    pub at: Timestamp,
    /// How often it was refused since that was last told; 0 for a use.
    pub refused: u32,
}

impl LedgerCall for KeyUse {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let Some(record) = ledger.store.key(&self.owner, &self.key)? else { return Ok(()) };
        if self.refused > 0 {
            return self.record_refusals(&record, ledger);
        }
        if is_use_worth_recording(record.last_used_at, self.at) {
            let mut transaction = ledger.transaction();
            transaction.record_use(&self);
            ledger.commit(transaction)?;
        }
        Ok(())
    }
}

impl KeyUse {
    /// Records that the key was refused: as an event, or, if there was one lately, as a number for the next one.
    fn record_refusals<S: Sql, E: Entropy>(
        &self,
        record: &KeyRecord,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<(), Problem> {
        let now = ledger.now;
        if record.status(now) != Status::Revoked {
            return Ok(());
        }
        let (recorded, untold) = ledger.store.refusals(&self.owner, &self.key)?;
        let count = untold.saturating_add(self.refused);
        let mut transaction = ledger.transaction();
        if is_refusal_worth_recording(recorded, now) {
            let change = Change::KeyRefused { count, since: recorded.unwrap_or(self.at.min(now)) };
            let event = Event::of_key(record, change, &Actor::of_key(&record.id, &record.owner), now);
            ledger.record(&mut transaction, &self.owner, event)?;
            transaction.put_refusals(&self.owner, &self.key, Some(now), 0);
        } else {
            transaction.put_refusals(&self.owner, &self.key, recorded, count);
        }
        ledger.commit(transaction)
    }
}
