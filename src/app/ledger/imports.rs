//! What is imported, row by row: one that is wrong fails alone, and what is right is committed together.

use keyward_core::foreign::{ALIKE_MAX, ForeignHash, Hint, RECIPES_MAX, SHAPES_MAX};
use keyward_core::import::{ImportFault, ImportedKey, restore};
use keyward_core::lifecycle::Transition;
use keyward_core::organization::OrganizationChanges;
use keyward_core::policy::authorize_restoration;
use keyward_core::staleness::Limits;
use keyward_core::{
    Channel, Entropy, ErrorCode, EventId, KeyDigest, KeyId, KeyRecord, Member, Organization, Owner,
    Timestamp, grant,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::channels::no_channels;
use super::foreign::Lookup;
use super::queries::KeyUse;
use super::sql::{Row, Sql, unreadable};
use super::store::{Store, Stored};
use super::{Ledger, Transaction};
use crate::caller::Caller;
use crate::kv;
use crate::problem::{Problem, require};
use crate::resources::StoredEvent;

/// What a line of an export is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LineKind {
    /// The organization itself.
    Organization,
    /// A member.
    Member,
    /// A sales channel.
    Channel,
    /// A key.
    Key,
    /// An event of its trail.
    Event,
    /// A row that could not be read, and so is missing.
    Unreadable,
}

/// A line of an export: as it is stored. Which of the fields there are depends on the kind.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Line {
    pub(crate) kind: LineKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) organization: Option<Organization>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<Member>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) channel: Option<Channel>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<Box<KeyRecord>>,
    /// Of a foreign key: its hash as it was imported, and the digest of the row.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) hash: Option<ForeignHash>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) row: Option<KeyDigest>,
    /// Of an event, or of what cannot be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) event: Option<StoredEvent>,
}

impl Line {
    /// A line without fields.
    pub(crate) fn new(kind: LineKind) -> Self {
        let (organization, member, channel, key, hash) = (None, None, None, None, None);
        Self { kind, organization, member, channel, key, hash, row: None, id: None, event: None }
    }
}

/// A row to import.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[allow(
    clippy::large_enum_variant,
    reason = "there are a thousand at the most; it is not as large in 32 bits"
)]
pub enum ImportRow {
    /// A key that another system has issued.
    Foreign(ImportedKey),
    /// A line of an export.
    Exported(Line),
}

impl From<ImportFault> for Problem {
    fn from(fault: ImportFault) -> Self {
        Self::new(ErrorCode::RequestBadField).because(fault.to_string())
    }
}

/// What is to be committed, and what of it later rows have to know.
#[derive(Debug)]
pub(crate) struct Import {
    transaction: Transaction,
    /// The ids and digests of this request; the hashes with the digests of their rows; and how many there are of each redacted
    /// form.
    seen: Map<String, Value>,
    /// The sales channels of this request, by their ids.
    channels: Map<String, Value>,
    /// How many members this request adds.
    members: u32,
    lookups: Vec<Lookup>,
}

/// A hash among what was seen.
fn place(hash: &ForeignHash) -> String {
    [&hash.recipe().id(), " ", hash.value()].concat()
}

