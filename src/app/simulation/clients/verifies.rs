//! Clients that verify, and have every answer checked.

use std::rc::Rc;

use serde_json::{Value, json};

use super::super::checker::{Caller, Question, Seen};
use super::super::isolates::Answer;
use super::super::violation::Violation;
use super::super::world::ROOT;
use super::{Clients, Known};

/// How old answers may be, in seconds; -1 for a question that does not say.
const BOUNDS: [i64; 9] = [0, 0, 1, 5, 30, 30, -1, 300, 3600];
/// What a question that does not say means.
const DEFAULT_BOUND: i64 = 30;

impl Clients {
    fn question(&self, known: &Known) -> (Question, String, Value) {
        let random = &self.world.random;
        let (keys, bound) = (self.keys.borrow(), random.pick(&BOUNDS));
        let verifiers: Vec<&Known> = keys.iter().filter(|key| key.verifies).collect();
        let verifier = verifiers[verifiers.len() - 1 - random.below(verifiers.len().min(5))];
        let organization = match random.below(4) {
            0 | 1 => None,
            2 => Some("acme".to_owned()),
            _ => Some("zeta".to_owned()),
        };
        let (caller, who, organization) = if random.chance(500) {
            (Caller::Operator, ROOT.to_owned(), organization)
        } else if verifier.owner.starts_with("users/") {
            let organization = organization.unwrap_or_else(|| "acme".to_owned());
            (Caller::Member(verifier.digest.clone()), verifier.token.clone(), Some(organization))
        } else {
            (Caller::Organization(verifier.digest.clone()), verifier.token.clone(), organization)
        };
        let scopes: Vec<String> =
            if random.chance(300) { vec!["orders:read".to_owned()] } else { Vec::new() };
        let stale_on_outage = random.chance(100);
        let mut body = json!({ "key": known.token, "scopes": scopes, "organization": organization });
        match bound {
            -1 => {}
            0 if random.chance(500) => body["consistency"] = "strong".into(),
            bound => body["max_staleness_seconds"] = bound.into(),
        }
        if stale_on_outage {
            body["on_outage"] = "stale".into();
        }
        let bound = if bound < 0 { DEFAULT_BOUND } else { bound };
        let key = known.digest.clone();
        (Question { caller, key, organization, scopes, bound, stale_on_outage }, who, body)
    }

    pub(super) async fn verify(&self, name: &str, index: usize) {
        let known = self.keys.borrow()[index].clone();
        let (question, who, body) = self.question(&known);
        let Some(answer) = self.request(&who, ["POST", "/v1/verify"], &body, None).await else { return };
        let told = if answer.status == 200 { &answer.body["code"] } else { &Value::Null };
        let as_of = answer.body["as_of"].as_str().unwrap_or("-");
        let caller = match &question.caller {
            Caller::Operator => "the operator".to_owned(),
            Caller::Organization(digest) | Caller::Member(digest) => format!("key/{}", &digest[..6]),
        };
        self.world.log(
            name,
            format_args!(
                "as {caller} verifies key/{} for {:?} within {}: {} {told} as of {as_of}",
                &known.digest[..6],
                question.organization,
                question.bound,
                answer.status,
            ),
        );
        self.check(question, answer);
    }

    fn check(&self, question: Question, answer: Answer) {
        let by = self.promises.borrow().get(&question.key).copied();
        let world = &self.world;
        let is_healed = world.is_healed.get() && answer.began >= world.healed_at.get();
        let history = world.history.borrow();
        let kept = by.map_or(Ok(()), |by| history.check_promise(&question, &answer, by));
        let checked = history.check(&question, &answer, is_healed);
        drop(history);
        match kept.and(checked) {
            Ok(seen) => {
                let count = match seen {
                    Seen::Verdict => &self.verdicts,
                    Seen::Unavailable => &self.unavailable,
                    Seen::Refused => &self.refused,
                };
                count.set(count.get() + 1);
                self.unasked.set(self.unasked.get() + u64::from(answer.asked == 0));
                self.answered.borrow_mut().push((question, answer));
            }
            Err(what) => self.violates(what, &question, &answer),
        }
    }

    fn violates(&self, what: String, question: &Question, answer: &Answer) {
        let shown = format!("{question:?}: {} {}", answer.status, answer.body);
        let violation = Violation::new(what, shown, &question.key, &self.world, answer.traced + 1);
        self.violation.borrow_mut().get_or_insert(violation);
    }

    /// Looks at every answer once more: what was not yet so when it was given must not have become so for its instant.
    pub(crate) fn check_again(&self) {
        let history = self.world.history.borrow();
        for (question, answer) in self.answered.borrow().iter() {
            if let Err(what) = history.check(question, answer, false) {
                self.violates(format!("{what}, as was committed later"), question, answer);
                return;
            }
        }
    }

    /// Verifies a key of an organization again and again, as the operator and as the organization.
    #[cfg(test)]
    pub(crate) async fn verify_steadily(&self, bound: i64) {
        let (verifier, known) = (self.keys.borrow()[0].clone(), self.keys.borrow()[2].clone());
        let body = json!({ "key": known.token, "max_staleness_seconds": bound });
        while !self.is_done() {
            self.left.set(self.left.get() - 1);
            self.world.schedule.sleep(self.world.faults.think).await;
            let (caller, who) = if self.world.random.chance(500) {
                (Caller::Operator, ROOT)
            } else {
                (Caller::Organization(verifier.digest.clone()), verifier.token.as_str())
            };
            let (key, scopes) = (known.digest.clone(), Vec::new());
            let question =
                Question { caller, key, organization: None, scopes, bound, stale_on_outage: false };
            let answer = self.request(who, ["POST", "/v1/verify"], &body, None).await;
            self.check(question, answer.expect("nothing goes wrong"));
        }
    }

    /// Verifies every key at every isolate, now that nothing is wrong any more.
    pub(crate) async fn verify_all(self: Rc<Self>) {
        let isolates = self.world.isolates.len();
        let count = self.keys.borrow().len();
        for index in (0..count).flat_map(|index| std::iter::repeat_n(index, 2 * isolates)) {
            self.verify("end", index).await;
        }
    }
}
