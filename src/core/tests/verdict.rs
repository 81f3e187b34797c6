//! Guarantees of verification: which reason is given, who learns what, and what a rotated ring accepts.

mod learns;
mod reaches;

use keyward_core::verifier::OnBehalfOf;
use keyward_core::verify::Decision::{self, Final};
use keyward_core::verify::{Question, Verdict, authenticate, decide};
use keyward_core::{
    Environment, IssuedKey, Issuer, KeyDigest, KeyRecord, KeyType, Owner, Revocation, Timestamp,
};

use crate::support::{
    OTHER_SEAL_KEY, SEAL_KEY, actor, at, created, deployment, id, issue, issuer, new_key, organization,
    scopes, user,
};

/// A key that holds `orders:read` and `orders:write`, as it was issued and as it is stored.
struct Held {
    issued: IssuedKey,
    record: KeyRecord,
}

impl Held {
    fn of(maker: &Issuer, owner: &Owner) -> Self {
        let issued = issue(maker, KeyType::Secret, owner, 7);
        let record = created(new_key(KeyType::Secret), owner, &issued);
        Self { issued, record }
    }

    fn by(owner: &Owner) -> Self {
        Self::of(&deployment(), owner)
    }

    fn expiring(mut self, expires_at: Timestamp) -> Self {
        self.record.settings.expires_at = Some(expires_at);
        self
    }

    fn revoked(mut self, revoked_at: Timestamp) -> Self {
        self.record.revocation = Some(Revocation { at: revoked_at, by: actor("ada"), reason: None });
        self
    }

    fn decide(&self, question: &Question, is_member: Option<bool>) -> Decision {
        let key = authenticate(self.issued.text(), &deployment()).expect("authentic");
        decide(&key.digest(), Some(&self.record), question, is_member, at(0))
    }
}

fn acme() -> OnBehalfOf {
    OnBehalfOf::Organization(id("acme"))
}

fn question_of(caller: OnBehalfOf, organization: Option<&str>, words: &[&str]) -> Question {
    Question::new(caller, organization.map(id), scopes(words))
}

fn membership(organization: &str, user: &str) -> Decision {
    Decision::NeedsMembership { organization: id(organization), user: id(user) }
}

/// Both halves of a verification in a row, with every fact at hand.
fn verify(
    text: &str,
    record: Option<&KeyRecord>,
    question: &Question,
    is_member: Option<bool>,
    now: Timestamp,
) -> Decision {
    match authenticate(text, &deployment()) {
        Ok(key) => decide(&key.digest(), record, question, is_member, now),
        Err(verdict) => Final(verdict),
    }
}

// Which reason is given.

#[test]
fn cheapest_reason_is_given_for_every_combination_of_faults() {
    // Their order is pinned by the next test.
    let order: Vec<Verdict> = Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Valid).collect();
    let mut first_faults = std::collections::BTreeMap::<&str, u32>::new();
    for chosen in 0..1_u32 << order.len() {
        let faults: Vec<Verdict> =
            (0..).zip(&order).filter(|(bit, _)| chosen >> bit & 1 == 1).map(|(_, fault)| *fault).collect();
        let has = |fault| faults.contains(&fault);

        let environment = if has(Verdict::WrongEnvironment) { Environment::Live } else { Environment::Test };
        let ring = if has(Verdict::Forged) { OTHER_SEAL_KEY } else { SEAL_KEY };
        let mut held = Held::of(&issuer("kw", environment, ring), &user("ada"));
        if has(Verdict::Revoked) {
            held = held.revoked(at(0));
        }
        if has(Verdict::Expired) {
            held = held.expiring(at(0));
        }
        let mut text = held.issued.text().to_owned();
        if has(Verdict::Malformed) {
            let last = text.pop();
            text.push(if last == Some('0') { '1' } else { '0' });
        }
        let record = (!has(Verdict::Unknown)).then_some(&held.record);
        let required: &[&str] =
            if has(Verdict::InsufficientScope) { &["keys:read"] } else { &["orders:read"] };
        let question = question_of(OnBehalfOf::Root, Some("acme"), required);
        let is_member = Some(!has(Verdict::NotAMember));

        let expected = faults.first().copied().unwrap_or(Verdict::Valid);
        *first_faults.entry(expected.as_str()).or_default() += 1;
        assert_eq!(verify(&text, record, &question, is_member, at(0)), Final(expected), "{faults:?}");
    }
    // Every verdict was given, the cheapest most often: 128 of 256, 64, and so on.
    assert_eq!(first_faults.len(), Verdict::ALL.len());
    assert_eq!(first_faults.get("malformed"), Some(&128));
    assert_eq!(first_faults.get("valid"), Some(&1));
}

#[test]
fn verdicts_are_listed_in_the_order_in_which_they_are_checked() {
    assert_eq!(
        Verdict::ALL.map(Verdict::as_str).join(" "),
        "malformed wrong_environment forged unknown revoked expired not_a_member insufficient_scope valid"
    );
}

