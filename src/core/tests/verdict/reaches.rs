//! Where a key reaches, and when a membership is needed to say so.

use keyward_core::verifier::OnBehalfOf;
use keyward_core::verify::Decision::Final;
use keyward_core::verify::Verdict;

use super::{Held, acme, membership, question_of};
use crate::support::{at, id, organization, user};

#[test]
fn organization_key_reaches_only_its_own_organization_whatever_the_memberships() {
    let held = Held::by(&organization("acme"));
    for is_member in [None, Some(false), Some(true)] {
        let own = question_of(OnBehalfOf::Root, Some("acme"), &[]);
        assert_eq!(held.decide(&own, is_member), Final(Verdict::Valid));
        let other = question_of(OnBehalfOf::Root, Some("globex"), &[]);
        assert_eq!(held.decide(&other, is_member), Final(Verdict::NotAMember));
    }
}

#[test]
fn personal_key_reaches_where_its_user_is_a_member() {
    let held = Held::by(&user("ada"));
    let question = question_of(OnBehalfOf::Root, Some("globex"), &[]);
    assert_eq!(held.decide(&question, None), membership("globex", "ada"));
    assert_eq!(held.decide(&question, Some(true)), Final(Verdict::Valid));
    assert_eq!(held.decide(&question, Some(false)), Final(Verdict::NotAMember));
}

#[test]
fn user_and_organization_with_the_same_id_are_not_confused() {
    let held = Held::by(&user("acme"));
    let question = question_of(acme(), None, &[]);
    assert_eq!(held.decide(&question, None), membership("acme", "acme"));
    assert_eq!(held.decide(&question, Some(false)), Final(Verdict::Unknown));
    let question = question_of(OnBehalfOf::Root, Some("acme"), &[]);
    assert_eq!(held.decide(&question, Some(false)), Final(Verdict::NotAMember));
}

#[test]
fn membership_is_needed_only_when_revocation_and_expiry_do_not_decide() {
    let question = question_of(OnBehalfOf::Root, Some("acme"), &["keys:read"]);
    let ada = user("ada");
    let revoked = Held::by(&ada).revoked(at(0)).expiring(at(0));
    assert_eq!(revoked.decide(&question, None), Final(Verdict::Revoked));
    assert_eq!(Held::by(&ada).expiring(at(0)).decide(&question, None), Final(Verdict::Expired));
    // Membership comes before scopes.
    assert_eq!(Held::by(&ada).decide(&question, None), membership("acme", "ada"));
    assert_eq!(Held::by(&ada).decide(&question, Some(false)), Final(Verdict::NotAMember));
}

#[test]
fn organization_that_names_none_means_itself() {
    assert_eq!(question_of(acme(), None, &[]).organization, Some(id("acme")));
    assert_eq!(question_of(acme(), Some("globex"), &[]).organization, Some(id("globex")));
    assert_eq!(question_of(OnBehalfOf::Root, None, &[]).organization, None);
    assert_eq!(question_of(OnBehalfOf::Root, Some("acme"), &[]).organization, Some(id("acme")));
}
