//! Introspects a key: verifies it, in the words of OAuth (RFC 7662).

use keyward_core::verify::Verdict;
use keyward_core::{KeyId, Owner, OwnerId, Timestamp};
use serde::Serialize;

use super::verify_key::ValidVerdict;
use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::authentication::Credential;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams, Request};
use crate::response::Response;
use crate::router::Route;
use crate::verification::{Asked, AskedBy, CalledBy, Requirements};

/// Introspects a key.
#[derive(Debug)]
pub struct IntrospectKey;

/// The parameters of the form.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "IntrospectKeyRequest", extend("additionalProperties" = true))]
#[expect(dead_code, reason = "it only describes")]
struct Form {
    /// The presented text, whatever it is.
    #[schemars(length(min = 1))]
    token: String,
    /// What kind of token it may be. Ignored, like every other parameter: a key says so itself.
    #[schemars(extend("type" = "string"))]
    token_type_hint: Option<String>,
    #[serde(flatten)]
    requirements: Requirements,
}

/// A key that works.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ActiveKey {
    /// Always true.
    #[cfg_attr(feature = "schema", schemars(extend("const" = true)))]
    active: bool,
    /// What the key may do: its scopes, with spaces between.
    scope: String,
    /// The key's id.
    client_id: KeyId,
    /// Whose key it is: a user's id; or `organization:` and the id of an organization, which no user's id looks like. Left out for
    /// a key of the deployment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    sub: Option<String>,
    /// Always `Bearer`: it is sent as `Authorization: Bearer`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "Bearer")))]
    token_type: &'static str,
    /// When the key was created, in seconds since 1970.
    iat: i64,
    /// When the key ends, because it expires or its revocation is scheduled, in seconds since 1970. Left out if it does neither.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "i64"))]
    exp: Option<i64>,
    /// The deployment, as `/.well-known/oauth-authorization-server` names it.
    iss: String,
    /// The organization whose key it is; of a user's key, the one that it had to reach. Left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::OrganizationId"))]
    organization: Option<OwnerId>,
    /// The verdict, as `verify_key` gives it.
    keyward: ValidVerdict,
}

/// A text that is no key that works, whatever the reason.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Inactive {
    /// Always false.
    #[cfg_attr(feature = "schema", schemars(extend("const" = false)))]
    active: bool,
}

/// Whether a key works.
#[cfg(feature = "schema")]
#[derive(Serialize, schemars::JsonSchema)]
#[schemars(rename = "Introspection")]
#[serde(untagged)]
#[expect(dead_code, reason = "it only describes")]
enum Answer {
    Active(Box<ActiveKey>),
    Inactive(Inactive),
}

impl EdgeOperation for IntrospectKey {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "introspect_key", path: "/v1/introspect" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let by = AskedBy {
            called_by: CalledBy::Credential(app.credential(incoming)?),
            client_id: Credential::client_id(&incoming.credentials),
            incoming: Some(incoming),
        };
        let mut verified = app.answer(&by, &read(&incoming.request)).await?;
        let record = verified.record.take().filter(|_| verified.verdict == Verdict::Valid);
        let Some(record) = record else { return Ok(Response::ok(&Inactive { active: false })) };
        let (sub, organization) = match &record.owner {
            Owner::Deployment(()) => (None, None),
            Owner::Organization(id) => (Some(record.owner.to_string()), Some(id.clone())),
            Owner::User(id) => (Some(id.to_string()), verified.organization.take()),
        };
        Ok(Response::ok(&ActiveKey {
            active: true,
            scope: record.settings.scopes.spaced(),
            client_id: record.id.clone(),
            sub,
            token_type: "Bearer",
            iat: seconds(record.created_at),
            exp: record.ends_at().map(seconds),
            iss: incoming.base_url.clone(),
            organization,
            keyward: ValidVerdict::new(*record, &verified),
        }))
    }
}

/// Whole seconds, cut off: no key is said to work for longer than it does.
fn seconds(instant: Timestamp) -> i64 {
    instant.as_millis().div_euclid(1000)
}

fn read(request: &Request) -> Result<Asked, Problem> {
    request.no_query()?;
    let (token, rest) = request.form_token(&Requirements::NAMES)?;
    Ok(Request::row::<Requirements>(&rest)?.of(token))
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for IntrospectKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let verdict = json!({
            "valid": true, "code": "valid", "key": examples::verified_key(), "consistency": "fast",
            "as_of": "2026-11-21T08:00:00.000Z", "max_staleness_seconds": 30,
        });
        let active = json!({
            "active": true, "scope": "orders:read", "client_id": examples::KEY_ID, "sub": "organization:acme",
            "token_type": "Bearer", "iat": 1_795_248_000, "iss": "https://keys.example.com", "organization": "acme",
            "keyward": verdict,
        });
        Documentation::new(
            "verify",
            "Introspect a key (RFC 7662)",
            "Verifies a key for programs that speak OAuth: whoever may verify may introspect, and `verify_key` says what that means. Clients of OAuth authenticate with Basic: `client_id` is the id of a key, `client_secret` that key, and both have to belong together. Every reason to refuse a key looks the same: `{\"active\":false}`. A parameter without a value counts as left out, and those that are not known are ignored.",
        )
        .form::<Form>(json!({ "token": examples::TOKEN, "token_type_hint": "access_token" }))
        .responds::<Answer>(
            crate::response::Success::Ok,
            "Whether the key works, and if so, what it is.",
            &[("active", active), ("inactive", json!({ "active": false }))],
        )
        .problems(&[ErrorCode::ServerBusy])
        .verifies(["introspect_key", "introspect_key of itself", "introspect_key for the organization"])
    }
}
