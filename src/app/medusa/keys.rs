//! `/admin/api-keys`.

mod list;

use keyward_core::channel::LINKS_MAX;
use keyward_core::lifecycle::{DELAY_MAX_SECONDS, Delay};
use keyward_core::policy::scope;
use keyward_core::settings::{KeyChanges, NewKey};
use keyward_core::{
    Actor, ChannelId, Consistency, Entropy, ErrorCode, KeyId, KeyType, Links, Metadata, Principal, Scope,
    Scopes, grant,
};
use serde_json::Value;

use super::fields::{Fields, maybe, null, text};
use super::query::{self, Faults};
use super::{Asked, invalid};
use crate::ledger::Ledger;
use crate::ledger::idempotency::FirstTime;
use crate::ledger::sql::Sql;
use crate::operations::LedgerOperation;
use crate::operations::create_key;
use crate::operations::delete_key::DeleteKey;
use crate::operations::get_key::GetKey;
use crate::operations::revoke_key::{RevokeKey, RevokeKeyRequest};
use crate::operations::update_key::UpdateKey;
use crate::problem::{Problem, refused};
use crate::resources::Key;

/// What is shown of a key unless the query says otherwise.
const USUAL: &str = "id title token redacted type last_used_at updated_at created_at created_by revoked_at revoked_by sales_channels.id sales_channels.name";

/// What is shown of a new key.
const OF_NEW: &str = "id title token redacted type last_used_at updated_at created_at created_by revoked_at revoked_by deleted_at";

/// What the sales channels of a key are called.
const RELATION: &str = "sales_channels";

/// What people's and the operator's new keys hold: what is needed to call this façade, and to verify.
const SCOPES: [&str; 3] = [scope::KEYS_READ, scope::KEYS_WRITE, scope::KEYS_VERIFY];

/// All that there is of a key.
const KNOWN: &str = "id title token redacted type last_used_at updated_at created_at created_by revoked_at revoked_by deleted_at sales_channels.id sales_channels.name sales_channels.description sales_channels.is_disabled sales_channels.created_at sales_channels.updated_at sales_channels.deleted_at sales_channels.metadata";

impl Asked {
    pub(super) fn create_key<S: Sql, E: Entropy>(
        mut self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        self.fields(OF_NEW, KNOWN)?;
        let title = self.body.required_title("title");
        let key_type = match self.body.take("type") {
            Some(Value::String(word)) => {
                KeyType::ALL.into_iter().find(|known| known.as_str() == word).or_else(|| {
                    self.body.faults.add("Expected: 'publishable, secret' for field 'type'");
                    None
                })
            }
            Some(_) => {
                self.body.faults.add("Expected: 'publishable, secret' for field 'type'");
                None
            }
            None => {
                self.body.required("type");
                None
            }
        };
        self.body.end()?;
        let (Some(title), Some(key_type)) = (title, key_type) else {
            return Err(ErrorCode::RequestBadField.into());
        };
        let (scopes, expires_at, consistency) =
            if let Principal::Key { scopes, ends_at, consistency, .. } = &self.caller.principal {
                // It gives what it has, and no more.
                (scopes.clone(), *ends_at, *consistency)
            } else {
                let scopes = SCOPES.iter().filter_map(|word| Scope::parse(word).ok());
                (Scopes::new(scopes).unwrap_or_default(), None, Consistency::Fast)
            };
        let scopes = if key_type == KeyType::Secret { scopes } else { Scopes::default() };
        let (metadata, links) = (Metadata::default(), Links::default());
        let key = NewKey { key_type, title, scopes, metadata, consistency, expires_at, links };
        let (created, issued) = create_key::create(ledger, &self.caller, key, &FirstTime::default())?;
        let key = Key::without_permissions(created.record.clone(), ledger.now);
        ledger.save_keys([created])?;
        // Whatever fields the query names: without its text, a key would be of no use.
        Ok(one(&shown(&key, Some(issued.text()), &[], &Fields::read(None, OF_NEW, KNOWN))))
    }

