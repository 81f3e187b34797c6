//! What a list of keys or events can be asked for.

use crate::id::KeyId;
use crate::record::{KeyType, Status};
use crate::timestamp::Timestamp;

/// Entries on a page when nothing is said.
pub const LIMIT_DEFAULT: u32 = 20;
/// Most entries on a page.
pub const LIMIT_MAX: u32 = 100;
/// Longest text to search for, in characters: as long as the longest title.
pub const SEARCH_MAX: usize = crate::fields::TITLE_MAX;

/// A text as it is searched for and sorted by, before its case is taken away: a sigma is a sigma wherever it stands in
/// a word, though that decides on its small form.
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().map(|letter| if matches!(letter, 'Σ' | 'ς') { 'σ' } else { letter }).collect()
}

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page {
    /// At most this many entries, 1 to [`LIMIT_MAX`].
    pub limit: u32,
    /// After this many.
    pub offset: u32,
}

/// What a list of keys is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortField {
    /// When it was created.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// When it was last used; never used comes last.
    LastUsedAt,
    /// When it expires; never comes last.
    ExpiresAt,
    /// When it is revoked; never comes last.
    RevokedAt,
    /// The title, without regard to case.
    Title,
}

impl SortField {
    /// Every field.
    pub const ALL: [Self; 6] =
        [Self::CreatedAt, Self::UpdatedAt, Self::LastUsedAt, Self::ExpiresAt, Self::RevokedAt, Self::Title];

    /// The field's name in a query.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::UpdatedAt => "updated_at",
            Self::LastUsedAt => "last_used_at",
            Self::ExpiresAt => "expires_at",
            Self::RevokedAt => "revoked_at",
            Self::Title => "title",
        }
    }
}

/// A field and a direction; ties are broken by id in the same direction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Order {
    /// What to sort by.
    pub field: SortField,
    /// Largest or latest first.
    pub descending: bool,
}

impl Order {
    /// Newest first, when nothing is said.
    pub const DEFAULT: Self = Self { field: SortField::CreatedAt, descending: true };

    /// Reads a field's name with an optional `-` for descending.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_prefix('-');
        let field = SortField::ALL.into_iter().find(|field| field.as_str() == name.unwrap_or(text))?;
        Some(Self { field, descending: name.is_some() })
    }
}

/// Which keys of an owner are wanted, in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyQuery {
    /// A text that title or redacted form holds, without regard to case; no character is special.
    pub q: Option<String>,
    /// Only this type.
    pub key_type: Option<KeyType>,
    /// Only this status at the time of the answer.
    pub status: Option<Status>,
    /// Only created after this instant.
    pub created_after: Option<Timestamp>,
    /// Only created before this instant.
    pub created_before: Option<Timestamp>,
    /// In which order.
    pub order: Order,
    /// Which part.
    pub page: Page,
}

/// Which events of an owner are wanted, newest first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventQuery {
    /// Only those about this key.
    pub key: Option<KeyId>,
    /// Which part.
    pub page: Page,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_a_field_with_an_optional_dash_for_descending() {
        for field in SortField::ALL {
            let name = field.as_str();
            assert_eq!(Order::parse(name), Some(Order { field, descending: false }), "{name}");
            assert_eq!(Order::parse(&format!("-{name}")), Some(Order { field, descending: true }), "{name}");
        }
        assert_eq!(Order::parse("-created_at"), Some(Order::DEFAULT));
    }

    #[test]
    fn what_is_no_order_is_refused() {
        for bad in
            ["", "-", "--title", "+title", "Title", "title ", " title", "title-", "id", "created_at,title"]
        {
            assert_eq!(Order::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn sort_fields_are_listed_once() {
        let names: std::collections::BTreeSet<&str> =
            SortField::ALL.into_iter().map(SortField::as_str).collect();
        assert_eq!(
            names.into_iter().collect::<Vec<_>>(),
            ["created_at", "expires_at", "last_used_at", "revoked_at", "title", "updated_at"]
        );
    }

    #[test]
    fn limits_are_those_of_the_contract() {
        assert_eq!((LIMIT_DEFAULT, LIMIT_MAX, SEARCH_MAX), (20, 100, 200));
    }
}
