//! Who makes organizations and users come and go, and who joins an organization, leaves it, or changes a role in it.

use keyward_core::organization::keeps_an_owner;
use keyward_core::policy::{
    Action, Answer, Joining, action_to_change_member, action_to_read_member, authorize_answer,
    authorize_creation, authorize_directory, authorize_own_change, authorize_user_deletion, may_add_directly,
    may_name_owner,
};
use keyward_core::principal::{AssertedMembership, Principal, Role};

use super::{owner, principal, word};
use crate::support::id;

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
