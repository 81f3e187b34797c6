//! The operations of the API. Each has a file of its own, with everything about it: method and path, request and
//! response, who may, what happens, and its documentation.
//! [docs/ADDING-AN-OPERATION.md](../../../docs/ADDING-AN-OPERATION.md) says how to add one.

#[cfg(feature = "schema")]
pub mod documentation;

use keyward_core::policy::Action;
use keyward_core::{Entropy, ErrorCode, Invitation, KeyRecord, Member, Owner, Principal, RequestContext};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::App;
use crate::caller::Caller;
use crate::ledger::request::{admit, read_answer};
use crate::ledger::sql::Sql;
use crate::ledger::{Ledger, LedgerRequest};
use crate::medusa::{self, ServeMedusa};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::{Asked, Route};

/// Where an operation is found.
#[derive(Debug, Clone, Copy)]
pub struct Endpoint {
    /// The method.
    pub method: &'static str,
    /// The path; several where organizations, users and the deployment have the same operation.
    pub routes: &'static [Route],
}

/// An operation of the API, as the edge sees it.
#[expect(async_fn_in_trait, reason = "the platform has one thread, so no future has to be Send")]
pub trait EdgeOperation {
    /// Where it is found.
    const ENDPOINT: Endpoint;

    /// Carries it out.
    ///
    /// # Errors
    /// The [`Problem`] that prevents it.
    async fn serve<P: Ports>(
        app: &App<'_, P>,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Response, Problem>;
}

/// What an operation of a ledger is about, to tell callers what they may do with it.
#[derive(Debug, Clone, Copy)]
pub enum Target<'a> {
    /// The organization or user as a whole.
    Owner,
    /// One key.
    Key(&'a KeyRecord),
    /// One member.
    Member(&'a Member),
    /// One invitation.
    Invitation(&'a Invitation),
}

/// An operation that a ledger carries out, in one transaction.
pub trait LedgerOperation: Clone + Serialize + DeserializeOwned + Into<Command> {
    /// Where it is found.
    const ENDPOINT: Endpoint;
    /// What the caller has to be allowed to do.
    const ACTION: Action;
    /// What it comes to, for the response.
    type Output: Serialize;

    /// Reads what is to be done from a request.
    ///
    /// # Errors
    /// Whatever is wrong with path, query or body.
    fn read(request: &Request, params: &PathParams<'_, '_>, caller: &Principal) -> Result<Self, Problem>;

    /// Carries it out: authorizes, lets the core decide, commits.
    ///
    /// # Errors
    /// The [`Problem`] that prevents it; nothing has then changed.
    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Self::Output, Problem>;

    /// What the client is answered. The ledger says so: what is shown is written once, and never read.
    fn respond(output: Self::Output) -> Response {
        Response::ok(&output)
    }

    /// Whether the caller may do it to this target, as far as policy goes.
    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool;
}

/// Reads what an operation is to do, for its ledger.
fn read<O: LedgerOperation>(
    request: &Request,
    params: &PathParams<'_, '_>,
    caller: &Principal,
) -> Result<Command, Problem> {
    O::read(request, params, caller).map(Into::into)
}

impl<P: Ports> App<'_, P> {
    /// Reads a request, sends its command to the ledger that it concerns, and passes the response on. What is wrong
    /// with a request is said before a ledger is woken; who may, and what happens, is decided in the ledger.
    pub(crate) async fn serve_on_ledger(
        &self,
        asked: Asked,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        let principal = self.authenticate(request).await?.principal;
        let owner = match asked {
            Asked::Operation(_) => params.owner(&principal)?,
            Asked::Medusa(_) => medusa::owner_of(&principal, request.organization.as_deref())?,
        };
        let ledger = owner.ledger();
        let context = self.config.recorded.context(request);
        let command = match asked {
            Asked::Operation(operation) => operation.read(request, params, &principal)?,
            Asked::Medusa(call) => Command::Medusa(ServeMedusa::read(call, request, params)?),
        };
        let sent = LedgerRequest::Perform { principal, owner, request: context, command };
        let answer = self.ports.send(ledger, &sent).await?;
        let response: Response = read_answer(&answer)?;
        Ok(Response { next: response.next.as_deref().map(|after| request.next_page(after)), ..response })
    }
}

/// Makes the modules, the dispatch and the lists of operations from two lists. Their order is that of `permissions`.
macro_rules! operations {
    (edge { $($edge:ident :: $Edge:ident,)+ } ledger { $($ledger:ident :: $Ledger:ident,)+ }) => {
        $(pub mod $edge;)+
        $(pub mod $ledger;)+

        $(use $edge::$Edge;)+
        $(use $ledger::$Ledger;)+

        /// An operation of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[serde(rename_all = "snake_case")]
        #[expect(missing_docs, reason = "each has a module of its own")]
        pub enum Operation {
            $($Edge,)+
            $($Ledger,)+
        }

        impl Operation {
            /// Every operation.
            pub const ALL: &[Self] = &[$(Self::$Edge,)+ $(Self::$Ledger,)+];

            /// Where it is found.
            #[must_use]
            pub fn endpoint(self) -> &'static Endpoint {
                match self {
                    $(Self::$Edge => const { &<$Edge as EdgeOperation>::ENDPOINT },)+
                    $(Self::$Ledger => const { &<$Ledger as LedgerOperation>::ENDPOINT },)+
                }
            }

            pub(crate) async fn serve<P: Ports>(
                self,
                app: &App<'_, P>,
                request: &Request,
                params: &PathParams<'_, '_>,
            ) -> Result<Response, Problem> {
                match self {
                    $(Self::$Edge => $Edge::serve(app, request, params).await,)+
                    $(Self::$Ledger)|+ => app.serve_on_ledger(Asked::Operation(self), request, params).await,
                }
            }

            /// Reads what is to be done in a ledger.
            fn read(
                self,
                request: &Request,
                params: &PathParams<'_, '_>,
                caller: &Principal,
            ) -> Result<Command, Problem> {
                match self {
                    $(Self::$Edge)|+ => Err(ErrorCode::ServerInternal.into()),
                    $(Self::$Ledger => read::<$Ledger>(request, params, caller),)+
                }
            }

            /// The operations that the caller may carry out on a target.
            #[must_use]
            pub fn permitted(caller: &Caller, target: Target<'_>) -> Vec<Self> {
                let mut permitted = Vec::new();
                $(if $Ledger::is_permitted(caller, target) { permitted.push(Self::$Ledger); })+
                permitted
            }
        }

        /// What a ledger is to do.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[expect(missing_docs, reason = "each has a module of its own")]
        pub enum Command {
            $($Ledger($Ledger),)+
            Medusa(ServeMedusa),
        }

        impl Command {
            /// Carries it out; the answer is JSON.
            pub(crate) fn perform<S: Sql, E: Entropy>(
                self,
                principal: Principal,
                owner: Owner,
                request: RequestContext,
                ledger: &mut Ledger<'_, S, E>,
            ) -> String {
                let action = match &self {
                    $(Self::$Ledger(_) => <$Ledger as LedgerOperation>::ACTION,)+
                    Self::Medusa(asked) => asked.action(),
                };
                let answer = admit(principal, owner, request, action, ledger).and_then(|caller| match self {
                    $(Self::$Ledger(operation) => operation.perform(ledger, &caller).map($Ledger::respond),)+
                    Self::Medusa(asked) => asked.perform(ledger, caller),
                });
                crate::json(&answer)
            }
        }

        $(impl From<$Ledger> for Command {
            fn from(operation: $Ledger) -> Self {
                Self::$Ledger(operation)
            }
        })+

        #[cfg(feature = "schema")]
        impl Operation {
            /// What the contract says about it.
            #[must_use]
            pub fn documentation(self) -> documentation::Documentation {
                use documentation::Documented;
                match self {
                    $(Self::$Edge => $Edge::documentation(),)+
                    $(Self::$Ledger => $Ledger::documentation(),)+
                }
            }
        }
    };
}

operations! {
    edge {
        health::Health,
        verify_key::VerifyKey,
        introspect_key::IntrospectKey,
        authorize_request::AuthorizeRequest,
        discovery::Discovery,
        lookup_key::LookupKey,
        revoke_presented_key::RevokePresentedKey,
        revoke_found_keys::RevokeFoundKeys,
        whoami::Whoami,
        start_session::StartSession,
        end_session::EndSession,
        session_options::SessionOptions,
        create_organization::CreateOrganization,
    }
    ledger {
        list_organizations::ListOrganizations,
        get_organization::GetOrganization,
        update_organization::UpdateOrganization,
        delete_organization::DeleteOrganization,
        list_members::ListMembers,
        get_member::GetMember,
        put_member::PutMember,
        remove_member::RemoveMember,
        list_invitations::ListInvitations,
        create_invitation::CreateInvitation,
        delete_invitation::DeleteInvitation,
        accept_invitation::AcceptInvitation,
        list_user_organizations::ListUserOrganizations,
        list_user_invitations::ListUserInvitations,
        delete_user::DeleteUser,
        list_keys::ListKeys,
        create_key::CreateKey,
        get_key::GetKey,
        update_key::UpdateKey,
        delete_key::DeleteKey,
        revoke_key::RevokeKey,
        revoke_keys::RevokeKeys,
        roll_key::RollKey,
        import_keys::ImportKeys,
        export_organization::ExportOrganization,
        list_events::ListEvents,
        list_sessions::ListSessions,
        delete_session::DeleteSession,
        delete_sessions::DeleteSessions,
    }
}
