//! What has happened, line by line: the same for the same seed, byte for byte.

use std::cell::RefCell;
use std::fmt::Write as _;

/// The lines.
#[derive(Debug)]
pub(crate) struct Trace {
    lines: RefCell<Vec<String>>,
}

impl Trace {
    pub(crate) fn new() -> Self {
        Self { lines: RefCell::default() }
    }

    /// Adds a line: when, who, what.
    pub(crate) fn add(&self, now: i64, who: &str, what: impl std::fmt::Display) {
        let mut line = String::with_capacity(80);
        let _ = write!(line, "{:>9}.{:03} {who:<10} {what}", now / 1000, now % 1000);
        self.lines.borrow_mut().push(line);
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.borrow().len()
    }

    /// The last lines before a place in the trace.
    pub(crate) fn before(&self, end: usize, count: usize) -> Vec<String> {
        let lines = self.lines.borrow();
        let end = end.min(lines.len());
        lines[end.saturating_sub(count)..end].to_vec()
    }

    pub(crate) fn take(&self) -> Vec<String> {
        self.lines.take()
    }

    /// FNV-1a over every byte of some lines.
    pub(crate) fn hash(lines: &[String]) -> u64 {
        let bytes = lines.iter().flat_map(|line| line.bytes().chain([b'\n']));
        bytes
            .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
