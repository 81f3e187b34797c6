//! The queries for lists.

use serde::{Deserialize, Serialize};

use crate::actor::ActorName;
use crate::event::Change;
use crate::id::KeyId;
use crate::page::{Cursor, Page};
use crate::record::{KeyType, Status};
use crate::settings::Scope;
use crate::text::{breaks_lines, fold};
use crate::timestamp::Timestamp;

/// Entries on a page if the query does not say.
pub const LIMIT_DEFAULT: u32 = 20;
/// Most entries on a page.
pub const LIMIT_MAX: u32 = 100;
/// Most entries that can be skipped: for small jumps. A cursor leads any way into a list, and as quickly.
pub const OFFSET_MAX: u32 = 10_000;
/// Longest text to search for, in characters: as long as the longest title.
pub const SEARCH_MAX: usize = crate::settings::TITLE_MAX;

/// Why a query is not one that can be answered. No variant holds any part of the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The number of entries on a page is out of range.
    #[error("must be a whole number from 1 to {LIMIT_MAX}")]
    Limit,
    /// The number of entries to skip is out of range.
    #[error("must be a whole number from 0 to {OFFSET_MAX}; `after` leads further")]
    Offset,
    /// It is no cursor, or one of another list.
    #[error("must be the `after` of a page of this list with the same filters and the same order")]
    Cursor,
    /// There is no such field to sort by.
    #[error(
        "must be one of created_at, updated_at, last_used_at, expires_at, revoked_at, title, with a leading - for descending"
    )]
    Order,
    /// There is no such action.
    #[error("must be an action of an event, such as key.created")]
    Action,
    /// It names no status, or one that there is not.
    #[error("must be one or several of active, retiring, expired and revoked, with commas between")]
    Status,
    /// It names a status twice.
    #[error("must name each status once")]
    StatusTwice,
    /// It is neither of the two words.
    #[error("must be true or false")]
    Flag,
    /// The text to search for is too long.
    #[error("must be at most {SEARCH_MAX} characters")]
    SearchLength,
    /// The text to search for has control characters or line breaks.
    #[error("must not hold control characters or line breaks")]
    SearchCharacter,
}

/// A number as it is written in a query: digits alone, whereas `parse` also accepts a leading plus.
pub(crate) fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()))
}

