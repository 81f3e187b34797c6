//! The one table of paths and methods.

use keyward_core::{ErrorCode, KeyId, Owner, OwnerId};

use crate::problem::Problem;

/// Makes the operations and the table of their routes from one list.
macro_rules! operations {
    ($($operation:ident $id:literal $method:literal $path:literal)+) => {
        /// One thing that can be asked for: the same word in routes, tests, contract and logs.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Operation {
            $(#[doc = concat!("`", $method, " ", $path, "`")] $operation,)+
        }

        impl Operation {
            /// The operation's id.
            #[must_use]
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$operation => $id,)+
                }
            }
        }

        const ROUTES: &[(&str, &str, Operation)] = &[$(($method, $path, Operation::$operation),)+];
    };
}

operations! {
    Health "health" "GET" "/health"
    VerifyKey "verify_key" "POST" "/v1/verify"
    Whoami "whoami" "GET" "/v1/whoami"
    StartSession "start_session" "POST" "/v1/session"
    EndSession "end_session" "DELETE" "/v1/session"
    SessionOptions "session_options" "GET" "/v1/session/options"
    GetOrganization "get_organization" "GET" "/v1/organizations/{org}"
    PutOrganization "put_organization" "PUT" "/v1/organizations/{org}"
    ListMembers "list_members" "GET" "/v1/organizations/{org}/members"
    PutMember "put_member" "PUT" "/v1/organizations/{org}/members/{user}"
    RemoveMember "remove_member" "DELETE" "/v1/organizations/{org}/members/{user}"
    ListOrganizations "list_organizations" "GET" "/v1/users/{user}/organizations"
    ListKeys "list_keys" "GET" "/v1/{owners}/{owner}/keys"
    CreateKey "create_key" "POST" "/v1/{owners}/{owner}/keys"
    GetKey "get_key" "GET" "/v1/{owners}/{owner}/keys/{id}"
    UpdateKey "update_key" "PATCH" "/v1/{owners}/{owner}/keys/{id}"
    DeleteKey "delete_key" "DELETE" "/v1/{owners}/{owner}/keys/{id}"
    RevokeKey "revoke_key" "POST" "/v1/{owners}/{owner}/keys/{id}/revoke"
    RollKey "roll_key" "POST" "/v1/{owners}/{owner}/keys/{id}/roll"
    ListEvents "list_events" "GET" "/v1/{owners}/{owner}/events"
}

/// The ids in a path, still as they were sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Names<'a> {
    /// `organizations` or `users`, and the id behind it.
    owner: Option<(&'a str, &'a str)>,
    /// What stands in a key's or a member's place.
    item: Option<&'a str>,
}

/// The ids in a path, if it is a path of the route.
fn names_in<'a>(path: &'a str, route: &str) -> Option<Names<'a>> {
    let mut names = Names::default();
    let mut before = "";
    let mut segments = path.split('/');
    for expected in route.split('/') {
        let segment = segments.next()?;
        match expected {
            "{owners}" if !matches!(segment, "organizations" | "users") => return None,
            "{owners}" => {}
            _ if expected.starts_with('{') => {
                if segment.is_empty() {
                    return None;
                }
                match names.owner {
                    None => names.owner = Some((before, segment)),
                    Some(_) => names.item = Some(segment),
                }
            }
            _ if segment != expected => return None,
            _ => {}
        }
        before = segment;
    }
    segments.next().is_none().then_some(names)
}

/// Why a request is of no operation.
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
    let wanted = if method == "HEAD" { "GET" } else { method };
    let mut allowed = Vec::new();
    for (method, route, operation) in ROUTES {
        let Some(names) = names_in(path, route) else { continue };
        if *method == wanted {
            return Ok((*operation, names));
        }
        allowed.push(if *method == "GET" { "GET, HEAD" } else { *method });
    }
    if allowed.is_empty() {
        Err(NoRoute::NotFound)
    } else {
        Err(NoRoute::MethodNotAllowed(allowed.join(", ")))
    }
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
    use serde_json::Value;

    use super::*;

    #[test]
    fn the_openapi_document_holds_the_routes_no_more_and_no_fewer() {
        let document: Value =
            serde_json::from_str(include_str!("../../www/openapi.json")).expect("the OpenAPI document");
        let mut documented = Vec::new();
        for (path, methods) in document["paths"].as_object().expect("paths") {
            for (method, operation) in methods.as_object().expect("methods") {
                let Some(id) = operation["operationId"].as_str() else { continue };
                documented.push((method.to_uppercase(), path.clone(), id.to_owned()));
            }
        }
        let mut routes: Vec<_> = ROUTES
            .iter()
            .map(|(method, path, of)| ((*method).into(), (*path).into(), of.id().into()))
            .collect();
        routes.sort();
        documented.sort();
        assert_eq!(routes, documented);
    }

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
