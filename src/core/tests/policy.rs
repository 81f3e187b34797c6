//! Who may do what, as in the table of tests/vectors/policy.v1.json: every cell of it, and no other.

mod organizations;
mod verifying;

use std::collections::BTreeMap;

use keyward_core::policy::{Access, Action, authorize, authorize_creation, may_grant, scope};
use keyward_core::principal::{Principal, Role};
use keyward_core::verifier::{authorize_verification, may_verify};
use keyward_core::{Actor, Consistency, KeyDigest, KeyType, Owner, OwnerId, RootKeyId};
use serde_json::{Value, json};

use crate::support::{id, key_id, organization, scopes, user, vectors};

/// What a row of the table is about: principal, as, holds, on. `-` where a column does not apply.
type Cell = (String, String, String, String);

fn table() -> Value {
    vectors("policy.v1.json")
}

/// One text or a list of them, `any` standing for all of `any`, and nothing for `-`.
fn texts(value: &Value, any: &[String]) -> Vec<String> {
    match value {
        Value::Null => vec!["-".to_owned()],
        Value::String(text) if text == "any" => any.to_vec(),
        Value::String(text) => vec![text.clone()],
        Value::Array(all) => all.iter().flat_map(|one| texts(one, any)).collect(),
        other => panic!("{other}"),
    }
}

fn scopes_of(file: &Value) -> Vec<String> {
    texts(&file["scopes"], &[])
}

fn action_name(action: Action) -> String {
    format!("{action:?}")
}

/// The table, row by row and action by action, in words.
fn expectations(file: &Value) -> BTreeMap<(Cell, String), String> {
    let any = scopes_of(file);
    let actions: Vec<String> = Action::ALL.into_iter().map(action_name).collect();
    let mut cells = BTreeMap::new();
    for row in file["permit"].as_array().expect("rows") {
        let mut words = Vec::new();
        for word in ["granted", "lacks_scope", "forbidden", "invisible"] {
            let Some(named) = row.get(word) else { continue };
            let named = if named == "every action" { actions.clone() } else { texts(named, &[]) };
            words.extend(named.into_iter().map(|action| (action, word)));
        }
        let known = ["principal", "as", "holds", "on", "granted", "lacks_scope", "forbidden", "invisible"];
        assert!(row.as_object().expect("row").keys().all(|name| known.contains(&name.as_str())), "{row}");
        for principal in texts(&row["principal"], &[]) {
            for role in texts(&row["as"], &[]) {
                for held in texts(&row["holds"], &any) {
                    for on in texts(&row["on"], &[]) {
                        let cell = (principal.clone(), role.clone(), held.clone(), on.clone());
                        for (action, word) in &words {
                            let needs =
                                if principal == "operator key" { "operator_key_needs" } else { "actions" };
                            let of_deployment = Some(&file["operator_key_needs_on_deployment"][action])
                                .filter(|scope| on == "deployment" && !scope.is_null());
                            let word = match of_deployment.unwrap_or(&file[needs][action]).as_str() {
                                Some(scope) if *word == "lacks_scope" => format!("lacks {scope}"),
                                _ => (*word).to_owned(),
                            };
                            let before = cells.insert((cell.clone(), action.clone()), word);
                            assert_eq!(before, None, "{cell:?} {action} is in the table twice");
                        }
                    }
                }
            }
        }
    }
    cells
}

/// Every row that there has to be, made without looking at the table.
fn rows(all_scopes: &[String]) -> Vec<Cell> {
    let roles = ["none", "member", "admin", "owner"];
    let cell = |principal: &str, role: &str, held: &str, on: &str| {
        (principal.to_owned(), role.to_owned(), held.to_owned(), on.to_owned())
    };
    let mut rows = Vec::new();
    rows.extend(["organization", "account", "deployment"].map(|on| cell("root", "-", "-", on)));
    rows.extend(["own account", "another account", "deployment"].map(|on| cell("user", "-", "-", on)));
    rows.extend(roles.map(|role| cell("user", role, "-", "organization")));
    for held in all_scopes {
        for principal in ["organization key", "publishable key"] {
            let owners = ["own organization", "another organization", "account", "deployment"];
            rows.extend(owners.map(|on| cell(principal, "-", held, on)));
        }
        let owners = ["own account", "another account", "deployment"];
        rows.extend(owners.map(|on| cell("personal key", "-", held, on)));
        let owners = ["organization", "account", "deployment"];
        rows.extend(owners.map(|on| cell("operator key", "-", held, on)));
        rows.extend(roles.map(|role| cell("personal key", role, held, "organization")));
    }
    rows
}

