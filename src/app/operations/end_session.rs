//! Ends the session of the cookie.

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::response::{Response, SessionCookie};
use crate::router::Route;

/// Ends the session of the cookie.
#[derive(Debug)]
pub struct EndSession;

impl EdgeOperation for EndSession {
    const ENDPOINT: Endpoint =
        Endpoint { method: "DELETE", routes: &[Route { id: "end_session", path: "/v1/session" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let credential = app.credential(incoming)?;
        incoming.request.no_query()?;
        incoming.request.no_body()?;
        app.finish_session(incoming, credential).await?;
        Ok(Response::no_content().with_cookie(SessionCookie::Clear))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for EndSession {
    fn documentation() -> super::documentation::Documentation {
        super::documentation::Documentation::new(
            "session",
            "End the dashboard session",
            "No other credential will do (401). A session that has already ended is not an error.",
        )
        .responds_nothing("The session has ended.")
        .cookie()
    }
}
