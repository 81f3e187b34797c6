//! Credentials where none belong, such as in a URL.
//!
//! In scope: telling that a text holds something that looks like a key, a root key, a token or a session, damaged or not:
//! most of a secret is given away by a damaged key as well. Out of scope: finding out which, and whether it is valid.

use crate::format::Kind;
use crate::issue::Issuer;
use crate::key::{BODY_LEN, ShapedKey, VERSION};
use crate::scan::BODY_LEAST;
use crate::session::SessionToken;

/// Whether `text` holds what looks like a credential, perhaps with something in between that came with pasting it, such
/// as line breaks, or with `-` for `_`. A session and a key without its prefix can be told only whole and by their
/// `issuer`, if there is one.
///
/// Takes time in proportion to the text, whatever the text.
#[must_use]
pub fn holds_credential(text: &str, issuer: Option<&Issuer>) -> bool {
    // Of what is in no credential only that remains which parts a URL.
    let belongs = |character: &char| character.is_ascii_alphanumeric() || "_-./?&=#".contains(*character);
    let joined: String = text.chars().filter(belongs).collect();
    holds_whole(text, issuer, false) || joined.len() < text.len() && holds_whole(&joined, issuer, true)
}

/// Whether there is a credential with nothing in between. In a text that `is_joined`, words stand together that were
/// none.
fn holds_whole(text: &str, issuer: Option<&Issuer>, is_joined: bool) -> bool {
    let is_word = |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    holds_key(&text.to_ascii_lowercase().replace('-', "_"), is_joined)
        || text.split(|character| !is_word(character)).any(is_json_web_token)
        || issuer.is_some_and(|issuer| {
            let mut words = text.split(|character: char| !character.is_ascii_alphanumeric());
            words
                .any(|word| SessionToken::parse(word, &issuer.ring).is_some() || ends_with_body(word, issuer))
        })
}

/// A key's kind and environment with enough of what follows them, or a root key.
fn holds_key(lower: &str, is_joined: bool) -> bool {
    ["_live_", "_test_", "kwroot_"].into_iter().any(|marker| {
        lower.match_indices(marker).any(|(at, _)| {
            let is_kind = |before: &str| ["sk", "pk", "pat"].iter().any(|kind| before.ends_with(kind));
            let (before, rest) = (lower.get(..at), lower.get(at + marker.len()..).unwrap_or_default());
            let body = || rest.bytes().take(BODY_LEAST).take_while(u8::is_ascii_alphanumeric);
            (marker == "kwroot_" || before.is_some_and(is_kind))
                && body().count() == BODY_LEAST
                // A sentence about keys has none among its letters, and nearly every key has.
                && (!is_joined || body().any(|byte| byte.is_ascii_digit()))
        })
    })
}

/// Whether a word ends with everything of a key but its prefix, which the deployment's keys share.
fn ends_with_body(word: &str, issuer: &Issuer) -> bool {
    let body = word.len().checked_sub(BODY_LEN).and_then(|start| word.get(start..));
    let Some(body) = body.filter(|body| body.as_bytes().first() == Some(&VERSION)) else { return false };
    Kind::ALL.into_iter().any(|kind| {
        let key = format!("{}_{}_{}_{body}", issuer.brand, kind.as_str(), issuer.environment.as_str());
        ShapedKey::parse(&key).and_then(ShapedKey::well_formed).is_ok()
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
    use crate::format::{Brand, Environment};
    use crate::owner::{LedgerLocator, Owner, OwnerId};
    use crate::seal::KeyRing;

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
    fn credentials_are_seen_with_what_pasting_puts_between_their_characters() {
        for secret in [KEY, ROOT, TOKEN] {
            for between in
                [" ", "\n", "\r\n", "\t", "+", "\\", "\u{200b}", "\u{ad}", "\u{feff}", "\u{2060}", "\n> "]
            {
                let everywhere: Vec<String> = secret.chars().map(|character| character.to_string()).collect();
                let (start, end) = secret.split_at(20);
                for text in [format!("{start}{between}{end}"), everywhere.join(between)] {
                    assert!(holds_credential(&format!("/v1/x?q={text}&y"), None), "{between:?}");
                }
            }
        }
        assert!(holds_credential(&KEY.replace('_', "\\_"), None));
        for secret in [KEY, ROOT] {
            assert!(holds_credential(&secret.replace('_', "-"), None));
        }
    }

    fn issuer(seal: &str) -> Issuer {
        Issuer {
            brand: Brand::parse("kw").expect("brand"),
            environment: Environment::Test,
            ring: KeyRing::parse(&seal.repeat(32)).expect("ring"),
        }
    }

    #[test]
    fn a_session_is_seen_by_its_seal() {
        let (own, other) = (issuer("5e"), issuer("5f"));
        let token =
            SessionToken::make(LedgerLocator::of("operator"), &own.ring, &mut Zeros).expect("entropy");
        let text = format!("/v1/x?session={}&y", token.as_str());
        assert!(holds_credential(&text, Some(&own)));
        assert!(!holds_credential(&text, Some(&other)) && !holds_credential(&text, None));
    }

    #[test]
    fn a_key_without_its_prefix_is_seen_by_its_checksum() {
        let own = issuer("5e");
        for kind in Kind::ALL {
            let owner = Owner::Organization(OwnerId::parse("acme").expect("id"));
            let key = own.issue(kind, &owner, &mut Zeros).expect("entropy");
            let body = key.text().rsplit_once('_').expect("body").1.to_owned();
            for text in [body.clone(), key.text().replace('_', ""), body.replace('0', "0 ")] {
                assert!(holds_credential(&format!("/v1/x?q={text}&y"), Some(&own)), "{kind:?}");
            }
            assert!(!holds_credential(&body, None));
            assert!(!holds_credential(&format!("{body}0"), Some(&own)), "58 characters of another text");
        }
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
            "q=our+sk_live_+is+followed+by+a+long+sentence+about+what+it+is+for",
            "q=sk_live_&cursor=1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL",
            "/v1/users/auth0~7C5e5e5e5e5e5e5e5e5e5e5e5e/keys?filter=test-5e5e5e5e-5e5e-5e5e-5e5e-5e5e5e5e5e5e",
            &"live_".repeat(1_000),
        ] {
            assert!(!holds_credential(text, None), "{text}");
        }
    }
}
