//! The one table of paths and methods.

use keyward_core::{ErrorCode, KeyId, Owner, OwnerId};

use crate::problem::Problem;

/// One thing that can be asked for: the same word in routes, tests, contract and logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// `GET /health`
    Health,
    /// `POST /v1/verify`
    VerifyKey,
    /// `GET /v1/whoami`
    Whoami,
    /// `POST /v1/session`
    StartSession,
    /// `DELETE /v1/session`
    EndSession,
    /// `GET /v1/session/options`
    SessionOptions,
    /// `PUT /v1/organizations/{org}`
    PutOrganization,
    /// `GET /v1/organizations/{org}`
    GetOrganization,
    /// `GET /v1/organizations/{org}/members`
    ListMembers,
    /// `PUT /v1/organizations/{org}/members/{user}`
    PutMember,
    /// `DELETE /v1/organizations/{org}/members/{user}`
    RemoveMember,
    /// `GET /v1/users/{user}/organizations`
    ListOrganizations,
    /// `POST /v1/{owners}/{owner}/keys`
    CreateKey,
    /// `GET /v1/{owners}/{owner}/keys`
    ListKeys,
    /// `GET /v1/{owners}/{owner}/keys/{id}`
    GetKey,
    /// `PATCH /v1/{owners}/{owner}/keys/{id}`
    UpdateKey,
    /// `POST /v1/{owners}/{owner}/keys/{id}/revoke`
    RevokeKey,
    /// `POST /v1/{owners}/{owner}/keys/{id}/roll`
    RollKey,
    /// `DELETE /v1/{owners}/{owner}/keys/{id}`
    DeleteKey,
    /// `GET /v1/{owners}/{owner}/events`
    ListEvents,
}

impl Operation {
    /// The operation's id.
    #[must_use]
    pub fn id(self) -> &'static str {
        match self {
            Self::Health => "health",
            Self::VerifyKey => "verify_key",
            Self::Whoami => "whoami",
            Self::StartSession => "start_session",
            Self::EndSession => "end_session",
            Self::SessionOptions => "session_options",
            Self::PutOrganization => "put_organization",
            Self::GetOrganization => "get_organization",
            Self::ListMembers => "list_members",
            Self::PutMember => "put_member",
            Self::RemoveMember => "remove_member",
            Self::ListOrganizations => "list_organizations",
            Self::CreateKey => "create_key",
            Self::ListKeys => "list_keys",
            Self::GetKey => "get_key",
            Self::UpdateKey => "update_key",
            Self::RevokeKey => "revoke_key",
            Self::RollKey => "roll_key",
            Self::DeleteKey => "delete_key",
            Self::ListEvents => "list_events",
        }
    }
}

/// What a path may name.
type Methods = &'static [(&'static str, Operation)];

/// The ids in a path, still as they were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Names<'a> {
    /// `organizations` or `users`, and the id behind it.
    owner: Option<(&'a str, &'a str)>,
    /// What stands in a key's or a member's place.
    item: Option<&'a str>,
}

fn methods<'a>(path: &'a str) -> Option<(Methods, Names<'a>)> {
    let segments: Vec<&str> = path.strip_prefix('/')?.split('/').collect();
    if segments.contains(&"") {
        return None;
    }
    let of = |owners: &'a str, id: &'a str| Names { owner: Some((owners, id)), item: None };
    let found: (Methods, Names<'a>) = match *segments.as_slice() {
        ["health"] => (&[("GET", Operation::Health)], Names::default()),
        ["v1", "verify"] => (&[("POST", Operation::VerifyKey)], Names::default()),
        ["v1", "session"] => {
            (&[("POST", Operation::StartSession), ("DELETE", Operation::EndSession)], Names::default())
        }
        ["v1", "session", "options"] => (&[("GET", Operation::SessionOptions)], Names::default()),
        ["v1", "whoami"] => (&[("GET", Operation::Whoami)], Names::default()),
        ["v1", owners @ "organizations", id] => {
            (&[("GET", Operation::GetOrganization), ("PUT", Operation::PutOrganization)], of(owners, id))
        }
        ["v1", owners @ "organizations", id, "members"] => {
            (&[("GET", Operation::ListMembers)], of(owners, id))
        }
        ["v1", owners @ "organizations", id, "members", user] => (
            &[("PUT", Operation::PutMember), ("DELETE", Operation::RemoveMember)],
            Names { item: Some(user), ..of(owners, id) },
        ),
        ["v1", owners @ "users", id, "organizations"] => {
            (&[("GET", Operation::ListOrganizations)], of(owners, id))
        }
        ["v1", owners @ ("organizations" | "users"), id, ref rest @ ..] => {
            let (methods, item): (Methods, _) = match *rest {
                ["keys"] => (&[("GET", Operation::ListKeys), ("POST", Operation::CreateKey)], None),
                ["keys", key] => (
                    &[
                        ("GET", Operation::GetKey),
                        ("PATCH", Operation::UpdateKey),
                        ("DELETE", Operation::DeleteKey),
                    ],
                    Some(key),
                ),
                ["keys", key, "revoke"] => (&[("POST", Operation::RevokeKey)], Some(key)),
                ["keys", key, "roll"] => (&[("POST", Operation::RollKey)], Some(key)),
                ["events"] => (&[("GET", Operation::ListEvents)], None),
                _ => return None,
            };
            (methods, Names { item, ..of(owners, id) })
        }
        _ => return None,
    };
    Some(found)
}

