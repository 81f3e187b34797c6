//! Finds the operation for a method and a path.

use std::sync::LazyLock;

use keyward_core::ErrorCode;
use matchit::Router;

use crate::medusa;
use crate::operations::Operation;
use crate::problem::Problem;
use crate::request::PathParams;

/// Where an operation is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// The operation's id for this path: in the contract, in clients, and in the log.
    pub id: &'static str,
    /// The path, with `{organization}`, `{user}`, `{key}` and `{session}` in it.
    pub path: &'static str,
}

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// An operation of the API.
    Operation(Operation),
    /// The same, in the words of Medusa's clients.
    Medusa(medusa::Call),
}

/// The operation that a request asks for.
#[derive(Debug)]
pub struct Found<'r, 'p> {
    /// Which operation.
    pub asked: Asked,
    /// Its id for this path.
    pub id: &'static str,
    /// The ids in the path.
    pub params: PathParams<'r, 'p>,
}

/// The operations of one path.
type Methods = Vec<(&'static str, Asked, &'static str)>;

static ROUTER: LazyLock<Router<Methods>> = LazyLock::new(|| {
    let mut paths: Vec<(&'static str, Methods)> = Vec::new();
    let mut add = |path: &'static str, method| match paths.iter_mut().find(|(known, _)| *known == path) {
        Some((_, methods)) => methods.push(method),
        None => paths.push((path, vec![method])),
    };
    for operation in Operation::ALL.iter().copied() {
        let endpoint = operation.endpoint();
        for Route { id, path } in endpoint.routes {
            add(path, (endpoint.method, Asked::Operation(operation), *id));
        }
    }
    for (method, path, id, call) in medusa::ROUTES {
        add(path, (method, Asked::Medusa(call), id));
    }
    let mut router = Router::new();
    for (path, methods) in paths {
        // Paths that contradict each other fail the test below.
        let _ = router.insert(path, methods);
    }
    router
});

/// Finds the operation. `HEAD` is answered wherever `GET` is; the platform leaves the body out.
///
/// # Errors
/// `route.not_found`; `route.method_not_allowed` with the methods that the path has.
pub fn find<'p>(method: &str, path: &'p str) -> Result<Found<'static, 'p>, Problem> {
    let wanted = if method == "HEAD" { "GET" } else { method };
    let found = ROUTER.at(path).map_err(|_| Problem::new(ErrorCode::RouteNotFound))?;
    let Some((_, asked, id)) = found.value.iter().find(|(method, ..)| *method == wanted) else {
        let methods = found.value.iter();
        let allow: Vec<_> =
            methods.map(|(method, ..)| if *method == "GET" { "GET, HEAD" } else { *method }).collect();
        let mut problem = Problem::new(ErrorCode::RouteMethodNotAllowed);
        problem.allow = Some(allow.join(", ").into());
        return Err(problem);
    };
    Ok(Found { asked: *asked, id, params: PathParams::new(found.params) })
}

#[cfg(test)]
mod tests {
    use keyward_core::{KeyDigest, Owner, OwnerId, Principal, RootKeyId};

    use super::*;

    fn id_of(method: &str, path: &str) -> Result<&'static str, ErrorCode> {
        find(method, path).map(|found| found.id).map_err(|problem| problem.code)
    }

    #[test]
    fn every_route_leads_to_its_operation() {
        for operation in Operation::ALL.iter().copied() {
            let endpoint = operation.endpoint();
            for Route { id, path } in endpoint.routes {
                assert_eq!(id_of(endpoint.method, path), Ok(*id), "{path}");
            }
        }
    }

    #[test]
    fn every_route_of_medusa_leads_to_its_call() {
        for (method, path, id, call) in medusa::ROUTES {
            let found = find(method, path).expect(path);
            assert_eq!((found.id, found.asked), (id, Asked::Medusa(call)));
            assert!(medusa::is_at(path));
        }
        assert!(!medusa::is_at("/administration") && !medusa::is_at("/v1/admin/api-keys"));
    }

    #[test]
    fn paths_are_matched_whole() {
        for path in ["", "/", "/v1", "/v1/", "/health/", "/v1/verify/", "//health", "/v2/verify"] {
            assert_eq!(id_of("GET", path), Err(ErrorCode::RouteNotFound), "{path}");
        }
        for path in ["/v1/organizations/acme/keys/", "/v1/organizations//keys", "/v1/users/ada/members"] {
            assert_eq!(id_of("GET", path), Err(ErrorCode::RouteNotFound), "{path}");
        }
    }

    #[test]
    fn other_methods_learn_which_there_are() {
        let problem = find("POST", "/v1/organizations/acme/keys/x").expect_err("another method");
        assert_eq!(problem.allow.as_deref(), Some("GET, HEAD, PATCH, DELETE"));
    }

    #[test]
    fn head_is_found_where_get_is_and_nowhere_else() {
        assert_eq!(id_of("HEAD", "/v1/whoami"), Ok("whoami"));
        assert_eq!(id_of("HEAD", "/v1/verify"), Err(ErrorCode::RouteMethodNotAllowed));
    }

    fn root() -> Principal {
        Principal::Root { id: RootKeyId::of(&KeyDigest::of("root")) }
    }

    #[test]
    fn me_is_the_calling_user_among_users_only() {
        let id = |text: &str| OwnerId::parse(text).expect("id");
        let ada = Principal::User { id: id("ada"), asserted: vec![] };
        let root = root();
        let owner = |path, caller: &Principal| {
            let found = find("GET", path).expect("route");
            found.params.owner(caller).map_err(|problem| problem.code)
        };
        assert_eq!(owner("/v1/users/me/keys", &ada), Ok(Owner::User(id("ada"))));
        assert_eq!(owner("/v1/users/me/keys", &root), Err(ErrorCode::OwnerNotFound));
        assert_eq!(owner("/v1/organizations/me/keys", &ada), Ok(Owner::Organization(id("me"))));
    }

    #[test]
    fn ids_of_another_form_are_refused() {
        let root = root();
        let found = find("GET", "/v1/organizations/a%20b/keys/apk_1").expect("route");
        let code = |result: Result<(), Problem>| result.map_err(|problem| problem.code);
        assert_eq!(code(found.params.owner(&root).map(drop)), Err(ErrorCode::RequestBadId));
        assert_eq!(code(found.params.key().map(drop)), Err(ErrorCode::RequestBadId));
    }
}
