//! Credentials where none belong, such as in a URL.
//!
//! In scope: telling that a text holds something that looks like a key, a root key, a token or a session, damaged or not:
//! most of a secret is given away by a damaged key as well. Out of scope: finding out which, and whether it is valid.

use crate::seal::KeyRing;
use crate::session::SessionToken;

/// Characters after a key's prefix from which on it is taken for a key, though a whole one has more.
const BODY_LEAST: usize = 40;

/// Whether `text` holds what looks like a credential. A session has no prefix, so it is told by its seal, if there is a
/// ring for it.
///
/// Takes time in proportion to the text, whatever the text.
#[must_use]
pub fn holds_credential(text: &str, ring: Option<&KeyRing>) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    holds_key(&text.to_ascii_lowercase())
        || text.split(|character| !is_word(character)).any(is_json_web_token)
        || ring.is_some_and(|ring| {
            let mut words = text.split(|character: char| !character.is_ascii_alphanumeric());
            words.any(|word| SessionToken::parse(word, ring).is_some())
        })
}

/// A key's kind and environment with enough of what follows them, or a root key.
fn holds_key(lower: &str) -> bool {
    ["_live_", "_test_", "kwroot_"].into_iter().any(|marker| {
        lower.match_indices(marker).any(|(at, _)| {
            let is_kind = |before: &str| ["sk", "pk", "pat"].iter().any(|kind| before.ends_with(kind));
            let (before, rest) = (lower.get(..at), lower.get(at + marker.len()..).unwrap_or_default());
            let body = rest.bytes().take(BODY_LEAST).take_while(u8::is_ascii_alphanumeric);
            (marker == "kwroot_" || before.is_some_and(is_kind)) && body.count() == BODY_LEAST
        })
    })
}

fn is_json_web_token(word: &str) -> bool {
    let mut parts = word.split('.');
    // Whatever is before the token belongs to the first part.
    let (head, claims) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    head.contains("eyJ") && claims.starts_with("eyJ") && parts.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::{Entropy, EntropyError};
    use crate::owner::LedgerLocator;

    const KEY: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
    const ROOT: &str = "kwroot_5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e5e";
    const TOKEN: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEifQ.c2ln";

    struct Zeros;

    impl Entropy for Zeros {
        fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
            bytes.fill(0);
            Ok(())
        }
    }

    #[test]
    fn keys_root_keys_and_tokens_are_seen_whole_or_damaged_and_whatever_is_around_them() {
        let mut texts = vec![KEY.to_owned(), ROOT.to_owned(), TOKEN.to_owned()];
        texts.push(KEY.replace("_sk_", "_pk_"));
        texts.push(KEY.replace("kw_sk_test", "acme_pat_live"));
        texts.push(KEY.to_uppercase());
        texts.push(ROOT.to_uppercase());
        texts.push(format!("{KEY}x"));
        texts.extend([KEY.len() - 1, "kw_sk_test_".len() + 40].map(|end| KEY.split_at(end).0.to_owned()));
        texts.push(KEY.replace("kw_sk", "sk"));
        for text in texts {
            for around in ["", " ", "=", "\"", "/", "&", "é", "\0"] {
                assert!(holds_credential(&format!("a{around}{text}{around}b"), None), "{around}{text}");
            }
        }
    }

    #[test]
    fn a_session_is_seen_by_its_seal() {
        let ring = KeyRing::parse(&"5e".repeat(32)).expect("ring");
        let other = KeyRing::parse(&"5f".repeat(32)).expect("ring");
        let token = SessionToken::make(LedgerLocator::of("operator"), &ring, &mut Zeros).expect("entropy");
        let text = format!("/v1/x?session={}&y", token.as_str());
        assert!(holds_credential(&text, Some(&ring)));
        assert!(!holds_credential(&text, Some(&other)) && !holds_credential(&text, None));
    }

    #[test]
    fn ids_titles_redacted_forms_and_sentences_are_no_credentials() {
        for text in [
            "",
            "/v1/organizations/acme/keys/apk_01KAHQ0000000000000000000Z?q=kw_sk_test_***JnsL&limit=20",
            "kw_sk_test_1eT6zIBp8",
            "latest_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL",
            "my_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL",
            "kwroot_",
            "a.b.c",
            "2026-11-21T08:00:00.000Z",
            &"live_".repeat(1_000),
        ] {
            assert!(!holds_credential(text, None), "{text}");
        }
    }
}
