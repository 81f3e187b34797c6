//! The short form: a few seeds, every time the same.

use super::*;

#[test]
fn a_run_is_the_same_byte_for_byte_when_its_seed_is_run_again() {
    for seed in 1..=2 {
        assert_eq!(simulate(seed, 100, None), simulate(seed, 100, None));
    }
}

#[test]
fn every_answer_is_as_the_ledgers_were_at_its_as_of_whatever_fails() {
    for seed in 1..=20 {
        let outcome = simulate(seed, 300, None);
        if let Some(violation) = outcome.violation {
            panic!("seed {seed}, {}: {violation}", outcome.faults);
        }
    }
}
