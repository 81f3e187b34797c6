//! How old an answer may be: what callers ask for, and what an organization allows.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::query::number;
use crate::record::Consistency;
use crate::timestamp::Timestamp;

/// How old an answer may be at most, in seconds, where nobody says anything else: what callers ask for, and what owners allow.
pub const STALENESS_DEFAULT_SECONDS: u32 = 30;
/// The oldest answer that anybody can ask for or allow, in seconds.
pub const STALENESS_MAX_SECONDS: u32 = 3600;
/// The oldest answer that an organization can allow while its ledger cannot be reached, in seconds: a day.
pub const OUTAGE_MAX_SECONDS: u32 = 86_400;

/// Whole seconds up to a limit. As everywhere in JSON, `60.0` is a whole number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "Value")]
pub struct Seconds<const MAX: u32>(u32);

/// How old an answer may be.
pub type Staleness = Seconds<STALENESS_MAX_SECONDS>;
/// How old an answer may be while a ledger cannot be reached.
pub type OutageStaleness = Seconds<OUTAGE_MAX_SECONDS>;

/// The value is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number of seconds from 0 to {0}")]
pub struct SecondsError(u32);

impl<const MAX: u32> Seconds<MAX> {
    /// So many seconds, or as many as there can be.
    #[must_use]
    pub const fn at_most(seconds: u32) -> Self {
        Self(if seconds < MAX { seconds } else { MAX })
    }

    /// The seconds.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// How old an answer may be, as it is written in a query or a form: digits alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct StalenessText(Bound);

impl StalenessText {
    /// How old it may be.
    #[must_use]
    pub const fn bound(self) -> Bound {
        self.0
    }
}

impl TryFrom<String> for StalenessText {
    type Error = SecondsError;
    fn try_from(text: String) -> Result<Self, SecondsError> {
        let seconds = number(&text).filter(|seconds| *seconds <= STALENESS_MAX_SECONDS);
        seconds.map(|seconds| Self(Bound(seconds))).ok_or(SecondsError(STALENESS_MAX_SECONDS))
    }
}

impl<const MAX: u32> TryFrom<Value> for Seconds<MAX> {
    type Error = SecondsError;
    fn try_from(value: Value) -> Result<Self, SecondsError> {
        let is_one = |seconds: &f64| seconds.fract() == 0.0 && (0.0..=f64::from(MAX)).contains(seconds);
        let seconds = value.as_f64().filter(is_one).ok_or(SecondsError(MAX))?;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "it is whole and in range"
        )]
        Ok(Self(seconds as u32))
    }
}

/// What an organization allows of whoever verifies its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The organization's ceiling: no answer about its keys and members is older.
    pub max_staleness_seconds: Staleness,
    /// How old an answer may be while the ledger cannot be reached, for callers that prefer it to none; 0 for not at all.
    pub on_outage_max_seconds: OutageStaleness,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_staleness_seconds: Seconds(STALENESS_DEFAULT_SECONDS), on_outage_max_seconds: Seconds(0) }
    }
}

impl Limits {
    /// How old an answer about a key of this consistency may be while its ledger cannot be reached. One that is always verified
    /// strongly is not verified then.
    #[must_use]
    pub fn in_outage(&self, consistency: Consistency) -> Bound {
        match consistency {
            Consistency::Strong => Bound(0),
            Consistency::Fast => Bound(self.on_outage_max_seconds.get()),
        }
    }
}

/// What a caller prefers while a ledger cannot be reached that would have to be asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum OnOutage {
    /// No answer.
    #[default]
    Refuse,
    /// The best copy, which says how old it is, as far as the organization allows it.
    Stale,
}

impl OnOutage {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Refuse, Self::Stale];

    /// `refuse` or `stale`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Stale => "stale",
        }
    }
}

crate::word::words!(OnOutage);

/// How fresh an answer has to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Freshness {
    /// The bound: how old it may be.
    pub bound: Bound,
    /// What is preferred to waiting for a ledger that cannot be reached.
    pub on_outage: OnOutage,
}

/// How old an answer may be, in seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Bound(pub u32);

impl Default for Bound {
    fn default() -> Self {
        Self(STALENESS_DEFAULT_SECONDS)
    }
}

impl Freshness {
    /// As things are now: the ledger is asked.
    pub const STRONG: Self = Self { bound: Bound(0), on_outage: OnOutage::Refuse };

    /// What a caller asks for, in either word. `None` if one contradicts the other.
    #[must_use]
    pub fn of(
        consistency: Option<Consistency>,
        max_staleness_seconds: Option<Staleness>,
        on_outage: OnOutage,
    ) -> Option<Self> {
        let bound = match (consistency, max_staleness_seconds) {
            (None | Some(Consistency::Fast), None) => Bound::default(),
            (Some(Consistency::Strong), None) => Bound(0),
            (Some(word), Some(seconds)) if (word == Consistency::Strong) != (seconds.get() == 0) => {
                return None;
            }
            (_, Some(seconds)) => Bound(seconds.get()),
        };
        Some(Self { bound, on_outage })
    }
}

impl Bound {
    /// The bound that holds for a key of this consistency, whose owner allows this.
    #[must_use]
    pub fn within(self, limits: &Limits, consistency: Consistency) -> Self {
        match consistency {
            Consistency::Strong => Self(0),
            Consistency::Fast => self.min(Self(limits.max_staleness_seconds.get())),
        }
    }
}

/// When a restriction that takes effect at `at` has done so everywhere, for callers that ask for no more than the owner's
/// ceiling. Until `settled_at`, some may still go by a higher one of before.
#[must_use]
pub fn effective_by(at: Timestamp, limits: &Limits, settled_at: Option<Timestamp>) -> Timestamp {
    let by = at.plus_seconds(limits.max_staleness_seconds.get());
    settled_at.map_or(by, |settled_at| by.max(settled_at))
}
