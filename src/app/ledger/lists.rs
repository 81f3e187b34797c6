//! Lists of keys and events, in SQL.

use keyward_core::event::KeyReference;
use keyward_core::query::{EventQuery, KeyQuery, Page, Search, SortField};
use keyward_core::{ActorName, EventId, KeyDigest, KeyId, KeyRecord, Owner, Timestamp};

use super::sql::{Row, Sql, SqlValue, unreadable};
use super::store::{Listed, Store, Stored, digest, key};
use super::transaction::spaced;
use crate::resources::StoredEvent;

/// The status of a row at an instant (bound twice). A test holds it against `Status::at` in the core.
const STATUS: &str = "CASE WHEN revoked_at <= ? THEN 'revoked' WHEN expires_at <= ? THEN 'expired'
    WHEN revoked_at IS NOT NULL THEN 'retiring' ELSE 'active' END";

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

/// Rows of a table that meet conditions.
struct Conditions {
    text: String,
    bindings: Vec<SqlValue>,
}

impl Conditions {
    fn of_owner(table: &str, owner: &Owner) -> Self {
        Self { text: format!("{table} WHERE owner = ?"), bindings: vec![owner.to_string().into()] }
    }

    #[inline(never)]
    fn and(&mut self, condition: &str) -> &mut Self {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self
    }

    /// Binds the next question mark.
    #[inline(never)]
    fn with(&mut self, value: SqlValue) -> &mut Self {
        self.bindings.push(value);
        self
    }

    fn page(mut self, page: Page) -> (String, Vec<SqlValue>) {
        self.bindings.extend([page.limit.into(), page.offset.into()]);
        (self.text, self.bindings)
    }
}

/// The columns that say who has created a key: an actor's name, and the key that was used.
const ORIGIN: [&str; 2] = ["created_by", "created_with"];

