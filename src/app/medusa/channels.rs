//! `/admin/sales-channels`: as much of it as publishable keys need.

use keyward_core::query::OFFSET_MAX;
use keyward_core::settings::KeyChanges;
use keyward_core::text::fold;
use keyward_core::{Channel, ChannelId, Entropy, ErrorCode, KeyId, Links, Reason, grant};

use super::fields::{Fields, maybe, null, text};
use super::query::{self, Faults, Node, Part};
use super::{Asked, LIMIT_MAX, page};
use crate::ledger::Ledger;
use crate::ledger::sql::Sql;
use crate::problem::Problem;

/// What there is of a sales channel, which is also what is shown unless the query says otherwise.
const ALL: &str = "id name description is_disabled created_at updated_at deleted_at metadata";

/// Of this many keys at the most are links taken away at once.
const UNLINKED_MAX: u32 = 100;

impl Asked {
    pub(super) fn list_channels<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        let mut faults = Faults::default();
        let mut part = Part { limit: 20, offset: 0, order: None, fields: None };
        let (mut search, mut equal, mut keys) = (None, Vec::new(), None);
        for (name, node) in &self.root.inner {
            match name.as_str() {
                "q" => search = query::text(node, name, &mut faults).map(|text| fold(text.trim())),
                "id" | "name" | "description" => equal.push((name.as_str(), list(node, name, &mut faults))),
                "is_disabled" => match node.text() {
                    Some(flag @ ("true" | "false")) => equal.push((name.as_str(), vec![flag])),
                    _ => faults.add("Expected type: 'boolean' for field 'is_disabled'"),
                },
                "publishable_key_id" => keys = Some(list(node, name, &mut faults)),
                _ if part.take(name, node, [LIMIT_MAX, OFFSET_MAX], &mut faults) => {}
                _ => faults.unknown(name),
            }
        }
        let order = part.order.unwrap_or("id");
        let column = order.strip_prefix('-').unwrap_or(order);
        if !matches!(column, "id" | "name" | "created_at" | "updated_at") {
            faults.add("Field 'order' must be one of id, name, created_at and updated_at, with - before it for descending");
        }
        faults.refuse()?;
        let linked = keys.map(|keys| ledger.links_of(&self, &keys)).transpose()?;
        let mut found: Vec<Channel> = Vec::new();
        for channel in ledger.store.channels(&self.caller.owner)?.readable {
            let is = |(name, texts): &(&str, Vec<&str>)| texts.contains(&value_of(&channel, name).as_str());
            let holds =
                |name| search.as_ref().is_none_or(|text| fold(&value_of(&channel, name)).contains(text));
            let is_linked = linked.as_ref().is_none_or(|all| all.iter().any(|links| links.has(&channel.id)));
            if is_linked && equal.iter().all(is) && (holds("name") || holds("description")) {
                // They are few; this is less code than sorting them.
                let value = value_of(&channel, column);
                let place =
                    found.iter().position(|other| value_of(other, column) > value).unwrap_or(found.len());
                found.insert(place, channel);
            }
        }
        if column.len() < order.len() {
            found.reverse();
        }
        let fields = Fields::read(part.fields, ALL, ALL);
        let count = u32::try_from(found.len()).unwrap_or(u32::MAX);
        let [skip, limit] = [part.offset, part.limit].map(|number| number as usize);
        let some: Vec<String> =
            found.iter().skip(skip).take(limit).map(|channel| shown(channel, "", &fields)).collect();
        Ok(page("sales_channels", &some, count, &part))
    }

    pub(super) fn retrieve_channel<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        let fields = self.fields(ALL, ALL)?;
        Ok(one(&ledger.channel(&self)?, &fields))
    }

    /// Creates a sales channel, or changes one.
    pub(super) fn put_channel<S: Sql, E: Entropy>(
        mut self,
        ledger: &mut Ledger<'_, S, E>,
        is_new: bool,
    ) -> Result<String, Problem> {
        self.fields(ALL, ALL)?;
        let before = if is_new { None } else { Some(ledger.channel(&self)?) };
        let name = if is_new { self.body.required_title("name") } else { self.body.title("name") };
        let (description, is_disabled) = (self.body.description(), self.body.flag("is_disabled"));
        self.body.end()?;
        let now = ledger.now;
        let mut channel = match (before, &name) {
            (Some(channel), _) => channel,
            (None, None) => return Err(ErrorCode::RequestBadField.into()),
            (None, Some(name)) => {
                ledger.require_room_for_channel(&self.caller.owner, 0)?;
                let id = ChannelId::make(now, ledger.entropy)?;
                let name = name.clone();
                Channel { id, name, description: None, is_disabled: false, created_at: now, updated_at: now }
            }
        };
        channel.name = name.unwrap_or(channel.name);
        channel.description = description.unwrap_or(channel.description);
        channel.is_disabled = is_disabled.unwrap_or(channel.is_disabled);
        channel.updated_at = now;
        let mut transaction = ledger.transaction();
        transaction.put_channel(&self.caller.owner, &channel);
        ledger.commit(transaction)?;
        Ok(one(&channel, &self.fields(ALL, ALL)?))
    }

    /// Deletes a sales channel, and all links to it.
    pub(super) fn delete_channel<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        let Channel { id, .. } = ledger.channel(&self)?;
        let linked = ledger.store.linked(&self.caller.owner, &id, UNLINKED_MAX + 1)?;
        if linked.len() > UNLINKED_MAX as usize {
            return Err(Problem::new(ErrorCode::KeyNotActive).because(format!(
                "More than {UNLINKED_MAX} API keys are linked to this sales channel; remove it from them first"
            )));
        }
        let (mut transaction, mut unlinked) = (ledger.transaction(), Vec::new());
        for key in linked.iter().filter_map(|key| KeyId::parse(key).ok()) {
            let record = ledger.key(&self.caller, &key)?;
            grant::to_change_at_all(&self.caller.principal, &record)?;
            let links = record.settings.links.changed(&[], std::slice::from_ref(&id)).unwrap_or_default();
            let changes = KeyChanges { links: Some(links), ..KeyChanges::default() };
            unlinked.extend(record.update(changes, &self.caller.actor(), ledger.now)?);
        }
        for unlinked in unlinked {
            ledger.put_keys(&mut transaction, [unlinked])?;
        }
        transaction.delete_channel(&self.caller.owner, &id);
        ledger.commit(transaction)?;
        Ok(format!("{{\"id\":\"{id}\",\"object\":\"sales-channel\",\"deleted\":true}}"))
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// The sales channel that a path names.
    fn channel(&self, asked: &Asked) -> Result<Channel, Problem> {
        let not_found = |id: &str| {
            let detail = format!("Sales channel with {id} was not found");
            Problem::new(ErrorCode::RouteNotFound).because(detail)
        };
        let id = ChannelId::parse(&asked.id).map_err(|_| not_found("this id"))?;
        let found = self.store.channel(&asked.caller.owner, &id)?;
        found.ok_or_else(|| not_found(&["id: ", id.as_str()].concat()))
    }

    /// What keys are linked to. A key that does not exist is linked to nothing.
    fn links_of(&self, asked: &Asked, keys: &[&str]) -> Result<Vec<Links>, Problem> {
        let mut links = Vec::new();
        for id in keys.iter().filter_map(|id| KeyId::parse(id).ok()) {
            let key = self.store.key(&asked.caller.owner, &id)?;
            links.extend(key.map(|key| key.settings.links));
        }
        Ok(links)
    }
}

