//! Looks keys and roles up: in KV, which is quick, where the feed of the ledger proves that a copy is not too old; or else in the
//! ledger, which is right.

use keyward_core::feed::{CLOCK_DRIFT_SECONDS, News, Place};
use keyward_core::foreign::{self, ForeignHash};
use keyward_core::key::AuthenticKey;
use keyward_core::staleness::{Bound, Freshness, Limits, OnOutage};
use keyward_core::{
    Consistency, ErrorCode, KeyDigest, KeyRecord, LedgerLocator, Owner, OwnerId, Role, Status, Timestamp,
};

use crate::App;
use crate::isolate::{Remembered, UNKNOWN_AGE_MAX};
use crate::kv::{KvKey, KvMember, kv_key_of_digest, kv_key_of_member};
use crate::ledger::feed::FindNews;
use crate::ledger::foreign::{self as ledger_foreign, FindForeignKey};
use crate::ledger::queries::{FindKey, FindRole, KeyFound, KeyUse, RoleFound};
use crate::ledger::request::{LedgerCall, read_answer};
use crate::ports::{Ports, Unavailable};
use crate::problem::Problem;

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

/// A copy, as far as it matters for whether it is too old.
struct Claim<'a> {
    ledger: LedgerLocator,
    place: Place,
    begun_at: Timestamp,
    /// Whose key it is, or in which organization somebody is a member; `None` if nobody knows any more.
    owner: Option<&'a Owner>,
    consistency: Consistency,
    ends_at: Option<Timestamp>,
}

