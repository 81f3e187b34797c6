//! What a token has to claim. This is judged before its signature: it costs nothing, and a token that is meant for
//! somebody else never makes us fetch keys.

use keyward_core::{OwnerId, Principal, Timestamp};
use serde_json::{Map, Value};

use super::Refusal;
use super::config::Provider;
use super::organizations::{self, Unfit};

/// How far the provider's clock and ours may differ, in seconds.
const LEEWAY_SECONDS: f64 = 60.0;

/// A `NumericDate` of RFC 7519: seconds since 1970, perhaps with a fraction.
fn instant(claims: &Map<String, Value>, name: &str, bad: Refusal) -> Result<Option<f64>, Refusal> {
    claims.get(name).map(|value| value.as_f64().ok_or(bad)).transpose()
}

/// What a token claims, if it is meant for us and valid now.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Claimed {
    /// The person whom it names.
    pub(crate) principal: Principal,
    /// Until when it vouches for them.
    pub(crate) until: Timestamp,
    /// Why the memberships in it grant nothing, if they do not fit what is configured.
    pub(crate) unfit: Option<Unfit>,
}

/// Judges what a token claims.
pub(crate) fn check(
    claims: &Map<String, Value>,
    provider: &Provider,
    now: Timestamp,
) -> Result<Claimed, Refusal> {
    #[expect(clippy::cast_precision_loss, reason = "every millisecond until the year 9999 is exact")]
    let now = now.as_millis() as f64 / 1000.0;
    let expired = Refusal("claims.exp");
    let exp = instant(claims, "exp", expired)?.filter(|exp| exp + LEEWAY_SECONDS > now).ok_or(expired)?;
    for (name, early) in [("nbf", Refusal("claims.nbf")), ("iat", Refusal("claims.iat"))] {
        if instant(claims, name, early)?.is_some_and(|from| from > now + LEEWAY_SECONDS) {
            return Err(early);
        }
    }
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    if text("iss") != Some(&provider.issuer) {
        return Err(Refusal("claims.iss"));
    }
    let is_ours = |audience: &Value| audience.as_str() == Some(&provider.audience);
    let for_us = match claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.iter().any(is_ours),
        Some(audience) => is_ours(audience),
        None => false,
    };
    if !for_us {
        return Err(Refusal("claims.aud"));
    }
    let id = text(&provider.user_claim)
        .and_then(|id| OwnerId::parse_user(id).ok())
        .ok_or(Refusal("claims.user"))?;
    let memberships = provider.organizations.as_ref().map_or(Ok(Vec::new()), |(name, shape)| {
        claims.get(name).map_or(Ok(Vec::new()), |claim| organizations::read(claim, *shape))
    });
    let (asserted, unfit) = match memberships {
        Ok(asserted) => (asserted, None),
        Err(unfit) => (Vec::new(), Some(unfit)),
    };
    #[expect(clippy::cast_possible_truncation, reason = "what is too large for it lies after every instant")]
    let until = Timestamp::from_millis((exp * 1000.0) as i64);
    Ok(Claimed { principal: Principal::User { id, asserted }, until, unfit })
}

#[cfg(test)]
mod tests {
    use super::super::Algorithm;
    use super::super::organizations::Shape;
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const NOW: i64 = 1_795_000_000;

    fn provider() -> Provider {
        Provider {
            issuer: "https://id.example/".into(),
            audience: "keyward".into(),
            keys_url: "https://id.example/keys".into(),
            algorithms: Algorithm::ALL.into(),
            user_claim: "sub".into(),
            organizations: Some(("orgs".into(), Shape::Map)),
            sign_in_url: None,
        }
    }

    fn checked(changes: &Value) -> Result<Claimed, Refusal> {
        let mut claims =
            json!({ "iss": "https://id.example/", "aud": "keyward", "sub": "ada", "exp": NOW + 300 });
        let claims = claims.as_object_mut().expect("object");
        for (name, value) in changes.as_object().expect("object") {
            claims.insert(name.clone(), value.clone());
            // Marks what is to be left out.
            if value == "-" {
                claims.remove(name);
            }
        }
        check(claims, &provider(), Timestamp::from_millis(NOW * 1000))
    }

