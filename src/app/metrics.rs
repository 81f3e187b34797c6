//! What an isolate counts, as the text of `OpenMetrics`. Every label is a word of ours, and there are only so many: nothing of what
//! clients send becomes one.

use std::cell::{Cell, RefCell};

use keyward_core::verify::Verdict;
use keyward_core::{ErrorCode, Timestamp};

/// Through what a request came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// HTTP.
    Http,
    /// HTTP, by the hot path of verifying.
    HotPath,
    /// A binding of another worker.
    Binding,
}

impl Way {
    fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::HotPath => "hot_path",
            Self::Binding => "binding",
        }
    }
}

/// Requests to storage, and how many of those it did not answer.
#[derive(Debug, Default)]
pub struct Traffic {
    requests: Cell<u64>,
    faults: Cell<u64>,
}

fn add(counter: &Cell<u64>) {
    counter.set(counter.get() + 1);
}

impl Traffic {
    /// Counts a request, by what has become of it.
    pub(crate) fn count<T, E>(&self, outcome: &Result<T, E>) {
        add(&self.requests);
        if outcome.is_err() {
            add(&self.faults);
        }
    }
}

/// Requests that were answered alike.
#[derive(Debug)]
struct Requests {
    operation: &'static str,
    code: Option<ErrorCode>,
    way: Way,
    count: u64,
}

/// The counters of an isolate.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Since when it counts.
    since: Cell<Option<Timestamp>>,
    requests: RefCell<Vec<Requests>>,
    verdicts: [Cell<u64>; Verdict::ALL.len()],
    pub(crate) kv: Traffic,
    pub(crate) ledgers: Traffic,
    foreign: Cell<u64>,
}

impl Metrics {
    /// Counts a request that was answered: with success, or with a problem.
    pub fn answered(&self, operation: &'static str, code: Option<ErrorCode>, way: Way, now: Timestamp) {
        if self.since.get().is_none() {
            self.since.set(Some(now));
        }
        let mut requests = self.requests.borrow_mut();
        let is_alike =
            |each: &&mut Requests| each.way == way && each.code == code && each.operation == operation;
        match requests.iter_mut().find(is_alike) {
            Some(alike) => alike.count += 1,
            None => requests.push(Requests { operation, code, way, count: 1 }),
        }
    }

    /// Counts a verdict.
    pub(crate) fn decided(&self, verdict: Verdict) {
        let counters = Verdict::ALL.iter().zip(&self.verdicts);
        counters.filter(|(each, _)| **each == verdict).for_each(|(_, counter)| add(counter));
    }

    /// Counts a text that was looked for among foreign keys.
    pub(crate) fn looked_up_foreign(&self) {
        add(&self.foreign);
    }

    /// Everything that was counted until `now`.
    pub(crate) fn write(&self, now: Timestamp) -> String {
        let since = self.since.get().unwrap_or(now).as_millis();
        let mut text =
            Text { written: String::new(), since: format!("{}.{:03}", since / 1000, since % 1000) };
        text.family("requests", "Requests that were answered, by operation, code and way.");
        for Requests { operation, code, way, count } in self.requests.borrow().iter() {
            let code = code.map_or("ok", ErrorCode::as_str);
            text.sample(
                "requests",
                &[("operation", operation), ("code", code), ("way", way.as_str())],
                *count,
            );
        }
        text.family("verdicts", "Keys that were verified, by the verdict.");
        for (verdict, counter) in Verdict::ALL.iter().zip(&self.verdicts) {
            text.sample("verdicts", &[("code", verdict.as_str())], counter.get());
        }
        let storage = [("kv", &self.kv), ("ledger", &self.ledgers)];
        text.family("storage_requests", "Requests to storage, by kind.");
        for (kind, traffic) in storage {
            text.sample("storage_requests", &[("kind", kind)], traffic.requests.get());
        }
        text.family("storage_faults", "Requests to storage that were not answered, by kind.");
        for (kind, traffic) in storage {
            text.sample("storage_faults", &[("kind", kind)], traffic.faults.get());
        }
        text.family("foreign_lookups", "Texts that were looked for among imported keys.");
        text.sample("foreign_lookups", &[], self.foreign.get());
        text.written + "# EOF\n"
    }
}

/// Counters as `OpenMetrics` writes them.
struct Text {
    written: String,
    /// When counting has begun, in seconds.
    since: String,
}

impl Text {
    fn family(&mut self, name: &str, help: &str) {
        self.written.extend(["# TYPE keyward_", name, " counter\n# HELP keyward_", name, " ", help, "\n"]);
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: u64) {
        let labels: Vec<_> = labels.iter().map(|(name, value)| [name, "=\"", value, "\""].concat()).collect();
        let labels = ["{", &labels.join(","), "} "].concat();
        let value = value.to_string();
        self.written.extend(["keyward_", name, "_total", &labels, &value, "\n"]);
        self.written.extend(["keyward_", name, "_created", &labels, &self.since, "\n"]);
    }
}
