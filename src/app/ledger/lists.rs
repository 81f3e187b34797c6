//! Lists of keys and events, in SQL.

use keyward_core::query::{EventQuery, KeyQuery, Page, Search, SortField};
use keyward_core::{ActorName, Event, EventId, KeyRecord, Owner, Timestamp};

use super::sql::{Row, Sql, SqlValue, StorageError};
use super::store::{Store, Stored, key};

/// The status of a row at an instant (bound twice). A test holds it against `Status::at` in the core.
const STATUS: &str = "CASE WHEN revoked_at <= ? THEN 'revoked' WHEN expires_at <= ? THEN 'expired'
    WHEN revoked_at IS NOT NULL THEN 'retiring' ELSE 'active' END";

/// The keys of an owner that were made with a key that was `made`, or rolled from one, whether they still exist or not. The
/// owner is bound four times.
const DESCENDANTS: &str = "
    UNION SELECT keys.id FROM made JOIN keys ON keys.owner = ? AND keys.created_with = made.id
    UNION SELECT keys.id FROM made JOIN keys ON keys.owner = ? AND keys.rolled_from = made.id
    UNION SELECT d.id FROM made JOIN deleted_keys d ON d.owner = ? AND d.created_with = made.id
    UNION SELECT d.id FROM made JOIN deleted_keys d ON d.owner = ? AND d.rolled_from = made.id";

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

    fn and(&mut self, condition: &str, values: impl IntoIterator<Item = SqlValue>) {
        self.text.push_str(" AND ");
        self.text.push_str(condition);
        self.bindings.extend(values);
    }

    /// What an actor did: `columns` are those of the actor's name and of the key that was used.
    fn and_actor(&mut self, [name, key]: [&str; 2], actor: Option<&ActorName>) {
        if let Some(actor) = actor {
            let (column, value) = column_of([name, key], actor);
            self.and(&format!("{column} = ?"), [value]);
        }
    }

    fn page(mut self, page: Page) -> (String, Vec<SqlValue>) {
        self.bindings.extend([page.limit.into(), page.offset.into()]);
        (self.text, self.bindings)
    }
}

/// In which column an actor is looked for, and as what.
fn column_of<'a>([name, key]: [&'a str; 2], actor: &ActorName) -> (&'a str, SqlValue) {
    match actor {
        ActorName::Key(id) => (key, id.as_str().into()),
        ActorName::User(_) | ActorName::Root(_) => (name, String::from(actor.clone()).into()),
    }
}

fn event(row: &mut Row) -> Stored<(EventId, Event)> {
    let id = EventId::parse(&row.text()?).map_err(|_| StorageError)?;
    Ok((id, row.json()?))
}

impl<S: Sql> Store<S> {
    /// A page of keys and how many there are on all pages. `now` decides on the status.
    pub(crate) fn keys(
        &self,
        owner: &Owner,
        query: &KeyQuery,
        now: Timestamp,
    ) -> Stored<(Vec<KeyRecord>, u32)> {
        let mut wanted = Conditions::of_owner("keys", owner);
        if let Some(text) = query.q.as_ref().and_then(Search::folded) {
            wanted.and("instr(search, ?)", [text.into()]);
        }
        if let Some(key_type) = query.key_type {
            wanted.and("type = ?", [key_type.as_str().into()]);
        }
        if let Some(status) = query.status {
            wanted.and(&format!("{STATUS} = ?"), [now.into(), now.into(), status.as_str().into()]);
        }
        wanted.and_actor(["created_by", "created_with"], query.created_by.as_ref());
        if let Some(after) = query.created_after {
            wanted.and("created_at > ?", [after.into()]);
        }
        if let Some(before) = query.created_before {
            wanted.and("created_at < ?", [before.into()]);
        }
        let count = self.count(&wanted.text, &wanted.bindings)?;
        let column = order_column(query.order.field);
        let direction = if query.order.descending { "DESC" } else { "ASC" };
        let (condition, bindings) = wanted.page(query.page());
        let select = format!(
            "SELECT body, last_used_at FROM {condition}
             ORDER BY {column} IS NULL, {column} {direction}, id {direction} LIMIT ? OFFSET ?"
        );
        Ok((self.read(&select, &bindings, key)?, count))
    }

    /// Keys that work at `now` and that the actor has made: directly, with a key that it has made, or with one that was made
    /// with such a key, and so on; or that were rolled from one of them.
    pub(crate) fn keys_made_by(
        &self,
        owner: &Owner,
        actor: &ActorName,
        now: Timestamp,
        limit: u32,
    ) -> Stored<Vec<KeyRecord>> {
        let (column, name) = column_of(["created_by", "created_with"], actor);
        let select = format!(
            "WITH RECURSIVE made (id) AS (SELECT id FROM keys WHERE owner = ? AND {column} = ?
             UNION SELECT id FROM deleted_keys WHERE owner = ? AND {column} = ? {DESCENDANTS})
             SELECT body, last_used_at FROM made CROSS JOIN keys ON keys.owner = ? AND keys.id = made.id
             WHERE {STATUS} IN ('active', 'retiring') ORDER BY keys.id LIMIT ?"
        );
        let owner = SqlValue::from(owner.to_string());
        let mut bindings = vec![owner.clone(), name.clone(), owner.clone(), name];
        bindings.extend(std::iter::repeat_n(owner, 5));
        bindings.extend([now.into(), now.into(), limit.into()]);
        self.read(&select, &bindings, key)
    }

    /// A page of events, newest first, and how many there are on all pages.
    pub(crate) fn events(&self, owner: &Owner, query: &EventQuery) -> Stored<(Vec<(EventId, Event)>, u32)> {
        let mut wanted = Conditions::of_owner("events", owner);
        if let Some(key) = &query.key {
            wanted.and("key = ?", [key.as_str().into()]);
        }
        wanted.and_actor(["actor", "actor_key"], query.actor.as_ref());
        if let Some(action) = &query.action {
            wanted.and("action = ?", [action.as_str().into()]);
        }
        let count = self.count(&wanted.text, &wanted.bindings)?;
        let (condition, bindings) = wanted.page(query.page());
        let select = format!("SELECT id, body FROM {condition} ORDER BY id DESC LIMIT ? OFFSET ?");
        Ok((self.read(&select, &bindings, event)?, count))
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
        for filters in [
            "",
            "key",
            "actor",
            "actor_key",
            "action",
            "actor action",
            "actor_key action",
            "key actor action",
        ] {
            let mut wanted = Conditions::of_owner("events", &owner);
            for column in filters.split_whitespace() {
                wanted.and(&format!("{column} = ?"), ["x".into()]);
            }
            let (condition, bindings) = wanted.page(Page { limit: 1, offset: 0 });
            let query = format!(
                "EXPLAIN QUERY PLAN SELECT id, body FROM {condition} ORDER BY id DESC LIMIT ? OFFSET ?"
            );
            let plan = format!("{:?}", sql.query(&query, &bindings).expect("a plan"));
            assert!(plan.contains("SEARCH events") && !plan.contains("B-TREE"), "{filters}: {plan}");
            assert!(filters.is_empty() || plan.contains("events_by_"), "{filters}: {plan}");
        }
    }
}
