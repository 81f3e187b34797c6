//! What the contract says about an operation besides its types. For the tools alone, never part of the worker.

use keyward_core::ErrorCode;
use keyward_core::policy::{Access, Action, authorize};
use keyward_core::verifier::authorize_verification;
use keyward_core::{Owner, Principal, Role};
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde_json::Value;

use crate::response::Success;

/// Makes a type's schema, or a reference to it. A generator is for requests or for responses, never for both.
pub type MakeSchema = fn(&mut SchemaGenerator) -> Schema;

/// A response of an operation that succeeds.
#[derive(Debug)]
pub struct DocumentedResponse {
    /// The kind of success.
    pub success: Success,
    /// What that means.
    pub description: &'static str,
    /// Whether it has the path of what was created.
    pub has_location: bool,
    /// The shape of the body, if there is one.
    pub schema: Option<MakeSchema>,
    /// Examples of bodies, by name.
    pub examples: Vec<(&'static str, Value)>,
}

/// One row of the table of who may do what.
#[derive(Debug)]
pub struct AccessRow {
    /// The operation, and the case if there are several.
    pub name: &'static str,
    /// Decides for a principal, its role, whether the owner exists, and the owner.
    pub access: fn(&Principal, Option<Role>, bool, &Owner) -> Access,
}

/// What the contract says about an operation.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each holds without the others")]
pub struct Documentation {
    /// The group of operations that it belongs to.
    pub tag: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
    /// Everything else that a client should know.
    pub description: &'static str,
    /// The query's parameters, as the schema of an object.
    pub query: Option<MakeSchema>,
    /// The body's schema, an example, and whether it has to be there.
    pub body: Option<(MakeSchema, Value, bool)>,
    /// Whether the body is a form.
    pub is_form: bool,
    /// Whether the body may also be lines, each of them an element of the array.
    pub takes_lines: bool,
    /// Whether what it responds with is lines.
    pub responds_lines: bool,
    /// Every way in which it succeeds.
    pub responses: Vec<DocumentedResponse>,
    /// Its problems, besides those that follow from its method, its path and who may do it.
    pub problems: Vec<ErrorCode>,
    /// Whether it needs no credential.
    pub is_public: bool,
    /// The problem that what is not visible looks like.
    pub not_visible: ErrorCode,
    /// Whether it sets or clears the session's cookie.
    pub sets_cookie: bool,
    /// Whether it takes an idempotency key.
    pub is_repeatable: bool,
    /// Whether a session is not enough as a credential, whoever's it is.
    pub refuses_sessions: bool,
    /// Whether gateways ask it about requests of others.
    pub is_for_gateways: bool,
    /// Who may do it.
    pub access: Vec<AccessRow>,
}

/// An operation with documentation.
pub trait Documented {
    /// What the contract says about it.
    fn documentation() -> Documentation;
}

impl Documentation {
    /// An operation of a group.
    #[must_use]
    pub fn new(tag: &'static str, summary: &'static str, description: &'static str) -> Self {
        Self {
            tag,
            summary,
            description,
            query: None,
            body: None,
            is_form: false,
            takes_lines: false,
            responds_lines: false,
            responses: Vec::new(),
            problems: Vec::new(),
            is_public: false,
            not_visible: ErrorCode::OwnerNotFound,
            sets_cookie: false,
            is_repeatable: false,
            refuses_sessions: false,
            is_for_gateways: false,
            access: Vec::new(),
        }
    }

    /// It takes query parameters.
    #[must_use]
    pub fn query<T: JsonSchema>(self) -> Self {
        Self { query: Some(T::json_schema), ..self }
    }

    /// It takes a body.
    #[must_use]
    pub fn body<T: JsonSchema>(self, example: Value) -> Self {
        Self { body: Some((SchemaGenerator::subschema_for::<T>, example, true)), ..self }
    }

    /// It takes a form as its body.
    #[must_use]
    pub fn form<T: JsonSchema>(self, example: Value) -> Self {
        Self { is_form: true, ..self.body::<T>(example) }
    }

    /// Its body may also be lines.
    #[must_use]
    pub fn rows(self) -> Self {
        Self { takes_lines: true, ..self }
    }

    /// What it responds with is lines.
    #[must_use]
    pub fn lines(self) -> Self {
        Self { responds_lines: true, ..self }
    }

