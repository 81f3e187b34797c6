//! Finds foreign keys, of which the ledger says what they are found by.

use keyward_core::foreign::{self, ForeignHash};
use keyward_core::staleness::{Bound, Freshness};
use keyward_core::{Consistency, Owner, OwnerId};

use super::{KeyLookup, Lookup, Sought, may_be_stale};
use crate::App;
use crate::ledger::foreign::{self as ledger_foreign, FindForeignKey};
use crate::ledger::queries::KeyFound;
use crate::ports::Ports;
use crate::problem::Problem;

impl<P: Ports> App<'_, P> {
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
}
