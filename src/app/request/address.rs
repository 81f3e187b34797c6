//! What must not be sent at all: credentials in a URL, and anything over a connection that everybody can read.

use std::borrow::Cow;
use std::net::Ipv4Addr;

use keyward_core::{ErrorCode, Issuer, Kind, WellFormedKey, exposed};

use crate::medusa;
use crate::problem::Problem;

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

/// Refuses path and query if they hold a credential, encoded or not, in a name or in a value. `issuer` tells what has no
/// prefix.
///
/// # Errors
/// `request.key_in_url`.
pub(super) fn refuse_credentials(path: &str, query: &str, issuer: Option<&Issuer>) -> Result<(), Problem> {
    let query = if medusa::is_at(path) { without_publishable(query) } else { query.into() };
    let text = format!("{path}?{query}");
    if holds_credential(&text, issuer) {
        return Err(Problem::new(ErrorCode::RequestKeyInUrl).because(
            "URLs are logged and kept, so consider the key public and revoke it. Send keys in the header Authorization, or in a body where one is asked for.",
        ));
    }
    Ok(())
}

/// A query without values that are whole publishable keys: Medusa's clients look for such a key by its text, which is for
/// everybody.
fn without_publishable(query: &str) -> Cow<'_, str> {
    let is_publishable =
        |value: &str| WellFormedKey::parse(value).is_ok_and(|key| key.kind() == Kind::Publishable);
    let kept = query.split('&').map(|parameter| match form_urlencoded::parse(parameter.as_bytes()).next() {
        Some((name, value)) if is_publishable(&value) => name,
        _ => parameter.into(),
    });
    kept.collect::<Vec<_>>().join("&").into()
}

/// Whether a text holds a credential, percent-encoded or not.
pub(crate) fn holds_credential(text: &str, issuer: Option<&Issuer>) -> bool {
    exposed::holds_credential(text, issuer)
        || text.contains('%') && exposed::holds_credential(&decoded(text), issuer)
}

/// A text in which nothing is percent-encoded any more, however often it was: programs encode what is encoded already.
/// Takes time in proportion to the text.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    for byte in text.bytes() {
        bytes.push(byte);
        // What has been decoded may end something that is encoded itself.
        while let [before @ .., b'%', high, low] = bytes.as_slice()
            && let (Some(high), Some(low)) = (char::from(*high).to_digit(16), char::from(*low).to_digit(16))
        {
            let length = before.len();
            bytes.truncate(length);
            bytes.extend(u8::try_from(high * 16 + low));
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
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
    fn a_text_is_decoded_until_nothing_in_it_is_encoded() {
        for (text, expected) in [
            ("", ""),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz%4g", "%zz%4g"),
            ("a%41b", "aAb"),
            ("%252525252541", "A"),
            ("%%34%31", "A"),
            ("%E9", "\u{fffd}"),
            ("%c3%A9", "é"),
        ] {
            assert_eq!(decoded(text), expected, "{text}");
        }
    }

    #[test]
    fn a_credential_in_a_url_is_refused_however_often_it_is_encoded() {
        let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let mut key = KEY.to_owned();
        for _ in 0..8 {
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
        // Encoded parts may be made of encoded parts, and of what pasting put between.
        for query in [
            KEY.replace("sk", "%25%37%33%6b"),
            KEY.replace("kw_", "%6%62%5f"),
            KEY.replace("1eT", "1e%250AT"),
        ] {
            assert!(refuse_credentials("/v1/whoami", &query, None).is_err(), "{query}");
        }
        assert_eq!(refuse_credentials("/v1/organizations/acme/keys", "q=%E9%ff%&limit=7%25", None), Ok(()));
    }
}
