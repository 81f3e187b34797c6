//! What the façade asks of an organization's ledger, besides the operations.

use keyward_core::channel::{CHANNELS_MAX, ChannelSettings, LINKS_MAX};
use keyward_core::page::{Cursor, Page};
use keyward_core::policy::Action;
use keyward_core::query::KeyQuery;
use keyward_core::settings::KeyChanges;
use keyward_core::{
    Channel, ChannelId, Entropy, ErrorCode, KeyId, KeyType, Owner, Principal, Reason, RequestContext, Title,
    grant,
};
use serde::{Deserialize, Deserializer, Serialize};

use super::invalid;
use crate::caller::Caller;
use crate::ledger::Ledger;
use crate::ledger::expression::Expression;
use crate::ledger::request::{LedgerCall, admit};
use crate::ledger::sql::Sql;
use crate::problem::{Problem, refused};
use crate::resources::Key;
use crate::response::Response;

/// Of this many keys at the most are links taken away at once.
const UNLINKED_MAX: u32 = 100;

/// A client of Medusa wants something.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ServeMedusa {
    /// Who calls.
    pub principal: Principal,
    /// Whose keys and sales channels.
    pub owner: Owner,
    /// The request, as events name it.
    pub request: RequestContext,
    /// What is wanted.
    pub ask: Ask,
}

/// What is wanted.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(missing_docs, reason = "the fields are what they are called")]
pub enum Ask {
    /// A page of keys.
    ListKeys { query: KeyQuery, expression: Expression, limit: u32, offset: u32, after: Option<Cursor> },
    /// Links of a key are to be added and taken away.
    LinkKey { key: KeyId, add: Vec<ChannelId>, remove: Vec<ChannelId> },
    /// All sales channels.
    ListChannels,
    /// A sales channel.
    GetChannel { id: ChannelId },
    /// A sales channel is to be created, or, if it is named, changed.
    PutChannel { id: Option<ChannelId>, changes: ChannelChanges },
    /// A sales channel is to be deleted, with all links to it.
    DeleteChannel { id: ChannelId },
}

/// What to change of a sales channel; what is left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ChannelChanges {
    /// What it is called; a new one has to be called something.
    pub name: Option<Title>,
    /// What it is for.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[expect(clippy::option_option, reason = "whether it is given, and whether there is one")]
    pub description: Option<Option<Reason>>,
    /// Whether it is closed.
    pub is_disabled: Option<bool>,
}

#[expect(clippy::option_option, reason = "whether it is given, and whether there is one")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<Reason>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

impl LedgerCall for ServeMedusa {
    type Answer = Response;

    fn answer<S: Sql, E: Entropy>(self, ledger: &mut Ledger<'_, S, E>) -> Result<Response, Problem> {
        let action = match &self.ask {
            Ask::ListKeys { .. } | Ask::ListChannels | Ask::GetChannel { .. } => Action::ReadKeys,
            Ask::LinkKey { .. } | Ask::PutChannel { .. } | Ask::DeleteChannel { .. } => Action::WriteKeys,
        };
        let caller = admit(self.principal, self.owner, self.request, action, ledger)?;
        ledger.require_owner(&caller)?;
        caller.require(action)?;
        match self.ask {
            Ask::ListKeys { query, expression, limit, offset, after } => {
                let list = [&caller.list("medusa"), " ", &crate::json(&(&query, &expression))].concat();
                let page = Page::of(&list, limit, offset, after.as_ref())?;
                let now = ledger.now;
                let show = |record| crate::json(&Key::without_permissions(record, now));
                let page = ledger.store.keys(&caller.owner, &query, Some(&expression), &page, now, &show)?;
                Ok(Response::list("keys", page, &[]))
            }
            Ask::LinkKey { key, add, remove } => ledger.link_key(&caller, &key, &add, &remove),
            Ask::ListChannels => {
                let channels = ledger.store.channels(&caller.owner)?.readable;
                Ok(Response::ok(&channels.into_iter().map(Shown::from).collect::<Vec<_>>()))
            }
            Ask::GetChannel { id } => Ok(Response::ok(&Shown::from(ledger.channel(&caller, &id)?))),
            Ask::PutChannel { id, changes } => ledger.put_channel(&caller, id.as_ref(), changes),
            Ask::DeleteChannel { id } => ledger.delete_channel(&caller, &id),
        }
    }
}

/// A sales channel, as it is shown.
#[derive(Debug, Serialize)]
struct Shown {
    id: ChannelId,
    #[serde(flatten)]
    settings: ChannelSettings,
    created_at: keyward_core::Timestamp,
    updated_at: keyward_core::Timestamp,
    metadata: Option<()>,
    deleted_at: Option<()>,
}

