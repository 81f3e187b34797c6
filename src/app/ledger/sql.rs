//! The SQL database of a ledger, as a port: SQLite in a Durable Object, or in memory.

/// A value in a statement's bindings or in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SqlValue {
    /// `NULL`
    Null,
    /// An integer. All of ours are exact as doubles, which is what the platform has.
    Integer(i64),
    /// A text.
    Text(String),
}

impl From<i64> for SqlValue {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u32> for SqlValue {
    fn from(number: u32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<&str> for SqlValue {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for SqlValue {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<keyward_core::Timestamp> for SqlValue {
    fn from(at: keyward_core::Timestamp) -> Self {
        Self::Integer(at.as_millis())
    }
}

impl<T: Into<Self>> From<Option<T>> for SqlValue {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// A statement and its bindings. One without bindings may be several statements with semicolons between.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The SQL.
    pub sql: &'static str,
    /// The values of its question marks.
    pub bindings: Vec<SqlValue>,
}

/// Stored state could not be read or written; nothing has changed. What failed is in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StorageError {
    /// The database has failed.
    #[error("the ledger's storage cannot be reached")]
    Unreachable,
    /// There is a row, but it has another form than it should.
    #[error("what is stored of this cannot be read")]
    Unreadable,
}

/// What is stored, if there is such a row: `Some(None)` for one that cannot be read. It can still be taken away.
#[expect(clippy::option_option, reason = "whether there is one, and whether it can be read")]
pub(crate) fn even_unreadable<T>(
    stored: Result<Option<T>, StorageError>,
) -> Result<Option<Option<T>>, StorageError> {
    match stored {
        Err(StorageError::Unreadable) => Ok(Some(None)),
        stored => Ok(stored?.map(Some)),
    }
}

/// A database.
pub trait Sql {
    /// The rows that a query gives.
    ///
    /// # Errors
    /// [`StorageError`].
    fn query(&self, sql: &str, bindings: &[SqlValue]) -> Result<Vec<Vec<SqlValue>>, StorageError>;

    /// Runs statements in one transaction: all of them or none.
    ///
    /// # Errors
    /// [`StorageError`].
    fn transaction(&self, statements: &[Statement]) -> Result<(), StorageError>;

    /// How large the database is, in bytes.
    ///
    /// # Errors
    /// [`StorageError`].
    fn size_bytes(&self) -> Result<i64, StorageError>;
}

/// A row whose columns are read one after the other.
pub(super) struct Row(std::vec::IntoIter<SqlValue>);

pub(super) fn unreadable(why: &str) -> StorageError {
    log::error!(target: "ledger storage", "{why}");
    StorageError::Unreadable
}

impl Row {
    pub(super) fn new(columns: Vec<SqlValue>) -> Self {
        Self(columns.into_iter())
    }

    /// The next column, an integer or null.
    pub(super) fn optional_number(&mut self) -> Result<Option<i64>, StorageError> {
        match self.0.next() {
            Some(SqlValue::Integer(number)) => Ok(Some(number)),
            Some(SqlValue::Null) => Ok(None),
            _ => Err(unreadable("a column is not an integer")),
        }
    }

    /// The next column, an integer.
    pub(super) fn number(&mut self) -> Result<i64, StorageError> {
        self.optional_number()?.ok_or_else(|| unreadable("a column is null"))
    }

    /// The next column, a text or null.
    pub(super) fn optional_text(&mut self) -> Result<Option<String>, StorageError> {
        match self.0.next() {
            Some(SqlValue::Text(text)) => Ok(Some(text)),
            Some(SqlValue::Null) => Ok(None),
            _ => Err(unreadable("a column is not a text")),
        }
    }

    /// The next column, a text.
    pub(super) fn text(&mut self) -> Result<String, StorageError> {
        self.optional_text()?.ok_or_else(|| unreadable("a column is null"))
    }

    /// The next column, a value that was stored as JSON.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&mut self) -> Result<T, StorageError> {
        // The error of serde_json would repeat what is stored.
        crate::objects::from_str(&self.text()?).map_err(|_| unreadable("a column is not as it was written"))
    }
}
