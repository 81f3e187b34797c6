//! Starts a session of a person in the dashboard.

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::response::{Response, SessionCookie, Success};
use crate::router::Route;

/// Starts a session of a person in the dashboard.
#[derive(Debug)]
pub struct StartSession;

impl EdgeOperation for StartSession {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "start_session", path: "/v1/session" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let credential = app.credential(incoming)?;
        let mut caller = app.authenticate(incoming).await?;
        incoming.request.no_query()?;
        incoming.request.no_body()?;
        let (token, session) = app.begin_session(incoming, &caller, &credential).await?;
        caller.session = Some(session);
        let response = Response::ok(&app.describe(caller).await?);
        let response = Response { success: Success::Created, ..response };
        Ok(response.with_cookie(SessionCookie::Set(token.as_str().to_owned())))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for StartSession {
    fn documentation() -> super::documentation::Documentation {
        use keyward_core::policy::Access;
        use keyward_core::session::SessionSubject;
        super::documentation::Documentation::new(
            "session",
            "Start a dashboard session",
            "For the operator's root key, a personal key, or a token of the identity provider; an organization's key and a service of Cloudflare Access are for programs and cannot start one (403). The session is a cookie that no script can read and that only pages of this deployment send. It lasts twelve hours at most, half an hour without use, and ends with what it depends on: the root key, the personal key, or what the token vouches for (`exp`). A person, and the operator, has at most 20; when another one begins, the one that was used longest ago ends.",
        )
        .responds::<super::whoami::Myself>(Success::Created,
            "Who has signed in.",
            &[("user", super::whoami::example())],
        )
        .problems(&[keyward_core::ErrorCode::LedgerFull])
        .cookie()
        .no_sessions()
        .access("start_session", |principal, _, _, _| {
            if SessionSubject::of(principal, "").is_some() { Access::Granted } else { Access::Forbidden }
        })
    }
}
