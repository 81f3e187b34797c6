//! A request as it comes in: what is asked, and what only the edge may know of it.

use keyward_core::Issuer;

use super::{Body, Request, Trace, address};
use crate::authentication::session::presented;
use crate::problem::Problem;

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

/// A request as it comes in: what is asked, who asks, and from where.
#[expect(missing_debug_implementations, reason = "it holds secrets")]
#[derive(Clone)]
pub struct Incoming {
    /// In upper case.
    pub method: String,
    /// Where the deployment is, as far as the request says: scheme, host, and port.
    pub base_url: String,
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
    /// The header `Keyward-Caller`: who the client believes to be.
    pub caller: Option<String>,
    /// The header `Keyward-Organization`: which organization a client of Medusa means, where its credential does not say.
    pub organization: Option<String>,
    /// What says who calls, instead of a credential: the props of another worker's binding, as JSON.
    pub binding: Option<String>,
    /// The header `traceparent`, if it is one.
    pub trace: Option<Trace>,
    /// What is asked.
    pub request: Request,
}

impl Incoming {
    /// Whether the method promises that nothing is changed.
    #[must_use]
    pub fn is_safe(&self) -> bool {
        matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// Refuses a request whose URL holds a credential; `issuer` tells what has no prefix.
    ///
    /// # Errors
    /// `request.key_in_url`.
    pub fn refuse_credentials_in_url(&self, issuer: Option<&Issuer>) -> Result<(), Problem> {
        address::refuse_credentials(&self.request.path, &self.request.query, issuer)
    }

    /// The request as a ledger is sent it, with its body only if that is read there.
    ///
    /// # Errors
    /// What is wrong with a body as a whole: `request.too_large`, `request.media_type` or `request.bad_json`; for rows
    /// `request.import_too_large` or `request.not_rows`.
    pub(crate) fn sent(&self, has_body: bool) -> Result<Request, Problem> {
        let Request { path, query, idempotency_key, content_type, session: _, body, compose } = &self.request;
        let body = if has_body {
            self.request.require_text()?;
            body.clone()
        } else {
            Body::Read(Vec::new())
        };
        Ok(Request {
            path: path.clone(),
            query: query.clone(),
            idempotency_key: idempotency_key.clone(),
            content_type: content_type.clone(),
            session: presented(&self.credentials),
            body,
            compose: *compose,
        })
    }
}

#[cfg(test)]
mod tests {
    use keyward_core::{ErrorCode, KeyDigest};
    use serde_json::{Value, json};

    use super::*;

    fn incoming(content_type: Option<&str>, path: &str, body: &[u8]) -> Incoming {
        Incoming {
            method: "POST".to_owned(),
            base_url: "https://keys.example".to_owned(),
            credentials: Credentials::default(),
            origin: RequestOrigin::OwnPage,
            request_id: "req_7".to_owned(),
            address: Some("192.0.2.1".to_owned()),
            user_agent: Some("Mozilla".to_owned()),
            caller: Some("user:ada".to_owned()),
            organization: Some("globex".to_owned()),
            binding: None,
            trace: None,
            request: Request {
                path: path.to_owned(),
                query: "a=b".to_owned(),
                idempotency_key: Some("0123456789abcdef".to_owned()),
                content_type: content_type.map(str::to_owned),
                session: None,
                body: Body::Read(body.to_vec()),
                compose: str::to_owned,
            },
        }
    }

    #[test]
    fn a_ledger_is_sent_what_is_asked_and_nothing_that_proves_who_asks() {
        let secret = || Some("hunter2".to_owned());
        let asked = incoming(Some("application/json"), "/v1/users/me/sessions", "{ \"ä\": 1 }".as_bytes());
        let sent = |credentials: Credentials, has_body: bool| {
            let sent = Incoming { credentials, ..asked.clone() }.sent(has_body);
            serde_json::to_value(sent.unwrap_or_else(|problem| panic!("{problem:?}"))).expect("JSON")
        };
        let shape = |session: Value, body: &str| {
            json!({
                "path": "/v1/users/me/sessions", "query": "a=b", "idempotency_key": "0123456789abcdef",
                "content_type": "application/json", "session": session, "body": body,
            })
        };
        let proven = Credentials {
            authorization: secret(),
            api_key: secret(),
            access_assertion: secret(),
            session: secret(),
            gateway: secret(),
        };
        assert_eq!(sent(proven, true), shape(Value::Null, "{ \"ä\": 1 }"));
        let token = "kws_".to_owned();
        let signed_in = Credentials { session: Some(token.clone()), ..Credentials::default() };
        assert_eq!(sent(signed_in, false), shape(json!(KeyDigest::of(&token).to_hex()), ""));
    }

    #[test]
    fn no_ledger_is_sent_a_body_that_is_wrong_as_a_whole() {
        use ErrorCode as Code;
        let (json, lines, keys, import) = (
            Some("application/json"),
            Some("application/x-ndjson"),
            "/v1/organizations/acme/keys",
            "/v1/organizations/acme/import",
        );
        for (content_type, path, body, expected) in [
            (json, keys, b"{}".as_slice(), None),
            (json, keys, b"\xff", Some(Code::RequestBadJson)),
            // What it holds is for its reader to say.
            (json, keys, b"{", None),
            (None, keys, b"", None),
            (None, keys, b"{}", Some(Code::RequestMediaType)),
            (lines, keys, b"\xff", Some(Code::RequestMediaType)),
            (json, import, b"[]", None),
            (lines, import, b"{}\n{", None),
            (lines, import, b"{}\n\xff", Some(Code::RequestBadJson)),
            (Some("text/csv"), import, b"\xff", Some(Code::RequestNotRows)),
        ] {
            let sent = incoming(content_type, path, body).sent(true);
            assert_eq!(sent.err().map(|problem| problem.code), expected, "{content_type:?} {path} {body:?}");
        }
        for (path, expected) in [(keys, Code::RequestTooLarge), (import, Code::RequestImportTooLarge)] {
            let asked = incoming(json, path, b"");
            let large =
                Incoming { request: Request { body: Body::TooLarge, ..asked.request.clone() }, ..asked };
            assert_eq!(large.sent(true).err().map(|problem| problem.code), Some(expected));
            assert!(large.sent(false).is_ok());
        }
    }

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
