//! Writes the platform's responses.

use keyward_app::cors::Sharing;
use keyward_app::medusa::Refusal;
use keyward_app::problem::FieldProblem;
use keyward_app::response::{SessionCookie, Success, Visitor};
use keyward_app::{Problem, Response};
use keyward_core::ErrorCode;
use serde::Serialize;
use worker::web_sys::{self, Headers, ResponseInit};

use super::cookie;

/// Browsers that have been here once never come without TLS again. The same as in `www/_headers`.
const HSTS: &str = "max-age=31536000";

/// The header that says who calls, of responses as of requests.
pub(super) const CALLER: &str = "keyward-caller";

/// What pages may send. The last ones are those of Medusa's client.
const ALLOWED_HEADERS: &str =
    "authorization, content-type, x-api-key, keyward-organization, x-medusa-locale, x-publishable-api-key";

/// A problem as RFC 9457 has it.
#[derive(Serialize)]
struct ProblemBody<'a> {
    r#type: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: ErrorCode,
    request_id: &'a str,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [FieldProblem],
}

/// What a response has to know about the browser that sent the request.
#[derive(Debug, Clone, Default)]
pub(crate) struct Browser {
    /// Whether the request came over TLS, so that a cookie may insist on it.
    pub(crate) is_secure: bool,
    /// Whether the request's credential is a session.
    pub(crate) has_session: bool,
    /// Which pages may read the response.
    pub(crate) sharing: Sharing,
    /// Who calls, once that is known.
    pub(crate) caller: Option<String>,
    /// Whether problems are said as Medusa says them.
    pub(crate) is_medusa: bool,
}

/// A response without the request's id.
pub(crate) struct Outgoing {
    pub(crate) status: u16,
    pub(crate) code: Option<ErrorCode>,
    outcome: Result<Response, Problem>,
    /// The problem as Medusa says it, if it is to be said so.
    refusal: Option<Refusal>,
    headers: Vec<(&'static str, String)>,
}

fn status(success: Success) -> u16 {
    match success {
        Success::Ok => 200,
        Success::Created => 201,
        Success::NoContent => 204,
    }
}

/// The status of a response.
pub(crate) fn status_of(outcome: &Result<Response, Problem>) -> u16 {
    match outcome {
        Ok(response) => status(response.success),
        Err(problem) => problem.code.status(),
    }
}

impl Outgoing {
    /// The response to a request with this outcome.
    pub(crate) fn new(outcome: Result<Response, Problem>, browser: Browser) -> Self {
        let mut headers = Vec::new();
        let refusal = outcome.as_ref().err().filter(|_| browser.is_medusa).map(Refusal::from);
        if browser.is_secure {
            headers.push(("strict-transport-security", HSTS.to_owned()));
        }
        share(browser.sharing, &mut headers);
        headers.extend(browser.caller.map(|caller| (CALLER, caller)));
        let (status, code) = match &outcome {
            Ok(Response { success, location, next, cookie, visitor, .. }) => {
                headers.extend(visitor.iter().flat_map(|visitor| tell(visitor)));
                headers.extend(location.clone().map(|location| ("location", location)));
                headers.extend(next.as_ref().map(|next| ("link", format!("<{next}>; rel=\"next\""))));
                match cookie {
                    Some(SessionCookie::Set(token)) => {
                        headers.push(("set-cookie", cookie::set(token, browser.is_secure)));
                    }
                    Some(SessionCookie::Clear) => {
                        headers.push(("set-cookie", cookie::clear(browser.is_secure)));
                    }
                    None => {}
                }
                (status(*success), None)
            }
            Err(problem) => {
                let code = problem.code;
                headers.extend(challenge(problem).map(|challenge| ("www-authenticate", challenge)));
                headers.extend(problem.allow.as_deref().map(|allow| ("allow", allow.to_owned())));
                if code.status() == 503 {
                    headers.push(("retry-after", "1".to_owned()));
                }
                // A browser need not keep the cookie of a session that has ended.
                if code == ErrorCode::AuthInvalid && browser.has_session {
                    headers.push(("set-cookie", cookie::clear(browser.is_secure)));
                }
                (refusal.as_ref().map_or(code.status(), |refusal| refusal.status), Some(code))
            }
        };
        Self { status, code, outcome, refusal, headers }
    }

