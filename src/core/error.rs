//! Why a text is not a well-formed key.

/// Why a text is not a well-formed key. The order of the variants is the order in which they are checked.
///
/// No variant holds any part of the input: an index or a length at the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseKeyError {
    /// Zero bytes.
    #[error("the key is empty")]
    Empty,
    /// More than [`KEY_MAX`](crate::key::KEY_MAX) bytes.
    #[error("the text is longer than any key")]
    TooLong,
    /// A byte outside `[0-9A-Za-z_]`.
    #[error("byte {index} is not a letter, digit or underscore")]
    BadCharacter {
        /// Index of the first such byte.
        index: usize,
    },
    /// Brand, kind or environment missing or not as in the grammar.
    #[error("the text does not begin with a brand, a kind and an environment")]
    BadPrefix,
    /// The body's first character is not a known version.
    #[error("the key has a version that is not known here")]
    UnknownVersion,
    /// The body has another length than its version requires.
    #[error("the part after the last underscore has {actual} characters instead of {expected}")]
    BadLength {
        /// Characters that the version requires.
        expected: usize,
        /// Characters found.
        actual: usize,
    },
    /// The checksum does not match: at least one character is wrong.
    #[error("the checksum does not match: at least one character is wrong")]
    BadChecksum,
}

impl ParseKeyError {
    /// The stable code of FORMAT.md.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "key.empty",
            Self::TooLong => "key.too_long",
            Self::BadCharacter { .. } => "key.bad_character",
            Self::BadPrefix => "key.bad_prefix",
            Self::UnknownVersion => "key.unknown_version",
            Self::BadLength { .. } => "key.bad_length",
            Self::BadChecksum => "key.bad_checksum",
        }
    }
}
