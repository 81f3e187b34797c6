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
fn a_key_that_is_renewed_under_its_name_or_without_one_is_fetched_at_once() {
    for kid in ["a", ""] {
        let world = World::new(serving_keys(&[(kid, 5)]));
        let signed = |byte| if kid.is_empty() { nameless(byte) } else { token_with(kid, &claims(), byte) };
        assert_eq!(world.who(&signed(5)), "ada");
        world.serve(&[(kid, 6)]);
        assert_eq!(world.who(&signed(6)), "ada", "{kid}");
        assert_eq!(world.who(&signed(5)), "auth.invalid", "{kid}");
        assert_eq!(world.outside.asked.get(), 2);
    }
}

#[test]
fn forged_signatures_make_nobody_ask_more_than_every_half_minute() {
    let world = World::new(serving_keys(&[("a", 5), ("b", 6)]));
    assert_eq!(world.who(&token_with("a", &claims(), 5)), "ada");
    for half_minute in 0..3 {
        world.outside.seconds.set(NOW + half_minute * 30);
        for _ in 0..20 {
            assert_eq!(world.who(&token_with("a", &claims(), 7)), "auth.invalid");
            assert_eq!(world.who(&nameless(7)), "auth.invalid");
            assert_eq!(world.who(&token_with("b", &claims(), 6)), "ada");
        }
        assert_eq!(i64::from(world.outside.asked.get()), 2 + half_minute);
    }
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
fn the_same_key_is_tried_once_however_often_it_is_fetched() {
    let world = World::new(serving_keys(&[("a", 5)]));
    assert_eq!(world.who(&token_with("a", &claims(), 7)), "auth.invalid");
    assert_eq!((world.outside.asked.get(), world.outside.verified.get()), (2, 1));
}

#[test]
fn a_set_without_a_key_that_can_be_used_takes_the_place_of_no_good_one() {
    for bad in [r#"{"keys":[]}"#, r#"{"keys":[{"kty":"oct"}]}"#, r#"{"keys":null}"#, "<html>", ""] {
        let world = World::new(serving(&["a"]));
        assert_eq!(world.who(&token("a")), "ada");
        *world.outside.answer.borrow_mut() = Ok(bad.to_owned());
        // Once because nobody knows the key, and once because the set is old.
        assert_eq!(world.who(&token("x")), "auth.invalid");
        assert_eq!(world.who(&token("a")), "ada");
        world.outside.seconds.set(NOW + 3600);
        assert_eq!(world.who(&token("a")), "ada", "{bad}");
        assert_eq!(world.outside.asked.get(), 3);
    }
}

#[test]
fn keys_that_are_none_never_replace_those_that_are() {
    let world = World::new(serving(&["a"]));
    assert_eq!(world.who(&token("a")), "ada");
    world.serve(&[("a", 0), ("b", 0)]);
    world.outside.seconds.set(NOW + 3600);
    assert_eq!(world.who(&token("a")), "ada", "the last good set serves on");
    assert_eq!(world.who(&token("b")), "auth.invalid");
    world.serve(&[("a", 0), ("b", 1)]);
    world.outside.seconds.set(NOW + 7200);
    assert_eq!(world.who(&token("b")), "ada", "one good key makes a good set");
    assert_eq!(world.who(&token("a")), "auth.invalid");
    let world = World::new(serving_keys(&[("a", 0)]));
    assert_eq!(world.who(&token("a")), "server.unavailable");
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
