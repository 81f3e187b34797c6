//! Describes how people sign in, and what keys look like.

use serde::Serialize;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::response::Response;
use crate::router::Route;

/// Describes how people sign in, and what keys look like.
#[derive(Debug)]
pub struct SessionOptions;

/// An identity provider whose tokens are accepted.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct IdentityProvider {
    /// Its issuer.
    issuer: String,
    /// Where people sign in; null if it is not configured.
    sign_in_url: Option<String>,
}

/// What a sign-in page needs to know.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "SessionOptions"))]
struct Options {
    /// The identity provider, the first if there are several; null if none is configured.
    identity_provider: Option<IdentityProvider>,
    /// The first part of every key.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = "^[a-z][a-z0-9]{1,11}$")))]
    brand: String,
    /// The third part of every key.
    #[cfg_attr(feature = "schema", schemars(with = "Environment"))]
    environment: &'static str,
}

/// The third part of every key.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
#[expect(dead_code, reason = "it only describes")]
enum Environment {
    Live,
    Test,
}

impl EdgeOperation for SessionOptions {
    const ENDPOINT: Endpoint =
        Endpoint { method: "GET", routes: &[Route { id: "session_options", path: "/v1/session/options" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        incoming.request.no_query()?;
        let provider = app.config.providers.bearer.first();
        Ok(Response::ok(&Options {
            identity_provider: provider.map(|provider| IdentityProvider {
                issuer: provider.issuer.clone(),
                sign_in_url: provider.sign_in_url.clone(),
            }),
            brand: app.config.issuer.brand.to_string(),
            environment: app.config.issuer.environment.as_str(),
        }))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for SessionOptions {
    fn documentation() -> super::documentation::Documentation {
        use keyward_core::ErrorCode;
        let example = serde_json::json!({
            "identity_provider": {
                "issuer": "https://id.example.com/", "sign_in_url": "https://id.example.com/sign-in",
            },
            "brand": "kw", "environment": "test",
        });
        super::documentation::Documentation::new(
            "session",
            "Describe how people sign in, and what keys look like",
            "Needs no credential, unless the deployment requires Cloudflare Access.",
        )
        .public()
        .responds::<Options>(
            crate::response::Success::Ok,
            "What a sign-in page needs to know.",
            &[("options", example)],
        )
        .problems(&[
            ErrorCode::AuthMissing,
            ErrorCode::AuthInvalid,
            ErrorCode::ServerMisconfigured,
            ErrorCode::ServerUnavailable,
        ])
    }
}
