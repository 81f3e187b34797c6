//! What is imported, row by row: one that is wrong fails alone, and what is right is committed together.

mod keys;
mod restore;

use keyward_core::foreign::ForeignHash;
use keyward_core::import::{ImportFault, ImportedKey};
use keyward_core::policy::authorize_restoration;
use keyward_core::{Channel, Entropy, ErrorCode, KeyDigest};
use serde_json::{Map, Value};

use super::exports::{Line, LineKind};
use super::foreign::Lookup;
use super::sql::Sql;
use super::{Ledger, Transaction};
use crate::caller::Caller;
use crate::problem::{Problem, require};

/// A row to import.
#[derive(Debug)]
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
}

fn bad(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::RequestBadField).because(detail)
}