/// The principal of this word in the table: of organization acme, or user ada.
fn principal(word: &str, held: &str) -> Principal {
    let held: Vec<&str> = held.split(' ').filter(|word| !["none", "-"].contains(word)).collect();
    let key = |key_type, owner| Principal::Key {
        id: key_id(1),
        key_type,
        owner,
        scopes: scopes(&held),
        ends_at: None,
        consistency: Consistency::Fast,
    };
    match word {
        "root" => Principal::Root { id: RootKeyId::of(&KeyDigest::of("root")) },
        "user" => Principal::User { id: id("ada"), asserted: Vec::new() },
        "organization key" => key(KeyType::Secret, organization("acme")),
        "personal key" => key(KeyType::Secret, user("ada")),
        "publishable key" => key(KeyType::Publishable, organization("acme")),
        "operator key" => key(KeyType::Secret, Owner::DEPLOYMENT),
        _ => panic!("{word}"),
    }
}

fn owner(on: &str) -> Owner {
    match on {
        "organization" | "own organization" => organization("acme"),
        "another organization" => organization("globex"),
        "own account" => user("ada"),
        "another account" => user("bob"),
        // It has the id of the organization, which must not make it anybody's.
        "account" => user("acme"),
        "deployment" => Owner::DEPLOYMENT,
        _ => panic!("{on}"),
    }
}

fn word(access: Access) -> String {
    match access {
        Access::Granted => "granted".to_owned(),
        Access::Forbidden => "forbidden".to_owned(),
        Access::NotVisible => "invisible".to_owned(),
        Access::MissingScope(scope) => format!("lacks {scope}"),
    }
}

#[test]
fn every_cell_of_the_table_holds_and_none_is_missing() {
    let file = table();
    let expected = expectations(&file);
    let mut found = BTreeMap::new();
    for row in rows(&scopes_of(&file)) {
        let (caller, role, held, on) = &row;
        for action in Action::ALL {
            let access = authorize(&principal(caller, held), Role::parse(role), action, &owner(on));
            let before = found.insert((row.clone(), action_name(action)), word(access));
            assert_eq!(before, None);
        }
    }
    assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    for (cell, access) in &found {
        assert_eq!(access, &expected[cell], "{cell:?}");
    }
    assert_eq!(file["count"], found.len());
}

#[test]
fn a_service_may_do_what_a_person_may_but_creates_no_organization() {
    let person =
        |id: &str| Principal::User { id: OwnerId::from_external(id).expect("id"), asserted: Vec::new() };
    let (ci, ada) = (person("service:ci"), person("ada"));
    let account = |principal: &Principal| Owner::User(principal.user().expect("user").clone());
    let acme = organization("acme");
    for action in Action::ALL {
        for role in [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)] {
            let of_person = authorize(&ada, role, action, &acme);
            let is_creation = action == Action::CreateOrganization;
            let expected = if is_creation { Access::NotVisible } else { of_person };
            assert_eq!(authorize(&ci, role, action, &acme), expected, "{action:?} {role:?}");
        }
        assert_eq!(authorize(&ci, None, action, &account(&ci)), Access::Granted);
        assert_eq!(authorize(&ci, None, action, &account(&ada)), Access::NotVisible);
        assert_eq!(authorize(&ada, None, action, &account(&ci)), Access::NotVisible);
    }
    // It chooses no ids, so it does not learn which are taken.
    assert_eq!([&ci, &ada].map(authorize_creation), [Access::Forbidden, Access::Granted]);
    for principal in [ci, ada] {
        assert_eq!(may_verify(&principal, false, None), Err(Access::Forbidden));
        let globex = id("globex");
        let member = authorize_verification(&principal, Some(Role::Member), false, Some(&globex));
        let stranger = authorize_verification(&principal, None, false, Some(&globex));
        assert_eq!((member, stranger), (Access::Granted, Access::NotVisible));
    }
}

