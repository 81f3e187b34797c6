//! One row of a query's result, read column by column.

use js_sys::Array;
use keyward_core::Timestamp;
use keyward_core::stored::{self, Stored};
use wasm_bindgen::JsValue;

use super::lost;
use crate::ledger::rows::Read;

/// A row whose columns have not been read yet.
pub(super) struct Row(js_sys::ArrayIntoIter);

impl Row {
    pub(super) fn new(columns: Array) -> Self {
        Self(columns.into_iter())
    }

    fn next(&mut self) -> JsValue {
        self.0.next().unwrap_or(JsValue::NULL)
    }

    /// The next column, a text.
    pub(super) fn text(&mut self) -> Read<String> {
        self.next().as_string().ok_or_else(|| lost("a column is no text"))
    }

    /// The next column, a text that `parse` understands.
    pub(super) fn parsed<T>(&mut self, parse: impl FnOnce(String) -> Option<T>) -> Read<T> {
        parse(self.text()?).ok_or_else(|| lost("a column is not as it was written"))
    }

    /// The next column, a value that was stored.
    pub(super) fn stored<T: Stored>(&mut self) -> Read<T> {
        self.parsed(|text| stored::read(&text))
    }

    /// The next column, a whole number or null.
    pub(super) fn optional_number(&mut self) -> Read<Option<i64>> {
        let column = self.next();
        match column.as_f64() {
            #[expect(clippy::cast_possible_truncation, reason = "only whole numbers are written")]
            Some(number) => Ok(Some(number as i64)),
            None if column.is_null() => Ok(None),
            None => Err(lost("a column is no whole number")),
        }
    }

    /// The next column, a whole number.
    pub(super) fn number(&mut self) -> Read<i64> {
        self.optional_number()?.ok_or_else(|| lost("a column is null"))
    }

    /// The next column, an instant or null.
    pub(super) fn optional_instant(&mut self) -> Read<Option<Timestamp>> {
        Ok(self.optional_number()?.map(Timestamp::from_millis))
    }

    /// The next column, an instant.
    pub(super) fn instant(&mut self) -> Read<Timestamp> {
        self.number().map(Timestamp::from_millis)
    }
}
