//! What was so, and when: recorded from what ledgers commit, and from nothing that anybody believes.

use std::collections::BTreeMap;

use keyward_core::{LedgerLocator, Timestamp};
use serde_json::Value;

/// A change: the instant of the ledger's clock, the true time, and what is so from then on; `None` for what is gone.
#[derive(Debug, Clone)]
pub(crate) struct Entry<T> {
    pub(crate) instant: i64,
    pub(crate) at: i64,
    pub(crate) state: Option<T>,
}

/// Everything that one thing ever was.
#[derive(Debug, Clone)]
pub(crate) struct Subject<T> {
    pub(crate) ledger: LedgerLocator,
    pub(crate) entries: Vec<Entry<T>>,
}

impl<T> Subject<T> {
    /// The entry that holds at an instant; several, if it changed in that millisecond. `None` for before there was one.
    pub(crate) fn at(&self, instant: i64) -> Vec<Option<&Entry<T>>> {
        let first = self.entries.iter().rposition(|entry| entry.instant < instant);
        let within = self.entries.iter().filter(|entry| entry.instant == instant);
        std::iter::once(first.map(|index| &self.entries[index])).chain(within.map(Some)).collect()
    }

    /// Whether an entry (or the time before the first) held at some true time in this range.
    pub(crate) fn holds_during(&self, entry: Option<&Entry<T>>, from: i64, to: i64) -> bool {
        let begins = entry.map_or(i64::MIN, |entry| entry.at);
        let index = entry.map_or(0, |entry| {
            1 + self.entries.iter().position(|other| std::ptr::eq(other, entry)).expect("its own")
        });
        let ends = self.entries.get(index).map_or(i64::MAX, |next| next.at);
        begins <= to && ends >= from
    }

    /// What held at some true time in this range.
    pub(crate) fn during(&self, from: i64, to: i64) -> Vec<Option<&Entry<T>>> {
        let all = std::iter::once(None).chain(self.entries.iter().map(Some));
        all.filter(|entry| self.holds_during(*entry, from, to)).collect()
    }

    pub(crate) fn last(&self) -> Option<&T> {
        self.entries.last().and_then(|entry| entry.state.as_ref())
    }
}

/// What a ledger has committed of a key.
#[derive(Debug, Clone)]
pub(crate) struct KeyState {
    pub(crate) id: String,
    /// `organization:acme`, `user:ada`
    pub(crate) owner: String,
    pub(crate) title: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) is_strong: bool,
    pub(crate) expires_at: Option<i64>,
    pub(crate) revoked_at: Option<i64>,
    pub(crate) is_successor: bool,
    /// The whole record, as it is stored.
    pub(crate) body: Value,
}

/// How stale answers about an organization's keys may be, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ceiling {
    pub(crate) bound: i64,
    pub(crate) on_outage: i64,
}

impl Ceiling {
    /// What all allow who have not said anything else.
    pub(crate) const DEFAULT: Self = Self { bound: 30, on_outage: 0 };
}

/// The clock of a machine that a ledger runs on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MachineClock {
    /// Since when it runs there, by the true time.
    pub(crate) since: i64,
    /// How far it is ahead of the true time.
    pub(crate) ahead: i64,
    /// When the ledger was asked last on this machine, by the true time: what it has shown nobody was never so.
    pub(crate) asked_at: Option<i64>,
}

/// The ledgers' commits, and what their clocks have shown.
#[derive(Debug, Default)]
pub(crate) struct History {
    /// By digest.
    pub(crate) keys: BTreeMap<String, Subject<KeyState>>,
    /// By organization and user: the role.
    pub(crate) members: BTreeMap<String, Subject<String>>,
    pub(crate) ceilings: BTreeMap<String, Subject<Ceiling>>,
    /// The machines that a ledger has run on, one after the other.
    pub(crate) clocks: BTreeMap<LedgerLocator, Vec<MachineClock>>,
    /// The instants of a ledger's commits, with their true times.
    commits: BTreeMap<LedgerLocator, Vec<(i64, i64)>>,
}

/// The instant that a text in a record stands for.
pub(crate) fn instant(value: &Value) -> Option<i64> {
    let text = value.as_str()?;
    Some(Timestamp::parse(text).expect("an instant").as_millis())
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

fn key_state(body: &Value) -> KeyState {
    let (owner, settings) = (&body["owner"], &body["settings"]);
    let id = owner["id"].as_str().map(|id| format!(":{id}")).unwrap_or_default();
    KeyState {
        id: text(&body["id"]),
        owner: format!("{}{id}", text(&owner["type"])),
        title: text(&settings["title"]),
        scopes: settings["scopes"].as_array().expect("scopes").iter().map(text).collect(),
        is_strong: settings["consistency"] == "strong",
        expires_at: instant(&settings["expires_at"]),
        revoked_at: instant(&body["revocation"]["at"]),
        is_successor: !body["rolled_from"].is_null(),
        body: body.clone(),
    }
}

/// What an organization allows.
fn ceiling(body: &Value) -> Ceiling {
    let number = |name: &str| body["limits"][name].as_i64().expect("a number");
    Ceiling { bound: number("max_staleness_seconds"), on_outage: number("on_outage_max_seconds") }
}

/// The three tables of which everything is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Table {
    Keys,
    Members,
    Organizations,
}

impl History {
    /// Records that a row was written, or is gone.
    pub(crate) fn record(
        &mut self,
        ledger: LedgerLocator,
        (table, row): (Table, &str),
        (instant, at): (i64, i64),
        body: Option<&Value>,
    ) {
        fn add<T>(
            subjects: &mut BTreeMap<String, Subject<T>>,
            name: &str,
            ledger: LedgerLocator,
            entry: Entry<T>,
        ) {
            let new = || Subject { ledger, entries: Vec::new() };
            subjects.entry(name.to_owned()).or_insert_with(new).entries.push(entry);
        }
        match table {
            Table::Keys => {
                add(&mut self.keys, row, ledger, Entry { instant, at, state: body.map(key_state) });
            }
            Table::Members => {
                let state = body.map(|body| text(&body["role"]));
                add(&mut self.members, row, ledger, Entry { instant, at, state });
            }
            Table::Organizations => {
                add(&mut self.ceilings, row, ledger, Entry { instant, at, state: body.map(ceiling) });
            }
        }
        let commits = self.commits.entry(ledger).or_default();
        commits.push((instant, at));
    }

    /// The latest instant that a ledger's clock is known to have shown by a true time: when it was asked on a machine that it
    /// has run on, what that shows on which it runs, or of its commits. Its clock never goes back, whatever theirs do.
    pub(crate) fn reading(&self, ledger: LedgerLocator, start: i64, at: i64) -> i64 {
        let machines = self.clocks.get(&ledger).map(Vec::as_slice).unwrap_or_default();
        let is_gone = machines.iter().skip(1).map(|_| true).chain([false]);
        let shown = machines.iter().zip(is_gone).filter(|(clock, _)| clock.since <= at);
        let shown = shown.filter_map(|(clock, is_gone)| {
            let last = if is_gone { clock.asked_at?.min(at) } else { at };
            Some(start + last + clock.ahead)
        });
        let commits = self.commits.get(&ledger).map(Vec::as_slice).unwrap_or_default();
        let committed = commits.iter().rev().find(|(_, when)| *when <= at).map(|(instant, _)| *instant);
        shown.chain(committed).max().unwrap_or(i64::MIN)
    }
}
