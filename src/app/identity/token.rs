//! A JSON Web Token, read but not yet verified.

use serde_json::{Map, Value};

use super::decode;
use super::{Algorithm, Refusal};
use crate::objects;

/// Longest token, in bytes.
const TOKEN_MAX: usize = 8192;
/// Longest key id, in bytes.
const KID_MAX: usize = 256;

/// A token of the right form. Nothing in it is proven yet.
pub(crate) struct Token<'a> {
    /// How it says that it is signed. Whether its provider may sign so is not clear yet.
    pub(crate) algorithm: Algorithm,
    /// The key that it says it is signed with.
    pub(crate) kid: Option<String>,
    /// What it claims.
    pub(crate) claims: Map<String, Value>,
    /// What the signature is about.
    pub(crate) signed: &'a str,
    /// The signature.
    pub(crate) signature: Vec<u8>,
}

/// Whether a text has the outer form of a token; keys never have it.
#[must_use]
pub fn looks_like_one(text: &str) -> bool {
    text.bytes().filter(|byte| *byte == b'.').count() == 2
}

fn object(part: &str) -> Result<Map<String, Value>, Refusal> {
    let bytes = decode(part).ok_or(Refusal("token.base64"))?;
    let text = String::from_utf8(bytes).map_err(|_| Refusal("token.json"))?;
    let value = objects::from_str(&text).map_err(|_| Refusal("token.json"))?;
    // Of two members of one name the parser keeps the last: another reader may see the other.
    if names(&value) != colons(&text) {
        return Err(Refusal("token.duplicate"));
    }
    if let Value::Object(object) = value { Ok(object) } else { Err(Refusal("token.json")) }
}

/// How many members the objects in a value have.
fn names(value: &Value) -> usize {
    match value {
        Value::Array(list) => list.iter().map(names).sum(),
        Value::Object(object) => object.len() + object.values().map(names).sum::<usize>(),
        _ => 0,
    }
}

/// How many colons a JSON text has outside of its strings: one for each member.
fn colons(text: &str) -> usize {
    let (mut count, mut in_string, mut is_escaped) = (0, false, false);
    for byte in text.bytes() {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' => is_escaped = true,
            b'"' => in_string = !in_string,
            b':' if !in_string => count += 1,
            _ => {}
        }
    }
    count
}

/// Whether a token of this `typ` is meant for us: one without, a plain one, or an access token (RFC 9068). A logout
/// token, for example, may claim all that we ask for.
fn is_for_us(typ: Option<&Value>) -> bool {
    let Some(typ) = typ else { return true };
    let typ = typ.as_str().unwrap_or_default().to_ascii_lowercase();
    matches!(typ.strip_prefix("application/").unwrap_or(&typ), "jwt" | "at+jwt")
}

impl<'a> Token<'a> {
    /// Reads a token that says it is signed in a way that is known.
    pub(crate) fn read(text: &'a str) -> Result<Self, Refusal> {
        if text.len() > TOKEN_MAX {
            return Err(Refusal("token.too_large"));
        }
        let mut parts = text.split('.');
        let (Some(header), Some(claims), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Refusal("token.form"));
        };
        let signed = text.get(..=header.len() + claims.len()).unwrap_or_default();
        let header = object(header)?;
        let name = header.get("alg").and_then(Value::as_str).unwrap_or_default();
        let algorithm = Algorithm::parse(name).ok_or(Refusal("header.alg"))?;
        // Extensions that must be understood: we understand none.
        if header.contains_key("crit") {
            return Err(Refusal("header.crit"));
        }
        if !is_for_us(header.get("typ")) {
            return Err(Refusal("header.typ"));
        }
        let kid = match header.get("kid") {
            None => None,
            Some(Value::String(kid)) if kid.len() <= KID_MAX => Some(kid.clone()),
            Some(_) => return Err(Refusal("header.kid")),
        };
        let signature = decode(signature).filter(|bytes| match algorithm.key_form().point_length() {
            None => !bytes.is_empty(),
            Some(length) => bytes.len() == 2 * length,
        });
        let signature = signature.ok_or(Refusal("token.signature"))?;
        Ok(Self { algorithm, kid, claims: object(claims)?, signed, signature })
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::tests::encode;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    pub(crate) fn text(header: &Value, claims: &Value, signature: &[u8]) -> String {
        let part = |value: &Value| encode(value.to_string().as_bytes());
        format!("{}.{}.{}", part(header), part(claims), encode(signature))
    }

