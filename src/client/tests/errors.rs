use std::time::Duration;

use keyward_client::{Error, Question};
use serde_json::json;

use crate::told::{KEY, Said, told_with};

/// The client's own credential, which has no form that could be recognised.
const OWN: &str = "a-token-of-the-identity-provider";
const FOREIGN: &str = "a-key-of-another-system";

async fn problem(key: &str, said: impl Fn() -> Said + Send + Sync + 'static) -> Error {
    let (keyward, _) = told_with(|builder| builder.key(OWN).foreign().retries(0), move |_| said());
    keyward.verify(key, &Question::new()).await.unwrap_err()
}

#[tokio::test]
async fn a_problem_is_told_with_code_status_fields_and_request_id() {
    let id = "req_0123456789abcdef0123456789abcdef";
    let body = json!({
        "type": "urn:keyward:problem:request.bad_field", "code": "request.bad_field", "status": 400, "title": "Title.",
        "detail": "Detail.", "request_id": id,
        "errors": [{ "pointer": "/organization", "detail": "must be an id" }],
    });
    let error =
        problem(KEY, move || Said::Answer(400, vec![("retry-after", "17".to_owned())], body.to_string()))
            .await;
    assert_eq!((error.code(), error.status()), ("request.bad_field", Some(400)));
    assert_eq!((error.title(), error.detail()), ("Title.", "Detail."));
    assert_eq!((error.request_id(), error.retry_after()), (Some(id), Some(Duration::from_secs(17))));
    assert_eq!(error.errors()[0].pointer, "/organization");
    assert_eq!(error.errors()[0].detail, "must be an id");
    assert_eq!(error.to_string(), "Detail. (request.bad_field)");
}

#[tokio::test]
async fn what_is_no_problem_of_keywards_is_not_repeated() {
    for body in [
        "",
        "<html>secret",
        "{}",
        "[]",
        "null",
        r#"{"code":"secret"}"#,
        r#"{"code":"a.b.c"}"#,
        r#"{"code":7}"#,
    ] {
        let error = problem(KEY, move || Said::Answer(418, Vec::new(), body.to_owned())).await;
        assert_eq!((error.code(), error.status()), ("client.unexpected", Some(418)), "{body}");
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[tokio::test]
async fn no_error_holds_a_key_whatever_a_server_or_a_transport_repeats() {
    for key in [KEY, FOREIGN] {
        let repeated = format!("{key} {OWN} {KEY}");
        let body = json!({
            "code": "auth.invalid", "title": repeated, "detail": repeated, "request_id": repeated,
            "errors": [{ "pointer": format!("/{key}"), "detail": repeated }],
        });
        let headers = vec![("retry-after", OWN.to_owned())];
        let said = problem(key, move || Said::Answer(401, headers.clone(), body.to_string())).await;
        let lost = problem(key, move || Said::Lost(repeated.clone())).await;
        assert_eq!((said.code(), lost.code()), ("auth.invalid", "client.unreachable"));
        for error in [said, lost] {
            let shown = format!("{error} {error:?} {error:#?}");
            for secret in [key, OWN, KEY] {
                assert!(!shown.contains(secret), "{shown}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_server_says_is_cut() {
    let body = json!({ "code": "a.b", "detail": "x".repeat(100_000), "errors": vec![json!({}); 10_000] });
    let error = problem(KEY, move || Said::Answer(400, Vec::new(), body.to_string())).await;
    assert_eq!((error.detail().len(), error.errors().len()), (500, 100));
}
