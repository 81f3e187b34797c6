//! What an operation answers with, also as a ledger sends it to the edge. Which status and headers that means is the worker's concern.

use keyward_core::{KeyId, Owner, Scopes, Timestamp};
use serde::{Deserialize, Serialize};

use crate::resources::ShownPage;

/// How an operation that succeeds is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Success {
    /// It is done, and there is something to show.
    Ok,
    /// Something was created.
    Created,
    /// It is done, and there is nothing to show.
    NoContent,
}

/// What to do with the session cookie.
#[expect(missing_debug_implementations, reason = "it holds a secret")]
#[derive(Clone, PartialEq, Eq)]
pub enum SessionCookie {
    /// Let it hold this token.
    Set(String),
    /// Let the browser forget it.
    Clear,
}

/// What a gateway is told of a visitor that it may let pass.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Visitor {
    /// The id of the visitor's key.
    pub key: KeyId,
    /// Whose key it is.
    pub owner: Owner,
    /// What the key may do.
    pub scopes: Scopes,
    /// When that was so.
    pub as_of: Timestamp,
}

/// The response of an operation that succeeds. Ledgers answer with it.
#[expect(missing_debug_implementations, reason = "it may hold a key")]
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Response {
    /// How it succeeds.
    pub success: Success,
    /// The body as JSON; empty if there is none.
    pub body: String,
    /// The path of what was created.
    pub location: Option<String>,
    /// What leads to the next page of a list: from the ledger its cursor, at the edge its path and query.
    pub next: Option<String>,
    /// Whether the body is lines, each of them JSON.
    #[serde(default)]
    pub is_lines: bool,
    /// What to do with the session cookie, if anything. Only the edge knows of it.
    #[serde(skip)]
    pub cookie: Option<SessionCookie>,
    /// Whom a gateway may let pass. Only the edge knows of it.
    #[serde(skip)]
    pub visitor: Option<Box<Visitor>>,
}

impl Response {
    /// A resource.
    #[must_use]
    pub fn ok(body: &impl Serialize) -> Self {
        Self {
            success: Success::Ok,
            body: crate::json(body),
            location: None,
            next: None,
            is_lines: false,
            cookie: None,
            visitor: None,
        }
    }

    /// A page of a list: its entries under a name, how it is described, and what else is said with it (names, and JSON).
    #[must_use]
    pub fn list(name: &str, page: ShownPage, more: &[(&str, String)]) -> Self {
        let ShownPage { entries, facts } = page;
        let said = crate::json(&facts);
        let mut body = ["{\"", name, "\":[", &entries.join(","), "],", said.trim_start_matches('{')].concat();
        for (name, value) in more {
            body.pop();
            body.extend([",\"", name, "\":", value, "}"]);
        }
        let next = facts.after.map(String::from);
        Self {
            success: Success::Ok,
            body,
            location: None,
            next,
            is_lines: false,
            cookie: None,
            visitor: None,
        }
    }

    /// A resource that was created, and its path.
    #[must_use]
    pub fn created(body: &impl Serialize, location: String) -> Self {
        Self { success: Success::Created, location: Some(location), ..Self::ok(body) }
    }

    /// Nothing to show.
    #[must_use]
    pub fn no_content() -> Self {
        Self {
            success: Success::NoContent,
            body: String::new(),
            location: None,
            next: None,
            is_lines: false,
            cookie: None,
            visitor: None,
        }
    }

    /// A visitor may pass: there is no body, and what there is to say of them is said beside it.
    #[must_use]
    pub fn pass(visitor: Visitor) -> Self {
        Self { success: Success::Ok, visitor: Some(Box::new(visitor)), ..Self::no_content() }
    }

    /// The same, with a session cookie.
    #[must_use]
    pub fn with_cookie(self, cookie: SessionCookie) -> Self {
        Self { cookie: Some(cookie), ..self }
    }
}
