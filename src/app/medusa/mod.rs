//! The façade for Medusa's clients: `/admin/api-keys` and `/admin/sales-channels` as Medusa 2.21 serves them, translated
//! into the operations. [docs/MEDUSA.md](../../../docs/MEDUSA.md) says where it differs on purpose, and
//! [ADR 23](../../../docs/adr/0023-a-facade-in-the-ledger.md) why it reads requests in the ledger.
//!
//! In scope: paths, bodies, the query language, the forms of answers and errors. Out of scope: rules. Who may do what, and
//! what becomes of a key, is decided where it is for every other request.

mod body;
mod channels;
mod conditions;
mod error;
mod fields;
mod keys;
mod query;

use keyward_core::policy::Action;
use keyward_core::{Entropy, ErrorCode, KeyType, Owner, OwnerId, Principal};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

pub use error::Refusal;

use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::{Response, Success};
use body::Body;

/// Most entries on a page. Medusa has no limit; what it would answer at once here takes several pages.
pub const LIMIT_MAX: u32 = 1000;

/// What a client of Medusa asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
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
    ("GET", "/admin/api-keys/{id}", "medusa_retrieve_key", Call::RetrieveKey),
    ("POST", "/admin/api-keys/{id}", "medusa_update_key", Call::UpdateKey),
    ("DELETE", "/admin/api-keys/{id}", "medusa_delete_key", Call::DeleteKey),
    ("POST", "/admin/api-keys/{id}/revoke", "medusa_revoke_key", Call::RevokeKey),
    ("POST", "/admin/api-keys/{id}/sales-channels", "medusa_batch_sales_channels", Call::BatchSalesChannels),
    ("GET", "/admin/sales-channels", "medusa_list_channels", Call::ListChannels),
    ("POST", "/admin/sales-channels", "medusa_create_channel", Call::CreateChannel),
    ("GET", "/admin/sales-channels/{id}", "medusa_retrieve_channel", Call::RetrieveChannel),
    ("POST", "/admin/sales-channels/{id}", "medusa_update_channel", Call::UpdateChannel),
    ("DELETE", "/admin/sales-channels/{id}", "medusa_delete_channel", Call::DeleteChannel),
];

/// Whether a path is the façade's, so that what goes wrong there is said as Medusa says it.
#[must_use]
pub fn is_at(path: &str) -> bool {
    path == "/admin" || path.starts_with("/admin/")
}

/// The organization that is meant: a key's own; other callers name it.
pub(crate) fn owner_of(principal: &Principal, named: Option<&str>) -> Result<Owner, Problem> {
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

/// A client of Medusa wants something: its request, as far as HTTP goes into it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServeMedusa {
    call: Call,
    /// The id in the path, as it was sent.
    id: String,
    /// The parameters of the query, in composed form.
    query: Vec<(String, String)>,
    /// The body's fields, in composed form.
    body: Map<String, Value>,
}

impl ServeMedusa {
    /// What a request sends.
    ///
    /// # Errors
    /// What is wrong with a body that is no JSON.
    pub(crate) fn read(call: Call, request: &Request, params: &PathParams<'_, '_>) -> Result<Self, Problem> {
        let pairs = form_urlencoded::parse(request.query.as_bytes());
        let query = pairs.map(|(name, value)| (name.into_owned(), (request.compose)(&value))).collect();
        // Medusa reads no body of others, whatever is in it.
        let body = if request.method == "POST" { request.composed(request.object()?) } else { Map::new() };
        let id = params.named().to_owned();
        Ok(Self { call, id, query, body })
    }

    /// What the caller has to be allowed to do.
    pub(crate) fn action(&self) -> Action {
        match self.call {
            Call::ListKeys | Call::RetrieveKey | Call::ListChannels | Call::RetrieveChannel => {
                Action::ReadKeys
            }
            _ => Action::WriteKeys,
        }
    }

    /// Carries it out, in the ledger.
    ///
    /// # Errors
    /// The [`Problem`] that prevents it; nothing has then changed.
    pub(crate) fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: Caller,
    ) -> Result<Response, Problem> {
        ledger.require_owner(&caller)?;
        caller.require(self.action())?;
        let Self { call, id, query, body } = self;
        let asked = Asked { caller, id, root: query::read(&query)?, body: Body::of(body) };
        let body = match call {
            Call::ListKeys => asked.list_keys(ledger),
            Call::CreateKey => asked.create_key(ledger),
            Call::RetrieveKey => asked.retrieve_key(ledger),
            Call::UpdateKey => asked.update_key(ledger),
            Call::DeleteKey => asked.delete_key(ledger),
            Call::RevokeKey => asked.revoke_key(ledger),
            Call::BatchSalesChannels => asked.batch_sales_channels(ledger),
            Call::ListChannels => asked.list_channels(ledger),
            Call::CreateChannel => asked.put_channel(ledger, true),
            Call::RetrieveChannel => asked.retrieve_channel(ledger),
            Call::UpdateChannel => asked.put_channel(ledger, false),
            Call::DeleteChannel => asked.delete_channel(ledger),
        }?;
        Ok(Response { success: Success::Ok, body, location: None, next: None, cookie: None, is_lines: false })
    }
}

/// What is asked, and by whom.
struct Asked {
    caller: Caller,
    id: String,
    root: query::Node,
    body: Body,
}

/// A request that Medusa calls invalid, in words for people.
fn invalid(detail: impl Into<std::borrow::Cow<'static, str>>) -> Problem {
    Problem::new(ErrorCode::RequestBadField).because(detail)
}

/// A page of a list, as Medusa describes it.
fn page(name: &str, shown: &[String], count: u32, part: &query::Part<'_>) -> String {
    let (offset, limit) = (part.offset, part.limit);
    format!("{{\"{name}\":[{}],\"count\":{count},\"offset\":{offset},\"limit\":{limit}}}", shown.join(","))
}
