//! SQLite in memory with the platform's limits, for what runs natively: tests, and the simulation.

use rusqlite::limits::Limit;
use rusqlite::types::{Value, ValueRef};
use rusqlite::{Connection, params_from_iter};

use crate::ledger::sql::{SqlValue, Statement};

/// A database.
#[derive(Debug)]
pub(crate) struct Database(Connection);

/// A statement that SQLite refuses ends the run, since it would fail in every deployment.
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

impl Database {
    /// An empty one.
    pub(crate) fn new() -> Self {
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
        Self(connection)
    }

    /// The rows that a query gives.
    pub(crate) fn rows(&self, sql: &str, bindings: &[SqlValue]) -> Vec<Vec<SqlValue>> {
        let mut statement = accepted(self.0.prepare(sql));
        let width = statement.column_count();
        let rows = statement.query_map(params_from_iter(bind(bindings)), |row| {
            (0..width).map(|column| row.get_ref(column).map(read)).collect()
        });
        accepted(accepted(rows).collect())
    }

    /// How SQLite would carry a statement out.
    #[cfg(test)]
    pub(crate) fn plan(&self, sql: &str) -> Vec<String> {
        let mut statement = accepted(self.0.prepare(&format!("EXPLAIN QUERY PLAN {sql}")));
        accepted(statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect())
    }

    /// Runs statements in one transaction, which is committed or rolled back. Those with bindings are shown first.
    pub(crate) fn transaction(&self, statements: &[Statement], is_committed: bool, show: impl Fn(&str)) {
        let transaction = accepted(self.0.unchecked_transaction());
        for Statement { sql, bindings } in statements {
            if bindings.is_empty() {
                accepted(transaction.execute_batch(sql));
            } else {
                show(sql);
                accepted(transaction.execute(sql, params_from_iter(bind(bindings))));
            }
        }
        accepted(if is_committed { transaction.commit() } else { transaction.rollback() });
    }
}
