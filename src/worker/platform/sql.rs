//! The SQLite of a Durable Object.

use std::rc::Rc;

use keyward_app::ledger::sql::{Sql, SqlValue, Statement, StorageError};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Error, SqlCursor, SqlStorageValue, State};

#[wasm_bindgen]
extern "C" {
    /// A Durable Object's storage, with what the crate `worker` lacks.
    type RawStorage;
    type RawSql;

    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &RawStorage,
        body: &mut dyn FnMut() -> Result<(), JsValue>,
    ) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(method, getter)]
    fn sql(this: &RawStorage) -> RawSql;

    /// In bytes. As a `usize`, which has 32 bits here, it would end at 4 GB.
    #[wasm_bindgen(method, getter, js_name = databaseSize)]
    fn database_size(this: &RawSql) -> f64;
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
    StorageError::Unreachable
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
        let storage: &RawStorage = storage.as_raw().unchecked_ref();
        storage.transaction_sync(&mut body).map_err(|error| failed(error.into()))?;
        Ok(())
    }

    fn size_bytes(&self) -> Result<i64, StorageError> {
        let storage = self.0.storage();
        let storage: &RawStorage = storage.as_raw().unchecked_ref();
        #[expect(clippy::cast_possible_truncation, reason = "a size is a whole number far below 2^53")]
        Ok(storage.sql().database_size() as i64)
    }
}
