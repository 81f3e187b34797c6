//! Ends all sessions of a user, or of the operator.

use keyward_core::policy::Action;
use keyward_core::{Entropy, KeyDigest, Principal};
use serde::Deserialize;

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::resources::EndedSessions;
use crate::response::Response;
use crate::router::Route;

/// Ends all sessions of a user, or of the operator.
#[derive(Debug)]
pub struct DeleteSessions {
    except: Option<KeyDigest>,
}

/// A session that goes on.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "ExceptSession"))]
#[serde(rename_all = "snake_case")]
enum Except {
    Current,
}

/// Which sessions are ended.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct DeleteSessionsQuery {
    /// With `current`, the session from which the request comes goes on, if it comes from one.
    except: Option<Except>,
}

impl LedgerOperation for DeleteSessions {
    const ENDPOINT: Endpoint = Endpoint {
        method: "DELETE",
        routes: &[
            Route { id: "delete_sessions", path: "/v1/users/{user}/sessions" },
            Route { id: "delete_deployment_sessions", path: "/v1/deployment/sessions" },
        ],
    };
    const ACTION: Action = Action::EndSessions;
    type Output = u32;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let DeleteSessionsQuery { except } = request.query()?;
        request.no_body()?;
        Ok(Self {
            except: match except {
                Some(Except::Current) => request.session,
                None => None,
            },
        })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<u32, Problem> {
        ledger.require_owner(caller)?;
        caller.require(Self::ACTION)?;
        let sessions = ledger.store.session_rows(&caller.owner, ledger.now)?.into_iter();
        let goes_on = self.except.as_ref().map(KeyDigest::to_hex);
        let ended: Vec<_> =
            sessions.filter(|session| goes_on.as_ref().is_none_or(|digest| session.digest != *digest)).collect();
        let mut transaction = ledger.transaction();
        let count = ledger.end_sessions(&mut transaction, &caller.owner, &ended, &caller.actor())?;
        if count > 0 {
            ledger.commit(transaction)?;
        }
        Ok(count)
    }

    fn respond(count: u32) -> Response {
        Response::ok(&EndedSessions { count })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && !caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for DeleteSessions {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_end_sessions};
        Documentation::new(
            "session",
            "Sign somebody out everywhere",
            "All sessions are refused from their next request on, also the one from which the request comes, unless `except` is `current`. That there is none is not an error.",
        )
        .query::<DeleteSessionsQuery>()
        .responds::<EndedSessions>(
            crate::response::Success::Ok,
            "How many sessions have ended.",
            &[("ended", serde_json::json!({ "count": 3 }))],
        )
        .access("delete_sessions", may_end_sessions)
    }
}
