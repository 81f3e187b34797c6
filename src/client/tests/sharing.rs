use std::time::Duration;

use futures_util::future::join_all;
use keyward_client::{OnOutage, Question, RefusalCode};
use tokio::time::timeout;

use crate::told::{KEY, Said, pass, refused, said, told, told_with, valid, valid_as_of};

const OTHER: &str = "kw_sk_test_2eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

fn later(said: Said) -> Said {
    Said::After(Duration::from_secs(1), Box::new(said))
}

#[tokio::test(start_paused = true)]
async fn equal_questions_under_way_share_one_request_and_different_ones_do_not() {
    let (keyward, asked) = told(|_| later(said(200, &valid())));
    let same = [["a", "b"], ["b", "a"], ["a", "b"]].map(|scopes| Question::new().scopes(scopes));
    let answers = join_all(same.iter().map(|question| keyward.verify(KEY, question))).await;
    assert!(answers.into_iter().all(|answer| answer.unwrap().is_valid()));
    assert_eq!(asked.count(), 1);
    let different = [
        Question::new(),
        Question::new().scopes(["a"]),
        Question::new().organization("acme"),
        Question::new().organization("acme").scopes(["a"]),
        Question::new().max_staleness_seconds(5),
        Question::new().on_outage(OnOutage::Stale),
    ];
    join_all(different.iter().map(|question| keyward.verify(KEY, question))).await;
    assert_eq!(asked.count(), 7);
    let question = Question::new();
    join_all([KEY, OTHER].map(|key| keyward.verify(key, &question))).await;
    assert_eq!(asked.count(), 9);
    // What is answered is not under way any more.
    keyward.verify(KEY, &question).await.unwrap();
    assert_eq!(asked.count(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_question_with_a_bound_of_0_is_always_one_of_its_own() {
    let options = |builder: keyward_client::Builder| builder.cache(Duration::from_mins(1));
    let (keyward, asked) = told_with(options, |_| later(said(200, &valid())));
    let strong = Question::new().max_staleness_seconds(0);
    join_all((0..3).map(|_| keyward.verify(KEY, &strong))).await;
    assert_eq!(asked.count(), 3);
    keyward.verify(KEY, &strong).await.unwrap();
    assert_eq!(asked.count(), 4);
}

#[tokio::test(start_paused = true)]
async fn who_no_longer_waits_ends_the_request_for_nobody_else() {
    let (keyward, asked) = told(|_| later(said(200, &valid())));
    let question = Question::new();
    let gone = timeout(Duration::from_millis(500), keyward.verify(KEY, &question));
    let (gone, waiting) = tokio::join!(gone, keyward.verify(KEY, &question));
    assert!(gone.is_err() && waiting.unwrap().is_valid());
    assert_eq!(asked.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn what_nobody_waits_for_any_more_is_not_joined() {
    let (keyward, asked) = told(|count| if count == 1 { Said::Never } else { said(200, &valid()) });
    let question = Question::new();
    timeout(Duration::from_secs(1), keyward.verify(KEY, &question)).await.unwrap_err();
    assert!(keyward.verify(KEY, &question).await.unwrap().is_valid());
    assert_eq!(asked.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_joins_a_question_under_way_gets_no_answer_that_is_older_than_its_bound() {
    let old = |count| {
        let body = valid_as_of("2030-01-01T11:59:55.000Z", 10);
        if count == 1 {
            Said::After(Duration::from_secs(8), Box::new(said(200, &body)))
        } else {
            said(200, &refused("revoked"))
        }
    };
    let (keyward, asked) = told(old);
    let question = Question::new();
    let joins = async {
        tokio::time::sleep(Duration::from_secs(7)).await;
        keyward.verify(KEY, &question).await
    };
    // It was true six seconds before it was asked for, at worst: fourteen seconds ago.
    let (first, second) = tokio::join!(keyward.verify(KEY, &question), joins);
    assert!(first.unwrap().is_valid());
    assert_eq!(second.unwrap().verdict.unwrap_err().code, RefusalCode::Revoked);
    assert_eq!(asked.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_everybodys_who_waits_and_is_not_kept() {
    let options = |builder: keyward_client::Builder| builder.cache(Duration::from_mins(1));
    let answers = |count| later(if count == 1 { said(500, &valid()) } else { said(200, &valid()) });
    let (keyward, asked) = told_with(options, answers);
    let question = Question::new();
    let failed = join_all((0..3).map(|_| keyward.verify(KEY, &question))).await;
    assert!(failed.iter().all(Result::is_err));
    assert!(keyward.verify(KEY, &question).await.unwrap().is_valid());
    assert_eq!(asked.count(), 2);
}

#[tokio::test(start_paused = true)]
async fn what_was_asked_before_keys_changed_is_neither_joined_nor_kept() {
    let options = |builder: keyward_client::Builder| builder.cache(Duration::from_mins(1));
    let answers = |count| later(said(200, &if count == 1 { valid() } else { refused("revoked") }));
    let (keyward, asked) = told_with(options, answers);
    let question = Question::new();
    let change = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        keyward.forget();
        keyward.verify(KEY, &question).await
    };
    let (before, after) = tokio::join!(keyward.verify(KEY, &question), change);
    assert!(before.unwrap().is_valid() && !after.unwrap().is_valid());
    assert!(!keyward.verify(KEY, &question).await.unwrap().is_valid());
    assert_eq!(asked.count(), 2);
    pass(6).await;
    keyward.verify(KEY, &question).await.unwrap();
    assert_eq!(asked.count(), 3);
}
