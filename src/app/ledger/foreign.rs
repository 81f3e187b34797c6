//! How an organization's foreign keys are found. Their texts stay at the edge, which computes what is asked for here.

use keyward_core::foreign::{ALIKE_MAX, ForeignHash, Recipe, Shape};
use keyward_core::{Entropy, ErrorCode, KeyDigest, KeyId, KeyRecord, Owner, OwnerId, Timestamp};
use serde::{Deserialize, Serialize};

use super::queries::{FindKey, KeyFound};
use super::request::LedgerCall;
use super::share;
use super::sql::{Row, Sql, SqlValue, unreadable};
use super::store::{Store, Stored};
use super::{Ledger, Transaction};
use crate::kv;
use crate::problem::Problem;

/// What an organization has of foreign keys: how a text may lead to one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lookup {
    /// By the SHA-256 of the whole text.
    Digest,
    /// By a hash.
    Recipe(Recipe),
    /// By its redacted form; which of those that look alike it is, is found out by their hashes.
    Shape(Shape),
}

/// Which foreign key is it? First it is looked for by its digest; where that is not known, the answer says what to compute of
/// the text, and it is asked once more with what that came to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct FindForeignKey {
    /// Whose key.
    pub organization: OwnerId,
    /// The digest of the text, as the organization's.
    pub digest: KeyDigest,
    /// Whether KV's copy is not ours or cannot be read, and has to be written anew.
    pub copy_is_bad: bool,
    /// The text's hashes, each with the id of its recipe. The key that has one is found by the digest from now on.
    pub hashes: Vec<(String, String)>,
    /// The redacted forms that the text may have.
    pub hints: Vec<String>,
    /// Since when news are wanted; `None` for everything.
    pub since: Option<Timestamp>,
}

impl LedgerCall for FindForeignKey {
    type Answer = KeyFound;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<KeyFound, Problem> {
        let owner = Owner::Organization(self.organization);
        // A text that is not known by its digest may be that of a key all the same: no copy may say that there is none.
        let copy_is_bad = self.copy_is_bad && ledger.store.key_by_digest(&self.digest)?.is_some();
        let mut found = FindKey { digest: self.digest, copy_is_bad, since: self.since }.answer(ledger)?;
        if self.hashes.is_empty() && self.hints.is_empty() {
            if found.record.is_none() {
                found.lookups = ledger.store.lookups(&owner)?;
            }
            return Ok(found);
        }
        for (recipe, hash) in &self.hashes {
            let Some((id, _)) = ledger.store.imported(&owner, recipe, hash)? else { continue };
            if let Some(record) = ledger.store.key(&owner, &id)? {
                found.record = Some(Box::new(ledger.adopt(record, self.digest)));
                return Ok(found);
            }
        }
        for hint in &self.hints {
            found.candidates.extend(ledger.store.hashes_like(&owner, hint)?);
        }
        let slow = found.candidates.iter().filter(|hash| hash.recipe().is_slow()).count();
        let wall = ledger.wall;
        if !ledger.store.slow_tries.allow(&owner.to_string(), slow, wall) {
            return Err(ErrorCode::ServerBusy.into());
        }
        Ok(found)
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// Lets a foreign key be found by its digest from now on, as every other key. Where that cannot be stored, it is looked for
    /// in the same way the next time.
    fn adopt(&mut self, record: KeyRecord, digest: KeyDigest) -> KeyRecord {
        if !record.is_pending() {
            return record;
        }
        let found = record.clone().found_by(digest);
        let mut transaction = self.transaction();
        transaction.adopt_key(&found);
        let copy = kv::write_of_key(&self.config.issuer.ring, &found);
        transaction.deliver_first(&found.owner, copy);
        if self.commit(transaction).is_err() {
            log::warn!(target: "ledger", "the digest of a foreign key is not stored");
            // Whoever asks must not remember it: the feed would not tell of it under this digest.
            return KeyRecord { digest, ..record };
        }
        found
    }
}

impl Transaction {
    /// Adds the hash with which a foreign key was imported: `row` is the digest of what was imported, `hint` by what it is
    /// found if it is not by the hash.
    pub(crate) fn add_hash(
        &mut self,
        owner: &Owner,
        id: &KeyId,
        hash: &ForeignHash,
        row: &KeyDigest,
        hint: Option<&str>,
    ) {
        let body = crate::json(hash);
        let size = share::bytes_of_event(&[&body, hash.value()]);
        self.push(share::OF_EVENT, [owner.to_string().into(), size, 0_i64.into()]);
        self.push(
            "INSERT INTO hashes (owner, recipe, hash, id, row, hint, body) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                owner.to_string().into(),
                hash.recipe().id().into(),
                hash.value().into(),
                id.as_str().into(),
                row.to_hex().into(),
                hint.into(),
                body.into(),
            ],
        );
    }

