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
    /// How many were skipped: where fewer than were to be, `after` skips the others.
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

/// A page of a list, its entries as JSON. Once they are, all lists are one piece of code: what the compiler makes for each
/// type of entry is most of what a list costs.
#[derive(Debug)]
pub struct ShownPage {
    /// The entries on this page.
    pub entries: Vec<String>,
    /// What the page says of itself.
    pub facts: PageFacts,
}

/// A page of a list that is short enough to be read as a whole: its entries in their order, each with what it is sorted by.
/// `unreadable` ones are missing.
#[must_use]
pub fn part(all: Vec<(String, String)>, unreadable: u32, page: &Page, descending: bool) -> ShownPage {
    let readable = u32::try_from(all.len()).unwrap_or(u32::MAX);
    let mut facts = PageFacts { unreadable, ..PageFacts::new(page, readable.saturating_add(unreadable)) };
    let comes = |id: &String| {
        page.after.as_ref().is_none_or(|after| (*id < after.id) == descending && *id != after.id)
    };
    let (mut entries, mut last, mut skip) = (Vec::new(), None, page.offset);
    for (id, entry) in all.into_iter().filter(|(id, _)| comes(id)) {
        if skip > 0 {
            skip -= 1;
        } else if entries.len() < usize::try_from(page.limit).unwrap_or(usize::MAX) {
            entries.push(entry);
            last = Some(id);
        } else {
            facts.after = last.map(|id| page.cursor(Position { value: String::new(), id }, 0));
            break;
        }
    }
    ShownPage { entries, facts }
}
