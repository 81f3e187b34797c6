//! How a page of a list is described.

use keyward_core::page::{CountIs, Cursor, Page, Position};
use serde::Serialize;

/// What every page of a list says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageFacts {
    /// How many match, on all pages.
    pub count: u32,
    /// Whether that is all. Of a long list with filters, only so many are counted.
    pub count_is: CountIs,
    /// How many entries on this page cannot be read; they are not shown.
    pub unreadable: u32,
    /// How many entries a page holds at most. One with filters may hold fewer and not be the last.
    pub limit: u32,
    /// How many were skipped.
    pub offset: u32,
    /// What leads to the next page, as its `after`; null on the last one. It stays good however much is added, changed and
    /// deleted meanwhile.
    pub after: Option<Cursor>,
}

impl PageFacts {
    /// A page of a list that has so many entries, of which all were counted.
    #[must_use]
    pub fn new(page: &Page, count: u32) -> Self {
        Self {
            count,
            count_is: CountIs::Exact,
            unreadable: 0,
            limit: page.limit,
            offset: page.offset,
            after: None,
        }
    }
}

/// A page of a list that is short enough to be read as a whole, and is in the order of what `id` gives. `unreadable` entries
/// of it are missing.
#[must_use]
pub fn part<T>(
    mut all: Vec<T>,
    unreadable: u32,
    page: &Page,
    id: impl Fn(&T) -> &str,
    descending: bool,
) -> (Vec<T>, PageFacts) {
    let number = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
    let readable = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut facts = PageFacts { unreadable, ..PageFacts::new(page, readable.saturating_add(unreadable)) };
    if let Some(Position { id: after, .. }) = &page.after {
        all.retain(|entry| if descending { id(entry) < after.as_str() } else { id(entry) > after.as_str() });
    }
    let all = all.split_off(number(page.offset).min(all.len()));
    let mut all = all;
    if all.len() > number(page.limit) {
        all.truncate(number(page.limit));
        let last = all.last().map(|last| Position { value: String::new(), id: id(last).to_owned() });
        facts.after = last.map(|last| page.cursor(last));
    }
    (all, facts)
}