    /// Adds a way in which foreign keys are found.
    pub(crate) fn add_lookup(&mut self, owner: &Owner, lookup: &Lookup) {
        let row = [owner.to_string().into(), crate::json(lookup).into()];
        self.push("INSERT OR IGNORE INTO lookups (owner, body) VALUES (?, ?)", row);
    }

    /// Stores the digest of a foreign key whose text was seen. It is not looked for any more.
    fn adopt_key(&mut self, key: &KeyRecord) {
        let (owner, id) = (SqlValue::from(key.owner.to_string()), SqlValue::from(key.id.as_str()));
        let body = crate::json(&KeyRecord { last_used_at: None, ..key.clone() });
        self.push(
            "UPDATE keys SET digest = ?, body = ? WHERE owner = ? AND id = ?",
            [key.digest.to_hex().into(), body.into(), owner.clone(), id.clone()],
        );
        self.push("UPDATE hashes SET hint = NULL WHERE owner = ? AND id = ?", [owner, id]);
    }
}

impl<S: Sql> Store<S> {
    /// How an owner's foreign keys are found; nothing if there are none.
    pub(crate) fn lookups(&self, owner: &Owner) -> Stored<Vec<Lookup>> {
        let query = "SELECT body FROM lookups WHERE owner = ?";
        Ok(self.list(query, &[owner.to_string().into()], Row::json)?.readable)
    }

    /// The key that was imported with a hash, which may be deleted, and the digest of what was imported.
    pub(crate) fn imported(
        &self,
        owner: &Owner,
        recipe: &str,
        hash: &str,
    ) -> Stored<Option<(KeyId, KeyDigest)>> {
        let query = "SELECT id, row FROM hashes WHERE owner = ? AND recipe = ? AND hash = ?";
        self.first(query, &[owner.to_string().into(), recipe.into(), hash.into()], |row| {
            let id = KeyId::parse(&row.text()?).map_err(|_| unreadable("a hash has no key"))?;
            Ok((id, super::store::digest(row)?))
        })
    }

    /// The hashes of foreign keys with this redacted form whose texts were not seen yet.
    pub(crate) fn hashes_like(&self, owner: &Owner, hint: &str) -> Stored<Vec<ForeignHash>> {
        let limit = i64::try_from(ALIKE_MAX).unwrap_or_default();
        let query = "SELECT body FROM hashes WHERE owner = ? AND hint = ? LIMIT ?";
        Ok(self.list(query, &[owner.to_string().into(), hint.into(), limit.into()], Row::json)?.readable)
    }
}

/// How many slow hashes of an organization are computed in a minute.
const SLOW_TRIES_MAX: usize = 300;
/// For how long that is counted, in seconds.
const SLOW_TRIES_SECONDS: u32 = 60;

/// The slow hashes that were computed lately, by owner.
#[derive(Debug, Default)]
pub(super) struct SlowTries {
    until: Timestamp,
    counts: Vec<(String, usize)>,
}

impl SlowTries {
    /// Counts so many more, if there may be.
    fn allow(&mut self, owner: &str, more: usize, wall: Timestamp) -> bool {
        if more == 0 {
            return true;
        }
        // A clock that was put back makes nobody wait for longer.
        if wall >= self.until || self.until > wall.plus_seconds(SLOW_TRIES_SECONDS) {
            *self = Self { until: wall.plus_seconds(SLOW_TRIES_SECONDS), counts: Vec::new() };
        }
        let at = self.counts.iter().position(|(known, _)| known == owner).unwrap_or_else(|| {
            self.counts.push((owner.to_owned(), 0));
            self.counts.len() - 1
        });
        let Some((_, count)) = self.counts.get_mut(at) else { return false };
        *count += more;
        *count <= SLOW_TRIES_MAX
    }
}