    pub(super) fn retrieve_key<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        self.fields(USUAL, KNOWN)?;
        let key = self.key()?;
        let got = GetKey { key: key.clone() }.perform(ledger, &self.caller);
        ledger.answer(&self, &got.map_err(|problem| about(problem, &key))?)
    }

    pub(super) fn update_key<S: Sql, E: Entropy>(
        mut self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        self.fields(USUAL, KNOWN)?;
        let key = self.key()?;
        let title = self.body.required_title("title");
        self.body.end()?;
        let update = UpdateKey { key: key.clone(), changes: KeyChanges { title, ..KeyChanges::default() } };
        let updated = update.perform(ledger, &self.caller);
        ledger.answer(&self, &updated.map_err(|problem| about(problem, &key))?.key)
    }

    pub(super) fn delete_key<S: Sql, E: Entropy>(
        self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        let key = self.key()?;
        let deleted = DeleteKey { key: key.clone(), revoke: false }.perform(ledger, &self.caller);
        deleted.map_err(|problem| about(problem, &key))?;
        Ok(format!("{{\"id\":\"{key}\",\"object\":\"api_key\",\"deleted\":true}}"))
    }

    pub(super) fn revoke_key<S: Sql, E: Entropy>(
        mut self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        self.fields(USUAL, KNOWN)?;
        let key = self.key()?;
        let revoke_in = self.body.take("revoke_in").map_or_else(Delay::default, |value| {
            let Some(seconds) = value.as_f64() else {
                self.body.expected("number", "revoke_in", &value);
                return Delay::default();
            };
            // What is past is now, and parts of seconds do not count.
            Delay::try_from(Value::from(seconds.trunc().max(0.0))).unwrap_or_else(|_| {
                self.body.faults.add(format!("Field 'revoke_in' must be at most {DELAY_MAX_SECONDS}"));
                Delay::default()
            })
        });
        self.body.end()?;
        let revocation = RevokeKeyRequest { revoke_in, reason: None };
        let revoked = match (RevokeKey { key: key.clone(), revocation }).perform(ledger, &self.caller) {
            Ok(revoked) => revoked.key,
            Err(problem) if problem.code == ErrorCode::KeyAlreadyRevoked => {
                // As with Medusa, that is no mistake for a publishable key; but what has happened is not overwritten.
                let key = GetKey { key }.perform(ledger, &self.caller)?;
                if key.facts.key_type == KeyType::Publishable { key } else { return Err(problem) }
            }
            Err(problem) => return Err(about(problem, &key)),
        };
        ledger.answer(&self, &revoked)
    }

    pub(super) fn batch_sales_channels<S: Sql, E: Entropy>(
        mut self,
        ledger: &mut Ledger<'_, S, E>,
    ) -> Result<String, Problem> {
        self.fields(USUAL, KNOWN)?;
        let key = self.key()?;
        let (add, remove) = (self.body.texts("add"), self.body.texts("remove"));
        self.body.end()?;
        let record = ledger.key(&self.caller, &key).map_err(|problem| about(problem, &key))?;
        let ids =
            |texts: &[String]| texts.iter().filter_map(|id| ChannelId::parse(id).ok()).collect::<Vec<_>>();
        let (added, removed) = (ids(&add), ids(&remove));
        if !add.is_empty() && record.key_type == KeyType::Secret {
            return Err(invalid("Sales channels can only be associated with publishable API keys"));
        }
        if added.len() < add.len() {
            return Err(invalid("Sales channels with IDs that are no ids of sales channels do not exist"));
        }
        let before = &record.settings.links;
        let links = before.changed(&added, &removed).map_err(|_| {
            invalid(format!("An API key can be linked to at most {LINKS_MAX} sales channels"))
        })?;
        let dangling = ledger.dangling(&self.caller.owner, &links, Some(before))?;
        if !dangling.is_empty() {
            return Err(invalid(format!("Sales channels with IDs {} do not exist", dangling.join(", "))));
        }
        grant::to_change_at_all(&self.caller.principal, &record)?;
        let changes = KeyChanges { links: Some(links), ..KeyChanges::default() };
        let refused = refused(record.status(ledger.now));
        let linked = record.update(changes, &self.caller.actor(), ledger.now).map_err(refused)?;
        let key = linked.as_ref().map_or(record, |linked| linked.record.clone());
        if let Some(linked) = linked {
            ledger.save_keys([linked])?;
        }
        ledger.answer(&self, &Key::without_permissions(key, ledger.now))
    }

    /// The key that the path names.
    fn key(&self) -> Result<KeyId, Problem> {
        KeyId::parse(&self.id)
            .map_err(|_| Problem::new(ErrorCode::KeyNotFound).because("API Key with this id was not found"))
    }

    /// The parameter `fields`, which is the only one where a single thing is answered with.
    pub(super) fn fields(&self, usual: &str, known: &'static str) -> Result<Fields, Problem> {
        let (mut faults, mut text) = (Faults::default(), None);
        for (name, node) in &self.root.inner {
            match name.as_str() {
                "fields" => text = query::text(node, name, &mut faults),
                _ => faults.unknown(name),
            }
        }
        faults.refuse()?;
        Ok(Fields::read(text, usual, known))
    }
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// One key, as Medusa answers with it.
    fn answer(&self, asked: &Asked, key: &Key) -> Result<String, Problem> {
        let fields = asked.fields(USUAL, KNOWN)?;
        Ok(one(&shown(key, None, &self.channels_for(asked, &fields)?, &fields)))
    }

    /// The sales channels that keys may be shown with, each as it is shown, in the order of their ids.
    fn channels_for(&self, asked: &Asked, fields: &Fields) -> Result<Linked, Problem> {
        if !fields.want_any_of(RELATION) {
            return Ok(Vec::new());
        }
        let channels = self.store.channels(&asked.caller.owner)?.readable.into_iter();
        let shown = |channel| super::channels::shown(&channel, "sales_channels.", fields);
        Ok(channels.map(|channel| (channel.id.clone(), shown(channel))).collect())
    }
}