    /// It takes a body, which may be left out.
    #[must_use]
    pub fn optional_body<T: JsonSchema>(self, example: Value) -> Self {
        Self { body: Some((SchemaGenerator::subschema_for::<T>, example, false)), ..self }
    }

    /// It responds with a resource.
    #[must_use]
    pub fn responds<T: JsonSchema>(
        self,
        success: Success,
        description: &'static str,
        examples: &[(&'static str, Value)],
    ) -> Self {
        self.response(DocumentedResponse {
            success,
            description,
            has_location: false,
            schema: Some(SchemaGenerator::subschema_for::<T>),
            examples: examples.to_vec(),
        })
    }

    /// It creates a resource, and responds with it and its path.
    #[must_use]
    pub fn creates<T: JsonSchema>(
        self,
        description: &'static str,
        examples: &[(&'static str, Value)],
    ) -> Self {
        self.response(DocumentedResponse {
            success: Success::Created,
            description,
            has_location: true,
            schema: Some(SchemaGenerator::subschema_for::<T>),
            examples: examples.to_vec(),
        })
    }

    /// It responds without a body.
    #[must_use]
    pub fn responds_nothing(self, description: &'static str) -> Self {
        self.response(DocumentedResponse {
            success: Success::NoContent,
            description,
            has_location: false,
            schema: None,
            examples: Vec::new(),
        })
    }

    fn response(mut self, response: DocumentedResponse) -> Self {
        self.responses.push(response);
        self
    }

    /// It may respond with these problems too.
    #[must_use]
    pub fn problems(mut self, problems: &[ErrorCode]) -> Self {
        self.problems.extend_from_slice(problems);
        self
    }

    /// It needs no credential.
    #[must_use]
    pub fn public(self) -> Self {
        Self { is_public: true, ..self }
    }

    /// What is not visible looks like this problem.
    #[must_use]
    pub fn not_visible_as(self, not_visible: ErrorCode) -> Self {
        Self { not_visible, ..self }
    }

    /// It sets or clears the session's cookie.
    #[must_use]
    pub fn cookie(self) -> Self {
        Self { sets_cookie: true, ..self }
    }

    /// It takes an idempotency key.
    #[must_use]
    pub fn repeatable(self) -> Self {
        let repeatable = Self { is_repeatable: true, ..self };
        repeatable.problems(&[
            ErrorCode::IdempotencyLost,
            ErrorCode::IdempotencyMismatch,
            ErrorCode::RequestBadIdempotencyKey,
        ])
    }

    /// Gateways ask it about requests of others, and it responds without a body.
    #[must_use]
    pub fn for_gateways(self, description: &'static str) -> Self {
        let mut documentation =
            Self { is_for_gateways: true, is_public: true, ..self.responds_nothing(description) };
        documentation.responses.iter_mut().for_each(|response| response.success = Success::Ok);
        documentation
    }

    /// A session is not enough as a credential.
    #[must_use]
    pub fn no_sessions(self) -> Self {
        Self { refuses_sessions: true, ..self }
    }

    /// Whoever may verify may do it: in general, with a key about itself, and for the organization that is named.
    #[must_use]
    pub fn verifies(self, [general, of_itself, for_organization]: [&'static str; 3]) -> Self {
        self.access(general, |principal, role, _, _| authorize_verification(principal, role, false, None))
            .access(of_itself, |principal, role, _, _| authorize_verification(principal, role, true, None))
            .access(for_organization, |principal, role, _, owner| {
                let Owner::Organization(organization) = owner else { return Access::NotVisible };
                authorize_verification(principal, role, false, Some(organization))
            })
    }

    /// A case of it, and who may do it.
    #[must_use]
    pub fn access(
        mut self,
        name: &'static str,
        access: fn(&Principal, Option<Role>, bool, &Owner) -> Access,
    ) -> Self {
        self.access.push(AccessRow { name, access });
        self
    }
}

macro_rules! deciders {
    ($($name:ident = $action:ident;)+) => {
        $(
            #[doc = concat!("Whether policy allows [`Action::", stringify!($action), "`] on an owner that has to exist.")]
            #[must_use]
            pub fn $name(principal: &Principal, role: Option<Role>, exists: bool, owner: &Owner) -> Access {
                if exists { authorize(principal, role, Action::$action, owner) } else { Access::NotVisible }
            }
        )+
    };
}

deciders! {
    may_read_organization = ReadOrganization;
    may_read_members = ReadMembers;
    may_change_members = ChangeMembers;
    may_change_owners = ChangeOwners;
    may_rename_organization = RenameOrganization;
    may_delete = Delete;
    may_read_organizations = ReadOrganizations;
    may_read_keys = ReadKeys;
    may_write_keys = WriteKeys;
    may_import_keys = ImportKeys;
    may_export = Export;
    may_read_events = ReadEvents;
    may_read_sessions = ReadSessions;
    may_end_sessions = EndSessions;
}

/// Values for examples. Their keys carry a wrong checksum, so that no scanner reports them.
pub mod examples {
    use serde_json::{Value, json};

    /// A key's id.
    pub const KEY_ID: &str = "apk_01KAHQ0000000000000000000Z";
    /// A key's text.
    pub const TOKEN: &str = "kw_sk_test_1eT6zIBp8SampleSampleSampleSampleSampleSaSampleSampl000000";

    /// An example, with these fields added.
    #[must_use]
    pub fn merged(mut value: Value, more: Value) -> Value {
        if let (Value::Object(fields), Value::Object(more)) = (&mut value, more) {
            fields.extend(more);
        }
        value
    }

    /// A key as a verdict shows it.
    #[must_use]
    pub fn verified_key() -> Value {
        json!({
            "id": KEY_ID, "type": "secret", "owner": { "type": "organization", "id": "acme" },
            "redacted": "kw_sk_test_***0000", "title": "CI deploys", "scopes": ["orders:read"],
            "metadata": { "team": "platform" }, "consistency": "fast", "expires_at": null, "links": [],
            "status": "active", "foreign": false,
            "created_at": "2026-11-21T08:00:00.000Z", "created_by": { "type": "root", "id": "root_5e8f1b0c9d2a7e43" },
            "updated_at": "2026-11-21T08:00:00.000Z", "rolled_from": null, "rolled_to": null, "revoked_at": null,
            "revoked_by": null, "revocation_reason": null,
        })
    }

    /// A key, with these fields added.
    #[must_use]
    pub fn key(more: Value) -> Value {
        let key = json!({
            "token": null, "foreign_creator": null, "last_used_at": null,
            "permissions": ["get_key", "update_key", "delete_key", "revoke_key", "roll_key"],
        });
        merged(merged(verified_key(), key), more)
    }

    /// A revoked key.
    #[must_use]
    pub fn revoked_key() -> Value {
        key(json!({
            "status": "revoked", "updated_at": "2026-11-22T08:00:00.000Z",
            "revoked_at": "2026-11-22T08:00:00.000Z", "revoked_by": { "type": "user", "id": "ada", "key": null },
            "revocation_reason": "The laptop was stolen.",
        }))
    }

    /// An organization.
    #[must_use]
    pub fn organization() -> Value {
        json!({
            "id": "acme", "name": "Acme", "created_at": "2026-11-21T08:00:00.000Z",
            "created_by": { "type": "root", "id": "root_5e8f1b0c9d2a7e43" }, "updated_at": "2026-11-21T08:00:00.000Z",
            "max_staleness_seconds": 30, "on_outage_max_seconds": 0,
            "permissions": ["get_organization", "list_members", "list_keys", "create_key", "revoke_keys", "list_events"],
        })
    }

    /// Something that was taken away.
    #[must_use]
    pub fn removed() -> Value {
        json!({ "effective": { "by": "2026-11-21T08:00:30.000Z" } })
    }

    /// An organization as the operator lists it.
    #[must_use]
    pub fn listed_organization() -> Value {
        json!({
            "id": "acme", "name": "Acme", "created_at": "2026-11-21T08:00:00.000Z",
            "created_by": { "type": "root", "id": "root_5e8f1b0c9d2a7e43" },
        })
    }

    /// An invitation.
    #[must_use]
    pub fn invitation() -> Value {
        json!({
            "organization": "acme", "organization_name": "Acme", "user": "bob", "role": "member",
            "created_at": "2026-11-21T08:00:00.000Z", "created_by": { "type": "user", "id": "ada" },
            "expires_at": "2026-12-05T08:00:00.000Z", "permissions": ["delete_invitation"],
        })
    }

    /// A member.
    #[must_use]
    pub fn member() -> Value {
        json!({
            "user": "ada", "role": "admin", "created_at": "2026-11-21T08:00:00.000Z",
            "updated_at": "2026-11-21T08:00:00.000Z", "permissions": ["get_member", "put_member", "remove_member"],
        })
    }
}
