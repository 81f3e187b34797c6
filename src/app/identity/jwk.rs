//! A provider's public keys, as JSON Web Keys.

use serde_json::Value;

use super::decode;
use super::{Algorithm, KeyForm};
use crate::objects;

/// Largest key set, in bytes.
pub const KEY_SET_MAX: usize = 65_536;
/// Most keys in a set.
const KEYS_MAX: usize = 50;
/// Lengths of an RSA modulus, in bits: shorter ones are weak, longer ones slow.
const RSA_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// A public key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jwk {
    kid: Option<String>,
    form: KeyForm,
    /// The one algorithm that it is for, if it says so; otherwise it fits all of its form.
    algorithm: Option<Algorithm>,
    /// The key as JSON, reduced to what makes it one.
    pub json: String,
}

impl Jwk {
    /// Whether the key may have made a signature of this kind.
    fn permits(&self, algorithm: Algorithm) -> bool {
        self.form == algorithm.key_form() && self.algorithm.is_none_or(|only| only == algorithm)
    }

    /// One that the key may be used with.
    pub(crate) fn an_algorithm(&self) -> Algorithm {
        let any = || Algorithm::ALL.into_iter().find(|algorithm| algorithm.key_form() == self.form);
        self.algorithm.or_else(any).unwrap_or(Algorithm::Rs256)
    }

    /// Whether it is the key that a token names. One without a name may be anybody's.
    fn answers_to(&self, kid: Option<&str>) -> bool {
        match (&self.kid, kid) {
            (Some(own), Some(kid)) => own == kid,
            _ => true,
        }
    }
}

/// The keys that may have signed a token, those that it names first. A key says what it is for; a token only chooses
/// among the keys that are for what it says.
pub(crate) fn fitting<'a>(
    keys: &'a [Jwk],
    kid: Option<&'a str>,
    algorithm: Algorithm,
) -> impl Iterator<Item = &'a Jwk> {
    let fit = move |key: &&Jwk| key.permits(algorithm) && key.answers_to(kid);
    let is_named = |key: &&Jwk| key.kid.is_some();
    let named = keys.iter().filter(is_named).filter(fit);
    named.chain(keys.iter().filter(move |key| !is_named(key)).filter(fit))
}

/// Reads a key set; keys that fit none of our algorithms are left out.
///
/// `None` if it is not a key set, larger than any provider's, or has no key that can be used: it must not take the
/// place of one that has.
#[must_use]
pub fn read_key_set(text: &str) -> Option<Vec<Jwk>> {
    let set: Value = if text.len() <= KEY_SET_MAX { objects::from_str(text).ok()? } else { return None };
    let keys = set.get("keys")?.as_array().filter(|keys| keys.len() <= KEYS_MAX)?;
    let keys: Vec<Jwk> = keys.iter().filter_map(read).collect();
    (!keys.is_empty()).then_some(keys)
}

fn read(key: &Value) -> Option<Jwk> {
    let text = |name: &str| key.get(name).and_then(Value::as_str);
    let form = match (text("kty")?, text("crv")) {
        ("RSA", _) => KeyForm::Rsa,
        ("EC", Some("P-256")) => KeyForm::P256,
        ("EC", Some("P-384")) => KeyForm::P384,
        ("EC", Some("P-521")) => KeyForm::P521,
        ("OKP", Some("Ed25519")) => KeyForm::Ed25519,
        _ => return None,
    };
    // What could be decoded is base64url, and needs no escapes.
    let number = |name: &str| text(name).and_then(|text| Some((text, decode(text)?)));
    let point = |name: &str| {
        number(name).filter(|(_, bytes)| Some(bytes.len()) == form.point_length()).map(|(text, _)| text)
    };
    let json = match (form, text("crv")) {
        (KeyForm::Rsa, _) => {
            let ((n, modulus), (e, exponent)) = (number("n")?, number("e")?);
            let is_odd = exponent.last().is_some_and(|last| last & 1 == 1);
            if !RSA_BITS.contains(&bits(&modulus)) || !is_odd || bits(&exponent) < 2 {
                return None;
            }
            format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"}}"#)
        }
        (KeyForm::Ed25519, _) => format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, point("x")?),
        (_, Some(curve)) => {
            let (x, y) = (point("x")?, point("y")?);
            format!(r#"{{"kty":"EC","crv":"{curve}","x":"{x}","y":"{y}"}}"#)
        }
        (_, None) => return None,
    };
    let algorithm = match key.get("alg") {
        None => None,
        Some(name) => Some(Algorithm::parse(name.as_str()?).filter(|only| only.key_form() == form)?),
    };
    let fits_use = key.get("use").is_none_or(|purpose| purpose == "sig");
    let fits_operations = match key.get("key_ops") {
        None => true,
        Some(operations) => operations.as_array()?.iter().any(|operation| operation == "verify"),
    };
    // A private key that is published proves nothing.
    let fits = fits_use && fits_operations && key.get("d").is_none();
    fits.then(|| Jwk { kid: text("kid").map(Into::into), form, algorithm, json })
}

