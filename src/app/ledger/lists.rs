//! Lists of keys and events, in SQL.

use keyward_core::event::KeyReference;
use keyward_core::page::Page;
use keyward_core::query::{EventQuery, KeyQuery, Search, SortField};
use keyward_core::{ActorName, EventId, KeyDigest, KeyId, KeyRecord, Owner, Timestamp};

use super::expression::Expression;
use super::filters::wanted_keys;
use super::pages::{COUNT_MAX, Conditions, Listing};
use super::sql::{Row, Sql, SqlValue, unreadable};
use super::store::{Listed, Store, Stored, digest, key};
use crate::resources::{ShownPage, StoredEvent};

/// The status of a row at an instant (bound twice). A test holds it against `Status::at` in the core.
pub(super) const STATUS: &str = "CASE WHEN revoked_at <= ? THEN 'revoked' WHEN expires_at <= ? THEN 'expired'
    WHEN revoked_at < 253402300800000 THEN 'retiring' ELSE 'active' END";

/// The ids of an owner's keys that somebody has made (bound: the owner and the maker), or that were created with or rolled from
/// a key that was made (bound: the owner twice), whether it still exists or not. Joined crosswise, since SQLite then keeps to
/// this order, and looks each key up in an index. The platform allows five terms in such a compound.
fn made(column: &str) -> String {
    format!(
        "WITH RECURSIVE made (id) AS (SELECT id FROM origins WHERE owner = ? AND {column} = ?
         UNION SELECT o.id FROM made CROSS JOIN origins o ON o.owner = ? AND o.created_with = made.id
         UNION SELECT o.id FROM made CROSS JOIN origins o ON o.owner = ? AND o.rolled_from = made.id)"
    )
}

/// The column of each order. Each has an index of that name.
fn order_column(field: SortField) -> &'static str {
    match field {
        SortField::CreatedAt => "created_at",
        SortField::UpdatedAt => "updated_at",
        SortField::LastUsedAt => "last_used_at",
        SortField::ExpiresAt => "expires_at",
        SortField::RevokedAt => "revoked_at",
        SortField::Title => "title",
    }
}

/// The columns that say who has created a key: an actor's name, and the key that was used.
pub(super) const ORIGIN: [&str; 2] = ["created_by", "created_with"];

/// In which column an actor is looked for, and as what.
pub(super) fn column_of<'a>([name, key]: [&'a str; 2], actor: &ActorName) -> (&'a str, SqlValue) {
    match actor {
        ActorName::Key(id) => (key, id.as_str().into()),
        ActorName::User(_) | ActorName::Root(_) => (name, String::from(actor.clone()).into()),
    }
}

fn event(row: &mut Row) -> Stored<(EventId, StoredEvent)> {
    let id = EventId::parse(&row.text()?).map_err(|_| unreadable("an event has no id"))?;
    Ok((id, row.json()?))
}

impl<S: Sql> Store<S> {
    /// A page of keys, each as `show` shows it. `now` decides on the status. Of those that the query wants, those that
    /// meet the expression.
    pub(crate) fn keys(
        &self,
        owner: &Owner,
        query: &KeyQuery,
        expression: Option<&Expression>,
        page: &Page,
        now: Timestamp,
        show: &dyn Fn(KeyRecord) -> String,
    ) -> Stored<ShownPage> {
        let column = order_column(query.order.field);
        let (mut filters, mut candidates) = wanted_keys(owner, query, now);
        if let Some(expression) = expression {
            expression.filter(owner, &mut filters, &mut candidates);
        }
        let mut listing = Listing {
            table: format!("keys INDEXED BY keys_by_{column}"),
            columns: ", body, last_used_at",
            value: column,
            id: "id",
            descending: query.order.descending,
            rows: of_owner(owner),
            filters,
            total: None,
            sample: None,
        };
        if listing.filters.is_empty() {
            listing.total = Some(self.tally("keys", owner)?);
        } else if expression.is_some() && page.after.is_some() {
            // It was counted where it began.
            listing.total = Some(0);
        }
        for Conditions { text, bindings } in candidates {
            if self.count_some(&text, &bindings)? > COUNT_MAX {
                listing.sample.get_or_insert(Conditions { text, bindings });
            } else {
                // All that can be wanted are looked at, so that they are counted too.
                listing.sample = None;
                "keys NOT INDEXED".clone_into(&mut listing.table);
                listing.rows.and(&format!("seq IN ({text})")).bindings.extend(bindings);
                let filters = std::mem::take(&mut listing.filters);
                listing.rows.and(&filters.text).bindings.extend(filters.bindings);
                break;
            }
        }
        self.page(&listing, page, &|row| Ok(show(key(row)?)))
    }