    fn refusal(changes: &Value) -> &'static str {
        checked(changes).map_or_else(|refusal| refusal.0, |_| "")
    }

    #[test]
    fn the_person_who_is_named_is_the_principal() {
        let ada = OwnerId::parse("ada").expect("id");
        let claimed = checked(&json!({})).expect("user");
        assert_eq!(claimed.principal, Principal::User { id: ada, asserted: vec![] });
        let claimed = checked(&json!({ "orgs": { "acme": "admin" } })).expect("user");
        assert_eq!(claimed.unfit, None);
        let role = claimed.principal.role_in(&OwnerId::parse("acme").expect("id"), None);
        assert_eq!(role, Some(keyward_core::principal::Role::Admin));
    }

    #[test]
    fn memberships_that_do_not_fit_grant_nothing_and_refuse_nobody() {
        let claimed = checked(&json!({ "orgs": { "acme": "admin", "beta": "boss" } })).expect("user");
        let ada = OwnerId::parse("ada").expect("id");
        assert_eq!(claimed.principal, Principal::User { id: ada, asserted: vec![] });
        assert_eq!(claimed.unfit, Some(Unfit("organizations.role")));
    }

    #[test]
    fn a_token_vouches_until_it_expires_without_leeway() {
        for (exp, millis) in [
            (json!(NOW + 300), (NOW + 300) * 1000),
            (json!(1_795_000_000.5), 1_795_000_000_500),
            (json!(NOW - 59), (NOW - 59) * 1000),
            (json!(1e300), i64::MAX),
        ] {
            let until = checked(&json!({ "exp": exp })).expect("user").until;
            assert_eq!(until, Timestamp::from_millis(millis), "{exp}");
        }
    }

    #[test]
    fn memberships_count_only_where_a_claim_is_configured() {
        let claims = json!({ "iss": "https://id.example/", "aud": "keyward", "sub": "ada", "exp": NOW, "orgs": ["acme"] });
        let provider = Provider { organizations: None, ..provider() };
        let now = Timestamp::from_millis(NOW * 1000);
        let principal = check(claims.as_object().expect("object"), &provider, now).expect("user").principal;
        assert_eq!(principal.role_in(&OwnerId::parse("acme").expect("id"), None), None);
    }

    #[test]
    fn times_have_a_minute_of_leeway_and_no_more() {
        for (claim, at, expected) in [
            ("exp", -59, ""),
            ("exp", -60, "claims.exp"),
            ("nbf", 60, ""),
            ("nbf", 61, "claims.nbf"),
            ("iat", 60, ""),
            ("iat", 61, "claims.iat"),
            ("iat", -1_000_000, ""),
        ] {
            assert_eq!(refusal(&json!({ claim: NOW + at })), expected, "{claim} {at}");
        }
        assert_eq!(refusal(&json!({ "exp": 1_794_999_940.5 })), "");
        assert_eq!(refusal(&json!({ "exp": "-" })), "claims.exp");
        for bad in
            [json!("1795000300"), json!(null), json!([1_795_000_300]), json!(true), json!(-1), json!(0)]
        {
            assert_eq!(refusal(&json!({ "exp": bad })), "claims.exp");
        }
        assert_eq!(refusal(&json!({ "nbf": "0" })), "claims.nbf");
        assert_eq!(refusal(&json!({ "iat": null })), "claims.iat");
    }

    #[test]
    fn issuer_and_audience_are_exact() {
        for bad in [
            json!("https://id.example"),
            json!("HTTPS://id.example/"),
            json!(["https://id.example/"]),
            json!("-"),
        ] {
            assert_eq!(refusal(&json!({ "iss": bad })), "claims.iss");
        }
        assert_eq!(refusal(&json!({ "aud": ["other", "keyward"] })), "");
        for bad in [
            json!("other"),
            json!("keyward "),
            json!(["other"]),
            json!([]),
            json!({ "keyward": 1 }),
            json!("-"),
        ] {
            assert_eq!(refusal(&json!({ "aud": bad })), "claims.aud");
        }
    }

    #[test]
    fn a_user_needs_an_id_of_ours() {
        for good in ["ada", "0190a5b2-7c3f-7d11-8a55-000000000000", "user_2abC", "A-Z_9"] {
            assert_eq!(refusal(&json!({ "sub": good })), "");
        }
        for bad in [
            json!("auth0|123"),
            json!("ada@example.com"),
            json!(""),
            json!(42),
            json!("-"),
            json!("a".repeat(65)),
        ] {
            assert_eq!(refusal(&json!({ "sub": bad })), "claims.user");
        }
    }

    proptest! {
        #[test]
        fn time_alone_decides_about_times(exp in -200_i64..200, nbf in -200_i64..200, iat in -200_i64..200) {
            let granted = refusal(&json!({ "exp": NOW + exp, "nbf": NOW + nbf, "iat": NOW + iat })).is_empty();
            prop_assert_eq!(granted, exp > -60 && nbf <= 60 && iat <= 60);
        }
    }
}
