//! Requests to a deployment in memory, and what they are answered.

use keyward_core::{LedgerLocator, Owner, OwnerId};
use serde_json::{Value, json};

use super::{Counts, NOBODY, ROOT, World, run};
use crate::ledger::queries::KeyUse;
use crate::request::{Body, Credentials, RequestOrigin};
use crate::response::{SessionCookie, Success, Visitor};
use crate::{Later, Request, Response, medusa};

/// The id of every request.
pub(crate) const REQUEST_ID: &str = "req_00000000000000000000000000000007";

/// A response, and what it cost.
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// The body; for a problem, all that is known of it.
    pub(crate) body: Value,
    pub(crate) location: Option<String>,
    /// Path and query of the next page of a list.
    pub(crate) next: Option<String>,
    pub(crate) cookie: Option<SessionCookie>,
    /// Whom a gateway may let pass.
    pub(crate) visitor: Option<Box<Visitor>>,
    /// Who the response says has called.
    pub(crate) caller: Option<String>,
    pub(crate) uses: Vec<KeyUse>,
    /// Ledgers that are to be asked what is new.
    pub(crate) stale_feeds: Vec<LedgerLocator>,
    pub(crate) cost: Counts,
}

impl Seen {
    /// The code of a problem or verdict; `ok` if there is none.
    pub(crate) fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or("ok")
    }

    /// A field that is a text.
    pub(crate) fn text(&self, field: &str) -> String {
        let found = self.body.get(field).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {field} in {}", self.body)).to_owned()
    }

    /// The field that a problem points at first.
    pub(crate) fn pointer(&self) -> &str {
        self.body["errors"][0]["pointer"].as_str().unwrap_or_else(|| panic!("no pointer in {}", self.body))
    }
}

/// A key that was created: its id and its text.
#[derive(Debug, Clone)]
pub(crate) struct Made {
    pub(crate) id: String,
    pub(crate) token: String,
}