    /// How many keys or events an owner has.
    fn tally(&self, of: &str, owner: &Owner) -> Stored<u32> {
        let query = ["SELECT ", of, " FROM shares WHERE owner = ?"].concat();
        let tally = self.first(&query, &[owner.to_string().into()], Row::number)?;
        Ok(u32::try_from(tally.unwrap_or_default()).unwrap_or(u32::MAX))
    }

    /// Keys that work at `now` and that the actor has made: directly, with a key that it has made, or with one that was made
    /// with such a key, and so on; or that were rolled from one of them.
    pub(crate) fn keys_made_by(
        &self,
        owner: &Owner,
        actor: &ActorName,
        now: Timestamp,
        limit: u32,
    ) -> Stored<Listed<KeyRecord>> {
        let (mut found, mut last) = (Listed { readable: Vec::new(), unreadable: 0 }, String::new());
        loop {
            let (select, bindings) = select_made_by(owner, actor, now, &last, limit);
            let read = |row: &mut Row| Ok((row.text()?, key(row).ok()));
            let rows = self.read(&select, &bindings, read)?;
            let is_end = rows.len() < limit as usize;
            for (id, record) in rows {
                last = id;
                match record {
                    Some(record) => found.readable.push(record),
                    None => found.unreadable += 1,
                }
            }
            // Those that cannot be read stand in the way of no other.
            if is_end || found.readable.len() >= limit as usize {
                found.readable.truncate(limit as usize);
                return Ok(found);
            }
        }
    }

    /// The keys that work at `now`, and the digests of all.
    pub(crate) fn keys_to_delete(
        &self,
        owner: &Owner,
        now: Timestamp,
    ) -> Stored<(Listed<KeyRecord>, Vec<KeyDigest>)> {
        let owner = owner.to_string();
        let query = format!(
            "SELECT body, last_used_at FROM keys WHERE owner = ? AND {STATUS} IN ('active', 'retiring')"
        );
        let working = self.list(&query, &[owner.as_str().into(), now.into(), now.into()], key)?;
        let digests = self.list("SELECT digest FROM keys WHERE owner = ?", &[owner.into()], digest);
        Ok((working, digests?.readable))
    }

    /// How the audit trail last named a key.
    pub(crate) fn last_reference(&self, owner: &Owner, key: &KeyId) -> Stored<Option<KeyReference>> {
        let query = "SELECT id, body FROM events INDEXED BY events_by_key WHERE owner = ? AND key = ?
             ORDER BY id DESC LIMIT 1";
        let last = self.list(query, &[owner.to_string().into(), key.as_str().into()], event)?;
        Ok(last.readable.into_iter().find_map(|(_, event)| event.key))
    }

    /// A page of events, newest first, each as `show` shows it.
    pub(crate) fn events(
        &self,
        owner: &Owner,
        query: &EventQuery,
        page: &Page,
        show: &dyn Fn(EventId, StoredEvent) -> String,
    ) -> Stored<ShownPage> {
        let mut listing = wanted_events(owner, query);
        if listing.table == "events" && listing.filters.is_empty() {
            listing.total = Some(self.tally("events", owner)?);
        }
        self.page(&listing, page, &|row| {
            let (id, event) = event(row)?;
            Ok(show(id, event))
        })
    }
}

pub(super) fn of_owner(owner: &Owner) -> Conditions {
    let mut rows = Conditions::default();
    rows.and("owner = ?").with(owner.to_string().into());
    rows
}

