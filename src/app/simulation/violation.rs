//! What is told when an answer is wrong: all that is needed to see why.

use super::world::World;

/// How many lines of the trace are shown.
const LINES: usize = 60;

/// A broken promise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// What is wrong.
    pub what: String,
    /// The question and the answer.
    pub answer: String,
    /// Everything that the key was, by the instants of its ledger and the true times.
    pub story: Vec<String>,
    /// What happened last.
    pub trace: Vec<String>,
}

impl Violation {
    pub(crate) fn new(what: String, answer: String, digest: &str, world: &World, end: usize) -> Self {
        let story = world.history.borrow().story(digest);
        Self { what, answer, story, trace: world.trace.before(end, LINES) }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}\n\n{}\n\nthe key:", self.what, self.answer)?;
        self.story.iter().try_for_each(|line| writeln!(f, "  {line}"))?;
        writeln!(f, "\nthe trace:")?;
        self.trace.iter().try_for_each(|line| writeln!(f, "  {line}"))
    }
}
