//! Parts that are broken on purpose, around the product and not in it: whether the checker notices.

use keyward_core::{KeyRing, Timestamp};
use serde_json::Value;

use crate::ledger::sql::{SqlValue, Statement};

/// What is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mutation {
    /// Isolates do not listen to what ledgers say has changed.
    IgnoreFeed,
    /// Isolates take a copy for as new as it could be if KV lagged by a minute at most.
    TrustKv,
    /// Isolates compare their own clock with the ledger's.
    ForgetSkew,
    /// Ledgers forget to tell that a key was deleted, or that a member has left.
    LoseTombstones,
    /// Ledgers forget every third thing that it has to tell KV.
    ForgetOutbox,
    /// Answers say that they are as of the end of their second.
    RoundUp,
}

impl Mutation {
    /// Whether a ledger that is broken so forgets to carry out a statement, the n-th of its kind.
    pub(crate) fn forgets(self, statement: &Statement, n: u64) -> bool {
        let is_delivery = statement.sql.starts_with("INSERT INTO outbox");
        let is_to_kv =
            matches!(statement.bindings.first(), Some(SqlValue::Text(to)) if to.starts_with("kv:"));
        let holds = |part: &str| {
            statement
                .bindings
                .iter()
                .any(|value| matches!(value, SqlValue::Text(text) if text.contains(part)))
        };
        match self {
            _ if !is_delivery || !is_to_kv => false,
            Self::LoseTombstones => holds(r#"\"record\":null"#) || holds(r#"\"role\":null"#),
            Self::ForgetOutbox => n.is_multiple_of(3),
            _ => false,
        }
    }

    /// What an isolate that is broken so makes of what a ledger has answered at `now`.
    pub(crate) fn hear(self, answer: String, now: Timestamp) -> String {
        if !matches!(self, Self::IgnoreFeed | Self::ForgetSkew) {
            return answer;
        }
        let mut value = serde_json::from_str(&answer).expect("JSON");
        self.change_news(&mut value, now);
        value.to_string()
    }

    fn change_news(self, value: &mut Value, now: Timestamp) {
        let Some(fields) = value.as_object_mut() else { return };
        if fields.contains_key("until") && fields.contains_key("changes") {
            match self {
                Self::IgnoreFeed => fields.insert("changes".to_owned(), Value::Array(Vec::new())),
                _ => fields.insert("until".to_owned(), now.to_string().into()),
            };
        } else {
            fields.values_mut().for_each(|value| self.change_news(value, now));
        }
    }

    /// What an isolate that is broken so makes of what it has read in KV at `now`.
    pub(crate) fn read(self, kv_key: &str, stored: String, ring: &KeyRing, now: Timestamp) -> String {
        let Some(text) = ring.unstamped(kv_key, &stored).filter(|_| self == Self::TrustKv) else {
            return stored;
        };
        let mut value: Value = serde_json::from_str(text).expect("JSON");
        let at = super::history::instant(&value["at"]).expect("an instant").max(now.as_millis() - 60_000);
        value["at"] = Timestamp::from_millis(at).to_string().into();
        ring.stamped(kv_key, &value.to_string())
    }

    /// What an answer says when it is made by an isolate that is broken so.
    pub(crate) fn answer(self, body: &mut Value) {
        let as_of = body["as_of"].as_str().map(str::to_owned);
        if let (Self::RoundUp, Some(as_of)) = (self, as_of) {
            let at = super::history::instant(&Value::from(as_of)).expect("an instant");
            body["as_of"] = Timestamp::from_millis((at / 1000 + 1) * 1000).to_string().into();
        }
    }
}
