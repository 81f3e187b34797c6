//! `/admin/api-keys`.

use keyward_core::idempotency::IdempotencyKey;
use keyward_core::lifecycle::{DELAY_MAX_SECONDS, Delay};
use keyward_core::page::Cursor;
use keyward_core::policy::scope;
use keyward_core::query::{KeyQuery, OFFSET_MAX, Order, Search, SortField};
use keyward_core::settings::{KeyChanges, NewKey};
use keyward_core::{
    ChannelId, Consistency, ErrorCode, KeyId, KeyType, Links, Metadata, Principal, Scope, Scopes,
};
use serde_json::{Map, Value, json};

use super::body::Body;
use super::conditions::condition;
use super::fields::Fields;
use super::query::{self, Faults, Part};
use super::{Ask, Calling, LIMIT_MAX, invalid, take};
use crate::ledger::expression::{EXPRESSION_MAX, Expression};
use crate::operations::create_key::CreateKey;
use crate::operations::delete_key::DeleteKey;
use crate::operations::get_key::GetKey;
use crate::operations::revoke_key::{RevokeKey, RevokeKeyRequest};
use crate::operations::update_key::UpdateKey;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{PathParams, Request};

/// What is shown of a key unless the query says otherwise.
const USUAL: [&str; 13] = [
    "id",
    "title",
    "token",
    "redacted",
    "type",
    "last_used_at",
    "updated_at",
    "created_at",
    "created_by",
    "revoked_at",
    "revoked_by",
    "sales_channels.id",
    "sales_channels.name",
];

/// What is shown of a new key.
const OF_NEW: [&str; 12] = [
    "id",
    "title",
    "token",
    "redacted",
    "type",
    "last_used_at",
    "updated_at",
    "created_at",
    "created_by",
    "revoked_at",
    "revoked_by",
    "deleted_at",
];

/// What people's and the operator's new keys hold: what is needed to call this façade, and to verify.
const SCOPES: [&str; 3] = [scope::KEYS_READ, scope::KEYS_WRITE, scope::KEYS_VERIFY];

/// How often a list goes on where filters hide all that one walk finds.
const WALKS_MAX: usize = 20;

impl<P: Ports> Calling<'_, '_, P> {
    pub(super) async fn list_keys(&self, request: &Request) -> Result<Value, Problem> {
        let root = query::read(&request.query)?;
        let mut faults = Faults::default();
        let mut part = Part { limit: 20, offset: 0, order: None, fields: None };
        let mut wanted = KeyQuery {
            order: Order { field: SortField::CreatedAt, descending: false },
            ..KeyQuery::default()
        };
        let mut all = Vec::new();
        for (name, node) in &root.inner {
            match name.as_str() {
                "q" => {
                    let text = query::text(node, name, &mut faults).unwrap_or_default();
                    match Search::try_from((request.compose)(text)) {
                        Ok(search) => wanted.q = Some(search),
                        Err(error) => faults.add(format!("Field 'q' {error}")),
                    }
                }
                "limit" => part.limit = query::number(node, name, LIMIT_MAX, &mut faults),
                "offset" => part.offset = query::number(node, name, OFFSET_MAX, &mut faults),
                "order" => part.order = query::text(node, name, &mut faults),
                "fields" => part.fields = query::text(node, name, &mut faults),
                "with_deleted" => {
                    if !matches!(node.text(), Some("true" | "false")) {
                        faults.add("Expected type: 'boolean' for field 'with_deleted'");
                    }
                }
                _ if condition(name, node, &mut all, &mut faults) => {}
                _ => faults.unknown(name),
            }
        }
        if let Some(order) = part.order {
            match order_of(order) {
                Some(order) => wanted.order = order,
                None => faults.add("Field 'order' must be one of id, title, created_at, updated_at, revoked_at and last_used_at, with - before it for descending"),
            }
        }
        // A type that is wanted of all keys is found by an index.
        all.retain(|condition| match only_type(condition) {
            Some(key_type) if wanted.key_type.is_none_or(|known| known == key_type) => {
                wanted.key_type = Some(key_type);
                false
            }
            _ => true,
        });
        let expression = Expression::All(all);
        if expression.size() > EXPRESSION_MAX {
            faults.add(format!("The conditions have more than {EXPRESSION_MAX} parts"));
        }
        faults.refuse()?;
        self.page_of_keys(wanted, expression, &part).await
    }

