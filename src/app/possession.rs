//! Revocation by possession: whoever holds a key's whole text may revoke it, and needs no other credential.
//!
//! The texts stay at the edge. Those that this deployment did not issue cost no storage, as where keys are verified; of the
//! others the ledgers get the digests, each ledger in one request.

use std::slice;

use futures_util::future::select_all;
use keyward_core::scan::redact_text;
use keyward_core::verify::authenticate;
use keyward_core::{ErrorCode, Kind, LedgerLocator, Source};

use crate::App;
use crate::ledger::possession::{Outcome, PresentedKey, RevokePresentedKeys};
use crate::ledger::sql::StorageError;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Request, holds_credential};

/// How many ledgers are asked at once: as many connections as the platform gives a request.
const AT_ONCE: usize = 6;

/// A text that may be a key, and where it was found.
pub(crate) struct Presented {
    pub(crate) text: String,
    pub(crate) source: Option<String>,
}

/// The keys of one ledger, and their places among all that was presented.
struct Batch {
    ledger: LedgerLocator,
    keys: Vec<PresentedKey>,
    places: Vec<usize>,
}

impl<P: Ports> App<'_, P> {
    /// Revokes a key.
    ///
    /// # Errors
    /// As [`App::revoke_all_presented`].
    pub(crate) async fn revoke_presented(&self, key: Presented, request: &Request) -> Result<(), Problem> {
        self.revoke_all_presented(slice::from_ref(&key), request).await.map(drop)
    }

    /// Revokes every secret key among these texts, and says what has become of each, in their order.
    ///
    /// # Errors
    /// `server.unavailable` if that is not known of every key. Some may be revoked all the same; it can be asked for again.
    pub(crate) async fn revoke_all_presented(
        &self,
        presented: &[Presented],
        request: &Request,
    ) -> Result<Vec<Outcome>, Problem> {
        let mut outcomes = vec![Outcome::Unknown; presented.len()];
        let (batches, repeated) = self.batches(presented, request);
        let (mut batches, mut under_way, mut fault) = (batches.into_iter(), Vec::new(), None);
        loop {
            // Where one ledger fails others may, and each would be waited for.
            while fault.is_none()
                && under_way.len() < AT_ONCE
                && let Some(batch) = batches.next()
            {
                under_way.push(Box::pin(self.revoke_batch(batch, request)));
            }
            if under_way.is_empty() {
                break;
            }
            let (done, _, others) = select_all(under_way).await;
            under_way = others;
            match done {
                Ok(found) => {
                    for (place, outcome) in found {
                        match (outcome, outcomes.get_mut(place)) {
                            (Some(outcome), Some(slot)) => *slot = outcome,
                            _ => fault = Some(StorageError::Unreadable.into()),
                        }
                    }
                }
                Err(problem) => fault = Some(problem),
            }
        }
        for (place, first) in repeated {
            if let Some(slot) = outcomes.get(first).copied().and_then(again)
                && let Some(place) = outcomes.get_mut(place)
            {
                *place = slot;
            }
        }
        fault.map_or(Ok(outcomes), Err)
    }

    /// The secret keys among the texts, by their ledgers; and where a key is presented again, with where it was first.
    fn batches(&self, presented: &[Presented], request: &Request) -> (Vec<Batch>, Vec<(usize, usize)>) {
        let (mut batches, mut repeated) = (Vec::<Batch>::new(), Vec::new());
        for (place, Presented { text, source }) in presented.iter().enumerate() {
            let Ok(key) = authenticate(text, &self.config.issuer) else { continue };
            // Its text is for everybody, so that holding it means nothing.
            if key.kind() == Kind::Publishable {
                continue;
            }
            let ledger = key.ledger();
            let is_same = |first: &&usize| presented.get(**first).is_some_and(|first| first.text == *text);
            let at = batches.iter().position(|batch| batch.ledger == ledger).unwrap_or_else(|| {
                batches.push(Batch { ledger, keys: Vec::new(), places: Vec::new() });
                batches.len() - 1
            });
            let Some(batch) = batches.get_mut(at) else { continue };
            if let Some(first) = batch.places.iter().find(is_same) {
                repeated.push((place, *first));
                continue;
            }
            let source = source.as_ref().and_then(|source| self.source(source, request));
            batch.keys.push(PresentedKey { digest: key.digest(), source });
            batch.places.push(place);
        }
        (batches, repeated)
    }

    /// Where a key was found, as the trail may show it: keys are redacted. One that holds a credential all the same, such as an
    /// encoded key, is left out.
    fn source(&self, text: &str, request: &Request) -> Option<Source> {
        let redacted = redact_text(text);
        if holds_credential(&redacted, Some(&self.config.issuer)) {
            return None;
        }
        Source::of(&(request.compose)(&redacted))
    }

    /// The places of the keys, and what has become of each.
    async fn revoke_batch(
        &self,
        Batch { ledger, keys, places }: Batch,
        request: &Request,
    ) -> Result<impl Iterator<Item = (usize, Option<Outcome>)>, Problem> {
        let request = self.config.recorded.context(request);
        let outcomes = self.ask(ledger, RevokePresentedKeys { keys, request }).await?;
        if outcomes.len() == places.len() {
            Ok(places.into_iter().zip(outcomes))
        } else {
            Err(ErrorCode::ServerUnavailable.into())
        }
    }
}

/// What becomes of a key that is presented once more.
fn again(first: Outcome) -> Option<Outcome> {
    (first != Outcome::Unknown).then_some(Outcome::AlreadyRevoked)
}
