use std::time::Duration;

use keyward_client::Question;
use serde_json::json;
use tokio::time::Instant;

use crate::told::{KEY, Said, said, told, told_with, valid};

fn busy(status: u16, retry_after: &str) -> Said {
    let headers = vec![("retry-after", retry_after.to_owned())];
    Said::Answer(status, headers, json!({ "code": "server.unavailable" }).to_string())
}

#[tokio::test(start_paused = true)]
async fn what_may_pass_is_asked_again_twice_and_all_else_is_not() {
    for status in [429, 502, 503, 504] {
        let (keyward, asked) =
            told(move |count| if count < 3 { said(status, &json!({})) } else { said(200, &valid()) });
        assert!(keyward.verify(KEY, &Question::new()).await.unwrap().is_valid());
        assert_eq!(asked.count(), 3);
    }
    let (keyward, asked) = told(|_| Said::Lost("connection refused".to_owned()));
    assert_eq!(keyward.verify(KEY, &Question::new()).await.unwrap_err().code(), "client.unreachable");
    assert_eq!(asked.count(), 3);
    for status in [400, 401, 403, 404, 409, 500, 501, 505] {
        let (keyward, asked) = told(move |_| said(status, &json!({})));
        assert_eq!(keyward.verify(KEY, &Question::new()).await.unwrap_err().status(), Some(status));
        assert_eq!(asked.count(), 1);
    }
    let (keyward, asked) = told_with(|builder| builder.retries(0), |_| said(503, &json!({})));
    keyward.verify(KEY, &Question::new()).await.unwrap_err();
    assert_eq!(asked.count(), 1);
}

#[tokio::test(start_paused = true)]
async fn pauses_grow_unless_the_server_says_how_long() {
    let begun = Instant::now();
    let (keyward, _) = told(|_| said(503, &json!({})));
    keyward.verify(KEY, &Question::new()).await.unwrap_err();
    // Half to the whole of 250 and 500 ms.
    assert!((375..=752).contains(&begun.elapsed().as_millis()), "{:?}", begun.elapsed());

    let begun = Instant::now();
    let (keyward, asked) = told(|count| if count == 1 { busy(503, "7") } else { said(200, &valid()) });
    assert!(keyward.verify(KEY, &Question::new()).await.unwrap().is_valid());
    assert_eq!((begun.elapsed().as_secs(), asked.count()), (7, 2));
}

#[tokio::test(start_paused = true)]
async fn nobody_waits_for_what_would_come_too_late() {
    let begun = Instant::now();
    for after in ["15", "3600", "999999999", "Fri, 31 Dec 9999 23:59:59 GMT"] {
        let (keyward, asked) = told(move |_| busy(429, after));
        let error = keyward.verify(KEY, &Question::new()).await.unwrap_err();
        assert!(error.retry_after().unwrap() >= Duration::from_secs(15));
        assert_eq!((error.status(), asked.count()), (Some(429), 1));
    }
    assert_eq!(begun.elapsed(), Duration::ZERO);
    // What cannot be read says nothing.
    for after in ["", "-1", "soon", "9999999999", "1.5"] {
        let (keyward, _) = told(move |_| busy(503, after));
        assert_eq!(keyward.verify(KEY, &Question::new()).await.unwrap_err().retry_after(), None, "{after}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_time_holds_for_everything_that_a_question_takes() {
    let begun = Instant::now();
    let (keyward, asked) = told(|_| Said::Never);
    assert_eq!(keyward.verify(KEY, &Question::new()).await.unwrap_err().code(), "client.timeout");
    assert_eq!((begun.elapsed(), asked.count()), (Duration::from_secs(15), 1));

    let begun = Instant::now();
    let slowly = || Said::After(Duration::from_secs(2), Box::new(said(503, &json!({}))));
    let (keyward, _) = told_with(|builder| builder.timeout(Duration::from_secs(3)), move |_| slowly());
    assert_eq!(keyward.verify(KEY, &Question::new()).await.unwrap_err().code(), "client.timeout");
    assert_eq!(begun.elapsed(), Duration::from_secs(3));
}
