//! Reports that the worker is up.

use serde::Serialize;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Reports that the worker is up.
#[derive(Debug)]
pub struct Health;

/// That the worker is up.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Health"))]
struct Up {
    /// Always `ok`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "ok")))]
    status: &'static str,
    /// Keyward's version.
    version: &'static str,
}

impl Health {
    /// The response. It needs neither configuration nor storage.
    ///
    /// # Errors
    /// `request.bad_parameter`.
    pub fn respond(request: &Request) -> Result<Response, Problem> {
        request.no_query()?;
        Ok(Response::ok(&Up { status: "ok", version: env!("CARGO_PKG_VERSION") }))
    }
}

impl EdgeOperation for Health {
    const ENDPOINT: Endpoint = Endpoint { method: "GET", routes: &[Route { id: "health", path: "/health" }] };

    async fn serve<P: Ports>(
        _: &App<'_, P>,
        request: &Request,
        _: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        Self::respond(request)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for Health {
    fn documentation() -> super::documentation::Documentation {
        let example = serde_json::json!({ "status": "ok", "version": "0.1.0" });
        super::documentation::Documentation::new(
            "operations",
            "Check that the worker is up",
            "Touches no storage and needs no credential.",
        )
        .public()
        .responds::<Up>(crate::response::Success::Ok, "It is up.", &[("up", example)])
    }
}
