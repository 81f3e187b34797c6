//! What a ledger is sent, and what it answers: `Result<Answer, Problem>` as JSON, where the request decides on the type
//! of the answer. A request to the API is sent as it was asked, and read in the ledger alone; nothing is routed again.

use keyward_core::policy::{Action, authorize, is_operator};

use keyward_core::{Entropy, ErrorCode, Owner, Principal, RequestContext};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::Ledger;
use super::directory::{Announcement, DirectoryEntry};
use super::feed::FindNews;
use super::foreign::FindForeignKey;
use super::memberships::{ClaimId, Departure, Membership, ReserveOrganization};
use super::possession::RevokePresentedKeys;
use super::queries::{FindKey, FindMemberships, FindOrganizationName, FindRole, KeyUse, LookUpKey};
use super::sessions::{EndSession, FindSession, StartSession};
use super::sql::Sql;
use crate::caller::Caller;
use crate::objects;
use crate::operations::create_organization::Creation;
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Asked;

/// A request with its answer.
pub trait LedgerCall: Into<LedgerRequest> {
    /// What the ledger answers.
    type Answer: Serialize + DeserializeOwned;

    /// Carries it out.
    ///
    /// # Errors
    /// The [`Problem`] that prevents it; nothing has then changed.
    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Self::Answer, Problem>;
}

/// A request by a principal that was authenticated, on an owner's resources.
#[expect(missing_debug_implementations, reason = "it may hold a secret")]
#[derive(Clone, Serialize, Deserialize)]
pub struct Perform {
    /// Who calls.
    pub principal: Principal,
    /// Whose resources.
    pub owner: Owner,
    /// The request, as events name it.
    pub context: RequestContext,
    /// What was found for its method and path.
    pub asked: Asked,
    /// The ids in its path.
    pub params: PathParams,
    /// The request itself.
    pub request: Request,
}

impl LedgerCall for Perform {
    type Answer = Response;

    fn answer<S: Sql, E: Entropy>(mut self, ledger: &mut Ledger<'_, S, E>) -> Result<Response, Problem> {
        self.request.compose = ledger.compose;
        match self.asked {
            Asked::Operation(operation) => operation.perform(&self, ledger),
            Asked::Medusa(call) => call.perform(&self, ledger),
        }
    }
}

impl Perform {
    /// Who calls. Not a part of each operation's code.
    #[inline(never)]
    pub(crate) fn admit<S: Sql, E: Entropy>(
        &self,
        action: Action,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<Caller, Problem> {
        admit(self.principal.clone(), self.owner.clone(), self.context.clone(), action, ledger)
    }
}

/// Who calls, before anything is looked for: an operator key without the scope does not learn what there is.
pub(crate) fn admit<S: Sql, E: Entropy>(
    principal: Principal,
    owner: Owner,
    request: RequestContext,
    action: Action,
    ledger: &mut Ledger<'_, S, E>,
) -> Result<Caller, Problem> {
    ledger.request = request;
    if is_operator(&principal) {
        require(authorize(&principal, None, action, &owner))?;
    }
    Ok(ledger.caller(principal, owner)?)
}

/// Reads what a ledger has answered.
pub(crate) fn read_answer<T: DeserializeOwned>(answer: &str) -> Result<T, Problem> {
    objects::from_str::<Result<T, Problem>>(answer).unwrap_or_else(|_| {
        // A ledger that runs another version of this code, for some moments of a deployment.
        log::error!(target: "ledger", "an answer has an unknown form");
        Err(ErrorCode::ServerUnavailable.into())
    })
}

macro_rules! requests {
    ($($(#[$doc:meta])* $variant:ident($call:ty),)+) => {
        /// What a ledger is sent. During a deployment both sides may run different versions of this code for some
        /// minutes: a request that is not known is refused, and the client tries again.
        #[expect(missing_debug_implementations, reason = "it may hold a secret")]
        #[derive(Clone, Serialize, Deserialize)]
        #[allow(clippy::large_enum_variant, reason = "the largest is the usual one; it is not as large in 32 bits")]
        pub enum LedgerRequest {
            $($(#[$doc])* $variant($call),)+
        }

        impl LedgerRequest {
            /// Reads a request that was sent as JSON; nothing if it has another form.
            #[must_use]
            pub fn read(json: &str) -> Option<Self> {
                objects::from_str(json).ok()
            }

            /// Whether it wants to know how things are at this instant, and what is new: what changes is committed later.
            pub(super) fn is_told(&self) -> bool {
                matches!(
                    self,
                    Self::FindKey(_) | Self::FindForeignKey(_) | Self::FindRole(_) | Self::FindNews(_)
                )
            }

            /// Carries the request out; the answer is JSON.
            pub fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> String {
                match self {
                    $(Self::$variant(call) => crate::json(&call.answer(ledger)),)+
                }
            }
        }

        $(impl From<$call> for LedgerRequest {
            fn from(call: $call) -> Self {
                Self::$variant(call)
            }
        })+
    };
}

requests! {
    /// Something is asked of the API.
    Perform(Perform),
    /// What is known of the key with this digest?
    FindKey(FindKey),
    /// What is known of the foreign key with this digest?
    FindForeignKey(FindForeignKey),
    /// What is known of the key with this digest, for somebody who may read it?
    LookUpKey(LookUpKey),
    /// Which role does the user have in the organization?
    FindRole(FindRole),
    /// What is new?
    FindNews(FindNews),
    /// Which organizations does the user belong to?
    FindMemberships(FindMemberships),
    /// What is the organization called?
    FindOrganizationName(FindOrganizationName),
    /// An organization is to be created.
    CreateOrganization(Creation),
    /// An id with capital letters is to be taken.
    ClaimId(ClaimId),
    /// A person is about to create an organization.
    ReserveOrganization(ReserveOrganization),
    /// Keys are to be revoked for whoever holds their texts.
    RevokePresentedKeys(RevokePresentedKeys),
    /// A key was used.
    RecordUse(KeyUse),
    /// An organization's ledger tells a user's ledger about a membership.
    RecordMembership(Membership),
    /// A user's ledger tells an organization's ledger that the user was deleted.
    RecordDeparture(Departure),
    /// An organization's ledger tells the deployment's ledger about the organization.
    RecordOrganization(DirectoryEntry),
    /// A ledger tells the deployment's ledger about an event that is also one of the deployment.
    RecordAnnouncement(Announcement),
    /// Somebody signs in.
    StartSession(StartSession),
    /// Whose session is it? That it was used is recorded.
    FindSession(FindSession),
    /// Somebody signs out.
    EndSession(EndSession),
}
