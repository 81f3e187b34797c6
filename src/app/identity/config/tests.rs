use serde_json::{Value, json};

use super::*;

const BEARER: [(&str, &str); 3] = [
    ("JWT_ISSUER", "https://id.example/"),
    ("JWT_AUDIENCE", "keyward"),
    ("JWT_JWKS_URL", "https://id.example/keys"),
];
const ACCESS: [(&str, &str); 2] =
    [("ACCESS_TEAM_DOMAIN", "https://acme.cloudflareaccess.com/"), ("ACCESS_AUDIENCE", "tag")];

/// The first value of a variable counts.
fn read(variables: &[&[(&str, &str)]]) -> Result<Providers, String> {
    let get = |name: &str| {
        let found = variables.concat().into_iter().find(|(given, _)| *given == name);
        found.map(|(_, value)| value.to_owned())
    };
    Providers::read(get).map_err(|error| error.to_string())
}

/// The one provider whose tokens come as `Authorization`.
fn only(providers: Result<Providers, String>) -> Provider {
    let [provider] = <[Provider; 1]>::try_from(providers.expect("usable").bearer).expect("one");
    provider
}

/// A list of further providers: each a good one with changes.
fn further(changes: &[Value]) -> String {
    let good = json!({
        "issuer": "https://two.example", "audience": "keyward", "jwks_url": "https://two.example/keys",
        "namespace": "two",
    });
    let entry = |changes: &Value| {
        let mut entry = good.clone();
        for (name, value) in changes.as_object().expect("object") {
            entry[name] = value.clone();
        }
        entry
    };
    json!(changes.iter().map(entry).collect::<Vec<_>>()).to_string()
}

#[test]
fn nobody_is_trusted_by_default() {
    assert_eq!(read(&[]), Ok(Providers::default()));
    assert_eq!(read(&[&[("JWT_ISSUER", " "), ("ACCESS_AUDIENCE", "")]]), Ok(Providers::default()));
}

#[test]
fn whole_configurations_are_usable() {
    let providers = read(&[&BEARER, &ACCESS]).expect("usable");
    let bearer = providers.of(Source::Bearer, "https://id.example/").expect("bearer");
    assert_eq!((bearer.algorithms.as_slice(), bearer.user_claim.as_str()), (&Algorithm::ALL[..], "sub"));
    let access = providers.of(Source::Access, "https://acme.cloudflareaccess.com").expect("access");
    assert_eq!(access.audiences, ["tag"]);
    assert!(providers.of(Source::Bearer, "https://acme.cloudflareaccess.com").is_none());
    assert_eq!(access.keys_url, "https://acme.cloudflareaccess.com/cdn-cgi/access/certs");
    let chosen = read(&[
        &[("JWT_ALGORITHMS", "EdDSA, RS256,PS512, Ed25519"), ("JWT_USER_CLAIM", "https://app.example/id")],
        &BEARER,
    ]);
    let chosen = only(chosen);
    assert_eq!(
        chosen.algorithms,
        [Algorithm::Ed25519, Algorithm::Rs256, Algorithm::Ps512, Algorithm::Ed25519]
    );
    assert_eq!(chosen.user_claim, "https://app.example/id");
}

#[test]
fn half_a_configuration_is_none() {
    for missing in BEARER {
        let rest: Vec<_> = BEARER.into_iter().filter(|variable| *variable != missing).collect();
        let expected = format!("the variable {} is missing: ", missing.0);
        assert!(read(&[&rest]).expect_err(missing.0).starts_with(&expected));
    }
    for missing in ACCESS {
        let rest: Vec<_> = ACCESS.into_iter().filter(|variable| *variable != missing).collect();
        let expected = format!("the variable {} is missing: ACCESS_TEAM_DOMAIN and", missing.0);
        assert!(read(&[&rest]).expect_err(missing.0).starts_with(&expected));
    }
    for (lonely, missing) in [
        ("JWT_ALGORITHMS", "JWT_ISSUER"),
        ("JWT_USER_CLAIM", "JWT_ISSUER"),
        ("JWT_ORGANIZATIONS_CLAIM", "JWT_ISSUER"),
        ("JWT_ORGANIZATIONS_SHAPE", "JWT_ISSUER"),
        ("JWT_SIGN_IN_URL", "JWT_ISSUER"),
        ("ACCESS_USERS", "ACCESS_TEAM_DOMAIN"),
        ("ACCESS_USER_CLAIM", "ACCESS_TEAM_DOMAIN"),
    ] {
        let error = read(&[&[(lonely, "RS256")]]).expect_err(lonely);
        assert!(error.starts_with(&format!("the variable {missing} is missing: ")), "{error}");
    }
}

