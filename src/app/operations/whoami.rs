//! Describes the presented credential.

use keyward_core::policy::{self, Access};
use keyward_core::verifier::{may_verify, verifies_as_member};
use keyward_core::{KeyId, Owner, OwnerId, Principal, RootKeyId, Scopes};
use serde::Serialize;

use super::{EdgeOperation, Endpoint, Operation};
use crate::App;
use crate::authentication::Authenticated;
use crate::ledger::queries::{FindMemberships, FindOrganizationName};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::resources::{CurrentSession, Key, Membership, PublicKey, Shown, memberships};
use crate::response::Response;
use crate::router::Route;

/// Describes the presented credential.
#[derive(Debug)]
pub struct Whoami;

/// Whether the caller is the operator, a user or a key.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
enum CallerType {
    Root,
    User,
    Key,
}

/// The id of a root key, of a user or of a key.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum CallerId {
    Root(RootKeyId),
    User(OwnerId),
    Key(KeyId),
}

/// Who is calling.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Whoami"))]
pub(super) struct Myself {
    /// Whether it is the operator, a user or a key.
    #[serde(rename = "type")]
    caller_type: CallerType,
    /// The root key's, the user's or the key's id.
    #[cfg_attr(feature = "schema", schemars(with = "String"))]
    id: CallerId,
    /// What the credential may do; `*` is everything.
    scopes: Scopes,
    /// The organizations that it reaches; empty for the operator, who reaches all of them.
    organizations: Vec<Membership>,
    /// The key, if it is one. A publishable key is told what is for everybody.
    key: Option<Shown<Key>>,
    /// The session, if the request comes from one or has started one.
    session: Option<CurrentSession>,
    /// What it may do, apart from operations on one owner. A person verifies for the organizations that they belong to.
    permissions: Vec<Operation>,
}

impl EdgeOperation for Whoami {
    const ENDPOINT: Endpoint =
        Endpoint { method: "GET", routes: &[Route { id: "whoami", path: "/v1/whoami" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let caller = app.authenticate(incoming).await?;
        incoming.request.no_query()?;
        Ok(Response::ok(&app.describe(caller).await?))
    }
}

impl<P: Ports> App<'_, P> {
    /// Describes a caller to itself.
    pub(super) async fn describe(&self, caller: Authenticated) -> Result<Myself, Problem> {
        let Authenticated { principal, key, session, .. } = caller;
        let organizations = self.memberships_of(&principal).await?;
        let mut permissions = Vec::new();
        let is_member = verifies_as_member(&principal) && !organizations.is_empty();
        if is_member || may_verify(&principal, false, None).is_ok() {
            permissions.push(Operation::VerifyKey);
        }
        if policy::authorize_creation(&principal) == Access::Granted {
            permissions.push(Operation::CreateOrganization);
        }
        if policy::authorize_directory(&principal) == Access::Granted {
            permissions.push(Operation::GetMetrics);
            permissions.push(Operation::ListOrganizations);
        }
        let is_trusted = policy::sees_more_than_everybody(&principal);
        let (caller_type, id, scopes) = match principal {
            Principal::Root { id } => (CallerType::Root, CallerId::Root(id), Scopes::all()),
            Principal::User { id, .. } => (CallerType::User, CallerId::User(id), Scopes::all()),
            Principal::Key { id, scopes, .. } => (CallerType::Key, CallerId::Key(id), scopes),
        };
        let key = key.map(|(record, now)| {
            if is_trusted {
                Shown::Whole(Key::without_permissions(*record, now))
            } else {
                Shown::Public(PublicKey::new(*record, now))
            }
        });
        Ok(Myself { caller_type, id, scopes, organizations, key, session, permissions })
    }

    /// The organizations that a principal reaches: a person's and a personal key's are those of the person, an
    /// organization's key has one and no role in it. The operator reaches all, and no list of them exists.
    async fn memberships_of(&self, principal: &Principal) -> Result<Vec<Membership>, Problem> {
        if let Some(user) = principal.user() {
            let ledger = Owner::User(user.clone()).ledger();
            let stored = self.ask(ledger, FindMemberships { user: user.clone() }).await?;
            return Ok(memberships(stored, principal, user));
        }
        let Principal::Key { owner: Owner::Organization(id), .. } = principal else { return Ok(Vec::new()) };
        let ledger = Owner::Organization(id.clone()).ledger();
        let name = self.ask(ledger, FindOrganizationName { organization: id.clone() }).await?;
        Ok(vec![Membership { id: id.clone(), name, role: None }])
    }
}

#[cfg(feature = "schema")]
pub(super) fn example() -> serde_json::Value {
    serde_json::json!({
        "type": "user", "id": "ada", "scopes": ["*"],
        "organizations": [{ "id": "acme", "name": "Acme", "role": "owner" }],
        "key": null, "session": { "id": "ses_01KAHQ0000000000000000000Z", "ends_at": "2026-11-21T08:30:00.000Z" },
        "permissions": ["verify_key", "create_organization"],
    })
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for Whoami {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use serde_json::json;
        let key = json!({
            "type": "key", "id": examples::KEY_ID, "scopes": ["orders:read"],
            "organizations": [{ "id": "acme", "name": "Acme", "role": null }],
            "key": examples::key(json!({ "permissions": [] })), "session": null, "permissions": [],
        });
        Documentation::new("verify", "Describe the presented credential", "")
            .responds::<Myself>(
                crate::response::Success::Ok,
                "Who is calling.",
                &[("key", key), ("user", example())],
            )
            .access("whoami", |_, _, _, _| Access::Granted)
    }
}
