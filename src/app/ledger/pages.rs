//! A page of a list, in SQL: from one index in its order, so that it costs as much at the end as at the beginning, however
//! long the list is.

use keyward_core::page::{CountIs, Page, Position};

use super::sql::{Row, Sql, SqlValue};
use super::store::{Listed, Store, Stored};
use crate::resources::{PageFacts, ShownPage};

/// So many rows are counted. Beyond that it is "at least".
pub(super) const COUNT_MAX: u32 = 1000;
/// So many rows are held against filters for one page. Where these hide all that is wanted, the page has less than it might,
/// and the next one goes on.
const WALK_MAX: u32 = 10_000;

/// Rows that meet conditions.
#[derive(Debug, Clone, Default)]
pub(super) struct Conditions {
    pub(super) text: String,
    pub(super) bindings: Vec<SqlValue>,
}

impl Conditions {
    #[inline(never)]
    pub(super) fn and(&mut self, condition: &str) -> &mut Self {
        if !self.text.is_empty() {
            self.text.push_str(" AND ");
        }
        self.text.push_str(condition);
        self
    }

    /// Binds the next question mark.
    #[inline(never)]
    pub(super) fn with(&mut self, value: SqlValue) -> &mut Self {
        self.bindings.push(value);
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn all(mut self, other: &Self) -> Self {
        if !other.is_empty() {
            self.and(&other.text).bindings.extend_from_slice(&other.bindings);
        }
        self
    }
}

/// A list.
#[derive(Debug)]
pub(super) struct Listing {
    /// The table, and through which index.
    pub(super) table: String,
    /// What is read of each row.
    pub(super) columns: &'static str,
    /// The column that it is sorted by; empty where that is the id alone.
    pub(super) value: &'static str,
    /// The column that breaks ties.
    pub(super) id: &'static str,
    pub(super) descending: bool,
    /// Which rows the list has: those that stand together in the index, or a few.
    pub(super) rows: Conditions,
    /// Which of these are wanted, where each has to be looked at.
    pub(super) filters: Conditions,
    /// How many these are, if that is known.
    pub(super) total: Option<u32>,
    /// Where they are too many to be counted: a query for the numbers of more than are counted, among which they are.
    pub(super) sample: Option<Conditions>,
}

impl Listing {
    /// The wanted rows after a position, up to another.
    fn between(
        &self,
        filters: &Conditions,
        after: Option<&Position>,
        until: Option<&Position>,
    ) -> Conditions {
        let mut rows = self.rows.clone().all(filters);
        let comes_after = if self.descending { "<" } else { ">" };
        let comes_before = if self.descending { ">=" } else { "<=" };
        for (position, comparison) in [(after, comes_after), (until, comes_before)] {
            let Some(Position { value, id }) = position else { continue };
            // SQLite makes numbers of these texts where the columns have numbers.
            if self.value.is_empty() {
                rows.and(&[self.id, comparison, "?"].join(" ")).with(id.as_str().into());
            } else {
                rows.and(&format!("({}, {}) {comparison} (?, ?)", self.value, self.id));
                rows.with(value.as_str().into()).with(id.as_str().into());
            }
        }
        rows
    }

    fn select(&self, columns: &str, rows: Conditions, limit: u32, offset: u32) -> (String, Vec<SqlValue>) {
        let Self { table, value, id, .. } = self;
        let direction = if self.descending { "DESC" } else { "ASC" };
        let value_first = if value.is_empty() { String::new() } else { format!("{value} {direction}, ") };
        let value = if value.is_empty() { "''" } else { value };
        let Conditions { text, mut bindings } = rows;
        bindings.extend([limit.into(), offset.into()]);
        let select = format!(
            "SELECT {value} || '', {id} || ''{columns} FROM {table} WHERE {text}
             ORDER BY {value_first}{id} {direction} LIMIT ? OFFSET ?"
        );
        (select, bindings)
    }
}

fn position(row: &mut Row) -> Stored<Position> {
    Ok(Position { value: row.text()?, id: row.text()? })
}

impl<S: Sql> Store<S> {
    /// Where those rows end that are looked at for one page; `None` if all that there are can be.
    fn walked(&self, listing: &Listing, after: Option<&Position>) -> Stored<Option<Position>> {
        if listing.filters.is_empty() {
            return Ok(None);
        }
        let rows = listing.between(&Conditions::default(), after, None);
        let (select, bindings) = listing.select("", rows, 1, WALK_MAX - 1);
        self.first(&select, &bindings, position)
    }

