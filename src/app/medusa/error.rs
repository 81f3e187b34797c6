//! Problems, as Medusa's clients know them: a status, and `{type, message}`.

use keyward_core::ErrorCode;
use serde::Serialize;

use crate::problem::{FieldProblem, Problem};

/// An error, as Medusa answers it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Refusal {
    #[serde(skip)]
    /// The status of the response.
    pub status: u16,
    /// Which kind it is.
    #[serde(rename = "type")]
    kind: &'static str,
    /// What is wrong, for people.
    message: String,
}

impl From<&Problem> for Refusal {
    fn from(problem: &Problem) -> Self {
        use ErrorCode as Code;
        let (status, kind) = match problem.code {
            Code::AuthMalformed | Code::AuthInvalid | Code::AuthMissing => (401, "unauthorized"),
            Code::KeyAlreadyRevoked => (400, "invalid_data"),
            Code::AuthOtherCaller => (409, "conflict"),
            code => match code.status() {
                400 | 415 => (400, "invalid_data"),
                403 => (403, "forbidden"),
                404 => (404, "not_found"),
                409 => (400, "not_allowed"),
                405 => (405, "not_allowed"),
                status @ (413 | 422) => (status, "invalid_data"),
                status => (status, "unknown_error"),
            },
        };
        Self { status, kind, message: message(problem) }
    }
}

fn message(problem: &Problem) -> String {
    if let Some(detail) = &problem.detail {
        return detail.clone().into_owned();
    }
    match problem.code {
        ErrorCode::AuthInvalid | ErrorCode::AuthMissing => "Unauthorized".to_owned(),
        ErrorCode::KeyAlreadyRevoked => "There are 1 secret keys that are already revoked.".to_owned(),
        code if problem.errors.is_empty() => code.title().to_owned(),
        _ => {
            let faults: Vec<String> = problem.errors.iter().map(of_field).collect();
            ["Invalid request: ", &faults.join("; ")].concat()
        }
    }
}

/// What is wrong with a field or a parameter.
fn of_field(FieldProblem { pointer, detail }: &FieldProblem) -> String {
    let name = pointer.trim_start_matches(['/', '?']);
    if name.is_empty() { format!("The body {detail}") } else { format!("Field '{name}' {detail}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_problem_has_a_type_that_goes_with_its_status() {
        for code in ErrorCode::ALL {
            let refusal = Refusal::from(&Problem::new(*code));
            let expected: &[&str] = match refusal.status {
                400 => &["invalid_data", "not_allowed"],
                401 => &["unauthorized"],
                403 => &["forbidden"],
                404 => &["not_found"],
                405 => &["not_allowed"],
                409 => &["conflict"],
                413 | 422 => &["invalid_data"],
                500 | 503 | 507 => &["unknown_error"],
                other => panic!("{code:?}: {other}"),
            };
            assert!(expected.contains(&refusal.kind) && !refusal.message.is_empty(), "{refusal:?}");
        }
    }
}
