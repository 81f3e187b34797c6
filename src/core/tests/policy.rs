//! Who may do what, as the table in tests/vectors/policy.v1.json says: every cell of it, and no cell beside it.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, which is what it is for"
)]

mod support;

use std::collections::BTreeMap;

use keyward_core::organization::keeps_an_owner;
use keyward_core::policy::{
    Action, Permission, action_to_change_member, may_grant, may_name_owner, may_verify, permit,
    permit_to_put, scope,
};
use keyward_core::principal::{Claim, Principal, Role};
use keyward_core::verify::Asker;
use keyward_core::{Actor, KeyType, Owner};
use serde_json::{Value, json};
use support::{id, key_id, organization, scopes, user, vectors};

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
                            let word = match file["actions"][action].as_str() {
                                Some(scope) if *word == "lacks_scope" => format!("lacks {scope}"),
                                _ => (*word).to_owned(),
                            };
                            let before = cells.insert((cell.clone(), action.clone()), word);
                            assert_eq!(before, None, "{cell:?} {action} stands in the table twice");
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
    rows.extend(["organization", "account"].map(|on| cell("root", "-", "-", on)));
    rows.extend(["own account", "another account"].map(|on| cell("user", "-", "-", on)));
    rows.extend(roles.map(|role| cell("user", role, "-", "organization")));
    for held in all_scopes {
        for principal in ["organization key", "publishable key"] {
            let owners = ["own organization", "another organization", "account"];
            rows.extend(owners.map(|on| cell(principal, "-", held, on)));
        }
        rows.extend(["own account", "another account"].map(|on| cell("personal key", "-", held, on)));
        rows.extend(roles.map(|role| cell("personal key", role, held, "organization")));
    }
    rows
}

/// The principal that a word of the table stands for: of organization acme, or user ada.
fn principal(word: &str, held: &str) -> Principal {
    let held: Vec<&str> = held.split(' ').filter(|word| !["none", "-"].contains(word)).collect();
    let key = |key_type, owner| Principal::Key { id: key_id(1), key_type, owner, scopes: scopes(&held) };
    match word {
        "root" => Principal::Root,
        "user" => Principal::User { id: id("ada"), claims: Vec::new() },
        "organization key" => key(KeyType::Secret, organization("acme")),
        "personal key" => key(KeyType::Secret, user("ada")),
        "publishable key" => key(KeyType::Publishable, organization("acme")),
        _ => panic!("{word}"),
    }
}

fn owner(on: &str) -> Owner {
    match on {
        "organization" | "own organization" => organization("acme"),
        "another organization" => organization("globex"),
        "own account" => user("ada"),
        "another account" => user("bob"),
        // Of the same id as the organization, which must not make it anybody's.
        "account" => user("acme"),
        _ => panic!("{on}"),
    }
}

fn word(permission: Permission) -> String {
    match permission {
        Permission::Granted => "granted".to_owned(),
        Permission::Forbidden => "forbidden".to_owned(),
        Permission::Invisible => "invisible".to_owned(),
        Permission::Taken => "taken".to_owned(),
        Permission::LacksScope(scope) => format!("lacks {scope}"),
    }
}

#[test]
fn every_cell_of_the_table_holds_and_none_is_missing() {
    let file = table();
    let expected = expectations(&file);
    let mut found = BTreeMap::new();
    for row in rows(&scopes_of(&file)) {
        let (word_for_principal, role, held, on) = &row;
        for action in Action::ALL {
            let permission =
                permit(&principal(word_for_principal, held), Role::parse(role), action, &owner(on));
            let before = found.insert((row.clone(), action_name(action)), word(permission));
            assert_eq!(before, None);
        }
    }
    assert_eq!(expected.keys().collect::<Vec<_>>(), found.keys().collect::<Vec<_>>());
    for (cell, permission) in &found {
        assert_eq!(permission, &expected[cell], "{cell:?}");
    }
    assert_eq!(found.len(), 1_144);
    assert_eq!(file["count"], found.len());
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
    for asked_for in own.into_iter().chain(["*", "none"]) {
        assert!(scopes.iter().any(|scope| scope == asked_for), "{asked_for}");
    }
}

