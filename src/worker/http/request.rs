//! Reads the platform's requests.

use js_sys::futures::JsFuture;
use js_sys::{JsString, Uint8Array};
use keyward_app::cors::Page;
use keyward_app::request::{Body, Credentials, RequestOrigin, Trace, body_max};
use keyward_app::{Incoming, Request};
use worker::web_sys;

use super::cookie;
use super::response::{Browser, CALLER};
use crate::platform::body;

/// Writes a text in composed form.
pub(crate) fn compose(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}

/// Reads a request, what its response has to know about the browser, and the page that it comes from.
///
/// # Errors
/// Only when the platform fails.
pub(crate) async fn read(
    request: &web_sys::Request,
    request_id: &str,
) -> worker::Result<(Incoming, Browser, Option<Page>)> {
    let url = request.url();
    let headers = request.headers();
    let header = |name| headers.get(name).map_err(worker::Error::from);
    let is_secure = url.starts_with("https://");
    let cookies = header("cookie")?;
    let (base_url, path, query) = split(&url);
    let credentials = Credentials {
        authorization: header("authorization")?,
        api_key: header("x-api-key")?,
        session: cookies.and_then(|cookies| cookie::token(&cookies, is_secure).map(str::to_owned)),
        access_assertion: header("cf-access-jwt-assertion")?,
        gateway: header("x-keyward-gateway")?,
    };
    let has_session =
        credentials.session.is_some() && credentials.authorization.is_none() && credentials.api_key.is_none();
    let origin = header("origin")?;
    let method = request.method();
    let is_preflight = method == "OPTIONS" && header("access-control-request-method")?.is_some();
    let incoming = Incoming {
        method,
        base_url: base_url.to_owned(),
        credentials,
        origin: RequestOrigin::of(&url, origin.as_deref()),
        request_id: request_id.to_owned(),
        address: header("cf-connecting-ip")?,
        user_agent: header("user-agent")?,
        caller: header(CALLER)?,
        organization: header("keyward-organization")?,
        binding: None,
        trace: header("traceparent")?.as_deref().and_then(Trace::read),
        request: Request {
            path: path.to_owned(),
            query: query.to_owned(),
            idempotency_key: header("idempotency-key")?,
            content_type: header("content-type")?,
            session: None,
            body: read_body(request, header("content-length")?.as_deref(), body_max(path)).await?,
            compose,
        },
    };
    let page = origin.map(|origin| Page { origin, is_preflight });
    Ok((incoming, Browser { is_secure, has_session, ..Browser::default() }, page))
}

/// Splits a URL into what is before the path, path and query.
fn split(url: &str) -> (&str, &str, &str) {
    let url = url.split('#').next().unwrap_or_default();
    let (url, query) = url.split_once('?').unwrap_or((url, ""));
    let authority = url.find("://").map_or(0, |at| at + 3);
    let end = url.get(authority..).and_then(|rest| rest.find('/')).map_or(url.len(), |at| authority + at);
    let (base, path) = url.split_at_checked(end).unwrap_or((url, ""));
    (base, if path.is_empty() { "/" } else { path }, query)
}

/// Reads a body: in one go if its length is known and allowed, otherwise piece by piece, no further than allowed.
async fn read_body(request: &web_sys::Request, length: Option<&str>, max: usize) -> worker::Result<Body> {
    let Some(body) = request.body() else { return Ok(Body::Read(Vec::new())) };
    let bytes = if length.and_then(|length| length.parse::<usize>().ok()).is_some_and(|length| length <= max)
    {
        let bytes = Uint8Array::new(&JsFuture::from(request.array_buffer()?).await?);
        // Another worker may state a length that its stream does not keep to.
        (bytes.length() as usize <= max).then(|| bytes.to_vec())
    } else {
        body::read(&body, max).await?
    };
    Ok(bytes.map_or(Body::TooLarge, Body::Read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_split_as_they_were_sent() {
        assert_eq!(split("https://h:8787/v1/a%20b?x=1&y=?#z"), ("https://h:8787", "/v1/a%20b", "x=1&y=?"));
        assert_eq!(split("https://h"), ("https://h", "/", ""));
        assert_eq!(split("https://h?x=://y/z"), ("https://h", "/", "x=://y/z"));
    }
}
