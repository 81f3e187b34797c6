//! A whole deployment in memory, for tests: the real routes, use cases and ledgers over ports that fail, are stale or
//! answer late when a test says so.

mod ports;
mod rows;

use std::cell::RefCell;
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use keyward_core::{KeyDigest, Timestamp};
use serde_json::{Value, json};

pub(crate) use self::ports::{Counts, Faults, MemoryPorts};
use crate::config::Config;
use crate::http::Incoming;
use crate::http::incoming::Body;
use crate::identity::token::tests::text;
use crate::isolate::Memory;
use crate::ledger::call::{Call, KeyUse};
use crate::ports::{Clock, Ledgers};
use crate::routes::{serve, serve_alone};
use crate::usecases::App;
use crate::usecases::authenticate::Sender;

/// The operator's credential.
pub(crate) const ROOT: &str = "root";
/// No credential.
pub(crate) const NOBODY: &str = "";
/// 2026-11-21T08:00:00.000Z, when every world begins.
pub(crate) const START: i64 = 1_795_248_000_000;

/// Runs a future that waits for nothing outside of it.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..1000 {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context) {
            return value;
        }
    }
    panic!("nothing goes on");
}

/// A credential of a person whom the identity provider vouches for.
pub(crate) fn user(id: &str) -> String {
    let claims =
        json!({ "iss": "https://id.example/", "aud": "keyward", "sub": id, "exp": 4_000_000_000_i64 });
    text(&json!({ "alg": "EdDSA", "kid": "a" }), &claims, &[1; 64])
}

/// An answer, and what it took.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) reports: Vec<KeyUse>,
    pub(crate) cost: Counts,
}

impl Seen {
    /// The code of a problem or verdict; `ok` where there is none.
    pub(crate) fn code(&self) -> &str {
        self.body.get("code").and_then(Value::as_str).unwrap_or("ok")
    }

    /// A field that is a text.
    pub(crate) fn text(&self, field: &str) -> String {
        let found = self.body.get(field).and_then(Value::as_str);
        found.unwrap_or_else(|| panic!("no {field} in {}", self.body)).to_owned()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
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
    pub(crate) ports: MemoryPorts,
    pub(crate) config: Config,
    pub(crate) memory: RefCell<Memory>,
}

#[expect(clippy::needless_pass_by_value, reason = "a body is written where it is sent")]
impl World {
    /// A deployment in which nothing has happened.
    pub(crate) fn new() -> Self {
        let (seal, root) = ("5e".repeat(32), KeyDigest::of(ROOT).to_hex());
        let config = Config::read(|name| {
            let value = match name {
                "BRAND" => "kw",
                "ENVIRONMENT" => "test",
                "SEAL_KEYS" => &seal,
                "ROOT_KEY_DIGESTS" => &root,
                "JWT_ISSUER" => "https://id.example/",
                "JWT_AUDIENCE" => "keyward",
                "JWT_JWKS_URL" => "https://id.example/keys",
                _ => return None,
            };
            Some(value.to_owned())
        });
        let config = config.expect("usable");
        let ports = MemoryPorts::new(config.issuer.clone(), Timestamp::from_millis(START));
        Self { ports, config, memory: RefCell::default() }
    }

    /// A deployment with the organization acme, owned by ada, of which bob is a member; zoe is not. All is delivered.
    pub(crate) fn with_acme() -> Self {
        Self::new().and_acme()
    }

    /// A deployment in which all owners share one ledger, and acme as in [`World::with_acme`].
    pub(crate) fn with_acme_in_one_ledger() -> Self {
        let world = Self::new();
        world.ports.one_ledger.set(true);
        world.and_acme()
    }

    fn and_acme(self) -> Self {
        let world = self;
        world.ok(ROOT, "PUT", "/v1/organizations/acme", json!({ "name": "Acme", "owner": "ada" }));
        world.ok(ROOT, "PUT", "/v1/organizations/acme/members/bob", json!({ "role": "member" }));
        world.ports.deliver();
        world.pass(1);
        world
    }

    pub(crate) fn app(&self) -> App<'_, MemoryPorts> {
        App { ports: &self.ports, config: &self.config, memory: &self.memory }
    }

    /// Another isolate, or this one after a while: what it remembered is gone.
    pub(crate) fn forget(&self) {
        *self.memory.borrow_mut() = Memory::default();
    }

    /// Lets seconds pass.
    pub(crate) fn pass(&self, seconds: u32) {
        self.ports.set_wall(self.ports.now().plus_seconds(seconds));
    }

    pub(crate) fn suffer(&self, faults: Faults) {
        self.ports.faults.set(faults);
    }

    /// Makes the commits of every ledger that exists fail, or no longer.
    pub(crate) fn fail_commits(&self, fail: bool) {
        self.ports.ledgers.borrow_mut().values_mut().for_each(|ledger| ledger.rows.commits_fail = fail);
    }

    /// Makes the reads of every ledger that exists fail, or no longer.
    pub(crate) fn fail_reads(&self, fail: bool) {
        self.ports.ledgers.borrow_mut().values_mut().for_each(|ledger| ledger.rows.reads_fail = fail);
    }

    /// Sends a request; null is no body.
    pub(crate) fn send(&self, who: &str, method: &str, address: &str, body: Value) -> Seen {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        let bytes = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        self.send_raw(&Incoming {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            authorization: (who != NOBODY).then(|| format!("Bearer {who}")),
            access_assertion: None,
            cookie: None,
            sender: Sender::Unsaid,
            is_secure: true,
            content_type: Some("application/json".to_owned()),
            body: Body::Read(bytes),
        })
    }

    pub(crate) fn send_raw(&self, request: &Incoming) -> Seen {
        let before = self.ports.counts();
        let served = match serve_alone(request, "req_1") {
            Ok(served) => served,
            Err(found) => run(serve(&self.app(), request, found, "req_1")),
        };
        let (answer, after) = (served.answer, self.ports.counts());
        let body = match answer.body.as_str() {
            "" => Value::Null,
            text => serde_json::from_str(text).expect("JSON"),
        };
        assert_eq!(body.get("code").is_some_and(|_| answer.status >= 400), answer.code.is_some());
        Seen {
            status: answer.status,
            body,
            headers: answer.headers.into_iter().map(|(name, value)| (name.into_owned(), value)).collect(),
            reports: served.reports,
            cost: Counts {
                kv_reads: after.kv_reads - before.kv_reads,
                kv_writes: after.kv_writes - before.kv_writes,
                ledger_calls: after.ledger_calls - before.ledger_calls,
                commits: after.commits - before.commits,
            },
        }
    }

    /// Sends a request that has to succeed.
    pub(crate) fn ok(&self, who: &str, method: &str, address: &str, body: Value) -> Seen {
        let seen = self.send(who, method, address, body);
        assert!(seen.status < 300, "{method} {address}: {}", seen.body);
        seen
    }

    /// Creates a key; `fields` beside the title.
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

    /// Sends what was to be reported in the background.
    pub(crate) fn report(&self, seen: &Seen) {
        for report in &seen.reports {
            let _ = run(self.ports.call(report.owner.ledger(), &Call::NoteUse(report.clone())));
        }
    }
}
