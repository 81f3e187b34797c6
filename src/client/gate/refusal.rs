//! What a request is refused with: a problem (RFC 9457), with the challenge of RFC 6750.

use core::fmt::Write;
use std::time::Duration;

use http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderValue, Response, StatusCode};
use keyward_core::ErrorCode;
use serde::Serialize;

use crate::answer::RefusalCode;
use crate::builder::ConfigError;

/// After how many seconds it may be tried again, if nobody says.
const AGAIN: u64 = 1;

/// Why a request does not pass.
pub(super) struct Refused {
    code: ErrorCode,
    detail: String,
    /// What the challenge says beside the realm: without a credential it names no error.
    challenge: Vec<(&'static str, String)>,
    again: Option<u64>,
}

#[derive(Serialize)]
struct Problem<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    detail: &'a str,
    code: &'a str,
}

impl Refused {
    pub(super) fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), challenge: Vec::new(), again: None }
    }

    pub(super) fn malformed(detail: &str) -> Self {
        let challenge = vec![("error", "invalid_request".to_owned())];
        Self { challenge, ..Self::new(ErrorCode::AuthMalformed, detail) }
    }

    pub(super) fn invalid(code: RefusalCode) -> Self {
        let detail = match code {
            RefusalCode::Malformed => "This is no key.",
            RefusalCode::WrongEnvironment => "This key is for another environment.",
            RefusalCode::Revoked => "The key was revoked.",
            RefusalCode::Expired => "The key has expired.",
            // Whether there is such a key is nobody's business.
            _ => "The key is not accepted.",
        };
        let challenge = vec![("error", "invalid_token".to_owned()), ("error_description", detail.to_owned())];
        Self { challenge, ..Self::new(ErrorCode::AuthInvalid, detail) }
    }

    pub(super) fn insufficient_scope(scopes: &[String]) -> Self {
        let scopes = scopes.join(" ");
        let detail = format!("The key lacks one of the scopes: {scopes}.");
        let challenge = vec![("error", "insufficient_scope".to_owned()), ("scope", scopes)];
        Self { challenge, ..Self::new(ErrorCode::AuthInsufficientScope, detail) }
    }

    pub(super) fn unavailable(again: Option<Duration>) -> Self {
        let again = again.map_or(AGAIN, |again| again.as_secs() + u64::from(again.subsec_nanos() > 0));
        Self {
            again: Some(again),
            ..Self::new(ErrorCode::ServerUnavailable, "The key could not be checked.")
        }
    }

    pub(super) fn response<R: From<String>>(self, realm: &str) -> Response<R> {
        let Self { code, detail, challenge, again } = self;
        let (status, title, code) = (code.status(), code.title(), code.as_str());
        let title = if status == 503 { "Keys cannot be checked now; try again." } else { title };
        let problem =
            Problem { r#type: format!("urn:keyward:problem:{code}"), title, status, detail: &detail, code };
        // Texts and numbers can always be written.
        let mut response = Response::new(R::from(serde_json::to_string(&problem).unwrap_or_default()));
        *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if status == 401 || !challenge.is_empty() {
            let mut text = format!("Bearer realm=\"{realm}\"");
            for (name, value) in challenge {
                // Writing to a text does not fail.
                let _ = write!(text, ", {name}=\"{value}\"");
            }
            let value = HeaderValue::from_str(&text);
            headers.insert(WWW_AUTHENTICATE, value.unwrap_or(HeaderValue::from_static("Bearer")));
        }
        if let Some(again) = again {
            headers.insert(RETRY_AFTER, HeaderValue::from(again));
        }
        response
    }
}

/// What a challenge can call an API.
pub(super) fn realm(name: &str) -> Result<String, ConfigError> {
    let fits = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'"' && byte != b'\\';
    if !name.is_empty() && name.bytes().all(fits) { Ok(name.to_owned()) } else { Err(ConfigError::Realm) }
}
