//! What is open to pages of other origins (CORS): verifying and asking who one is, for pages of the configured origins.
//!
//! Cookies are never included, so a page can use no credential but one that it holds itself: a publishable key.

use crate::config::Config;
use crate::operations::Operation;

/// The operations that are open to pages.
const OPEN: [Operation; 2] = [Operation::VerifyKey, Operation::Whoami];

/// A page that a request comes from, as browsers say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The header `Origin`.
    pub origin: String,
    /// Whether the browser only asks if the page may send a request: `OPTIONS` with `Access-Control-Request-Method`.
    pub is_preflight: bool,
}

/// What a response says about who may read it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sharing {
    /// Whether responses of this path depend on the page's origin.
    pub varies: bool,
    /// The origin whose pages may read the response.
    pub origin: Option<String>,
    /// The methods that pages may use, if the browser only asks.
    pub preflight: Option<&'static str>,
}

impl Sharing {
    /// Of a response to a request for this path. Without a usable configuration nothing is shared.
    #[must_use]
    pub fn of(config: Option<&Config>, path: &str, page: Option<&Page>) -> Self {
        let is_at =
            |operation: &&Operation| operation.endpoint().routes.iter().any(|route| route.path == path);
        let Some(operation) = OPEN.iter().find(is_at) else { return Self::default() };
        let origins = config.map(|config| config.cors_origins.as_slice()).unwrap_or_default();
        let Some(page) = page.filter(|page| origins.contains(&page.origin)) else {
            return Self { varies: true, ..Self::default() };
        };
        let methods =
            if operation.endpoint().method == "GET" { "GET, HEAD" } else { operation.endpoint().method };
        let preflight = page.is_preflight.then_some(methods);
        Self { varies: true, origin: Some(page.origin.clone()), preflight }
    }
}

/// Whether a text is an origin exactly as browsers write it: a scheme, a host in lower case, and a port that is not the
/// scheme's own.
#[must_use]
pub(crate) fn is_origin(text: &str) -> bool {
    let Some((scheme, authority)) = text.split_once("://") else { return false };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let usual = if scheme == "https" { "443" } else { "80" };
    let is_port = |port: &str| {
        port.bytes().all(|byte| byte.is_ascii_digit())
            && !port.starts_with('0')
            && port.parse::<u16>().is_ok()
            && port != usual
    };
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let is_name = |name: &str| name.split('.').all(|part| !part.is_empty() && part.bytes().all(is_letter));
    let is_address = |host: &str| {
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        inner.is_some_and(|inner| inner.bytes().all(|byte| b"0123456789abcdef:.".contains(&byte)))
    };
    matches!(scheme, "http" | "https") && (is_name(host) || is_address(host)) && port.is_none_or(is_port)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::memory::config;

    #[test]
    fn only_pages_of_configured_origins_share_and_only_what_is_open() {
        let config = config(&[("CORS_ORIGINS", "https://shop.example, http://localhost:3000")]);
        let of = |path: &str, origin: &str, is_preflight| {
            let page = Page { origin: origin.to_owned(), is_preflight };
            Sharing::of(Some(&config), path, Some(&page))
        };
        let closed = Sharing { varies: true, ..Sharing::default() };
        for (path, methods) in [("/v1/verify", "POST"), ("/v1/whoami", "GET, HEAD")] {
            for origin in ["https://shop.example", "http://localhost:3000"] {
                let open = Sharing { origin: Some(origin.to_owned()), ..closed.clone() };
                assert_eq!(of(path, origin, false), open);
                assert_eq!(of(path, origin, true), Sharing { preflight: Some(methods), ..open });
            }
            for origin in
                ["https://evil.example", "https://shop.example.evil", "http://shop.example", "null", "", "*"]
            {
                assert_eq!(of(path, origin, true), closed, "{origin}");
            }
            assert_eq!(Sharing::of(Some(&config), path, None), closed);
        }
        for operation in Operation::ALL.iter().filter(|operation| !OPEN.contains(operation)) {
            for route in operation.endpoint().routes {
                assert_eq!(of(route.path, "https://shop.example", true), Sharing::default(), "{}", route.id);
            }
        }
    }

    #[test]
    fn without_configured_origins_nothing_is_shared() {
        let page = Page { origin: "https://shop.example".to_owned(), is_preflight: true };
        for config in [Some(&config(&[])), None] {
            assert_eq!(Sharing::of(config, "/v1/verify", Some(&page)).origin, None);
        }
    }

    #[test]
    fn an_origin_is_written_as_browsers_write_it() {
        for good in [
            "https://shop.example",
            "https://a-b.c9.example:8443",
            "http://localhost:3000",
            "http://127.0.0.1:1",
            "http://[::1]:80801".strip_suffix('1').expect("ASCII"),
            "https://[2001:db8::1]",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "null",
            "shop.example",
            "https://",
            "https://*.example",
            "https://shop.example/",
            "https://shop.example/x",
            "https://Shop.example",
            "HTTPS://shop.example",
            "https://shop.example:443",
            "http://shop.example:80",
            "https://shop.example:",
            "https://shop.example:0",
            "https://shop.example:99999",
            "https://shop.example:+1",
            "https://a@shop.example",
            "https://shop..example",
            "https://shop.example?x",
            "ftp://shop.example",
            "https://schön.example",
            "https://[::1",
            "https:/shop.example",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
