//! Bindings for the npm package: the core's answers as integers over one static buffer.
//!
//! A text comes in through [`buffer`], where `encodeInto` writes UTF-8, and the argument is its length in bytes.
//! Crossing this way costs a third of what a string argument costs, and nothing is allocated. No rules here:
//! `keyward-core` defines what a key is, and `pkg/lib` what JavaScript sees of it.

mod answer;

use std::cell::RefCell;

use keyward_core::WellFormedKey;
use keyward_core::key::KEY_MAX;
use keyward_core::scan::{self, FoundKey, key_at_end};
use wasm_bindgen::prelude::wasm_bindgen;

/// Three bytes of UTF-8 for each UTF-16 unit of the longest text that is looked at.
const BUFFER_LEN: usize = 3 * KEY_MAX;

thread_local! {
    static BUFFER: RefCell<[u8; BUFFER_LEN]> = const { RefCell::new([0; BUFFER_LEN]) };
}

/// Where the buffer is. It never moves.
#[wasm_bindgen]
#[must_use]
pub fn buffer() -> *const u8 {
    BUFFER.with(|buffer| buffer.as_ptr().cast_const().cast())
}

/// The buffer's length in bytes.
#[wasm_bindgen]
#[must_use]
pub fn capacity() -> usize {
    BUFFER_LEN
}

/// The parts of a well-formed key, see `answer::parts`; 0 for any other text.
#[wasm_bindgen]
#[must_use]
pub fn check(len: usize) -> u32 {
    with_text(len, |text| WellFormedKey::parse(text).map_or(0, |key| answer::parts(&FoundKey::Whole(key))))
}

/// As [`check`], for the key, whole or damaged, that ends where the text ends.
#[wasm_bindgen]
#[must_use]
pub fn find(len: usize) -> u32 {
    with_text(len, |text| key_at_end(text).map_or(0, |key| answer::parts(&key)))
}

/// How many bytes at the end of the text may be the beginning of a key.
#[wasm_bindgen]
#[must_use]
pub fn undecided(len: usize) -> usize {
    with_text(len, scan::undecided)
}

/// Writes into the buffer, as JSON, why the text is not a well-formed key, and returns the length; 0 if it is one.
#[wasm_bindgen]
#[must_use]
pub fn explain(len: usize) -> usize {
    let error = with_text(len, |text| WellFormedKey::parse(text).err());
    error.map_or(0, |error| write(|out| answer::error(out, error)))
}

/// Writes the digest of a well-formed key into the buffer and returns its length; 0 for any other text.
#[wasm_bindgen]
#[must_use]
pub fn digest(len: usize) -> usize {
    let digest = with_text(len, |text| WellFormedKey::parse(text).ok().map(|key| key.digest()));
    digest.map_or(0, |digest| write(|out| answer::digest(out, &digest)))
}

/// Writes into the buffer, as JSON, what `pkg/lib` has to know about the format, and returns the length.
#[wasm_bindgen]
#[must_use]
pub fn facts() -> usize {
    write(answer::facts)
}

/// Lends the text in the buffer, then wipes it: it may be a secret. The default if the length is not possible.
fn with_text<T: Default>(len: usize, look: impl FnOnce(&str) -> T) -> T {
    BUFFER.with_borrow_mut(|buffer| {
        let Some(bytes) = buffer.get_mut(..len) else { return T::default() };
        let answer = core::str::from_utf8(bytes).map(look).unwrap_or_default();
        match buffer.first_chunk_mut::<KEY_MAX>() {
            // Of fixed size, so it becomes eight instructions; `memory.fill` is a call out of the compiled code.
            Some(start) if len <= KEY_MAX => *start = [0; KEY_MAX],
            _ => buffer.fill(0),
        }
        answer
    })
}

/// Runs `fill` over the buffer and returns how many bytes it wrote; 0 if they did not fit.
fn write(fill: impl FnOnce(&mut answer::Out<'_>) -> core::fmt::Result) -> usize {
    BUFFER.with_borrow_mut(|buffer| {
        let mut out = answer::Out::new(buffer);
        fill(&mut out).map_or(0, |()| out.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

    fn put(text: &str) -> usize {
        BUFFER.with_borrow_mut(|buffer| buffer[..text.len()].copy_from_slice(text.as_bytes()));
        text.len()
    }

    fn taken(len: usize) -> String {
        BUFFER.with_borrow(|buffer| String::from_utf8_lossy(&buffer[..len]).into_owned())
    }

    #[test]
    fn parts_of_a_key_are_packed_into_one_number() {
        // Brand of 2 characters, first kind, second environment, body from character 11 on, 69 characters.
        assert_eq!(check(put(KEY)), 2 | 1 << 6 | 11 << 8 | 69 << 16);
        assert_eq!(find(put(&format!("é{KEY}"))), check(put(KEY)));
        assert_eq!(check(put(&format!("é{KEY}"))), 0);
        let (cut, _) = KEY.split_at(60);
        assert_eq!(find(put(cut)), 2 | 1 << 6 | 1 << 7 | 11 << 8 | 60 << 16);
        assert_eq!(check(put(cut)), 0);
    }

    #[test]
    fn a_text_is_wiped_as_soon_as_it_was_read() {
        for read in [check, find, |len| u32::from(undecided(len) > 0), |len| u32::from(explain(len) == 0)] {
            let len = put(KEY);
            assert_ne!(read(len), 0);
            assert_eq!(taken(len), "\0".repeat(len));
        }
        let len = digest(put(KEY));
        assert!(!taken(BUFFER_LEN).contains("kw_sk"));
        assert_eq!(taken(len), "729dd08abcc99c28c35bec4f9e19965efdf68264da70e4e45d0a4d373b9895ab");
    }

    #[test]
    fn errors_are_explained_in_json() {
        let len = explain(put("kw_sk_test_10"));
        let message = "the part after the last underscore has 2 characters instead of 58";
        let expected =
            format!(r#"{{"code":"key.bad_length","message":"{message}","expected":58,"actual":2}}"#);
        assert_eq!(taken(len), expected);
        let len = explain(put("kw sk"));
        assert_eq!(
            taken(len),
            r#"{"code":"key.bad_character","message":"byte 2 is not a letter, digit or underscore","index":2}"#
        );
        assert_eq!(explain(put(KEY)), 0);
    }

    #[test]
    fn a_length_beyond_the_buffer_is_answered_with_nothing() {
        assert_eq!([check(BUFFER_LEN + 1), find(usize::MAX)], [0, 0]);
        assert_eq!([explain(BUFFER_LEN + 1), digest(usize::MAX), undecided(usize::MAX)], [0, 0, 0]);
    }

    #[test]
    fn facts_fit_into_the_buffer() {
        let len = facts();
        assert_eq!(
            taken(len),
            concat!(
                r#"{"kinds":["sk","pat","pk"],"environments":["live","test"],"ledger":8,"body":58,"#,
                r#""mask":"***","hint":4,"max":128,"longest":80,"#,
                r#""brand":"[a-z][a-z0-9]{1,11}","tail":"_(?:live|test)_[0-9A-Za-z]{40,58}"}"#
            )
        );
    }
}