#[test]
fn settings_that_go_together_are_there_together_or_not_at_all() {
    for [one, other] in
        [["JWT_ORGANIZATIONS_CLAIM", "JWT_ORGANIZATIONS_SHAPE"], ["JWT_CLIENT_CLAIM", "JWT_CLIENT_ID"]]
    {
        for (given, missing) in [(one, other), (other, one)] {
            let error = read(&[&BEARER, &[(given, "ids")]]).expect_err(given);
            assert_eq!(error, format!("the variable {missing} is missing: {one} and {other} go together"));
        }
        assert!(read(&[&BEARER, &[(one, "x"), (other, "ids")]]).is_ok());
    }
    for (word, shape) in [("map", Shape::Map), ("objects", Shape::Objects), ("ids", Shape::Ids)] {
        let claim = [("JWT_ORGANIZATIONS_CLAIM", "orgs"), ("JWT_ORGANIZATIONS_SHAPE", word)];
        assert_eq!(only(read(&[&BEARER, &claim])).organizations, Some(("orgs".to_owned(), shape)));
    }
}

#[test]
fn an_application_may_stand_for_an_audience() {
    let client = [("JWT_CLIENT_CLAIM", "azp"), ("JWT_CLIENT_ID", "web, app"), ("JWT_AUDIENCE", "")];
    let provider = only(read(&[&client, &BEARER]));
    let expected = Some(("azp".to_owned(), vec!["web".to_owned(), "app".to_owned()]));
    assert_eq!((provider.client, provider.audiences.len()), (expected, 0));
    let provider = only(read(&[&[("JWT_AUDIENCE", "a,https://b.example")], &BEARER]));
    assert_eq!(provider.audiences, ["a", "https://b.example"]);
}

#[test]
fn further_providers_have_users_of_their_own_unless_they_say_otherwise() {
    let shared = json!({ "issuer": "https://three.example", "namespace": "shared", "client_claim": "azp", "client_id": "web" });
    let list = further(&[json!({ "algorithms": "ES512" }), shared]);
    let providers = read(&[&BEARER, &ACCESS, &[("JWT_ISSUERS", &list)]]).expect("usable");
    let of = |issuer| providers.of(Source::Bearer, issuer).expect(issuer);
    let two = of("https://two.example");
    assert_eq!((two.namespace.as_deref(), two.algorithms.as_slice()), (Some("two"), &[Algorithm::Es512][..]));
    assert_eq!((two.user_claim.as_str(), two.foreign_namespaces.len()), ("sub", 0));
    for sharing in ["https://three.example", "https://id.example/"] {
        assert_eq!(of(sharing).namespace, None);
        let foreign = &of(sharing).foreign_namespaces;
        for namespace in ["two", "access", "service"] {
            assert!(foreign.iter().any(|known| known == namespace), "{sharing} {namespace}");
        }
    }
}

#[test]
fn users_of_access_are_apart_unless_they_are_said_to_be_the_same_people() {
    let access = |users: &[(&str, &str)]| read(&[&ACCESS, users]).expect("usable").access.expect("access");
    for separate in [&[][..], &[("ACCESS_USERS", "separate")]] {
        assert_eq!(access(separate).namespace.as_deref(), Some("access"));
    }
    let shared = access(&[("ACCESS_USERS", "shared"), ("ACCESS_USER_CLAIM", "email")]);
    assert_eq!((shared.namespace, shared.user_claim.as_str()), (None, "email"));
    assert_eq!(shared.foreign_namespaces, ["access", "service"]);
}

