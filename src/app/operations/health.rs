//! Reports whether the worker can serve.

use keyward_core::ErrorCode;
use serde::Serialize;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::config::ConfigError;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::response::Response;
use crate::router::Route;

/// Reports whether the worker can serve.
#[derive(Debug)]
pub struct Health;

/// That the worker can serve.
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
    /// The response. It needs no storage; `fault` is what is wrong with the configuration.
    ///
    /// # Errors
    /// `request.bad_parameter`; `server.not_ready` with a sentence that names the setting or binding.
    pub fn respond(incoming: &Incoming, fault: Option<&ConfigError>) -> Result<Response, Problem> {
        incoming.request.no_query()?;
        match fault {
            None => Ok(Response::ok(&Up { status: "ok", version: env!("CARGO_PKG_VERSION") })),
            Some(fault) => Err(Problem::new(ErrorCode::ServerNotReady).because(fault.sentence())),
        }
    }
}

impl EdgeOperation for Health {
    const ENDPOINT: Endpoint = Endpoint { method: "GET", routes: &[Route { id: "health", path: "/health" }] };

    async fn serve<P: Ports>(
        _: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        Self::respond(incoming, None)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for Health {
    fn documentation() -> super::documentation::Documentation {
        let example = serde_json::json!({ "status": "ok", "version": "0.1.0" });
        super::documentation::Documentation::new(
            "operations",
            "Check that the worker can serve",
            "That its settings are usable and its bindings there; `detail` of a `server.not_ready` names what is not. \
             Touches no storage and needs no credential.",
        )
        .public()
        .responds::<Up>(crate::response::Success::Ok, "It can.", &[("up", example)])
        .problems(&[ErrorCode::ServerNotReady])
    }
}
