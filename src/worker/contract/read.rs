//! How bodies and queries are read into the core's types.

use keyward_core::query::{EventQuery, KeyQuery, Order, SEARCH_MAX, SortField};
use keyward_core::{KeyId, KeyType, Metadata, Scope, Scopes, Status};
use serde_json::Value;

use crate::http::Incoming;
use crate::http::fields::Expected;
use crate::http::params::{timestamp, word};
use crate::problem::Problem;

pub(super) fn scopes(value: &Value) -> Result<Scopes, Expected> {
    let list = value.as_array().ok_or("must be a list of scopes")?;
    let scope = |item: &Value| match item.as_str() {
        Some(text) => Scope::parse(text).map_err(|error| Expected::from(error.to_string())),
        None => Err("must be a list of texts".into()),
    };
    let scopes = list.iter().map(scope).collect::<Result<Vec<_>, _>>()?;
    Scopes::new(scopes).map_err(|error| error.to_string().into())
}

pub(super) fn metadata(value: &Value) -> Result<Metadata, Expected> {
    let object = value.as_object().ok_or("must be a JSON object")?;
    Metadata::new(object.clone()).map_err(|error| error.to_string().into())
}

pub(super) fn key_query(request: &Incoming) -> Result<KeyQuery, Problem> {
    const KNOWN: &[&str] =
        &["q", "type", "status", "order", "limit", "offset", "created_after", "created_before"];
    let mut params = request.params(KNOWN)?;
    let query = KeyQuery {
        q: params.optional("q", search).flatten(),
        key_type: params.optional("type", word(&KeyType::ALL, KeyType::as_str)),
        status: params.optional("status", word(&Status::ALL, Status::as_str)),
        created_after: params.optional("created_after", timestamp),
        created_before: params.optional("created_before", timestamp),
        order: params.optional("order", order).unwrap_or(Order::DEFAULT),
        page: params.page(),
    };
    params.finish(query)
}

fn search(text: &str) -> Result<Option<String>, Expected> {
    let text = text.trim();
    if text.chars().count() > SEARCH_MAX {
        return Err(format!("must be at most {SEARCH_MAX} characters").into());
    }
    if text.chars().any(char::is_control) {
        return Err("must not hold control characters".into());
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

fn order(text: &str) -> Result<Order, Expected> {
    Order::parse(text).ok_or_else(|| {
        let names: Vec<&str> = SortField::ALL.into_iter().map(SortField::as_str).collect();
        format!("must be one of {}, with a leading - for descending", names.join(", ")).into()
    })
}

pub(super) fn event_query(request: &Incoming) -> Result<EventQuery, Problem> {
    let mut params = request.params(&["key", "limit", "offset"])?;
    let key = |text: &str| KeyId::parse(text).map_err(|_| Expected::from("must be a key's id"));
    let query = EventQuery { key: params.optional("key", key), page: params.page() };
    params.finish(query)
}
