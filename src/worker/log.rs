//! Structured log lines: one JSON object each, for people who operate a deployment. None ever holds a key, a digest,
//! a seal key, or text that a client sent.

use std::fmt::Display;

use serde_json::json;

/// One answered request.
#[derive(Debug)]
pub(crate) struct Answered<'a> {
    /// The request's id, which its answer carries too.
    pub request_id: &'a str,
    /// The operation, not the path: a path may hold what a client mistook for an id.
    pub operation: &'a str,
    /// The answer's status.
    pub status: u16,
    /// The problem's code, if it was one.
    pub code: Option<&'a str>,
    /// Milliseconds until the answer; whole, and 0 where the platform's clock stands still.
    pub milliseconds: i64,
}

/// Notes an answered request.
pub(crate) fn answered(line: &Answered<'_>) {
    let Answered { request_id, operation, status, code, milliseconds } = line;
    let level = if *status >= 500 { "error" } else { "info" };
    print(&json!({
        "level": level, "message": "answered", "request_id": request_id, "operation": operation,
        "status": status, "code": code, "milliseconds": milliseconds,
    }));
}

/// Notes that a token of an identity provider was not accepted. `reason` is one of our words, never the token's.
pub(crate) fn token_refused(source: &str, reason: &str) {
    note("info", "token refused", &[source, ": ", reason].concat());
}

/// Notes that something of ours or of the platform failed.
pub(crate) fn fault(what: &str, error: &dyn Display) {
    note("error", what, &error.to_string());
}

fn note(level: &str, message: &str, why: &str) {
    print(&json!({ "level": level, "message": message, "error": why }));
}

#[cfg(target_arch = "wasm32")]
fn print(line: &serde_json::Value) {
    worker::web_sys::console::log_1(&crate::json::write(line).into());
}

/// Native tests have no console of the platform.
#[cfg(not(target_arch = "wasm32"))]
fn print(line: &serde_json::Value) {
    let _ = line;
}
