//! Clients: they change what there is and verify keys, repeat what was not answered, and have every answer checked.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use keyward_core::KeyDigest;
use serde_json::{Value, json};

use super::checker::{Caller, Question, Seen};
use super::history::instant;
use super::isolates::Answer;
use super::violation::Violation;
use super::world::{ROOT, START, World};

/// The organizations of a simulation.
pub(crate) const ORGANIZATIONS: [&str; 2] = ["acme", "zeta"];

/// How old answers may be, in seconds; -1 for a question that does not say.
const BOUNDS: [i64; 9] = [0, 0, 1, 5, 30, 30, -1, 300, 3600];
/// What a question that does not say means.
const DEFAULT_BOUND: i64 = 30;
const SCOPES: [&[&str]; 5] =
    [&["orders:read"], &["orders:read", "orders:write"], &["keys:verify"], &["*"], &[]];

/// A key that some client has got the text of.
#[derive(Debug, Clone)]
struct Known {
    token: String,
    digest: String,
    id: String,
    /// `organizations/acme`
    owner: String,
    verifies: bool,
}

/// All clients, and what they have seen.
pub(crate) struct Clients {
    pub(crate) world: Rc<World>,
    keys: RefCell<Vec<Known>>,
    /// How many verifies are still to be made.
    left: Cell<u64>,
    pub(crate) verdicts: Cell<u64>,
    /// Verifies that were answered without a request to a ledger.
    pub(crate) unasked: Cell<u64>,
    pub(crate) unavailable: Cell<u64>,
    pub(crate) refused: Cell<u64>,
    pub(crate) changes: Cell<u64>,
    titles: Cell<u64>,
    /// By digest: when no answer may say "valid" any more.
    promises: RefCell<BTreeMap<String, i64>>,
    /// Everything that was answered, to be looked at once more when the whole history is known.
    answered: RefCell<Vec<(Question, Answer)>>,
    pub(crate) violation: RefCell<Option<Violation>>,
}

impl Clients {
    pub(crate) fn new(world: &Rc<World>, verifies: u64) -> Rc<Self> {
        Rc::new(Self {
            world: Rc::clone(world),
            keys: RefCell::default(),
            left: Cell::new(verifies),
            verdicts: Cell::default(),
            unasked: Cell::default(),
            unavailable: Cell::default(),
            refused: Cell::default(),
            changes: Cell::default(),
            titles: Cell::default(),
            promises: RefCell::default(),
            answered: RefCell::default(),
            violation: RefCell::default(),
        })
    }

    pub(crate) fn is_done(&self) -> bool {
        self.left.get() == 0 || self.violation.borrow().is_some()
    }

    /// Sends a request until it is answered, a few times at most. A creation is repeated with the same idempotency key.
    async fn request(&self, who: &str, to: [&str; 2], body: &Value, key: Option<&str>) -> Option<Answer> {
        let world = &self.world;
        for _ in 0..5 {
            let isolate = Rc::clone(&world.isolates[world.random.below(world.isolates.len())]);
            world.travel().await;
            let lost = world.fault("client: a request is lost", world.faults.clients_lose);
            let answer = if lost { None } else { world.serve(&isolate, who, to, (body, key)).await };
            let lost = world.fault("client: an answer is lost", world.faults.clients_lose);
            if let Some(answer) = answer.filter(|_| !lost) {
                if answer.status != 503 || to[1] == "/v1/verify" {
                    return Some(answer);
                }
            } else if to[1] == "/v1/verify" {
                return None;
            }
            world.schedule.sleep(world.random.between(100, 3_000)).await;
        }
        None
    }

    /// What there is in the beginning.
    pub(crate) async fn set_up(&self) {
        for organization in ORGANIZATIONS {
            let body = json!({ "id": organization, "name": organization, "owner": "ada" });
            self.set("POST", "/v1/organizations", body).await;
        }
        for (organization, user) in [("acme", "bob"), ("acme", "cat"), ("zeta", "bob")] {
            let path = format!("/v1/organizations/{organization}/members/{user}");
            self.set("PUT", &path, json!({ "role": "member" })).await;
        }
        for (owner, scopes) in [
            ("organizations/acme", ["keys:verify"]),
            ("organizations/zeta", ["*"]),
            ("organizations/acme", ["orders:read"]),
            ("users/bob", ["keys:verify"]),
            ("users/cat", ["orders:read"]),
        ] {
            self.create(owner, &scopes, json!({})).await;
        }
        assert_eq!(self.keys.borrow().len(), 5, "{:#?}", self.world.trace.before(usize::MAX, 20));
    }

