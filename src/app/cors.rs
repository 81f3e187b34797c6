//! What is open to pages of other origins (CORS): verifying, asking who one is and revoking a key that one holds, for pages
//! of the configured origins; and what Medusa's clients ask for, which Medusa shares with such pages too.
//!
//! A page uses the credentials that it holds itself, such as a publishable key in its code. What its browser or Cloudflare
//! Access adds to its requests is not its own: responses to that are not shared.

use crate::config::Config;
use crate::medusa;
use crate::operations::Operation;
use crate::request::Credentials;

/// The operations that are open to pages.
const OPEN: [Operation; 3] = [Operation::VerifyKey, Operation::Whoami, Operation::RevokePresentedKey];

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
    /// Of a response to a request for this path with these credentials. Without a usable configuration nothing is shared.
    #[must_use]
    pub fn of(config: Option<&Config>, path: &str, credentials: &Credentials, page: Option<&Page>) -> Self {
        let is_at =
            |operation: &&Operation| operation.endpoint().routes.iter().any(|route| route.path == path);
        let methods = match OPEN.iter().find(is_at).map(|operation| operation.endpoint().method) {
            Some("GET") => "GET, HEAD",
            Some(method) => method,
            None if medusa::is_at(path) => "GET, HEAD, POST, DELETE",
            None => return Self::default(),
        };
        let origins = config.map(|config| config.cors_origins.as_slice()).unwrap_or_default();
        let Some(page) = page.filter(|page| origins.contains(&page.origin) && !is_added(credentials)) else {
            return Self { varies: true, ..Self::default() };
        };
        let preflight = page.is_preflight.then_some(methods);
        Self { varies: true, origin: Some(page.origin.clone()), preflight }
    }
}

/// Whether the credential that counts was added to the request on its way, and is not the page's own.
fn is_added(credentials: &Credentials) -> bool {
    let Credentials { authorization, api_key, session, access_assertion, .. } = credentials;
    let is_own = authorization.is_some() || api_key.is_some();
    !is_own && (session.is_some() || access_assertion.is_some())
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
            Sharing::of(Some(&config), path, &Credentials::default(), Some(&page))
        };
        let closed = Sharing { varies: true, ..Sharing::default() };
        for (path, methods) in [("/v1/verify", "POST"), ("/v1/whoami", "GET, HEAD"), ("/v1/revoke", "POST")] {
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
            assert_eq!(Sharing::of(Some(&config), path, &Credentials::default(), None), closed);
        }
        for (_, path, ..) in medusa::ROUTES {
            let (open, closed) =
                (of(path, "https://shop.example", true), of(path, "https://evil.example", true));
            assert_eq!((open.preflight, closed.origin), (Some("GET, HEAD, POST, DELETE"), None), "{path}");
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
            let credentials = Credentials::default();
            assert_eq!(Sharing::of(config, "/v1/verify", &credentials, Some(&page)).origin, None);
        }
    }

    #[test]
    fn what_a_cookie_or_cloudflare_access_gets_is_not_shared() {
        let config = config(&[("CORS_ORIGINS", "https://shop.example")]);
        let page = Page { origin: "https://shop.example".to_owned(), is_preflight: false };
        let text = |is_there: bool| is_there.then(|| "x".to_owned());
        for bits in 0..16 {
            let [authorization, api_key, session, access_assertion] =
                [1, 2, 4, 8].map(|bit| text(bits & bit != 0));
            let credentials =
                Credentials { authorization, api_key, session, access_assertion, ..Credentials::default() };
            let sharing = Sharing::of(Some(&config), "/v1/whoami", &credentials, Some(&page));
            assert_eq!(sharing.origin.is_some(), bits & 3 != 0 || bits == 0, "{bits:04b}");
            assert!(sharing.varies);
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
