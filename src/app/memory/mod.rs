//! A whole deployment in memory, for tests: the real routes, operations and ledgers, over ports that fail, are stale or
//! answer late whenever a test says so.

mod many;
mod pace;
mod ports;
mod seeded;
mod sql;

use std::cell::RefCell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use keyward_core::{KeyDigest, RootKeyId, Timestamp};
use serde_json::{Value, json};

pub(crate) use self::ports::{Counts, Faults, MemoryLedger, Outside, turn};
pub(crate) use self::sql::SqliteInMemory;
use crate::identity::token::tests::text;
use crate::ledger::outbox::Lane;
use crate::ledger::queries::KeyUse;
use crate::ports::Clock;
use crate::request::{Body, Credentials, RequestOrigin};
use crate::response::{SessionCookie, Success};
use crate::{App, Config, Memory, Request, Response};

/// The operator's credential.
pub(crate) const ROOT: &str = "root";

/// The id of [`ROOT`], as the audit trail names it.
pub(crate) fn root_id() -> String {
    RootKeyId::of(&KeyDigest::of(ROOT)).to_string()
}
/// The id of every request.
pub(crate) const REQUEST_ID: &str = "req_00000000000000000000000000000007";
/// No credential.
pub(crate) const NOBODY: &str = "";
/// 2026-11-21T08:00:00.000Z, when every world begins.
pub(crate) const START: i64 = 1_795_248_000_000;

/// This many seconds after the beginning.
pub(crate) fn after(seconds: u32) -> Timestamp {
    Timestamp::from_millis(START).plus_seconds(seconds)
}

/// Runs a future that waits for nothing but itself.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("the future waits for something that never comes");
}

/// Lets a future go on for some turns; returns whether it is done.
pub(crate) fn go_on(mut future: Pin<&mut impl Future>, turns: u32) -> bool {
    let mut context = Context::from_waker(Waker::noop());
    (0..turns).any(|_| future.as_mut().poll(&mut context).is_ready())
}

/// The credential of a person whom the identity provider vouches for.
pub(crate) fn user(id: &str) -> String {
    user_token(id, 1)
}

/// The credential of a person of whom the identity provider also says that they have a role in acme.
pub(crate) fn claiming(id: &str, role: &str) -> String {
    token(json!({ "sub": id, "orgs": { "acme": role } }), 1)
}

/// A credential that claims to be this person's, with a signature of these bytes.
pub(crate) fn user_token(id: &str, signature: u8) -> String {
    token(json!({ "sub": id }), signature)
}

/// The credential of a person whom the identity provider vouches for until then.
pub(crate) fn user_until(id: &str, until: Timestamp) -> String {
    token(json!({ "sub": id, "exp": until.as_millis() / 1000 }), 1)
}

fn token(mut claims: Value, signature: u8) -> String {
    claims["iss"] = "https://id.example/".into();
    claims["aud"] = "keyward".into();
    if claims["exp"].is_null() {
        claims["exp"] = 4_000_000_000_i64.into();
    }
    text(&json!({ "alg": "EdDSA", "kid": "a" }), &claims, &[signature; 64])
}

/// What Cloudflare Access asserts in the header of its own: these claims besides the usual ones.
pub(crate) fn access(claims: &Value) -> Credentials {
    let mut all = json!({ "iss": "https://acme.example", "aud": ["tag"], "exp": 4_000_000_000_i64 });
    all.as_object_mut().expect("object").extend(claims.as_object().expect("object").clone());
    let token = text(&json!({ "alg": "RS256", "kid": "r" }), &all, &[1; 64]);
    Credentials { access_assertion: Some(token), ..Credentials::default() }
}

/// The variables with which Cloudflare Access is believed.
pub(crate) const ACCESS: [(&str, &str); 2] =
    [("ACCESS_TEAM_DOMAIN", "https://acme.example"), ("ACCESS_AUDIENCE", "tag")];

/// What the platform does: writes a text in composed form.
fn compose(text: &str) -> String {
    icu_normalizer::ComposingNormalizerBorrowed::new_nfc().normalize(text).into_owned()
}

/// A usable configuration, in which `changed` overrides the defaults.
pub(crate) fn config(changed: &[(&str, &str)]) -> Config {
    let (seal, root) = ("5e".repeat(32), KeyDigest::of(ROOT).to_hex());
    let variables = [
        ("BRAND", "kw"),
        ("ENVIRONMENT", "test"),
        ("SEAL_KEYS", &seal),
        ("ROOT_KEY_DIGESTS", &root),
        ("JWT_ISSUER", "https://id.example/"),
        ("JWT_AUDIENCE", "keyward"),
        ("JWT_JWKS_URL", "https://id.example/keys"),
        ("JWT_ORGANIZATIONS_CLAIM", "orgs"),
        ("JWT_ORGANIZATIONS_SHAPE", "map"),
    ];
    let all = || changed.iter().chain(&variables);
    let get = |name: &str| all().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    Config::read(get, |_| true).expect("usable")
}

