//! Reports whether the worker can serve.

use serde::Serialize;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::config::ConfigError;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Reports whether the worker can serve.
#[derive(Debug)]
pub struct Health;

const VERSION: &str = env!("CARGO_PKG_VERSION");

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

/// That the worker cannot serve, and why.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct Misconfigured {
    /// Always `misconfigured`.
    #[cfg_attr(feature = "schema", schemars(extend("const" = "misconfigured")))]
    status: &'static str,
    /// Keyward's version.
    version: &'static str,
    /// Which setting or binding is missing or invalid, for people; never its value.
    detail: String,
}

impl Health {
    /// The response. It needs no storage; `fault` is what is wrong with the configuration.
    ///
    /// # Errors
    /// `request.bad_parameter`.
    pub fn respond(request: &Request, fault: Option<&ConfigError>) -> Result<Response, Problem> {
        request.no_query()?;
        Ok(match fault {
            None => Response::ok(&Up { status: "ok", version: VERSION }),
            Some(fault) => Response::not_ready(&Misconfigured {
                status: "misconfigured",
                version: VERSION,
                detail: fault.sentence(),
            }),
        })
    }
}

impl EdgeOperation for Health {
    const ENDPOINT: Endpoint = Endpoint { method: "GET", routes: &[Route { id: "health", path: "/health" }] };

    async fn serve<P: Ports>(
        _: &App<'_, P>,
        request: &Request,
        _: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        Self::respond(request, None)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for Health {
    fn documentation() -> super::documentation::Documentation {
        use crate::response::Success;
        let up = serde_json::json!({ "status": "ok", "version": "0.1.0" });
        let misconfigured = serde_json::json!({
            "status": "misconfigured", "version": "0.1.0",
            "detail": "The deployment's configuration is invalid: the variable ENVIRONMENT has to be `live` or `test`.",
        });
        super::documentation::Documentation::new(
            "operations",
            "Check that the worker can serve",
            "That its settings are usable and its bindings there. Touches no storage and needs no credential.",
        )
        .public()
        .responds::<Up>(Success::Ok, "It can.", &[("up", up)])
        .responds::<Misconfigured>(
            Success::NotReady,
            "It cannot: a setting or binding is missing or invalid. Everything else answers `server.misconfigured`.",
            &[("misconfigured", misconfigured)],
        )
    }
}