impl Import {
    /// How many keys of this request have a redacted form, and are found by it.
    fn alike(&self, hint: &str) -> usize {
        let count = self.seen.get(hint).and_then(Value::as_u64).unwrap_or_default();
        usize::try_from(count).unwrap_or(usize::MAX)
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// Begins to import.
    pub(crate) fn import(&self, caller: &Caller) -> Result<Import, Problem> {
        Ok(Import {
            transaction: self.transaction(),
            seen: Map::new(),
            channels: Map::new(),
            members: 0,
            lookups: self.store.lookups(&caller.owner)?,
        })
    }

    /// Commits what was imported; a dry run only says whether there is room for it.
    pub(crate) fn commit_import(&mut self, import: Import, dry_run: bool) -> Result<(), Problem> {
        if dry_run { self.require_space(&import.transaction) } else { self.commit(import.transaction) }
    }

    /// Adds a row to what is to be committed. Says whether it is new.
    ///
    /// # Errors
    /// What is wrong with the row.
    pub(crate) fn import_row(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        row: ImportRow,
    ) -> Result<bool, Problem> {
        match row {
            ImportRow::Foreign(key) => self.import_key(import, caller, key),
            ImportRow::Exported(Line { kind: LineKind::Channel, channel: Some(channel), .. }) => {
                self.import_channel(import, caller, &channel)
            }
            ImportRow::Exported(line) => {
                require(authorize_restoration(&caller.principal, &caller.owner))?;
                // A line that comes twice, which the store does not know yet.
                let same = KeyDigest::of(&crate::json(&line)).to_hex();
                if import.seen.contains_key(&same) {
                    return Ok(false);
                }
                let is_new = match line {
                    Line { kind: LineKind::Organization, organization: Some(organization), .. } => {
                        self.restore_organization(import, caller, &organization)
                    }
                    Line { kind: LineKind::Member, member: Some(member), .. } => {
                        self.restore_member(import, caller, &member)
                    }
                    Line { kind: LineKind::Key, key: Some(key), hash, row, .. } => {
                        self.restore_key(import, caller, *key, hash.zip(row))
                    }
                    Line { kind: LineKind::Event, id: Some(id), event: Some(event), .. } => {
                        self.restore_event(import, caller, &id, &event)
                    }
                    Line { kind: LineKind::Unreadable, .. } => {
                        Err(bad("It could not be read when it was exported, and is missing."))
                    }
                    _ => Err(bad("It is no line of an export: what its kind is about is missing.")),
                }?;
                import.seen.insert(same, Value::Null);
                Ok(is_new)
            }
        }
    }

    fn import_key(
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

    /// Adds a sales channel. As with a key, a sales channel that differs from the one that is there overwrites nothing.
    fn import_channel(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        channel: &Channel,
    ) -> Result<bool, Problem> {
        let (owner, id, json) = (&caller.owner, channel.id.as_str(), crate::json(channel));
        let there = match import.channels.get(id).and_then(Value::as_str) {
            Some(there) => Some(there.to_owned()),
            None => self.store.channel(owner, &channel.id)?.as_ref().map(crate::json),
        };
        if let Some(there) = there {
            return if there == json { Ok(false) } else { Err(ErrorCode::ImportDiffers.into()) };
        }
        self.require_room_for_channel(owner, import.channels.len())?;
        import.transaction.put_channel(owner, channel);
        import.channels.insert(id.to_owned(), json.into());
        Ok(true)
    }

    /// Puts a key back as it was. Its links stay even where a sales channel is missing: what it means does not change by moving.
    fn restore_key(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        key: KeyRecord,
        hash: Option<(ForeignHash, KeyDigest)>,
    ) -> Result<bool, Problem> {
        require_own(key.owner == caller.owner)?;
        self.require_past(key.updated_at)?;
        if key.foreign.is_some() != hash.is_some() {
            return Err(bad("A foreign key has to have its hash and its row, and no other has."));
        }
        if let Some(there) = self.store.key(&caller.owner, &key.id)? {
            // How often it was changed, when it was last used, and on which side its text was seen are not a part of it.
            let is_seen_there = !key.is_pending() && there.is_pending();
            let key = if key.is_pending() && !there.is_pending() { key.found_by(there.digest) } else { key };
            let same = if is_seen_there { there.clone().found_by(key.digest) } else { there.clone() };
            let (version, updated_at, last_used_at) = (key.version, key.updated_at, key.last_used_at);
            let same = KeyRecord { version, updated_at, last_used_at, ..same };
            if crate::json(&same) == crate::json(&key) {
                return Ok(false);
            }
            let revoked = there.revoke_as(&key, &caller.actor(), self.now);
            return match revoked {
                Some(revoked) if import.seen.insert(key.id.as_str().to_owned(), Value::Null).is_none() => {
                    self.put_keys(&mut import.transaction, [revoked])?;
                    Ok(true)
                }
                _ => Err(ErrorCode::ImportDiffers.into()),
            };
        }
        // Where it came from outlives it: deleted is for good.
        if self.store.was_there(&caller.owner, &key.id)? {
            return Err(ErrorCode::ImportDeleted.into());
        }
        // The same row of the other system may have been imported here as another key.
        if let Some((hash, _)) = &hash {
            let stored = self.store.imported(&caller.owner, &hash.recipe().id(), hash.value())?;
            if stored.is_some() || import.seen.contains_key(&place(hash)) {
                return Err(ErrorCode::ImportDiffers.into());
            }
        }
        let (actor, now) = (caller.actor(), self.now);
        let key_use = key.last_used_at.map(|at| KeyUse {
            owner: key.owner.clone(),
            key: key.id.clone(),
            at,
            refused: 0,
        });
        self.add_key(import, restore(key, &actor, now)?, hash)?;
        if let Some(key_use) = &key_use {
            import.transaction.record_use(key_use);
        }
        Ok(true)
    }

    /// Adds a key that is not there yet to what is to be committed, with the hash that it was imported with and the digest of its
    /// row, if it is a foreign one.
    fn add_key(
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

    fn restore_organization(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        organization: &Organization,
    ) -> Result<bool, Problem> {
        let there = self.organization(caller)?;
        require_own(there.id == organization.id)?;
        let Limits { max_staleness_seconds, on_outage_max_seconds } = organization.limits;
        let changes = OrganizationChanges {
            name: Some(organization.name.clone()),
            max_staleness_seconds: Some(max_staleness_seconds),
            on_outage_max_seconds: Some(on_outage_max_seconds),
        };
        let (updated, events) = there.clone().update(changes, &caller.actor(), self.now);
        // Until when a higher ceiling of before may hold is told by this deployment, and by no other.
        let restored = Organization { settled_at: updated.settled_at, ..organization.clone() };
        if crate::json(&there) == crate::json(&restored) {
            return Ok(false);
        }
        // Of two states of one organization the newer counts. Another, which was created to be filled, becomes this one.
        let is_one =
            there.created_at == organization.created_at && there.created_by == organization.created_by;
        if is_one && there.updated_at > organization.updated_at {
            return Err(ErrorCode::ImportDiffers.into());
        }
        self.save_organization(&mut import.transaction, &restored, events)?;
        Ok(true)
    }

    fn restore_member(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        member: &Member,
    ) -> Result<bool, Problem> {
        let organization = self.organization(caller)?;
        if let Some(there) = self.store.member(&organization.id, &member.user)? {
            return if there.role == member.role { Ok(false) } else { Err(ErrorCode::ImportDiffers.into()) };
        }
        self.require_past(member.updated_at)?;
        if import.seen.contains_key(member.user.as_str()) {
            return Err(ErrorCode::ImportDiffers.into());
        }
        // A thousand rows make no more members than there is room for.
        self.require_room(&organization.id, import.members)?;
        import.seen.insert(member.user.as_str().to_owned(), Value::Null);
        import.members += 1;
        let (_, event) = Member::add(member.user.clone(), member.role, &caller.actor(), self.now);
        import.transaction.put_member(&organization.id, member);
        self.save_membership(
            &mut import.transaction,
            &organization,
            &member.user,
            [None, Some(member.role)],
            event,
        )?;
        Ok(true)
    }

    /// Refuses what would be newer than all that happens to it here next: copies are told apart by their instants.
    fn require_past(&self, updated_at: Timestamp) -> Result<(), Problem> {
        if updated_at < self.now { Ok(()) } else { Err(bad("It was changed later than now.")) }
    }

    fn restore_event(
        &mut self,
        import: &mut Import,
        caller: &Caller,
        id: &str,
        event: &StoredEvent,
    ) -> Result<bool, Problem> {
        let id = EventId::parse(id).map_err(|_| bad("The id is not that of an event."))?;
        if import.seen.contains_key(id.as_str()) || self.store.has_event(&caller.owner, &id)? {
            return Ok(false);
        }
        import.seen.insert(id.as_str().to_owned(), Value::Null);
        import.transaction.put_back(&id, &caller.owner, event);
        Ok(true)
    }
}

fn bad(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::RequestBadField).because(detail)
}

fn require_own(is_own: bool) -> Result<(), Problem> {
    if is_own { Ok(()) } else { Err(bad("It belongs to another organization.")) }
}

/// Keys and events on a page of an export.
pub(crate) const EXPORT_PAGE: usize = 500;

impl<S: Sql> Store<S> {
    /// Whether any owner has a key of this digest.
    fn has_digest(&self, digest: &KeyDigest) -> Stored<bool> {
        Ok(self.count("keys WHERE digest = ?", &[digest.to_hex().into()])? > 0)
    }

    /// Whether an owner has a key of this id, or had one.
    fn was_there(&self, owner: &Owner, id: &KeyId) -> Stored<bool> {
        let of = [owner.to_string().into(), id.as_str().into()];
        Ok(self.count("origins WHERE owner = ? AND id = ?", &of)? > 0)
    }

    /// The next keys of an owner after this id, as lines of an export, each with its id.
    pub(crate) fn keys_to_export(&self, caller: &Caller, after: &str) -> Stored<Vec<(String, Line)>> {
        let query = "SELECT id, body, last_used_at FROM keys WHERE owner = ? AND id > ? ORDER BY id LIMIT ?";
        self.lines(query, caller, after, |row| {
            let record = super::store::key(row)?;
            let mut line = Line::new(LineKind::Key);
            if record.foreign.is_some() {
                let query = "SELECT row, body FROM hashes WHERE owner = ? AND id = ?";
                let of = [caller.owner.to_string().into(), record.id.as_str().into()];
                let found = self
                    .first(query, &of, |row| Ok((super::store::digest(row)?, row.json::<ForeignHash>()?)))?;
                let (row, hash) = found.ok_or_else(|| unreadable("a foreign key has no hash"))?;
                (line.row, line.hash) = (Some(row), Some(hash));
            }
            line.key = Some(Box::new(record));
            Ok(line)
        })
    }

    /// The next events of an owner after this id, as lines of an export, each with its id.
    pub(crate) fn events_to_export(&self, caller: &Caller, after: &str) -> Stored<Vec<(String, Line)>> {
        let query = "SELECT id, body FROM events WHERE owner = ? AND id > ? ORDER BY id LIMIT ?";
        self.lines(query, caller, after, |row| {
            Ok(Line { event: Some(row.json()?), ..Line::new(LineKind::Event) })
        })
    }

    fn lines(
        &self,
        query: &str,
        caller: &Caller,
        after: &str,
        read: impl Fn(&mut Row) -> Stored<Line>,
    ) -> Stored<Vec<(String, Line)>> {
        let limit = i64::try_from(EXPORT_PAGE).unwrap_or_default();
        self.read(query, &[caller.owner.to_string().into(), after.into(), limit.into()], |row| {
            let id = row.text()?;
            let line = match read(row) {
                Err(_) => Line { id: Some(id.clone()), ..Line::new(LineKind::Unreadable) },
                Ok(line) if line.kind == LineKind::Event => Line { id: Some(id.clone()), ..line },
                Ok(line) => line,
            };
            Ok((id, line))
        })
    }
}
