//! Which credential counts, and what is wrong with one that nobody can mean.

use std::borrow::Cow;

use base64ct::{Base64UrlUnpadded, Encoding};
use keyward_core::ErrorCode;
use keyward_core::key::ShapedKey;
use keyward_core::scan::keys_in;

use crate::identity::token;
use crate::problem::Problem;
use crate::request::{Credentials, RequestOrigin};

/// The one credential that counts.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential<'a> {
    /// None was sent.
    None,
    /// A key, or a token of the identity provider: the text behind `Authorization: Bearer`, in `Authorization: Basic` or in
    /// `X-Api-Key`.
    Bearer(Cow<'a, str>),
    /// The cookie of a session in the dashboard.
    Session(&'a str),
    /// What Cloudflare Access asserts, as a token.
    Access(&'a str),
}

impl<'a> Credential<'a> {
    /// Chooses what the headers `Authorization` and `X-Api-Key` hold, else the session's cookie, else what Cloudflare
    /// Access asserts: the more deliberate comes first, since browsers add the cookie and Access its assertion to every
    /// request.
    ///
    /// # Errors
    /// `auth.malformed`, with what is wrong, for headers that do not hold one credential.
    #[inline(never)]
    pub fn of(credentials: &'a Credentials, is_access_configured: bool) -> Result<Self, Problem> {
        Ok(match (Self::in_headers(credentials)?, &credentials.session, &credentials.access_assertion) {
            (Some(text), ..) => Self::Bearer(text),
            (None, Some(token), _) => Self::Session(token),
            (None, None, Some(token)) if is_access_configured => Self::Access(token),
            (None, None, _) => Self::None,
        })
    }

    /// What the headers `Authorization` and `X-Api-Key` hold, which nothing but the sender's program sends.
    ///
    /// # Errors
    /// `auth.malformed`, with what is wrong, for headers that do not hold one credential.
    pub fn in_headers(credentials: &'a Credentials) -> Result<Option<Cow<'a, str>>, Problem> {
        let Credentials { authorization, api_key, .. } = credentials;
        let authorization = authorization.as_deref().map(read_authorization).transpose();
        let api_key = api_key.as_deref().map(read_api_key).transpose();
        match (authorization.map_err(malformed)?, api_key.map_err(malformed)?) {
            (Some(one), Some(other)) if one != other => Err(malformed(
                "The headers Authorization and X-Api-Key hold different credentials; send one.",
            )),
            (one, other) => Ok(one.or(other)),
        }
    }

    /// The id that a client of OAuth says its key has: the name in `Basic`, if that is not the key itself.
    #[must_use]
    pub fn client_id(credentials: &Credentials) -> Option<String> {
        let mut words = credentials.authorization.as_deref()?.split_ascii_whitespace();
        let text =
            words.next().filter(|scheme| scheme.eq_ignore_ascii_case("basic")).and_then(|_| words.next())?;
        let (name, _) = read_pair(text).ok()?;
        Some(name).filter(|name| !name.is_empty() && !is_key(name))
    }

    /// Whether it is a token of an identity provider, so that a person calls. A session may also be the operator's.
    #[must_use]
    pub fn is_token(&self) -> bool {
        match self {
            Self::Access(_) => true,
            Self::Bearer(text) => token::looks_like_one(text),
            Self::None | Self::Session(_) => false,
        }
    }

    /// Whether it is this text.
    #[must_use]
    pub fn is(&self, key: &str) -> bool {
        matches!(self, Self::Bearer(text) if text == key)
    }

    /// Whether a request with this credential may change something, if it comes from such a page: browsers add some
    /// credentials by themselves, to the requests of any page.
    #[must_use]
    pub fn may_change(&self, origin: RequestOrigin) -> bool {
        match self {
            Self::None | Self::Bearer(_) => true,
            Self::Session(_) => origin == RequestOrigin::OwnPage,
            // Access also vouches for programs, which send no origin.
            Self::Access(_) => origin != RequestOrigin::ForeignPage,
        }
    }
}

/// Shows no credential.
impl std::fmt::Debug for Credential<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::None => "None",
            Self::Bearer(_) => "Bearer(***)",
            Self::Session(_) => "Session(***)",
            Self::Access(_) => "Access(***)",
        })
    }
}

