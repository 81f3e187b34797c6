//! Parts that are broken on purpose, around the product and not in it: whether the checker notices.

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
    /// A ledger forgets to tell that a key was deleted.
    LoseTombstones,
    /// A ledger forgets every third thing that it has to tell KV.
    ForgetOutbox,
    /// Answers say that they are as of the end of their second.
    RoundUp,
}

impl Mutation {
    /// Whether a ledger that is broken so forgets to carry out a statement, the n-th of its kind.
    pub(crate) fn forgets(self, statement: &Statement, n: u64) -> bool {
        let is_delivery = statement.sql.starts_with("INSERT INTO outbox");
        let is_to_kv = matches!(statement.bindings.first(), Some(SqlValue::Text(to)) if to.starts_with("kv:"));
        let holds = |part: &str| {
            statement.bindings.iter().any(|value| matches!(value, SqlValue::Text(text) if text.contains(part)))
        };
        match self {
            _ if !is_delivery || !is_to_kv => false,
            Self::LoseTombstones => holds(r#"\"record\":null"#),
            Self::ForgetOutbox => n % 3 == 0,
            _ => false,
        }
    }

    /// What an answer says when it is made by an isolate that is broken so.
    pub(crate) fn answer(self, body: &mut Value) {
        let as_of = body["as_of"].as_str().map(str::to_owned);
        if let (Self::RoundUp, Some(as_of)) = (self, as_of) {
            let at = super::history::instant(&Value::from(as_of)).expect("an instant");
            body["as_of"] = keyward_core::Timestamp::from_millis((at / 1000 + 1) * 1000).to_string().into();
        }
    }
}
