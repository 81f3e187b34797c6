//! The façade for Medusa's clients: `/admin/api-keys` and `/admin/sales-channels` as Medusa 2.21 serves them, translated
//! into the operations. [docs/MEDUSA.md](../../../docs/MEDUSA.md) says where it differs on purpose.
//!
//! In scope: paths, bodies, the query language, the forms of answers and errors. Out of scope: rules. Who may do what, and
//! what becomes of a key, is decided where it is for every other request.

mod body;
mod channels;
mod conditions;
mod error;
mod fields;
mod keys;
mod ledger;
mod query;

use keyward_core::{ErrorCode, KeyType, Owner, OwnerId, Principal, RequestContext};
use serde_json::Value;

pub use error::Refusal;
pub use ledger::{Ask, ServeMedusa};

use crate::App;
use crate::ledger::LedgerRequest;
use crate::ledger::request::read_answer;
use crate::objects;
use crate::operations::Command;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;

/// Most entries on a page. Medusa has no limit; what it would answer at once here takes several pages.
pub const LIMIT_MAX: u32 = 1000;

/// What a client of Medusa asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "as Medusa's client calls it")]
pub enum Call {
    ListKeys,
    CreateKey,
    RetrieveKey,
    UpdateKey,
    DeleteKey,
    RevokeKey,
    BatchSalesChannels,
    ListChannels,
    CreateChannel,
    RetrieveChannel,
    UpdateChannel,
    DeleteChannel,
}

/// Method, path, and the id for the log.
pub(crate) const ROUTES: [(&str, &str, &str, Call); 12] = [
    ("GET", "/admin/api-keys", "medusa_list_keys", Call::ListKeys),
    ("POST", "/admin/api-keys", "medusa_create_key", Call::CreateKey),
    ("GET", "/admin/api-keys/{key}", "medusa_retrieve_key", Call::RetrieveKey),
    ("POST", "/admin/api-keys/{key}", "medusa_update_key", Call::UpdateKey),
    ("DELETE", "/admin/api-keys/{key}", "medusa_delete_key", Call::DeleteKey),
    ("POST", "/admin/api-keys/{key}/revoke", "medusa_revoke_key", Call::RevokeKey),
    ("POST", "/admin/api-keys/{key}/sales-channels", "medusa_batch_sales_channels", Call::BatchSalesChannels),
    ("GET", "/admin/sales-channels", "medusa_list_channels", Call::ListChannels),
    ("POST", "/admin/sales-channels", "medusa_create_channel", Call::CreateChannel),
    ("GET", "/admin/sales-channels/{channel}", "medusa_retrieve_channel", Call::RetrieveChannel),
    ("POST", "/admin/sales-channels/{channel}", "medusa_update_channel", Call::UpdateChannel),
    ("DELETE", "/admin/sales-channels/{channel}", "medusa_delete_channel", Call::DeleteChannel),
];

/// Whether a path is the façade's, so that what goes wrong there is said as Medusa says it.
#[must_use]
pub fn is_at(path: &str) -> bool {
    path == "/admin" || path.starts_with("/admin/")
}

/// Who calls, and of which organization.
pub(super) struct Calling<'a, 'b, P> {
    app: &'a App<'b, P>,
    principal: Principal,
    owner: Owner,
    context: RequestContext,
}

impl<P: Ports> Calling<'_, '_, P> {
    /// Sends something to the organization's ledger; its answer is a response with JSON.
    async fn send(&self, request: LedgerRequest) -> Result<Value, Problem> {
        let answer = self.app.ports.send(self.owner.ledger(), &request).await?;
        let Response { body, .. } = read_answer(&answer)?;
        if body.is_empty() {
            return Ok(Value::Null);
        }
        objects::from_str(&body).map_err(|_| ErrorCode::ServerInternal.into())
    }

    /// Carries an operation out.
    async fn perform(&self, command: impl Into<Command>) -> Result<Value, Problem> {
        self.send(LedgerRequest::Perform {
            principal: self.principal.clone(),
            owner: self.owner.clone(),
            request: self.context.clone(),
            command: command.into(),
        })
        .await
    }

    /// Asks for what is no operation.
    async fn ask(&self, ask: Ask) -> Result<Value, Problem> {
        let (principal, owner) = (self.principal.clone(), self.owner.clone());
        self.send(ServeMedusa { principal, owner, request: self.context.clone(), ask }.into()).await
    }
}

impl<P: Ports> App<'_, P> {
    /// Answers a client of Medusa.
    pub(crate) async fn serve_medusa(
        &self,
        call: Call,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        let principal = self.authenticate(request).await?.principal;
        let owner = owner_of(&principal, request.organization.as_deref())?;
        let context = self.config.recorded.context(request);
        let caller = Calling { app: self, principal, owner, context };
        let answer = match call {
            Call::ListKeys => caller.list_keys(request).await,
            Call::CreateKey => caller.create_key(request).await,
            Call::RetrieveKey => caller.retrieve_key(request, params).await,
            Call::UpdateKey => caller.update_key(request, params).await,
            Call::DeleteKey => caller.delete_key(params).await,
            Call::RevokeKey => caller.revoke_key(request, params).await,
            Call::BatchSalesChannels => caller.batch_sales_channels(request, params).await,
            Call::ListChannels => caller.list_channels(request).await,
            Call::CreateChannel => caller.create_channel(request).await,
            Call::RetrieveChannel => caller.retrieve_channel(request, params).await,
            Call::UpdateChannel => caller.update_channel(request, params).await,
            Call::DeleteChannel => caller.delete_channel(params).await,
        }?;
        Ok(Response::ok(&answer))
    }
}

/// The organization that is meant: a key's own; other callers name it.
fn owner_of(principal: &Principal, named: Option<&str>) -> Result<Owner, Problem> {
    match (principal, named) {
        // It is for shops, where it proves nothing about who calls.
        (Principal::Key { key_type: KeyType::Publishable, .. }, _) => Err(ErrorCode::AuthInvalid.into()),
        (Principal::Key { owner: owner @ Owner::Organization(_), .. }, None) => Ok(owner.clone()),
        (_, Some(id)) => OwnerId::parse(id).map(Owner::Organization).map_err(|_| {
            invalid("The header Keyward-Organization has to be an organization's id: 1 to 64 characters of A-Z, a-z, 0-9, _ and -.")
        }),
        (_, None) => Err(invalid(
            "Only the key of an organization says which organization is meant; with another credential, name it in the header Keyward-Organization.",
        )),
    }
}

/// A request that Medusa calls invalid, in words for people.
fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(ErrorCode::RequestBadField).because(detail)
}

/// A part of an answer, taken out of it.
fn take(answer: &mut Value, name: &str) -> Value {
    answer.get_mut(name).map(Value::take).unwrap_or_default()
}
