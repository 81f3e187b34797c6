//! Structured log lines: one JSON object each, for people who operate a deployment. None ever holds a key, a digest,
//! a seal key, or text that a client sent.

use std::cell::RefCell;

use keyward_app::request::Trace;
use keyward_core::ErrorCode;
use log::{Level, LevelFilter, Log, Metadata, Record};
use serde::Serialize;
use worker::web_sys::console;

/// One answered request.
#[derive(Debug, Serialize)]
pub(crate) struct Answered<'a> {
    /// The request's id, which its response carries too.
    pub request_id: &'a str,
    /// The operation, not the path: a path may hold what a client mistook for an id.
    pub operation: &'a str,
    /// `binding` where another worker has called the entrypoint `Verifier`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub via: Option<&'a str>,
    /// The trace that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<&'a str>,
    /// The response's status.
    pub status: u16,
    /// The problem's code, if it was one.
    pub code: Option<ErrorCode>,
    /// Milliseconds until the response; whole, and 0 where the platform's clock stands still.
    pub milliseconds: i64,
}

#[derive(Serialize)]
struct Line<'a, T> {
    level: &'a str,
    message: &'a str,
    #[serde(flatten)]
    rest: T,
}

#[derive(Serialize)]
struct Fault {
    error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
}

thread_local! {
    /// The trace that a ledger's request belongs to, while it is carried out.
    static TRACE: RefCell<Option<Trace>> = const { RefCell::new(None) };
}

/// As long as it lives, what is logged belongs to a trace.
pub(crate) struct InTrace;

impl InTrace {
    pub(crate) fn begin(trace: Option<Trace>) -> Self {
        TRACE.set(trace);
        Self
    }
}

impl Drop for InTrace {
    fn drop(&mut self) {
        TRACE.take();
    }
}

fn print(line: &impl Serialize) {
    if let Ok(text) = serde_json::to_string(line) {
        console::log_1(&text.into());
    }
}

/// Logs an answered request.
pub(crate) fn answered(answered: &Answered<'_>) {
    let level = if answered.status >= 500 { "error" } else { "info" };
    print(&Line { level, message: "answered", rest: answered });
}

/// The destination of the crate `log`'s records. Their target says what has failed, their message why.
struct Console;

impl Log for Console {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.level() <= Level::Info
    }

    fn log(&self, record: &Record<'_>) {
        let level = if record.level() == Level::Error { "error" } else { "info" };
        let trace_id = TRACE.with_borrow(|trace| trace.as_ref().map(|trace| trace.id().to_owned()));
        let rest = Fault { error: record.args().to_string(), trace_id };
        print(&Line { level, message: record.target(), rest });
    }

    fn flush(&self) {}
}

/// Sends the records of the crate `log` to the console.
pub(crate) fn init() {
    // An instance that was started anew may have a logger already.
    if log::set_logger(&Console).is_ok() {
        log::set_max_level(LevelFilter::Info);
    }
}