#[test]
fn what_is_wrong_in_the_list_of_providers_is_named() {
    let two = json!({});
    for (changes, expected) in [
        (json!({ "audience": "" }), "audience is missing: it says for whom"),
        (json!({ "jwks_url": " " }), "jwks_url is missing: issuer and audience and jwks_url go together"),
        (json!({ "client_id": "web" }), "client_claim is missing: client_claim and client_id go together"),
        (json!({ "namespace": "" }), "namespace is missing: "),
        (json!({ "namespace": "Two" }), "namespace has to be 1 to 32"),
        (json!({ "namespace": "a:b" }), "namespace has to be 1 to 32"),
        (json!({ "namespace": "a".repeat(33) }), "namespace has to be 1 to 32"),
        (json!({ "namespace": "access" }), "namespace cannot be"),
        (json!({ "namespace": "service" }), "namespace cannot be"),
        (json!({ "algorithms": "HS256" }), "algorithms has to be some of"),
        (json!({ "audience": ["keyward"] }), "audience has to be a text"),
        (json!({ "sign_in_url": "https://two.example" }), "a field is not known; known are issuer, "),
        (json!({ "jwks_url": "http://two.example/keys" }), "jwks_url has to be an https:// address"),
        (json!({ "issuer": "https://id.example/" }), "issuer is that of another provider"),
        (json!({ "organizations_claim": "orgs" }), "organizations_shape is missing: "),
    ] {
        let three = json!({ "issuer": "https://three.example", "namespace": "two" });
        let error = read(&[&BEARER, &[("JWT_ISSUERS", &further(&[three, changes]))]]).expect_err(expected);
        let expected = format!("the variable JWT_ISSUERS: in entry 2, {expected}");
        assert!(error.starts_with(&expected), "{error}");
    }
    for bad in ["x", "{}", "[1]", "null", "[[]]"] {
        let error = read(&[&[("JWT_ISSUERS", bad)]]).expect_err(bad);
        assert_eq!(error, "the variable JWT_ISSUERS has to be a JSON array of objects");
    }
    for good in ["[]", " ", &further(&[two])] {
        assert!(read(&[&[("JWT_ISSUERS", good)]]).is_ok(), "{good}");
    }
}

#[test]
fn what_cannot_be_trusted_is_named() {
    for (name, value) in [
        ("JWT_ALGORITHMS", "HS256"),
        ("JWT_ALGORITHMS", "RS256,none"),
        ("JWT_ALGORITHMS", "ES256,"),
        ("JWT_AUDIENCE", "a,,b"),
        ("JWT_CLIENT_ID", ","),
        ("ACCESS_AUDIENCE", "a,"),
        ("ACCESS_USERS", "both"),
        ("ACCESS_USERS", "Shared"),
        ("JWT_ORGANIZATIONS_SHAPE", "list"),
        ("JWT_ORGANIZATIONS_SHAPE", "Map"),
        ("JWT_JWKS_URL", "http://id.example/keys"),
        ("JWT_JWKS_URL", "id.example/keys"),
        ("JWT_JWKS_URL", "https:///keys"),
        ("JWT_JWKS_URL", "https://a b/keys"),
        ("JWT_JWKS_URL", "http://localhost@id.example/keys"),
        ("JWT_JWKS_URL", "http://localhost:80@id.example/keys"),
        ("JWT_JWKS_URL", "http://localhost\\@id.example/keys"),
        ("JWT_JWKS_URL", "http://localhost.id.example/keys"),
        ("JWT_JWKS_URL", "https://user:secret@id.example/keys"),
        ("ACCESS_TEAM_DOMAIN", "acme.cloudflareaccess.com"),
        ("ACCESS_TEAM_DOMAIN", "http://acme.cloudflareaccess.com"),
        ("ACCESS_TEAM_DOMAIN", "https://acme.cloudflareaccess.com/cdn-cgi"),
    ] {
        let claim = [("JWT_ORGANIZATIONS_CLAIM", "orgs"), ("JWT_ORGANIZATIONS_SHAPE", "map")];
        let error = read(&[&[(name, value)], &BEARER, &ACCESS, &claim]).expect_err(value);
        assert!(error.starts_with(&format!("the variable {name} has to be ")), "{error}");
    }
    for good in
        ["http://localhost:8080/keys", "http://127.0.0.1/keys", "http://localhost", "https://id.example"]
    {
        assert!(read(&[&[("JWT_JWKS_URL", good)], &BEARER]).is_ok(), "{good}");
    }
}