/// A response, and what it cost.
pub(crate) struct Seen {
    pub(crate) status: u16,
    /// The body; for a problem, all that is known of it.
    pub(crate) body: Value,
    pub(crate) location: Option<String>,
    /// Path and query of the next page of a list.
    pub(crate) next: Option<String>,
    pub(crate) cookie: Option<SessionCookie>,
    /// Who the response says has called.
    pub(crate) caller: Option<String>,
    pub(crate) uses: Vec<KeyUse>,
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

/// A deployment, as one isolate sees it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) outside: Rc<Outside>,
    pub(crate) config: Rc<Config>,
    pub(crate) memory: RefCell<Memory>,
    /// What the next request has in `Idempotency-Key`.
    pub(crate) idempotency_key: RefCell<Option<String>>,
    /// What the next request has in `Keyward-Caller`.
    pub(crate) caller: RefCell<Option<String>>,
}

/// Ledgers hold on to the outside, and the outside holds them.
impl Drop for World {
    fn drop(&mut self) {
        self.outside.ledgers.take();
    }
}

#[expect(clippy::needless_pass_by_value, reason = "a body is written where it is sent")]
impl World {
    /// A deployment in which nothing has happened.
    pub(crate) fn new() -> Self {
        Self::configured(&[])
    }

    /// A deployment in which nothing has happened, with other variables.
    pub(crate) fn configured(changed: &[(&str, &str)]) -> Self {
        let config = Rc::new(config(changed));
        let outside = Outside::new(Rc::clone(&config), Timestamp::from_millis(START));
        Self {
            outside,
            config,
            memory: RefCell::default(),
            idempotency_key: RefCell::default(),
            caller: RefCell::default(),
        }
    }

    /// A deployment with the organization acme, owned by ada, of which bob is a member; zoe is not. All is delivered.
    pub(crate) fn with_acme() -> Self {
        Self::new().and_acme()
    }

    /// A deployment in which all owners share one ledger, and acme as in [`World::with_acme`].
    pub(crate) fn with_acme_in_one_ledger() -> Self {
        let world = Self::new();
        world.outside.one_ledger.set(true);
        world.and_acme()
    }

    /// The same with acme as in [`World::with_acme`].
    pub(crate) fn and_acme(self) -> Self {
        self.ok(ROOT, "POST", "/v1/organizations", json!({ "id": "acme", "name": "Acme", "owner": "ada" }));
        self.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "member" }));
        self.deliver();
        self
    }

    pub(crate) fn app(&self) -> App<'_, Rc<Outside>> {
        App::new(&self.outside, &self.config, &self.memory)
    }

    /// Another isolate, or this one after a while: what it remembered is gone.
    pub(crate) fn forget(&self) {
        self.memory.take();
    }

    /// Lets seconds pass.
    pub(crate) fn pass(&self, seconds: u32) {
        self.outside.set_wall(self.outside.now().plus_seconds(seconds));
    }

    pub(crate) fn suffer(&self, faults: Faults) {
        self.outside.faults.set(faults);
    }

    /// Lets a second pass, for which a destination may have to wait, and every ledger deliver what is due.
    pub(crate) fn deliver(&self) {
        self.pass(1);
        self.deliver_due();
    }

    /// Lets every ledger deliver what is due.
    pub(crate) fn deliver_due(&self) {
        for ledger in self.outside.ledgers() {
            for lane in Lane::ALL {
                run(ledger.object.deliver(lane));
            }
        }
    }

    /// Lets time pass until no ledger asks for an alarm any more, delivering whenever one rings.
    pub(crate) fn settle(&self) {
        for _ in 0..1000 {
            let alarms = self.outside.ledgers().into_iter().filter_map(|ledger| self.next_alarm(&ledger));
            let Some(next) = alarms.min() else { return };
            self.outside.set_wall(next);
            self.deliver_due();
        }
        panic!("alarms never end");
    }

    /// When a ledger's alarm has to ring next, after it has rung.
    pub(crate) fn next_alarm(&self, ledger: &MemoryLedger) -> Option<Timestamp> {
        ledger.object.next_alarm(self.config.events_retention_days)
    }

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
            path: path.to_owned(),
            query: query.to_owned(),
            credentials,
            origin,
            request_id: REQUEST_ID.to_owned(),
            address: Some("2001:db8::7".to_owned()),
            user_agent: Some("tests\u{7} ".repeat(100)),
            idempotency_key: self.idempotency_key.take(),
            caller: self.caller.take(),
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
        let (uses, caller) = (app.uses.take(), app.caller.take());
        match outcome {
            Ok(Response { success, body, location, next, cookie }) => {
                let status = match success {
                    Success::Ok => 200,
                    Success::Created => 201,
                    Success::NoContent => 204,
                };
                assert_eq!(body.is_empty(), status == 204);
                let body =
                    if body.is_empty() { Value::Null } else { serde_json::from_str(&body).expect("JSON") };
                Seen { status, body, location, next, cookie, caller, uses, cost }
            }
            Err(problem) => {
                let body = serde_json::to_value(&problem).expect("JSON");
                Seen {
                    status: problem.code.status(),
                    body,
                    location: None,
                    next: None,
                    cookie: None,
                    caller,
                    uses,
                    cost,
                }
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
        seen.uses.iter().for_each(|key_use| run(self.app().record_use(key_use.clone())));
    }
}
