//! Who calls: credentials of the operator, of people, and of Cloudflare Access.

use keyward_core::{KeyDigest, RootKeyId, Timestamp};
use serde_json::{Value, json};

use crate::identity::token::tests::text;
use crate::request::Credentials;

/// The operator's credential.
pub(crate) const ROOT: &str = "root";

/// No credential.
pub(crate) const NOBODY: &str = "";

/// The id of [`ROOT`], as the audit trail names it.
pub(crate) fn root_id() -> String {
    RootKeyId::of(&KeyDigest::of(ROOT)).to_string()
}

/// The credential of a person whom the identity provider vouches for.
pub(crate) fn user(id: &str) -> String {
    user_token(id, 1)
}

/// The credential of a person of whom the identity provider also says that they have a role in acme.
pub(crate) fn claiming(id: &str, role: &str) -> String {
    token(json!({ "sub": id, "orgs": { "acme": role } }), 1)
}

/// A credential that claims to be this person's, with a signature of these bytes.
pub(crate) fn user_token(id: &str, signature: u8) -> String {
    token(json!({ "sub": id }), signature)
}

/// The credential of a person whom the identity provider vouches for until then.
pub(crate) fn user_until(id: &str, until: Timestamp) -> String {
    token(json!({ "sub": id, "exp": until.as_millis() / 1000 }), 1)
}

fn token(mut claims: Value, signature: u8) -> String {
    claims["iss"] = "https://id.example/".into();
    claims["aud"] = "keyward".into();
    if claims["exp"].is_null() {
        claims["exp"] = 4_000_000_000_i64.into();
    }
    text(&json!({ "alg": "EdDSA", "kid": "a" }), &claims, &[signature; 64])
}

/// What Cloudflare Access asserts in the header of its own: these claims besides the usual ones.
pub(crate) fn access(claims: &Value) -> Credentials {
    let mut all = json!({ "iss": "https://acme.example", "aud": ["tag"], "exp": 4_000_000_000_i64 });
    all.as_object_mut().expect("object").extend(claims.as_object().expect("object").clone());
    let token = text(&json!({ "alg": "RS256", "kid": "r" }), &all, &[1; 64]);
    Credentials { access_assertion: Some(token), ..Credentials::default() }
}

/// The variables with which Cloudflare Access is believed.
pub(crate) const ACCESS: [(&str, &str); 2] =
    [("ACCESS_TEAM_DOMAIN", "https://acme.example"), ("ACCESS_AUDIENCE", "tag")];