/// A field of a sales channel, as queries name and write it.
fn value_of(channel: &Channel, name: &str) -> String {
    match name {
        "name" => channel.name.as_str().to_owned(),
        "description" => channel.description.as_ref().map_or("null", Reason::as_str).to_owned(),
        "is_disabled" => channel.is_disabled.to_string(),
        "created_at" => channel.created_at.to_string(),
        "updated_at" => channel.updated_at.to_string(),
        _ => channel.id.to_string(),
    }
}

fn list<'q>(node: &'q Node, name: &str, faults: &mut Faults) -> Vec<&'q str> {
    let list = node.list();
    if list.is_none() {
        faults.add(format!("Expected type: 'string' or 'array' for field '{name}'"));
    }
    list.unwrap_or_default()
}

fn one(channel: &Channel, fields: &Fields) -> String {
    ["{\"sales_channel\":", &shown(channel, "", fields), "}"].concat()
}

/// A sales channel as Medusa shows it; by itself, or in a relation, which has a name.
pub(super) fn shown(channel: &Channel, relation: &str, fields: &Fields) -> String {
    let all = [
        ("id", text(channel.id.as_str())),
        ("name", text(channel.name.as_str())),
        ("description", maybe(channel.description.as_ref().map(Reason::as_str))),
        ("is_disabled", channel.is_disabled.to_string()),
        ("created_at", text(&channel.created_at.to_string())),
        ("updated_at", text(&channel.updated_at.to_string())),
        ("deleted_at", null()),
        ("metadata", null()),
    ];
    fields.of(relation, &all)
}
