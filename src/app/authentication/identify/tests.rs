mod fetching;

use std::cell::{Cell, RefCell};

use keyward_core::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::identity::Algorithm;
use crate::identity::jwk::tests::ed;
use crate::identity::tests::encode;
use crate::identity::token::tests::text;
use crate::memory::{config, run, turn};
use crate::{Config, Memory};

const NOW: i64 = 1_795_000_000;

/// Providers and a clock that do as they are told. A key and the signatures that it makes are of the same byte.
struct Outside {
    seconds: Cell<i64>,
    answer: RefCell<Result<String, Unavailable>>,
    /// How many seconds an answer takes.
    delay: Cell<i64>,
    asked: Cell<u32>,
    urls: RefCell<Vec<String>>,
    verified: Cell<u32>,
    mathematics: Cell<Result<(), Unavailable>>,
}

impl Clock for Outside {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.seconds.get() * 1000)
    }
}

impl Identity for Outside {
    async fn provider_keys(&self, url: &str) -> Result<String, Unavailable> {
        self.urls.borrow_mut().push(url.to_owned());
        self.asked.set(self.asked.get() + 1);
        for _ in 0..self.delay.get() {
            turn().await;
            self.seconds.set(self.seconds.get() + 1);
        }
        self.answer.borrow().clone()
    }

    /// Keys of the byte zero are none.
    async fn is_key(&self, algorithm: Algorithm, jwk: &str) -> bool {
        turn().await;
        assert_eq!(algorithm, Algorithm::Ed25519);
        !jwk.contains(&encode(&[0; 32]))
    }

    async fn verify_signature(
        &self,
        _: Algorithm,
        jwk: &str,
        signature: &[u8],
        signed: &str,
    ) -> Result<bool, Unavailable> {
        assert!(jwk.contains("Ed25519") && signed.contains('.'));
        self.verified.set(self.verified.get() + 1);
        self.mathematics.get()?;
        let byte = *signature.first().expect("a byte");
        Ok(jwk.contains(&encode(&[byte; 32])))
    }

    async fn pause(&self) {
        turn().await;
    }
}

/// A key of this byte; without a name if that is empty.
fn key(kid: &str, byte: u8) -> Value {
    let mut key = ed(kid);
    let fields = key.as_object_mut().expect("object");
    fields.insert("x".to_owned(), encode(&[byte; 32]).into());
    if kid.is_empty() {
        fields.remove("kid");
    }
    key
}

#[expect(clippy::unnecessary_wraps, reason = "what a provider answers may fail")]
fn serving_keys(keys: &[(&str, u8)]) -> Result<String, Unavailable> {
    let keys: Vec<Value> = keys.iter().map(|(kid, byte)| key(kid, *byte)).collect();
    Ok(json!({ "keys": keys }).to_string())
}

fn serving(kids: &[&str]) -> Result<String, Unavailable> {
    serving_keys(&kids.iter().map(|kid| (*kid, 1)).collect::<Vec<_>>())
}

struct World {
    outside: Outside,
    config: Config,
    memory: RefCell<Memory>,
}

impl World {
    fn new(answer: Result<String, Unavailable>) -> Self {
        let outside = Outside {
            seconds: Cell::new(NOW),
            answer: RefCell::new(answer),
            delay: Cell::new(0),
            asked: Cell::new(0),
            urls: RefCell::default(),
            verified: Cell::new(0),
            mathematics: Cell::new(Ok(())),
        };
        Self { outside, config: config(&[]), memory: RefCell::default() }
    }

    fn serve(&self, keys: &[(&str, u8)]) {
        *self.outside.answer.borrow_mut() = serving_keys(keys);
    }

    fn app(&self) -> App<'_, Outside> {
        App {
            ports: &self.outside,
            config: &self.config,
            memory: &self.memory,
            uses: RefCell::default(),
            stale_feeds: RefCell::default(),
            proven: Cell::default(),
            caller: RefCell::default(),
        }
    }

    /// Who the token speaks for, or the code of the problem.
    async fn identify(&self, token: &str) -> String {
        match self.app().identify(Source::Bearer, token).await {
            Ok(caller) => caller.principal.user().expect("user").to_string(),
            Err(problem) => problem.code.as_str().to_owned(),
        }
    }

    fn who(&self, token: &str) -> String {
        run(self.identify(token))
    }
}

fn token_with(kid: &str, claims: &Value, signature: u8) -> String {
    text(&json!({ "alg": "EdDSA", "kid": kid }), claims, &[signature; 64])
}