#[test]
fn keys_verify_as_the_table_says() {
    let file = table();
    let any = scopes_of(&file);
    let mut cells = 0;
    for row in file["verify"].as_array().expect("rows") {
        let principal_word = row["principal"].as_str().expect("principal");
        for held in texts(&row["holds"], &any) {
            let expected = row["verifies"].as_str().expect("verifies");
            let found = match may_verify(&principal(principal_word, &held)) {
                Ok(Asker::Root) => "any key".to_owned(),
                Ok(Asker::Organization(of)) => {
                    assert_eq!(of, id("acme"));
                    "its organization's keys and its members'".to_owned()
                }
                Err(permission) => word(permission),
            };
            assert_eq!(found, expected, "{principal_word} {held}");
            cells += 1;
        }
    }
    // Root, a user, and three kinds of key with each of eight.
    assert_eq!(cells, 2 + 3 * any.len());
}

#[test]
fn scopes_are_granted_as_the_table_says() {
    let file = table();
    let mut cells = 0;
    for row in file["grant"].as_array().expect("rows") {
        let granted: Vec<&str> =
            row["grants"].as_str().expect("grants").split(' ').filter(|scope| *scope != "none").collect();
        for principal_word in texts(&row["principal"], &[]) {
            for held in texts(&row["holds"], &[]) {
                let may = may_grant(&principal(&principal_word, &held), &scopes(&granted));
                assert_eq!(row["may"], may, "{principal_word} holding {held}: {granted:?}");
                cells += 1;
            }
        }
    }
    assert_eq!(cells, 3 * 2 + 12 * 2 + 6);
}

#[test]
fn role_counts_only_where_a_person_stands_behind_the_principal() {
    let file = table();
    for (word_for_principal, role, held, on) in rows(&scopes_of(&file)) {
        if role != "-" {
            continue;
        }
        for action in Action::ALL {
            let with = |role| permit(&principal(&word_for_principal, &held), role, action, &owner(&on));
            for role in Role::ALL {
                assert_eq!(with(Some(role)), with(None), "{word_for_principal} {held} {on} {action:?}");
            }
        }
    }
}

#[test]
fn key_never_does_more_than_its_user_and_never_more_with_fewer_scopes() {
    let file = table();
    let roles = [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)];
    for on in ["organization", "own account", "another account"] {
        for (role, action) in roles.iter().flat_map(|role| Action::ALL.map(|action| (*role, action))) {
            let person = permit(&principal("user", "-"), role, action, &owner(on));
            let star = permit(&principal("personal key", "*"), role, action, &owner(on));
            assert!(star != Permission::Granted || person == Permission::Granted);
            for held in scopes_of(&file) {
                let key = permit(&principal("personal key", &held), role, action, &owner(on));
                assert!(key != Permission::Granted || star == Permission::Granted);
                // Scopes never change what can be seen.
                assert_eq!(key == Permission::Invisible, star == Permission::Invisible);
            }
        }
    }
}

#[test]
fn later_role_may_all_that_an_earlier_one_may() {
    let user = principal("user", "-");
    for action in Action::ALL {
        let granted = Role::ALL
            .map(|role| permit(&user, Some(role), action, &owner("organization")) == Permission::Granted);
        assert!(granted.is_sorted(), "{action:?}");
    }
}

#[test]
fn roles_are_read_by_their_word_only() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
        assert_eq!(serde_json::to_value(role).expect("JSON"), role.as_str());
    }
    for bad in ["", "Owner", "none", "members", " member"] {
        assert_eq!(Role::parse(bad), None, "{bad}");
    }
}

