//! A request as the operations see it. It is read strictly: everything that is missing, unknown or wrong is reported at
//! once, and nothing that was sent is repeated.

mod address;
mod fields;
mod json;
mod path;

use keyward_core::idempotency::IdempotencyKey;
use keyward_core::import::ROWS_MAX;
use keyward_core::{ErrorCode, Issuer};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) use address::holds_credential;
pub use address::refuse_plain_http;
pub(crate) use fields::{boolean, is_plain};
pub use path::PathParams;

use crate::objects;
use crate::problem::Problem;
use fields::{NoFields, read};

/// Largest body, in bytes.
pub const BODY_MAX: usize = 65_536;
/// Where bodies are lists of what was found, and may be larger.
pub(crate) const FOUND_PATH: &str = "/v1/revoke/found";
/// Where gateways ask about requests of their visitors.
pub(crate) const AUTHORIZE_PATH: &str = "/v1/authorize";
/// Largest body where lists of what was found are sent, in bytes.
const FOUND_BODY_MAX: usize = 1_048_576;
/// Largest body of rows to import, in bytes.
const ROWS_BODY_MAX: usize = 2_097_152;

/// Largest body at this path, in bytes.
#[must_use]
pub fn body_max(path: &str) -> usize {
    match path {
        FOUND_PATH => FOUND_BODY_MAX,
        _ if path.ends_with("/import") => ROWS_BODY_MAX,
        _ => BODY_MAX,
    }
}

/// The problem of a larger body at this path.
#[must_use]
pub fn too_large(path: &str) -> ErrorCode {
    match body_max(path) {
        BODY_MAX => ErrorCode::RequestTooLarge,
        FOUND_BODY_MAX => ErrorCode::RequestListTooLarge,
        _ => ErrorCode::RequestImportTooLarge,
    }
}

/// What a request carries to prove who calls.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Credentials {
    /// The header `Authorization`.
    pub authorization: Option<String>,
    /// The header `X-Api-Key`.
    pub api_key: Option<String>,
    /// The token in the cookie of a dashboard session.
    pub session: Option<String>,
    /// The header `Cf-Access-Jwt-Assertion`.
    pub access_assertion: Option<String>,
    /// The header `X-Keyward-Gateway`: the key of a gateway that asks about somebody else's request.
    pub gateway: Option<String>,
}

/// Which page sent a request. Browsers say so with every request that may change something.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum RequestOrigin {
    /// There is no `Origin`: it is not from a page, or it changes nothing.
    #[default]
    Unknown,
    /// A page of this deployment.
    OwnPage,
    /// A page of another origin.
    ForeignPage,
}

impl RequestOrigin {
    /// Compares the header `Origin` with the request's own URL.
    #[must_use]
    pub fn of(url: &str, origin: Option<&str>) -> Self {
        let Some(origin) = origin else { return Self::Unknown };
        let rest = url.strip_prefix(origin).filter(|_| origin.contains("://"));
        if rest.is_some_and(|rest| rest.starts_with('/')) { Self::OwnPage } else { Self::ForeignPage }
    }
}

/// A body, as far as it has been read.
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
#[derive(Clone, PartialEq, Eq)]
pub enum Body {
    /// All of it; empty if there was none.
    Read(Vec<u8>),
    /// It is larger than [`body_max`]; the rest was not read.
    TooLarge,
}

/// A request.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
#[derive(Clone)]
pub struct Request {
    /// In upper case.
    pub method: String,
    /// Where the deployment is, as far as the request says: scheme, host, and port.
    pub base_url: String,
    /// From the first slash on, without query, as it was sent.
    pub path: String,
    /// Without the question mark, as it was sent.
    pub query: String,
    /// Who calls.
    pub credentials: Credentials,
    /// Which page sent it.
    pub origin: RequestOrigin,
    /// Its id, which its response and the log have too.
    pub request_id: String,
    /// The address that it came from, as the platform tells.
    pub address: Option<String>,
    /// The header `User-Agent`.
    pub user_agent: Option<String>,
    /// The header `Idempotency-Key`.
    pub idempotency_key: Option<String>,
    /// The header `Keyward-Caller`: who the client believes to be.
    pub caller: Option<String>,
    /// The header `Keyward-Organization`: which organization a client of Medusa means, where its credential does not say.
    pub organization: Option<String>,
    /// The header `Content-Type`.
    pub content_type: Option<String>,
    /// The body.
    pub body: Body,
    /// Writes a text in composed form (Unicode NFC), so that letters with marks are the same however they were typed. The
    /// platform has the tables, which are larger than everything that reads requests.
    pub compose: fn(&str) -> String,
}

