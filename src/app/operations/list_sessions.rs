//! Lists the sessions of a user, or of the operator.

use keyward_core::policy::Action;
use keyward_core::{Entropy, KeyDigest, Principal, session};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Operation, Target};
use crate::authentication::session::presented;
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::{Session, SessionList};
use crate::response::Response;
use crate::router::Route;

/// Lists the sessions of a user, or of the operator.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ListSessions {
    current: Option<KeyDigest>,
}

/// The sessions as a ledger knows them.
#[derive(Debug, Serialize, Deserialize)]
pub struct StoredSessions {
    sessions: Vec<session::Session>,
    current: Option<KeyDigest>,
    permissions: Vec<Operation>,
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
    type Output = StoredSessions;

    fn read(request: &Request, _: &PathParams<'_, '_>, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        Ok(Self { current: presented(&request.credentials) })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<StoredSessions, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        Ok(StoredSessions {
            sessions: ledger.sessions(&caller.owner)?,
            current: self.current,
            permissions: Operation::permitted(caller, Target::Owner),
        })
    }

    fn respond(StoredSessions { sessions, current, permissions }: StoredSessions) -> Response {
        let sessions = sessions.into_iter().map(|session| Session::new(session, current.as_ref()));
        Response::ok(&SessionList { sessions: sessions.collect(), permissions })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && !caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ListSessions {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_read_sessions};
        let sessions = serde_json::json!({
            "sessions": [{
                "id": "ses_01KAHQ0000000000000000000Z", "started_at": "2026-11-21T08:00:00.000Z",
                "seen_at": "2026-11-21T08:12:00.000Z", "ends_at": "2026-11-21T08:42:00.000Z",
                "started_with": { "type": "token", "id": null, "issuer": "https://id.example.com/" },
                "address": null, "user_agent": null, "is_current": true,
            }],
            "permissions": ["list_sessions", "delete_session", "delete_sessions"],
        });
        Documentation::new(
            "session",
            "List who is signed in",
            "All sessions that have not ended, 20 at most; the one that was started last comes first. The sessions of a root key that is no longer configured are refused at once, and listed until they would have ended without use.",
        )
        .responds::<SessionList>(crate::response::Success::Ok, "The sessions.", &[("sessions", sessions)])
        .access("list_sessions", may_read_sessions)
    }
}
