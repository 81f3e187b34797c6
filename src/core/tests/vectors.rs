//! The shared vectors of tests/vectors hold for this implementation.
#![expect(
    clippy::cast_possible_truncation,
    clippy::similar_names,
    reason = "the numbers of vectors are small; issuer and issued are what they are called"
)]

use keyward_core::scan::keys_in;
use keyward_core::{
    Brand, Entropy, EntropyError, Environment, Issuer, KeyRing, Kind, Owner, ParseKeyError, WellFormedKey,
};
use serde_json::Value;

use crate::support::{organization, user, vectors};

struct Scripted(Vec<u8>);

impl Entropy for Scripted {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let taken = bytes.len();
        bytes.copy_from_slice(self.0.get(..taken).ok_or(EntropyError)?);
        self.0.drain(..taken);
        Ok(())
    }
}

fn text<'a>(case: &'a Value, field: &str) -> &'a str {
    case[field].as_str().unwrap_or_else(|| panic!("{field} in {case}"))
}

fn owner(text: &str) -> Owner {
    match text.split_once(':') {
        Some(("organization", id)) => organization(id),
        Some(("user", id)) => user(id),
        _ => panic!("{text} is not an owner"),
    }
}

#[test]
fn issued_keys_are_reproduced_from_their_inputs() {
    let file = vectors("issue.v1.json");
    let ring = KeyRing::parse(text(&file, "seal_key_hex")).expect("ring");
    let cases = file["cases"].as_array().expect("cases");
    assert_eq!(cases.len(), 12);
    for case in cases {
        let kind = Kind::ALL.into_iter().find(|kind| kind.as_str() == text(case, "kind")).expect("kind");
        let issuer = Issuer {
            brand: Brand::parse(text(case, "brand")).expect("brand"),
            environment: Environment::parse(text(case, "environment")).expect("environment"),
            ring: ring.clone(),
        };
        let mut entropy = Scripted(hex::decode(text(case, "random_hex")).expect("hex"));
        let owner = owner(text(case, "owner"));
        let issued = issuer.issue(kind, &owner, &mut entropy).expect("entropy");
        assert_eq!(issued.text(), text(case, "key"));
        assert_eq!(issued.redacted(), text(case, "redacted"));
        assert_eq!(issued.digest().to_hex(), text(case, "digest"));

        let key =
            WellFormedKey::parse(issued.text()).expect("well-formed").authenticate(&ring).expect("sealed");
        assert_eq!(key.ledger(), owner.ledger());
        assert_eq!(key.ledger().as_str(), text(case, "ledger"));
        assert!(issued.text().ends_with(&format!("{}{}", text(case, "seal"), text(case, "checksum"))));
        let other = KeyRing::parse(&"00".repeat(32)).expect("ring");
        assert!(WellFormedKey::parse(issued.text()).expect("well-formed").authenticate(&other).is_none());
    }
}

fn input(case: &Value) -> String {
    if let Some(units) = case["utf16"].as_array() {
        let units: Vec<u16> = units.iter().map(|unit| unit.as_u64().expect("unit") as u16).collect();
        return String::from_utf16_lossy(&units);
    }
    match case.get("repeat") {
        Some(repeat) => text(repeat, "text").repeat(repeat["times"].as_u64().expect("times") as usize),
        None => text(case, "input").to_owned(),
    }
}

fn expected(error: &Value) -> Value {
    let mut all = serde_json::json!({"code": null, "index": null, "expected": null, "actual": null});
    for (name, value) in error.as_object().expect("error") {
        all[name] = value.clone();
    }
    all
}

fn described(error: ParseKeyError) -> Value {
    let mut all = serde_json::json!({"code": error.code(), "index": null, "expected": null, "actual": null});
    match error {
        ParseKeyError::BadCharacter { index } => all["index"] = index.into(),
        ParseKeyError::BadLength { expected, actual } => {
            all["expected"] = expected.into();
            all["actual"] = actual.into();
        }
        _ => {}
    }
    all
}

#[test]
fn every_text_is_read_or_refused_as_in_the_vectors() {
    let file = vectors("parse.v1.json");
    let cases = file["cases"].as_array().expect("cases");
    assert_eq!(cases.len() as u64, file["count"].as_u64().expect("count"));
    for case in cases {
        let id = text(case, "id");
        let input = input(case);
        match (WellFormedKey::parse(&input), case.get("ok"), case.get("error")) {
            (Ok(key), Some(ok), None) => {
                assert_eq!(key.brand(), text(ok, "brand"), "{id}");
                assert_eq!(key.kind().as_str(), text(ok, "kind"), "{id}");
                assert_eq!(key.environment().as_str(), text(ok, "environment"), "{id}");
                assert_eq!(u64::from(key.version()), ok["version"].as_u64().expect("version"), "{id}");
                assert_eq!(key.ledger().as_str(), text(ok, "ledger"), "{id}");
                assert_eq!(key.redacted().to_string(), text(ok, "redacted"), "{id}");
                assert_eq!(key.digest().to_hex(), text(ok, "digest"), "{id}");
            }
            (Err(error), None, Some(refusal)) => assert_eq!(described(error), expected(refusal), "{id}"),
            (outcome, ..) => panic!("{id}: {outcome:?}"),
        }
    }
}

#[test]
fn every_error_code_has_a_vector() {
    let file = vectors("parse.v1.json");
    let found: std::collections::BTreeSet<&str> = file["cases"]
        .as_array()
        .expect("cases")
        .iter()
        .filter_map(|case| case["error"]["code"].as_str())
        .collect();
    let all = [
        "key.bad_character",
        "key.bad_checksum",
        "key.bad_length",
        "key.bad_prefix",
        "key.empty",
        "key.too_long",
        "key.unknown_version",
    ];
    assert_eq!(found.into_iter().collect::<Vec<_>>(), all);
}

#[test]
fn every_single_character_change_and_every_swap_of_neighbours_is_refused() {
    let file = vectors("parse.v1.json");
    let others: Vec<u8> = (0..128).collect();
    for key in file["every_change_of"].as_array().expect("keys") {
        let key = key.as_str().expect("text").as_bytes();
        for index in 0..key.len() {
            for other in others.iter().filter(|other| **other != key[index]) {
                let mut changed = key.to_vec();
                changed[index] = *other;
                let changed = String::from_utf8(changed).expect("ASCII");
                assert!(WellFormedKey::parse(&changed).is_err(), "{changed}");
            }
            if index > 0 && key[index] != key[index - 1] {
                let mut swapped = key.to_vec();
                swapped.swap(index, index - 1);
                let swapped = String::from_utf8(swapped).expect("ASCII");
                assert!(WellFormedKey::parse(&swapped).is_err(), "{swapped}");
            }
        }
    }
}

#[test]
fn keys_are_found_in_text_whole_and_damaged() {
    let file = vectors("scan.v1.json");
    let cases = file["cases"].as_array().expect("cases");
    assert_eq!(Some(cases.len() as u64), file["count"].as_u64());
    for case in cases {
        let found: Vec<Value> = keys_in(text(case, "text"))
            .map(|(start, key)| {
                let redacted = key.redacted().to_string();
                let end = start + key.len();
                serde_json::json!({ "start": start, "end": end, "redacted": redacted, "damaged": key.is_damaged() })
            })
            .collect();
        assert_eq!(Value::Array(found), case["found"], "{}", text(case, "id"));
    }
}
