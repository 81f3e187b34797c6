//! Who learns what of a key.

use keyward_core::Owner;
use keyward_core::verifier::OnBehalfOf;
use keyward_core::verify::Decision::Final;
use keyward_core::verify::Verdict;

use super::{Held, acme, membership, question_of};
use crate::support::{at, key_id, organization, user};

/// A stored key in every state, the scopes to require of it, and the verdict for a caller that sees it.
fn every_state(owner: &Owner) -> [(Held, &'static [&'static str], Verdict); 4] {
    [
        (Held::by(owner).revoked(at(0)), &["orders:read"], Verdict::Revoked),
        (Held::by(owner).expiring(at(0)), &["orders:read"], Verdict::Expired),
        (Held::by(owner), &["keys:read"], Verdict::InsufficientScope),
        (Held::by(owner), &["orders:read"], Verdict::Valid),
    ]
}

#[test]
fn publishable_key_that_asks_about_itself_sees_itself_and_nothing_else() {
    for owner in [organization("acme"), user("ada")] {
        for (held, words, verdict) in every_state(&owner) {
            let itself = question_of(OnBehalfOf::Itself(held.record.id.clone()), None, words);
            assert_eq!(held.decide(&itself, None), Final(verdict));
            let another = question_of(OnBehalfOf::Itself(key_id(9)), None, words);
            assert_eq!(held.decide(&another, Some(true)), Final(Verdict::Unknown));
        }
    }
}

#[test]
fn verdict_is_about_a_visible_key_once_it_is_past_unknown() {
    let visible: Vec<Verdict> =
        Verdict::ALL.into_iter().filter(|verdict| verdict.is_about_a_visible_key()).collect();
    assert_eq!(visible, Verdict::ALL[4..]);
}

#[test]
fn key_of_another_organization_is_unknown_in_every_state() {
    for (held, words, _) in every_state(&organization("globex")) {
        for organization in [None, Some("acme"), Some("globex"), Some("initech")] {
            for is_member in [None, Some(false), Some(true)] {
                let question = question_of(acme(), organization, words);
                assert_eq!(held.decide(&question, is_member), Final(Verdict::Unknown));
            }
        }
    }
}

#[test]
fn personal_key_of_a_user_who_is_not_a_member_is_unknown_in_every_state() {
    for (held, words, _) in every_state(&user("ada")) {
        for organization in [None, Some("acme"), Some("globex")] {
            let question = question_of(acme(), organization, words);
            // Whether it may be seen is decided first, so that not even the number of steps reveals the state.
            assert_eq!(held.decide(&question, None), membership("acme", "ada"));
            assert_eq!(held.decide(&question, Some(false)), Final(Verdict::Unknown));
        }
    }
}

#[test]
fn organization_learns_the_state_of_its_own_keys_and_its_members_keys() {
    for (held, words, verdict) in every_state(&organization("acme")) {
        for organization in [None, Some("acme")] {
            let question = question_of(acme(), organization, words);
            assert_eq!(held.decide(&question, None), Final(verdict));
        }
    }
    for (held, words, verdict) in every_state(&user("ada")) {
        for organization in [None, Some("acme")] {
            let question = question_of(acme(), organization, words);
            assert_eq!(held.decide(&question, Some(true)), Final(verdict));
        }
    }
}

#[test]
fn organization_that_names_another_learns_nothing_about_memberships_there() {
    let question = question_of(acme(), Some("globex"), &["orders:read"]);
    for is_member in [None, Some(false), Some(true)] {
        let own = Held::by(&organization("acme"));
        assert_eq!(own.decide(&question, is_member), Final(Verdict::NotAMember));
    }
    let members = Held::by(&user("ada"));
    assert_eq!(members.decide(&question, Some(true)), Final(Verdict::NotAMember));
    // All that is needed is whether acme may see the key at all.
    assert_eq!(members.decide(&question, None), membership("acme", "ada"));
}

#[test]
fn root_learns_the_state_of_every_key() {
    for owner in [organization("acme"), organization("globex"), user("ada")] {
        for (held, words, verdict) in every_state(&owner) {
            let question = question_of(OnBehalfOf::Root, None, words);
            for is_member in [None, Some(false), Some(true)] {
                assert_eq!(held.decide(&question, is_member), Final(verdict), "{owner}");
            }
        }
    }
}
