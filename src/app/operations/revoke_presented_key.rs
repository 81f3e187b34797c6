//! Revokes a key for whoever holds its text (RFC 7009).

use serde::Serialize;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::possession::Presented;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Revokes a key for whoever holds its text.
#[derive(Debug)]
pub struct RevokePresentedKey;

/// The parameters of the form.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RevokePresentedKeyRequest", extend("additionalProperties" = true))]
#[expect(dead_code, reason = "it only describes")]
struct Form {
    /// The presented text, whatever it is.
    #[schemars(length(min = 1))]
    token: String,
    /// What kind of token it may be. Ignored, like every other parameter: a key says so itself.
    #[schemars(extend("type" = "string"))]
    token_type_hint: Option<String>,
}

/// That the text is no key that works.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RevokedPresentedKey", extend("additionalProperties" = false)))]
struct Done {}

impl EdgeOperation for RevokePresentedKey {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "revoke_presented_key", path: "/v1/revoke" }] };

    /// The response is the same for every text. Credentials are not looked at.
    async fn serve<P: Ports>(
        app: &App<'_, P>,
        request: &Request,
        _: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        request.no_query()?;
        let (text, _) = request.form_token(&[])?;
        app.revoke_by_possession(&[Presented { text: &text, source: None }], request).await?;
        Ok(Response::ok(&Done {}))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for RevokePresentedKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use serde_json::json;
        Documentation::new(
            "keys",
            "Revoke a key that one holds (RFC 7009)",
            "Whoever holds the whole text of a secret key may revoke it, at once and for good. Needs no credential, and looks at none, unless the deployment requires Cloudflare Access. The response is the same for every text; a publishable key, whose text is for everybody, is left as it is. White space around the text does not matter. A key that was rolled is revoked alone: its successor works on. A 503 may or may not have revoked it; send it again.",
        )
        .public()
        .form::<Form>(json!({ "token": examples::TOKEN, "token_type_hint": "access_token" }))
        .responds::<Done>(
            crate::response::Success::Ok,
            "The text is no secret key of this deployment that works.",
            &[("done", json!({}))],
        )
        .problems(super::revoke_found_keys::FAULTS)
    }
}
