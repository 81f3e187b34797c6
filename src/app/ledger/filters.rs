//! Which keys meet the filters of a query, and which of these filters an index can answer.

use keyward_core::query::{KeyQuery, Search, Statuses};
use keyward_core::{Owner, Status, Timestamp};

use super::lists::{ORIGIN, STATUS, column_of, of_owner};
use super::pages::Conditions;
use super::schema::NEVER;
use super::sql::SqlValue;
use super::transaction::spaced;
use super::words::Wanted;

/// Which keys are wanted: what each is held against, and for each filter by which few keys might be found a query for the
/// numbers of all that can meet it. If one of these gives few, they are looked at, instead of all keys in order.
pub(super) fn wanted_keys(owner: &Owner, query: &KeyQuery, now: Timestamp) -> (Conditions, Vec<Conditions>) {
    let (mut filters, mut words, mut candidates) = (Conditions::default(), Wanted::default(), Vec::new());
    if let Some(text) = query.q.as_ref().and_then(Search::folded) {
        words.text(&text);
        filters.and("instr(search, ?)").with(text.into());
    }
    if let Some(key_type) = query.key_type {
        words.key_type(key_type);
        filters.and("type = ?").with(key_type.as_str().into());
    }
    if let Some(creator) = &query.created_by {
        words.maker(creator);
        let (column, name) = column_of(ORIGIN, creator);
        filters.and(&format!(
            "(SELECT {column} FROM origins WHERE origins.owner = keys.owner AND origins.id = keys.id) = ?"
        ));
        filters.with(name);
    }
    if let Some(scope) = &query.scope {
        words.scope(scope);
        filters.and("instr(scopes, ?)").with(spaced([scope.as_str()]).into());
    }
    if let Some(foreign) = &query.foreign {
        if foreign.is_set() {
            words.foreign();
        }
        filters.and("is_foreign = ?").with(i64::from(foreign.is_set()).into());
    }
    if let Some(expression) = words.expression(owner) {
        let mut found = Conditions::default();
        found.and("SELECT rowid FROM words WHERE words MATCH ?").with(expression.into());
        candidates.push(found);
    }
    let mut range = |conditions: &[(&str, Option<SqlValue>)], column: &str| {
        let mut rows = of_owner(owner);
        for (condition, value) in conditions {
            let Some(value) = value else { continue };
            filters.and(condition).with(value.clone());
            rows.and(condition).with(value.clone());
        }
        if rows.bindings.len() > 1 {
            rows.text = format!("SELECT seq FROM keys INDEXED BY keys_by_{column} WHERE {}", rows.text);
            candidates.push(rows);
        }
    };
    let at = |at: Option<Timestamp>| at.map(SqlValue::from);
    let never = |wanted: bool| query.never_expires.as_ref().filter(|never| never.is_set() == wanted);
    range(
        &[
            ("expires_at < ?", at(query.expires_before)),
            ("expires_at = ?", never(true).map(|_| NEVER.into())),
            ("expires_at < ?", never(false).map(|_| NEVER.into())),
        ],
        "expires_at",
    );
    range(&[("last_used_at < ?", at(query.unused_since))], "last_used_at");
    range(
        &[
            ("created_at > ?", at(query.created_after)),
            ("created_at < ?", at(query.created_before)),
            ("created_at < ?", at(query.unused_since)),
        ],
        "created_at",
    );
    if let Some(statuses) = &query.status {
        candidates.extend(of_status(owner, statuses, now));
        // No word is part of another.
        filters.and(&format!("instr(?, {STATUS})")).with(String::from(statuses.clone()).into());
        filters.with(now.into()).with(now.into());
    }
    (filters, candidates)
}

/// Queries for the numbers of all keys that can have one of these statuses: by the columns on which it depends.
fn of_status(owner: &Owner, statuses: &Statuses, now: Timestamp) -> Vec<Conditions> {
    let now = now.as_millis();
    let mut all = Conditions::default();
    for status in Status::ALL.into_iter().filter(|status| statuses.has(*status)) {
        let (column, range) = match status {
            Status::Revoked => ("revoked_at", format!("<= {now}")),
            Status::Retiring => ("revoked_at", format!("> {now} AND revoked_at < {NEVER}")),
            Status::Expired => ("expires_at", format!("<= {now}")),
            Status::Active => ("revoked_at", format!("= {NEVER}")),
        };
        if !all.is_empty() {
            all.text.push_str(" UNION ALL ");
        }
        all.text.push_str(&numbers(column, &range));
        all.with(owner.to_string().into());
    }
    let mut queries = vec![all];
    if !statuses.has(Status::Revoked) && !statuses.has(Status::Expired) {
        // Where most have expired, few are left.
        let mut left =
            Conditions { text: numbers("expires_at", &format!("> {now}")), ..Conditions::default() };
        left.with(owner.to_string().into());
        queries.push(left);
    }
    queries
}

/// A query for the numbers of an owner's keys with a column in a range.
fn numbers(column: &str, range: &str) -> String {
    format!("SELECT seq FROM keys INDEXED BY keys_by_{column} WHERE owner = ? AND {column} {range}")
}
