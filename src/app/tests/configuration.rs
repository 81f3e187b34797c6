//! What depends on the configuration as a whole: whether the worker can serve, and Cloudflare Access before everything.

use std::rc::Rc;

use keyward_core::{ErrorCode, KeyDigest};
use serde_json::{Value, json};

use crate::config::ConfigError;
use crate::identity::Algorithm;
use crate::identity::token::tests::text;
use crate::memory::{NOBODY, ROOT, Seen, World, config, user};
use crate::operations::Operation;
use crate::operations::health::Health;
use crate::request::{Body, Credentials, RequestOrigin};
use crate::{Config, Problem, Request};

const TEAM: &str = "https://acme.cloudflareaccess.com";

/// A deployment behind Cloudflare Access, with the organization acme.
fn behind_access() -> World {
    let mut world = World::with_acme();
    let mut config =
        config(&[("ACCESS_TEAM_DOMAIN", TEAM), ("ACCESS_AUDIENCE", "tag"), ("ACCESS_REQUIRED", "true")]);
    // The keys in this memory are of another kind than those of Access.
    config.providers.access.as_mut().expect("access").algorithms = vec![Algorithm::Ed25519];
    world.config = Rc::new(config);
    world
}

/// An assertion for whom `sub` names, with these claims instead of the usual ones.
fn assertion(sub: &str, changed: &[(&str, Value)], signature: u8) -> String {
    let mut claims = json!({ "iss": TEAM, "aud": ["tag"], "sub": sub, "exp": 4_000_000_000_i64 });
    for (name, value) in changed {
        claims[name] = value.clone();
    }
    text(&json!({ "alg": "EdDSA", "kid": "a" }), &claims, &[signature; 64])
}

fn send(world: &World, who: &str, assertion: Option<&str>, method: &str, address: &str, body: Value) -> Seen {
    let authorization = (who != NOBODY).then(|| format!("Bearer {who}"));
    let access_assertion = assertion.map(str::to_owned);
    let credentials = Credentials { authorization, access_assertion, ..Credentials::default() };
    world.send_as(credentials, RequestOrigin::Unknown, method, address, body)
}

#[test]
fn where_access_is_required_every_operation_but_health_refuses_what_did_not_come_through_it() {
    let world = behind_access();
    let foreign = assertion("ada", &[("aud", json!(["other"]))], 1);
    let forged = assertion("ada", &[], 2);
    let expired = assertion("ada", &[("exp", json!(1))], 1);
    for operation in Operation::ALL.iter().copied() {
        let endpoint = operation.endpoint();
        for route in endpoint.routes {
            for who in [ROOT, NOBODY, &user("ada"), "kw_sk_test_1"] {
                for (assertion, code) in [
                    (None, "auth.missing"),
                    (Some(&foreign), "auth.invalid"),
                    (Some(&forged), "auth.invalid"),
                    (Some(&expired), "auth.invalid"),
                    (Some(&"a.b.c".to_owned()), "auth.invalid"),
                ] {
                    let assertion = assertion.map(String::as_str);
                    let seen = send(&world, who, assertion, endpoint.method, route.path, Value::Null);
                    let expected = if operation == Operation::Health { "ok" } else { code };
                    assert_eq!(seen.code(), expected, "{} as {who}", route.id);
                    assert_eq!((seen.cost.kv_reads, seen.cost.ledger_calls), (0, 0), "{}", route.id);
                }
            }
        }
    }
}

#[test]
fn what_came_through_access_is_judged_by_its_own_credential() {
    let world = behind_access();
    let (ada, program) = (assertion("ada", &[], 1), assertion("", &[("common_name", json!("ci.access"))], 1));
    for assertion in [&ada, &program] {
        let seen = send(&world, ROOT, Some(assertion), "GET", "/v1/whoami", Value::Null);
        assert_eq!(seen.body["type"], "root");
        let seen = send(&world, "toor", Some(assertion), "GET", "/v1/whoami", Value::Null);
        assert_eq!(seen.code(), "auth.invalid");
        let options = send(&world, NOBODY, Some(assertion), "GET", "/v1/session/options", Value::Null);
        assert_eq!(options.status, 200);
    }
    let seen = send(&world, NOBODY, Some(&ada), "GET", "/v1/whoami", Value::Null);
    assert_eq!((&seen.body["type"], &seen.body["id"]), (&json!("user"), &json!("access~3Aada")));
    let seen = send(&world, NOBODY, Some(&program), "GET", "/v1/whoami", Value::Null);
    assert_eq!(seen.body["id"], "service~3Aci~2Eaccess", "a program is a user of its own kind");
}

#[test]
fn where_access_is_only_configured_other_credentials_need_no_assertion() {
    let mut world = behind_access();
    Rc::get_mut(&mut world.config).expect("one owner").is_access_required = false;
    assert_eq!(send(&world, ROOT, None, "GET", "/v1/whoami", Value::Null).body["type"], "root");
    let forged = assertion("ada", &[], 2);
    assert_eq!(send(&world, ROOT, Some(&forged), "GET", "/v1/whoami", Value::Null).body["type"], "root");
}

fn get_health(query: &str, fault: Option<&ConfigError>) -> Result<Value, Problem> {
    let request = Request {
        method: "GET".to_owned(),
        base_url: String::new(),
        path: "/health".to_owned(),
        query: query.to_owned(),
        credentials: Credentials::default(),
        origin: RequestOrigin::Unknown,
        request_id: String::new(),
        address: None,
        user_agent: None,
        idempotency_key: None,
        caller: None,
        organization: None,
        content_type: None,
        body: Body::Read(Vec::new()),
        compose: str::to_owned,
    };
    let response = Health::respond(&request, fault)?;
    Ok(serde_json::from_str(&response.body).expect("JSON"))
}

#[test]
fn health_names_what_is_wrong_with_the_configuration_and_so_does_every_problem() {
    assert_eq!(get_health("", None).expect("health")["status"], "ok");

    let root = KeyDigest::of(ROOT).to_hex();
    let set = |name: &str| (name == "ROOT_KEY_DIGESTS").then(|| root.clone());
    let fault =
        Config::read(|name| set(name).or_else(|| (name == "BRAND").then(|| "kw".to_owned())), |_| true)
            .expect_err("no environment");
    let expected =
        "The deployment's configuration is invalid: the variable ENVIRONMENT has to be `live` or `test`.";
    let expected = Some(expected);
    let health = get_health("", Some(&fault)).expect_err("not ready");
    assert_eq!((health.code, health.detail.as_deref()), (ErrorCode::ServerNotReady, expected));
    let elsewhere = Problem::from(&fault);
    assert_eq!((elsewhere.code, elsewhere.detail.as_deref()), (ErrorCode::ServerMisconfigured, expected));
    let refused = get_health("x=1", Some(&fault)).expect_err("it still takes no parameters");
    assert_eq!(refused.code, ErrorCode::RequestBadParameter);
}