macro_rules! parameter {
    ($(#[$doc:meta])* $name:ident($inner:ty), $read:expr, $write:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name($inner);

        impl TryFrom<String> for $name {
            type Error = QueryError;
            fn try_from(text: String) -> Result<Self, QueryError> {
                $read(text).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(parameter: $name) -> Self {
                $write(parameter.0)
            }
        }
    };
}

parameter!(
    /// How many entries at the most: 1 to [`LIMIT_MAX`].
    Limit(u32),
    |text: String| number(&text).filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or(QueryError::Limit),
    |limit: u32| limit.to_string()
);
parameter!(
    /// How many entries to skip.
    Offset(u32),
    |text: String| number(&text).filter(|offset| *offset <= OFFSET_MAX).ok_or(QueryError::Offset),
    |offset: u32| offset.to_string()
);
parameter!(
    /// A text to search for: at most [`SEARCH_MAX`] characters, trimmed; an empty one matches everything.
    Search(String),
    |text: String| search(&text),
    |text| text
);

parameter!(
    /// What was done, as an event names it: `key.created` and so on.
    EventAction(String),
    |text: String| if Change::ACTIONS.contains(&text.as_str()) { Ok(text) } else { Err(QueryError::Action) },
    |text| text
);

parameter!(
    /// One status or several, each once, with commas between.
    Statuses(String),
    |text: String| statuses(&text).map(|()| text),
    |text| text
);
parameter!(
    /// `true` or `false`.
    Flag(bool),
    |text: String| text.parse().map_err(|_| QueryError::Flag),
    |flag: bool| flag.to_string()
);

fn statuses(text: &str) -> Result<(), QueryError> {
    for (index, word) in text.split(',').enumerate() {
        if Status::ALL.iter().all(|status| status.as_str() != word) {
            return Err(QueryError::Status);
        }
        if text.split(',').take(index).any(|earlier| earlier == word) {
            return Err(QueryError::StatusTwice);
        }
    }
    Ok(())
}

impl Statuses {
    /// Whether this is among them.
    #[must_use]
    pub fn has(&self, status: Status) -> bool {
        self.0.split(',').any(|word| word == status.as_str())
    }
}

impl Flag {
    /// Whether it is `true`.
    #[must_use]
    pub fn is_set(&self) -> bool {
        self.0
    }
}

impl EventAction {
    /// The action's name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn search(text: &str) -> Result<String, QueryError> {
    let text = text.trim();
    if text.chars().count() > SEARCH_MAX {
        return Err(QueryError::SearchLength);
    }
    if text.chars().any(breaks_lines) {
        return Err(QueryError::SearchCharacter);
    }
    Ok(text.to_owned())
}

impl Search {
    /// The text to search for, folded; `None` if nothing of it can be seen.
    #[must_use]
    pub fn folded(&self) -> Option<String> {
        Some(fold(&self.0)).filter(|text| !text.is_empty())
    }
}

/// What a list of keys is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SortField {
    /// When it was created.
    CreatedAt,
    /// When it was last changed.
    UpdatedAt,
    /// When it was last used; one that was never used counts as used before all others.
    LastUsedAt,
    /// When it expires; one that never does counts as expiring after all others.
    ExpiresAt,
    /// When it is revoked; one that is not counts as revoked after all others.
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Order {
    /// What to sort by.
    pub field: SortField,
    /// Largest or latest first.
    pub descending: bool,
}

/// Newest first.
impl Default for Order {
    fn default() -> Self {
        Self { field: SortField::CreatedAt, descending: true }
    }
}

/// A field's name with an optional `-` for descending.
impl TryFrom<String> for Order {
    type Error = QueryError;
    fn try_from(text: String) -> Result<Self, QueryError> {
        let name = text.strip_prefix('-');
        let field = SortField::ALL.into_iter().find(|field| field.as_str() == name.unwrap_or(text.as_str()));
        Ok(Self { field: field.ok_or(QueryError::Order)?, descending: name.is_some() })
    }
}

impl From<Order> for String {
    fn from(order: Order) -> Self {
        format!("{}{}", if order.descending { "-" } else { "" }, order.field.as_str())
    }
}

/// Which keys of an owner are wanted, in which order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct KeyQuery {
    /// A part of the title or the redacted form, in any case and in composed or decomposed letters. `%` and `_` are ordinary characters; white space around it
    /// is ignored, and an empty text matches everything.
    pub q: Option<Search>,
    /// Only keys of this type.
    #[serde(rename = "type")]
    pub key_type: Option<KeyType>,
    /// Only keys that have this status now, or one of several: `active,retiring` finds those that work.
    pub status: Option<Statuses>,
    /// What to sort by, with a leading `-` for the other way round. A key that was never used counts as used before all others;
    /// one that never expires or is not revoked, as expiring or revoked after all others. Ties are broken by id.
    #[serde(default)]
    pub order: Order,
    /// At most this many.
    pub limit: Option<Limit>,
    /// Begin after the page that had this as its `after`.
    pub after: Option<Cursor>,
    /// Skip this many first: for small jumps.
    pub offset: Option<Offset>,
    /// Only keys that this person, key or root key has created: `user:ada`, whichever of their keys they used; `key:apk_…`,
    /// whoever used it; `root:root_…`.
    pub created_by: Option<ActorName>,
    /// Only keys created later than this.
    pub created_after: Option<Timestamp>,
    /// Only keys created earlier than this.
    pub created_before: Option<Timestamp>,
    /// Only keys that expire earlier than this, or have expired.
    pub expires_before: Option<Timestamp>,
    /// `true`: only keys that never expire; `false`: only keys that do.
    pub never_expires: Option<Flag>,
    /// Only keys that were last used earlier than this, or never, and that were created earlier than this.
    pub unused_since: Option<Timestamp>,
    /// `true`: only foreign keys, which another system has issued; `false`: only those of this deployment.
    pub foreign: Option<Flag>,
    /// Only keys whose own scopes have this word among them; `*` finds those that hold everything, and nothing else finds
    /// those.
    pub scope: Option<Scope>,
}

/// Which events of an owner are wanted, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EventQuery {
    /// A part of the key's title or redacted form, of a person's id (in either form) or of an organization's, of a name or of a
    /// reason, as they were then, in any case. Read as `q` of keys is.
    pub q: Option<Search>,
    /// Only events about this key, which may be deleted by now.
    pub key: Option<KeyId>,
    /// Only what this person, key or root key has done: `user:ada`, whichever of their keys they used; `key:apk_…`, whoever
    /// used it; `root:root_…`.
    pub actor: Option<ActorName>,
    /// Only this action.
    pub action: Option<EventAction>,
    /// At most this many.
    pub limit: Option<Limit>,
    /// Begin after the page that had this as its `after`.
    pub after: Option<Cursor>,
    /// Skip this many first: for small jumps.
    pub offset: Option<Offset>,
}

/// Which organizations of the deployment are wanted, by id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct OrganizationQuery {
    /// A part of the id or the name, in any case. `%` and `_` are ordinary characters; white space around it is ignored,
    /// and an empty text matches everything.
    pub q: Option<Search>,
    /// At most this many.
    pub limit: Option<Limit>,
    /// Begin after the page that had this as its `after`.
    pub after: Option<Cursor>,
    /// Skip this many first: for small jumps.
    pub offset: Option<Offset>,
}

/// Which part of a list is wanted, where that is all there is to want.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PageQuery {
    /// At most this many.
    pub limit: Option<Limit>,
    /// Begin after the page that had this as its `after`.
    pub after: Option<Cursor>,
    /// Skip this many first: for small jumps.
    pub offset: Option<Offset>,
}

macro_rules! paged {
    ($($query:ty),+) => {
        $(impl $query {
            /// Which part of the list of this name.
            ///
            /// # Errors
            /// [`QueryError::Cursor`] for a cursor of another list, or of other filters or another order.
            pub fn page(&self, name: &str) -> Result<Page, QueryError> {
                let mut bare = self.clone();
                (bare.limit, bare.after, bare.offset) = (None, None, None);
                let list = [name, " ", &serde_json::to_string(&bare).unwrap_or_default()].concat();
                let limit = self.limit.as_ref().map_or(LIMIT_DEFAULT, |limit| limit.0);
                let offset = self.offset.as_ref().map_or(0, |offset| offset.0);
                Page::of(&list, limit, offset, self.after.as_ref())
            }
        })+
    };
}

paged!(KeyQuery, EventQuery, OrganizationQuery, PageQuery);