    async fn set(&self, method: &str, path: &str, body: Value) {
        let answer = self.request(ROOT, [method, path], &body, None).await.expect("nothing goes wrong yet");
        assert!(answer.status < 300, "{method} {path}: {}", answer.body);
    }

    async fn create(&self, owner: &str, scopes: &[&str], more: Value) {
        self.titles.set(self.titles.get() + 1);
        let title = format!("creation-{:08}", self.titles.get());
        let mut body = json!({ "title": title, "scopes": scopes });
        body.as_object_mut().expect("object").extend(more.as_object().expect("object").clone());
        let path = format!("/v1/{owner}/keys");
        if let Some(answer) = self.request(ROOT, ["POST", &path], &body, Some(&title)).await {
            self.learn(owner, &answer);
        }
    }

    /// Remembers a key that was created, and checks that it was.
    fn learn(&self, owner: &str, answer: &Answer) {
        if answer.status != 201 {
            self.world.log("client", format_args!("has no key of {owner}: {}", answer.body));
            return;
        }
        let text = |name: &str| answer.body[name].as_str().expect("a text").to_owned();
        let (token, id) = (text("token"), text("id"));
        let digest = KeyDigest::of(&token).to_hex();
        let scopes = answer.body["scopes"].as_array().cloned().unwrap_or_default();
        let verifies = scopes.iter().any(|scope| scope == "keys:verify" || scope == "*");
        self.world.log("client", format_args!("has {id}, key/{}, of {owner}", &digest[..6]));
        let known = Known { token, digest, id, owner: owner.to_owned(), verifies };
        // The answer to a repeated request is that of the first, whatever has become of the key.
        if self.world.history.borrow().keys.contains_key(&known.digest) {
            self.changes.set(self.changes.get() + 1);
        } else {
            self.violate(format!("{} was created, and is not in the history", known.id), &known.digest);
        }
        let mut keys = self.keys.borrow_mut();
        if keys.iter().all(|other| other.digest != known.digest) {
            keys.push(known);
        }
    }

    /// A change that was answered has to be in the history, within its request or before.
    fn answered_change(
        &self,
        known: &Known,
        answer: &Answer,
        what: &str,
        is_so: impl Fn(Option<&super::history::KeyState>) -> bool,
    ) {
        self.changes.set(self.changes.get() + 1);
        let history = self.world.history.borrow();
        let is_there = history.keys.get(&known.digest).is_some_and(|key| {
            let during = key.during(answer.began, answer.ended);
            during.into_iter().any(|entry| is_so(entry.and_then(|entry| entry.state.as_ref())))
        });
        drop(history);
        if !is_there {
            self.violate(
                format!("{what} of {} was answered, and is not in the history", known.id),
                &known.digest,
            );
        }
    }

    pub(crate) fn violate(&self, what: String, digest: &str) {
        let mut violation = self.violation.borrow_mut();
        violation.get_or_insert_with(|| {
            let end = self.world.trace.len();
            Violation::new(what, String::new(), digest, &self.world, end)
        });
    }

    /// One client: thinks, and does something, until enough was verified.
    pub(crate) async fn act(self: Rc<Self>, name: String) {
        let world = Rc::clone(&self.world);
        while !self.is_done() {
            world.schedule.sleep(world.random.between(0, 2 * world.faults.think)).await;
            if self.is_done() {
                return;
            }
            let count = self.keys.borrow().len();
            // Those that are new are wanted most.
            let index = count - 1 - world.random.below(count).min(world.random.below(count));
            if world.random.chance(150) {
                self.change(&name, index).await;
            }
            for _ in 0..world.random.between(1, 6) {
                if self.is_done() {
                    return;
                }
                self.left.set(self.left.get() - 1);
                self.verify(&name, index).await;
                world.schedule.sleep(world.random.between(0, world.faults.think / 4)).await;
            }
        }
    }