/// In which column an actor is looked for, and as what.
fn column_of<'a>([name, key]: [&'a str; 2], actor: &ActorName) -> (&'a str, SqlValue) {
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
    /// A page of keys and how many there are on all pages. `now` decides on the status.
    pub(crate) fn keys(
        &self,
        owner: &Owner,
        query: &KeyQuery,
        now: Timestamp,
    ) -> Stored<(Listed<KeyRecord>, u32)> {
        let mut wanted = Conditions::of_owner("keys", owner);
        if let Some(text) = query.q.as_ref().and_then(Search::folded) {
            wanted.and("instr(search, ?)").with(text.into());
        }
        if let Some(key_type) = query.key_type {
            wanted.and("type = ?").with(key_type.as_str().into());
        }
        if let Some(statuses) = &query.status {
            // No word is part of another.
            let statuses = String::from(statuses.clone());
            wanted
                .and(&format!("instr(?, {STATUS})"))
                .with(statuses.into())
                .with(now.into())
                .with(now.into());
        }
        if let Some(creator) = &query.created_by {
            let (column, name) = column_of(ORIGIN, creator);
            let made = format!("id IN (SELECT id FROM origins WHERE owner = ? AND {column} = ?)");
            wanted.and(&made).with(owner.to_string().into()).with(name);
        }
        if let Some(after) = query.created_after {
            wanted.and("created_at > ?").with(after.into());
        }
        if let Some(before) = query.created_before {
            wanted.and("created_at < ?").with(before.into());
        }
        if let Some(before) = query.expires_before {
            wanted.and("expires_at < ?").with(before.into());
        }
        if let Some(never) = &query.never_expires {
            wanted.and(if never.is_set() { "expires_at IS NULL" } else { "expires_at IS NOT NULL" });
        }
        if let Some(since) = query.unused_since {
            wanted.and("max(created_at, coalesce(last_used_at, 0)) < ?").with(since.into());
        }
        if let Some(scope) = &query.scope {
            wanted.and("instr(scopes, ?)").with(spaced([scope.as_str()]).into());
        }
        let count = self.count(&wanted.text, &wanted.bindings)?;
        let column = order_column(query.order.field);
        let direction = if query.order.descending { "DESC" } else { "ASC" };
        let (condition, bindings) = wanted.page(query.page());
        let select = format!(
            "SELECT body, last_used_at FROM {condition}
             ORDER BY {column} IS NULL, {column} {direction}, id {direction} LIMIT ? OFFSET ?"
        );
        Ok((self.list(&select, &bindings, key)?, count))
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

    /// A page of events, newest first, and how many there are on all pages.
    pub(crate) fn events(
        &self,
        owner: &Owner,
        query: &EventQuery,
    ) -> Stored<(Listed<(EventId, StoredEvent)>, u32)> {
        let wanted = events_wanted(owner, query);
        let count = self.count(&wanted.text, &wanted.bindings)?;
        let (select, bindings) = select_events(wanted, query.page());
        Ok((self.list(&select, &bindings, event)?, count))
    }
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
fn events_wanted(owner: &Owner, EventQuery { q, key, actor, action, .. }: &EventQuery) -> Conditions {
    let index = match (key, actor, action) {
        (Some(_), ..) => "events INDEXED BY events_by_key",
        (_, Some(ActorName::Key(_)), _) => "events INDEXED BY events_by_acting_key",
        (_, Some(_), _) => "events INDEXED BY events_by_actor",
        (.., Some(_)) => "events INDEXED BY events_by_action",
        _ => "events",
    };
    let mut wanted = Conditions::of_owner(index, owner);
    if let Some(key) = key {
        wanted.and("key = ?").with(key.as_str().into());
    }
    if let Some(actor) = actor {
        let (column, name) = column_of(["actor", "actor_key"], actor);
        wanted.and(&format!("{column} = ?")).with(name);
    }
    if let Some(action) = action {
        wanted.and("action = ?").with(action.as_str().into());
    }
    if let Some(text) = q.as_ref().and_then(Search::folded) {
        wanted.and("instr(search, ?)").with(text.into());
    }
    wanted
}

fn select_events(wanted: Conditions, page: Page) -> (String, Vec<SqlValue>) {
    let (condition, bindings) = wanted.page(page);
    (format!("SELECT id, body FROM {condition} ORDER BY id DESC LIMIT ? OFFSET ?"), bindings)
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
        let dates = [None, Some(4), Some(5), Some(6)].map(|at| at.map(Timestamp::from_millis));
        for (revoked_at, expires_at) in dates.into_iter().flat_map(|date| dates.map(|other| (date, other))) {
            let rows = sql.query(&query, &[now.into(), now.into(), revoked_at.into(), expires_at.into()]);
            let status = Status::at(now, revoked_at, expires_at);
            assert_eq!(rows, Ok(vec![vec![status.as_str().into()]]), "{revoked_at:?}, {expires_at:?}");
        }
    }

    #[test]
    fn events_are_read_by_an_index_in_their_order_whatever_they_are_filtered_by() {
        let sql = SqliteInMemory::new(&Rc::default(), &Rc::default());
        sql.transaction(&[Statement { sql: schema::CREATE, bindings: vec![] }]).expect("tables");
        let owner = Owner::User(OwnerId::parse("ada").expect("id"));
        let key = r#""key":"apk_01KAHQ0000000000000000000Z""#;
        let by_key = r#""actor":"key:apk_01KAHQ0000000000000000000Z""#;
        let (by_user, action) = (r#""actor":"user:ada""#, r#""action":"key.revoked""#);
        for (filters, column) in [
            (String::new(), "owner=?"),
            (r#""q":"x""#.to_owned(), "owner=?"),
            (format!(r#""q":"x",{action}"#), "action=?"),
            (key.to_owned(), "key=?"),
            (by_key.to_owned(), "actor_key=?"),
            (by_user.to_owned(), "actor=?"),
            (action.to_owned(), "action=?"),
            (format!("{by_user},{action}"), "actor=?"),
            (format!("{by_key},{action}"), "actor_key=?"),
            (format!("{key},{by_user},{action}"), "key=?"),
        ] {
            let query: EventQuery = serde_json::from_str(&format!("{{{filters}}}")).expect("a query");
            let (select, bindings) = select_events(events_wanted(&owner, &query), query.page());
            let plan = sql.query(&format!("EXPLAIN QUERY PLAN {select}"), &bindings).expect("a plan");
            let plan = format!("{plan:?}");
            let is_in_order = plan.contains("SEARCH events") && !plan.contains("B-TREE");
            assert!(is_in_order && plan.contains(column), "{filters}: {plan}");
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
