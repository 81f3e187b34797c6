//! How the core's answers are encoded for JavaScript.

use core::fmt::{self, Write};

use keyward_core::error::ParseKeyError;
use keyward_core::key::{BODY_LEN, KEY_MAX};
use keyward_core::redact::{HINT_LEN, MASK};
use keyward_core::scan::{BRAND_PATTERN, FoundKey, KEY_LONGEST, TAIL_PATTERN};
use keyward_core::{Environment, KeyDigest, Kind, LedgerLocator};

/// The parts of a key in one number, because an integer is far cheaper than an object or a text:
/// bits 0 to 3 the brand's length, 4 and 5 the kind, 6 the environment, 7 whether it is damaged, 8 to 15 where the body
/// begins, from 16 on the key's length. Never 0. JavaScript cuts the texts out of the string that it already has.
pub(crate) fn parts(key: &FoundKey<'_>) -> u32 {
    let kind = match key.kind() {
        Kind::Secret => 0,
        Kind::Personal => 1,
        Kind::Publishable => 2,
    };
    let environment = match key.environment() {
        Environment::Live => 0,
        Environment::Test => 1,
    };
    small(key.brand().len())
        | kind << 4
        | environment << 6
        | u32::from(key.is_damaged()) << 7
        | small(key.len() - key.body_len()) << 8
        | small(key.len()) << 16
}

/// A key's lengths are at most 128, so nothing is cut off.
fn small(length: usize) -> u32 {
    u32::try_from(length).unwrap_or_default()
}

/// `{"code":…,"message":…}`, with the numbers that the error has. No text in it needs escaping.
pub(crate) fn error(out: &mut Out<'_>, error: ParseKeyError) -> fmt::Result {
    write!(out, r#"{{"code":"{}","message":"{error}""#, error.code())?;
    match error {
        ParseKeyError::BadCharacter { index } => write!(out, r#","index":{index}"#)?,
        ParseKeyError::BadLength { expected, actual } => {
            write!(out, r#","expected":{expected},"actual":{actual}"#)?;
        }
        _ => {}
    }
    out.write_str("}")
}

pub(crate) fn digest(out: &mut Out<'_>, digest: &KeyDigest) -> fmt::Result {
    digest.hex().into_iter().try_for_each(|digit| out.write_char(char::from(digit)))
}

pub(crate) fn facts(out: &mut Out<'_>) -> fmt::Result {
    let [secret, personal, publishable] = Kind::ALL.map(Kind::as_str);
    let [live, test] = Environment::ALL.map(Environment::as_str);
    write!(
        out,
        r#"{{"kinds":["{secret}","{personal}","{publishable}"],"environments":["{live}","{test}"],"#
    )?;
    write!(out, r#""ledger":{},"body":{BODY_LEN},"#, LedgerLocator::LEN)?;
    write!(out, r#""mask":"{MASK}","hint":{HINT_LEN},"max":{KEY_MAX},"longest":{KEY_LONGEST},"#)?;
    write!(out, r#""brand":"{BRAND_PATTERN}","tail":"{TAIL_PATTERN}"}}"#)
}

/// Writes text into a fixed buffer.
pub(crate) struct Out<'a> {
    rest: &'a mut [u8],
    len: usize,
}

impl<'a> Out<'a> {
    pub(crate) fn new(buffer: &'a mut [u8]) -> Self {
        Self { rest: buffer, len: 0 }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }
}

impl Write for Out<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let (head, rest) =
            core::mem::take(&mut self.rest).split_at_mut_checked(text.len()).ok_or(fmt::Error)?;
        head.copy_from_slice(text.as_bytes());
        self.rest = rest;
        self.len += text.len();
        Ok(())
    }
}
