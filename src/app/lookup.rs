//! Looks keys and roles up: in KV, which is quick, where the feed of the ledger proves that a copy is not too old; or else in the
//! ledger, which is right.

mod foreign;
mod proof;
mod uses;

use keyward_core::feed::Place;
use keyward_core::key::AuthenticKey;
use keyward_core::staleness::{Bound, Freshness, OnOutage};
use keyward_core::{
    Consistency, ErrorCode, KeyDigest, KeyRecord, LedgerLocator, Owner, OwnerId, Role, Timestamp,
};

use crate::App;
use crate::isolate::{Remembered, UNKNOWN_AGE_MAX};
use crate::kv::{KvKey, KvMember, kv_key_of_digest, kv_key_of_member};
use crate::ledger::queries::{FindKey, FindRole, KeyFound, RoleFound};
use crate::ledger::request::{LedgerCall, read_answer};
use crate::ports::{Ports, Unavailable};
use crate::problem::Problem;
use proof::Claim;

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}

/// What was found, and when it was so.
#[derive(Debug)]
pub(crate) struct Lookup<T> {
    pub(crate) found: T,
    /// Since when it is so, by the ledger's clock.
    pub(crate) begun_at: Timestamp,
    /// When it was so at the latest, as far as is known. Dates are judged by this.
    pub(crate) as_of: Timestamp,
    /// How it was found.
    pub(crate) consistency: Consistency,
    /// How old it may be.
    pub(crate) bound: Bound,
}

/// A key, if there is one.
pub(crate) type KeyLookup = Lookup<Option<Box<KeyRecord>>>;
/// A role; `None` for somebody who is not a member.
pub(crate) type RoleLookup = Lookup<Option<Role>>;

impl<T> Lookup<T> {
    /// Something else that is found in the same place.
    fn with<U>(self, found: U) -> Lookup<U> {
        let Self { begun_at, as_of, consistency, bound, .. } = self;
        Lookup { found, begun_at, as_of, consistency, bound }
    }
}

/// What a read of KV has given.
enum Copy<T> {
    Found(T),
    Nothing,
    /// It is not ours, or nobody can read it.
    Bad,
    Failed,
}

/// A key that is looked for: in which ledger, and by which digest.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sought {
    ledger: LedgerLocator,
    pub(crate) digest: KeyDigest,
}

impl From<&AuthenticKey<'_>> for Sought {
    fn from(key: &AuthenticKey<'_>) -> Self {
        Self { ledger: key.ledger(), digest: key.digest() }
    }
}

