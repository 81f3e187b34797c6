//! Who may do what, as policy decides: a page for people, the same as data for the test that asks the running worker,
//! and the problems that follow for each operation.

use std::collections::BTreeSet;
use std::fmt::Write;

use keyward_app::operations::Operation;
use keyward_app::operations::documentation::{AccessRow, Documentation, examples};
use keyward_app::problem::refusal;
use keyward_core::policy::{Access, scope};
use keyward_core::{
    Consistency, ErrorCode, KeyDigest, KeyId, KeyType, Owner, OwnerId, Principal, Role, RootKeyId, Scope,
    Scopes,
};
use serde_json::{Map, Value, json};

const GRANTED: &str = "✓";

/// The text above the tables.
const INTRODUCTION: &str = include_str!("access.md");

/// A column: somebody who calls.
struct Caller {
    name: &'static str,
    /// The principal, and its role in the organization; `None` if the credential is not accepted.
    who: Option<(Principal, Option<Role>)>,
    session: Option<Page>,
}

/// Which page sends a session's request.
enum Page {
    Own,
    Foreign,
}

/// A table: operations on the same owner.
struct Section {
    heading: &'static str,
    note: &'static str,
    /// What its paths start with.
    path: &'static str,
    owner: Owner,
    /// Whether the callers have their roles in this owner.
    has_members: bool,
}

#[expect(clippy::expect_used, reason = "it is a constant")]
fn id(text: &'static str) -> OwnerId {
    OwnerId::parse_user(text).expect("an id")
}

#[expect(clippy::expect_used, reason = "they are constants")]
fn key(key_type: KeyType, owner: Owner, scopes: &[&str]) -> Principal {
    let scopes = scopes.iter().map(|word| Scope::parse(word).expect("a scope"));
    let scopes = Scopes::new(scopes).expect("few scopes");
    Principal::Key {
        id: KeyId::parse(examples::KEY_ID).expect("an id"),
        key_type,
        owner,
        scopes,
        ends_at: None,
        consistency: Consistency::Fast,
    }
}

fn callers() -> Vec<Caller> {
    let acme = || Owner::Organization(id("acme"));
    let accepted = |name, principal, role| Caller { name, who: Some((principal, role)), session: None };
    let refused = |name| Caller { name, who: None, session: None };
    let user = |text| Principal::User { id: id(text), asserted: Vec::new() };
    let secret = |name, scopes: &[&str]| accepted(name, key(KeyType::Secret, acme(), scopes), None);
    let operator =
        |name, scopes: &[&str]| accepted(name, key(KeyType::Secret, Owner::DEPLOYMENT, scopes), None);
    let personal = |name, user, scopes: &[&str], role| {
        accepted(name, key(KeyType::Secret, Owner::User(id(user)), scopes), role)
    };
    let all = [Scopes::ALL];
    let foreign = key(KeyType::Secret, Owner::Organization(id("other")), &all);
    let session = |name, page| {
        let caller = accepted(name, user("olga"), Some(Role::Owner));
        Caller { session: Some(page), ..caller }
    };
    vec![
        accepted("root", Principal::Root { id: RootKeyId::of(&KeyDigest::of("root")) }, None),
        operator("op `*`", &all),
        operator("op `organizations:read`", &[scope::ORGANIZATIONS_READ]),
        operator("op `organizations:write`", &[scope::ORGANIZATIONS_WRITE]),
        operator("op `keys:read`", &[scope::KEYS_READ]),
        operator("op `keys:write`", &[scope::KEYS_WRITE]),
        operator("op `keys:verify`", &[scope::KEYS_VERIFY]),
        operator("op `events:read`", &[scope::EVENTS_READ]),
        operator("op, no scope", &[]),
        accepted("owner", user("olga"), Some(Role::Owner)),
        accepted("admin", user("adam"), Some(Role::Admin)),
        accepted("member", user("mia"), Some(Role::Member)),
        accepted("outsider", user("otto"), None),
        secret("sk `*`", &all),
        secret("sk `keys:read`", &[scope::KEYS_READ]),
        secret("sk `keys:write`", &[scope::KEYS_WRITE]),
        secret("sk, no scope", &[]),
        secret("sk `keys:verify`", &[scope::KEYS_VERIFY]),
        secret("sk `members:read`", &[scope::MEMBERS_READ]),
        secret("sk `events:read`", &[scope::EVENTS_READ]),
        accepted("foreign sk `*`", foreign, None),
        personal("member's pat `*`", "mia", &all, Some(Role::Member)),
        personal("member's pat, no scope", "mia", &[], Some(Role::Member)),
        personal("admin's pat `*`", "adam", &all, Some(Role::Admin)),
        personal("owner's pat `*`", "olga", &all, Some(Role::Owner)),
        personal("outsider's pat `*`", "otto", &all, None),
        accepted("member service", user("service~3Abot"), Some(Role::Member)),
        accepted("outsider service", user("service~3Atool"), None),
        personal("member service's pat `*`", "service~3Abot", &all, Some(Role::Member)),
        accepted("pk", key(KeyType::Publishable, acme(), &all), None),
        session("owner's session", Page::Own),
        session("session, foreign page", Page::Foreign),
        refused("revoked sk"),
        refused("expired sk"),
        refused("bad token"),
        refused("nobody"),
    ]
}

