//! Tells what an isolate has counted.

use keyward_core::policy::authorize_directory;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::problem::{Problem, require};
use crate::request::{Incoming, PathParams};
use crate::response::Response;
use crate::router::Route;

/// Tells what an isolate has counted.
#[derive(Debug)]
pub struct GetMetrics;

impl EdgeOperation for GetMetrics {
    const ENDPOINT: Endpoint =
        Endpoint { method: "GET", routes: &[Route { id: "get_metrics", path: "/metrics" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let principal = app.authenticate(incoming).await?.principal;
        require(authorize_directory(&principal))?;
        incoming.request.no_query()?;
        Ok(Response::metrics(app.memory.borrow().metrics.write(app.ports.now())))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for GetMetrics {
    fn documentation() -> super::documentation::Documentation {
        use crate::response::Success;
        let example = "# TYPE keyward_verdicts counter\n# HELP keyward_verdicts Keys that were verified, by the verdict.\nkeyward_verdicts_total{code=\"valid\"} 7\nkeyward_verdicts_created{code=\"valid\"} 1786060800.000\n# EOF\n";
        super::documentation::Documentation::new(
            "operations",
            "Get the counters of an isolate",
            "For the operator, as OpenMetrics text: requests, verdicts, and requests to storage. The platform runs many isolates, \
             starts and ends them as it likes, and any of them may answer: these are the counters of the one that does, since it has \
             started (`_created`). They show what fails and how often, not how much there is in all.",
        )
        .responds::<String>(Success::Ok, "The counters.", &[("counters", example.into())])
        .metrics()
        .access("get_metrics", |principal, _, _, _| authorize_directory(principal))
    }
}