impl From<Channel> for Shown {
    fn from(Channel { id, settings, created_at, updated_at }: Channel) -> Self {
        Self { id, settings, created_at, updated_at, metadata: None, deleted_at: None }
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    fn link_key(
        &mut self,
        caller: &Caller,
        key: &KeyId,
        add: &[ChannelId],
        remove: &[ChannelId],
    ) -> Result<Response, Problem> {
        let record = self.key(caller, key)?;
        let links = &record.settings.links;
        let wanted = links.changed(add, remove).map_err(|_| {
            invalid(format!("An API key can be linked to at most {LINKS_MAX} sales channels."))
        })?;
        if record.key_type == KeyType::Secret && !wanted.is_empty() {
            return Err(invalid("Sales channels can only be associated with publishable API keys"));
        }
        let dangling = self.dangling(&caller.owner, &wanted, Some(links))?;
        if !dangling.is_empty() {
            let ids: Vec<&str> = dangling.into_iter().map(ChannelId::as_str).collect();
            return Err(invalid(format!("Sales channels with IDs {} do not exist", ids.join(", "))));
        }
        grant::to_change_at_all(&caller.principal, &record)?;
        let changes = KeyChanges { links: Some(wanted), ..KeyChanges::default() };
        let refused = refused(record.status(self.now));
        let Some(linked) = record.update(changes, &caller.actor(), self.now).map_err(refused)? else {
            return Ok(Response::ok(&Key::without_permissions(record, self.now)));
        };
        let key = Key::without_permissions(linked.record.clone(), self.now);
        self.save_keys([linked])?;
        Ok(Response::ok(&key))
    }

    fn channel(&self, caller: &Caller, id: &ChannelId) -> Result<Channel, Problem> {
        self.store.channel(&caller.owner, id)?.ok_or_else(|| super::channels::not_found(Some(id)))
    }

    fn put_channel(
        &mut self,
        caller: &Caller,
        id: Option<&ChannelId>,
        changes: ChannelChanges,
    ) -> Result<Response, Problem> {
        let ChannelChanges { name, description, is_disabled } = changes;
        let now = self.now;
        let before = id.map(|id| self.channel(caller, id)).transpose()?;
        let channel = match before {
            Some(Channel { id, settings, created_at, .. }) => {
                let settings = ChannelSettings {
                    name: name.unwrap_or(settings.name),
                    description: description.unwrap_or(settings.description),
                    is_disabled: is_disabled.unwrap_or(settings.is_disabled),
                };
                Channel { id, settings, created_at, updated_at: now }
            }
            None if self.store.count_channels(&caller.owner)? >= CHANNELS_MAX => {
                return Err(Problem::new(ErrorCode::LedgerFull)
                    .because(format!("An organization has at most {CHANNELS_MAX} sales channels.")));
            }
            None => {
                let settings = ChannelSettings {
                    name: name.ok_or_else(|| invalid("Invalid request: Field 'name' is required"))?,
                    description: description.flatten(),
                    is_disabled: is_disabled.unwrap_or_default(),
                };
                let id = ChannelId::make(now, self.entropy)?;
                Channel { id, settings, created_at: now, updated_at: now }
            }
        };
        let mut transaction = self.transaction();
        transaction.put_channel(&caller.owner, &channel);
        self.commit(transaction)?;
        Ok(Response::ok(&Shown::from(channel)))
    }

    fn delete_channel(&mut self, caller: &Caller, id: &ChannelId) -> Result<Response, Problem> {
        self.channel(caller, id)?;
        let linked = self.store.linked(&caller.owner, id, UNLINKED_MAX + 1)?;
        if linked.len() > UNLINKED_MAX as usize {
            return Err(Problem::new(ErrorCode::KeyNotActive).because(format!(
                "More than {UNLINKED_MAX} API keys are linked to this sales channel; remove it from them first."
            )));
        }
        let mut transaction = self.transaction();
        for key in linked.iter().filter_map(|key| KeyId::parse(key).ok()) {
            let record = self.key(caller, &key)?;
            grant::to_change_at_all(&caller.principal, &record)?;
            let links = record.settings.links.changed(&[], std::slice::from_ref(id)).unwrap_or_default();
            let changes = KeyChanges { links: Some(links), ..KeyChanges::default() };
            if let Some(unlinked) = record.update(changes, &caller.actor(), self.now)? {
                self.put_keys(&mut transaction, [unlinked])?;
            }
        }
        transaction.delete_channel(&caller.owner, id);
        self.commit(transaction)?;
        Ok(Response::no_content())
    }
}
