use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::future::join;
use keyward_core::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::identity::Algorithm;
use crate::identity::jwk::tests::ed;
use crate::identity::token::tests::text;
use crate::memory::{config, run, turn};
use crate::{Config, Memory};

const NOW: i64 = 1_795_000_000;

/// A provider and a clock that do as they are told. A signature is good if it is all ones.
struct Outside {
    seconds: Cell<i64>,
    answer: RefCell<Result<String, Unavailable>>,
    /// How many seconds an answer takes.
    delay: Cell<i64>,
    asked: Cell<u32>,
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
        assert_eq!(url, "https://id.example/keys");
        self.asked.set(self.asked.get() + 1);
        for _ in 0..self.delay.get() {
            turn().await;
            self.seconds.set(self.seconds.get() + 1);
        }
        self.answer.borrow().clone()
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
        Ok(signature == [1; 64])
    }

    async fn pause(&self) {
        turn().await;
    }
}

#[expect(clippy::unnecessary_wraps, reason = "what a provider answers may fail")]
fn serving(kids: &[&str]) -> Result<String, Unavailable> {
    Ok(json!({ "keys": kids.iter().map(|kid| ed(kid)).collect::<Vec<_>>() }).to_string())
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
            verified: Cell::new(0),
            mathematics: Cell::new(Ok(())),
        };
        Self { outside, config: config(&[]), memory: RefCell::default() }
    }

    fn app(&self) -> App<'_, Outside> {
        App { ports: &self.outside, config: &self.config, memory: &self.memory, uses: RefCell::default() }
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

fn token(kid: &str) -> String {
    let claims =
        json!({ "iss": "https://id.example/", "aud": "keyward", "sub": "ada", "exp": NOW + 200_000 });
    token_with(kid, &claims, 1)
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
    world.outside.mathematics.set(Err(Unavailable));
    assert_eq!(world.who(&token_with("a", &claims, 1)), "server.unavailable");
}

#[test]
fn a_rotated_key_is_fetched_at_once_and_garbage_only_every_half_minute() {
    let world = World::new(serving(&["a"]));
    assert_eq!(world.who(&token("a")), "ada");
    *world.outside.answer.borrow_mut() = serving(&["b"]);
    assert_eq!(world.who(&token("b")), "ada");
    assert_eq!(world.who(&token("a")), "auth.invalid");
    for n in 0..50 {
        assert_eq!(world.who(&token(&format!("x{n}"))), "auth.invalid");
    }
    assert_eq!(world.outside.asked.get(), 2);
    world.outside.seconds.set(NOW + 30);
    assert_eq!(world.who(&token("x")), "auth.invalid");
    assert_eq!(world.outside.asked.get(), 3);
}

#[test]
fn requests_at_once_share_one_fetch() {
    let world = World::new(serving(&["a"]));
    world.outside.delay.set(3);
    let (good, other) = (token("a"), token("x"));
    let both = run(join(join(world.identify(&good), world.identify(&good)), world.identify(&good)));
    assert_eq!(both, (("ada".into(), "ada".into()), "ada".into()));
    assert_eq!(world.outside.asked.get(), 1);
    // While one asks for a key that is not known, the others wait for what it learns, and known keys do not.
    *world.outside.answer.borrow_mut() = serving(&["a", "x"]);
    let all = run(join(join(world.identify(&other), world.identify(&other)), world.identify(&good)));
    assert_eq!(all, (("ada".into(), "ada".into()), "ada".into()));
    assert_eq!(world.outside.asked.get(), 2);
}

#[test]
fn a_request_that_went_away_while_fetching_blocks_nobody_for_long() {
    let world = World::new(serving(&["a"]));
    world.outside.delay.set(3);
    let good = token("a");
    {
        let mut gone = pin!(world.identify(&good));
        assert!(gone.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    let mut next = pin!(world.identify(&good));
    let mut context = Context::from_waker(Waker::noop());
    assert!(next.as_mut().poll(&mut context).is_pending());
    assert_eq!(world.outside.asked.get(), 1);
    world.outside.seconds.set(NOW + 6);
    assert_eq!(run(next), "ada");
    assert_eq!(world.outside.asked.get(), 2);
}

#[test]
fn without_keys_nobody_gets_in_and_the_provider_is_not_pestered() {
    for answer in [Err(Unavailable), Ok("<html>".to_owned()), Ok("{}".to_owned())] {
        let world = World::new(answer);
        for _ in 0..10 {
            assert_eq!(world.who(&token("a")), "server.unavailable");
        }
        assert_eq!(world.outside.asked.get(), 1);
        *world.outside.answer.borrow_mut() = serving(&["a"]);
        world.outside.seconds.set(NOW + 5);
        assert_eq!(world.who(&token("a")), "ada");
    }
}

#[test]
fn the_last_good_keys_serve_for_a_day_without_the_provider() {
    let world = World::new(serving(&["a"]));
    assert_eq!(world.who(&token("a")), "ada");
    *world.outside.answer.borrow_mut() = Err(Unavailable);
    world.outside.seconds.set(NOW + 3600);
    assert_eq!(world.who(&token("a")), "ada");
    assert_eq!(world.who(&token("a")), "ada");
    assert_eq!(world.who(&token("b")), "auth.invalid");
    assert_eq!(world.outside.asked.get(), 2);
    world.outside.seconds.set(NOW + 86_400);
    assert_eq!(world.who(&token("a")), "server.unavailable");
    world.outside.seconds.set(NOW + 86_405);
    *world.outside.answer.borrow_mut() = serving(&["b"]);
    assert_eq!(world.who(&token("a")), "auth.invalid");
}

#[test]
fn without_a_provider_no_token_is_accepted() {
    let world = World::new(serving(&["a"]));
    let problem =
        run(world.app().identify(Source::Access, &token("a"))).expect_err("no Access is configured");
    assert_eq!(problem.code, ErrorCode::AuthInvalid);
    assert_eq!(world.outside.asked.get(), 0);
}
