//! What must not be sent at all: credentials in a URL, and anything over a connection that everybody can read.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use keyward_core::exposed::holds_credential;
use keyward_core::{ErrorCode, KeyRing};
use percent_encoding::percent_decode_str;

use crate::problem::Problem;

/// How often a URL is decoded to see what is in it: programs encode what is encoded already.
const DECODINGS: usize = 5;

/// Refuses a URL that is plain HTTP, unless it leads to the machine that asks, where nobody listens on the way.
///
/// # Errors
/// `request.insecure`.
pub fn refuse_plain_http(url: &str) -> Result<(), Problem> {
    match url.strip_prefix("http://") {
        Some(rest) if !is_loopback(rest) => Err(Problem::new(ErrorCode::RequestInsecure).because(
            "This was sent over plain HTTP, so everybody on the way could read it. If there was a key in it, consider the key public and revoke it. Use https.",
        )),
        _ => Ok(()),
    }
}

/// Whether a URL without its scheme leads to the machine that asks.
fn is_loopback(rest: &str) -> bool {
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if host == "[::1]" || host.starts_with("[::1]:") {
        return true;
    }
    let host = host.split(':').next().unwrap_or_default();
    host.eq_ignore_ascii_case("localhost")
        || host.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// Refuses path and query if they hold a credential, encoded or not, in a name or in a value. `ring` tells sessions.
///
/// # Errors
/// `request.key_in_url`.
pub(super) fn refuse_credentials(path: &str, query: &str, ring: Option<&KeyRing>) -> Result<(), Problem> {
    let mut text = Cow::Owned(format!("{path}?{query}"));
    for _ in 0..DECODINGS {
        if holds_credential(&text, ring) {
            return Err(Problem::new(ErrorCode::RequestKeyInUrl).because(
                "URLs are logged and kept, so consider the key public and revoke it. Send keys in the header Authorization, or in a body where one is asked for.",
            ));
        }
        if !text.contains('%') {
            break;
        }
        text = Cow::Owned(percent_decode_str(&text).decode_utf8_lossy().into_owned());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

    use super::*;

    const KEY: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

    #[test]
    fn plain_http_is_for_the_own_machine_only() {
        for good in [
            "https://keyward.example/v1/verify",
            "http://localhost/",
            "http://localhost:8787/v1/verify",
            "http://LOCALHOST",
            "http://127.0.0.1:8787/?x",
            "http://127.255.0.9",
            "http://[::1]:8787/v1",
            "http://[::1]",
        ] {
            assert_eq!(refuse_plain_http(good), Ok(()), "{good}");
        }
        for bad in [
            "http://keyward.example/v1/verify",
            "http://localhost.example/",
            "http://localhost@keyward.example/",
            "http://keyward.example/?localhost",
            "http://keyward.example#localhost",
            "http://127.example/",
            "http://128.0.0.1/",
            "http://10.0.0.1/",
            "http://[::2]/",
            "http://[::1].example/",
            "http://",
        ] {
            let problem = refuse_plain_http(bad).expect_err(bad);
            assert_eq!(problem.code, ErrorCode::RequestInsecure);
        }
    }

    #[test]
    fn a_credential_in_a_url_is_refused_however_often_it_is_encoded() {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut key = KEY.to_owned();
        for _ in 0..3 {
            for (path, query) in [
                (format!("/v1/{key}"), String::new()),
                (format!("/v1/organizations/{key}/keys"), String::new()),
                ("/health".to_owned(), format!("token={key}")),
                ("/v1/whoami".to_owned(), format!("{key}=1")),
                ("/v1/whoami".to_owned(), format!("a=b&q=%20{key}&c")),
            ] {
                let problem = refuse_credentials(&path, &query, None).expect_err(&path);
                assert_eq!(problem.code, ErrorCode::RequestKeyInUrl);
                assert!(!format!("{problem:?}").contains("HGhu9j069PsHf4"));
            }
            key = encode(&key);
        }
        assert_eq!(refuse_credentials("/v1/organizations/acme/keys", "q=%E9%ff%&limit=7%25", None), Ok(()));
    }
}
