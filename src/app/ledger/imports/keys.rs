//! Keys that are not there yet: those of other systems, and those that come back.

use keyward_core::foreign::{ALIKE_MAX, ForeignHash, Hint, RECIPES_MAX, SHAPES_MAX};
use keyward_core::import::{ImportFault, ImportedKey};
use keyward_core::lifecycle::Transition;
use keyward_core::{Entropy, ErrorCode, KeyDigest, KeyId, KeyRecord, Owner, grant};
use serde_json::Value;

use super::{Import, place};
use crate::caller::Caller;
use crate::kv;
use crate::ledger::Ledger;
use crate::ledger::channels::no_channels;
use crate::ledger::foreign::Lookup;
use crate::ledger::sql::Sql;
use crate::ledger::store::{Store, Stored};
use crate::problem::Problem;

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    pub(super) fn import_key(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        key: ImportedKey,
    ) -> Result<bool, Problem> {
        grant::to_import(&caller.principal, &key)?;
        let owner = &caller.owner;
        let (hash, row) = (key.hash.clone(), key.fingerprint());
        let before = match import.seen.get(&place(&hash)).and_then(Value::as_str) {
            Some(row) => KeyDigest::from_hex(row),
            None => match self.store.imported(owner, &hash.recipe().id(), hash.value())? {
                Some((id, _)) if self.store.digest_of_key(owner, &id)?.is_none() => {
                    return Err(ErrorCode::ImportDeleted.into());
                }
                found => found.map(|(_, row)| row),
            },
        };
        match before {
            Some(before) if before.matches(&row) => return Ok(false),
            Some(_) => return Err(ErrorCode::ImportDiffers.into()),
            None => {}
        }
        let id = KeyId::make(self.now, self.entropy)?;
        let imported = key.into_transition(owner.clone(), id, &caller.actor(), self.now)?;
        let dangling = self.dangling(owner, &imported.record.settings.links, None)?;
        if !dangling.iter().all(|link| import.channels.contains_key(*link)) {
            return Err(no_channels());
        }
        self.add_key(import, imported, Some((hash, row)))?;
        Ok(true)
    }

    /// Adds a key that is not there yet to what is to be committed, with the hash that it was imported with and the digest of its
    /// row, if it is a foreign one.
    pub(super) fn add_key(
        &mut self,
        import: &mut Import,
        Transition { record, event, .. }: Transition,
        hash: Option<(ForeignHash, KeyDigest)>,
    ) -> Result<(), Problem> {
        let owner = &record.owner;
        let (digest, id) = (record.digest.to_hex(), record.id.as_str().to_owned());
        let is_taken = import.seen.contains_key(&digest) || import.seen.contains_key(&id);
        if is_taken || self.store.has_digest(&record.digest)? {
            return Err(ErrorCode::ImportDiffers.into());
        }
        let lookup = match &hash {
            Some((hash, _)) => Some(self.lookup(import, &record, hash)?),
            None => None,
        };
        self.record(&mut import.transaction, owner, event)?;
        import.transaction.add_key(&record);
        if !record.is_pending() {
            let copy = kv::write_of_key(&self.config.issuer.ring, &record);
            import.transaction.deliver_first(owner, copy);
        }
        if let (Some((hash, row)), Some(lookup)) = (hash, lookup) {
            let hint = hash.hint(&record.redacted).filter(|_| record.is_pending());
            import.transaction.add_hash(owner, &record.id, &hash, &row, hint.as_ref().map(Hint::as_str));
            if let Some(hint) = hint {
                let alike = import.alike(hint.as_str()) + 1;
                import.seen.insert(hint.into(), alike.into());
            }
            if !import.lookups.contains(&lookup) {
                import.transaction.add_lookup(owner, &lookup);
                import.lookups.push(lookup);
            }
            import.seen.insert(place(&hash), row.to_hex().into());
        }
        import.seen.insert(digest, Value::Null);
        import.seen.insert(id, Value::Null);
        Ok(())
    }

    /// How a foreign key is found. There is room for so many ways, since all of them are tried for a text.
    fn lookup(&self, import: &Import, record: &KeyRecord, hash: &ForeignHash) -> Result<Lookup, Problem> {
        let hint = hash.hint(&record.redacted);
        let lookup = match &hint {
            _ if !record.is_pending() => Lookup::Digest,
            Some(hint) => Lookup::Shape(hint.shape()),
            // Every text would be tried.
            None if hash.recipe().is_slow() => return Err(ImportFault::NoHint.into()),
            None => Lookup::Recipe(hash.recipe().clone()),
        };
        if let (Some(hint), Lookup::Shape(_)) = (&hint, &lookup) {
            let there = self.store.hashes_like(&record.owner, hint.as_str())?.len();
            if there + import.alike(hint.as_str()) >= ALIKE_MAX {
                return Err(ErrorCode::ImportAlike.into());
            }
        }
        let like = |known: &&Lookup| std::mem::discriminant(*known) == std::mem::discriminant(&lookup);
        let max = if hint.is_some() { SHAPES_MAX } else { RECIPES_MAX };
        if !import.lookups.contains(&lookup) && import.lookups.iter().filter(like).count() >= max {
            return Err(Problem::new(ErrorCode::ImportTooManyForms).because(match hint {
                Some(_) => {
                    "There are too many forms in which keys are redacted: give the same number of characters."
                }
                None => "There are too many salts: give the keys' redacted forms.",
            }));
        }
        Ok(lookup)
    }
}

impl<S: Sql> Store<S> {
    /// Whether any owner has a key of this digest.
    fn has_digest(&self, digest: &KeyDigest) -> Stored<bool> {
        Ok(self.count("keys WHERE digest = ?", &[digest.to_hex().into()])? > 0)
    }

    /// Whether an owner has a key of this id, or had one.
    pub(super) fn was_there(&self, owner: &Owner, id: &KeyId) -> Stored<bool> {
        let of = [owner.to_string().into(), id.as_str().into()];
        Ok(self.count("origins WHERE owner = ? AND id = ?", &of)? > 0)
    }
}