fn bits(number: &[u8]) -> usize {
    let start = number.iter().position(|byte| *byte != 0).unwrap_or(number.len());
    let (length, first) = (number.len() - start, number.get(start).copied().unwrap_or(0));
    (length * 8).saturating_sub(first.leading_zeros() as usize)
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

    pub(crate) fn rsa(bytes: usize) -> Value {
        json!({ "kty": "RSA", "kid": "r", "n": encode(&vec![0x80; bytes]), "e": "AQAB" })
    }

    fn ec() -> Value {
        json!({ "kty": "EC", "crv": "P-256", "kid": "e", "x": encode(&[1; 32]), "y": encode(&[2; 32]) })
    }

    fn with(mut key: Value, name: &str, value: Value) -> Value {
        key.as_object_mut().expect("object").insert(name.into(), value);
        key
    }

    fn on_curve(curve: &str, length: usize) -> Value {
        let coordinate = encode(&vec![1; length]);
        json!({ "kty": "EC", "crv": curve, "kid": "e", "x": coordinate, "y": coordinate })
    }

    fn set(keys: &[Value]) -> Vec<Jwk> {
        read_key_set(&json!({ "keys": keys }).to_string()).expect("set")
    }

    /// Which algorithms a key permits.
    fn permitted(key: &Value) -> Vec<Algorithm> {
        let keys = read_key_set(&json!({ "keys": [key] }).to_string()).unwrap_or_default();
        let permits = |algorithm: &Algorithm| keys.iter().any(|key| key.permits(*algorithm));
        Algorithm::ALL.into_iter().filter(permits).collect()
    }

    #[test]
    fn a_key_permits_what_its_form_and_its_alg_say() {
        use Algorithm::{Ed25519, Es256, Es384, Es512, Ps256, Ps384, Ps512, Rs256, Rs384, Rs512};
        for (key, expected) in [
            (rsa(256), &[Rs256, Rs384, Rs512, Ps256, Ps384, Ps512][..]),
            (with(rsa(256), "alg", json!("RS256")), &[Rs256]),
            (with(rsa(256), "alg", json!("PS512")), &[Ps512]),
            (ec(), &[Es256]),
            (with(ec(), "alg", json!("ES256")), &[Es256]),
            (on_curve("P-384", 48), &[Es384]),
            (on_curve("P-521", 66), &[Es512]),
            (ed("d"), &[Ed25519]),
            (with(ed("d"), "alg", json!("Ed25519")), &[Ed25519]),
        ] {
            assert_eq!(permitted(&key), expected, "{key}");
        }
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
            with(rsa(256), "alg", json!("ES256")),
            with(rsa(256), "alg", json!("RSA-OAEP")),
            with(rsa(256), "alg", json!("HS256")),
            with(rsa(256), "alg", json!(null)),
            with(rsa(256), "use", json!("enc")),
            with(rsa(256), "use", json!(null)),
            with(rsa(256), "d", json!("AQAB")),
            with(ec(), "crv", json!("P-384")),
            with(ec(), "crv", json!("secp256k1")),
            with(ec(), "alg", json!("ES384")),
            on_curve("P-521", 65),
            with(ec(), "crv", json!(null)),
            with(ec(), "alg", json!("RS256")),
            with(ec(), "y", json!(encode(&[2; 31]))),
            with(ec(), "key_ops", json!(["sign"])),
            with(ec(), "key_ops", json!("verify")),
            with(ed("d"), "crv", json!("X25519")),
            with(ed("d"), "x", json!(encode(&[9; 33]))),
        ] {
            assert_eq!(permitted(&bad), [], "{bad}");
            assert_eq!(set(&[bad, ed("d")]), set(&[ed("d")]));
        }
        assert_eq!(permitted(&with(ec(), "key_ops", json!(["verify"]))), [Algorithm::Es256]);
        // Leading zeros make no modulus longer.
        let padded = encode(&[&[0; 2][..], &[0x7f; 255]].concat());
        assert_eq!(permitted(&with(rsa(256), "n", json!(padded))), []);
    }

    #[test]
    fn what_is_no_key_set_or_has_no_key_is_nothing() {
        for bad in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>", "null", r#"{"keys":[]}"#, r#"{"keys":[{}]}"#]
        {
            assert_eq!(read_key_set(bad), None, "{bad}");
        }
        assert_eq!(read_key_set(&json!({ "keys": vec![ed("d"); 51] }).to_string()), None);
        assert_eq!(
            read_key_set(&json!({ "keys": [ed("d")], "x": "x".repeat(KEY_SET_MAX) }).to_string()),
            None
        );
    }

    /// The places in the set of the keys that may have signed a token.
    fn places(keys: &[Value], kid: Option<&str>, algorithm: Algorithm) -> Vec<usize> {
        let set = set(keys);
        let place = |key: &Jwk| set.iter().position(|other| other == key).expect("in the set");
        fitting(&set, kid, algorithm).map(place).collect()
    }

    #[test]
    fn a_named_key_is_the_one_and_without_a_name_every_key_that_fits_may_be() {
        let nameless = with(ed("x"), "kid", json!(null));
        let keys = [rsa(256), ec(), ed("d"), with(ed("f"), "x", json!(encode(&[8; 32]))), nameless];
        let places = |kid, algorithm| places(&keys, kid, algorithm);
        assert_eq!(places(Some("f"), Algorithm::Ed25519), [3, 4]);
        assert_eq!(places(Some("r"), Algorithm::Ed25519), [4]);
        assert_eq!(places(Some("r"), Algorithm::Ps384), [0]);
        assert!(places(Some("x"), Algorithm::Rs256).is_empty());
        assert!(places(Some(""), Algorithm::Es256).is_empty());
        assert_eq!(places(None, Algorithm::Es256), [1]);
        assert!(places(None, Algorithm::Es384).is_empty());
        assert_eq!(places(None, Algorithm::Ed25519), [2, 3, 4]);
    }

    #[test]
    fn two_keys_may_share_a_name() {
        let keys = [ed("k"), with(ec(), "kid", json!("k")), with(rsa(256), "kid", json!("k"))];
        assert_eq!(places(&keys, Some("k"), Algorithm::Es256), [1]);
        assert_eq!(places(&keys, Some("k"), Algorithm::Ed25519), [0]);
    }

    proptest! {
        #[test]
        fn no_key_set_is_too_strange_to_read(text in "\\PC{0,80}") {
            let _ = read_key_set(&text);
            let _ = read_key_set(&json!({ "keys": [{ "kty": text, "crv": text, "n": text, "e": text }] }).to_string());
        }

        #[test]
        fn a_token_never_chooses_what_a_key_is_for(
            kid in proptest::option::of("[redfx]"),
            alg in proptest::sample::select(&["RS256", "PS256", "ES256", "ES512", "EdDSA"][..]),
            index in 0_usize..Algorithm::ALL.len(),
        ) {
            let all = [rsa(256), ec(), on_curve("P-384", 48), ed("d"), ed("f")];
            let keys = all.map(|key| with(key, "alg", json!(alg)));
            let Some(set) = read_key_set(&json!({ "keys": keys }).to_string()) else { return Ok(()) };
            for key in fitting(&set, kid.as_deref(), Algorithm::ALL[index]) {
                prop_assert_eq!(Algorithm::parse(alg), Some(Algorithm::ALL[index]));
                prop_assert_eq!(key.form, Algorithm::ALL[index].key_form());
            }
        }
    }
}
