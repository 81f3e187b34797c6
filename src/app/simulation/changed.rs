//! Whether what was answered has happened, and is right in the end: changes, what repeated requests have made, what KV holds.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::history::{Entry, History, KeyState, Subject};

/// What a change that was answered has made so.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub(crate) enum Change {
    /// There was such a key. The answer to a repeated request is that of the first, whatever has become of the key.
    Made,
    /// A key has these settings.
    Updated { settings: Map<String, Value> },
    /// A key ends, or is gone.
    Revoked,
    /// A key is gone.
    Deleted,
    /// A user has this role in an organization, or is no member of it.
    Member { role: Option<String> },
}

impl History {
    /// Checks that a change was so at some moment between the request and its answer.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check_change(
        &self,
        of: &str,
        change: &Change,
        (from, to): (i64, i64),
    ) -> Result<(), String> {
        fn was<T>(
            subject: Option<&Subject<T>>,
            (from, to): (i64, i64),
            is_so: impl Fn(Option<&T>) -> bool,
        ) -> bool {
            let states = subject.map(|subject| subject.during(from, to)).unwrap_or_default();
            states
                .into_iter()
                .any(|entry: Option<&Entry<T>>| is_so(entry.and_then(|entry| entry.state.as_ref())))
        }
        let (key, member) = (self.keys.get(of), self.members.get(of));
        let is_there = match change {
            Change::Made => key.is_some(),
            Change::Updated { settings } => was(key, (from, to), |key: Option<&KeyState>| {
                let so = |key: &KeyState| {
                    settings.iter().all(|(name, value)| key.body["settings"][name] == *value)
                };
                key.is_some_and(so)
            }),
            Change::Revoked => was(key, (from, to), |key| key.is_none_or(|key| key.revoked_at.is_some())),
            Change::Deleted => was(key, (from, to), |key| key.is_none()),
            Change::Member { role } => was(member, (from, to), |so| so == role.as_ref()),
        };
        let lost = || format!("{change:?} of {of} was answered, and is not in the history");
        if is_there { Ok(()) } else { Err(lost()) }
    }

    /// What was created twice: each creation has a title of its own, whatever has become of its requests; a successor
    /// inherits it.
    pub(crate) fn created_twice(&self) -> Vec<String> {
        let mut made: BTreeMap<&str, usize> = BTreeMap::new();
        for key in self.keys.values() {
            let first = key.entries.first().and_then(|entry| entry.state.as_ref());
            if let Some(first) = first.filter(|key| !key.is_successor && !key.title.contains("renamed")) {
                *made.entry(&first.title).or_default() += 1;
            }
        }
        let twice = made.into_iter().filter(|(_, count)| *count > 1);
        twice.map(|(title, _)| format!("\"{title}\" was created twice")).collect()
    }

    /// What is wrong in KV when everything has been told, with the digest of the key that it concerns. `stored` gives what KV
    /// holds at a place.
    pub(crate) fn wrong_copies(&self, stored: impl Fn(&str) -> Option<String>) -> Vec<(String, String)> {
        let mut wrong = Vec::new();
        for (digest, key) in &self.keys {
            let Some(copy) = stored(&format!("key/{digest}")).as_deref().map(unstamped) else {
                wrong.push((digest.clone(), "KV does not have a key in the end".to_owned()));
                continue;
            };
            let truth = key.last().map_or(Value::Null, |key| key.body.clone());
            if copy["record"] != truth {
                wrong.push((digest.clone(), format!("KV is wrong in the end: {copy}")));
            }
        }
        for (name, member) in &self.members {
            // Whoever creates an organization is in KV from the first change on.
            let Some(copy) = stored(&format!("member/{name}")).as_deref().map(unstamped) else { continue };
            if copy["role"].as_str() != member.last().map(String::as_str) {
                wrong.push((String::new(), format!("KV is wrong in the end about {name}: {copy}")));
            }
        }
        wrong
    }
}

/// The value of KV without its stamp.
fn unstamped(stored: &str) -> Value {
    let (_, text) = stored.split_once('.').expect("a stamp");
    serde_json::from_str(text).expect("JSON")
}
