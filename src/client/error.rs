//! Why there is no answer. No error holds a key, whatever a server repeats.

use core::fmt;
use std::sync::Arc;
use std::time::Duration;

use keyward_core::scan::redact_text;
use serde_json::Value;

/// No answer came, from nobody.
pub(crate) const UNREACHABLE: &str = "client.unreachable";
/// No answer came in time.
pub(crate) const TIMEOUT: &str = "client.timeout";
/// An answer came that is not Keyward's.
pub(crate) const UNEXPECTED: &str = "client.unexpected";

/// How much of what a server says is repeated, in characters, and how many fields.
const LONGEST: usize = 500;
const MOST: usize = 100;

/// Why a key could not be verified. It says nothing about the key, so it is never a yes, and holds none.
#[derive(Clone)]
pub struct Error(Arc<Facts>);

#[derive(Debug, Default)]
struct Facts {
    code: String,
    detail: String,
    title: String,
    status: Option<u16>,
    errors: Vec<FieldError>,
    request_id: Option<String>,
    retry_after: Option<Duration>,
}

/// A field of the question that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldError {
    /// Where it is, as a JSON pointer: `/organization`.
    pub pointer: String,
    /// What is wrong with it.
    pub detail: String,
}

impl Error {
    /// The API's code, such as `server.unavailable`; or `client.unreachable`, `client.timeout` and `client.unexpected`, for an
    /// answer that is not Keyward's.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.0.code
    }

    /// What went wrong, for people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.0.detail
    }

    /// The same for every problem with this code; empty if the client has found it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.title
    }

    /// The HTTP status, if there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        self.0.status
    }

    /// Every wrong field of the question.
    #[must_use]
    pub fn errors(&self) -> &[FieldError] {
        &self.0.errors
    }

    /// The request's id, which is in the deployment's log too.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// After what time it may be tried again, if the deployment says so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    pub(crate) fn new(code: &str, detail: impl Into<String>) -> Self {
        Self(Arc::new(Facts { code: code.to_owned(), detail: detail.into(), ..Facts::default() }))
    }

    pub(crate) fn unreachable(why: &str, secrets: &[&str]) -> Self {
        Self::new(UNREACHABLE, format!("The server cannot be reached: {}", without(why, secrets)))
    }

    /// An answer that is no verdict.
    pub(crate) fn unexpected(status: u16, retry_after: Option<Duration>) -> Self {
        let detail = format!("The server does not answer as Keyward does: {status}");
        let code = UNEXPECTED.to_owned();
        Self(Arc::new(Facts { code, detail, status: Some(status), retry_after, ..Facts::default() }))
    }

    /// What an answer with such a status is.
    pub(crate) fn of(status: u16, body: &[u8], retry_after: Option<Duration>, secrets: &[&str]) -> Self {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let text = |name: &str| body.get(name).and_then(Value::as_str).unwrap_or_default();
        let code = text("code");
        if !is_code(code) {
            return Self::unexpected(status, retry_after);
        }
        let said = |name: &str| without(text(name), secrets);
        let (title, detail) = (said("title"), said("detail"));
        let errors = body.get("errors").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let errors = errors.iter().take(MOST).map(|each| {
            let text =
                |name: &str| without(each.get(name).and_then(Value::as_str).unwrap_or_default(), secrets);
            FieldError { pointer: text("pointer"), detail: text("detail") }
        });
        Self(Arc::new(Facts {
            code: code.to_owned(),
            detail: if detail.is_empty() { title.clone() } else { detail },
            title,
            status: Some(status),
            errors: errors.collect(),
            request_id: Some(text("request_id")).filter(|id| is_request_id(id)).map(str::to_owned),
            retry_after,
        }))
    }
}

/// Two words of the API: `server.unavailable`.
fn is_code(text: &str) -> bool {
    let is_word = |word: &str, longest| {
        (1..=longest).contains(&word.len())
            && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
    };
    text.split_once('.').is_some_and(|(subject, what)| is_word(subject, 32) && is_word(what, 64))
}

fn is_request_id(text: &str) -> bool {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.strip_prefix("req_").is_some_and(|id| id.len() == 32 && id.bytes().all(digit))
}

/// A text that others have written, without secrets.
fn without(text: &str, secrets: &[&str]) -> String {
    let hidden = secrets.iter().filter(|secret| !secret.is_empty());
    let hidden = hidden.fold(text.to_owned(), |left, secret| left.replace(*secret, "***"));
    redact_text(&hidden).chars().take(LONGEST).collect()
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.detail, self.0.code)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Error {}
