//! Ends one session of a user, or of the operator.

use keyward_core::policy::Action;
use keyward_core::{Entropy, ErrorCode, Principal, SessionId};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Ends one session of a user, or of the operator.
#[derive(Debug)]
pub struct DeleteSession {
    session: SessionId,
}

impl LedgerOperation for DeleteSession {
    const ENDPOINT: Endpoint = Endpoint {
        method: "DELETE",
        routes: &[
            Route { id: "delete_session", path: "/v1/users/{user}/sessions/{session}" },
            Route { id: "delete_deployment_session", path: "/v1/deployment/sessions/{session}" },
        ],
    };
    const ACTION: Action = Action::EndSessions;
    type Output = ();

    fn read(request: &Request, params: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let session = params.session()?;
        request.no_query()?;
        request.no_body()?;
        Ok(Self { session })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<(), Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let sessions = ledger.store.session_rows(&caller.owner, ledger.now)?.into_iter();
        let ended: Vec<_> = sessions.filter(|session| session.id == self.session.as_str()).collect();
        if ended.is_empty() {
            return Err(ErrorCode::SessionNotFound.into());
        }
        let mut transaction = ledger.transaction();
        ledger.end_sessions(&mut transaction, &caller.owner, &ended, &caller.actor())?;
        ledger.commit(transaction)
    }

    fn respond((): ()) -> Response {
        Response::no_content()
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && !caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for DeleteSession {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_end_sessions};
        Documentation::new(
            "session",
            "Sign somebody out",
            "The session is refused from its next request on. It may be the one from which the request comes.",
        )
        .responds_nothing("The session has ended.")
        .problems(&[ErrorCode::SessionNotFound])
        .access("delete_session", may_end_sessions)
    }
}
