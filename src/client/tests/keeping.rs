use std::num::NonZeroUsize;
use std::time::Duration;

use keyward_client::{Builder, Question};
use serde_json::{Value, json};

use crate::told::{KEY, Said, pass, refused, said, told, told_with, valid, valid_as_of};

fn keeps(seconds: u64) -> impl FnOnce(Builder) -> Builder {
    move |builder| builder.cache(Duration::from_secs(seconds))
}

/// After how many seconds the same question is asked again, of those between the first answer and a minute later.
async fn kept_for(
    max_age: u64,
    question: &Question,
    answer: impl Fn() -> Said + Send + Sync + 'static,
) -> u64 {
    let (keyward, asked) = told_with(keeps(max_age), move |_| answer());
    keyward.verify(KEY, question).await.unwrap();
    for seconds in 0..60 {
        keyward.verify(KEY, question).await.unwrap();
        if asked.count() > 1 {
            return seconds;
        }
        pass(1).await;
    }
    60
}

fn with(name: &str, value: Value) -> Value {
    let mut answer = valid_as_of("2030-01-01T12:00:00.000Z", 3600);
    answer["key"][name] = value;
    answer
}

#[tokio::test(start_paused = true)]
async fn answers_are_kept_only_if_that_is_wanted() {
    let (keyward, asked) = told(|_| said(200, &valid()));
    for _ in 0..3 {
        keyward.verify(KEY, &Question::new()).await.unwrap();
    }
    assert_eq!(asked.count(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_kept_for_as_long_as_is_asked_counted_from_when_it_was_true() {
    let question = Question::new();
    let as_of = |at: &'static str, bound| move || said(200, &valid_as_of(at, bound));
    // The header Date counts whole seconds, so one second more may have passed.
    assert_eq!(kept_for(20, &question, as_of("2030-01-01T12:00:00.000Z", 3600)).await, 19);
    assert_eq!(kept_for(20, &question, as_of("2030-01-01T11:59:50.000Z", 3600)).await, 9);
    assert_eq!(kept_for(20, &question, as_of("2030-01-01T11:59:30.000Z", 3600)).await, 0);
    // Its own bound, and that of the question.
    assert_eq!(kept_for(50, &question, as_of("2030-01-01T11:59:55.000Z", 30)).await, 24);
    let asked = Question::new().max_staleness_seconds(15);
    assert_eq!(kept_for(50, &asked, as_of("2030-01-01T12:00:00.000Z", 3600)).await, 15);
    // A key that is always verified strongly.
    assert_eq!(kept_for(50, &question, as_of("2030-01-01T12:00:00.000Z", 0)).await, 0);
    // A clock that is ahead takes nothing away and gives nothing.
    assert_eq!(kept_for(20, &question, as_of("2030-01-01T12:00:10.000Z", 3600)).await, 20);
}

#[tokio::test(start_paused = true)]
async fn without_the_servers_time_an_answer_is_as_old_as_it_can_be() {
    let question = Question::new();
    for date in [None, Some("now"), Some("")] {
        let headers: Vec<_> = date.map(|date| ("date", date.to_owned())).into_iter().collect();
        let answer = move || Said::Answer(200, headers.clone(), valid().to_string());
        assert_eq!(kept_for(50, &question, answer).await, 0);
    }
}

#[tokio::test(start_paused = true)]
async fn a_refusal_is_kept_for_five_seconds_at_most() {
    assert_eq!(kept_for(50, &Question::new(), || said(200, &refused("revoked"))).await, 5);
    assert_eq!(kept_for(3, &Question::new(), || said(200, &refused("revoked"))).await, 2);
}

#[tokio::test(start_paused = true)]
async fn no_answer_is_kept_beyond_its_keys_end() {
    let question = Question::new();
    for name in ["expires_at", "revoked_at"] {
        let ends = |at: &str| with(name, json!(at));
        let soon = ends("2030-01-01T12:00:11.000Z");
        assert_eq!(kept_for(50, &question, move || said(200, &soon)).await, 10);
        let past = ends("2029-01-01T00:00:00.000Z");
        assert_eq!(kept_for(50, &question, move || said(200, &past)).await, 0);
    }
    let retiring = with("status", json!("retiring"));
    assert_eq!(kept_for(50, &question, move || said(200, &retiring)).await, 0);
}

#[tokio::test(start_paused = true)]
async fn no_more_answers_are_kept_than_is_asked() {
    let size = |builder: Builder| keeps(60)(builder).foreign().cache_size(NonZeroUsize::new(2).unwrap());
    let (keyward, asked) = told_with(size, |_| said(200, &valid()));
    let question = Question::new();
    for (key, count) in [("a", 1), ("b", 2), ("a", 2), ("c", 3), ("a", 3), ("b", 4)] {
        keyward.verify(key, &question).await.unwrap();
        assert_eq!(asked.count(), count, "{key}");
    }
    keyward.forget();
    keyward.verify("b", &question).await.unwrap();
    assert_eq!(asked.count(), 5);
}

#[tokio::test(start_paused = true)]
async fn a_revoked_key_is_refused_by_its_bound_however_often_it_is_asked_about() {
    // The deployment still answers from copies that are 30 seconds old when the key is revoked, and is right from then on.
    let answers = |count| {
        said(200, &if count == 1 { valid_as_of("2030-01-01T11:59:31.000Z", 30) } else { refused("revoked") })
    };
    let (keyward, _) = told_with(keeps(3600), answers);
    let question = Question::new();
    assert!(keyward.verify(KEY, &question).await.unwrap().is_valid());
    pass(1).await;
    assert!(!keyward.verify(KEY, &question).await.unwrap().is_valid());
}
