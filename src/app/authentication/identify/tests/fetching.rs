//! When a provider's keys are fetched: at once when they have changed, once for all who wait, seldom in vain.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use futures_util::future::join;

use super::{NOW, World, claims, nameless, serving, serving_keys, token, token_with, *};
use crate::memory::run;

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
