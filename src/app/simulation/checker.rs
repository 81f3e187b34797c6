//! Whether answers are right. It knows what the API promises and what ledgers have committed, and nothing of how answers
//! are made.
//!
//! Of each verdict: at `as_of` the key was in the state that the verdict tells, and that state was still true at a moment
//! that is no longer ago than was asked. An answer may always be as old as its request: what a ledger has read after the
//! request arrived is fresh, however long the answer takes.

use super::history::{Ceiling, Entry, History, KeyState, Subject, instant};
use super::isolates::Answer;
use super::world::START;

/// Who verifies.
#[derive(Debug, Clone)]
pub(crate) enum Caller {
    Operator,
    /// With a key of this digest.
    Organization(String),
    /// With a personal key of this digest, for the organization that is named.
    Member(String),
}

/// A question about a key.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    pub(crate) caller: Caller,
    /// The digest of the key in question.
    pub(crate) key: String,
    pub(crate) organization: Option<String>,
    pub(crate) scopes: Vec<String>,
    /// How old the answer may be, in seconds.
    pub(crate) bound: i64,
    /// Whether an older answer is wanted where a ledger cannot be reached.
    pub(crate) stale_on_outage: bool,
}

/// What was seen of a verify, for the figures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Seen {
    Verdict,
    /// Nothing could be proven: a ledger could not be reached.
    Unavailable,
    /// The caller was refused.
    Refused,
}

/// A key with this scope holds every other.
const ALL: &str = "*";
/// What a caller's key has to hold.
const VERIFY: &str = "keys:verify";

fn holds(key: &KeyState, scope: &str) -> bool {
    key.scopes.iter().any(|held| held == scope || held == ALL)
}

/// `None` while the key works.
fn ended(key: &KeyState, at: i64) -> Option<&'static str> {
    match (key.revoked_at, key.expires_at) {
        (Some(revoked), _) if revoked <= at => Some("revoked"),
        (_, Some(expires)) if expires <= at => Some("expired"),
        _ => None,
    }
}

/// The verdict on a key in this state, where its user is a member or is not; the reasons in the order of the API's contract.
fn verdict(
    key: Option<&KeyState>,
    at: i64,
    for_organization: Option<&str>,
    required: Option<&str>,
    scopes: &[String],
    is_member: bool,
) -> &'static str {
    let Some(key) = key else { return "unknown" };
    let owned_by = |organization: &str| key.owner.strip_prefix("organization:") == Some(organization);
    let is_personal = key.owner.starts_with("user:");
    if for_organization.is_some_and(|own| !(owned_by(own) || is_personal && is_member)) {
        return "unknown";
    }
    if let Some(code) = ended(key, at) {
        return code;
    }
    let is_elsewhere = |required: &str| for_organization.is_some_and(|own| own != required);
    if required.is_some_and(|id| !(owned_by(id) || is_personal && is_member && !is_elsewhere(id))) {
        return "not_a_member";
    }
    if scopes.iter().all(|scope| holds(key, scope)) { "valid" } else { "insufficient_scope" }
}

type State<'a, T> = Option<&'a Entry<T>>;

fn state<T>(entry: State<'_, T>) -> Option<&T> {
    entry.and_then(|entry| entry.state.as_ref())
}

/// When an answer is no older than its request, or than so many seconds.
fn oldest(answer: &Answer, bound: i64) -> i64 {
    answer.began.min(answer.ended - bound * 1000)
}

impl History {
    fn organization_of(&self, question: &Question) -> Option<String> {
        match &question.caller {
            Caller::Operator => None,
            Caller::Organization(digest) => {
                let owner = &self.keys.get(digest)?.entries.first()?.state.as_ref()?.owner;
                owner.strip_prefix("organization:").map(str::to_owned)
            }
            Caller::Member(_) => question.organization.clone(),
        }
    }

    fn reading_of<T>(&self, subject: Option<&Subject<T>>, at: i64) -> i64 {
        subject.map_or(START + at, |subject| self.reading(subject.ledger, START, at))
    }

    /// Who the caller is a member as.
    fn membership(
        &self,
        key: Option<&Subject<KeyState>>,
        organization: Option<&String>,
    ) -> Option<&Subject<String>> {
        let owner = &key?.entries.first()?.state.as_ref()?.owner;
        self.members.get(&format!("{}/{}", organization?, owner.strip_prefix("user:")?))
    }

