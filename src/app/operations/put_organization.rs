//! Creates or renames an organization.

use keyward_core::policy::{Action, authorize_put, may_name_owner};
use keyward_core::{Entropy, ErrorCode, Member, Organization, Owner, OwnerId, Principal, Role, Title};
use serde::{Deserialize, Serialize};

use super::{Endpoint, LedgerOperation, Target};
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::outbox::Urgency;
use crate::ledger::sql::Sql;
use crate::problem::{Problem, require};
use crate::request::{PathParams, Request};
use crate::resources;
use crate::response::Response;
use crate::router::Route;

/// An organization that is to be created or renamed.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "PutOrganizationRequest"))]
pub struct PutOrganization {
    /// What people call it.
    name: Title,
    /// The first owner, which only the operator can name. If the organization exists, this user has to own it already.
    #[serde(default, deserialize_with = "user")]
    owner: Option<OwnerId>,
}

/// A user's id, or null.
fn user<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<OwnerId>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| OwnerId::parse_user(&text)).transpose().map_err(serde::de::Error::custom)
}

/// The organization, and whether it is new.
#[derive(Debug, Serialize, Deserialize)]
pub struct Put {
    is_new: bool,
    organization: resources::Organization,
}

impl LedgerOperation for PutOrganization {
    const ENDPOINT: Endpoint = Endpoint {
        method: "PUT",
        routes: &[Route { id: "put_organization", path: "/v1/organizations/{organization}" }],
    };
    const ACTION: Action = Action::RenameOrganization;
    type Output = Put;

    fn read(request: &Request, _: &PathParams<'_, '_>, _: &Principal) -> Result<Self, Problem> {
        request.no_query()?;
        request.body()
    }

    fn perform<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
    ) -> Result<Put, Problem> {
        let Owner::Organization(id) = &caller.owner else { return Err(ErrorCode::OwnerNotFound.into()) };
        if self.owner.is_some() && !may_name_owner(&caller.principal) {
            return Err(Problem::field("/owner", "can be named by the operator only; anybody else becomes the owner"));
        }
        let existing = ledger.store.organization(id)?;
        require(authorize_put(&caller.principal, caller.role, existing.is_some(), &caller.owner))?;
        let is_new = existing.is_none();
        let organization = match existing {
            None => self.create(ledger, caller, id)?,
            Some(existing) => self.rename(ledger, caller, existing)?,
        };
        // A person who has just created it is its owner from now on.
        let role = if is_new { caller.principal.user().map(|_| Role::Owner) } else { caller.role };
        let caller = Caller { role, ..caller.clone() };
        Ok(Put { is_new, organization: resources::Organization::new(organization, &caller) })
    }

    fn respond(Put { is_new, organization }: Put) -> Response {
        if is_new {
            let location = format!("/v1/organizations/{}", organization.id);
            Response::created(&organization, location)
        } else {
            Response::ok(&organization)
        }
    }

    fn is_permitted(caller: &Caller, target: Target<'_>) -> bool {
        matches!(target, Target::Owner) && caller.has_organization() && caller.may(Self::ACTION)
    }
}

impl PutOrganization {
    fn create<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
        id: &OwnerId,
    ) -> Result<Organization, Problem> {
        let actor = caller.actor();
        let (organization, event) = Organization::create(id.clone(), self.name, &actor, ledger.now);
        let mut transaction = ledger.transaction();
        transaction.put_organization(&organization);
        ledger.record(&mut transaction, &caller.owner, event)?;
        if let Some(user) = self.owner.or_else(|| caller.principal.user().cloned()) {
            let (owner, event) = Member::add(user, Role::Owner, &actor, ledger.now);
            transaction.put_member(&organization.id, &owner);
            let role = [None, Some(owner.role)];
            ledger.save_membership(&mut transaction, &organization, &owner.user, role, event)?;
        }
        ledger.commit(transaction)?;
        Ok(organization)
    }

    fn rename<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
        caller: &Caller,
        existing: Organization,
    ) -> Result<Organization, Problem> {
        // The request may be repeated, but owners of an organization that exists are added as members are.
        if let Some(user) = &self.owner
            && ledger.store.member(&existing.id, user)?.is_none_or(|member| member.role != Role::Owner)
        {
            return Err(Problem::field("/owner", "can be named only when the organization is created"));
        }
        let (organization, event) = existing.rename(self.name, &caller.actor(), ledger.now);
        let Some(event) = event else { return Ok(organization) };
        let mut transaction = ledger.transaction();
        transaction.put_organization(&organization);
        ledger.record(&mut transaction, &caller.owner, event)?;
        // The ledger of every member keeps a copy of the name.
        for member in ledger.store.members(&organization.id)?.readable {
            let membership = ledger.membership(&organization, &member.user, Some(member.role));
            transaction.deliver(&caller.owner, Urgency::Ordinary, membership);
        }
        ledger.commit(transaction)?;
        Ok(organization)
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for PutOrganization {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use crate::response::Success;
        Documentation::new(
            "organizations",
            "Create or rename an organization",
            "The operator may name the first owner of a new organization; a user who creates one becomes its owner. Repeating the request changes nothing.",
        )
        .body::<Self>(serde_json::json!({ "name": "Acme", "owner": "ada" }))
        .responds::<resources::Organization>(Success::Ok,
            "It exists, and has this name.",
            &[("acme", examples::organization())],
        )
        .creates::<resources::Organization>("It was created.",
            &[("acme", examples::organization())],
        )
        .problems(&[ErrorCode::LedgerFull])
        .access("put_organization", |principal, role, exists, owner| {
            authorize_put(principal, role, exists, owner)
        })
    }
}
