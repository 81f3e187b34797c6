//! Exports everything that there is of an organization.

use keyward_core::policy::Action;
use keyward_core::{Entropy, EventId, KeyId, Principal};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::exports::{EXPORT_PAGE, Line, LineKind};
use crate::ledger::sql::Sql;
use crate::problem::Problem;
use crate::request::{PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Exports a page.
#[derive(Debug)]
pub struct ExportOrganization {
    query: ExportQuery,
}

/// Where the page begins.
#[derive(Debug, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ExportQuery {
    /// Begin after the page whose `Link` had this.
    after: Option<After>,
}

/// Where a page of an export ends: at a key, or at an event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct After(String);

/// The text says of no page where it ends.
#[derive(Debug, thiserror::Error)]
#[error("must be the `after` of a page of an export")]
pub struct AfterError;

/// All events are after this.
const EVENTS: &str = "evt_";

impl TryFrom<String> for After {
    type Error = AfterError;

    fn try_from(text: String) -> Result<Self, AfterError> {
        let is_one = text == EVENTS || KeyId::parse(&text).is_ok() || EventId::parse(&text).is_ok();
        if is_one { Ok(Self(text)) } else { Err(AfterError) }
    }
}

impl From<After> for String {
    fn from(after: After) -> Self {
        after.0
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for After {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ExportCursor".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(?:apk_[0-7][0-9A-HJKMNP-TV-Z]{25}|evt_(?:[0-7][0-9A-HJKMNP-TV-Z]{25})?)$" })
    }
}

impl LedgerOperation for ExportOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "GET",
        routes: &[Route { id: "export_organization", path: "/v1/organizations/{organization}/export" }],
    };
    const ACTION: Action = Action::Export;
    type Output = Response;

    fn read(request: &Request, _: &PathParams, _: &Principal) -> Result<Self, Problem> {
        Ok(Self { query: request.query()? })
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Response, Problem> {
        let organization = ledger.organization(caller)?;
        caller.require(Self::ACTION)?;
        let after = self.query.after.map(String::from);
        let mut lines = String::new();
        let mut add = |line: &Line| {
            lines.push_str(&crate::json(line));
            lines.push('\n');
        };
        if after.is_none() {
            let members = ledger.store.members(&organization.id)?;
            add(&Line { organization: Some(organization), ..Line::new(LineKind::Organization) });
            for member in members.readable {
                add(&Line { member: Some(member), ..Line::new(LineKind::Member) });
            }
            // Before the keys that are linked to them.
            let channels = ledger.store.channels(&caller.owner)?;
            for channel in channels.readable {
                add(&Line { channel: Some(channel), ..Line::new(LineKind::Channel) });
            }
            let unreadable = members.unreadable + channels.unreadable;
            (0..unreadable).for_each(|_| add(&Line::new(LineKind::Unreadable)));
        }
        let after = after.unwrap_or_default();
        let is_in_events = after.starts_with(EVENTS);
        let page = if is_in_events {
            ledger.store.events_to_export(caller, &after)?
        } else {
            ledger.store.keys_to_export(caller, &after)?
        };
        for (_, line) in &page {
            add(line);
        }
        let next = match page.last() {
            Some((id, _)) if page.len() == EXPORT_PAGE => Some(id.clone()),
            _ if is_in_events => None,
            _ => Some(EVENTS.to_owned()),
        };
        Ok(Response { body: lines, next, is_lines: true, ..Response::ok(&()) })
    }

    fn respond(page: Response) -> Response {
        page
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for ExportOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, may_export};
        let line = "{\"kind\":\"member\",\"member\":{\"user\":\"ada\",\"role\":\"owner\",\"created_at\":\"2026-11-21T08:00:00.000Z\",\"updated_at\":\"2026-11-21T08:00:00.000Z\"}}\n";
        Documentation::new(
            "organizations",
            "Export everything that there is of an organization",
            "For owners and the operator: the organization, its members, its sales channels, its keys with their digests, and its events, as lines of JSON; `Link` leads to the next page. Of foreign keys it holds the hashes that were imported, with their salts and peppers, so keep it as what it is. `import_keys` takes it back. Personal keys belong to people, and are not in it, nor are invitations and sessions. A line of the kind `unreadable` says that a row is missing.",
        )
        .query::<ExportQuery>()
        .responds::<String>(crate::response::Success::Ok, "A page of lines.", &[("page", line.into())])
        .lines()
        .access("export_organization", may_export)
    }
}
