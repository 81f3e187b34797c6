//! Whose keys somebody may verify.

use std::collections::BTreeSet;

use keyward_core::OwnerId;
use keyward_core::policy::{Access, sees_more_than_everybody};
use keyward_core::principal::{Principal, Role};
use keyward_core::verifier::{OnBehalfOf, Verifier, authorize_verification, may_verify, verifies_as_member};

use super::{principal, scopes_of, table, texts, word};
use crate::support::{id, key_id};

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