impl<'a> Claim<'a> {
    fn of_key(key: Sought, at: Timestamp, record: Option<&'a KeyRecord>) -> Self {
        Self {
            ledger: key.ledger,
            place: Place::of_key(&key.digest),
            begun_at: at,
            owner: record.map(|record| &record.owner),
            consistency: record.map_or(Consistency::Fast, |record| record.settings.consistency),
            ends_at: record.and_then(KeyRecord::ends_at),
        }
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

    /// Finds an organization's foreign key, and what it is found by; nothing of that where the organization has no foreign keys at
    /// all. The text stays here: the ledger says what to compute of it.
    pub(crate) async fn find_foreign_key(
        &self,
        organization: &OwnerId,
        text: &str,
        wanted: Freshness,
    ) -> Result<(Option<Sought>, KeyLookup), Problem> {
        self.memory.borrow().metrics.looked_up_foreign();
        let owner = Owner::Organization(organization.clone());
        if let Some(none) = self.no_foreign_key(&owner, organization, wanted.bound) {
            return Ok((None, none));
        }
        let key = Sought { ledger: owner.ledger(), digest: foreign::digest_of(&owner, text) };
        if let Some(unknown) = self.unknown_key(key, wanted.bound) {
            return Ok((Some(key), unknown));
        }
        let copy_is_bad = match self.find_nearby(key, wanted.bound).await {
            Ok(found) if found.found.is_some() => return Ok((Some(key), found)),
            // That it was deleted says nothing of what the same text was imported as since.
            Ok(_) => false,
            Err(copy_is_bad) => copy_is_bad,
        };
        let mut asked = FindForeignKey {
            organization: organization.clone(),
            digest: key.digest,
            copy_is_bad,
            hashes: Vec::new(),
            hints: Vec::new(),
            since: None,
        };
        // By its digest, then by what that says is to be computed of it, then as the one of those that look alike.
        let (mut has_any, mut first) = (false, None);
        loop {
            let sent_at = self.ports.now();
            asked.since = self.news_since(key.ledger, sent_at);
            let found = match self.ask(key.ledger, asked.clone()).await {
                Err(problem) if may_be_stale(&problem, wanted) => {
                    return Ok((Some(key), self.find_in_outage(key, problem).await?));
                }
                found => found?,
            };
            // That there is none was so when that was asked first: what is imported meanwhile is found by other means.
            let (now, first_sent_at) = *first.get_or_insert((found.now, sent_at));
            (asked.hashes, asked.hints) = (Vec::new(), Vec::new());
            has_any = has_any || found.record.is_some() || !found.lookups.is_empty();
            for lookup in &found.lookups {
                match lookup {
                    ledger_foreign::Lookup::Digest => {}
                    ledger_foreign::Lookup::Recipe(recipe) => {
                        asked.hashes.extend(recipe.apply(text).map(|hash| (recipe.id(), hash)));
                    }
                    ledger_foreign::Lookup::Shape(shape) => asked.hints.extend(shape.of(text)),
                }
            }
            let alike = found.candidates.iter().find(|hash: &&ForeignHash| hash.is_of(text));
            asked.hashes.extend(alike.map(|hash| (hash.recipe().id(), hash.value().to_owned())));
            if found.record.is_none() && !(asked.hashes.is_empty() && asked.hints.is_empty()) {
                self.learn(key.ledger, found.news, sent_at);
                continue;
            }
            if !has_any {
                self.memory.borrow_mut().remember_no_foreign_keys(organization, found.now, sent_at);
            }
            let (now, sent_at) =
                if found.record.is_some() { (found.now, sent_at) } else { (now, first_sent_at) };
            let found = self.found_in_ledger(key, wanted.bound, KeyFound { now, ..found }, sent_at);
            return Ok((has_any.then_some(key), found));
        }
    }

    /// That an organization had no foreign keys a moment ago.
    fn no_foreign_key(&self, owner: &Owner, organization: &OwnerId, bound: Bound) -> Option<KeyLookup> {
        let (mut memory, now) = (self.memory.borrow_mut(), self.ports.now());
        let limits = memory.feed(owner.ledger()).map(|feed| feed.limits(Some(owner))).unwrap_or_default();
        let bound = bound.within(&limits, Consistency::Fast);
        let (as_of, age) = memory.no_foreign_keys(organization, now, bound)?;
        self.proves_until(now, bound, age);
        Some(Lookup { found: None, begun_at: as_of, as_of, consistency: Consistency::Fast, bound })
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

    /// Whether enough is known of a ledger that a copy could be proven.
    fn has_feed(&self, ledger: LedgerLocator, bound: Bound) -> bool {
        let now = self.ports.now();
        self.memory.borrow_mut().feed(ledger).is_some_and(|feed| feed.is_within(bound, now))
    }

    /// Since when news of a ledger are wanted.
    fn news_since(&self, ledger: LedgerLocator, now: Timestamp) -> Option<Timestamp> {
        self.memory.borrow_mut().feed(ledger).and_then(|feed| feed.since(now))
    }

    fn learn(&self, ledger: LedgerLocator, news: Option<News>, sent_at: Timestamp) {
        if let Some(news) = news {
            self.memory.borrow_mut().learn(ledger, news, sent_at);
        }
    }

    /// When a caller's key that was read before was as it is remembered, if that is fresh enough.
    pub(crate) fn prove_caller(
        &self,
        digest: &KeyDigest,
        Remembered { ledger, at, record }: &Remembered,
        bound: Bound,
    ) -> Option<Timestamp> {
        self.prove_copy(&Claim::of_key(Sought { ledger: *ledger, digest: *digest }, *at, Some(record)), bound)
            .map(|proven| proven.as_of)
    }

    /// What a copy proves within a bound, and within what its owner allows.
    fn prove_copy(&self, claim: &Claim<'_>, bound: Bound) -> Option<Lookup<()>> {
        self.prove_within(claim, |limits| bound.within(limits, claim.consistency), true)
    }

    /// What a copy proves while its ledger cannot be reached, as far as its owner allows that.
    fn prove_in_outage(&self, claim: &Claim<'_>) -> Option<Lookup<()>> {
        self.prove_within(claim, |limits| limits.in_outage(claim.consistency), false)
    }

    fn prove_within(
        &self,
        claim: &Claim<'_>,
        bound: impl FnOnce(&Limits) -> Bound,
        has_ledger: bool,
    ) -> Option<Lookup<()>> {
        let (mut memory, now) = (self.memory.borrow_mut(), self.ports.now());
        let feed = memory.feed(claim.ledger)?;
        let bound = bound(&feed.limits(claim.owner));
        let as_of = feed.proves(claim.place, claim.begun_at)?;
        // A key that may have ended since then is not called valid.
        let may_have_ended = claim.ends_at.is_some_and(|end| as_of < end && end <= feed.possible_now(now));
        if may_have_ended || !feed.is_within(bound, now) {
            return None;
        }
        if has_ledger && feed.is_due(bound, now) {
            self.stale_feeds.borrow_mut().push(claim.ledger);
        }
        self.proves_until(now, bound, feed.age(now)?);
        let (begun_at, consistency) = (claim.begun_at, Consistency::Fast);
        Some(Lookup { found: (), begun_at, as_of, consistency, bound })
    }

    /// Notes until when something is within its bound that is so many milliseconds old now.
    fn proves_until(&self, now: Timestamp, bound: Bound, age: i64) {
        let fresh_until = now.as_millis().saturating_add(i64::from(bound.0) * 1000 - age);
        let fresh_until = Timestamp::from_millis(fresh_until);
        let (since, until) = self.proven.get().unwrap_or((now, fresh_until));
        self.proven.set(Some((since.max(now), until.min(fresh_until))));
    }

    /// Whether everything that copies have proven is still fresh enough. Nobody knows after the clock has gone back.
    pub(crate) fn is_still_proven(&self) -> bool {
        let now = self.ports.now();
        let is_fresh = |(since, until)| since <= now.plus_seconds(CLOCK_DRIFT_SECONDS) && now <= until;
        self.proven.get().is_none_or(is_fresh)
    }

    /// Asks a ledger what is new, in the background. A failure is logged, and made up for by the next request.
    pub(crate) async fn refresh(&self, ledger: LedgerLocator) {
        let sent_at = self.ports.now();
        let find = FindNews { since: self.news_since(ledger, sent_at) };
        if let Ok(news) = self.ask(ledger, find).await {
            self.learn(ledger, news, sent_at);
        }
    }

    /// What to tell the ledger about a use of a key now; `None` if this isolate has done so lately.
    pub(crate) fn use_of(&self, record: &KeyRecord) -> Option<KeyUse> {
        let now = self.ports.now();
        let is_due = self.memory.borrow_mut().should_record_use(&record.id, record.last_used_at, now);
        is_due.then(|| KeyUse { owner: record.owner.clone(), key: record.id.clone(), at: now, refused: 0 })
    }

    /// Counts that a key was refused, if it was because it is revoked. Its ledger is told from time to time.
    pub(crate) fn count_refusal(&self, record: &KeyRecord, as_of: Timestamp) {
        if record.status(as_of) != Status::Revoked {
            return;
        }
        let now = self.ports.now();
        if let Some(refused) = self.memory.borrow_mut().count_refusal(&record.id, now) {
            let (owner, key) = (record.owner.clone(), record.id.clone());
            self.uses.borrow_mut().push(KeyUse { owner, key, at: now, refused });
        }
    }
}

/// Whether an older answer is preferred to this problem.
fn may_be_stale(problem: &Problem, wanted: Freshness) -> bool {
    wanted.on_outage == OnOutage::Stale && problem.code == ErrorCode::ServerUnavailable
}