type Read<'a> = Result<Cow<'a, str>, &'static str>;

fn malformed(detail: &'static str) -> Problem {
    Problem::new(ErrorCode::AuthMalformed).because(detail)
}

/// The credential in a header `Authorization`.
fn read_authorization(header: &str) -> Read<'_> {
    let mut words = header.split_ascii_whitespace();
    let scheme = words.next().ok_or("The header Authorization is empty.")?;
    let is = |known: &str| scheme.eq_ignore_ascii_case(known);
    match (words.next(), words.next()) {
        (None, _) if is("bearer") || is("basic") => {
            Err("The header Authorization names a scheme, but no credential follows.")
        }
        (None, _) => {
            Err("The header Authorization has to begin with a scheme: write `Bearer ` before the credential.")
        }
        _ if !is("bearer") && !is("basic") => {
            Err("The scheme of the header Authorization has to be Bearer, or Basic with a key.")
        }
        (Some(text), None) if is("bearer") => alone(text).map(Cow::Borrowed),
        (Some(text), None) => read_basic(text).map(Cow::Owned),
        (Some(second), Some(_)) if second.eq_ignore_ascii_case("bearer") => {
            Err("The header Authorization holds the word Bearer twice.")
        }
        (Some(_), Some(_)) => Err(
            "The header Authorization has to hold one credential, without white space or commas in it, and be sent once.",
        ),
    }
}

/// The key in a header `X-Api-Key`.
fn read_api_key(header: &str) -> Read<'_> {
    let mut words = header.split_ascii_whitespace();
    match (words.next(), words.next()) {
        (None, _) => Err("The header X-Api-Key is empty."),
        (Some(text), None) => alone(text).map(Cow::Borrowed),
        (Some(scheme), Some(_)) if scheme.eq_ignore_ascii_case("bearer") => {
            Err("The header X-Api-Key takes the key alone, without the word Bearer.")
        }
        (Some(_), Some(_)) => Err(
            "The header X-Api-Key has to hold one credential, without white space or commas in it, and be sent once.",
        ),
    }
}

/// Whether it is written as a key is, be it a root key.
fn is_key(text: &str) -> bool {
    text.starts_with("kwroot_") || ShapedKey::parse(text).is_ok()
}

/// The key in `Basic`, where programs that know nothing else put it as the name or as the password, and others alone.
fn read_basic(text: &str) -> Result<String, &'static str> {
    // Medusa's own documentation has the key there as it is.
    let bare = text.strip_suffix(':').unwrap_or(text);
    if is_key(bare) {
        return alone(bare).map(str::to_owned);
    }
    let (name, password) = read_pair(text)?;
    let text = match (name.as_str(), password.as_str()) {
        ("", "") => return Err("Basic holds neither a name nor a password."),
        (name, "") => name,
        (name, password) if is_key(name) && is_key(password) && name != password => {
            return Err("Basic holds two different keys, as the name and as the password; send one.");
        }
        (name, password) if is_key(name) && !is_key(password) => name,
        (_, password) => password,
    };
    if token::looks_like_one(text) {
        return Err("Basic can hold a key, but no token; send a token as Bearer.");
    }
    alone(text).map(str::to_owned)
}

/// Name and password in `Basic`; the name alone if it is a key.
fn read_pair(text: &str) -> Result<(String, String), &'static str> {
    let written = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    let bytes = Base64UrlUnpadded::decode_vec(&written);
    let pair = bytes.map_err(|_| "What follows Basic in the header Authorization is not Base64.")?;
    let pair = String::from_utf8(pair).map_err(|_| "What Basic holds is not text in UTF-8.")?;
    match pair.split_once(':') {
        Some((name, password)) => Ok((without_encoding(name), without_encoding(password))),
        None if is_key(&pair) => Ok((pair, String::new())),
        None => Err("What Basic holds has no colon between name and password."),
    }
}