impl Request {
    /// Whether the method promises that nothing is changed.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The idempotency key, for operations that take one.
    ///
    /// # Errors
    /// `request.bad_idempotency_key`.
    pub fn idempotency_key(&self) -> Result<Option<IdempotencyKey>, Problem> {
        let key = self.idempotency_key.clone().map(IdempotencyKey::try_from).transpose();
        key.map_err(|_| ErrorCode::RequestBadIdempotencyKey.into())
    }

    /// Refuses a request whose URL holds a credential; `issuer` tells what has no prefix.
    ///
    /// # Errors
    /// `request.key_in_url`.
    pub fn refuse_credentials_in_url(&self, issuer: Option<&Issuer>) -> Result<(), Problem> {
        address::refuse_credentials(&self.path, &self.query, issuer)
    }

    /// The body's fields, their texts composed; an empty body is an object without any.
    ///
    /// # Errors
    /// `request.too_large`, `request.media_type`, `request.bad_json`, or `request.bad_field` with all that is wrong.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        read(&self.composed(self.object()?), ErrorCode::RequestBadField)
    }

    /// The same on the hot path, for a type that denies unknown fields: the body is read straight into the type, and a
    /// second time only to report what is wrong with it.
    ///
    /// # Errors
    /// As [`Request::body`].
    pub fn strict_body<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        match &self.body {
            Body::Read(bytes) if self.has_json() => {
                let text = std::str::from_utf8(bytes).ok();
                text.and_then(|text| objects::from_str(text).ok()).map_or_else(|| self.body(), Ok)
            }
            _ => self.body(),
        }
    }

    /// For operations that take no body.
    ///
    /// # Errors
    /// As [`Request::body`].
    pub fn no_body(&self) -> Result<(), Problem> {
        self.body::<NoFields>().map(|_| ())
    }

    /// The query's parameters, their texts composed.
    ///
    /// # Errors
    /// `request.bad_parameter` with all that is wrong.
    pub fn query<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let bad = |detail: &'static str| Problem::new(ErrorCode::RequestBadParameter).because(detail);
        let Some(parameters) = parameters(self.query.as_bytes()) else {
            return Err(bad("The query holds a parameter more than once."));
        };
        let is_damaged = |text: &str| text.contains('\u{fffd}');
        if parameters.iter().any(|(name, value)| is_damaged(name) || value.as_str().is_some_and(is_damaged)) {
            return Err(bad("The query holds bytes that are not UTF-8, or U+FFFD in their place."));
        }
        read(&self.composed(parameters), ErrorCode::RequestBadParameter)
    }

    /// For operations that take no parameters.
    ///
    /// # Errors
    /// As [`Request::query`].
    pub fn no_query(&self) -> Result<(), Problem> {
        if self.query.is_empty() { Ok(()) } else { self.query::<NoFields>().map(|_| ()) }
    }

    /// The parameters of a form that have one of these names, as OAuth has it (RFC 6749): one without a value counts as left out,
    /// others are ignored, and none is given twice.
    ///
    /// # Errors
    /// `request.too_large`, `request.not_form`, or `request.bad_field`.
    pub(crate) fn form(&self, names: &[&str]) -> Result<Map<String, Value>, Problem> {
        let bytes = self.bytes()?;
        if !bytes.is_empty() && !self.has_type("application/x-www-form-urlencoded") {
            return Err(ErrorCode::RequestNotForm.into());
        }
        let Some(mut parameters) = parameters(bytes) else {
            return Err(Problem::field("", "must give each parameter once"));
        };
        parameters.retain(|name, value| names.contains(&name.as_str()) && value.as_str() != Some(""));
        Ok(parameters)
    }

    /// The text of a token that a form holds, with those of its other parameters that have one of these names.
    ///
    /// # Errors
    /// As [`Request::form`].
    pub(crate) fn form_token(&self, names: &[&str]) -> Result<(String, Map<String, Value>), Problem> {
        let mut form = self.form(&[&["token"], names].concat())?;
        match form.remove("token") {
            Some(Value::String(token)) => Ok((token, form)),
            _ => Err(Problem::field("/token", "is missing")),
        }
    }

    /// Path and query of the next page of a list.
    pub(crate) fn next_page(&self, after: &str) -> String {
        let mut next = [&self.path, "?after=", after].concat();
        for parameter in self.query.split('&') {
            let name = form_urlencoded::parse(parameter.as_bytes()).next().map(|(name, _)| name);
            if name.is_some_and(|name| !matches!(&*name, "after" | "offset")) {
                next.push('&');
                next.push_str(parameter);
            }
        }
        next
    }

    fn has_json(&self) -> bool {
        self.has_type("application/json")
    }

    fn has_type(&self, wanted: &str) -> bool {
        let media_type =
            self.content_type.as_deref().unwrap_or_default().split(';').next().unwrap_or_default();
        media_type.trim().eq_ignore_ascii_case(wanted)
    }

    fn bytes(&self) -> Result<&[u8], Problem> {
        match &self.body {
            Body::Read(bytes) => Ok(bytes),
            Body::TooLarge => Err(too_large(&self.path).into()),
        }
    }

    /// The body as it was sent; an empty one is an object without fields.
    ///
    /// # Errors
    /// As [`Request::body`].
    pub(crate) fn object(&self) -> Result<Map<String, Value>, Problem> {
        let bytes = self.bytes()?;
        if bytes.is_empty() {
            return Ok(Map::new());
        }
        if !self.has_json() {
            return Err(Problem::new(ErrorCode::RequestMediaType).because(match self.content_type {
                Some(_) => "The header Content-Type names another type than application/json.",
                None => "There is a body, but no header Content-Type; it has to be application/json.",
            }));
        }
        json::read(bytes)
    }

    /// The rows of a body: the objects of an array, or one on each line. What is wrong with one concerns no other.
    ///
    /// # Errors
    /// `request.import_too_large`, `request.not_rows`, `request.bad_json`, or `request.bad_field` for too many.
    pub(crate) fn rows<T>(
        &self,
        read_row: impl Fn(Map<String, Value>) -> Result<T, Problem>,
    ) -> Result<Vec<Result<T, Problem>>, Problem> {
        let bytes = self.bytes()?;
        let read = |value: Value| match value {
            Value::Object(row) => read_row(self.composed(row)),
            _ => Err(Problem::new(ErrorCode::RequestBadJson).because("A row has to be a JSON object.")),
        };
        let too_many = || Problem::field("", format!("must hold at most {ROWS_MAX} rows"));
        if self.has_type("application/x-ndjson") {
            let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
            let lines = lines.filter(|line| !line.is_empty());
            if lines.clone().nth(ROWS_MAX).is_some() {
                return Err(too_many());
            }
            return Ok(lines.map(|line| json::read_value(line).and_then(read)).collect());
        }
        if !self.has_json() {
            return Err(ErrorCode::RequestNotRows.into());
        }
        match json::read_value(bytes)? {
            Value::Array(rows) if rows.len() > ROWS_MAX => Err(too_many()),
            Value::Array(rows) => Ok(rows.into_iter().map(read).collect()),
            _ => {
                Err(Problem::new(ErrorCode::RequestBadJson)
                    .because("The body has to be a JSON array of rows."))
            }
        }
    }

    /// Reads a row, or what else has fields.
    ///
    /// # Errors
    /// `request.bad_field` with all that is wrong.
    pub(crate) fn row<T: DeserializeOwned>(row: &Map<String, Value>) -> Result<T, Problem> {
        read(row, ErrorCode::RequestBadField)
    }

    /// Fields with their texts composed. What is inside of objects and lists is the application's own, or a word of ours.
    pub(crate) fn composed(&self, mut fields: Map<String, Value>) -> Map<String, Value> {
        for field in fields.values_mut() {
            if let Value::String(text) = field
                && !text.is_ascii()
            {
                *text = (self.compose)(text);
            }
        }
        fields
    }
}