    /// Whether the caller may verify: certainly at every moment since then, or at some moment.
    fn caller(&self, question: &Question, from: i64, to: i64) -> (bool, bool) {
        let (Caller::Organization(digest) | Caller::Member(digest)) = &question.caller else {
            return (true, true);
        };
        let key = self.keys.get(digest);
        // Clocks of ledgers may stand still after a restart, so that a date comes somewhat later.
        let (first, last) = (self.reading_of(key, from), self.reading_of(key, to) + 60_000);
        let may = |entry: State<'_, KeyState>, at: i64| {
            state(entry).is_some_and(|key| ended(key, at).is_none() && holds(key, VERIFY))
        };
        let of_key = key.map_or_else(|| vec![None], |key| key.during(from, to));
        let mut always = of_key.iter().all(|entry| may(*entry, last));
        let mut ever = of_key.iter().any(|entry| may(*entry, first));
        if matches!(question.caller, Caller::Member(_)) {
            let of_member = self.membership(key, question.organization.as_ref());
            let of_member = of_member.map_or_else(|| vec![None], |member| member.during(from, to));
            always &= of_member.iter().all(|entry| state(*entry).is_some());
            ever &= of_member.iter().any(|entry| state(*entry).is_some());
        }
        (always, ever)
    }

    /// How old an answer about what this owner has may be: what was asked, or the owner's ceiling. One that was lowered counts
    /// for as long as it allowed; the second number is for callers that prefer an old answer while there is an outage.
    fn allows(&self, owner: &str, question: &Question, answer: &Answer) -> (i64, i64) {
        let organization = owner.strip_prefix("organization:");
        let Some(ceilings) = organization.and_then(|id| self.ceilings.get(id)) else {
            let bound = question.bound.min(Ceiling::DEFAULT.bound);
            return (bound, bound);
        };
        let within = |choose: &dyn Fn(&Ceiling) -> i64| {
            let all =
                ceilings.entries.iter().filter_map(|entry| Some((entry, choose(entry.state.as_ref()?))));
            let holding = all.filter(|(entry, bound)| {
                ceilings.holds_during(Some(entry), oldest(answer, *bound), answer.ended)
            });
            holding.map(|(_, bound)| bound).max().unwrap_or_default()
        };
        let bound = within(&|ceiling| ceiling.bound.min(question.bound));
        let stale = within(&|ceiling| ceiling.on_outage);
        (bound, if question.stale_on_outage { bound.max(stale) } else { bound })
    }

    fn owner(&self, digest: &str) -> Option<&str> {
        Some(&self.keys.get(digest)?.entries.first()?.state.as_ref()?.owner)
    }

    /// Checks an answer to a verify.
    ///
    /// # Errors
    /// What is wrong with it.
    pub(crate) fn check(
        &self,
        question: &Question,
        answer: &Answer,
        is_healed: bool,
    ) -> Result<Seen, String> {
        let caller = match &question.caller {
            Caller::Operator => None,
            Caller::Organization(digest) | Caller::Member(digest) => self.owner(digest),
        };
        let (_, allowed) = self.allows(caller.unwrap_or_default(), question, answer);
        let (always, ever) = self.caller(question, oldest(answer, allowed), answer.ended);
        match answer.status {
            503 if is_healed => return Err("503, though nothing is wrong any more".into()),
            503 => return Ok(Seen::Unavailable),
            401 | 403 | 404 if always => return Err("the caller was refused, and may verify".into()),
            401 | 403 | 404 => return Ok(Seen::Refused),
            200 => {}
            status => return Err(format!("the status {status}")),
        }
        if !ever {
            return Err("the caller may not verify, and has not been allowed to for longer".into());
        }
        self.check_verdict(question, answer)
    }

    fn check_verdict(&self, question: &Question, answer: &Answer) -> Result<Seen, String> {
        let code = answer.body["code"].as_str().ok_or("no code")?;
        let as_of = instant(&answer.body["as_of"]).ok_or("no as_of")?;
        let own = self.organization_of(question);
        // An organization learns nothing about memberships elsewhere.
        let reached = own.as_ref().or(question.organization.as_ref());
        let (key, owner) = (self.keys.get(&question.key), self.owner(&question.key).unwrap_or_default());
        let member = self.membership(key, reached);
        let (mut bound, mut allowed) = self.allows(owner, question, answer);
        let mut allowed_of_member = allowed;
        if let (Some(organization), Some(_)) = (reached, member) {
            let (of_member, stale) = self.allows(&format!("organization:{organization}"), question, answer);
            bound = bound.max(of_member);
            allowed_of_member = stale;
        }
        if !question.stale_on_outage {
            (allowed, allowed_of_member) = (allowed.min(bound), allowed_of_member.min(bound));
        }
        let (from, from_of_member) = (oldest(answer, allowed), oldest(answer, allowed_of_member));
        // A personal key's membership is in another ledger. Of the two the one whose clock is behind counts.
        let other = reached.filter(|_| owner.starts_with("user:")).and_then(|id| self.ceilings.get(id));
        let is_recent = self.reading_of(key, from);
        let behind = |of_key: i64, of_member: i64| {
            let of_key = self.reading_of(key, of_key);
            other.map_or(of_key, |other| of_key.min(self.reading_of(Some(other), of_member)))
        };
        if as_of < behind(from, from_of_member) {
            let age = self.reading_of(key, answer.ended) - as_of;
            return Err(format!("it is as of {age} ms ago, and may be as of {allowed} s ago"));
        }
        let states = key.map_or_else(|| vec![None], |key| key.at(as_of));
        let memberships = member.map_or_else(|| vec![None], |member| member.at(as_of));
        // It also has to be what was so no longer ago than was asked.
        let memberships = memberships.into_iter().filter(|entry| {
            member.is_none_or(|member| member.holds_during(*entry, from_of_member, answer.ended))
        });
        // `as_of` is of the clock of the key's ledger. By that of the organization's it may be before what was so all the time.
        let meanwhile = member.map(|member| member.during(answer.began, answer.ended)).unwrap_or_default();
        let memberships: Vec<bool> =
            memberships.chain(meanwhile).map(|entry| state(entry).is_some()).collect();
        let mut possible = Vec::new();
        for entry in states {
            if !key.is_none_or(|key| key.holds_during(entry, from, answer.ended)) {
                continue;
            }
            let is_strong = state(entry).is_some_and(|key| key.is_strong);
            if is_strong && as_of < behind(answer.began, answer.began) {
                continue;
            }
            let verdict = |at: i64, is_member: bool| {
                let organization = question.organization.as_deref();
                verdict(state(entry), at, own.as_deref(), organization, &question.scopes, is_member)
            };
            for is_member in [true, false] {
                let code = verdict(as_of, is_member);
                let is_needed = code != verdict(as_of, !is_member);
                if code == verdict(as_of.max(is_recent), is_member)
                    && (!is_needed || memberships.contains(&is_member))
                {
                    possible.push(code);
                }
            }
        }
        if possible.contains(&code) {
            return Ok(Seen::Verdict);
        }
        possible.sort_unstable();
        possible.dedup();
        Err(match possible.as_slice() {
            [] => format!("{code}: nothing that was so at its as_of is recent enough"),
            possible => format!("{code}, and was {} at its as_of", possible.join(" or ")),
        })
    }

    /// Checks that a key is not valid for longer than was promised when it was revoked.
    ///
    /// # Errors
    /// What is wrong.
    pub(crate) fn check_promise(&self, question: &Question, answer: &Answer, by: i64) -> Result<(), String> {
        let (key, owner) = (self.keys.get(&question.key), self.owner(&question.key).unwrap_or_default());
        let organization = owner.strip_prefix("organization:").and_then(|id| self.ceilings.get(id));
        let ceilings = organization.map(|organization| organization.during(answer.began, answer.ended));
        let ceilings = ceilings.into_iter().flatten().filter_map(state).map(|ceiling| ceiling.bound);
        let is_within =
            question.bound <= ceilings.min().unwrap_or(Ceiling::DEFAULT.bound) && !question.stale_on_outage;
        let is_late = self.reading_of(key, answer.began) > by;
        if is_within && is_late && answer.body["code"] == "valid" {
            return Err(format!("valid, and was promised not to be after {}", show(by)));
        }
        Ok(())
    }

    /// Everything that a key was, for people.
    pub(crate) fn story(&self, digest: &str) -> Vec<String> {
        let Some(key) = self.keys.get(digest) else { return vec!["there never was such a key".into()] };
        let line = |entry: &Entry<KeyState>| {
            let what = entry.state.as_ref().map_or("deleted".to_owned(), |key| {
                let date = |at: Option<i64>| at.map_or("never".to_owned(), show);
                format!(
                    "{} of {}: scopes {:?}, strong {}, expires {}, revoked {}",
                    key.id,
                    key.owner,
                    key.scopes,
                    key.is_strong,
                    date(key.expires_at),
                    date(key.revoked_at)
                )
            });
            format!("{}  at {:>9}.{:03}  {what}", show(entry.instant), entry.at / 1000, entry.at % 1000)
        };
        key.entries.iter().map(line).collect()
    }
}

/// An instant as people read it.
pub(crate) fn show(at: i64) -> String {
    keyward_core::Timestamp::from_millis(at).to_string()
}
