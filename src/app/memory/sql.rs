//! SQLite in memory behind the port of a ledger, so that native tests run the SQL that is deployed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Mutex;

use rusqlite::limits::Limit;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use super::ports::Faults;
use crate::ledger::sql::{Sql, SqlValue, Statement, StorageError};

/// The database of one ledger. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct SqliteInMemory {
    connection: Rc<Connection>,
    faults: Rc<Cell<Faults>>,
    commits: Rc<Cell<u64>>,
}

/// A statement that SQLite refuses fails the test, since it would fail in every deployment.
fn accepted<T>(result: rusqlite::Result<T>) -> T {
    result.unwrap_or_else(|error| panic!("SQLite refuses: {error}"))
}

fn bind(bindings: &[SqlValue]) -> impl Iterator<Item = Value> {
    bindings.iter().map(|value| match value {
        SqlValue::Null => Value::Null,
        SqlValue::Integer(number) => Value::Integer(*number),
        SqlValue::Text(text) => Value::Text(text.clone()),
    })
}

fn read(value: ValueRef<'_>) -> SqlValue {
    match value {
        ValueRef::Null => SqlValue::Null,
        ValueRef::Integer(number) => SqlValue::Integer(number),
        ValueRef::Text(text) => SqlValue::Text(String::from_utf8(text.to_vec()).expect("UTF-8")),
        other => panic!("{other:?} is not among the values of the port"),
    }
}

/// The statements whose plans have been looked at.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl SqliteInMemory {
    /// An empty database, which fails when `faults` say so and counts its transactions in `commits`.
    pub(crate) fn new(faults: &Rc<Cell<Faults>>, commits: &Rc<Cell<u64>>) -> Self {
        let connection = accepted(Connection::open_in_memory());
        // What the platform allows.
        for (limit, value) in [
            (Limit::SQLITE_LIMIT_SQL_LENGTH, 100_000),
            (Limit::SQLITE_LIMIT_EXPR_DEPTH, 100),
            (Limit::SQLITE_LIMIT_COMPOUND_SELECT, 5),
            (Limit::SQLITE_LIMIT_VARIABLE_NUMBER, 100),
        ] {
            accepted(connection.set_limit(limit, value));
        }
        Self { connection: Rc::new(connection), faults: Rc::clone(faults), commits: Rc::clone(commits) }
    }

    /// Whether there are tables.
    pub(crate) fn is_created(&self) -> bool {
        !self.rows("SELECT 1 FROM sqlite_master LIMIT 1", &[]).is_empty()
    }

    /// Fails the test that runs a statement which goes through a whole table, or sorts more than a few rows: however many rows
    /// there are, what is wanted is found by an index. Every native test holds every statement to this.
    fn hold_to_indexes(&self, sql: &str) {
        let is_query = ["SELECT", "UPDATE", "DELETE", "INSERT", "REPLACE", "WITH"];
        if !is_query.iter().any(|start| sql.trim_start().starts_with(start))
            || !SEEN.lock().expect("nothing fails meanwhile").insert(sql.to_owned())
        {
            return;
        }
        let mut statement = accepted(self.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")));
        let steps = accepted(
            statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>(),
        );
        for step in &steps {
            // One row; rows that the statement itself has made; what has the terms that are looked for.
            let is_scan = step.starts_with("SCAN")
                && !["SCAN ledger", "SCAN sqlite_master", "SCAN made", "SCAN CONSTANT ROW", "SCAN (subquery"]
                    .iter()
                    .any(|few| step.starts_with(few))
                && !step.starts_with("SCAN words VIRTUAL TABLE INDEX 0:M")
                && !step.starts_with("SCAN words VIRTUAL TABLE INDEX 0:=");
            // Keys that were found by other means are few.
            let sorts =
                step.contains("TEMP B-TREE") && !sql.contains("seq IN (") && !sql.contains("FROM made");
            assert!(!is_scan && !sorts, "{sql}: {steps:#?}");
        }
    }

    /// The rows that a query gives, whatever the faults.
    pub(crate) fn rows(&self, sql: &str, bindings: &[SqlValue]) -> Vec<Vec<SqlValue>> {
        let mut statement = accepted(self.connection.prepare(sql));
        let width = statement.column_count();
        let rows = statement.query_map(params_from_iter(bind(bindings)), |row| {
            (0..width).map(|column| row.get_ref(column).map(read)).collect()
        });
        accepted(accepted(rows).collect())
    }
}

impl Sql for SqliteInMemory {
    fn query(&self, sql: &str, bindings: &[SqlValue]) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        if self.faults.get().reads_fail {
            Err(StorageError::Unreachable)
        } else {
            self.hold_to_indexes(sql);
            Ok(self.rows(sql, bindings))
        }
    }

    fn transaction(&self, statements: &[Statement]) -> Result<(), StorageError> {
        let transaction = accepted(self.connection.unchecked_transaction());
        for Statement { sql, bindings } in statements {
            if bindings.is_empty() {
                accepted(transaction.execute_batch(sql));
            } else {
                self.hold_to_indexes(sql);
                accepted(transaction.execute(sql, params_from_iter(bind(bindings))));
            }
        }
        let Faults { commits_fail, no_room_for_events, .. } = self.faults.get();
        let has_event = statements.iter().any(|statement| statement.sql.contains("INTO events"));
        if commits_fail || no_room_for_events && has_event {
            accepted(transaction.rollback());
            return Err(StorageError::Unreachable);
        }
        accepted(transaction.commit());
        // A promise changes nothing: see `ledger/clock.rs`.
        if statements.iter().any(|statement| !statement.sql.starts_with("UPDATE ledger SET promised")) {
            self.commits.set(self.commits.get() + 1);
        }
        Ok(())
    }

    fn size_bytes(&self) -> Result<i64, StorageError> {
        Ok(self.faults.get().size_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(sql: &'static str) {
        let database = SqliteInMemory::new(&Rc::default(), &Rc::default());
        let tables = "CREATE TABLE t (a INTEGER, b INTEGER); CREATE INDEX t_by_a ON t (a)";
        database.transaction(&[Statement { sql: tables, bindings: vec![] }]).expect("made");
        let _ = database.query(sql, &[]);
    }

    #[test]
    #[should_panic = "SCAN t"]
    fn a_statement_that_goes_through_a_table_fails_its_test() {
        run("SELECT a FROM t WHERE b > 1");
    }

    #[test]
    #[should_panic = "TEMP B-TREE"]
    fn a_statement_that_sorts_what_an_index_finds_fails_its_test() {
        run("SELECT a FROM t WHERE a > 1 ORDER BY b");
    }

    #[test]
    fn a_statement_that_follows_an_index_is_run() {
        run("SELECT a FROM t WHERE a > 1 ORDER BY a");
    }
}
