//! A provider's public keys, as JSON Web Keys.

use serde_json::Value;

use super::decode;
use super::{Algorithm, Refusal};

/// Length of a coordinate, and of an Ed25519 key, in bytes.
const POINT_LENGTH: usize = 32;
/// Largest key set, in bytes.
pub const KEY_SET_MAX: usize = 65_536;
/// Most keys in a set.
const KEYS_MAX: usize = 50;
/// Lengths of an RSA modulus, in bits: shorter ones are weak, longer ones slow.
const RSA_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key that fits exactly one algorithm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    kid: Option<String>,
    algorithm: Algorithm,
    /// The key as JSON, reduced to what makes it one.
    pub json: String,
}

/// Reads a key set; keys that fit none of our algorithms are left out.
///
/// `None` if it is not a key set, or larger than any provider's.
#[must_use]
pub fn read_key_set(text: &str) -> Option<Vec<Jwk>> {
    let set: Value = if text.len() <= KEY_SET_MAX { serde_json::from_str(text).ok()? } else { return None };
    let keys = set.get("keys")?.as_array()?;
    (keys.len() <= KEYS_MAX).then(|| keys.iter().filter_map(read).collect())
}

fn read(key: &Value) -> Option<Jwk> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    // What could be decoded is base64url, and needs no escapes.
    let number = |name: &str| text(name).and_then(|text| Some((text, decode(text)?)));
    let point =
        |name: &str| number(name).filter(|(_, bytes)| bytes.len() == POINT_LENGTH).map(|(text, _)| text);
    let (algorithm, json) = match (text("kty")?, text("crv")) {
        ("RSA", _) => {
            let ((n, modulus), (e, exponent)) = (number("n")?, number("e")?);
            let is_odd = exponent.last().is_some_and(|last| last & 1 == 1);
            if !RSA_BITS.contains(&bits(&modulus)) || !is_odd || bits(&exponent) < 2 {
                return None;
            }
            (Algorithm::Rs256, format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#))
        }
        ("EC", Some("P-256")) => {
            let (x, y) = (point("x")?, point("y")?);
            (Algorithm::Es256, format!(r#"{{"kty":"EC","crv":"P-256","x":"{x}","y":"{y}"}}"#))
        }
        ("OKP", Some("Ed25519")) => {
            (Algorithm::EdDsa, format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, point("x")?))
        }
        _ => return None,
    };
    let fits_alg = match key.get("alg").map(Value::as_str) {
        None => true,
        Some(alg) => {
            alg == Some(algorithm.as_str()) || (algorithm == Algorithm::EdDsa && alg == Some("Ed25519"))
        }
    };
    let fits_use = key.get("use").is_none_or(|purpose| purpose == "sig");
    let fits_operations = match key.get("key_ops") {
        None => true,
        Some(operations) => operations.as_array()?.iter().any(|operation| operation == "verify"),
    };
    // A private key that is published proves nothing.
    let fits = fits_alg && fits_use && fits_operations && key.get("d").is_none();
    fits.then(|| Jwk { kid: text("kid").map(Into::into), algorithm, json })
}

fn bits(number: &[u8]) -> usize {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let (length, first) = (number.len() - start, number.get(start).copied().unwrap_or(0));
    (length * 8).saturating_sub(first.leading_zeros() as usize)
}

/// Chooses the key that a token is signed with. A token that names no key needs a set with exactly one that fits.
///
/// `None` if the set does not have the key: a newer set may have it.
pub(crate) fn choose<'a>(
    keys: &'a [Jwk],
    kid: Option<&str>,
    algorithm: Algorithm,
) -> Option<Result<&'a Jwk, Refusal>> {
    let mut fitting = keys.iter().filter(|key| key.algorithm == algorithm);
    let Some(kid) = kid else {
        return Some(match (fitting.next(), fitting.next()) {
            (Some(only), None) => Ok(only),
            _ => Err(Refusal("key.unnamed")),
        });
    };
    let is_named = |key: &&Jwk| key.kid.as_deref() == Some(kid);
    match fitting.find(is_named) {
        Some(key) => Some(Ok(key)),
        None => keys.iter().find(is_named).map(|_| Err(Refusal("key.algorithm"))),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::encode;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    pub(crate) fn ed(kid: &str) -> Value {
        json!({ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": encode(&[9; 32]), "alg": "EdDSA", "use": "sig" })
    }

    fn rsa(bytes: usize) -> Value {
        json!({ "kty": "RSA", "kid": "r", "n": encode(&vec![0x80; bytes]), "e": "AQAB" })
    }

    fn ec() -> Value {
        json!({ "kty": "EC", "crv": "P-256", "kid": "e", "x": encode(&[1; 32]), "y": encode(&[2; 32]) })
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key.as_object_mut().expect("object").insert(name.into(), value);
        key
    }

    fn algorithms(keys: &[Value]) -> Vec<Algorithm> {
        let set = read_key_set(&json!({ "keys": keys }).to_string()).expect("set");
        set.iter().map(|key| key.algorithm).collect()
    }

    #[test]
    fn a_key_fits_one_algorithm() {
        assert_eq!(algorithms(&[rsa(256), ec(), ed("d")]), Algorithm::ALL);
        let set = read_key_set(&json!({ "keys": [ed("d")] }).to_string()).expect("set");
        let reduced: Value = serde_json::from_str(&set[0].json).expect("JSON");
        assert_eq!(reduced, json!({ "kty": "OKP", "crv": "Ed25519", "x": encode(&[9; 32]) }));
    }

    #[test]
    fn keys_that_fit_no_algorithm_are_left_out() {
        for bad in [
            json!(null),
            json!({}),
            json!({ "kty": "oct", "k": "c2VjcmV0", "kid": "o" }),
            rsa(255),
            rsa(1025),
            with(rsa(256), "e", json!("AQ")),
            with(rsa(256), "e", json!("AAAB")),
            with(rsa(256), "e", json!("AQAA")),
            with(rsa(256), "e", json!("")),
            with(rsa(256), "n", json!(1)),
            with(rsa(256), "alg", json!("PS256")),
            with(rsa(256), "alg", json!("HS256")),
            with(rsa(256), "use", json!("enc")),
            with(rsa(256), "use", json!(null)),
            with(rsa(256), "d", json!("AQAB")),
            with(ec(), "crv", json!("P-384")),
            with(ec(), "crv", json!(null)),
            with(ec(), "alg", json!("RS256")),
            with(ec(), "y", json!(encode(&[2; 31]))),
            with(ec(), "key_ops", json!(["sign"])),
            with(ec(), "key_ops", json!("verify")),
            with(ed("d"), "crv", json!("X25519")),
            with(ed("d"), "x", json!(encode(&[9; 33]))),
        ] {
            assert_eq!(algorithms(&[bad.clone(), ed("d")]), [Algorithm::EdDsa], "{bad}");
        }
        assert_eq!(algorithms(&[with(ec(), "key_ops", json!(["verify"]))]), [Algorithm::Es256]);
        assert_eq!(algorithms(&[with(ed("d"), "alg", json!("Ed25519"))]), [Algorithm::EdDsa]);
        // Leading zeros make no modulus longer.
        let padded = encode(&[&[0; 2][..], &[0x7f; 255]].concat());
        assert_eq!(algorithms(&[with(rsa(256), "n", json!(padded))]), []);
    }

    #[test]
    fn what_is_no_key_set_is_nothing() {
        for bad in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>", "null"] {
            assert_eq!(read_key_set(bad), None, "{bad}");
        }
        assert_eq!(read_key_set(&json!({ "keys": vec![ed("d"); 51] }).to_string()), None);
        assert_eq!(read_key_set(&json!({ "keys": [], "x": "x".repeat(KEY_SET_MAX) }).to_string()), None);
        assert_eq!(read_key_set(r#"{"keys":[]}"#), Some(vec![]));
    }

    #[test]
    fn the_named_key_is_chosen_if_it_fits() {
        let set =
            read_key_set(&json!({ "keys": [rsa(256), ec(), ed("d"), ed("f")] }).to_string()).expect("set");
        let chosen = |kid, algorithm| choose(&set, kid, algorithm);
        assert_eq!(chosen(Some("f"), Algorithm::EdDsa), Some(Ok(&set[3])));
        assert_eq!(chosen(Some("r"), Algorithm::EdDsa), Some(Err(Refusal("key.algorithm"))));
        assert_eq!(chosen(Some("x"), Algorithm::EdDsa), None);
        assert_eq!(chosen(Some(""), Algorithm::EdDsa), None);
        assert_eq!(chosen(None, Algorithm::Es256), Some(Ok(&set[1])));
        assert_eq!(chosen(None, Algorithm::EdDsa), Some(Err(Refusal("key.unnamed"))));
        assert_eq!(choose(&[], None, Algorithm::Es256), Some(Err(Refusal("key.unnamed"))));
    }

    #[test]
    fn two_keys_may_share_a_name() {
        let set = read_key_set(&json!({ "keys": [ed("k"), with(ec(), "kid", json!("k"))] }).to_string())
            .expect("set");
        assert_eq!(choose(&set, Some("k"), Algorithm::Es256), Some(Ok(&set[1])));
        assert_eq!(choose(&set, Some("k"), Algorithm::EdDsa), Some(Ok(&set[0])));
    }

    proptest! {
        #[test]
        fn no_key_set_is_too_strange_to_read(text in "\\PC{0,80}") {
            let _ = read_key_set(&text);
            let _ = read_key_set(&json!({ "keys": [{ "kty": text, "crv": text, "n": text, "e": text }] }).to_string());
        }

        #[test]
        fn a_chosen_key_is_of_the_tokens_algorithm(kid in proptest::option::of("[redfx]"), index in 0_usize..3) {
            let set = read_key_set(&json!({ "keys": [rsa(256), ec(), ed("d"), ed("f")] }).to_string()).expect("set");
            if let Some(Ok(key)) = choose(&set, kid.as_deref(), Algorithm::ALL[index]) {
                prop_assert_eq!(key.algorithm, Algorithm::ALL[index]);
            }
        }
    }
}