/// A key or its id as it is, though clients of OAuth write both as in a form (RFC 6749), some of them even underscores. Nothing else
/// is decoded: what stands beside a key is not overlooked.
fn without_encoding(text: &str) -> String {
    let is_ours = |decoded: &Cow<'_, str>| {
        is_key(decoded) || ["apk_", "root_"].iter().any(|prefix| decoded.starts_with(prefix))
    };
    let decoded = form_urlencoded::parse(text.as_bytes()).next().map(|(decoded, _)| decoded);
    let decoded = decoded.filter(|decoded| !text.contains(['&', '=']) && is_ours(decoded));
    decoded.map_or_else(|| text.to_owned(), Cow::into_owned)
}

/// The credential in a header that holds it alone.
///
/// # Errors
/// `auth.malformed`.
pub fn read_alone(header: &str) -> Result<Credential<'_>, Problem> {
    read_api_key(header).map(Credential::Bearer).map_err(malformed)
}

/// A credential without the mark of RFC 8959, by which it may be known as a secret in transit.
///
/// # Errors
/// What was copied along with the credential, or instead of it.
fn alone(text: &str) -> Result<&str, &'static str> {
    let text = text.strip_prefix("secret-token:").unwrap_or(text);
    if text.starts_with("apk_") {
        return Err("This is the id of a key, not the key.");
    }
    if text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
        return Ok(text);
    }
    let is_quote = |character: char| "\"'`\u{201c}\u{201d}\u{2018}\u{2019}".contains(character);
    if text.starts_with(is_quote) || text.ends_with(is_quote) {
        return Err("The credential is in quotation marks; send it without them.");
    }
    if text.contains("_***") {
        return Err("This is the redacted form of a key, not the key.");
    }
    let root_key = text.find("kwroot_");
    if root_key.is_some_and(|at| at > 0 || text.contains('=')) || keys_in(text).next().is_some() {
        return Err(
            "There is more than the credential, such as the name of a variable; send the credential alone.",
        );
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use base64ct::Base64;

    use super::*;

    const KEY: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
    const OTHER: &str = "kwroot_5e";
    const TOKEN: &str = "eyJh.eyJz.c2ln";

    fn of(authorization: Option<&str>, api_key: Option<&str>) -> Result<String, String> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let credentials = Credentials {
            authorization: owned(authorization),
            api_key: owned(api_key),
            session: Some("s".into()),
            ..Credentials::default()
        };
        match Credential::of(&credentials, true) {
            Ok(Credential::Bearer(text)) => Ok(text.into_owned()),
            Ok(other) => Err(format!("{other:?}")),
            Err(problem) => {
                assert_eq!(problem.code, ErrorCode::AuthMalformed);
                Err(problem.detail.clone().expect("what is wrong").into_owned())
            }
        }
    }

    fn basic(pair: &str) -> String {
        format!("Basic {}", Base64::encode_string(pair.as_bytes()))
    }

    #[test]
    fn what_stands_beside_a_key_in_basic_is_not_overlooked() {
        for more in ["&x", "=x", "&", "%26x", "+x", "%20", "%00", "%5F"] {
            for pair in [format!("id:{KEY}{more}"), format!("{KEY}{more}:")] {
                assert_ne!(of(Some(&basic(&pair)), None).as_deref(), Ok(KEY), "{more}");
            }
        }
    }

    #[test]
    fn a_key_is_read_wherever_programs_put_it() {
        for header in [
            format!("Bearer {KEY}"),
            format!("bearer  {KEY}"),
            format!("Bearer secret-token:{KEY}"),
            basic(&format!("{KEY}:")),
            basic(&format!(":{KEY}")),
            basic(&format!("anything:{KEY}")),
            basic(&format!("{KEY}:x-oauth-basic")),
            basic(&format!("apk%5F1:{}", KEY.replace('_', "%5f"))),
            basic(&format!("{}:", KEY.replace('_', "%5F"))),
            basic(&format!("{KEY}:{KEY}")),
            basic(&format!(":{KEY}")).replace("Basic", "bASIC "),
            format!("Basic {KEY}"),
            format!("basic {KEY}:"),
            basic(KEY),
            basic(&format!("{KEY}:")).trim_end_matches('=').to_owned(),
        ] {
            assert_eq!(of(Some(&header), None).as_deref(), Ok(KEY), "{header}");
            assert_eq!(of(Some(&header), Some(KEY)).as_deref(), Ok(KEY), "the same twice is one credential");
        }
        assert_eq!(of(None, Some(KEY)).as_deref(), Ok(KEY));
        assert_eq!(of(None, Some(" secret-token:kwroot_5e ")).as_deref(), Ok(OTHER));
        assert_eq!(of(Some(&basic(&format!("{OTHER}:"))), None).as_deref(), Ok(OTHER));
        assert_eq!(of(Some(&basic("a:b:c")), None).as_deref(), Ok("b:c"));
        assert_eq!(of(Some(&format!("Bearer {TOKEN}")), None).as_deref(), Ok(TOKEN));
        assert_eq!(of(None, None), Err("Session(***)".to_owned()));
    }

    #[test]
    fn what_is_wrong_with_the_header_authorization_is_said() {
        for (header, said) in [
            (String::new(), "is empty"),
            ("Bearer".into(), "no credential follows"),
            ("Basic ".into(), "no credential follows"),
            (KEY.into(), "has to begin with a scheme"),
            (format!("Token {KEY}"), "has to be Bearer, or Basic"),
            (format!("Digest a={KEY}, b=c"), "has to be Bearer, or Basic"),
            (format!("Bearer Bearer {KEY}"), "the word Bearer twice"),
            (format!("Bearer {KEY} {KEY}"), "has to hold one credential"),
            (format!("Bearer {KEY}, Bearer {KEY}"), "has to hold one credential"),
            ("Basic eA= =".into(), "has to hold one credential"),
            ("Basic !".into(), "is not Base64"),
            ("Basic eA".into(), "has no colon"),
            ("Basic /zo=".into(), "is not text in UTF-8"),
            (basic(":"), "neither a name nor a password"),
            (basic(&format!("{KEY}:{OTHER}")), "two different keys"),
            (basic(&format!(":{TOKEN}")), "send a token as Bearer"),
            (basic(&format!("{TOKEN}:")), "send a token as Bearer"),
        ] {
            let detail = of(Some(&header), None).expect_err(&header);
            assert!(detail.contains(said), "{header}: {detail}");
        }
    }

    #[test]
    fn what_was_copied_along_with_a_key_or_instead_of_it_is_said_wherever_it_is_sent() {
        for (text, said) in [
            (format!("\"{KEY}\""), "quotation marks"),
            (format!("'{KEY}'"), "quotation marks"),
            (format!("{OTHER}\""), "quotation marks"),
            (format!("KEYWARD_KEY={KEY}"), "send the credential alone"),
            (format!("KEY=\"{KEY}\""), "quotation marks"),
            (format!("{KEY},"), "send the credential alone"),
            (format!("<{KEY}>"), "send the credential alone"),
            (format!("ROOT={OTHER}"), "send the credential alone"),
            ("kw_sk_test_***JnsL".into(), "redacted form"),
            ("apk_01KAHQ0000000000000000000Z".into(), "id of a key"),
        ] {
            for (authorization, api_key) in [
                (Some(format!("Bearer {text}")), None),
                (None, Some(&text)),
                (Some(basic(&format!(":{text}"))), None),
            ] {
                let detail = of(authorization.as_deref(), api_key.map(String::as_str)).expect_err(&text);
                assert!(detail.contains(said) && !detail.contains(KEY), "{text}: {detail}");
            }
        }
    }

    #[test]
    fn the_header_x_api_key_takes_one_key_alone() {
        for (header, said) in [
            ("", "is empty"),
            ("a b", "has to hold one credential"),
            ("a, b", "has to hold one credential"),
            ("Bearer kwroot_5e", "without the word Bearer"),
        ] {
            assert!(of(None, Some(header)).expect_err(header).contains(said), "{header}");
        }
        let different = of(Some(&format!("Bearer {KEY}")), Some(OTHER)).expect_err("two");
        assert!(different.contains("hold different credentials"), "{different}");
    }
}
