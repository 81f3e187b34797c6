//! Deletes a user.

use keyward_core::event::Change;
use keyward_core::policy::{Access, Action, authorize_user_deletion};
use keyward_core::{Entropy, ErrorCode, Event, Owner, Principal};

use super::delete_organization::DeleteOwnerQuery;
use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::memberships::Departure;
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::resources::Removed;
use crate::router::Route;

/// Deletes a user.
#[derive(Debug)]
pub struct DeleteUser {
    revoke: bool,
}

impl LedgerOperation for DeleteUser {
    const ENDPOINT: Endpoint =
        Endpoint { method: "DELETE", routes: &[Route { id: "delete_user", path: "/v1/users/{user}" }] };
    const ACTION: Action = Action::Delete;
    type Output = Removed;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        let DeleteOwnerQuery { revoke } = request.query()?;
        request.no_body()?;
        Ok(Self { revoke })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Removed, Problem> {
        ledger.require_owner(caller)?;
        require(authorize_user_deletion(&caller.principal, &caller.owner))?;
        let Owner::User(user) = &caller.owner else { return Err(ErrorCode::OwnerNotFound.into()) };
        let actor = caller.actor();
        let mut transaction = ledger.transaction();
        ledger.delete_keys(&mut transaction, &caller.owner, self.revoke, &actor)?;
        for (organization, membership) in ledger.store.organizations_of(user)? {
            let departure = match membership {
                Some(membership) => Departure::from(&membership, actor.clone()),
                None => Some(Departure { organization, user: user.clone(), by: actor.clone() }),
            };
            if let Some(departure) = departure {
                transaction.deliver(&caller.owner, Urgency::End, departure);
            }
        }
        let sessions = ledger.store.session_rows(&caller.owner, ledger.now)?;
        ledger.end_sessions(&mut transaction, &caller.owner, &sessions, &actor)?;
        transaction.delete_user(user, &actor);
        let event = Event::of_owner(Change::UserDeleted { user: user.clone() }, &actor, ledger.now);
        ledger.announce(&mut transaction, &caller.owner, event)?;
        let effective = ledger.effective(&caller.owner, ledger.now)?;
        ledger.commit(transaction)?;
        Ok(Removed { effective })
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner)
            && caller.has_user()
            && authorize_user_deletion(&caller.principal, &caller.owner) == Access::Granted
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for DeleteUser {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        Documentation::new(
            "organizations",
            "Delete a user",
            "With their personal keys, memberships, invitations and sessions, for good: nothing is found under this id from then on. The organizations that they belonged to stay, even without an owner. While keys of theirs work they cannot be deleted, unless `revoke` is true. Their events remain, and only the operator can read them. `effective` tells of their keys; the organizations are told in the background.",
        )
        .query::<DeleteOwnerQuery>()
        .responds::<Removed>(crate::response::Success::Ok, "The user is gone.", &[("deleted", examples::removed())])
        .problems(&[ErrorCode::OwnerHasKeys])
        .access("delete_user", |principal, _, _, owner| authorize_user_deletion(principal, owner))
    }
}