#[test]
fn text_that_is_not_a_key_is_malformed_whatever_is_wrong_with_it() {
    let text = Held::by(&organization("acme")).issued.text().to_owned();
    let longer = format!("{text}0");
    let padded = format!(" {text}");
    let unknown_version = text.replacen("_1", "_2", 1);
    for bad in ["", "kw", "hello world", "kw_sk_test_", &longer, &padded, &unknown_version, &"x".repeat(129)]
    {
        assert_eq!(authenticate(bad, &deployment()).err(), Some(Verdict::Malformed), "{bad}");
    }
    assert!(authenticate(&text, &deployment()).is_ok());
}

#[test]
fn key_of_another_brand_or_environment_is_refused_even_when_the_seal_key_is_ours() {
    for (brand, environment) in [
        ("kw", Environment::Live),
        ("kx", Environment::Test),
        ("k9shop", Environment::Test),
        ("kwx", Environment::Test),
        ("acme", Environment::Live),
    ] {
        let foreign = Held::of(&issuer(brand, environment, SEAL_KEY), &organization("acme"));
        let refusal = authenticate(foreign.issued.text(), &deployment()).err();
        assert_eq!(refusal, Some(Verdict::WrongEnvironment), "{brand} {environment:?}");
    }
}

#[test]
fn dates_take_effect_in_their_own_millisecond() {
    let question = question_of(OnBehalfOf::Root, None, &[]);
    let acme = organization("acme");
    for (date, revoked, expired) in [
        (at(-1), Verdict::Revoked, Verdict::Expired),
        (at(0), Verdict::Revoked, Verdict::Expired),
        (at(1), Verdict::Valid, Verdict::Valid),
    ] {
        assert_eq!(Held::by(&acme).revoked(date).decide(&question, None), Final(revoked));
        assert_eq!(Held::by(&acme).expiring(date).decide(&question, None), Final(expired));
    }
}

#[test]
fn key_has_to_hold_every_required_scope() {
    let mut held = Held::by(&organization("acme"));
    for (words, verdict) in [
        (&[][..], Verdict::Valid),
        (&["orders:read"], Verdict::Valid),
        (&["orders:read", "orders:write"], Verdict::Valid),
        (&["orders:read", "orders:delete"], Verdict::InsufficientScope),
        (&["orders"], Verdict::InsufficientScope),
        (&["*"], Verdict::InsufficientScope),
    ] {
        let question = question_of(OnBehalfOf::Root, None, words);
        assert_eq!(held.decide(&question, None), Final(verdict), "{words:?}");
    }
    held.record.settings.scopes = scopes(&["*"]);
    let question = question_of(OnBehalfOf::Root, None, &["orders:read", "anything", "*"]);
    assert_eq!(held.decide(&question, None), Final(Verdict::Valid));
}

// What is stored for the key.

#[test]
fn record_with_another_digest_is_unknown() {
    let mut held = Held::by(&organization("acme")).revoked(at(0));
    let question = question_of(OnBehalfOf::Root, None, &[]);
    assert_eq!(held.decide(&question, None), Final(Verdict::Revoked));
    held.record.digest = KeyDigest::of("another text");
    assert_eq!(held.decide(&question, None), Final(Verdict::Unknown));
    let mut hex = held.issued.digest().to_hex();
    let last = hex.pop();
    hex.push(if last == Some('0') { '1' } else { '0' });
    held.record.digest = KeyDigest::from_hex(&hex).expect("a digest");
    assert_eq!(held.decide(&question, None), Final(Verdict::Unknown));
}

#[test]
fn key_without_a_record_is_unknown_to_everybody_and_needs_no_membership() {
    for owner in [organization("acme"), organization("globex"), user("ada")] {
        let held = Held::by(&owner);
        for caller in [OnBehalfOf::Root, acme()] {
            for organization in [None, Some("acme"), Some("globex")] {
                let question = question_of(caller.clone(), organization, &["keys:read"]);
                let found = verify(held.issued.text(), None, &question, None, at(0));
                assert_eq!(found, Final(Verdict::Unknown));
            }
        }
    }
}

// Rotation of the seal key.

#[test]
fn rotated_ring_accepts_old_keys_and_refuses_those_of_a_removed_seal_key() {
    let (old, new) = (SEAL_KEY, OTHER_SEAL_KEY);
    let with = |ring: &str| issuer("kw", Environment::Test, ring);
    let both = format!("{new},{old}");
    let acme = organization("acme");
    let before = Held::of(&with(old), &acme);
    let during = Held::of(&with(&both), &acme);
    for (ring, old_key, new_key) in
        [(old, None, Some(Verdict::Forged)), (both.as_str(), None, None), (new, Some(Verdict::Forged), None)]
    {
        assert_eq!(authenticate(before.issued.text(), &with(ring)).err(), old_key, "{ring}");
        assert_eq!(authenticate(during.issued.text(), &with(ring)).err(), new_key, "{ring}");
    }
    // An old key is not only authentic: the store still knows it.
    let key = authenticate(before.issued.text(), &with(&both)).expect("authentic");
    let question = question_of(OnBehalfOf::Root, None, &["orders:read"]);
    let decision = decide(&key.digest(), Some(&before.record), &question, None, at(0));
    assert_eq!(decision, Final(Verdict::Valid));
}
