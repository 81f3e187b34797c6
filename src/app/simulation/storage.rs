//! A ledger's database, which outlives the ledger. What is committed to it is the history.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use keyward_core::LedgerLocator;
use serde_json::Value;

use super::history::{History, Table};
use super::mutation::Mutation;
use super::schedule::Schedule;
use crate::ledger::sql::{Sql, SqlValue, Statement, StorageError};
use crate::sqlite::Database;

/// The rows of which everything is recorded: what names them, and their body.
const TABLES: [(Table, &str, &str); 3] = [
    (Table::Keys, " keys", "SELECT digest, body FROM keys ORDER BY digest"),
    (
        Table::Members,
        " members",
        "SELECT organization || '/' || user, body FROM members ORDER BY organization, user",
    ),
    (
        Table::Organizations,
        " organizations",
        "SELECT id, body FROM organizations WHERE deleted_at IS NULL ORDER BY id",
    ),
];

/// A database that records what is committed.
#[derive(Clone)]
pub(crate) struct Recorded {
    database: Rc<Database>,
    ledger: LedgerLocator,
    history: Rc<RefCell<History>>,
    schedule: Rc<Schedule>,
    mutation: Option<Mutation>,
    /// What was committed last, by table and name.
    last: Rc<RefCell<BTreeMap<(Table, String), String>>>,
    /// The next commit fails.
    pub(crate) fails: Rc<Cell<bool>>,
    pub(crate) commits: Rc<Cell<u64>>,
}

impl Recorded {
    pub(crate) fn new(
        ledger: LedgerLocator,
        history: &Rc<RefCell<History>>,
        schedule: &Rc<Schedule>,
        mutation: Option<Mutation>,
    ) -> Self {
        Self {
            database: Rc::new(Database::new()),
            ledger,
            history: Rc::clone(history),
            schedule: Rc::clone(schedule),
            mutation,
            last: Rc::default(),
            fails: Rc::default(),
            commits: Rc::default(),
        }
    }

    /// The rows that a query gives.
    pub(crate) fn rows(&self, sql: &str) -> Vec<Vec<SqlValue>> {
        self.database.rows(sql, &[])
    }

    /// Compares a table with what it held before, and records what has changed.
    fn record(&self, table: Table, query: &str, instant: i64) {
        let stamp = (instant, self.schedule.now());
        let mut last = self.last.borrow_mut();
        let mut gone: Vec<String> =
            last.keys().filter(|(of, _)| *of == table).map(|(_, name)| name.clone()).collect();
        for row in self.rows(query) {
            let [SqlValue::Text(name), SqlValue::Text(body)] = row.as_slice() else {
                panic!("{row:?} is no name and body")
            };
            gone.retain(|other| other != name);
            if last.get(&(table, name.clone())) != Some(body) {
                let value: Value = serde_json::from_str(body).expect("JSON");
                self.history.borrow_mut().record(self.ledger, (table, name), stamp, Some(&value));
                last.insert((table, name.clone()), body.clone());
            }
        }
        for name in gone {
            self.history.borrow_mut().record(self.ledger, (table, &name), stamp, None);
            last.remove(&(table, name));
        }
    }
}

impl Sql for Recorded {
    fn query(&self, sql: &str, bindings: &[SqlValue]) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        Ok(self.database.rows(sql, bindings))
    }

    fn transaction(&self, statements: &[Statement]) -> Result<(), StorageError> {
        let mut kept = Vec::new();
        for statement in statements {
            self.commits.set(self.commits.get() + 1);
            if !self.mutation.is_some_and(|mutation| mutation.forgets(statement, self.commits.get())) {
                kept.push(statement.clone());
            }
        }
        let is_committed = !self.fails.take();
        self.database.transaction(&kept, is_committed, |_| ());
        if !is_committed {
            return Err(StorageError::Unreachable);
        }
        let touched: Vec<_> = TABLES
            .into_iter()
            .filter(|(_, name, _)| statements.iter().any(|statement| statement.sql.contains(name)))
            .collect();
        if !touched.is_empty() {
            let clock = self.rows("SELECT clock FROM ledger");
            let Some([SqlValue::Integer(instant)]) = clock.first().map(Vec::as_slice) else {
                panic!("the ledger has no clock")
            };
            for (table, _, query) in touched {
                self.record(table, query, *instant);
            }
        }
        Ok(())
    }

    fn size_bytes(&self) -> Result<i64, StorageError> {
        Ok(0)
    }
}
