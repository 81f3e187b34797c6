//! Sales channels: what an organization's publishable keys can be linked to. Which of them a key reaches is said by its
//! verdict; what follows from that is the application's concern.

use serde::{Deserialize, Serialize};

use crate::id::ChannelId;
use crate::record::KeyType;
use crate::settings::{Reason, Title};
use crate::timestamp::Timestamp;

/// Most links of a key.
pub const LINKS_MAX: usize = 50;
/// Most sales channels of an organization.
pub const CHANNELS_MAX: usize = 500;

/// There are too many links. Holds for stored keys too: it may be raised, but never lowered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must hold at most {LINKS_MAX} links")]
pub struct LinksError;

/// What a publishable key is linked to: a set of at most [`LINKS_MAX`] sales channels, by id and in their order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<ChannelId>")]
pub struct Links(Vec<ChannelId>);

impl TryFrom<Vec<ChannelId>> for Links {
    type Error = LinksError;
    fn try_from(links: Vec<ChannelId>) -> Result<Self, LinksError> {
        if links.len() > LINKS_MAX { Err(LinksError) } else { Self::default().changed(&links, &[]) }
    }
}

impl Links {
    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a key of this type may have them: a secret one has none.
    #[must_use]
    pub fn fit(&self, key_type: KeyType) -> bool {
        self.is_empty() || key_type == KeyType::Publishable
    }

    /// Whether this is among them.
    #[must_use]
    pub fn has(&self, channel: &ChannelId) -> bool {
        self.0.contains(channel)
    }

    /// Whether all of `others` are among them.
    #[must_use]
    pub fn have_all(&self, others: &Self) -> bool {
        others.iter().all(|link| self.has(link))
    }

    /// Their ids, in order.
    pub fn iter(&self) -> impl Iterator<Item = &ChannelId> {
        self.0.iter()
    }

    /// The same without some, and with others.
    ///
    /// # Errors
    /// [`LinksError`].
    pub fn changed(&self, add: &[ChannelId], remove: &[ChannelId]) -> Result<Self, LinksError> {
        let mut links = self.0.clone();
        links.retain(|link| !remove.contains(link));
        for link in add {
            if let Err(place) = links.binary_search(link) {
                links.insert(place, link.clone());
            }
        }
        if links.len() > LINKS_MAX { Err(LinksError) } else { Ok(Self(links)) }
    }
}

/// A sales channel. Stored as JSON; a test pins this shape.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Channel {
    /// Its id.
    pub id: ChannelId,
    /// What people call it; need not be unique.
    pub name: Title,
    /// What it is for, in a person's words.
    pub description: Option<Reason>,
    /// Whether the application is to treat it as closed.
    pub is_disabled: bool,
    /// When it was created.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(letters: &str) -> Vec<ChannelId> {
        let id = |letter| ChannelId::parse(&format!("sc_01KAHQ0000000000000000000{letter}"));
        letters.chars().map(|letter| id(letter).expect("an id")).collect()
    }

    fn links(letters: &str) -> Links {
        Links::try_from(ids(letters)).expect("few")
    }

    #[test]
    fn what_is_added_and_removed_at_once_is_linked() {
        let changed = |add, remove| links("AB").changed(&ids(add), &ids(remove)).expect("few");
        assert_eq!(changed("C", "A"), links("BC"));
        assert_eq!(changed("A", "A"), links("AB"));
        assert_eq!(changed("", "CA"), links("B"));
    }

    #[test]
    fn a_key_has_fifty_links_at_the_most() {
        let all: Vec<_> = (0..51).map(|n| format!("sc_01KAHQ000000000000000000{n:02}")).collect();
        let all: Vec<_> = all.iter().map(|id| ChannelId::parse(id).expect("an id")).collect();
        let (last, fifty) = all.split_last().expect("some");
        let fifty = Links::try_from(fifty.to_vec()).expect("fifty");
        assert_eq!(Links::try_from(all.clone()), Err(LinksError));
        assert_eq!(fifty.changed(std::slice::from_ref(last), &[]), Err(LinksError));
        assert!(fifty.changed(std::slice::from_ref(last), &all[..1]).is_ok());
    }

    #[test]
    fn stored_channel_has_the_pinned_shape() {
        let channel = Channel {
            id: ids("A").remove(0),
            name: Title::parse("Web").expect("a title"),
            description: Some(Reason::parse("The shop").expect("legible")),
            is_disabled: true,
            created_at: Timestamp::from_millis(1),
            updated_at: Timestamp::from_millis(2),
        };
        let pinned = serde_json::json!({
            "id": "sc_01KAHQ0000000000000000000A", "name": "Web", "description": "The shop", "is_disabled": true,
            "created_at": "1970-01-01T00:00:00.001Z", "updated_at": "1970-01-01T00:00:00.002Z",
        });
        assert_eq!(serde_json::to_value(&channel).expect("JSON"), pinned);
        assert_eq!(serde_json::from_value::<Channel>(pinned).expect("its own shape"), channel);
    }
}
