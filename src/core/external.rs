//! Users' ids as identity providers write them (`auth0|123`, an e-mail address, a URL), and as ids of ours.
//!
//! What is no letter, digit, `_` or `-` becomes `~` and two upper-case hexadecimal digits for each byte of its UTF-8:
//! `auth0~7C123`. There is exactly one id for each text, and the other way round, so nobody's id can be another's.

use core::fmt::Write;

/// Whether a byte stands for itself.
pub(crate) fn is_plain(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Writes a text as an id.
pub(crate) fn escape(text: &str) -> String {
    let mut id = String::with_capacity(text.len());
    for byte in text.bytes() {
        if is_plain(byte) {
            id.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(id, "~{byte:02X}");
        }
    }
    id
}

/// The text that an id was made of; nothing if it is made of none.
pub(crate) fn unescape(id: &str) -> Option<String> {
    let mut pieces = id.split('~');
    let mut bytes = pieces.next()?.as_bytes().to_vec();
    for piece in pieces {
        let (digits, rest) = piece.split_at_checked(2)?;
        bytes.push(u8::from_str_radix(digits, 16).ok()?);
        bytes.extend(rest.bytes());
    }
    // Whatever could be written otherwise is not an id.
    String::from_utf8(bytes).ok().filter(|text| escape(text) == id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_providers_send_has_a_readable_id() {
        for (text, id) in [
            ("ada", "ada"),
            ("A-b_9", "A-b_9"),
            ("auth0|123", "auth0~7C123"),
            ("ada@example.com", "ada~40example~2Ecom"),
            ("https://id.example/ada", "https~3A~2F~2Fid~2Eexample~2Fada"),
            ("a~7C", "a~7E7C"),
            ("ä\n", "~C3~A4~0A"),
            ("", ""),
        ] {
            assert_eq!(escape(text), id);
            assert_eq!(unescape(id).as_deref(), Some(text));
        }
    }

    #[test]
    fn no_text_has_a_second_id() {
        for bad in [
            "~61",
            "~5F",
            "~2d",
            "~7c",
            "~",
            "a~",
            "~7",
            "~+F",
            "~ F",
            "~7G",
            "~~7C",
            "~C3",
            "~FF",
            "~C0~80",
            "a|b",
            "a.b",
            "ä",
            "~7ä",
            "~ED~A0~80",
        ] {
            assert_eq!(unescape(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn every_text_comes_back(text in any::<String>()) {
            let id = escape(&text);
            prop_assert!(id.bytes().all(|byte| is_plain(byte) || byte == b'~'));
            prop_assert_eq!(unescape(&id), Some(text));
        }

        #[test]
        fn every_id_comes_back(id in "([A-Za-z0-9_-]|~[0-9A-F]{2}|~[0-9A-Fa-f]{2}|\\PC){0,20}") {
            if let Some(text) = unescape(&id) {
                prop_assert_eq!(escape(&text), id);
            }
        }
    }
}
