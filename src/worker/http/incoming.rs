//! A request, as far as the routes care.

use keyward_core::ErrorCode;
use serde_json::{Map, Value};

use super::fields::Fields;
use super::params::Params;
use crate::ledger::call::Forwarded;
use crate::problem::Problem;
use crate::usecases::authenticate::Sender;

/// Largest body, in bytes.
pub const BODY_MAX: usize = 65_536;

/// What became of reading the body. It may hold a secret: there is no `Debug` of its content.
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// It was read; empty if there was none.
    Read(Vec<u8>),
    /// It is larger than [`BODY_MAX`]; the rest was not read.
    TooLarge,
}

impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(bytes) => write!(f, "Read({} bytes)", bytes.len()),
            Self::TooLarge => f.write_str("TooLarge"),
        }
    }
}

/// A request. Its body and credentials are secret: `Debug` shows neither.
#[derive(Clone)]
pub struct Incoming {
    /// In upper case.
    pub method: String,
    /// From the first slash on, without query, as it was sent.
    pub path: String,
    /// Without the question mark, as it was sent.
    pub query: String,
    /// `Authorization`.
    pub authorization: Option<String>,
    /// `Cf-Access-Jwt-Assertion`.
    pub access_assertion: Option<String>,
    /// `Cookie`.
    pub cookie: Option<String>,
    /// Which page sent it, as its `Origin` says.
    pub sender: Sender,
    /// Whether it came over TLS, so that a cookie may insist on it.
    pub is_secure: bool,
    /// `Content-Type`.
    pub content_type: Option<String>,
    /// The body.
    pub body: Body,
}

impl std::fmt::Debug for Incoming {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Incoming({})", self.method)
    }
}

/// Splits an address into its scheme and what follows the two slashes.
#[must_use]
pub fn split_scheme(address: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = address.split_once(':')?;
    Some((scheme, rest.strip_prefix("//")?))
}

/// Splits an address into path and query.
#[must_use]
pub fn split_address(address: &str) -> (String, String) {
    let address = address.split('#').next().unwrap_or_default();
    let rest = split_scheme(address).map_or(address, |(_scheme, rest)| rest);
    let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
    let path = place.find('/').and_then(|start| place.get(start..)).unwrap_or("/");
    (path.to_owned(), query.to_owned())
}

/// Which page sent a request, by comparison of its `Origin` with its own address.
#[must_use]
pub fn sender_of(address: &str, origin: Option<&str>) -> Sender {
    let Some(origin) = origin else { return Sender::Unsaid };
    let rest = address.strip_prefix(origin).filter(|_| split_scheme(origin).is_some());
    if rest.is_some_and(|rest| rest.starts_with('/')) { Sender::OwnPage } else { Sender::ForeignPage }
}

impl From<Forwarded> for Incoming {
    fn from(request: Forwarded) -> Self {
        Self {
            method: request.method,
            path: request.path,
            query: request.query,
            authorization: None,
            access_assertion: None,
            cookie: None,
            sender: Sender::Unsaid,
            is_secure: false,
            content_type: Some("application/json".to_owned()),
            body: Body::Read(request.body.into_bytes()),
        }
    }
}

impl Incoming {
    /// The request as it is handed on to a ledger, without its credentials.
    #[must_use]
    pub fn forwarded(&self, request_id: &str) -> Forwarded {
        let body = match &self.body {
            Body::Read(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            Body::TooLarge => String::new(),
        };
        Forwarded {
            request_id: request_id.to_owned(),
            method: self.method.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            body,
        }
    }

    /// Whether the method says that nothing is to be changed.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The body's fields; an empty body is an object without any.
    ///
    /// # Errors
    /// `request.too_large`, `request.media_type`, `request.bad_json`, or `request.bad_field` for fields other than
    /// `known`.
    pub fn fields(&self, known: &'static [&'static str]) -> Result<Fields, Problem> {
        let Body::Read(bytes) = &self.body else { return Err(ErrorCode::RequestTooLarge.into()) };
        if bytes.is_empty() {
            return Fields::new(Map::new(), known);
        }
        let essence = self.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
        if !essence.trim().eq_ignore_ascii_case("application/json") {
            return Err(ErrorCode::RequestMediaType.into());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| {
            Problem::new(ErrorCode::RequestBadJson).because("The body is not JSON: it is not UTF-8.")
        })?;
        match keyward_core::json::parse(text) {
            Ok(Value::Object(object)) => Fields::new(object, known),
            Ok(_) => {
                Err(Problem::new(ErrorCode::RequestBadJson).because("The body has to be a JSON object."))
            }
            Err(error) => Err(Problem::new(ErrorCode::RequestBadJson)
                .because(format!("The body is not JSON: line {}, column {}.", error.line, error.column))),
        }
    }

    /// The query's parameters.
    ///
    /// # Errors
    /// `request.bad_parameter` for parameters other than `known`, or one given twice.
    pub fn params(&self, known: &'static [&'static str]) -> Result<Params, Problem> {
        Params::read(&self.query, known)
    }

    /// For operations that take no body.
    ///
    /// # Errors
    /// As [`Incoming::fields`].
    pub fn no_fields(&self) -> Result<(), Problem> {
        self.fields(&[]).map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_split_as_they_were_sent() {
        let split = |address| split_address(address);
        assert_eq!(split("https://h:8787/v1/a%20b?x=1&y=?#z"), ("/v1/a%20b".into(), "x=1&y=?".into()));
        assert_eq!(split("https://h"), ("/".into(), String::new()));
        assert_eq!(split("https://h?x"), ("/".into(), "x".into()));
    }

    #[test]
    fn another_origin_is_foreign() {
        let address = "https://h:8787/v1/x?https://evil.example";
        for (origin, expected) in [
            (None, Sender::Unsaid),
            (Some("https://h:8787"), Sender::OwnPage),
            (Some("https://h"), Sender::ForeignPage),
            (Some("http://h:8787"), Sender::ForeignPage),
            (Some("https://h:878"), Sender::ForeignPage),
            (Some("https://h:8787/"), Sender::ForeignPage),
            (Some("https://h:8787.evil.example"), Sender::ForeignPage),
            (Some("https://evil.example"), Sender::ForeignPage),
            (Some("https:/"), Sender::ForeignPage),
            (Some("null"), Sender::ForeignPage),
            (Some(""), Sender::ForeignPage),
        ] {
            assert_eq!(sender_of(address, origin), expected, "{origin:?}");
        }
    }
}
