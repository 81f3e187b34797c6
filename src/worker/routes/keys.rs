//! Keys of an owner.

use keyward_core::life::{Changes, NewKey, REVOKE_IN_MAX_SECONDS};
use keyward_core::{Consistency, ErrorCode, KeyRecord, KeyType, Reason, Timestamp, Title};
use serde_json::{Value, json};

use super::{Asked, describe, read};
use crate::http::Answer;
use crate::http::fields::{seconds, text, timestamp, word};
use crate::http::params::boolean;
use crate::ledger::{Command, Reply};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::projection::STALENESS_MAX_SECONDS;

impl<P: Ports> Asked<'_, P> {
    pub(super) async fn create_key(&self) -> Result<Answer, Problem> {
        const KNOWN: &[&str] = &["type", "title", "scopes", "metadata", "consistency", "expires_at"];
        self.request.params(&[])?;
        let mut fields = self.request.fields(KNOWN)?;
        let key_type = fields.optional("type", word(&KeyType::ALL, KeyType::as_str));
        let title = fields.required("title", text(Title::parse));
        let scopes = fields.optional("scopes", read::scopes);
        let metadata = fields.optional("metadata", read::metadata);
        let consistency = fields.optional("consistency", word(&Consistency::ALL, Consistency::as_str));
        let expires_at = fields.nullable("expires_at", timestamp);
        let key = fields.finish(title.map(|title| NewKey {
            key_type: key_type.unwrap_or(KeyType::Secret),
            title,
            scopes: scopes.unwrap_or_default(),
            metadata: metadata.unwrap_or_default(),
            consistency: consistency.unwrap_or_default(),
            expires_at: expires_at.flatten(),
        }))?;
        let issued = self.command(Command::CreateKey { key }).await?;
        Ok(issued_key(issued)?.0)
    }

    pub(super) async fn list_keys(&self) -> Result<Answer, Problem> {
        let query = read::key_query(self.request)?;
        let page = query.page;
        match self.command(Command::ListKeys { query }).await? {
            Reply::Keys { records, count, now } => {
                let keys: Vec<Value> =
                    records.iter().map(|record| describe::key(record, now, None)).collect();
                let body =
                    json!({ "keys": keys, "count": count, "limit": page.limit, "offset": page.offset });
                Ok(Answer::json(200, body))
            }
            _ => Err(ErrorCode::ServerInternal.into()),
        }
    }

    pub(super) async fn get_key(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let key = self.names.key()?;
        one_key(self.command(Command::GetKey { key }).await?)
    }

    pub(super) async fn update_key(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let key = self.names.key()?;
        let mut fields =
            self.request.fields(&["title", "scopes", "metadata", "expires_at", "consistency"])?;
        let changes = Changes {
            title: fields.optional("title", text(Title::parse)),
            scopes: fields.optional("scopes", read::scopes),
            metadata: fields.optional("metadata", read::metadata),
            expires_at: fields.nullable("expires_at", timestamp),
            consistency: fields.optional("consistency", word(&Consistency::ALL, Consistency::as_str)),
        };
        let changes = fields.finish(Some(changes))?;
        if changes.is_empty() {
            return Err(Problem::field("", "holds nothing to change"));
        }
        one_key(self.command(Command::UpdateKey { key, changes }).await?)
    }

    pub(super) async fn revoke_key(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let key = self.names.key()?;
        let mut fields = self.request.fields(&["revoke_in", "reason"])?;
        let revoke_in = fields.optional("revoke_in", seconds(REVOKE_IN_MAX_SECONDS)).unwrap_or(0);
        let reason = fields.nullable("reason", text(Reason::parse)).flatten();
        let command = fields.finish(Some(Command::RevokeKey { key, revoke_in, reason }))?;
        let mut answer = one_key(self.command(command).await?)?;
        if let Some(body) = answer.body.as_mut().and_then(Value::as_object_mut) {
            let effective = json!({ "strong": "now", "fast_within_seconds": STALENESS_MAX_SECONDS });
            body.insert("effective".into(), effective);
        }
        Ok(answer)
    }

    pub(super) async fn roll_key(&self) -> Result<Answer, Problem> {
        self.request.params(&[])?;
        let key = self.names.key()?;
        let mut fields = self.request.fields(&["grace"])?;
        let grace = fields.optional("grace", seconds(REVOKE_IN_MAX_SECONDS)).unwrap_or(0);
        let command = fields.finish(Some(Command::RollKey { key, grace }))?;
        let (mut answer, replaced, now) = issued_key(self.command(command).await?)?;
        if let (Some(body), Some(old)) = (answer.body.as_mut().and_then(Value::as_object_mut), replaced) {
            body.insert("rolled".into(), describe::key(&old, now, None));
        }
        Ok(answer)
    }

    pub(super) async fn delete_key(&self) -> Result<Answer, Problem> {
        let mut params = self.request.params(&["revoke"])?;
        let revoke = params.optional("revoke", boolean).unwrap_or(false);
        let revoke = params.finish(revoke)?;
        self.request.no_fields()?;
        let key = self.names.key()?;
        self.command(Command::DeleteKey { key, revoke }).await.map(|_| Answer::no_content())
    }
}

fn one_key(reply: Reply) -> Result<Answer, Problem> {
    match reply {
        Reply::Key { record, now } => Ok(Answer::json(200, describe::key(&record, now, None))),
        _ => Err(ErrorCode::ServerInternal.into()),
    }
}

type Issued = (Answer, Option<Box<KeyRecord>>, Timestamp);

fn issued_key(reply: Reply) -> Result<Issued, Problem> {
    let Reply::Issued { record, token, replaces, now } = reply else {
        return Err(ErrorCode::ServerInternal.into());
    };
    let owner = &record.owner;
    let place = format!("/v1/{}s/{}/keys/{}", owner.type_name(), owner.id(), record.id);
    let answer = Answer::json(201, describe::key(&record, now, Some(&token))).with("location", place);
    Ok((answer, replaces, now))
}