/// A path that names something, with a method that it does not know: the methods that it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoRoute {
    /// There is nothing at the path.
    NotFound,
    /// The methods of the path, for `Allow`.
    MethodNotAllowed(String),
}

/// Finds the operation. What answers to `GET` answers to `HEAD` too; the platform leaves the body out.
///
/// # Errors
/// [`NoRoute`].
pub fn resolve<'a>(method: &str, path: &'a str) -> Result<(Operation, Names<'a>), NoRoute> {
    let (methods, names) = methods(path).ok_or(NoRoute::NotFound)?;
    let wanted = if method == "HEAD" { "GET" } else { method };
    let found = methods.iter().find(|(name, _)| *name == wanted);
    let allowed = || {
        let names = methods.iter().map(|(name, _)| if *name == "GET" { "GET, HEAD" } else { *name });
        names.collect::<Vec<_>>().join(", ")
    };
    found.map(|(_, operation)| (*operation, names)).ok_or_else(|| NoRoute::MethodNotAllowed(allowed()))
}

fn owner_id(text: &str) -> Result<OwnerId, Problem> {
    OwnerId::parse(text).map_err(|error| Problem::new(ErrorCode::RequestBadId).because(sentence(&error)))
}

fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain(['.']).collect()
}

impl Names<'_> {
    /// Whose belongings the path is about; `me` stands for the asking user.
    ///
    /// # Errors
    /// `request.bad_id`; `owner.not_found` for `me` where no user is asking.
    pub fn owner(&self, asking: Option<&OwnerId>) -> Result<Owner, Problem> {
        match self.owner {
            Some(("users", "me")) => {
                asking.cloned().map(Owner::User).ok_or_else(|| ErrorCode::OwnerNotFound.into())
            }
            Some(("users", id)) => owner_id(id).map(Owner::User),
            Some((_, id)) => owner_id(id).map(Owner::Organization),
            None => Err(ErrorCode::ServerInternal.into()),
        }
    }

    /// Which key.
    ///
    /// # Errors
    /// `request.bad_id`.
    pub fn key(&self) -> Result<KeyId, Problem> {
        KeyId::parse(self.item.unwrap_or_default()).map_err(|_| {
            Problem::new(ErrorCode::RequestBadId).because("A key's id is `apk_` and 26 characters.")
        })
    }

    /// Which user; `me` stands for the asking one.
    ///
    /// # Errors
    /// `request.bad_id`; `member.not_found` for `me` where no user is asking.
    pub fn user(&self, asking: Option<&OwnerId>) -> Result<OwnerId, Problem> {
        match self.item {
            Some("me") => asking.cloned().ok_or_else(|| ErrorCode::MemberNotFound.into()),
            other => owner_id(other.unwrap_or_default()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_matched_whole() {
        assert_eq!(resolve("GET", "/health").map(|(operation, _)| operation), Ok(Operation::Health));
        for path in [
            "",
            "/",
            "/v1",
            "/v1/",
            "/health/",
            "/v1/verify/",
            "/v1/organizations/acme/keys/",
            "//health",
            "/v2/verify",
            "/v1/users/ada/members",
        ] {
            assert_eq!(
                resolve("GET", path).map(|(operation, _)| operation),
                Err(NoRoute::NotFound),
                "{path}"
            );
        }
    }

    #[test]
    fn other_methods_learn_which_are_known() {
        let refused = resolve("POST", "/v1/organizations/acme/keys/x").map(|(operation, _)| operation);
        assert_eq!(refused, Err(NoRoute::MethodNotAllowed("GET, HEAD, PATCH, DELETE".into())));
    }

    #[test]
    fn head_is_found_where_get_is_and_nowhere_else() {
        let of = |method, path| resolve(method, path).map(|(operation, _)| operation);
        assert_eq!(of("HEAD", "/v1/whoami"), of("GET", "/v1/whoami"));
        assert_eq!(of("HEAD", "/v1/verify"), Err(NoRoute::MethodNotAllowed("POST".into())));
    }

    #[test]
    fn me_is_the_asking_user_among_users_only() {
        let ada = OwnerId::parse("ada").expect("id");
        let (_, names) = resolve("GET", "/v1/users/me/keys").expect("route");
        assert_eq!(names.owner(Some(&ada)), Ok(Owner::User(ada.clone())));
        assert_eq!(names.owner(None).map_err(|problem| problem.code), Err(ErrorCode::OwnerNotFound));
        let (_, names) = resolve("GET", "/v1/organizations/me/keys").expect("route");
        assert_eq!(names.owner(Some(&ada)), Ok(Owner::Organization(OwnerId::parse("me").expect("id"))));
    }

    #[test]
    fn ids_of_another_form_are_refused() {
        let (_, names) = resolve("GET", "/v1/organizations/a%20b/keys/apk_1").expect("route");
        assert_eq!(names.owner(None).map_err(|problem| problem.code), Err(ErrorCode::RequestBadId));
        assert_eq!(names.key().map_err(|problem| problem.code), Err(ErrorCode::RequestBadId));
    }
}
