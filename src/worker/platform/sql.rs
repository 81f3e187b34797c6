//! The SQLite of a Durable Object.

use std::rc::Rc;

use keyward_app::ledger::sql::{Sql, SqlValue, Statement, StorageError};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Error, SqlCursor, SqlStorageValue, State};

#[wasm_bindgen]
extern "C" {
    /// A Durable Object's storage, with the one method that the crate `worker` lacks.
    type TransactionalStorage;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &TransactionalStorage,
        body: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;
}

/// The database of a Durable Object.
#[derive(Clone)]
pub(crate) struct ObjectSql(Rc<State>);

impl ObjectSql {
    pub(crate) fn new(state: Rc<State>) -> Self {
        Self(state)
    }

    fn exec(&self, sql: &str, bindings: &[SqlValue]) -> worker::Result<SqlCursor> {
        let bindings: Vec<_> = bindings.iter().map(to_platform).collect();
        self.0.storage().sql().exec(sql, bindings)
    }
}

fn to_platform(value: &SqlValue) -> SqlStorageValue {
    match value {
        SqlValue::Null => SqlStorageValue::Null,
        SqlValue::Integer(number) => SqlStorageValue::Integer(*number),
        SqlValue::Text(text) => SqlStorageValue::String(text.clone()),
    }
}

fn from_platform(value: SqlStorageValue) -> worker::Result<SqlValue> {
    match value {
        SqlStorageValue::Null => Ok(SqlValue::Null),
        SqlStorageValue::Integer(number) => Ok(SqlValue::Integer(number)),
        SqlStorageValue::String(text) => Ok(SqlValue::Text(text)),
        SqlStorageValue::Boolean(_) | SqlStorageValue::Float(_) | SqlStorageValue::Blob(_) => {
            Err(Error::RustError("a column has an unexpected type".to_owned()))
        }
    }
}

/// Logs the reason, which is not for the caller.
#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn failed(error: Error) -> StorageError {
    log::error!(target: "ledger storage", "{error}");
    StorageError
}

impl Sql for ObjectSql {
    fn query(&self, sql: &str, bindings: &[SqlValue]) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        let rows = self.exec(sql, bindings).and_then(|cursor| {
            cursor.raw().map(|row| row?.into_iter().map(from_platform).collect()).collect()
        });
        rows.map_err(failed)
    }

    fn transaction(&self, statements: &[Statement]) -> Result<(), StorageError> {
        let mut body = || {
            for Statement { sql, bindings } in statements {
                self.exec(sql, bindings)?;
            }
            Ok(())
        };
        let storage = self.0.storage();
        let storage: &TransactionalStorage = storage.as_raw().unchecked_ref();
        storage.transaction_sync(&mut body).map_err(|error| failed(error.into()))?;
        Ok(())
    }
}
