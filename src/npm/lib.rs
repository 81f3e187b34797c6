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

/// Why the text is not a well-formed key, see `answer::problem`; 0 if it is one.
#[wasm_bindgen]
#[must_use]
pub fn explain(len: usize) -> u32 {
    with_text(len, |text| WellFormedKey::parse(text).err().map_or(0, answer::problem))
}

/// Writes the digest of a well-formed key into the buffer and returns its length; 0 for any other text.
#[wasm_bindgen]
#[must_use]
pub fn digest(len: usize) -> usize {
    let digest = with_text(len, |text| WellFormedKey::parse(text).ok().map(|key| key.digest().hex()));
    digest.map_or(0, write)
}

/// Where that is, as JSON in ASCII, what `pkg/lib` has to know about the format.
#[wasm_bindgen]
#[must_use]
pub fn facts() -> *const u8 {
    answer::FACTS.as_ptr()
}

/// The length of [`facts`].
#[wasm_bindgen]
#[must_use]
pub fn facts_len() -> usize {
    answer::FACTS.len()
}

/// Lends the text in the buffer, then wipes it: it may be a secret. The default if the length is not possible.
fn with_text<T: Default>(len: usize, look: impl FnOnce(&str) -> T) -> T {
    with_buffer(|buffer| {
        let Some(bytes) = buffer.get_mut(..len) else { return T::default() };
        let answer = core::str::from_utf8(bytes).map(look).unwrap_or_default();
        match buffer.first_chunk_mut::<KEY_MAX>() {
            // Of fixed size: a third of the time, and no more than this is written for a key.
            Some(start) if len <= KEY_MAX => *start = [0; KEY_MAX],
            _ => buffer.fill(0),
        }
        answer
    })
}

/// Writes into the buffer and returns how many bytes.
fn write<const LEN: usize>(bytes: [u8; LEN]) -> usize {
    with_buffer(|buffer| {
        buffer.first_chunk_mut().map_or(0, |start| {
            *start = bytes;
            LEN
        })
    })
}

/// Nobody else has the buffer: there is one thread, and nothing here calls JavaScript. So it can always be lent; and a
/// panic, which is a kilobyte of formatting, is left out.
fn with_buffer<T: Default>(with: impl FnOnce(&mut [u8; BUFFER_LEN]) -> T) -> T {
    BUFFER.with(|buffer| buffer.try_borrow_mut().map(|mut buffer| with(&mut buffer)).unwrap_or_default())
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
    fn a_length_beyond_the_buffer_is_answered_with_nothing() {
        assert_eq!([check(BUFFER_LEN + 1), find(usize::MAX)], [0, 0]);
        assert_eq!([digest(usize::MAX), undecided(usize::MAX)], [0, 0]);
        assert_eq!(explain(BUFFER_LEN + 1), 0);
    }
}
