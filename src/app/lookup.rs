//! Looks keys up: in KV, which is quick, or in the ledger, which is right.

use keyward_core::foreign;
use keyward_core::key::AuthenticKey;
use keyward_core::{
    Consistency, ErrorCode, KeyDigest, KeyRecord, LedgerLocator, Owner, OwnerId, Role, Status, Timestamp,
};

use crate::App;
use crate::kv::{KvKey, KvMember, kv_key_of_digest, kv_key_of_member};
use crate::ledger::foreign::{FindForeignKey, Lookup};
use crate::ledger::queries::{FindKey, FindRole, KeyFound, KeyUse};
use crate::ledger::request::{LedgerCall, read_answer};
use crate::ports::{Ports, Unavailable};
use crate::problem::Problem;

impl From<Unavailable> for Problem {
    fn from(_: Unavailable) -> Self {
        ErrorCode::ServerUnavailable.into()
    }
}

/// What KV has of a key.
enum Copy {
    /// An answer.
    Found(KeyLookup),
    /// Nothing.
    Missing,
    /// Something that is not ours, or that cannot be read.
    Bad,
    /// It has not answered, or its answer is not fresh enough for this key.
    NoAnswer,
}

/// What was found of a key, and the clock to judge it by.
#[derive(Debug)]
pub(crate) struct KeyLookup {
    pub(crate) record: Option<Box<KeyRecord>>,
    pub(crate) now: Timestamp,
    /// How it was found.
    pub(crate) consistency: Consistency,
}

