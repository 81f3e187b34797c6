//! `/admin/sales-channels`: as much of it as publishable keys need.

use keyward_core::query::OFFSET_MAX;
use keyward_core::text::fold;
use keyward_core::{ChannelId, ErrorCode, KeyId};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::fields::Fields;
use super::ledger::ChannelChanges;
use super::query::{self, Faults, Node, Part};
use super::{Ask, Calling, LIMIT_MAX};
use crate::operations::get_key::GetKey;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};

/// What is shown of a sales channel unless the query says otherwise.
const USUAL: [&str; 8] =
    ["id", "name", "description", "is_disabled", "created_at", "updated_at", "deleted_at", "metadata"];

/// Which sales channels are wanted.
#[derive(Default)]
struct Wanted<'q> {
    text: Option<String>,
    equal: Vec<(&'q str, Vec<&'q str>)>,
    keys: Option<Vec<&'q str>>,
}

impl<P: Ports> Calling<'_, '_, P> {
    pub(super) async fn list_channels(&self, request: &Request) -> Result<Value, Problem> {
        let root = query::read(&request.query)?;
        let mut faults = Faults::default();
        let mut part = Part { limit: 20, offset: 0, order: None, fields: None };
        let mut wanted = Wanted::default();
        for (name, node) in &root.inner {
            match name.as_str() {
                "q" => wanted.text = query::text(node, name, &mut faults).map(|text| fold(text.trim())),
                "limit" => part.limit = query::number(node, name, LIMIT_MAX, &mut faults),
                "offset" => part.offset = query::number(node, name, OFFSET_MAX, &mut faults),
                "order" => part.order = query::text(node, name, &mut faults),
                "fields" => part.fields = query::text(node, name, &mut faults),
                "id" | "name" | "description" => wanted.equal.push((name, list(node, name, &mut faults))),
                "is_disabled" => match node.text() {
                    Some(flag @ ("true" | "false")) => wanted.equal.push((name, vec![flag])),
                    _ => faults.add("Expected type: 'boolean' for field 'is_disabled'"),
                },
                "publishable_key_id" => wanted.keys = Some(list(node, name, &mut faults)),
                _ => faults.unknown(name),
            }
        }
        let order = part.order.unwrap_or("id");
        let column = order.strip_prefix('-').unwrap_or(order);
        if !matches!(column, "id" | "name" | "created_at" | "updated_at") {
            faults.add("Field 'order' must be one of id, name, created_at and updated_at, with - before it for descending");
        }
        faults.refuse()?;
        let mut channels = match self.ask(Ask::ListChannels).await? {
            Value::Array(channels) => channels,
            _ => Vec::new(),
        };
        let linked = match &wanted.keys {
            Some(keys) => Some(self.links_of(keys).await?),
            None => None,
        };
        channels.retain(|channel| {
            wanted.want(channel)
                && linked.as_ref().is_none_or(|ids| channel.get("id").is_some_and(|id| ids.contains(id)))
        });
        channels.sort_by_cached_key(|channel| text_of(channel, column).to_owned());
        if column.len() < order.len() {
            channels.reverse();
        }
        let fields = Fields::read(part.fields, &USUAL);
        let count = channels.len();
        let [skip, limit] =
            [part.offset, part.limit].map(|number| usize::try_from(number).unwrap_or(usize::MAX));
        let shown = channels.into_iter().skip(skip).take(limit).map(|channel| of(channel, &fields));
        let shown: Vec<Value> = shown.collect();
        Ok(json!({ "sales_channels": shown, "count": count, "offset": part.offset, "limit": part.limit }))
    }

    /// The ids of the sales channels that keys are linked to. A key that does not exist is linked to none.
    async fn links_of(&self, keys: &[&str]) -> Result<Vec<Value>, Problem> {
        let mut links = Vec::new();
        // A few are asked for; a client that has more lists the keys.
        for key in keys.iter().take(20).filter_map(|key| KeyId::parse(key).ok()) {
            match self.perform(GetKey { key }).await {
                Ok(mut key) => {
                    if let Value::Array(ids) = super::take(&mut key, "links") {
                        links.extend(ids);
                    }
                }
                Err(problem) if problem.code == ErrorCode::KeyNotFound => {}
                Err(problem) => return Err(problem),
            }
        }
        Ok(links)
    }

