//! SQLite in memory behind the port of a ledger, so that native tests run the SQL that is deployed.

use std::cell::Cell;
use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Mutex;

use super::ports::Faults;
use crate::ledger::sql::{Sql, SqlValue, Statement, StorageError};
use crate::sqlite::Database;

/// The database of one ledger. Clones share it.
#[derive(Debug, Clone)]
pub(crate) struct SqliteInMemory {
    database: Rc<Database>,
    faults: Rc<Cell<Faults>>,
    commits: Rc<Cell<u64>>,
}

/// The statements whose plans have been looked at.
static SEEN: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

impl SqliteInMemory {
    /// An empty database, which fails when `faults` say so and counts its transactions in `commits`.
    pub(crate) fn new(faults: &Rc<Cell<Faults>>, commits: &Rc<Cell<u64>>) -> Self {
        Self { database: Rc::new(Database::new()), faults: Rc::clone(faults), commits: Rc::clone(commits) }
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
        let steps = self.database.plan(sql);
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
        self.database.rows(sql, bindings)
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
        let Faults { commits_fail, no_room_for_events, .. } = self.faults.get();
        let has_event = statements.iter().any(|statement| statement.sql.contains("INTO events"));
        let is_committed = !(commits_fail || no_room_for_events && has_event);
        self.database.transaction(statements, is_committed, |sql| self.hold_to_indexes(sql));
        if !is_committed {
            return Err(StorageError::Unreachable);
        }
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