    async fn page_of_keys(
        &self,
        query: KeyQuery,
        expression: Expression,
        part: &Part<'_>,
    ) -> Result<Value, Problem> {
        let (mut keys, mut after, mut count) = (Vec::new(), None::<Cursor>, 0);
        let mut left = part.limit;
        for walk in 0..WALKS_MAX {
            let offset = if walk == 0 { part.offset } else { 0 };
            let ask = Ask::ListKeys {
                query: query.clone(),
                expression: expression.clone(),
                limit: left,
                offset,
                after: after.take(),
            };
            let mut answer = self.ask(ask).await?;
            let Value::Array(found) = take(&mut answer, "keys") else { break };
            left = left.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            keys.extend(found);
            if walk == 0 {
                count = answer.get("count").and_then(Value::as_u64).unwrap_or_default();
            }
            after = match answer.get("after") {
                Some(Value::String(text)) => Cursor::try_from(text.clone()).ok(),
                _ => None,
            };
            if after.is_none() || left == 0 {
                break;
            }
        }
        // There is more than was counted where the list goes on.
        let seen = u64::from(part.offset) + u64::try_from(keys.len()).unwrap_or_default();
        let least = if !keys.is_empty() || after.is_some() { seen + u64::from(after.is_some()) } else { 0 };
        let fields = Fields::read(part.fields, &USUAL);
        let shown = self.show_all(keys, &fields).await?;
        Ok(
            json!({ "api_keys": shown, "count": count.max(least), "offset": part.offset, "limit": part.limit }),
        )
    }

    pub(super) async fn create_key(&self, request: &Request) -> Result<Value, Problem> {
        only_fields(&request.query)?;
        let mut body = Body::of(request)?;
        let title = body.required_title("title");
        let key_type = match body.take("type") {
            Some(Value::String(word)) => match word.as_str() {
                "publishable" => Some(KeyType::Publishable),
                "secret" => Some(KeyType::Secret),
                _ => {
                    body.faults.add("Expected: 'publishable, secret' for field 'type'");
                    None
                }
            },
            Some(_) => {
                body.faults.add("Expected: 'publishable, secret' for field 'type'");
                None
            }
            None => {
                body.required("type");
                None
            }
        };
        body.end()?;
        let (Some(title), Some(key_type)) = (title, key_type) else {
            return Err(ErrorCode::RequestBadField.into());
        };
        let idempotency_key: Option<IdempotencyKey> = request.idempotency_key()?;
        let (scopes, expires_at, consistency) = match &self.principal {
            // It gives what it has, and no more.
            Principal::Key { scopes, ends_at, consistency, .. } => (scopes.clone(), *ends_at, *consistency),
            _ => (
                Scopes::new(SCOPES.iter().filter_map(|word| Scope::parse(word).ok())).unwrap_or_default(),
                None,
                Consistency::Fast,
            ),
        };
        let scopes = if key_type == KeyType::Secret { scopes } else { Scopes::default() };
        let key = NewKey {
            key_type,
            title,
            scopes,
            metadata: Metadata::default(),
            consistency,
            expires_at,
            links: Links::default(),
        };
        let created = self.perform(CreateKey { key, idempotency_key }).await?;
        // Its text is there for once.
        let token = created.get("token").cloned();
        let mut key = translated(created, &[]);
        if let Value::Object(fields) = &mut key {
            fields.insert("token".to_owned(), token.unwrap_or_default());
        }
        Ok(json!({ "api_key": Fields::read(None, &OF_NEW).of(object(key)) }))
    }