#[test]
fn role_is_the_highest_of_the_stored_and_the_claimed_of_that_organization() {
    let claim = |organization, role| Claim { organization: id(organization), role };
    let claims = vec![
        claim("acme", Role::Member),
        claim("globex", Role::Owner),
        claim("acme", Role::Admin),
        claim("acme", Role::Member),
    ];
    let ada = Principal::User { id: id("ada"), claims };
    assert_eq!(ada.role_in(&id("acme"), None), Some(Role::Admin));
    assert_eq!(ada.role_in(&id("acme"), Some(Role::Member)), Some(Role::Admin));
    assert_eq!(ada.role_in(&id("acme"), Some(Role::Owner)), Some(Role::Owner));
    assert_eq!(ada.role_in(&id("globex"), None), Some(Role::Owner));
    assert_eq!(ada.role_in(&id("initech"), None), None);
    assert_eq!(ada.role_in(&id("initech"), Some(Role::Member)), Some(Role::Member));
    for other in ["root", "organization key", "personal key", "publishable key"] {
        for stored in [None, Some(Role::Admin)] {
            assert_eq!(principal(other, "*").role_in(&id("acme"), stored), stored, "{other}");
        }
    }
}

#[test]
fn who_may_create_an_organization_learns_that_its_id_is_taken_and_nobody_else_does() {
    for (asking, role, creates, renames) in [
        ("root", None, "granted", "granted"),
        ("user", None, "granted", "taken"),
        ("user", Some(Role::Member), "granted", "forbidden"),
        ("user", Some(Role::Admin), "granted", "granted"),
        ("user", Some(Role::Owner), "granted", "granted"),
        ("organization key", None, "forbidden", "forbidden"),
        ("publishable key", None, "forbidden", "forbidden"),
        ("personal key", None, "invisible", "invisible"),
        ("personal key", Some(Role::Owner), "forbidden", "forbidden"),
    ] {
        let put = |exists| word(permit_to_put(&principal(asking, "*"), role, exists, &owner("organization")));
        if role.is_none() {
            assert_eq!(put(false), creates, "{asking}");
        }
        assert_eq!(put(true), renames, "{asking} {role:?}");
        assert_eq!(may_name_owner(&principal(asking, "*")), asking == "root");
    }
}

#[test]
fn person_behind_a_principal_is_the_user_or_the_owner_of_a_personal_key() {
    for (word, behind, actor) in [
        ("root", None, Actor::Root),
        ("user", Some("ada"), Actor::User(id("ada"))),
        ("personal key", Some("ada"), Actor::Key(key_id(1))),
        ("organization key", None, Actor::Key(key_id(1))),
        ("publishable key", None, Actor::Key(key_id(1))),
    ] {
        let principal = principal(word, "-");
        assert_eq!(principal.user(), behind.map(id).as_ref(), "{word}");
        assert_eq!(principal.actor(), actor, "{word}");
    }
}

#[test]
fn what_touches_an_owner_takes_an_owner_and_leaving_takes_nobody_else() {
    use Action::{ChangeMembers, ChangeOwners, Leave};
    let (member, admin, owner) = (Some(Role::Member), Some(Role::Admin), Some(Role::Owner));
    for (before, after, of_another, of_oneself) in [
        (None, member, ChangeMembers, ChangeMembers),
        (None, admin, ChangeMembers, ChangeMembers),
        (None, owner, ChangeOwners, ChangeOwners),
        (member, admin, ChangeMembers, ChangeMembers),
        (member, owner, ChangeOwners, ChangeOwners),
        (admin, member, ChangeMembers, ChangeMembers),
        (admin, owner, ChangeOwners, ChangeOwners),
        (owner, member, ChangeOwners, ChangeOwners),
        (owner, admin, ChangeOwners, ChangeOwners),
        (owner, owner, ChangeOwners, ChangeOwners),
        (None, None, ChangeMembers, Leave),
        (member, None, ChangeMembers, Leave),
        (admin, None, ChangeMembers, Leave),
        (owner, None, ChangeOwners, Leave),
    ] {
        assert_eq!(action_to_change_member(before, after, false), of_another, "{before:?} {after:?}");
        assert_eq!(action_to_change_member(before, after, true), of_oneself, "{before:?} {after:?}");
    }
}

#[test]
fn last_owner_can_neither_leave_nor_be_lowered() {
    let roles = [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)];
    for before in roles {
        for after in roles {
            let loses_one = before == Some(Role::Owner) && after != Some(Role::Owner);
            assert_eq!(keeps_an_owner(1, before, after), !loses_one, "{before:?} {after:?}");
            assert!(keeps_an_owner(2, before, after), "{before:?} {after:?}");
        }
    }
}
