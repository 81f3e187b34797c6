//! Who may do what, as in the table of tests/vectors/policy.v1.json: every cell of it, and no other.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::organization::keeps_an_owner;
use keyward_core::policy::{
    Access, Action, Answer, Joining, action_to_change_member, action_to_read_member, authorize,
    authorize_answer, authorize_creation, authorize_directory, authorize_own_change, authorize_user_deletion,
    may_add_directly, may_grant, may_name_owner, scope, sees_more_than_everybody,
};
use keyward_core::principal::{AssertedMembership, Principal, Role};
use keyward_core::verifier::{OnBehalfOf, Verifier, authorize_verification, may_verify, verifies_as_member};
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

/// Whose keys somebody may verify, in the words of the table.
fn verifies(principal: &Principal, role: &str, of_itself: bool, named: Option<&OwnerId>) -> String {
    let found = may_verify(principal, of_itself, named);
    let access = authorize_verification(principal, Role::parse(role), of_itself, named);
    match (found, access) {
        (Ok(Verifier::Known(OnBehalfOf::Root)), Access::Granted) => "any key".to_owned(),
        (Ok(Verifier::Known(OnBehalfOf::Organization(of))), Access::Granted) => {
            assert_eq!(of, id("acme"));
            "its organization's keys and its members'".to_owned()
        }
        (Ok(Verifier::Known(OnBehalfOf::Itself(of))), Access::Granted) => {
            assert_eq!(of, key_id(1));
            "itself".to_owned()
        }
        (Ok(Verifier::MemberOf { organization, user }), access) => {
            assert_eq!((Some(&organization), user), (named, id("ada")));
            match access {
                Access::Granted => "that organization's keys and its members'".to_owned(),
                access => word(access),
            }
        }
        (Err(access), same) => {
            assert_eq!(access, same);
            word(access)
        }
        (found, access) => panic!("{found:?}, {access:?}"),
    }
}

#[test]
fn who_may_verify_is_as_in_the_table() {
    let file = table();
    let (any, globex) = (scopes_of(&file), id("globex"));
    let mut cells = BTreeSet::new();
    for (table, of_itself, named) in
        [("verify", false, None), ("verify_itself", true, None), ("verify_for", false, Some(&globex))]
    {
        for row in file[table].as_array().expect("rows") {
            let caller = row["principal"].as_str().expect("principal");
            let expected = row["verifies"].as_str().expect("verifies");
            for held in texts(&row["holds"], &any) {
                for role in texts(&row["as"], &[]) {
                    let found = verifies(&principal(caller, &held), &role, of_itself, named);
                    assert_eq!(found, expected, "{caller} {role} {held} {table}");
                    assert!(
                        cells.insert((table, caller, held.clone(), role)),
                        "{caller} {held} {table} twice"
                    );
                }
            }
        }
    }
    // Root, a user, and four kinds of key with each of the scopes; where the role counts, users and personal keys with each.
    assert_eq!(cells.len(), 2 * (2 + 4 * any.len()) + 1 + 4 + (3 + 4) * any.len());
}

#[test]
fn people_and_those_of_their_keys_that_hold_the_scope_verify_as_members() {
    for (caller, held, expected) in [
        ("user", "-", true),
        ("personal key", "keys:verify", true),
        ("personal key", "*", true),
        ("personal key", "keys:read", false),
        ("organization key", "*", false),
        ("operator key", "*", false),
        ("publishable key", "*", false),
        ("root", "-", false),
    ] {
        assert_eq!(verifies_as_member(&principal(caller, held)), expected, "{caller} {held}");
    }
}

