//! What a token has to claim. This is judged before its signature: it costs nothing, and a token that is meant for
//! somebody else never makes us fetch keys.

use keyward_core::owner::SERVICE_NAMESPACE;
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

fn text<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    claims.get(name).and_then(Value::as_str)
}

/// Whether the token is meant for us. If it says for whom it is (`aud`), that has to be us; if it does not, the
/// application that it was made for has to be ours, as it has to be wherever one is configured.
fn check_audience(claims: &Map<String, Value>, provider: &Provider) -> Result<(), Refusal> {
    let is_in = |ours: &[String], value: &Value| {
        value.as_str().is_some_and(|value| ours.iter().any(|name| name == value))
    };
    let for_us = match claims.get("aud") {
        Some(Value::Array(audiences)) => audiences.iter().any(|one| is_in(&provider.audiences, one)),
        Some(audience) => is_in(&provider.audiences, audience),
        None => provider.client.is_some(),
    };
    if !for_us {
        return Err(Refusal("claims.aud"));
    }
    match &provider.client {
        Some((claim, ids)) if !claims.get(claim).is_some_and(|client| is_in(ids, client)) => {
            Err(Refusal("claims.client"))
        }
        _ => Ok(()),
    }
}

/// The user whom the token names, in the namespace of its provider's users.
fn user(claims: &Map<String, Value>, provider: &Provider) -> Option<OwnerId> {
    let filled = |name: &str| text(claims, name).filter(|text| !text.is_empty());
    let is_service = provider.has_services
        && claims.get("sub").is_none_or(|sub| sub == "")
        && filled("common_name").is_some();
    let (namespace, name) = if is_service {
        (Some(SERVICE_NAMESPACE), filled("common_name")?)
    } else {
        (provider.namespace.as_deref(), filled(&provider.user_claim)?)
    };
    if let Some(namespace) = namespace {
        return OwnerId::from_external(&format!("{namespace}:{name}")).ok();
    }
    // An id that is as the provider writes it must not be that of somebody in a namespace.
    let start = name.split_once(':').map(|(start, _)| start);
    let is_foreign = provider.foreign_namespaces.iter().any(|foreign| Some(foreign.as_str()) == start);
    if is_foreign { None } else { OwnerId::from_external(name).ok() }
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
    if text(claims, "iss") != Some(&provider.issuer) {
        return Err(Refusal("claims.iss"));
    }
    check_audience(claims, provider)?;
    let id = user(claims, provider).ok_or(Refusal("claims.user"))?;
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
            audiences: vec!["keyward".into(), "https://keyward.example".into()],
            client: None,
            keys_url: "https://id.example/keys".into(),
            algorithms: Algorithm::ALL.into(),
            user_claim: "sub".into(),
            namespace: None,
            foreign_namespaces: vec!["access".into(), "service".into(), "okta".into()],
            has_services: false,
            organizations: Some(("orgs".into(), Shape::Map)),
            sign_in_url: None,
        }
    }

    fn checked(changes: &Value) -> Result<Claimed, Refusal> {
        checked_by(&provider(), changes)
    }

    fn checked_by(provider: &Provider, changes: &Value) -> Result<Claimed, Refusal> {
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
        check(claims, provider, Timestamp::from_millis(NOW * 1000))
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
        assert_eq!(refusal(&json!({ "aud": "https://keyward.example" })), "");
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
    fn an_application_stands_for_an_audience_where_one_is_configured() {
        let web = || Some(("azp".to_owned(), vec!["web".to_owned(), "app".to_owned()]));
        let without_audience = Provider { audiences: vec![], client: web(), ..provider() };
        let with_both = Provider { client: web(), ..provider() };
        for (provider, changes, expected) in [
            (&without_audience, json!({ "aud": "-", "azp": "app" }), ""),
            (&without_audience, json!({ "aud": "-", "azp": "other" }), "claims.client"),
            (&without_audience, json!({ "aud": "-", "azp": ["app"] }), "claims.client"),
            (&without_audience, json!({ "aud": "-" }), "claims.client"),
            // It is meant for somebody else, whoever it was made for.
            (&without_audience, json!({ "azp": "app" }), "claims.aud"),
            (&without_audience, json!({ "aud": null, "azp": "app" }), "claims.aud"),
            (&with_both, json!({ "azp": "web" }), ""),
            (&with_both, json!({ "aud": "-", "azp": "web" }), ""),
            (&with_both, json!({ "aud": "other", "azp": "web" }), "claims.aud"),
            (&with_both, json!({ "azp": "other" }), "claims.client"),
            (&with_both, json!({}), "claims.client"),
            (&provider(), json!({ "aud": "-", "azp": "web" }), "claims.aud"),
        ] {
            let found = checked_by(provider, &changes).map_or_else(|refusal| refusal.0, |_| "");
            assert_eq!(found, expected, "{changes}");
        }
    }

    /// The id of the user whom a provider names.
    fn named(provider: &Provider, changes: &Value) -> Option<String> {
        match checked_by(provider, changes) {
            Ok(claimed) => claimed.principal.user().map(ToString::to_string),
            Err(refusal) => {
                assert_eq!(refusal, Refusal("claims.user"), "{changes}");
                None
            }
        }
    }

    #[test]
    fn a_user_has_the_id_that_the_provider_writes() {
        for (sub, id) in [
            ("ada", "ada"),
            ("0190a5b2-7c3f-7d11-8a55-000000000000", "0190a5b2-7c3f-7d11-8a55-000000000000"),
            ("auth0|123", "auth0~7C123"),
            ("ada@example.com", "ada~40example~2Ecom"),
            ("auth0~7C123", "auth0~7E7C123"),
        ] {
            assert_eq!(named(&provider(), &json!({ "sub": sub })).as_deref(), Some(id));
        }
        for bad in
            [json!(""), json!(42), json!("-"), json!("me"), json!("a".repeat(129)), json!("|".repeat(43))]
        {
            assert_eq!(named(&provider(), &json!({ "sub": bad })), None, "{bad}");
        }
    }

    #[test]
    fn no_provider_names_the_users_of_another() {
        let okta = Provider { namespace: Some("okta".into()), foreign_namespaces: vec![], ..provider() };
        for (sub, shared, namespaced) in [
            ("ada", Some("ada"), "okta~3Aada"),
            ("me", None, "okta~3Ame"),
            ("okta:ada", None, "okta~3Aokta~3Aada"),
            ("access:ada", None, "okta~3Aaccess~3Aada"),
            ("service:ci", None, "okta~3Aservice~3Aci"),
            ("okta~3Aada", Some("okta~7E3Aada"), "okta~3Aokta~7E3Aada"),
            ("Okta:ada", Some("Okta~3Aada"), "okta~3AOkta~3Aada"),
            (
                "https://ada.example",
                Some("https~3A~2F~2Fada~2Eexample"),
                "okta~3Ahttps~3A~2F~2Fada~2Eexample",
            ),
        ] {
            assert_eq!(named(&provider(), &json!({ "sub": sub })).as_deref(), shared, "{sub}");
            assert_eq!(named(&okta, &json!({ "sub": sub })).as_deref(), Some(namespaced), "{sub}");
        }
        assert_eq!(named(&okta, &json!({ "sub": "" })), None);
        assert_eq!(named(&okta, &json!({ "sub": "a".repeat(122) })), None);
    }

    #[test]
    fn programs_are_users_in_a_namespace_of_their_own_and_only_access_vouches_for_them() {
        let access = Provider { has_services: true, namespace: Some("access".into()), ..provider() };
        let sharing = Provider { namespace: None, user_claim: "email".into(), ..access.clone() };
        let program = json!({ "sub": "", "common_name": "ci.access" });
        for provider in [&access, &sharing] {
            assert_eq!(named(provider, &program).as_deref(), Some("service~3Aci~2Eaccess"));
            let program = json!({ "sub": "-", "common_name": "ci.access" });
            assert_eq!(named(provider, &program).as_deref(), Some("service~3Aci~2Eaccess"));
        }
        assert_eq!(named(&provider(), &program), None);
        // Whoever has a name of their own is a person, whatever their certificate says.
        let person = json!({ "sub": "7d11", "common_name": "ci.access" });
        assert_eq!(named(&access, &person).as_deref(), Some("access~3A7d11"));
        assert_eq!(named(&sharing, &person), None);
        for bad in [
            json!({ "sub": "" }),
            json!({ "sub": "", "common_name": "" }),
            json!({ "sub": null, "common_name": "ci" }),
        ] {
            assert_eq!(named(&access, &bad), None, "{bad}");
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