/// What the platform does: writes a text in composed form.
fn compose(text: &str) -> String {
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

#[expect(clippy::needless_pass_by_value, reason = "a body is written where it is sent")]
impl World {
    /// Sends a request; without a body if that is null.
    pub(crate) fn send(&self, who: &str, method: &str, address: &str, body: Value) -> Seen {
        let authorization = (who != NOBODY).then(|| format!("Bearer {who}"));
        let credentials = Credentials { authorization, ..Credentials::default() };
        self.send_as(credentials, RequestOrigin::Unknown, method, address, body)
    }

    /// Sends a request with any credentials, from any page.
    pub(crate) fn send_as(
        &self,
        credentials: Credentials,
        origin: RequestOrigin,
        method: &str,
        address: &str,
        body: Value,
    ) -> Seen {
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send_bytes(credentials, origin, [method, address], "application/json", Body::Read(bytes))
    }

    /// Sends a request with any body of any type.
    pub(crate) fn send_bytes(
        &self,
        credentials: Credentials,
        origin: RequestOrigin,
        [method, address]: [&str; 2],
        content_type: &str,
        body: Body,
    ) -> Seen {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let request = Request {
            method: method.to_owned(),
            base_url: "https://keys.example".to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            credentials,
            origin,
            request_id: REQUEST_ID.to_owned(),
            address: Some("2001:db8::7".to_owned()),
            user_agent: Some("tests\u{7} ".repeat(100)),
            idempotency_key: self.idempotency_key.take(),
            caller: self.caller.take(),
            organization: self.organization.take(),
            content_type: Some(content_type.to_owned()),
            body,
            compose,
        };
        let (app, before) = (self.app(), self.outside.counts());
        let outcome = match crate::find(&request, Some(&self.config)) {
            Ok(found) => run(app.serve(&request, &found)),
            Err(problem) => Err(problem),
        };
        let after = self.outside.counts();
        let cost = Counts {
            kv_reads: after.kv_reads - before.kv_reads,
            kv_writes: after.kv_writes - before.kv_writes,
            ledger_calls: after.ledger_calls - before.ledger_calls,
            commits: after.commits - before.commits,
        };
        let (uses, stale_feeds, caller) = (app.uses.take(), app.stale_feeds.take(), app.caller.take());
        match outcome {
            Ok(Response { success, body, location, next, is_lines, cookie, visitor }) => {
                let status = match success {
                    Success::Ok => 200,
                    Success::Created => 201,
                    Success::NoContent => 204,
                };
                assert_eq!(body.is_empty(), status == 204 || visitor.is_some());
                let body = match body.as_str() {
                    "" => Value::Null,
                    // As many as a page of lines holds.
                    lines if is_lines => {
                        lines.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")).collect()
                    }
                    body => serde_json::from_str(body).expect("JSON"),
                };
                Seen { status, body, location, next, cookie, visitor, caller, uses, stale_feeds, cost }
            }
            Err(problem) => {
                let (status, body) = if medusa::is_at(&request.path) {
                    let refusal = medusa::Refusal::from(&problem);
                    (refusal.status, serde_json::to_value(&refusal).expect("JSON"))
                } else {
                    (problem.code.status(), serde_json::to_value(&problem).expect("JSON"))
                };
                let (location, next, cookie, visitor) = (None, None, None, None);
                Seen { status, body, location, next, cookie, visitor, caller, uses, stale_feeds, cost }
            }
        }
    }

    /// Sends a request with an idempotency key.
    pub(crate) fn send_with(&self, key: &str, who: &str, method: &str, address: &str, body: Value) -> Seen {
        self.idempotency_key.replace(Some(key.to_owned()));
        self.send(who, method, address, body)
    }

    /// Sends a request that has to succeed.
    pub(crate) fn ok(&self, who: &str, method: &str, address: &str, body: Value) -> Seen {
        let seen = self.send(who, method, address, body);
        assert!(seen.status < 300, "{method} {address}: {}", seen.body);
        seen
    }

    /// Creates a key; `fields` besides the title.
    pub(crate) fn create(&self, who: &str, owner: &str, fields: Value) -> Made {
        let mut body = fields;
        body.as_object_mut().expect("object").entry("title").or_insert_with(|| "Key".into());
        let seen = self.ok(who, "POST", &format!("/v1/{owner}/keys"), body);
        Made { id: seen.text("id"), token: seen.text("token") }
    }

    /// Verifies a key as the operator.
    pub(crate) fn verify(&self, key: &Made, consistency: &str) -> Seen {
        self.ask(ROOT, json!({ "key": key.token, "consistency": consistency }))
    }

    /// Verifies as somebody.
    pub(crate) fn ask(&self, who: &str, question: Value) -> Seen {
        self.send(who, "POST", "/v1/verify", question)
    }

    /// Tells the ledgers, in the background, which keys were used.
    pub(crate) fn record_uses(&self, seen: &Seen) {
        seen.uses.iter().for_each(|key_use| run(self.app().do_later(Later::RecordUse(key_use.clone()))));
    }

    /// Asks the ledgers, in the background, what is new.
    pub(crate) fn refresh(&self, seen: &Seen) {
        seen.stale_feeds.iter().for_each(|ledger| run(self.app().do_later(Later::Refresh(*ledger))));
    }

    /// Asks the ledgers of everybody what is new, as isolates do all the time.
    pub(crate) fn warm(&self) {
        let id = |id: &str| OwnerId::parse(id).expect("id");
        let owners = ["acme", "globex", "other"].map(|name| Owner::Organization(id(name)));
        let users = ["ada", "bob", "cat", "zoe"].map(|name| Owner::User(id(name)));
        for owner in owners.into_iter().chain(users).chain([Owner::DEPLOYMENT]) {
            run(self.app().do_later(Later::Refresh(owner.ledger())));
        }
    }
}
