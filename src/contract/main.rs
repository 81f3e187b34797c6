//! Writes the contract from the code: the OpenAPI document, and who may do what. `npm run contract` runs it; the test
//! below fails when it has to be run again.

mod access;
mod openapi;
mod schemas;

use std::path::PathBuf;
use std::process::ExitCode;

type MakeText = fn() -> Result<String, String>;

/// The files to write, from the project's root, and what makes their text.
const FILES: [(&str, MakeText); 3] = [
    ("www/openapi.json", openapi::document),
    ("docs/ACCESS.md", access::page),
    ("tests/http/access.json", access::data),
];

fn path(file: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).join(file)
}

fn write() -> Result<(), String> {
    for (file, text) in FILES {
        std::fs::write(path(file), text()?).map_err(|error| format!("{file} cannot be written: {error}"))?;
    }
    Ok(())
}

fn main() -> ExitCode {
    match write() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("{why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_contract_is_up_to_date() {
        for (file, text) in FILES {
            let written = std::fs::read_to_string(path(file)).unwrap_or_default();
            let is_current = written == text().expect("a contract without contradictions");
            assert!(is_current, "{file} is out of date: run `npm run contract`");
        }
    }
}
