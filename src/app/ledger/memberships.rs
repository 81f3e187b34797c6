//! What ledgers tell each other about organizations and their people.

use keyward_core::organization::{CREATED_MAX, restricts};
use keyward_core::{Actor, Entropy, ErrorCode, Invitation, Owner, OwnerId, Role, Title};
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::outbox::Urgency;
use super::request::LedgerCall;
use super::sql::{Sql, even_unreadable};
use crate::problem::{Problem, caused_by};

/// How long the end of a membership is remembered, in seconds, so that no late message revives it: 30 days.
const ENDED_SECONDS: u32 = 30 * 86_400;
/// How long a person has to create an organization after it was reserved, in seconds.
const RESERVED_SECONDS: u32 = 600;

/// What a user's ledger, and of memberships also KV, know of a user and an organization. The organization's ledger, which is
/// the truth, has told them.
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
    /// As what; `None` for somebody who is no member, or no longer. Has to be there, even if it is null.
    #[serde(deserialize_with = "Deserialize::deserialize")]
    pub role: Option<Role>,
    /// The invitation that the user may accept.
    pub invitation: Option<Invitation>,
    /// Whether the organization exists and the user has created it, or is about to.
    pub is_creator: bool,
}

impl LedgerCall for Membership {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        // It is a copy: one that cannot be read is replaced.
        let known = ledger.store.membership(&self.user, &self.organization).unwrap_or_default();
        if known.as_ref().is_some_and(|known| known.version >= self.version) {
            return Ok(());
        }
        let mut transaction = ledger.transaction();
        if let Some(by) = ledger.store.deleted_by(&self.user)? {
            // Somebody did not know yet that the user is gone.
            if let Some(departure) = Departure::from(&self, by) {
                transaction.deliver(&Owner::User(self.user.clone()), Urgency::End, departure);
            }
        } else {
            let ends = self.role.is_none() && !self.is_creator;
            let until = ends.then(|| ledger.now.plus_seconds(ENDED_SECONDS));
            let before = known.and_then(|known| known.role);
            transaction.put_membership(&self, restricts(before, self.role), until);
        }
        ledger.commit(transaction)
    }
}

/// A person is about to create an organization, if that is not too many.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReserveOrganization {
    /// Who.
    pub user: OwnerId,
    /// Which one.
    pub organization: OwnerId,
}

impl LedgerCall for ReserveOrganization {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let Self { user, organization } = self;
        if ledger.store.deleted_by(&user)?.is_some() {
            return Err(ErrorCode::AuthForbidden.into());
        }
        if ledger.store.count_created(&user, &organization, ledger.now)? >= CREATED_MAX {
            return Err(ErrorCode::UserOrganizationLimit.into());
        }
        if ledger.store.membership(&user, &organization)?.is_some_and(|known| known.version > 0) {
            // The organization exists, which its own ledger will say; or it was created a moment ago.
            return Ok(());
        }
        let reserved = Membership {
            version: 0,
            organization,
            name: None,
            user,
            role: None,
            invitation: None,
            is_creator: true,
        };
        let mut transaction = ledger.transaction();
        transaction.put_membership(&reserved, false, Some(ledger.now.plus_seconds(RESERVED_SECONDS)));
        ledger.commit(transaction)
    }
}

/// An id with capital letters is to be taken, in the ledger of the id in lower case: no other that differs in case alone can
/// be from then on.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ClaimId {
    /// The id.
    pub id: OwnerId,
}

impl LedgerCall for ClaimId {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let folded = self.id.folded();
        match ledger.store.claim(&folded)? {
            // The claim of before, whose answer may have been lost.
            Some(id) if id == self.id.as_str() => return Ok(()),
            Some(_) => return Err(caused_by("/id", ErrorCode::OrganizationExists)),
            None if ledger.store.has_had_organization(&folded)? => {
                return Err(caused_by("/id", ErrorCode::OrganizationExists));
            }
            None => {}
        }
        let mut transaction = ledger.transaction();
        transaction.claim(&self.id);
        ledger.commit(transaction)
    }
}

/// A user was deleted: the organization has to forget them, even if no owner is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Departure {
    /// Which organization.
    pub organization: OwnerId,
    /// Who.
    pub user: OwnerId,
    /// Who deleted them.
    pub by: Actor,
}

impl Departure {
    /// What the organization has to be told of a user who is gone; nothing if it knows.
    #[must_use]
    pub fn from(membership: &Membership, by: Actor) -> Option<Self> {
        let Membership { organization, user, role, invitation, .. } = membership;
        (role.is_some() || invitation.is_some()).then(|| Self {
            organization: organization.clone(),
            user: user.clone(),
            by,
        })
    }
}

impl LedgerCall for Departure {
    type Answer = ();

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<(), Problem> {
        let Self { organization, user, by } = self;
        let Some(organization) = ledger.store.organization(&organization)? else { return Ok(()) };
        let mut transaction = ledger.transaction();
        if let Some(member) = even_unreadable(ledger.store.member(&organization.id, &user))? {
            let role = member.map(|member| member.role);
            ledger.remove_member(&mut transaction, &organization, &user, role, &by)?;
        }
        let invitation = ledger.store.invitation(&organization.id, &user, ledger.now);
        if let Some(invitation) = even_unreadable(invitation)? {
            let role = invitation.map(|invitation| invitation.role);
            ledger.end_invitation(&mut transaction, &organization, user, role, &by)?;
        }
        ledger.commit(transaction)
    }
}
