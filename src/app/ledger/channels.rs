//! An organization's sales channels, and which of its publishable keys are linked to them.

use keyward_core::channel::CHANNELS_MAX;
use keyward_core::{Channel, ChannelId, Entropy, ErrorCode, Links, Owner};

use super::sql::{Row, Sql};
use super::store::{Listed, Store, Stored};
use super::{Ledger, Transaction};
use crate::problem::Problem;

impl<S: Sql> Store<S> {
    /// All sales channels of an owner, the oldest first.
    pub(crate) fn channels(&self, owner: &Owner) -> Stored<Listed<Channel>> {
        let query = "SELECT body FROM channels WHERE owner = ? ORDER BY id";
        self.list(query, &[owner.to_string().into()], Row::json)
    }

    /// The sales channel of this id.
    pub(crate) fn channel(&self, owner: &Owner, id: &ChannelId) -> Stored<Option<Channel>> {
        let query = "SELECT body FROM channels WHERE owner = ? AND id = ?";
        self.first(query, &[owner.to_string().into(), id.as_str().into()], Row::json)
    }

    /// The ids of keys that are linked to a sales channel: this many at the most.
    pub(crate) fn linked(&self, owner: &Owner, id: &ChannelId, limit: u32) -> Stored<Vec<String>> {
        let query =
            "SELECT key FROM links INDEXED BY links_by_channel WHERE owner = ? AND channel = ? LIMIT ?";
        self.read(query, &[owner.to_string().into(), id.as_str().into(), limit.into()], Row::text)
    }

    /// How many sales channels an owner has.
    pub(crate) fn count_channels(&self, owner: &Owner) -> Stored<u32> {
        self.count("channels WHERE owner = ?", &[owner.to_string().into()])
    }
}

impl Transaction {
    /// Inserts or replaces a sales channel.
    pub(crate) fn put_channel(&mut self, owner: &Owner, channel: &Channel) {
        let row = [owner.to_string().into(), channel.id.as_str().into(), crate::json(channel).into()];
        self.push(
            "INSERT INTO channels (owner, id, body) VALUES (?, ?, ?)
             ON CONFLICT (owner, id) DO UPDATE SET body = excluded.body",
            row,
        );
    }

    /// Deletes a sales channel.
    pub(crate) fn delete_channel(&mut self, owner: &Owner, id: &ChannelId) {
        self.restricts = true;
        let of = [owner.to_string().into(), id.as_str().into()];
        self.push("DELETE FROM channels WHERE owner = ? AND id = ?", of);
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// Those of these links, besides those that there were before, that lead to no sales channel.
    pub(crate) fn dangling<'l>(
        &self,
        owner: &Owner,
        links: &'l Links,
        before: Option<&Links>,
    ) -> Result<Vec<&'l str>, Problem> {
        let mut dangling = Vec::new();
        for link in links.iter().filter(|link| before.is_none_or(|before| !before.has(link))) {
            if self.store.channel(owner, link)?.is_none() {
                dangling.push(link.as_str());
            }
        }
        Ok(dangling)
    }

    /// Refuses one more sales channel, besides those that there are and so many others, where there is no room.
    ///
    /// # Errors
    /// `ledger.full`.
    pub(crate) fn require_room_for_channel(&self, owner: &Owner, others: usize) -> Result<(), Problem> {
        if self.store.count_channels(owner)? as usize + others < CHANNELS_MAX {
            return Ok(());
        }
        let detail = format!("An organization has at most {CHANNELS_MAX} sales channels");
        Err(Problem::new(ErrorCode::LedgerFull).because(detail))
    }

    /// Refuses new links that lead to no sales channel.
    ///
    /// # Errors
    /// `request.bad_field`.
    pub(crate) fn require_channels(
        &self,
        owner: &Owner,
        links: &Links,
        before: Option<&Links>,
    ) -> Result<(), Problem> {
        if self.dangling(owner, links, before)?.is_empty() { Ok(()) } else { Err(no_channels()) }
    }
}

/// Links have to lead to something.
pub(crate) fn no_channels() -> Problem {
    Problem::field("/links", "must name sales channels that the organization has")
}
