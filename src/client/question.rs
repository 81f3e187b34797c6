//! What is required of a key.

use core::fmt;

use serde::Serialize;

/// What is required of a key. The default requires only that it works.
///
/// ```
/// use keyward_client::{OnOutage, Question};
///
/// let question = Question::new().scopes(["orders:read"]).organization("acme").max_staleness_seconds(5);
/// let rather_old = question.on_outage(OnOutage::Stale);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize)]
pub struct Question {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_staleness_seconds: Option<u32>,
    #[serde(skip_serializing_if = "OnOutage::is_default")]
    on_outage: OnOutage,
}

/// What is preferred while a ledger that has to be asked cannot be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum OnOutage {
    /// No answer: an error.
    #[default]
    Refuse,
    /// An older answer, which says how old it is, as far as the organization allows it.
    Stale,
}

impl OnOutage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Question {
    /// That it works, and nothing else.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Which scopes it has to hold, all of them.
    #[must_use]
    pub fn scopes(mut self, scopes: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.scopes = scopes.into_iter().map(Into::into).collect();
        // Equal questions are the same question.
        self.scopes.sort_unstable();
        self.scopes.dedup();
        self
    }

    /// Which organization it has to reach. If an organization's key asks, that organization is the default.
    #[must_use]
    pub fn organization(mut self, id: impl Into<String>) -> Self {
        self.organization = Some(id.into());
        self
    }

    /// How old the answer may be: 0 to be answered as things are now, 30 if nothing is said.
    #[must_use]
    pub fn max_staleness_seconds(mut self, seconds: u32) -> Self {
        self.max_staleness_seconds = Some(seconds);
        self
    }

    /// What is preferred while the ledger cannot be reached.
    #[must_use]
    pub fn on_outage(mut self, on_outage: OnOutage) -> Self {
        self.on_outage = on_outage;
        self
    }

    pub(crate) fn bound(&self) -> Option<u32> {
        self.max_staleness_seconds
    }

    pub(crate) fn is_strong(&self) -> bool {
        self.max_staleness_seconds == Some(0)
    }

    #[cfg(feature = "tower")]
    pub(crate) fn required_scopes(&self) -> &[String] {
        &self.scopes
    }
}

/// A question about a key, as it is sent.
#[derive(Serialize)]
pub(crate) struct Asked<'a> {
    pub(crate) key: &'a str,
    #[serde(flatten)]
    pub(crate) question: &'a Question,
}

/// Shows no key.
impl fmt::Debug for Asked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.question.fmt(f)
    }
}
