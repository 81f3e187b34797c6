//! A history that was recorded elsewhere: over HTTP, of the real worker. It comes as lines of JSON, and is checked by the rules
//! by which simulations are.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use keyward_core::Owner;
use serde::Deserialize;
use serde_json::Value;

use super::changed::Change;
use super::checker::{Caller, Question, Seen};
use super::history::{History, MachineClock, Table, instant};
use super::isolates::Answer;
use super::world::START;

/// A line. All true times are in milliseconds since 1970, by one clock.
#[derive(Debug, Deserialize)]
#[serde(tag = "line", rename_all = "snake_case", deny_unknown_fields)]
enum Line {
    /// A row that the ledger of this owner has committed: `instant` by its own clock, `at` by the true time.
    Row { ledger: Owner, table: Table, name: String, instant: i64, at: i64, body: Option<Value> },
    /// A verify and its answer; `healed` if nothing went wrong at that time, and in `how` whatever did, for people.
    Verify {
        caller: Credential,
        question: Asked,
        began: i64,
        ended: i64,
        status: u16,
        body: Value,
        healed: bool,
        how: Value,
    },
    /// A change that was answered: of a key by its digest, or of a member by organization and user. `by` is what was promised.
    Change { of: String, change: Change, began: i64, ended: i64, by: Option<Value> },
    /// What KV holds in the end.
    Copy { place: String, stored: String },
    /// What a ledger has not delivered in the end.
    Waiting { ledger: Owner, count: u64 },
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
enum Credential {
    Operator,
    Organization { key: String },
    Member { key: String },
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: String,
    organization: Option<String>,
    scopes: Vec<String>,
    max_staleness_seconds: i64,
    stale_on_outage: bool,
}

/// What was seen in a recorded history.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Verifies that were answered with a verdict.
    pub verdicts: u64,
    /// Verifies whose caller was refused.
    pub refused: u64,
    /// Verifies that were answered with 503.
    pub unavailable: u64,
    /// Changes that were checked.
    pub changes: u64,
    /// Rows that ledgers have committed.
    pub commits: u64,
    /// Whatever is wrong, each with what the key was.
    pub violations: Vec<String>,
}

impl From<Credential> for Caller {
    fn from(credential: Credential) -> Self {
        match credential {
            Credential::Operator => Self::Operator,
            Credential::Organization { key } => Self::Organization(key),
            Credential::Member { key } => Self::Member(key),
        }
    }
}

struct Verified {
    question: Question,
    answer: Answer,
    is_healed: bool,
    how: Value,
}

/// What a recorded history is read into.
#[derive(Default)]
struct Recorded {
    history: History,
    verifies: Vec<Verified>,
    changes: Vec<(String, Change, (i64, i64))>,
    /// By digest: when no answer may say "valid" any more.
    promises: BTreeMap<String, i64>,
    copies: BTreeMap<String, String>,
    checked: Checked,
}

impl Recorded {
    fn add(&mut self, line: Line) {
        match line {
            Line::Row { ledger, table, name, instant, at, body } => {
                let ledger = ledger.ledger();
                // Machines have the true time there, and ledgers are never behind it.
                let clock = MachineClock { since: i64::MIN, ahead: 0, asked_at: None };
                self.history.clocks.entry(ledger).or_insert_with(|| vec![clock]);
                self.history.record(ledger, (table, &name), (instant, at - START), body.as_ref());
                self.checked.commits += 1;
            }
            Line::Verify { caller, question, began, ended, status, body, healed, how } => {
                let question = Question {
                    caller: caller.into(),
                    key: question.key,
                    organization: question.organization,
                    scopes: question.scopes,
                    bound: question.max_staleness_seconds,
                    stale_on_outage: question.stale_on_outage,
                };
                let (began, ended) = (began - START, ended - START);
                let answer = Answer { status, body, began, ended, traced: 0, asked: 0 };
                self.verifies.push(Verified { question, answer, is_healed: healed, how });
            }
            Line::Change { of, change, began, ended, by } => {
                if let Some(by) = by.as_ref().and_then(instant) {
                    let promises = self.promises.entry(of.clone());
                    promises.and_modify(|promised| *promised = by.min(*promised)).or_insert(by);
                }
                self.changes.push((of, change, (began - START, ended - START)));
            }
            Line::Copy { place, stored } => {
                self.copies.insert(place, stored);
            }
            Line::Waiting { ledger, count } if count > 0 => {
                self.checked
                    .violations
                    .push(format!("the outbox of {ledger} is not empty in the end: {count}"));
            }
            Line::Waiting { .. } => {}
        }
    }

    fn check(self) -> Checked {
        let Self { history, verifies, changes, promises, copies, mut checked } = self;
        let mut violations = Vec::new();
        let mut violate = |what: String, digest: &str| {
            violations.push(format!("{what}\n  {}", history.story(digest).join("\n  ")));
        };
        for (of, change, window) in &changes {
            checked.changes += 1;
            if let Err(what) = history.check_change(of, change, *window) {
                violate(what, of);
            }
        }
        for Verified { question, answer, is_healed, how } in &verifies {
            let by = promises.get(&question.key);
            let kept = by.map_or(Ok(()), |by| history.check_promise(question, answer, *by));
            match kept.and(history.check(question, answer, *is_healed)) {
                Ok(Seen::Verdict) => checked.verdicts += 1,
                Ok(Seen::Refused) => checked.refused += 1,
                Ok(Seen::Unavailable) => checked.unavailable += 1,
                Err(what) => violate(
                    format!(
                        "{what}\n  {question:?}\n  {how} from {} to {}: {} {}",
                        answer.began, answer.ended, answer.status, answer.body
                    ),
                    &question.key,
                ),
            }
        }
        for what in history.created_twice() {
            violate(what, "");
        }
        for (digest, what) in history.wrong_copies(|place| copies.get(place).cloned()) {
            violate(what, &digest);
        }
        checked.violations.append(&mut violations);
        checked
    }
}

/// Checks a recorded history. The rows of each ledger come in the order of their commits, everything else in any.
///
/// # Errors
/// When a line cannot be read.
pub fn check(lines: &str) -> Result<Checked, String> {
    let mut recorded = Recorded::default();
    for (index, text) in lines.lines().enumerate() {
        let line = serde_json::from_str(text);
        recorded.add(line.map_err(|error| format!("line {}: {error}", index + 1))?);
    }
    Ok(recorded.check())
}