fn select_made_by(
    owner: &Owner,
    actor: &ActorName,
    now: Timestamp,
    after: &str,
    limit: u32,
) -> (String, Vec<SqlValue>) {
    let (column, name) = column_of(ORIGIN, actor);
    let select = format!(
        "{} SELECT keys.id, body, last_used_at FROM made CROSS JOIN keys ON keys.owner = ? AND keys.id = made.id
         WHERE {STATUS} IN ('active', 'retiring') AND keys.id > ? ORDER BY keys.id LIMIT ?",
        made(column)
    );
    let owner = SqlValue::from(owner.to_string());
    let mut bindings = vec![owner.clone(), name, owner.clone(), owner.clone(), owner];
    bindings.extend([now.into(), now.into(), after.into(), limit.into()]);
    (select, bindings)
}

/// The index is named: without it SQLite would rather go through the whole trail, which is in the right order as well.
fn wanted_events(owner: &Owner, EventQuery { q, key, actor, action, .. }: &EventQuery) -> Listing {
    let mut conditions = Vec::new();
    if let Some(key) = key {
        conditions.push(("key", "events_by_key", key.as_str().into()));
    }
    if let Some(actor) = actor {
        let (column, name) = column_of(["actor", "actor_key"], actor);
        let index = if column == "actor" { "events_by_actor" } else { "events_by_acting_key" };
        conditions.push((column, index, name));
    }
    if let Some(action) = action {
        conditions.push(("action", "events_by_action", action.as_str().into()));
    }
    let (mut table, mut rows, mut filters) = ("events".to_owned(), of_owner(owner), Conditions::default());
    for (place, (column, index, value)) in conditions.into_iter().enumerate() {
        // The first has an index, what is left is held against the others.
        let of = if place == 0 { &mut rows } else { &mut filters };
        of.and(&[column, " = ?"].concat()).with(value);
        if place == 0 {
            table = ["events INDEXED BY ", index].concat();
        }
    }
    if let Some(text) = q.as_ref().and_then(Search::folded) {
        filters.and("instr(search, ?)").with(text.into());
    }
    let columns = ", id, body";
    Listing {
        table,
        columns,
        value: "",
        id: "id",
        descending: true,
        rows,
        filters,
        total: None,
        sample: None,
    }
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use keyward_core::{OwnerId, Status};

    use super::super::{schema, sql::Statement};
    use super::*;
    use crate::memory::SqliteInMemory;

    #[test]
    fn the_status_of_a_row_is_the_status_of_its_key() {
        let sql = SqliteInMemory::new(&Rc::default(), &Rc::default());
        let query = format!("SELECT {STATUS} FROM (SELECT ? AS revoked_at, ? AS expires_at)");
        let now = Timestamp::from_millis(5);
        let stored = |at: Option<Timestamp>| SqlValue::from(at.map_or(schema::NEVER, Timestamp::as_millis));
        let dates = [None, Some(4), Some(5), Some(6), Some(schema::NEVER - 1)]
            .map(|at| at.map(Timestamp::from_millis));
        for (revoked_at, expires_at) in dates.into_iter().flat_map(|date| dates.map(|other| (date, other))) {
            let rows = sql.query(&query, &[now.into(), now.into(), stored(revoked_at), stored(expires_at)]);
            let status = Status::at(now, revoked_at, expires_at);
            assert_eq!(rows, Ok(vec![vec![status.as_str().into()]]), "{revoked_at:?}, {expires_at:?}");
        }
    }

    #[test]
    fn keys_that_somebody_has_made_are_found_by_indexes_alone() {
        let sql = SqliteInMemory::new(&Rc::default(), &Rc::default());
        sql.transaction(&[Statement { sql: schema::CREATE, bindings: vec![] }]).expect("tables");
        let owner = Owner::User(OwnerId::parse("ada").expect("id"));
        for actor in ["user:ada", "key:apk_01KAHQ0000000000000000000Z", "root:root_0123456789abcdef"] {
            let actor = ActorName::try_from(actor.to_owned()).expect("an actor");
            let (select, bindings) = select_made_by(&owner, &actor, Timestamp::from_millis(5), "", 7);
            let plan = sql.query(&format!("EXPLAIN QUERY PLAN {select}"), &bindings).expect("a plan");
            let plan = format!("{plan:?}");
            assert!(!plan.contains("SCAN keys") && !plan.contains("SCAN o"), "{plan}");
            assert_eq!(plan.matches("(owner=? AND ").count(), 4, "{plan}");
        }
    }
}
