//! The list of problem codes is the one that tests/vectors/problems.v1.json shares with the docs and the HTTP tests.

use std::collections::BTreeSet;

use keyward_core::{ErrorCode, ParseKeyError};
use serde_json::{Value, json};

use crate::support;

#[test]
fn problem_codes_are_those_of_the_shared_list_in_its_order() {
    let shared = support::vectors("problems.v1.json");
    let shared = shared.as_array().expect("a list");
    let own: Vec<Value> = ErrorCode::ALL
        .iter()
        .map(|code| json!({"code": code.as_str(), "status": code.status(), "title": code.title()}))
        .collect();
    // One by one first: the message then names the one that differs.
    for (own, shared) in own.iter().zip(shared) {
        assert_eq!(own, shared);
    }
    assert_eq!(own.len(), shared.len());
}

#[test]
fn problem_codes_are_unique_and_of_the_form_area_dot_reason() {
    let snake = |word: &str| {
        word.split('_').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase()))
    };
    let mut seen = BTreeSet::new();
    for code in ErrorCode::ALL.iter().map(|code| code.as_str()) {
        let (area, reason) = code.split_once('.').expect("a dot");
        assert!(snake(area) && snake(reason), "{code}");
        assert!(seen.insert(code), "{code} is listed twice");
    }
    assert_eq!(ErrorCode::ALL.iter().collect::<BTreeSet<_>>().len(), seen.len());
}

#[test]
fn no_problem_code_is_also_a_code_of_the_parser() {
    let parsers = [
        ParseKeyError::Empty,
        ParseKeyError::TooLong,
        ParseKeyError::BadCharacter { index: 0 },
        ParseKeyError::BadPrefix,
        ParseKeyError::UnknownVersion,
        ParseKeyError::BadLength { expected: 0, actual: 0 },
        ParseKeyError::BadChecksum,
    ];
    for code in parsers.iter().map(ParseKeyError::code) {
        assert!(ErrorCode::ALL.iter().all(|problem| problem.as_str() != code), "{code}");
    }
}

#[test]
fn problems_have_a_status_of_the_contract_and_a_sentence_for_people() {
    for code in ErrorCode::ALL {
        let statuses = [400, 401, 403, 404, 405, 409, 413, 415, 422, 429, 500, 503, 507];
        assert!(statuses.contains(&code.status()), "{code:?}");
        let title = code.title();
        assert!(
            title.starts_with(|first: char| first.is_ascii_uppercase()) && title.ends_with('.'),
            "{title}"
        );
    }
    let titles: BTreeSet<&str> = ErrorCode::ALL.iter().map(|code| code.title()).collect();
    assert_eq!(titles.len(), ErrorCode::ALL.len());
}