fn sections() -> [Section; 5] {
    let section = |heading, path, owner, has_members| Section { heading, note: "", path, owner, has_members };
    let organization = |text| Owner::Organization(id(text));
    let foreign = "On an organization that none of them belongs to";
    [
        section("Not about one owner", "", organization("acme"), true),
        section("On the organization", "/v1/organizations/", organization("acme"), true),
        section("On the deployment", "/v1/deployment/", Owner::DEPLOYMENT, false),
        section("On the member's account", "/v1/users/", Owner::User(id("mia")), false),
        Section {
            note: "Except for the operator, the responses are the same for an organization that does not exist.",
            ..section(foreign, "/v1/organizations/", organization("foreign"), false)
        },
    ]
}

impl Section {
    fn is_about(&self, path: &str) -> bool {
        let is_about_one = path.contains('{') || path.starts_with("/v1/deployment/");
        if self.path.is_empty() { !is_about_one } else { is_about_one && path.starts_with(self.path) }
    }

    fn access(&self, row: &AccessRow, principal: &Principal, role: Option<Role>) -> Access {
        (row.access)(principal, role.filter(|_| self.has_members), true, &self.owner)
    }

    fn cell(&self, documentation: &Documentation, row: &AccessRow, method: &str, caller: &Caller) -> String {
        let code = match (&caller.who, &caller.session) {
            (None, _) => ErrorCode::AuthInvalid,
            (_, Some(Page::Foreign)) if method != "GET" => ErrorCode::AuthForeignOrigin,
            (_, Some(_)) if documentation.refuses_sessions => ErrorCode::AuthForbidden,
            (Some((principal, role)), _) => match self.access(row, principal, *role) {
                Access::Granted => return GRANTED.to_owned(),
                access => refusal(access).code,
            },
        };
        code.status().to_string()
    }

    /// Its rows: the operation, and the response to each caller.
    fn rows(&self) -> Vec<(&'static str, Vec<String>)> {
        let callers = callers();
        let mut rows = Vec::new();
        for operation in Operation::ALL {
            let (endpoint, documentation) = (operation.endpoint(), operation.documentation());
            if endpoint.routes.iter().any(|route| self.is_about(route.path)) {
                let cell = |row, caller| self.cell(&documentation, row, endpoint.method, caller);
                let cells = |row| callers.iter().map(|caller| cell(row, caller)).collect();
                rows.extend(documentation.access.iter().map(|row| (row.name, cells(row))));
            }
        }
        rows
    }
}

/// The problems of callers who may not do it.
pub(crate) fn refusals(documentation: &Documentation, path: &str) -> BTreeSet<ErrorCode> {
    let mut codes = BTreeSet::new();
    for section in sections().iter().filter(|section| section.is_about(path)) {
        for row in &documentation.access {
            for (principal, role) in callers().into_iter().filter_map(|caller| caller.who) {
                let access = section.access(row, &principal, role);
                codes.extend(match access {
                    Access::Granted => None,
                    Access::NotVisible => Some(documentation.not_visible),
                    access => Some(refusal(access).code),
                });
            }
        }
    }
    codes
}

/// The page.
pub(crate) fn page() -> Result<String, String> {
    let mut page = INTRODUCTION.to_owned();
    let names: Vec<_> = callers().iter().map(|caller| caller.name).collect();
    for section in sections() {
        let note = if section.note.is_empty() { String::new() } else { format!("{}\n\n", section.note) };
        let line = |cells: &str| format!("| {cells} |\n");
        let head = line(&format!("operation | {}", names.join(" | ")))
            + &line(&vec!["---"; names.len() + 1].join(" | "));
        let rows: String = section
            .rows()
            .iter()
            .map(|(name, cells)| line(&format!("{name} | {}", cells.join(" | "))))
            .collect();
        write!(page, "\n## {}\n\n{note}{head}{rows}", section.heading).map_err(|error| error.to_string())?;
    }
    Ok(page)
}

/// The tables as data.
pub(crate) fn data() -> Result<String, String> {
    let names: Vec<_> = callers().iter().map(|caller| caller.name).collect();
    let rows = sections().into_iter().flat_map(|section| {
        let rows = section.rows().into_iter();
        rows.map(|(operation, cells)| {
            let expected: Map<_, _> =
                names.iter().map(ToString::to_string).zip(cells.into_iter().map(Value::from)).collect();
            json!({ "heading": section.heading, "operation": operation, "expected": expected })
        })
        .collect::<Vec<_>>()
    });
    crate::openapi::pretty(&rows.collect())
}
