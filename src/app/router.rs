//! Finds the operation for a method and a path.

use keyward_core::ErrorCode;

use crate::medusa;
use crate::operations::{Endpoint, Operation};
use crate::problem::Problem;
use crate::request::{AUTHORIZE_PATH, PathParams};

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

/// Everything that can be asked for: path, method, what it is, and its id.
fn routes() -> impl Iterator<Item = (&'static str, &'static str, Asked, &'static str)> {
    let of = |operation: Operation| {
        let Endpoint { method, routes } = *operation.endpoint();
        routes.iter().map(move |route| (route.path, method, Asked::Operation(operation), route.id))
    };
    let medusa =
        medusa::ROUTES.iter().map(|(method, path, id, call)| (*path, *method, Asked::Medusa(*call), *id));
    Operation::ALL.iter().copied().flat_map(of).chain(medusa)
}

/// What stands in a path for the names of a route in braces; nothing if the path is another.
fn params<'p>(route: &'static str, path: &'p str) -> Option<Vec<(&'static str, &'p str)>> {
    let (mut params, mut parts) = (Vec::new(), path.split('/'));
    for wanted in route.split('/') {
        let part = parts.next()?;
        match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) if !part.is_empty() => params.push((name, part)),
            None if part == wanted => {}
            _ => return None,
        }
    }
    parts.next().is_none().then_some(params)
}

/// Finds the operation. `HEAD` is answered wherever `GET` is; the platform leaves the body out.
///
/// # Errors
/// `route.not_found`; `route.method_not_allowed` with the methods that the path has.
pub fn find<'p>(method: &str, path: &'p str) -> Result<Found<'static, 'p>, Problem> {
    // A word of a route is not an id: the route with the fewest ids is meant.
    let mut found: Option<(&str, Vec<_>)> = None;
    for (route, ..) in routes() {
        if let Some(params) = params(route, path)
            && found.as_ref().is_none_or(|(_, fewest)| params.len() < fewest.len())
        {
            found = Some((route, params));
        }
    }
    let (found, params) = found.ok_or(ErrorCode::RouteNotFound)?;
    // Some gateways ask with the method of the request that they ask about.
    let wanted = if method == "HEAD" || found == AUTHORIZE_PATH { "GET" } else { method };
    let mut allow = Vec::new();
    for (route, method, asked, id) in routes() {
        if route != found {
            continue;
        }
        if method == wanted {
            return Ok(Found { asked, id, params: PathParams::new(params) });
        }
        allow.push(if method == "GET" { "GET, HEAD" } else { method });
    }
    let mut problem = Problem::new(ErrorCode::RouteMethodNotAllowed);
    problem.allow = Some(allow.join(", ").into());
    Err(problem)
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
    fn a_word_of_a_route_is_no_id() {
        assert_eq!(id_of("POST", "/v1/organizations/acme/keys/revoke"), Ok("revoke_keys"));
        assert_eq!(id_of("GET", "/v1/organizations/acme/keys/revoke"), Err(ErrorCode::RouteMethodNotAllowed));
        assert_eq!(id_of("GET", "/v1/organizations/acme/keys/x"), Ok("get_key"));
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