#[test]
fn only_a_publishable_key_sees_no_more_than_everybody() {
    for caller in ["root", "operator key", "user", "organization key", "personal key", "publishable key"] {
        assert_eq!(
            sees_more_than_everybody(&principal(caller, "*")),
            caller != "publishable key",
            "{caller}"
        );
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
fn role_is_read_only_from_its_exact_word() {
    for role in Role::ALL {
        assert_eq!(Role::parse(role.as_str()), Some(role));
    }
    for bad in ["", "Owner", "none", "members", " member"] {
        assert_eq!(Role::parse(bad), None, "{bad}");
    }
}

#[test]
fn role_is_the_highest_of_the_stored_and_the_asserted_in_that_organization() {
    let asserted =
        [("acme", Role::Member), ("globex", Role::Owner), ("acme", Role::Admin), ("acme", Role::Member)]
            .map(|(organization, role)| AssertedMembership { organization: id(organization), role });
    let ada = Principal::User { id: id("ada"), asserted: asserted.to_vec() };
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
fn people_and_the_operator_create_organizations_and_only_the_operator_names_owners_and_lists_all() {
    for (caller, held, creates, lists) in [
        ("root", "-", "granted", "granted"),
        ("user", "-", "granted", "invisible"),
        ("operator key", "*", "granted", "granted"),
        ("operator key", "organizations:write", "granted", "lacks organizations:read"),
        ("operator key", "organizations:read", "lacks organizations:write", "granted"),
        ("operator key", "none", "lacks organizations:write", "lacks organizations:read"),
        ("organization key", "*", "forbidden", "invisible"),
        ("personal key", "*", "forbidden", "invisible"),
        ("publishable key", "*", "forbidden", "invisible"),
    ] {
        let principal = principal(caller, held);
        assert_eq!(word(authorize_creation(&principal)), creates, "{caller} {held}");
        assert_eq!(word(authorize_directory(&principal)), lists, "{caller} {held}");
        assert_eq!(may_name_owner(&principal), ["root", "operator key"].contains(&caller), "{caller}");
    }
}

#[test]
fn only_the_operator_deletes_users() {
    for (caller, held, own, another) in [
        ("root", "-", "granted", "granted"),
        ("operator key", "organizations:write", "granted", "granted"),
        ("operator key", "keys:write", "lacks organizations:write", "lacks organizations:write"),
        ("user", "-", "forbidden", "invisible"),
        ("personal key", "*", "forbidden", "invisible"),
        ("organization key", "*", "invisible", "invisible"),
    ] {
        for (on, expected) in [("own account", own), ("another account", another)] {
            let access = authorize_user_deletion(&principal(caller, held), &owner(on));
            assert_eq!(word(access), expected, "{caller} {held} {on}");
        }
    }
}

#[test]
fn ones_own_membership_is_changed_by_the_stored_role_alone() {
    let change = |stored, role, action| {
        word(authorize_own_change(&principal("user", "-"), stored, role, action, &owner("organization")))
    };
    let (member, admin, owner) = (Some(Role::Member), Some(Role::Admin), Some(Role::Owner));
    for (stored, role, changes_members, changes_owners) in [
        (None, None, "invisible", "invisible"),
        (None, owner, "forbidden", "forbidden"),
        (member, owner, "forbidden", "forbidden"),
        (admin, owner, "granted", "forbidden"),
        (owner, owner, "granted", "granted"),
        (admin, admin, "granted", "forbidden"),
    ] {
        assert_eq!(change(stored, role, Action::ChangeMembers), changes_members, "{stored:?} {role:?}");
        assert_eq!(change(stored, role, Action::ChangeOwners), changes_owners, "{stored:?} {role:?}");
    }
}

#[test]
fn an_invitation_is_answered_by_whoever_is_invited_and_withdrawn_by_whoever_could_make_it() {
    let (member, owner_role) = (Some(Role::Member), Some(Role::Owner));
    // Who, with which role, about whom: accepting, and deleting an invitation as member, as owner, or none at all.
    for (caller, role, user, expected) in [
        ("user", None, "ada", ["granted", "granted", "granted", "invisible"]),
        ("user", None, "bob", ["invisible", "invisible", "invisible", "invisible"]),
        ("user", Some(Role::Member), "ada", ["granted", "granted", "granted", "granted"]),
        ("user", Some(Role::Member), "bob", ["forbidden", "forbidden", "forbidden", "forbidden"]),
        ("user", Some(Role::Admin), "bob", ["forbidden", "granted", "forbidden", "granted"]),
        ("user", Some(Role::Owner), "bob", ["forbidden", "granted", "granted", "granted"]),
        ("root", None, "bob", ["forbidden", "granted", "granted", "granted"]),
        ("operator key", None, "bob", ["forbidden", "granted", "granted", "granted"]),
        ("organization key", None, "bob", ["forbidden", "forbidden", "forbidden", "forbidden"]),
        ("personal key", None, "ada", ["invisible", "invisible", "invisible", "invisible"]),
        ("personal key", Some(Role::Owner), "ada", ["forbidden", "forbidden", "forbidden", "forbidden"]),
    ] {
        let answer = |answer, invited| {
            let principal = principal(caller, "*");
            word(authorize_answer(&principal, role, answer, &id(user), invited, &owner("organization")))
        };
        let found = [
            answer(Answer::Accept, member),
            answer(Answer::Delete, member),
            answer(Answer::Delete, owner_role),
            answer(Answer::Delete, None),
        ];
        assert_eq!(found, expected, "{caller} {role:?} {user}");
    }
}

#[test]
fn only_the_operator_adds_members_directly_unless_everybody_does() {
    for caller in ["root", "operator key", "user", "organization key"] {
        let principal = principal(caller, "*");
        let is_operator = ["root", "operator key"].contains(&caller);
        assert_eq!(may_add_directly(&principal, Joining::ByInvitation), is_operator, "{caller}");
        assert!(may_add_directly(&principal, Joining::Directly), "{caller}");
    }
    assert_eq!(Joining::parse("by_invitation"), Some(Joining::default()));
    assert_eq!(Joining::parse("directly"), Some(Joining::Directly));
    assert_eq!(Joining::parse("Directly"), None);
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

#[test]
fn only_an_owner_changes_owners_and_everybody_may_leave() {
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
fn whoever_sees_an_organization_may_read_their_own_membership() {
    assert_eq!(action_to_read_member(true), Action::ReadOrganization);
    assert_eq!(action_to_read_member(false), Action::ReadMembers);
}

#[test]
fn last_owner_can_neither_leave_nor_be_demoted() {
    let roles = [None, Some(Role::Member), Some(Role::Admin), Some(Role::Owner)];
    for before in roles {
        for after in roles {
            let loses_one = before == Some(Role::Owner) && after != Some(Role::Owner);
            assert_eq!(keeps_an_owner(1, before, after), !loses_one, "{before:?} {after:?}");
            assert!(keeps_an_owner(2, before, after), "{before:?} {after:?}");
        }
    }
}