/// Sales channels, as they are shown with keys.
type Linked = Vec<(ChannelId, String)>;

fn one(key: &str) -> String {
    ["{\"api_key\":", key, "}"].concat()
}

/// A key as Medusa shows it. `token`: the text of a new one.
fn shown(key: &Key, token: Option<&str>, channels: &[(ChannelId, String)], fields: &Fields) -> String {
    let facts = &key.facts;
    let date = |at: Option<keyward_core::Timestamp>| maybe(at.map(|at| at.to_string()).as_deref());
    let id_of = |actor: &Actor| actor.name().split_once(':').map(|(_, id)| text(id)).unwrap_or_default();
    let all = [
        ("id", text(facts.id.as_str())),
        ("title", text(facts.settings.title.as_str())),
        ("token", text(token.or(key.token.as_deref()).unwrap_or_default())),
        ("redacted", text(&facts.redacted)),
        ("type", text(facts.key_type.as_str())),
        ("last_used_at", date(key.last_used_at)),
        ("created_by", id_of(&facts.created_by)),
        ("revoked_by", facts.revoked_by.as_ref().map_or_else(null, id_of)),
        ("revoked_at", date(facts.revoked_at)),
        ("created_at", date(Some(facts.created_at))),
        ("updated_at", date(Some(facts.updated_at))),
        ("deleted_at", null()),
    ];
    let mut json = fields.of("", &all);
    if fields.want_any_of(RELATION) {
        let find = |link| channels.binary_search_by(|(id, _)| id.cmp(link)).ok();
        let linked = facts.settings.links.iter().filter_map(|link| channels.get(find(link)?));
        let linked: Vec<_> = linked.map(|(_, shown)| shown.as_str()).collect();
        json.pop();
        json.extend([",\"sales_channels\":[", &linked.join(","), "]}"]);
    }
    json
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
