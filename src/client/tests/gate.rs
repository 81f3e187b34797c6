use std::sync::{Arc, Mutex};

use axum::body::{Body, to_bytes};
use axum::http::{HeaderName, Request, Response, StatusCode};
use axum::routing::any;
use axum::{Extension, Router};
use keyward_client::{Keyward, Place, Question, RequireKey, VerifiedKey};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::told::{KEY, Said, refused, said, told, told_with, valid};

const OTHER: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk000000";

/// An application behind a layer, which answers with the id of the request's key.
fn app(layer: RequireKey) -> Router {
    let handler = async |key: Option<Extension<VerifiedKey>>| {
        key.map_or_else(|| "no key".to_owned(), |Extension(key)| key.id)
    };
    Router::new().route("/", any(handler)).layer(layer)
}

fn layer(keyward: &Keyward) -> RequireKey {
    RequireKey::new(keyward, Question::new().scopes(["orders:read"])).unwrap()
}

fn request(headers: &[(&str, &str)]) -> Request<Body> {
    asked("GET", headers)
}

fn asked(method: &str, headers: &[(&str, &str)]) -> Request<Body> {
    let request = Request::builder().method(method).uri("/");
    headers
        .iter()
        .fold(request, |request, (name, value)| request.header(*name, *value))
        .body(Body::empty())
        .unwrap()
}

async fn text(response: Response<Body>) -> String {
    String::from_utf8(to_bytes(response.into_body(), usize::MAX).await.unwrap().to_vec()).unwrap()
}

type Fault = Box<dyn Fn() -> Said + Send + Sync>;

/// The status, the code, the challenge and Retry-After of a refusal.
async fn refusal(response: Response<Body>) -> (u16, String, Option<String>, Option<String>) {
    let status = response.status().as_u16();
    let header = |name| response.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    assert_eq!(header("content-type").as_deref(), Some("application/problem+json"));
    assert_eq!(header("cache-control").as_deref(), Some("no-store"));
    let (challenge, again) = (header("www-authenticate"), header("retry-after"));
    let body: Value = serde_json::from_str(&text(response).await).unwrap();
    let code = body["code"].as_str().unwrap().to_owned();
    assert_eq!(
        (&body["status"], &body["type"]),
        (&json!(status), &json!(format!("urn:keyward:problem:{code}")))
    );
    assert!(body["title"].is_string() && body["detail"].is_string());
    (status, code, challenge, again)
}

fn expected(status: u16, code: &str, challenge: &str) -> (u16, String, Option<String>, Option<String>) {
    (status, code.to_owned(), Some(challenge).filter(|text| !text.is_empty()).map(str::to_owned), None)
}

fn missing() -> (u16, String, Option<String>, Option<String>) {
    expected(401, "auth.missing", "Bearer realm=\"keyward\"")
}

fn malformed() -> (u16, String, Option<String>, Option<String>) {
    expected(400, "auth.malformed", "Bearer realm=\"keyward\", error=\"invalid_request\"")
}

/// `Basic`, as browsers and curl write it.
fn basic(pair: &str) -> String {
    use base64ct::{Base64, Encoding};
    format!("Basic {}", Base64::encode_string(pair.as_bytes()))
}

#[tokio::test]
async fn a_key_is_read_from_wherever_the_deployment_reads_those_of_its_callers() {
    let (keyward, record) = told(|_| said(200, &valid()));
    let app = app(layer(&keyward));
    let as_basic = [
        format!("{KEY}:"),
        format!("{KEY}:x"),
        format!(":{KEY}"),
        format!("me:{KEY}"),
        format!("{KEY}:{KEY}"),
        KEY.to_owned(),
        format!("?>?:{KEY}"),
    ];
    let mut headers: Vec<Vec<(&str, String)>> =
        as_basic.iter().map(|pair| vec![("authorization", basic(pair))]).collect();
    for text in
        ["Bearer {}", "bearer {}", "BEARER   {}", "Bearer\t{}", "Bearer secret-token:{}", "  Bearer {} "]
    {
        headers.push(vec![("authorization", text.replace("{}", KEY))]);
    }
    for text in
        [format!("Basic {KEY}"), format!("basic {KEY}:"), basic(&format!("?>?:{KEY}")).replace('/', "_")]
    {
        headers.push(vec![("authorization", text)]);
    }
    headers.push(vec![("x-api-key", KEY.to_owned())]);
    headers.push(vec![("X-API-Key", format!(" {KEY} "))]);
    headers.push(vec![("authorization", format!("Bearer {KEY}")), ("x-api-key", KEY.to_owned())]);
    headers.push(vec![("authorization", "Digest x".to_owned()), ("x-api-key", KEY.to_owned())]);
    let count = headers.len();
    for headers in headers {
        let headers: Vec<_> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let response = app.clone().oneshot(request(&headers)).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{}", headers[0].0);
        assert_eq!(text(response).await, "apk_1");
        assert_eq!(record.all().pop().unwrap().body, json!({ "key": KEY, "scopes": ["orders:read"] }));
    }
    assert_eq!(record.count(), count);
}