    /// The number of rows that a query gives; [`COUNT_MAX`] and one more if these are more.
    pub(super) fn count_some(&self, query: &str, bindings: &[SqlValue]) -> Stored<u32> {
        self.count(&format!("({query} LIMIT {})", COUNT_MAX + 1), bindings)
    }

    /// How many entries a list has, and whether that is all: of many, only those among the first are counted. `until`: where
    /// those end that are looked at for the page.
    fn count_listed(
        &self,
        listing: &Listing,
        page: &Page,
        until: Option<&Position>,
    ) -> Stored<(u32, CountIs)> {
        if let Some(total) = listing.total {
            return Ok((total, CountIs::Exact));
        }
        let (rows, table, ends) = if let Some(Conditions { text, bindings }) = &listing.sample {
            let mut rows = listing.rows.clone();
            rows.and(&format!("seq IN ({text} LIMIT {COUNT_MAX})")).bindings.extend_from_slice(bindings);
            (rows.all(&listing.filters), "keys NOT INDEXED", true)
        } else {
            let end = if page.after.is_none() { until.cloned() } else { self.walked(listing, None)? };
            (listing.between(&listing.filters, None, end.as_ref()), listing.table.as_str(), end.is_some())
        };
        let count = self.count_some(&format!("SELECT 1 FROM {table} WHERE {}", rows.text), &rows.bindings)?;
        let is = if ends || count > COUNT_MAX { CountIs::AtLeast } else { CountIs::Exact };
        Ok((count.min(COUNT_MAX), is))
    }

    /// The rows of a page, and what is said of it.
    fn rows_of_page(&self, listing: &Listing, page: &Page) -> Stored<(Vec<Row>, PageFacts)> {
        let until = self.walked(listing, page.after.as_ref())?;
        let (count, count_is) = self.count_listed(listing, page, until.as_ref())?;
        let mut facts = PageFacts { count_is, ..PageFacts::new(page, count) };
        let wanted = listing.between(&listing.filters, page.after.as_ref(), until.as_ref());
        let limit = page.limit.saturating_add(1);
        let (select, bindings) = listing.select(listing.columns, wanted.clone(), limit, page.offset);
        let mut rows = Vec::new();
        let mut end = until;
        let mut last = None;
        for mut row in self.rows(&select, &bindings)? {
            if rows.len() >= usize::try_from(page.limit).unwrap_or(usize::MAX) {
                end = last;
                break;
            }
            last = Some(position(&mut row)?);
            rows.push(row);
        }
        if rows.is_empty() && end.is_some() && page.offset > 0 {
            // All that was looked at is skipped, and so are some of the next.
            let passed = format!("(SELECT 1 FROM {} WHERE {})", listing.table, wanted.text);
            facts.offset = self.count(&passed, &wanted.bindings)?.min(page.offset);
        }
        if count_is == CountIs::AtLeast && (!rows.is_empty() || facts.offset < page.offset) {
            let seen = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            facts.count = count.max(seen.saturating_add(facts.offset));
        }
        let skip = page.offset - facts.offset;
        facts.after = end.map(|position| page.cursor(position, skip));
        Ok((rows, facts))
    }

    /// A page of a list, each entry as `show` makes it of a row. One that cannot be read is logged and counted.
    pub(super) fn page(
        &self,
        listing: &Listing,
        page: &Page,
        show: &dyn Fn(&mut Row) -> Stored<String>,
    ) -> Stored<ShownPage> {
        let (rows, mut facts) = self.rows_of_page(listing, page)?;
        let Listed { readable, unreadable } = Listed::of(rows, show);
        facts.unreadable = unreadable;
        Ok(ShownPage { entries: readable, facts })
    }
}
