//! The key that a request carries, read as the deployment itself reads those of its callers.

use base64ct::{Base64UrlUnpadded, Encoding};
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName};
use keyward_core::WellFormedKey;

use super::Place;

const NOT_ONE: &str = "The request has no credential, or more than one, where one has to be.";
const DIFFERENT: &str = "The request has different credentials; send one.";
const NO_PAIR: &str = "What follows Basic is not a name and a password.";
const TWO_KEYS: &str = "Basic has two different keys, as the name and as the password; send one.";

/// Why nobody can say which key is meant.
type Wrong = &'static str;

/// A key; nothing if there is none.
pub(super) fn credential(headers: &HeaderMap, places: &[Place]) -> Result<Option<String>, Wrong> {
    let mut found: Option<String> = None;
    for place in places {
        let key = match place {
            Place::Bearer => authorization(headers, "bearer")?.map(alone),
            Place::Basic => authorization(headers, "basic")?.map(basic),
            Place::Header(name) => header(headers, name)?.map(alone),
        };
        let Some(key) = key.transpose()? else { continue };
        if found.as_ref().is_some_and(|other| *other != key) {
            return Err(DIFFERENT);
        }
        found = Some(key);
    }
    Ok(found)
}

/// A header's only value.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, Wrong> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(|text| Some(text.trim())).map_err(|_| NOT_ONE),
        (Some(_), Some(_)) => Err(NOT_ONE),
    }
}

/// What follows a scheme; nothing for another scheme.
fn authorization<'a>(headers: &'a HeaderMap, scheme: &str) -> Result<Option<&'a str>, Wrong> {
    let Some(text) = header(headers, &AUTHORIZATION)? else { return Ok(None) };
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    Ok(word.eq_ignore_ascii_case(scheme).then(|| rest.trim()))
}

/// A credential without the mark of RFC 8959.
fn alone(text: &str) -> Result<String, Wrong> {
    let key = text.strip_prefix("secret-token:").unwrap_or(text);
    if key.is_empty() || key.contains(|each: char| each.is_whitespace() || each == ',') {
        return Err(NOT_ONE);
    }
    Ok(key.to_owned())
}

/// Programs that know nothing else put the key as the name or as the password, and some as it is.
fn basic(text: &str) -> Result<String, Wrong> {
    let is_key = |text: &str| WellFormedKey::parse(text).is_ok();
    let bare = text.strip_suffix(':').unwrap_or(text);
    if is_key(bare) {
        return Ok(bare.to_owned());
    }
    let written = text.trim_end_matches('=').replace('+', "-").replace('/', "_");
    let bytes = Base64UrlUnpadded::decode_vec(&written).map_err(|_| NO_PAIR)?;
    let pair = String::from_utf8(bytes).map_err(|_| NO_PAIR)?;
    if is_key(&pair) {
        return Ok(pair);
    }
    let (name, password) = pair.split_once(':').ok_or(NO_PAIR)?;
    if is_key(name) && is_key(password) && name != password {
        return Err(TWO_KEYS);
    }
    alone(if password.is_empty() || (is_key(name) && !is_key(password)) { name } else { password })
}
