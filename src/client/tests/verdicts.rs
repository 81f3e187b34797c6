use keyward_client::{Environment, OnOutage, Owner, Question, RefusalCode, Status};
use keyward_core::verify::Verdict;
use serde_json::json;

use crate::told::{KEY, Said, refused, said, told, told_with, valid};

#[tokio::test]
async fn the_record_of_a_valid_key_is_told() {
    let (keyward, _) = told(|_| said(200, &valid()));
    let answer = keyward.verify(KEY, &Question::new()).await.unwrap();
    assert_eq!(answer.as_of.to_string(), "2030-01-01T12:00:00.000Z");
    assert_eq!(answer.max_staleness_seconds, 30);
    let key = answer.verdict.unwrap();
    assert_eq!((key.id.as_str(), key.title.as_str(), key.status), ("apk_1", "CI", Status::Active));
    assert!(matches!(&key.owner, Owner::Organization(id) if id.as_str() == "acme"));
    assert!(key.scopes.hold("orders:read") && !key.scopes.hold("orders:write"));
    assert_eq!(key.metadata["plan"], "pro");
    assert_eq!(key.more["created_at"], "2029-01-01T00:00:00.000Z");
}

#[tokio::test]
async fn a_publishable_key_that_asks_about_itself_is_told_what_is_for_everybody() {
    let mut answer = valid();
    answer["key"] = json!({
        "id": "apk_1", "type": "publishable", "owner": { "type": "organization", "id": "acme" }, "token": null,
        "redacted": "kw_pk_test_***JnsL", "scopes": [], "status": "active", "expires_at": null, "links": {},
    });
    let (keyward, _) = told(move |_| said(200, &answer));
    let key = keyward.verify(KEY, &Question::new()).await.unwrap().verdict.unwrap();
    assert_eq!((key.id.as_str(), key.title.as_str()), ("apk_1", ""));
}

#[tokio::test]
async fn every_refusal_has_a_code_of_its_own_and_one_of_a_newer_deployment_is_a_refusal() {
    let mut codes = Vec::new();
    for verdict in Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Valid) {
        let (keyward, _) = told(move |_| said(200, &refused(verdict.as_str())));
        let refusal = keyward.verify(KEY, &Question::new()).await.unwrap().verdict.unwrap_err();
        assert_eq!(refusal.key.unwrap().id, "apk_1");
        assert_ne!(refusal.code, RefusalCode::Other);
        assert_eq!(format!("{:?}", refusal.code), format!("{verdict:?}"));
        codes.push(refusal.code);
    }
    codes.dedup();
    assert_eq!(codes.len(), 8);
    let (keyward, _) = told(|_| said(200, &refused("on_holiday")));
    let refusal = keyward.verify(KEY, &Question::new()).await.unwrap().verdict.unwrap_err();
    assert_eq!(refusal.code, RefusalCode::Other);
}

#[tokio::test]
async fn nothing_but_a_whole_verdict_is_a_yes() {
    let without = |name: &str| {
        let mut answer = valid();
        answer.as_object_mut().unwrap().remove(name);
        answer
    };
    let with = |name: &str, value: serde_json::Value| {
        let mut answer = valid();
        answer[name] = value;
        answer
    };
    let answers = [
        json!(null),
        json!({}),
        json!([]),
        json!("valid"),
        json!({ "valid": true }),
        json!({ "code": "valid" }),
        without("valid"),
        without("code"),
        without("key"),
        without("as_of"),
        without("max_staleness_seconds"),
        with("valid", json!("true")),
        with("valid", json!(1)),
        with("valid", json!(false)),
        with("code", json!("revoked")),
        with("code", json!("Valid")),
        with("key", json!(null)),
        with("key", json!({ "id": "apk_1" })),
        with("key", json!({ "id": "apk_1", "owner": { "type": "planet", "id": "acme" } })),
        with("as_of", json!("yesterday")),
        with("max_staleness_seconds", json!(-1)),
    ];
    for answer in answers {
        let text = answer.to_string();
        let (keyward, _) = told(move |_| said(200, &answer));
        let error = keyward.verify(KEY, &Question::new()).await.expect_err(&text);
        assert_eq!((error.code(), error.status()), ("client.unexpected", Some(200)), "{text}");
    }
    let (keyward, _) = told(|_| Said::Answer(200, Vec::new(), "<html>".to_owned()));
    assert_eq!(keyward.verify(KEY, &Question::new()).await.unwrap_err().code(), "client.unexpected");
}