    pub(super) async fn retrieve_key(
        &self,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Value, Problem> {
        let fields = only_fields(&request.query)?;
        let key = key_of(params)?;
        let got = self.perform(GetKey { key: key.clone() }).await.map_err(|problem| about(problem, &key))?;
        self.one(got, &fields).await
    }

    pub(super) async fn update_key(
        &self,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Value, Problem> {
        let fields = only_fields(&request.query)?;
        let key = key_of(params)?;
        let mut body = Body::of(request)?;
        let title = body.required_title("title");
        body.end()?;
        let command = UpdateKey { key: key.clone(), changes: KeyChanges { title, ..KeyChanges::default() } };
        let updated = self.perform(command).await.map_err(|problem| about(problem, &key))?;
        self.one(updated, &fields).await
    }

    pub(super) async fn delete_key(&self, params: &PathParams<'_, '_>) -> Result<Value, Problem> {
        let key = key_of(params)?;
        let command = DeleteKey { key: key.clone(), revoke: false };
        self.perform(command).await.map_err(|problem| about(problem, &key))?;
        Ok(json!({ "id": key, "object": "api_key", "deleted": true }))
    }

    pub(super) async fn revoke_key(
        &self,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Value, Problem> {
        let fields = only_fields(&request.query)?;
        let key = key_of(params)?;
        let mut body = Body::of(request)?;
        let revoke_in = match body.take("revoke_in") {
            None => Delay::default(),
            Some(value) => match value.as_f64() {
                // What is past is now, and parts of seconds do not count.
                Some(seconds) if seconds.trunc() <= f64::from(DELAY_MAX_SECONDS) => {
                    Delay::try_from(json!(seconds.trunc().max(0.0))).unwrap_or_default()
                }
                Some(_) => {
                    body.faults.add(format!("Field 'revoke_in' must be at most {DELAY_MAX_SECONDS}"));
                    Delay::default()
                }
                None => {
                    body.expected("number", "revoke_in", &value);
                    Delay::default()
                }
            },
        };
        body.end()?;
        let revocation = RevokeKeyRequest { revoke_in, reason: None };
        let revoked = match self.perform(RevokeKey { key: key.clone(), revocation }).await {
            Err(problem) if problem.code == ErrorCode::KeyAlreadyRevoked => {
                let key = self.perform(GetKey { key: key.clone() }).await?;
                // As with Medusa, that is no mistake; but what has happened is not overwritten.
                if key.get("type") == Some(&json!("publishable")) { key } else { return Err(problem) }
            }
            revoked => revoked.map_err(|problem| about(problem, &key))?,
        };
        self.one(revoked, &fields).await
    }

    pub(super) async fn batch_sales_channels(
        &self,
        request: &Request,
        params: &PathParams<'_, '_>,
    ) -> Result<Value, Problem> {
        let fields = only_fields(&request.query)?;
        let key = key_of(params)?;
        let mut body = Body::of(request)?;
        let (add, remove) = (body.texts("add"), body.texts("remove"));
        body.end()?;
        let ids =
            |texts: &[String]| texts.iter().filter_map(|id| ChannelId::parse(id).ok()).collect::<Vec<_>>();
        let read = ids(&add);
        if read.len() < add.len() {
            // That the key is not there is said first.
            self.perform(GetKey { key: key.clone() }).await.map_err(|problem| about(problem, &key))?;
            return Err(invalid("Sales channels with IDs that are no ids of sales channels do not exist"));
        }
        let ask = Ask::LinkKey { key: key.clone(), add: read, remove: ids(&remove) };
        let linked = self.ask(ask).await.map_err(|problem| about(problem, &key))?;
        self.one(linked, &fields).await
    }

    /// One key, as Medusa answers with it.
    async fn one(&self, key: Value, fields: &Fields) -> Result<Value, Problem> {
        let mut shown = self.show_all(vec![key], fields).await?;
        Ok(json!({ "api_key": shown.pop() }))
    }

    /// Keys as Medusa shows them, with the sales channels that they are linked to.
    async fn show_all(&self, keys: Vec<Value>, fields: &Fields) -> Result<Vec<Value>, Problem> {
        let is_linked =
            |key: &Value| key.get("links").and_then(Value::as_array).is_some_and(|links| !links.is_empty());
        let channels = if fields.want("sales_channels") && keys.iter().any(is_linked) {
            self.ask(Ask::ListChannels).await?
        } else {
            Value::Null
        };
        let channels = channels.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(keys.into_iter().map(|key| fields.of(object(translated(key, channels)))).collect())
    }
}

fn object(value: Value) -> Map<String, Value> {
    if let Value::Object(fields) = value { fields } else { Map::new() }
}

/// A key as Medusa shows it: all that there is of it.
fn translated(mut key: Value, channels: &[Value]) -> Value {
    let id_of = |actor: Value| actor.get("id").cloned().unwrap_or_default();
    let links = take(&mut key, "links");
    let is_linked = |channel: &&Value| {
        links.as_array().is_some_and(|links| channel.get("id").is_some_and(|id| links.contains(id)))
    };
    let channels: Vec<&Value> = channels.iter().filter(is_linked).collect();
    let is_public = key.get("type") == Some(&json!("publishable"));
    let token = take(&mut key, "token");
    json!({
        "id": take(&mut key, "id"),
        "title": take(&mut key, "title"),
        "token": if is_public { token } else { json!("") },
        "redacted": take(&mut key, "redacted"),
        "type": take(&mut key, "type"),
        "last_used_at": take(&mut key, "last_used_at"),
        "created_by": id_of(take(&mut key, "created_by")),
        "revoked_by": id_of(take(&mut key, "revoked_by")),
        "revoked_at": take(&mut key, "revoked_at"),
        "created_at": take(&mut key, "created_at"),
        "updated_at": take(&mut key, "updated_at"),
        "deleted_at": null,
        "sales_channels": channels,
    })
}

/// The type, where a condition wants nothing else.
fn only_type(condition: &Expression) -> Option<KeyType> {
    use crate::ledger::expression::TextColumn;
    let Expression::Text(TextColumn::Type, words) = condition else { return None };
    KeyType::ALL.into_iter().find(|key_type| words.as_slice() == [key_type.as_str()])
}

/// What to sort by, in Medusa's words. Ids are made in the order of creation.
fn order_of(text: &str) -> Option<Order> {
    let name = text.strip_prefix('-').unwrap_or(text);
    let field = match name {
        "id" | "created_at" => SortField::CreatedAt,
        "updated_at" => SortField::UpdatedAt,
        "revoked_at" => SortField::RevokedAt,
        "last_used_at" => SortField::LastUsedAt,
        "title" => SortField::Title,
        _ => return None,
    };
    Some(Order { field, descending: name.len() < text.len() })
}

/// The one parameter that is known where a single thing is answered with.
fn only_fields(text: &str) -> Result<Fields, Problem> {
    super::channels::fields_alone(text, &USUAL)
}

/// The key that a path names.
fn key_of(params: &PathParams<'_, '_>) -> Result<KeyId, Problem> {
    params
        .key()
        .map_err(|_| Problem::new(ErrorCode::KeyNotFound).because("API Key with this id was not found"))
}

/// A problem with a key, as Medusa says it.
fn about(problem: Problem, key: &KeyId) -> Problem {
    match problem.code {
        ErrorCode::KeyNotFound => problem.because(format!("API Key with id: {key} was not found")),
        ErrorCode::KeyNotRevoked => {
            problem.because(format!("Cannot delete api keys that are not revoked - {key}"))
        }
        _ => problem,
    }
}
