//! Says what the deployment offers to programs that speak OAuth (RFC 8414).

use serde::Serialize;

use super::introspect_key::IntrospectKey;
use super::revoke_presented_key::RevokePresentedKey;
use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Says what the deployment offers.
#[derive(Debug)]
pub struct Discovery;

/// What the deployment offers to programs that speak OAuth. It issues no tokens.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Discovery"))]
struct Metadata {
    /// The deployment: scheme, host and port that the request was sent to.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "uri")))]
    issuer: String,
    /// Where keys are introspected.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "uri")))]
    introspection_endpoint: String,
    /// How clients authenticate there.
    introspection_endpoint_auth_methods_supported: &'static [&'static str],
    /// Where whoever holds a key revokes it.
    #[cfg_attr(feature = "schema", schemars(extend("format" = "uri")))]
    revocation_endpoint: String,
    /// Always `none`: holding the key is enough.
    revocation_endpoint_auth_methods_supported: &'static [&'static str],
    /// Always empty: there is no authorization endpoint.
    response_types_supported: &'static [&'static str],
    /// Always empty: there is no token endpoint.
    grant_types_supported: &'static [&'static str],
}

/// The address of an operation of one path.
fn address<O: EdgeOperation>(request: &Request) -> String {
    let path = O::ENDPOINT.routes.first().map(|route| route.path).unwrap_or_default();
    [&request.base_url, path].concat()
}

impl EdgeOperation for Discovery {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "discovery", path: "/.well-known/oauth-authorization-server" }],
    };

    async fn serve<P: Ports>(
        _: &App<'_, P>,
        request: &Request,
        _: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        request.no_query()?;
        Ok(Response::ok(&Metadata {
            issuer: request.base_url.clone(),
            introspection_endpoint: address::<IntrospectKey>(request),
            introspection_endpoint_auth_methods_supported: &["client_secret_basic", "Bearer"],
            revocation_endpoint: address::<RevokePresentedKey>(request),
            revocation_endpoint_auth_methods_supported: &["none"],
            response_types_supported: &[],
            grant_types_supported: &[],
        }))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for Discovery {
    fn documentation() -> super::documentation::Documentation {
        use keyward_core::ErrorCode;
        let example = serde_json::json!({
            "issuer": "https://keys.example.com",
            "introspection_endpoint": "https://keys.example.com/v1/introspect",
            "introspection_endpoint_auth_methods_supported": ["client_secret_basic", "Bearer"],
            "revocation_endpoint": "https://keys.example.com/v1/revoke",
            "revocation_endpoint_auth_methods_supported": ["none"],
            "response_types_supported": [], "grant_types_supported": [],
        });
        super::documentation::Documentation::new(
            "operations",
            "Describe what there is for programs that speak OAuth (RFC 8414)",
            "That keys can be introspected (RFC 7662) and revoked (RFC 7009), and where. Keyward is no authorization server: it issues no tokens, so there are no other endpoints. Needs no credential, unless the deployment requires Cloudflare Access.",
        )
        .public()
        .responds::<Metadata>(crate::response::Success::Ok, "What there is.", &[("discovery", example)])
        .problems(&[
            ErrorCode::AuthMissing,
            ErrorCode::AuthInvalid,
            ErrorCode::ServerMisconfigured,
            ErrorCode::ServerUnavailable,
        ])
    }
}