#[tokio::test]
async fn credentials_that_nobody_can_mean_and_requests_without_one_are_refused_without_asking() {
    let (keyward, record) = told(|_| said(200, &valid()));
    let app = app(layer(&keyward));
    let both = format!("{KEY}:{}", KEY.replace("_sk_", "_pat_"));
    let bearer = format!("Bearer {KEY}");
    for value in [
        "Bearer",
        "Bearer ",
        "Bearer secret-token:",
        &format!("Bearer {KEY} {KEY}"),
        &format!("Bearer Bearer {KEY}"),
        &format!("Bearer {KEY},{KEY}"),
        &format!("Bearer {KEY}, Bearer {OTHER}"),
        "Bearer k\u{e9}y",
        "Basic",
        "Basic !",
        &basic("me"),
        &basic(":"),
        &basic("a b:"),
    ] {
        let response = app.clone().oneshot(request(&[("authorization", value)])).await.unwrap();
        assert_eq!(refusal(response).await, malformed(), "{value}");
    }
    for headers in [
        &[("authorization", bearer.as_str()), ("x-api-key", OTHER)],
        &[("authorization", &bearer), ("authorization", &bearer)],
        &[("authorization", "Digest x"), ("authorization", &bearer)],
        &[("x-api-key", KEY), ("x-api-key", OTHER)],
    ] {
        assert_eq!(refusal(app.clone().oneshot(request(headers)).await.unwrap()).await, malformed());
    }
    assert_eq!(refusal(app.clone().oneshot(request(&[("x-api-key", "")])).await.unwrap()).await, malformed());
    let cookie = format!("key={KEY}");
    for headers in
        [&[][..], &[("authorization", "Digest x")], &[("cookie", &cookie)], &[("authorization", KEY)]]
    {
        assert_eq!(refusal(app.clone().oneshot(request(headers)).await.unwrap()).await, missing());
    }
    assert_eq!(record.count(), 0);
    // One of the two is no key, so it is clear which is meant.
    let response = app.oneshot(request(&[("authorization", &basic(&both))])).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn basic_with_two_different_keys_is_refused() {
    let (keyward, record) = told(|_| said(200, &valid()));
    let personal = crate::told::ANOTHER;
    let response =
        app(layer(&keyward)).oneshot(request(&[("authorization", &basic(&format!("{KEY}:{personal}")))]));
    assert_eq!(refusal(response.await.unwrap()).await, malformed());
    assert_eq!(record.count(), 0);
}

#[tokio::test]
async fn places_that_are_not_named_are_not_read() {
    let (keyward, _) = told(|_| said(200, &valid()));
    let app = app(layer(&keyward).places([Place::Header(HeaderName::from_static("x-acme-key"))]));
    let bearer = format!("Bearer {KEY}");
    for headers in [[("authorization", bearer.as_str())], [("x-api-key", KEY)]] {
        assert_eq!(refusal(app.clone().oneshot(request(&headers)).await.unwrap()).await, missing());
    }
    let response = app.oneshot(request(&[("x-acme-key", KEY)])).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test]
async fn every_refusal_of_a_key_has_its_status_and_challenge() {
    let invalid = |detail: &str| {
        let challenge =
            format!("Bearer realm=\"keyward\", error=\"invalid_token\", error_description=\"{detail}\"");
        expected(401, "auth.invalid", &challenge)
    };
    let scope = "Bearer realm=\"keyward\", error=\"insufficient_scope\", scope=\"orders:read\"";
    for (code, refused_with) in [
        ("malformed", invalid("This is no key.")),
        ("wrong_environment", invalid("This key is for another environment.")),
        ("forged", invalid("The key is not accepted.")),
        ("unknown", invalid("The key is not accepted.")),
        ("revoked", invalid("The key was revoked.")),
        ("expired", invalid("The key has expired.")),
        ("on_holiday", invalid("The key is not accepted.")),
        ("not_a_member", expected(403, "auth.forbidden", "")),
        ("insufficient_scope", expected(403, "auth.insufficient_scope", scope)),
    ] {
        let (keyward, _) = told(move |_| said(200, &refused(code)));
        let response = app(layer(&keyward)).oneshot(request(&[("x-api-key", KEY)])).await.unwrap();
        assert_eq!(refusal(response).await, refused_with, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn whatever_goes_wrong_with_asking_is_a_503_that_says_when_to_come_back_and_somebody_is_told_why() {
    let busy =
        || Said::Answer(429, vec![("retry-after", "17".to_owned())], json!({ "code": "x.y" }).to_string());
    let problem = |status, code| move || said(status, &json!({ "code": code, "detail": "no" }));
    let faults: [(Fault, &str, &str); 8] = [
        (Box::new(|| Said::Never), "client.timeout", "1"),
        (Box::new(|| Said::Lost(KEY.to_owned())), "client.unreachable", "1"),
        (Box::new(busy), "x.y", "17"),
        (Box::new(|| said(500, &valid())), "client.unexpected", "1"),
        (Box::new(|| said(200, &json!({ "valid": true }))), "client.unexpected", "1"),
        // The application's own key is wrong, which is not the visitor's fault.
        (Box::new(problem(401, "auth.invalid")), "auth.invalid", "1"),
        (Box::new(problem(403, "auth.forbidden")), "auth.forbidden", "1"),
        (Box::new(problem(400, "request.bad_field")), "request.bad_field", "1"),
    ];
    for (fault, code, again) in faults {
        let told_of = Arc::new(Mutex::new(Vec::new()));
        let (keyward, _) = told_with(|builder| builder.retries(0), move |_| fault());
        let tell = Arc::clone(&told_of);
        let layer =
            layer(&keyward).on_error(move |error| tell.lock().unwrap().push(format!("{error} {error:?}")));
        let response = app(layer).oneshot(request(&[("x-api-key", KEY)])).await.unwrap();
        let unavailable = (503, "server.unavailable".to_owned(), None, Some(again.to_owned()));
        assert_eq!(refusal(response).await, unavailable, "{code}");
        let told_of = told_of.lock().unwrap();
        assert!(told_of.len() == 1 && told_of[0].contains(code) && !told_of[0].contains(KEY), "{told_of:?}");
    }
}

#[tokio::test]
async fn the_organization_may_depend_on_the_request_and_nothing_is_required_less_if_it_cannot_be_read() {
    let (keyward, record) = told(|_| said(200, &valid()));
    let layer =
        layer(&keyward).organization_of(|parts| Some(parts.headers.get("x-org")?.to_str().ok()?.to_owned()));
    let app = app(layer);
    let response = app.clone().oneshot(request(&[("x-api-key", KEY), ("x-org", "acme")])).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(record.all()[0].body["organization"], "acme");
    let response = app.oneshot(request(&[("x-api-key", KEY)])).await.unwrap();
    assert_eq!(refusal(response).await, expected(403, "auth.forbidden", ""));
    assert_eq!(record.count(), 1);
}

#[tokio::test]
async fn an_organization_that_there_is_not_is_forbidden() {
    let nowhere =
        json!({ "code": "request.bad_field", "errors": [{ "pointer": "/organization", "detail": "x" }] });
    for (status, body) in [(404, json!({ "code": "owner.not_found" })), (400, nowhere)] {
        let (keyward, _) = told(move |_| said(status, &body));
        let response = app(layer(&keyward)).oneshot(request(&[("x-api-key", KEY)])).await.unwrap();
        assert_eq!(refusal(response).await, expected(403, "auth.forbidden", ""));
    }
}

#[tokio::test]
async fn only_a_browsers_preflight_passes_without_a_key_and_only_if_it_may() {
    let (keyward, record) = told(|_| said(200, &valid()));
    let preflight = [("origin", "https://page.example"), ("access-control-request-method", "PUT")];
    let open = app(layer(&keyward));
    let response = open.clone().oneshot(asked("OPTIONS", &preflight)).await.unwrap();
    assert_eq!(text(response).await, "no key");
    for (method, headers) in [("GET", &preflight[..]), ("OPTIONS", &[]), ("OPTIONS", &preflight[..1])] {
        assert_eq!(refusal(open.clone().oneshot(asked(method, headers)).await.unwrap()).await, missing());
    }
    // What somebody else has put there is not the request's key.
    let mut forged = asked("OPTIONS", &preflight);
    let key: VerifiedKey = serde_json::from_value(valid()["key"].clone()).unwrap();
    forged.extensions_mut().insert(key);
    assert_eq!(text(open.oneshot(forged).await.unwrap()).await, "no key");
    let strict = app(layer(&keyward).refuse_preflights());
    assert_eq!(refusal(strict.oneshot(asked("OPTIONS", &preflight)).await.unwrap()).await, missing());
    assert_eq!(record.count(), 0);
}

#[tokio::test]
async fn the_challenge_calls_the_application_as_it_wants_to_be_called() {
    let (keyward, _) = told(|_| said(200, &valid()));
    let response = app(layer(&keyward).realm("Acme's orders").unwrap()).oneshot(request(&[])).await.unwrap();
    assert_eq!(refusal(response).await.2.as_deref(), Some("Bearer realm=\"Acme's orders\""));
}