impl<P: Ports> App<'_, P> {
    /// Sends a request to a ledger and reads its answer.
    pub(crate) async fn ask<C: LedgerCall>(
        &self,
        ledger: LedgerLocator,
        call: C,
    ) -> Result<C::Answer, Problem> {
        let answer = self.ports.send(ledger, &call.into()).await;
        self.memory.borrow().metrics.ledgers.count(&answer);
        read_answer(&answer?)
    }

    /// Finds a key, as fresh as it has to be.
    pub(crate) async fn find_key(&self, key: Sought, wanted: Freshness) -> Result<KeyLookup, Problem> {
        let copy_is_bad = match self.find_nearby(key, wanted.bound).await {
            Ok(found) => return Ok(found),
            Err(copy_is_bad) => copy_is_bad,
        };
        match self.find_key_in_ledger(key, wanted.bound, copy_is_bad).await {
            Err(problem) if may_be_stale(&problem, wanted) => self.find_in_outage(key, problem).await,
            found => found,
        }
    }

    /// Finds a key without its ledger, where what is found proves that it is fresh enough. Says otherwise whether what KV has is bad.
    async fn find_nearby(&self, key: Sought, bound: Bound) -> Result<KeyLookup, bool> {
        if let Some(unknown) = self.unknown_key(key, bound) {
            return Ok(unknown);
        }
        if !self.has_feed(key.ledger, bound) {
            return Err(false);
        }
        match self.copy_of_key(key).await {
            Copy::Found(KvKey { at, record, .. }) => {
                let proven = self.prove_copy(&Claim::of_key(key, at, record.as_deref()), bound);
                if let Some(proven) = proven {
                    return Ok(proven.with(record));
                }
            }
            Copy::Bad => return Err(true),
            Copy::Nothing | Copy::Failed => {}
        }
        self.remembered_key(key, bound).ok_or(false)
    }

    /// The best copy of a key, as far as its owner allows that while its ledger cannot be reached.
    async fn find_in_outage(&self, key: Sought, problem: Problem) -> Result<KeyLookup, Problem> {
        let copy = self.copy_of_key(key).await;
        let Copy::Found(KvKey { at, record: Some(record), .. }) = copy else { return Err(problem) };
        let best = self.prove_in_outage(&Claim::of_key(key, at, Some(&record)));
        Ok(best.ok_or(problem)?.with(Some(record)))
    }

    /// A key that its ledger did not know some seconds ago. As nobody knows any more whose it was, the strictest ceiling holds.
    fn unknown_key(&self, key: Sought, bound: Bound) -> Option<KeyLookup> {
        let (mut memory, now) = (self.memory.borrow_mut(), self.ports.now());
        let limits = memory.feed(key.ledger).map(|feed| feed.limits(None)).unwrap_or_default();
        let bound = bound.within(&limits, Consistency::Fast);
        let as_of = memory.unknown(&key.digest, now, bound)?;
        self.proves_until(now, bound, UNKNOWN_AGE_MAX);
        Some(Lookup { found: None, begun_at: as_of, as_of, consistency: Consistency::Fast, bound })
    }

    /// A key as its ledger has given it, if that proves itself: while KV still has an older copy of a key that is asked for all
    /// the time, its ledger is asked once.
    fn remembered_key(&self, key: Sought, bound: Bound) -> Option<KeyLookup> {
        let Remembered { at, record, .. } = self.memory.borrow().key(&key.digest, self.ports.now())?;
        let proven = self.prove_copy(&Claim::of_key(key, at, Some(&record)), bound)?;
        Some(proven.with(Some(Box::new(KeyRecord::clone(&record)))))
    }

    /// Asks the ledger that the key itself names, and tells it if KV's copy is bad.
    async fn find_key_in_ledger(
        &self,
        key: Sought,
        bound: Bound,
        copy_is_bad: bool,
    ) -> Result<KeyLookup, Problem> {
        let sent_at = self.ports.now();
        let since = self.news_since(key.ledger, sent_at);
        let found = self.ask(key.ledger, FindKey { digest: key.digest, copy_is_bad, since }).await?;
        Ok(self.found_in_ledger(key, bound, found, sent_at))
    }

    /// What a ledger has answered that was asked at `sent_at`; it is remembered.
    fn found_in_ledger(
        &self,
        key: Sought,
        bound: Bound,
        KeyFound { record, now: as_of, news, .. }: KeyFound,
        sent_at: Timestamp,
    ) -> KeyLookup {
        self.learn(key.ledger, news, sent_at);
        let mut memory = self.memory.borrow_mut();
        match &record {
            // A foreign key that is not stored by this digest yet has no place in the feed.
            Some(record) if record.is_pending() => {}
            Some(record) => memory.remember_key(record, key.ledger, record.updated_at, sent_at),
            None => memory.remember_unknown(&key.digest, as_of, sent_at),
        }
        let bound = record.as_ref().map_or(bound, |record| {
            let limits = memory.feed(key.ledger).map(|feed| feed.limits(Some(&record.owner)));
            bound.within(&limits.unwrap_or_default(), record.settings.consistency)
        });
        let begun_at = record.as_ref().map_or(as_of, |record| record.updated_at);
        Lookup { found: record, begun_at, as_of, consistency: Consistency::Strong, bound }
    }

    /// The role of `user` in `organization`, as fresh as it has to be. What a credential asserts counts where the ledger is asked.
    pub(crate) async fn find_role(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
        asserted: Option<Role>,
        wanted: Freshness,
    ) -> Result<RoleLookup, Problem> {
        let owner = Owner::Organization(organization.clone());
        let (ledger, kv_key) = (owner.ledger(), kv_key_of_member(organization, user));
        let claim = |begun_at| Claim {
            ledger,
            place: Place::of(&kv_key),
            begun_at,
            owner: Some(&owner),
            consistency: Consistency::Fast,
            ends_at: None,
        };
        let read = |text: &str| KvMember::read(&self.config.issuer.ring, &kv_key, text);
        let mut copy_is_bad = false;
        if self.has_feed(ledger, wanted.bound) {
            match self.copy(&kv_key, read).await {
                Copy::Found(KvMember { at, role, .. }) => {
                    if let Some(proven) = self.prove_copy(&claim(at), wanted.bound) {
                        return Ok(proven.with(role));
                    }
                }
                Copy::Bad => copy_is_bad = true,
                Copy::Nothing | Copy::Failed => {}
            }
        }
        let sent_at = self.ports.now();
        let find = FindRole {
            organization: organization.clone(),
            user: user.clone(),
            asserted,
            copy_is_bad,
            since: self.news_since(ledger, sent_at),
        };
        match self.ask(ledger, find).await {
            Ok(RoleFound { role, at, now, news }) => {
                self.learn(ledger, news, sent_at);
                let limits = self.memory.borrow_mut().feed(ledger).map(|feed| feed.limits(Some(&owner)));
                let bound = wanted.bound.within(&limits.unwrap_or_default(), Consistency::Fast);
                Ok(Lookup { found: role, begun_at: at, as_of: now, consistency: Consistency::Strong, bound })
            }
            Err(problem) if may_be_stale(&problem, wanted) => {
                let Copy::Found(KvMember { at, role, .. }) = self.copy(&kv_key, read).await else {
                    return Err(problem);
                };
                Ok(self.prove_in_outage(&claim(at)).ok_or(problem)?.with(role))
            }
            Err(problem) => Err(problem),
        }
    }

    async fn copy_of_key(&self, key: Sought) -> Copy<KvKey> {
        let kv_key = kv_key_of_digest(&key.digest);
        // An export may have said that an owner in another ledger has a key of this digest.
        let is_of =
            |copy: &KvKey| copy.record.as_ref().is_none_or(|record| record.owner.ledger() == key.ledger);
        let read = |text: &str| KvKey::read(&self.config.issuer.ring, &kv_key, text).filter(is_of);
        self.copy(&kv_key, read).await
    }

    /// What KV has. A miss is not believed, since what is asked for ought to be there; a failure is not final, since the ledger can
    /// be asked; and a copy that is not ours is not believed.
    async fn copy<T>(&self, kv_key: &str, read: impl FnOnce(&str) -> Option<T>) -> Copy<T> {
        let text = self.ports.get(kv_key).await;
        self.memory.borrow().metrics.kv.count(&text);
        match text {
            Ok(Some(text)) => read(&text).map_or(Copy::Bad, Copy::Found),
            Ok(None) => Copy::Nothing,
            Err(Unavailable) => Copy::Failed,
        }
    }
}

/// Whether an older answer is preferred to this problem.
fn may_be_stale(problem: &Problem, wanted: Freshness) -> bool {
    wanted.on_outage == OnOutage::Stale && problem.code == ErrorCode::ServerUnavailable
}
