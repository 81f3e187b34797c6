//! An answer, before it becomes a response of the platform.

use std::borrow::Cow;

use keyward_core::ErrorCode;
use keyward_core::stored::{Fields, Stored};
use serde::Serialize;
use serde_json::{Value, json};

use crate::json;
use crate::problem::Problem;

/// An answer.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body, as JSON; empty if there is none.
    pub body: String,
    /// Headers beyond those that every answer has.
    pub headers: Vec<(Cow<'static, str>, String)>,
    /// The problem's code, if it is one.
    pub code: Option<Cow<'static, str>>,
}

impl Stored for Answer {
    fn read(value: Value) -> Option<Self> {
        let mut fields = Fields::of(value)?;
        let headers: Vec<(String, String)> = fields.take("headers")?;
        Some(Self {
            status: fields.take("status")?,
            body: fields.take("body")?,
            headers: headers.into_iter().map(|(name, value)| (name.into(), value)).collect(),
            code: fields.take::<Option<String>>("code")?.map(Cow::from),
        })
    }
}

/// Shows neither body nor headers: they may hold a key that was just issued.
impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Answer({}, {:?})", self.status, self.code)
    }
}

impl Answer {
    /// A JSON answer.
    #[must_use]
    pub fn json(status: u16, body: &Value) -> Self {
        Self { status, body: json::write(body), headers: Vec::new(), code: None }
    }

    /// An answer without a body.
    #[must_use]
    pub fn no_content() -> Self {
        Self { status: 204, body: String::new(), headers: Vec::new(), code: None }
    }

    /// The same with another header.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// A problem, as RFC 9457 writes it and with the challenge that RFC 6750 asks for.
    #[must_use]
    pub fn problem(problem: &Problem, request_id: &str) -> Self {
        let code = problem.code;
        let mut body = json!({
            "type": format!("urn:keyward:problem:{}", code.as_str()),
            "title": code.title(),
            "status": code.status(),
            "detail": problem.detail.as_deref().unwrap_or(code.title()),
            "code": code.as_str(),
            "request_id": request_id,
        });
        if let (Some(body), false) = (body.as_object_mut(), problem.errors.is_empty()) {
            let errors = problem.errors.iter();
            let errors = errors
                .map(|error| json!({ "pointer": error.pointer.as_str(), "detail": error.detail.as_ref() }));
            body.insert("errors".into(), errors.collect());
        }
        let answer = Self { code: Some(code.as_str().into()), ..Self::json(code.status(), &body) };
        match challenge(problem) {
            Some(challenge) => answer.with("www-authenticate", challenge),
            None if code.status() == 503 => answer.with("retry-after", "1"),
            None => answer,
        }
    }
}

/// What `WWW-Authenticate` says. Where no credential was given it names no error.
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