    pub(super) async fn create_channel(&self, request: &Request) -> Result<Value, Problem> {
        let fields = fields_alone(&request.query, &USUAL)?;
        let mut body = Body::of(request)?;
        let name = body.required_title("name");
        let changes =
            ChannelChanges { name, description: body.description(), is_disabled: body.flag("is_disabled") };
        body.end()?;
        let created = self.ask(Ask::PutChannel { id: None, changes }).await?;
        Ok(json!({ "sales_channel": of(created, &fields) }))
    }

    pub(super) async fn retrieve_channel(
        &self,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Value, Problem> {
        let fields = fields_alone(&request.query, &USUAL)?;
        let got = self.ask(Ask::GetChannel { id: channel_of(params)? }).await?;
        Ok(json!({ "sales_channel": of(got, &fields) }))
    }

    pub(super) async fn update_channel(
        &self,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Value, Problem> {
        let fields = fields_alone(&request.query, &USUAL)?;
        let id = channel_of(params)?;
        let mut body = Body::of(request)?;
        let changes = ChannelChanges {
            name: body.title("name"),
            description: body.description(),
            is_disabled: body.flag("is_disabled"),
        };
        body.end()?;
        let updated = self.ask(Ask::PutChannel { id: Some(id), changes }).await?;
        Ok(json!({ "sales_channel": of(updated, &fields) }))
    }

    pub(super) async fn delete_channel(&self, params: &PathParams<'_, '_>) -> Result<Value, Problem> {
        let id = channel_of(params)?;
        self.ask(Ask::DeleteChannel { id: id.clone() }).await?;
        Ok(json!({ "id": id, "object": "sales-channel", "deleted": true }))
    }
}

impl Wanted<'_> {
    fn want(&self, channel: &Value) -> bool {
        let is_equal = |(name, texts): &(&str, Vec<&str>)| match channel.get(*name) {
            Some(Value::Bool(flag)) => texts.contains(&if *flag { "true" } else { "false" }),
            Some(Value::String(text)) => texts.contains(&text.as_str()),
            _ => texts.contains(&"null"),
        };
        let holds = |name: &str, text: &String| fold(text_of(channel, name)).contains(text);
        self.equal.iter().all(is_equal)
            && self.text.as_ref().is_none_or(|text| holds("name", text) || holds("description", text))
    }
}

fn text_of<'c>(channel: &'c Value, name: &str) -> &'c str {
    channel.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn list<'q>(node: &'q Node, name: &str, faults: &mut Faults) -> Vec<&'q str> {
    let list = node.list();
    if list.is_none() {
        faults.add(format!("Expected type: 'string' or 'array' for field '{name}'"));
    }
    list.unwrap_or_default()
}

fn of(channel: Value, fields: &Fields) -> Value {
    fields.of(if let Value::Object(channel) = channel { channel } else { Map::new() })
}

/// The parameter `fields`, which is the only one where a single thing is answered with.
pub(super) fn fields_alone(text: &str, usual: &[&str]) -> Result<Fields, Problem> {
    let root = query::read(text)?;
    let (mut faults, mut fields) = (Faults::default(), None);
    for (name, node) in &root.inner {
        match name.as_str() {
            "fields" => fields = query::text(node, name, &mut faults),
            _ => faults.unknown(name),
        }
    }
    faults.refuse()?;
    Ok(Fields::read(fields, usual))
}

/// There is no such sales channel.
pub(super) fn not_found(id: Option<&ChannelId>) -> Problem {
    let detail = match id {
        Some(id) => format!("Sales channel with id: {id} was not found"),
        None => "Sales channel with this id was not found".to_owned(),
    };
    Problem::new(ErrorCode::RouteNotFound).because(detail)
}

/// The sales channel that a path names.
fn channel_of(params: &PathParams<'_, '_>) -> Result<ChannelId, Problem> {
    ChannelId::parse(params.channel()).map_err(|_| not_found(None))
}
