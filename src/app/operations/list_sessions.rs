//! Lists the sessions of a user, or of the operator.

use keyward_core::policy::Action;
use keyward_core::query::PageQuery;
use keyward_core::{Entropy, KeyDigest, Principal, session};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Session, part};
use crate::response::Response;
use crate::router::Route;

/// Lists the sessions of a user, or of the operator.
#[derive(Debug)]
pub struct ListSessions {
    query: PageQuery,
    current: Option<KeyDigest>,
}

impl LedgerOperation for ListSessions {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[
            Route { id: "list_sessions", path: "/v1/users/{user}/sessions" },
            Route { id: "list_deployment_sessions", path: "/v1/deployment/sessions" },
        ],
    };
    const ACTION: Action = Action::ReadSessions;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        Ok(Self { query: request.query()?, current: request.session })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let page = self.query.page(&caller.list("sessions"))?;
        let show = |session: session::Session| {
            (session.id.to_string(), crate::json(&Session::new(session, self.current.as_ref())))
        };
        let all = ledger.sessions(&caller.owner)?.into_iter().map(show).collect();
        Ok(Response::list("sessions", part(all, 0, &page, true), &[caller.permissions()]))
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && !caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListSessions {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_read_sessions};
        use crate::resources::SessionList;
        let sessions = serde_json::json!({
            "sessions": [{
                "id": "ses_01KAHQ0000000000000000000Z", "started_at": "2026-11-21T08:00:00.000Z",
                "seen_at": "2026-11-21T08:12:00.000Z", "ends_at": "2026-11-21T08:42:00.000Z",
                "started_with": { "type": "token", "id": null, "issuer": "https://id.example.com/" },
                "address": null, "user_agent": null, "is_current": true,
            }],
            "count": 1, "count_is": "exact", "unreadable": 0, "limit": 20, "offset": 0, "after": null,
            "permissions": ["list_sessions", "delete_session", "delete_sessions"],
        });
        Documentation::new(
            "session",
            "List who is signed in",
            "All sessions that have not ended, 20 at most; the one that was started last comes first. The sessions of a root key that is no longer configured are refused at once, and listed until they would have ended without use.",
        )
        .query::<PageQuery>()
        .responds::<SessionList>(crate::response::Success::Ok, "A page of the sessions.", &[("sessions", sessions)])
        .access("list_sessions", may_read_sessions)
    }
}
