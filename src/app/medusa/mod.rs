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

pub use error::Refusal;

use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::request::Perform;
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::response::Response;
use body::Body;

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

impl Call {
    /// What the caller has to be allowed to do.
    fn action(self) -> Action {
        match self {
            Self::ListKeys | Self::RetrieveKey | Self::ListChannels | Self::RetrieveChannel => {
                Action::ReadKeys
            }
            _ => Action::WriteKeys,
        }
    }

    /// Carries it out, in the ledger. Whoever may not do it learns no more of what is wrong with a request than that its
    /// body is no JSON.
    ///
    /// # Errors
    /// The [`Problem`] that prevents it; nothing has then changed.
    pub(crate) fn perform<S: Sql, E: Entropy>(
        self,
        wanted: &Perform,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<Response, Problem> {
        let Perform { params, request, .. } = wanted;
        let body = Body::of(request.composed(request.object()?));
        let caller = wanted.admit(self.action(), ledger)?;
        ledger.require_owner(&caller)?;
        caller.require(self.action())?;
        let asked = Asked {
            caller,
            id: params.named().to_owned(),
            root: query::read(&request.query, request.compose)?,
            body,
        };
        let body = match self {
            Self::ListKeys => asked.list_keys(ledger),
            Self::CreateKey => asked.create_key(ledger),
            Self::RetrieveKey => asked.retrieve_key(ledger),
            Self::UpdateKey => asked.update_key(ledger),
            Self::DeleteKey => asked.delete_key(ledger),
            Self::RevokeKey => asked.revoke_key(ledger),
            Self::BatchSalesChannels => asked.batch_sales_channels(ledger),
            Self::ListChannels => asked.list_channels(ledger),
            Self::CreateChannel => asked.put_channel(ledger, true),
            Self::RetrieveChannel => asked.retrieve_channel(ledger),
            Self::UpdateChannel => asked.put_channel(ledger, false),
            Self::DeleteChannel => asked.delete_channel(ledger),
        }?;
        Ok(Response { body, ..Response::ok(&()) })
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