impl<P: Ports> App<'_, P> {
    /// Sends a request to a ledger and reads its answer.
    pub(crate) async fn ask<C: LedgerCall>(
        &self,
        ledger: LedgerLocator,
        call: C,
    ) -> Result<C::Answer, Problem> {
        read_answer(&self.ports.send(ledger, &call.into()).await?)
    }

    /// Finds a key, with this consistency or a stronger one.
    pub(crate) async fn find_key(
        &self,
        key: &AuthenticKey<'_>,
        consistency: Consistency,
    ) -> Result<KeyLookup, Problem> {
        match consistency {
            Consistency::Fast => self.find_key_fast(key).await,
            Consistency::Strong => self.find_key_in_ledger(key, false).await,
        }
    }

    /// Asks the ledger that the key itself names, and tells it if KV's copy is bad.
    async fn find_key_in_ledger(
        &self,
        key: &AuthenticKey<'_>,
        copy_is_bad: bool,
    ) -> Result<KeyLookup, Problem> {
        let find = FindKey { digest: key.digest(), copy_is_bad };
        let KeyFound { record, now, .. } = self.ask(key.ledger(), find).await?;
        Ok(KeyLookup { record, now, consistency: Consistency::Strong })
    }

    /// Reads KV. A miss is not believed, since the seal proves that we issued the key; a failure is not final, since
    /// the ledger can be asked; a copy that is not ours is not believed; and a key that requires strong consistency gets
    /// it.
    async fn find_key_fast(&self, key: &AuthenticKey<'_>) -> Result<KeyLookup, Problem> {
        let digest = key.digest();
        match self.find_copy(&digest, key.ledger()).await {
            Copy::Found(found) => Ok(found),
            Copy::Missing => {
                let found = self.find_key_in_ledger(key, false).await?;
                if found.record.is_none() {
                    self.memory.borrow_mut().remember_unknown(&digest, self.ports.now());
                }
                Ok(found)
            }
            Copy::Bad => self.find_key_in_ledger(key, true).await,
            Copy::NoAnswer => self.find_key_in_ledger(key, false).await,
        }
    }

    /// Reads what KV has of a key, which this ledger has written.
    async fn find_copy(&self, digest: &KeyDigest, ledger: LedgerLocator) -> Copy {
        let now = self.ports.now();
        let kv_key = kv_key_of_digest(digest);
        let read = |text: String| KvKey::read(&self.config.issuer.ring, &kv_key, &text);
        let is_elsewhere = |record: &KeyRecord| record.owner.ledger() != ledger;
        match self.ports.get(&kv_key).await.map(|text| text.map(read)) {
            // An export may have said that another owner has a key of this digest.
            Ok(Some(Some(KvKey { record: Some(record), .. }))) if is_elsewhere(&record) => Copy::Bad,
            Ok(Some(Some(KvKey { record, .. }))) if !requires_strong(record.as_deref()) => {
                // The ledger's clock may be ahead of this one: what was past for it stays past.
                let now = record.as_ref().map_or(now, |record| now.max(record.updated_at));
                Copy::Found(KeyLookup { record, now, consistency: Consistency::Fast })
            }
            Ok(None) if self.memory.borrow().is_unknown(digest, now) => {
                Copy::Found(KeyLookup { record: None, now, consistency: Consistency::Fast })
            }
            Ok(None) => Copy::Missing,
            Ok(Some(None)) => Copy::Bad,
            _ => Copy::NoAnswer,
        }
    }

    /// Finds an organization's foreign key, with its digest; `None` where the organization has none at all. The text stays here:
    /// the ledger says what to compute of it.
    pub(crate) async fn find_foreign_key(
        &self,
        organization: &OwnerId,
        text: &str,
        consistency: Consistency,
    ) -> Result<Option<(KeyDigest, KeyLookup)>, Problem> {
        if self.memory.borrow().has_no_foreign_keys(organization, self.ports.now()) {
            return Ok(None);
        }
        let owner = Owner::Organization(organization.clone());
        let digest = foreign::digest_of(&owner, text);
        let mut copy_is_bad = false;
        if consistency == Consistency::Fast {
            let is_unknown = self.memory.borrow().is_unknown(&digest, self.ports.now());
            match self.find_copy(&digest, owner.ledger()).await {
                // That it was deleted says nothing of what the same text was imported as since.
                Copy::Found(found) if found.record.is_some() || is_unknown => {
                    return Ok(Some((digest, found)));
                }
                Copy::Bad => copy_is_bad = true,
                Copy::Found(_) | Copy::Missing | Copy::NoAnswer => {}
            }
        }
        let mut asked = FindForeignKey {
            organization: organization.clone(),
            digest,
            copy_is_bad,
            hashes: Vec::new(),
            hints: Vec::new(),
        };
        // By its digest, then by what that says is to be computed of it, then as the one of those that look alike.
        let mut has_any = false;
        loop {
            let found = self.ask(owner.ledger(), asked.clone()).await?;
            (asked.hashes, asked.hints) = (Vec::new(), Vec::new());
            has_any = has_any || found.record.is_some() || !found.lookups.is_empty();
            for lookup in &found.lookups {
                match lookup {
                    Lookup::Digest => {}
                    Lookup::Recipe(recipe) => {
                        asked.hashes.extend(recipe.apply(text).map(|hash| (recipe.id(), hash)));
                    }
                    Lookup::Shape(shape) => asked.hints.extend(shape.of(text)),
                }
            }
            if let Some(hash) = found.candidates.iter().find(|hash| hash.is_of(text)) {
                asked.hashes.push((hash.recipe().id(), hash.value().to_owned()));
            }
            if found.record.is_none() && !(asked.hashes.is_empty() && asked.hints.is_empty()) {
                continue;
            }
            if !has_any {
                self.memory.borrow_mut().remember_no_foreign_keys(organization, self.ports.now());
                return Ok(None);
            }
            if found.record.is_none() {
                self.memory.borrow_mut().remember_unknown(&digest, self.ports.now());
            }
            let (record, now) = (found.record, found.now);
            return Ok(Some((digest, KeyLookup { record, now, consistency: Consistency::Strong })));
        }
    }

    /// The role of `user` in `organization`; `None` for somebody who is not a member. What a credential asserts counts where the
    /// ledger is asked.
    pub(crate) async fn find_role(
        &self,
        organization: &OwnerId,
        user: &OwnerId,
        asserted: Option<Role>,
        consistency: Consistency,
    ) -> Result<Option<Role>, Problem> {
        let mut copy_is_bad = false;
        if consistency == Consistency::Fast {
            let kv_key = kv_key_of_member(organization, user);
            if let Ok(Some(text)) = self.ports.get(&kv_key).await {
                match KvMember::read(&self.config.issuer.ring, &kv_key, &text) {
                    Some(KvMember { role, .. }) => return Ok(role),
                    None => copy_is_bad = true,
                }
            }
        }
        let ledger = Owner::Organization(organization.clone()).ledger();
        let find = FindRole { organization: organization.clone(), user: user.clone(), asserted, copy_is_bad };
        self.ask(ledger, find).await
    }

    /// What to tell the ledger about this use of a key; `None` if this isolate has done so lately.
    pub(crate) fn use_of(&self, record: &KeyRecord, now: Timestamp) -> Option<KeyUse> {
        let is_due = self.memory.borrow_mut().should_record_use(&record.id, record.last_used_at, now);
        is_due.then(|| KeyUse { owner: record.owner.clone(), key: record.id.clone(), at: now, refused: 0 })
    }

    /// Counts that a key was refused, if it was because it is revoked. Its ledger is told from time to time.
    pub(crate) fn count_refusal(&self, record: &KeyRecord, now: Timestamp) {
        if record.status(now) != Status::Revoked {
            return;
        }
        if let Some(refused) = self.memory.borrow_mut().count_refusal(&record.id, now) {
            let (owner, key) = (record.owner.clone(), record.id.clone());
            self.uses.borrow_mut().push(KeyUse { owner, key, at: now, refused });
        }
    }
}

fn requires_strong(record: Option<&KeyRecord>) -> bool {
    record.is_some_and(|record| record.settings.consistency == Consistency::Strong)
}
