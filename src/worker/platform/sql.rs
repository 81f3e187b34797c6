//! The SQLite of a Durable Object.

use std::rc::Rc;

use js_sys::Array;
use keyward_app::ledger::sql::{Sql, SqlValue, Statement, StorageError};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Error, State};

#[wasm_bindgen]
extern "C" {
    /// A Durable Object's storage, with what the crate `worker` lacks.
    type RawStorage;
    type RawSql;
    type Cursor;

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

    #[wasm_bindgen(method, catch, variadic)]
    fn exec(this: &RawSql, sql: &str, bindings: &Array) -> Result<Cursor, JsValue>;

    /// An iterator of rows, each a list of columns.
    #[wasm_bindgen(method)]
    fn raw(this: &Cursor) -> Cursor;

    #[wasm_bindgen(method, catch, js_name = toArray)]
    fn to_array(this: &Cursor) -> Result<Array, JsValue>;
}

/// The database of a Durable Object.
#[derive(Clone)]
pub(crate) struct ObjectSql(Rc<State>);

impl ObjectSql {
    pub(crate) fn new(state: Rc<State>) -> Self {
        Self(state)
    }

    fn storage(&self) -> RawStorage {
        JsValue::from(self.0.storage().as_raw()).unchecked_into()
    }

    fn exec(&self, sql: &str, bindings: &[SqlValue]) -> Result<Cursor, JsValue> {
        self.storage().sql().exec(sql, &bindings.iter().map(to_platform).collect())
    }

    fn rows(&self, sql: &str, bindings: &[SqlValue]) -> Result<Vec<Vec<SqlValue>>, JsValue> {
        let mut rows = Vec::new();
        for row in self.exec(sql, bindings)?.raw().to_array()? {
            let mut columns = Vec::new();
            for column in row.unchecked_into::<Array>() {
                columns.push(from_platform(&column)?);
            }
            rows.push(columns);
        }
        Ok(rows)
    }
}

fn to_platform(value: &SqlValue) -> JsValue {
    match value {
        SqlValue::Null => JsValue::NULL,
        #[expect(clippy::cast_precision_loss, reason = "all of ours are exact as doubles")]
        SqlValue::Integer(number) => (*number as f64).into(),
        SqlValue::Text(text) => text.into(),
    }
}

fn from_platform(value: &JsValue) -> Result<SqlValue, JsValue> {
    match (value.as_string(), value.as_f64()) {
        (Some(text), _) => Ok(SqlValue::Text(text)),
        #[expect(clippy::cast_possible_truncation, reason = "it is a whole number, and exact")]
        (_, Some(number)) if number.fract() == 0.0 => Ok(SqlValue::Integer(number as i64)),
        _ if value.is_null() => Ok(SqlValue::Null),
        _ => Err(Error::RustError("a column has an unexpected type".to_owned()).into()),
    }
}

/// Logs the reason, which is not for the caller.
fn failed(error: JsValue) -> StorageError {
    log::error!(target: "ledger storage", "{}", Error::from(error));
    StorageError::Unreachable
}

impl Sql for ObjectSql {
    fn query(&self, sql: &str, bindings: &[SqlValue]) -> Result<Vec<Vec<SqlValue>>, StorageError> {
        self.rows(sql, bindings).map_err(failed)
    }

    fn transaction(&self, statements: &[Statement]) -> Result<(), StorageError> {
        let mut body = || {
            for Statement { sql, bindings } in statements {
                self.exec(sql, bindings)?;
            }
            Ok(())
        };
        self.storage().transaction_sync(&mut body).map_err(failed)?;
        Ok(())
    }

    fn size_bytes(&self) -> Result<i64, StorageError> {
        #[expect(clippy::cast_possible_truncation, reason = "a size is a whole number far below 2^53")]
        Ok(self.storage().sql().database_size() as i64)
    }
}