#[tokio::test]
async fn no_status_but_success_is_a_verdict_whatever_the_body_says() {
    for status in [199, 301, 302, 304, 307, 400, 401, 403, 404, 500, 501, 507] {
        let (keyward, asked) = told(move |_| said(status, &valid()));
        let error = keyward.verify(KEY, &Question::new()).await.unwrap_err();
        assert_eq!((error.code(), error.status()), ("client.unexpected", Some(status)));
        assert_eq!(asked.count(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_a_key_of_the_deployment_is_refused_without_a_request() {
    let (keyward, asked) = told_with(|builder| builder.key(KEY), |_| said(200, &valid()));
    let wrong = KEY.replace("JnsL", "JnsM");
    let cut = &KEY[..KEY.len() - 1];
    let long = "x".repeat(10_000);
    for text in ["", "x", "kw_sk_test_1", &wrong, cut, &long, " ", "é"] {
        let answer = keyward.verify(text, &Question::new().max_staleness_seconds(7)).await.unwrap();
        let refusal = answer.verdict.unwrap_err();
        assert_eq!((refusal.code, refusal.key), (RefusalCode::Malformed, None), "{text}");
        assert_eq!(answer.max_staleness_seconds, 7);
    }
    for (brand, environment) in [("acme", Environment::Test), ("kw", Environment::Live)] {
        let options =
            |builder: keyward_client::Builder| builder.key(KEY).brand(brand).environment(environment);
        let (keyward, asked) = told_with(options, |_| said(200, &valid()));
        let refusal = keyward.verify(KEY, &Question::new()).await.unwrap().verdict.unwrap_err();
        assert_eq!((refusal.code, asked.count()), (RefusalCode::WrongEnvironment, 0));
    }
    assert_eq!(asked.count(), 0);
    // What is not known here may be known there.
    let newer = KEY.replace("_1e", "_2e");
    assert!(keyward.verify(&newer, &Question::new()).await.unwrap().is_valid());
    assert!(keyward.verify(KEY, &Question::new()).await.unwrap().is_valid());
    assert_eq!(asked.count(), 2);
}

#[tokio::test]
async fn where_there_are_foreign_keys_every_text_is_asked_about() {
    let (keyward, asked) = told_with(|builder| builder.key(KEY).foreign(), |_| said(200, &valid()));
    for text in ["a-key-of-another-system", "é\n", ""] {
        assert!(keyward.verify(text, &Question::new()).await.unwrap().is_valid());
        assert_eq!(asked.all().pop().unwrap().body["key"], text);
    }
}

#[tokio::test]
async fn what_is_required_is_asked() {
    let (keyward, asked) = told_with(|builder| builder.key("secret"), |_| said(200, &valid()));
    let whole = Question::new().scopes(["b", "a", "b"]).organization("acme").max_staleness_seconds(0);
    for (question, body) in [
        (Question::new(), json!({ "key": KEY })),
        (Question::new().max_staleness_seconds(30), json!({ "key": KEY, "max_staleness_seconds": 30 })),
        (
            whole.on_outage(OnOutage::Stale),
            json!({
                "key": KEY, "scopes": ["a", "b"], "organization": "acme", "max_staleness_seconds": 0,
                "on_outage": "stale",
            }),
        ),
    ] {
        keyward.verify(KEY, &question).await.unwrap();
        let sent = asked.all().pop().unwrap();
        assert_eq!((sent.address.as_str(), sent.body), ("https://keys.example.com/v1/verify", body));
        assert_eq!(sent.headers["authorization"], "Bearer secret");
        assert_eq!(sent.headers["content-type"], "application/json");
    }
}
