//! Creates an organization.

use keyward_core::policy::{authorize_creation, may_name_owner};
use keyward_core::{Entropy, ErrorCode, Member, Organization, Owner, OwnerId, Principal, RequestContext, Role, Title};
use serde::{Deserialize, Serialize};

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::memberships::{ClaimId, ReserveOrganization};
use crate::ledger::request::LedgerCall;
use crate::ledger::sql::Sql;
use crate::ports::Ports;
use crate::problem::{Problem, caused_by, require};
use crate::request::{Incoming, PathParams};
use crate::resources;
use crate::response::Response;
use crate::router::Route;

/// Creates an organization. Its id is in the body, and up to three ledgers have to agree, so the edge asks them one by one.
#[derive(Debug)]
pub struct CreateOrganization;

/// An organization that is to be created.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "CreateOrganizationRequest"))]
pub struct NewOrganization {
    /// The application's own id, which never changes. Ids that differ in case alone are the same.
    #[serde(deserialize_with = "organization")]
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::OrganizationId"))]
    id: OwnerId,
    /// What people call it.
    name: Title,
    /// The first owner, which only the operator can name; anybody else becomes the owner.
    #[serde(default, deserialize_with = "user")]
    owner: Option<OwnerId>,
}

/// An organization's id, which unlike a user's holds no escapes.
fn organization<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<OwnerId, D::Error> {
    OwnerId::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
}

/// A user's id, or null.
fn user<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<OwnerId>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| OwnerId::parse_user(&text)).transpose().map_err(serde::de::Error::custom)
}

/// An organization is created by somebody who may do that.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Creation {
    principal: Principal,
    /// The request, as events name it.
    request: RequestContext,
    new: NewOrganization,
}

impl EdgeOperation for CreateOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "POST",
        routes: &[Route { id: "create_organization", path: "/v1/organizations" }],
    };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let principal = app.authenticate(incoming).await?.principal;
        incoming.request.no_query()?;
        let new: NewOrganization = incoming.request.body()?;
        require(authorize_creation(&principal))?;
        if new.owner.is_some() && !may_name_owner(&principal) {
            return Err(Problem::field("/owner", "can be named by the operator only; anybody else becomes the owner"));
        }
        if let Some(user) = principal.user() {
            let reservation = ReserveOrganization { user: user.clone(), organization: new.id.clone() };
            app.ask(Owner::User(user.clone()).ledger(), reservation).await?;
        }
        let folded = new.id.folded();
        if folded != new.id {
            app.ask(Owner::Organization(folded).ledger(), ClaimId { id: new.id.clone() }).await?;
        }
        let ledger = Owner::Organization(new.id.clone()).ledger();
        app.ask(ledger, Creation { principal, request: app.config.recorded.context(incoming), new }).await
    }
}

impl LedgerCall for Creation {
    type Answer = Response;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Response, Problem> {
        let Self { principal, request, new: NewOrganization { id, name, owner } } = self;
        ledger.request = request;
        let claim = ledger.store.claim(&id.folded())?;
        if ledger.store.has_had_organization(&id)? || claim.is_some_and(|other| other != id.as_str()) {
            return Err(caused_by("/id", ErrorCode::OrganizationExists));
        }
        let actor = principal.actor();
        let (organization, event) = Organization::create(id.clone(), name, &actor, ledger.now);
        let mut transaction = ledger.transaction();
        ledger.save_organization(&mut transaction, &organization, [event])?;
        let person = principal.user().cloned();
        // Whoever creates it owns it from now on.
        let role = person.is_some().then_some(Role::Owner);
        if let Some(user) = owner.or(person) {
            let (owner, event) = Member::add(user, Role::Owner, &actor, ledger.now);
            transaction.put_member(&organization.id, &owner);
            let roles = [None, Some(owner.role)];
            ledger.save_membership(&mut transaction, &organization, &owner.user, roles, event)?;
        }
        ledger.commit(transaction)?;
        let caller = Caller::new(principal, Owner::Organization(id), role, ledger.config.joining);
        let location = format!("/v1/organizations/{}", organization.id);
        Ok(Response::created(&resources::Organization::new(organization, &caller), location))
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for CreateOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        Documentation::new(
            "organizations",
            "Create an organization",
            "A person who creates one becomes its owner. The operator may name the first owner, or leave that for later. An id is given once: neither an id that differs in case alone nor that of an organization that was deleted is free.",
        )
        .body::<NewOrganization>(serde_json::json!({ "id": "acme", "name": "Acme", "owner": "ada" }))
        .creates::<resources::Organization>("It was created.",
            &[("acme", examples::organization())],
        )
        .problems(&[ErrorCode::OrganizationExists, ErrorCode::UserOrganizationLimit])
        .access("create_organization", |principal, _, _, _| authorize_creation(principal))
    }
}