    fn refusal(text: &str) -> &'static str {
        Token::read(text).map_or_else(|refusal| refusal.0, |_| "")
    }

    fn with_header(header: &Value) -> &'static str {
        refusal(&text(header, &json!({}), &[1; 64]))
    }

    #[test]
    fn a_token_is_split_into_what_it_says_and_what_is_signed() {
        let text = text(&json!({ "alg": "ES256", "kid": "k" }), &json!({ "sub": "ada" }), &[7; 64]);
        let token = Token::read(&text).map_err(|refusal| refusal.0).expect("token");
        assert_eq!((token.algorithm, token.kid.as_deref()), (Algorithm::Es256, Some("k")));
        assert_eq!(token.claims.get("sub"), Some(&json!("ada")));
        assert!(text.starts_with(token.signed) && !token.signed.ends_with('.'));
        assert_eq!(token.signature, [7; 64]);
    }

    #[test]
    fn only_asymmetric_algorithms_are_read_and_each_has_signatures_of_its_length() {
        let signed = |alg: &str, length| refusal(&text(&json!({ "alg": alg }), &json!({}), &vec![1; length]));
        for (alg, length) in [("ES256", 64), ("ES384", 96), ("ES512", 132), ("EdDSA", 64), ("Ed25519", 64)] {
            for other in [64, 96, 132, 256] {
                let expected = if other == length { "" } else { "token.signature" };
                assert_eq!(signed(alg, other), expected, "{alg} {other}");
            }
        }
        for alg in ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] {
            assert_eq!((signed(alg, 256), signed(alg, 0)), ("", "token.signature"), "{alg}");
        }
        for bad in
            ["none", "None", "", "HS256", "HS512", "RS1", "ES256K", "Ed448", "eddsa", "es256", "ES256 "]
        {
            assert_eq!(with_header(&json!({ "alg": bad })), "header.alg", "{bad}");
        }
        assert_eq!(with_header(&json!({})), "header.alg");
        assert_eq!(with_header(&json!({ "alg": ["ES256"] })), "header.alg");
    }

    #[test]
    fn headers_that_ask_for_more_are_refused() {
        assert_eq!(with_header(&json!({ "alg": "ES256", "crit": ["exp"] })), "header.crit");
        assert_eq!(with_header(&json!({ "alg": "ES256", "crit": null })), "header.crit");
        assert_eq!(with_header(&json!({ "alg": "ES256", "kid": 1 })), "header.kid");
        assert_eq!(with_header(&json!({ "alg": "ES256", "kid": "k".repeat(257) })), "header.kid");
        for bad in [json!("logout+jwt"), json!("dpop+jwt"), json!(null), json!("")] {
            assert_eq!(with_header(&json!({ "alg": "ES256", "typ": bad })), "header.typ");
        }
        for good in ["JWT", "jwt", "at+jwt", "application/at+JWT"] {
            assert_eq!(with_header(&json!({ "alg": "ES256", "typ": good })), "");
        }
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let good = text(&json!({ "alg": "RS256" }), &json!({ "n": "x".repeat(8000) }), &[1; 256]);
        assert_eq!(refusal(&good), "token.too_large");
        let good = text(&json!({ "alg": "EdDSA" }), &json!({}), &[1; 64]);
        assert_eq!(refusal(good.get(..good.len() - 1).expect("ascii")), "token.signature");
        assert_eq!(refusal(&format!("{good}=")), "token.signature");
        for (bad, expected) in [
            ("", "token.form"),
            ("a", "token.form"),
            ("a.b", "token.form"),
            ("..", "token.json"),
            ("e.e.e", "token.base64"),
            ("W10.W10.W10", "token.json"),
            ("bm9wZQ.e30.", "token.json"),
        ] {
            assert_eq!(refusal(bad), expected, "{bad}");
        }
        let unsigned = text(&json!({ "alg": "RS256" }), &json!({}), &[]);
        assert_eq!(refusal(&unsigned), "token.signature");
        let claims = text(&json!({ "alg": "ES256" }), &json!([]), &[1; 64]);
        assert_eq!(refusal(&claims), "token.json");
    }

    #[test]
    fn no_object_has_two_members_of_one_name() {
        let with = |claims: &str| {
            let part = |text: &str| encode(text.as_bytes());
            refusal(&format!("{}.{}.{}", part(r#"{"alg":"EdDSA"}"#), part(claims), encode(&[1; 64])))
        };
        for good in ["{}", r#"{"a":":\":\\","b":[{"a":1},{"a":{"a":":"}}],":":"\u0022:"}"#] {
            assert_eq!(with(good), "", "{good}");
        }
        for bad in [
            r#"{"sub":"ada","sub":"bob"}"#,
            r#"{"sub":"ada","\u0073ub":"ada"}"#,
            r#"{"orgs":{"acme":"member","acme":"owner"}}"#,
            r#"{"orgs":[{"id":"acme","role":"member","role":"owner"}]}"#,
        ] {
            assert_eq!(with(bad), "token.duplicate", "{bad}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange_to_refuse(text in "\\PC{0,80}|[A-Za-z0-9._-]{0,200}") {
            prop_assert_ne!(refusal(&text), "");
        }

        #[test]
        fn nested_json_is_no_trouble(depth in 0_usize..2500) {
            let claims = "[".repeat(depth);
            let text = format!("{}.{}.{}", encode(br#"{"alg":"RS256"}"#), encode(claims.as_bytes()), encode(&[1]));
            prop_assert_eq!(refusal(&text), "token.json");
        }
    }
}
