//! The operations of the API. Each has a file of its own, with everything about it: method and path, request and
//! response, who may, what happens, and its documentation.
//! [docs/ADDING-AN-OPERATION.md](../../../docs/ADDING-AN-OPERATION.md) says how to add one.

#[cfg(feature = "schema")]
pub mod documentation;

use keyward_core::policy::Action;
use keyward_core::{Entropy, ErrorCode, Invitation, KeyRecord, Member, Principal};
use serde::Serialize;

use crate::App;
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::request::Perform;
use crate::ledger::sql::Sql;
use crate::medusa;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams, Request};
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
        incoming: &Incoming,
        params: &PathParams,
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
pub trait LedgerOperation: Sized {
    /// Where it is found.
    const ENDPOINT: Endpoint;
    /// What the caller has to be allowed to do.
    const ACTION: Action;
    /// What it comes to, for the response.
    type Output: Serialize;

    /// Reads what is to be done from a request, in the ledger.
    ///
    /// # Errors
    /// Whatever is wrong with path, query or body.
    fn read(request: &Request, params: &PathParams, caller: &Principal) -> Result<Self, Problem>;

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

/// Carries an operation out in its ledger: reads what is to be done, and does it. What is wrong with a request is said
/// before anything is looked for.
fn perform<O: LedgerOperation, S: Sql, E: Entropy>(
    wanted: &Perform,
    ledger: &mut Ledger<'_, S, E>,
) -> Result<Response, Problem> {
    let operation = O::read(&wanted.request, &wanted.params, &wanted.principal)?;
    let caller = wanted.admit(O::ACTION, ledger)?;
    operation.perform(ledger, &caller).map(O::respond)
}

impl<P: Ports> App<'_, P> {
    /// Sends a request on to the ledger that it concerns, and passes the response on. Here it is only found out who calls,
    /// and whose ledger that is; what exactly is wanted, who may, and what happens, in the ledger.
    pub(crate) async fn serve_on_ledger(
        &self,
        asked: Asked,
        incoming: &Incoming,
        params: &PathParams,
    ) -> Result<Response, Problem> {
        let principal = self.authenticate(incoming).await?.principal;
        let (owner, has_body) = match asked {
            Asked::Operation(_) => (params.owner(&principal)?, !incoming.is_safe()),
            // Medusa reads no other body, whatever is in it.
            Asked::Medusa(_) => {
                (medusa::owner_of(&principal, incoming.organization.as_deref())?, incoming.method == "POST")
            }
        };
        let (context, request) = (self.config.recorded.context(incoming), incoming.sent(has_body)?);
        let ledger = owner.ledger();
        let wanted = Perform { principal, owner, context, asked, params: params.clone(), request };
        let response = self.ask(ledger, wanted).await?;
        let next = response.next.as_deref().map(|after| incoming.request.next_page(after));
        Ok(Response { next, ..response })
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
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
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
                incoming: &Incoming,
                params: &PathParams,
            ) -> Result<Response, Problem> {
                match self {
                    $(Self::$Edge => $Edge::serve(app, incoming, params).await,)+
                    $(Self::$Ledger)|+ => app.serve_on_ledger(Asked::Operation(self), incoming, params).await,
                }
            }

            /// Carries it out in a ledger.
            pub(crate) fn perform<S: Sql, E: Entropy>(
                self,
                wanted: &Perform,
                ledger: &mut Ledger<'_, S, E>,
            ) -> Result<Response, Problem> {
                match self {
                    $(Self::$Edge)|+ => Err(ErrorCode::ServerInternal.into()),
                    $(Self::$Ledger => perform::<$Ledger, S, E>(wanted, ledger),)+
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
        get_metrics::GetMetrics,
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