/// The parameters of a query or a form; `None` if one is given twice.
fn parameters(bytes: &[u8]) -> Option<Map<String, Value>> {
    let mut parameters = Map::new();
    for (name, value) in form_urlencoded::parse(bytes) {
        if parameters.insert(name.into_owned(), value.into_owned().into()).is_some() {
            return None;
        }
    }
    Some(parameters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_origin_is_foreign() {
        let url = "https://h:8787/v1/x?https://evil.example";
        for (origin, expected) in [
            (None, RequestOrigin::Unknown),
            (Some("https://h:8787"), RequestOrigin::OwnPage),
            (Some("https://h"), RequestOrigin::ForeignPage),
            (Some("http://h:8787"), RequestOrigin::ForeignPage),
            (Some("https://h:878"), RequestOrigin::ForeignPage),
            (Some("https://h:8787/"), RequestOrigin::ForeignPage),
            (Some("https://h:8787.evil.example"), RequestOrigin::ForeignPage),
            (Some("https://evil.example"), RequestOrigin::ForeignPage),
            (Some("https:/"), RequestOrigin::ForeignPage),
            (Some("null"), RequestOrigin::ForeignPage),
            (Some(""), RequestOrigin::ForeignPage),
        ] {
            assert_eq!(RequestOrigin::of(url, origin), expected, "{origin:?}");
        }
    }
}
