//! Problems as they are answered: RFC 9457 bodies, RFC 6750 challenges.

use keyward_core::ErrorCode;
use keyward_core::policy::Permission;
use serde_json::{Value, json};

use crate::http::Answer;
use crate::memory::{NOBODY, World};
use crate::problem::Problem;

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}

#[test]
fn every_code_has_its_body() {
    for code in ErrorCode::ALL {
        let answer = Answer::problem(&Problem::new(*code), "req_7");
        let body: Value = serde_json::from_str(&answer.body).expect("JSON");
        assert_eq!(
            body,
            json!({
                "type": format!("urn:keyward:problem:{}", code.as_str()), "title": code.title(), "status": code.status(),
                "detail": code.title(), "code": code.as_str(), "request_id": "req_7",
            })
        );
        assert_eq!((answer.status, answer.code.as_deref()), (code.status(), Some(code.as_str())));
    }
}

#[test]
fn every_code_has_its_headers() {
    for code in ErrorCode::ALL {
        let answer = Answer::problem(&Problem::new(*code), "req_7");
        let challenge = match code {
            ErrorCode::AuthMissing => Some("Bearer realm=\"keyward\""),
            ErrorCode::AuthInvalid => Some("Bearer realm=\"keyward\", error=\"invalid_token\""),
            ErrorCode::AuthMalformed => Some("Bearer realm=\"keyward\", error=\"invalid_request\""),
            ErrorCode::AuthInsufficientScope => {
                Some("Bearer realm=\"keyward\", error=\"insufficient_scope\", scope=\"\"")
            }
            _ => None,
        };
        assert_eq!(header(&answer, "www-authenticate"), challenge, "{code:?}");
        assert_eq!(header(&answer, "retry-after").is_some(), code.status() == 503, "{code:?}");
        assert!(code.status() != 401 || challenge.is_some(), "RFC 9110: 401 comes with a challenge");
    }
}

#[test]
fn lacking_scope_is_named_for_people_and_programs() {
    let answer = Answer::problem(&Problem::from(Permission::LacksScope("keys:read")), "r");
    let challenge = "Bearer realm=\"keyward\", error=\"insufficient_scope\", scope=\"keys:read\"";
    assert_eq!(header(&answer, "www-authenticate"), Some(challenge));
    assert!(answer.body.contains("This needs the scope `keys:read`."));
}

#[test]
fn fields_are_pointed_at() {
    let answer = Answer::problem(&Problem::field("/title", "is missing"), "r");
    let body: Value = serde_json::from_str(&answer.body).expect("JSON");
    assert_eq!(body["errors"], json!([{ "pointer": "/title", "detail": "is missing" }]));
}

#[test]
fn what_is_not_there_is_said_without_asking_who_wants_to_know() {
    let world = World::new();
    for (method, place, status, code, allow) in [
        ("GET", "/v1/nothing", 404, "route.not_found", None),
        ("GET", "/v1/verify", 405, "route.method_not_allowed", Some("POST")),
        ("DELETE", "/v1/organizations/acme", 405, "route.method_not_allowed", Some("GET, HEAD, PUT")),
    ] {
        let seen = world.send(NOBODY, method, place, Value::Null);
        assert_eq!((seen.status, seen.code(), seen.header("allow")), (status, code, allow));
    }
    let health = world.send(NOBODY, "GET", "/health", Value::Null);
    assert_eq!((health.status, &health.body["status"]), (200, &json!("ok")));
    assert_eq!(world.ports.counts(), crate::memory::Counts::default());
}