    async fn change(&self, name: &str, index: usize) {
        let world = &self.world;
        let known = self.keys.borrow()[index].clone();
        let random = &world.random;
        let path = format!("/v1/{}/keys/{}", known.owner, known.id);
        let (what, method, path, body) = match random.below(20) {
            0..=5 => {
                let owner =
                    random.pick(&["organizations/acme", "organizations/zeta", "users/bob", "users/cat"]);
                world.log(name, format_args!("creates a key of {owner}"));
                return self.create(owner, random.pick(&SCOPES), json!({})).await;
            }
            6 | 7 => ("update", "PATCH", path, json!({ "scopes": random.pick(&SCOPES) })),
            8 | 9 => {
                let at = START + world.now() + random.between(500, 120_000);
                let at = super::checker::show(at);
                let at = if random.chance(700) { Value::from(at) } else { Value::Null };
                ("update", "PATCH", path, json!({ "expires_at": at }))
            }
            10 => {
                let consistency = random.pick(&["strong", "fast", "fast"]);
                ("update", "PATCH", path, json!({ "consistency": consistency }))
            }
            11 => ("update", "PATCH", path, json!({ "title": format!("key {}, renamed", index) })),
            12 => ("revoke", "POST", format!("{path}/revoke"), Value::Null),
            13 => {
                let revoke_in = random.pick(&[1, 5, 30, 600]);
                ("schedule", "POST", format!("{path}/revoke"), json!({ "revoke_in": revoke_in }))
            }
            14 => ("roll", "POST", format!("{path}/roll"), json!({ "grace": random.pick(&[0, 5, 60]) })),
            15 => ("delete", "DELETE", format!("{path}?revoke=true"), Value::Null),
            16 | 17 => return self.change_member(name).await,
            _ => return self.change_ceiling(name).await,
        };
        world.log(name, format_args!("{what} {}", known.id));
        let idempotency = (what == "roll").then(|| format!("roll-{}", known.id));
        let answer = self.request(ROOT, [method, &path], &body, idempotency.as_deref()).await;
        let Some(answer) = answer else { return };
        world.log(name, format_args!("{what} {}: {}", known.id, answer.status));
        if answer.status >= 300 {
            return;
        }
        let (digest, expected) = (known.digest.clone(), body.clone());
        match what {
            "roll" => self.learn(&known.owner, &answer),
            "update" => self.answered_change(&known, &answer, what, |state| {
                state.is_some_and(|key| {
                    let settings = &key.body["settings"];
                    expected.as_object().expect("object").iter().all(|(name, value)| settings[name] == *value)
                })
            }),
            "delete" => self.answered_change(&known, &answer, what, |state| state.is_none()),
            _ => self.answered_change(&known, &answer, what, |state| {
                state.is_none_or(|key| key.revoked_at.is_some())
            }),
        }
        // The first promise holds. What a change takes away does not end the key, or not for good.
        if let Some(by) = instant(&answer.body["effective"]["by"]).filter(|_| what != "update") {
            let mut promises = self.promises.borrow_mut();
            promises.entry(digest).and_modify(|promised| *promised = by.min(*promised)).or_insert(by);
        }
    }

    async fn change_member(&self, name: &str) {
        let random = &self.world.random;
        let (organization, user) = (random.pick(&ORGANIZATIONS), random.pick(&["bob", "cat"]));
        let path = format!("/v1/organizations/{organization}/members/{user}");
        let role = random.pick(&["member", "admin", "owner", ""]);
        let (method, body) =
            if role.is_empty() { ("DELETE", Value::Null) } else { ("PUT", json!({ "role": role })) };
        self.world.log(name, format_args!("{method} {path} {role}"));
        let Some(answer) = self.request(ROOT, [method, &path], &body, None).await else { return };
        if answer.status < 300 {
            self.changes.set(self.changes.get() + 1);
            let history = self.world.history.borrow();
            let member = history.members.get(&format!("{organization}/{user}"));
            let is_so = member.is_some_and(|member| {
                let during = member.during(answer.began, answer.ended);
                let roles = during.into_iter().map(|entry| entry.and_then(|entry| entry.state.as_deref()));
                roles.into_iter().any(|so| so.unwrap_or_default() == role)
            });
            drop(history);
            if !is_so {
                self.violate(format!("{method} {path} was answered, and is not in the history"), "");
            }
        }
    }

    async fn change_ceiling(&self, name: &str) {
        let random = &self.world.random;
        let path = format!("/v1/organizations/{}", random.pick(&ORGANIZATIONS));
        let body = json!({
            "max_staleness_seconds": random.pick(&[0, 5, 30, 30, 300, 3600]),
            "on_outage_max_seconds": random.pick(&[0, 0, 600, 86_400]),
        });
        self.world.log(name, format_args!("PATCH {path} {body}"));
        if self.request(ROOT, ["PATCH", &path], &body, None).await.is_some_and(|answer| answer.status < 300) {
            self.changes.set(self.changes.get() + 1);
        }
    }

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

    async fn verify(&self, name: &str, index: usize) {
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
