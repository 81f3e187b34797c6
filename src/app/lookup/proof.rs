//! What a copy proves of its age, by the feed of its ledger.

use keyward_core::feed::{CLOCK_DRIFT_SECONDS, News, Place};
use keyward_core::staleness::{Bound, Limits};
use keyward_core::{Consistency, KeyDigest, KeyRecord, LedgerLocator, Owner, Timestamp};

use super::{Lookup, Sought};
use crate::App;
use crate::isolate::Remembered;
use crate::ledger::feed::FindNews;
use crate::ports::Ports;

/// A copy, as far as it matters for whether it is too old.
pub(super) struct Claim<'a> {
    pub(super) ledger: LedgerLocator,
    pub(super) place: Place,
    pub(super) begun_at: Timestamp,
    /// Whose key it is, or in which organization somebody is a member; `None` if nobody knows any more.
    pub(super) owner: Option<&'a Owner>,
    pub(super) consistency: Consistency,
    pub(super) ends_at: Option<Timestamp>,
}

impl<'a> Claim<'a> {
    pub(super) fn of_key(key: Sought, at: Timestamp, record: Option<&'a KeyRecord>) -> Self {
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
    /// Whether enough is known of a ledger that a copy could be proven.
    pub(super) fn has_feed(&self, ledger: LedgerLocator, bound: Bound) -> bool {
        let now = self.ports.now();
        self.memory.borrow_mut().feed(ledger).is_some_and(|feed| feed.is_within(bound, now))
    }

    /// Since when news of a ledger are wanted.
    pub(super) fn news_since(&self, ledger: LedgerLocator, now: Timestamp) -> Option<Timestamp> {
        self.memory.borrow_mut().feed(ledger).and_then(|feed| feed.since(now))
    }

    pub(super) fn learn(&self, ledger: LedgerLocator, news: Option<News>, sent_at: Timestamp) {
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
    pub(super) fn prove_copy(&self, claim: &Claim<'_>, bound: Bound) -> Option<Lookup<()>> {
        self.prove_within(claim, |limits| bound.within(limits, claim.consistency), true)
    }

    /// What a copy proves while its ledger cannot be reached, as far as its owner allows that.
    pub(super) fn prove_in_outage(&self, claim: &Claim<'_>) -> Option<Lookup<()>> {
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
    pub(super) fn proves_until(&self, now: Timestamp, bound: Bound, age: i64) {
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
}