fn claims() -> Value {
    json!({ "iss": "https://id.example/", "aud": "keyward", "sub": "ada", "exp": NOW + 200_000 })
}

fn token(kid: &str) -> String {
    token_with(kid, &claims(), 1)
}

/// A token that names no key.
fn nameless(signature: u8) -> String {
    text(&json!({ "alg": "Ed25519" }), &claims(), &[signature; 64])
}

#[test]
fn a_good_token_speaks_for_its_user_and_keys_are_fetched_once() {
    let world = World::new(serving(&["a", "b"]));
    assert_eq!(world.who(&token("a")), "ada");
    assert_eq!(world.who(&token("b")), "ada");
    assert_eq!(world.outside.asked.get(), 1);
}

#[test]
fn a_token_for_somebody_else_asks_for_nothing() {
    let world = World::new(serving(&["a"]));
    for claims in [
        json!({ "iss": "https://id.example/", "aud": "other", "sub": "ada", "exp": NOW + 300 }),
        json!({ "iss": "https://id.example/", "aud": "keyward", "sub": "ada", "exp": NOW - 300 }),
        json!({ "iss": "https://evil.example/", "aud": "keyward", "sub": "ada", "exp": NOW + 300 }),
    ] {
        assert_eq!(world.who(&token_with("a", &claims, 1)), "auth.invalid");
    }
    assert_eq!((world.outside.asked.get(), world.outside.verified.get()), (0, 0));
}

#[test]
fn a_wrong_signature_is_refused() {
    let world = World::new(serving(&["a"]));
    let claims = json!({ "iss": "https://id.example/", "aud": "keyward", "sub": "ada", "exp": NOW + 300 });
    assert_eq!(world.who(&token_with("a", &claims, 2)), "auth.invalid");
    assert_eq!(world.who(&token_with("a", &claims, 1)), "ada");
    world.outside.mathematics.set(Err(Unavailable));
    assert_eq!(world.who(&token_with("a", &claims, 1)), "server.unavailable");
}

#[test]
fn a_token_without_a_name_is_tried_with_each_key_that_fits_and_with_no_more_than_eight() {
    let keys: Vec<(&str, u8)> = [("a", 11), ("b", 12), ("", 13)].into();
    let world = World::new(serving_keys(&keys));
    for (_, byte) in keys {
        assert_eq!(world.who(&nameless(byte)), "ada");
    }
    assert_eq!(world.who(&token_with("x", &claims(), 13)), "ada");
    assert_eq!(world.who(&token_with("x", &claims(), 12)), "auth.invalid");

    let world = World::new(serving_keys(&(0..50).map(|byte| ("", byte)).collect::<Vec<_>>()));
    assert_eq!(world.who(&nameless(99)), "auth.invalid");
    assert_eq!(world.outside.verified.get(), 8);
}

#[test]
fn each_provider_has_its_own_keys_algorithms_and_users() {
    let mut world = World::new(serving(&["a"]));
    let two = r#"[{"issuer":"https://two.example","audience":"keyward","jwks_url":"https://two.example/keys",
        "namespace":"two"},{"issuer":"https://es.example","audience":"keyward","jwks_url":"https://es.example/keys",
        "namespace":"es","algorithms":"ES256"}]"#;
    world.config = config(&[("JWT_ISSUERS", two)]);
    let from = |issuer: &str| {
        let mut claims = claims();
        claims["iss"] = issuer.into();
        token_with("a", &claims, 1)
    };
    assert_eq!(world.who(&from("https://id.example/")), "ada");
    assert_eq!(world.who(&from("https://two.example")), "two~3Aada");
    assert_eq!(world.who(&from("https://two.example")), "two~3Aada");
    assert_eq!(world.who(&from("https://es.example")), "auth.invalid");
    assert_eq!(world.who(&from("https://two.example/")), "auth.invalid");
    assert_eq!(*world.outside.urls.borrow(), ["https://id.example/keys", "https://two.example/keys"]);
}

#[test]
fn a_caller_with_a_token_is_vouched_for_until_it_expires() {
    let world = World::new(serving(&["a"]));
    let caller = run(world.app().identify(Source::Bearer, &token("a"))).expect("ada");
    assert_eq!(caller.vouched_until, Some(Timestamp::from_millis((NOW + 200_000) * 1000)));
}

#[test]
fn without_a_provider_no_token_is_accepted() {
    let world = World::new(serving(&["a"]));
    let problem =
        run(world.app().identify(Source::Access, &token("a"))).expect_err("no Access is configured");
    assert_eq!(problem.code, ErrorCode::AuthInvalid);
    assert_eq!(world.outside.asked.get(), 0);
}