#[test]
fn table_names_every_action_role_and_scope() {
    let file = table();
    let actions: Vec<&String> = file["actions"].as_object().expect("actions").keys().collect();
    let mut all: Vec<String> = Action::ALL.into_iter().map(action_name).collect();
    all.sort();
    assert_eq!(actions, all.iter().collect::<Vec<_>>());
    let roles: Vec<&str> = ["none"].into_iter().chain(Role::ALL.into_iter().map(Role::as_str)).collect();
    assert_eq!(file["roles"], json!(roles));
    let own =
        [scope::KEYS_READ, scope::KEYS_WRITE, scope::KEYS_VERIFY, scope::MEMBERS_READ, scope::EVENTS_READ];
    let scopes = scopes_of(&file);
    for required in own.into_iter().chain(["*", "none"]) {
        assert!(scopes.iter().any(|scope| scope == required), "{required}");
    }
}

#[test]
fn who_may_grant_scopes_is_as_in_the_table() {
    let file = table();
    let mut cells = 0;
    for row in file["grant"].as_array().expect("rows") {
        let granted: Vec<&str> =
            row["grants"].as_str().expect("grants").split(' ').filter(|scope| *scope != "none").collect();
        for caller in texts(&row["principal"], &[]) {
            for held in texts(&row["holds"], &[]) {
                let may = may_grant(&principal(&caller, &held), &scopes(&granted));
                assert_eq!(row["may"], may, "{caller} holding {held}: {granted:?}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 3 * 2 + 12 * 3 + 6);
}

#[test]
fn role_matters_only_when_there_is_a_person_behind_the_principal() {
    let file = table();
    for (caller, role, held, on) in rows(&scopes_of(&file)) {
        if role != "-" {
            continue;
        }
        for action in Action::ALL {
            let with = |role| authorize(&principal(&caller, &held), role, action, &owner(&on));
            for role in Role::ALL {
                assert_eq!(with(Some(role)), with(None), "{caller} {held} {on} {action:?}");
            }
        }
    }
}

#[test]
fn personal_key_never_may_more_than_its_user_nor_more_with_fewer_scopes() {
    let file = table();
    let roles = [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)];
    for on in ["organization", "own account", "another account"] {
        for (role, action) in roles.iter().flat_map(|role| Action::ALL.map(|action| (*role, action))) {
            let person = authorize(&principal("user", "-"), role, action, &owner(on));
            let star = authorize(&principal("personal key", "*"), role, action, &owner(on));
            assert!(star != Access::Granted || person == Access::Granted);
            for held in scopes_of(&file) {
                let key = authorize(&principal("personal key", &held), role, action, &owner(on));
                assert!(key != Access::Granted || star == Access::Granted);
                // Scopes never change what can be seen.
                assert_eq!(key == Access::NotVisible, star == Access::NotVisible);
            }
        }
    }
}

#[test]
fn higher_role_may_do_all_that_a_lower_one_may() {
    let user = principal("user", "-");
    for action in Action::ALL {
        let granted = Role::ALL
            .map(|role| authorize(&user, Some(role), action, &owner("organization")) == Access::Granted);
        assert!(granted.is_sorted(), "{action:?}");
    }
}

#[test]
fn person_behind_a_principal_is_the_user_or_the_owner_of_a_personal_key() {
    for (word, behind, actor) in [
        ("root", None, Actor::Root { id: RootKeyId::of(&KeyDigest::of("root")) }),
        ("operator key", None, Actor::OperatorKey { id: key_id(1) }),
        ("user", Some("ada"), Actor::User { id: id("ada"), key: None }),
        ("personal key", Some("ada"), Actor::User { id: id("ada"), key: Some(key_id(1)) }),
        ("organization key", None, Actor::Key { id: key_id(1) }),
        ("publishable key", None, Actor::Key { id: key_id(1) }),
    ] {
        let principal = principal(word, "-");
        assert_eq!(principal.user(), behind.map(id).as_ref(), "{word}");
        assert_eq!(principal.actor(), actor, "{word}");
    }
}