    /// Makes the platform's response.
    ///
    /// # Errors
    /// Only when the platform fails.
    pub(crate) fn write(self, request_id: &str) -> worker::Result<web_sys::Response> {
        let headers = Headers::new()?;
        headers.set("cache-control", "no-store")?;
        headers.set("x-request-id", request_id)?;
        headers.set("x-content-type-options", "nosniff")?;
        for (name, value) in &self.headers {
            headers.append(name, value)?;
        }
        let (body, media_type) = match (self.outcome, self.refusal) {
            // No lines are lines as well.
            (Ok(Response { body, is_lines: true, .. }), _) => {
                headers.set("content-type", "application/x-ndjson")?;
                (body, "application/x-ndjson")
            }
            (Ok(response), _) => (response.body, "application/json"),
            (Err(_), Some(refusal)) => (keyward_app::json(&refusal), "application/json"),
            (Err(problem), None) => (problem_body(&problem, request_id), "application/problem+json"),
        };
        let body = Some(body.as_str()).filter(|body| !body.is_empty());
        if body.is_some() {
            headers.set("content-type", media_type)?;
        }
        let init = ResponseInit::new();
        init.set_status(self.status);
        init.set_headers(&headers);
        Ok(web_sys::Response::new_with_opt_str_and_init(body, &init)?)
    }
}

/// What a gateway is told of a visitor that may pass.
fn tell(visitor: &Visitor) -> [(&'static str, String); 4] {
    let Visitor { key, owner, scopes, as_of } = visitor;
    [
        ("x-keyward-key-id", key.to_string()),
        ("x-keyward-owner", owner.to_string()),
        ("x-keyward-scopes", scopes.spaced()),
        ("x-keyward-as-of", as_of.to_string()),
    ]
}

/// Tells browsers which pages may read the response. Cookies are never included.
fn share(sharing: Sharing, headers: &mut Vec<(&'static str, String)>) {
    let Sharing { varies, origin, preflight } = sharing;
    if varies {
        headers.push(("vary", "Origin".to_owned()));
    }
    let Some(origin) = origin else { return };
    headers.push(("access-control-allow-origin", origin));
    match preflight {
        Some(methods) => headers.extend([
            ("access-control-allow-methods", methods.to_owned()),
            ("access-control-allow-headers", ALLOWED_HEADERS.to_owned()),
            // Two hours: as long as browsers remember it at the most.
            ("access-control-max-age", "7200".to_owned()),
        ]),
        None => headers.push((
            "access-control-expose-headers",
            "retry-after, www-authenticate, x-request-id".to_owned(),
        )),
    }
}

fn problem_body(problem: &Problem, request_id: &str) -> String {
    let code = problem.code;
    let body = ProblemBody {
        r#type: format!("urn:keyward:problem:{}", code.as_str()),
        title: code.title(),
        status: code.status(),
        detail: problem.detail.as_deref().unwrap_or(code.title()),
        code,
        request_id,
        errors: &problem.errors,
    };
    serde_json::to_string(&body).unwrap_or_default()
}

/// The challenge that RFC 6750 requires. If no credential was sent it names no error.
fn challenge(problem: &Problem) -> Option<String> {
    let realm = "Bearer realm=\"keyward\"";
    match problem.code {
        ErrorCode::AuthMissing => Some(realm.to_owned()),
        ErrorCode::AuthInvalid => Some(format!("{realm}, error=\"invalid_token\"")),
        ErrorCode::AuthMalformed => Some(format!("{realm}, error=\"invalid_request\"")),
        ErrorCode::AuthInsufficientScope => {
            let scope = problem.scope.as_deref().unwrap_or_default();
            Some(format!("{realm}, error=\"insufficient_scope\", scope=\"{scope}\""))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use keyward_core::policy::scope;
    use serde_json::{Value, json};

    use super::*;

    fn body(problem: &Problem) -> Value {
        serde_json::from_str(&problem_body(problem, "req_7")).expect("JSON")
    }

    #[test]
    fn every_problem_has_its_body() {
        for code in ErrorCode::ALL {
            let expected = json!({
                "type": format!("urn:keyward:problem:{}", code.as_str()), "title": code.title(), "status": code.status(),
                "detail": code.title(), "code": code.as_str(), "request_id": "req_7",
            });
            assert_eq!(body(&Problem::new(*code)), expected);
        }
        let field = body(&Problem::field("/title", "is missing"));
        assert_eq!(field["errors"], json!([{ "pointer": "/title", "detail": "is missing" }]));
    }

    #[test]
    fn the_dashboard_and_the_api_promise_tls_for_as_long() {
        let line = format!("Strict-Transport-Security: {HSTS}\n");
        assert!(include_str!("../../../www/_headers").contains(&line));
    }

    #[test]
    fn every_401_has_a_challenge_as_rfc_9110_asks_and_a_missing_scope_is_named() {
        for code in ErrorCode::ALL {
            let expected = match code {
                ErrorCode::AuthMissing => Some("Bearer realm=\"keyward\""),
                ErrorCode::AuthInvalid => Some("Bearer realm=\"keyward\", error=\"invalid_token\""),
                ErrorCode::AuthMalformed => Some("Bearer realm=\"keyward\", error=\"invalid_request\""),
                ErrorCode::AuthInsufficientScope => {
                    Some("Bearer realm=\"keyward\", error=\"insufficient_scope\", scope=\"keys:read\"")
                }
                _ => None,
            };
            let mut problem = Problem::new(*code);
            problem.scope = Some(scope::KEYS_READ.into());
            assert_eq!(challenge(&problem).as_deref(), expected, "{code:?}");
            assert!(code.status() != 401 || expected.is_some(), "{code:?}");
        }
    }
}
