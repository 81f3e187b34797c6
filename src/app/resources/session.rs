//! How sessions are shown.

use keyward_core::session::{self, SessionSubject};
use keyward_core::{KeyDigest, RootKeyId, SessionId, Timestamp};
use serde::Serialize;

#[cfg(feature = "schema")]
use crate::operations::Operation;
#[cfg(feature = "schema")]
use crate::resources::PageFacts;

/// With what kind of credential somebody has signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum SignInType {
    /// A root key.
    Root,
    /// A token of an identity provider.
    Token,
    /// A personal key.
    Key,
}

/// With what somebody has signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SignIn {
    /// With a root key, a token of an identity provider, or a personal key.
    #[serde(rename = "type")]
    pub sign_in_type: SignInType,
    /// The root key's or the personal key's id; null for a token.
    pub id: Option<String>,
    /// Who issued the token; null for a key.
    pub issuer: Option<String>,
}

/// A session of somebody who is signed in to the dashboard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// When it was started.
    pub started_at: Timestamp,
    /// When it was last used, give or take a minute.
    pub seen_at: Timestamp,
    /// When it ends if it is not used again.
    pub ends_at: Timestamp,
    /// With what it was started.
    pub started_with: SignIn,
    /// The network address from which it was started; null where addresses are not recorded.
    pub address: Option<String>,
    /// The program with which it was started; null where programs are not recorded.
    pub user_agent: Option<String>,
    /// Whether the request comes from this session.
    pub is_current: bool,
}

impl Session {
    /// A session as it is shown to a caller who may come from the session `current`.
    #[must_use]
    pub fn new(session: session::Session, current: Option<&KeyDigest>) -> Self {
        let ends_at = session.ends_at();
        let session::Session {
            id, digest, subject, started_at, seen_at, issuer, address, user_agent, ..
        } = session;
        let (sign_in_type, key) = match subject {
            SessionSubject::Root { digest } => (SignInType::Root, Some(RootKeyId::of(&digest).into())),
            SessionSubject::User { .. } => (SignInType::Token, None),
            SessionSubject::Key { id, .. } => (SignInType::Key, Some(id.into())),
        };
        let started_with = SignIn { sign_in_type, id: key, issuer };
        let is_current = current.is_some_and(|current| current.matches(&digest));
        Self { id, started_at, seen_at, ends_at, started_with, address, user_agent, is_current }
    }
}

/// A page of the sessions of a user or of the operator.
#[cfg(feature = "schema")]
#[derive(Debug, Serialize, schemars::JsonSchema)]
pub struct SessionList {
    /// The sessions on this page, the one that was started last first.
    pub sessions: Vec<Session>,
    /// What every page says of itself.
    #[serde(flatten)]
    pub page: PageFacts,
    /// The operations that the caller may carry out on the user's account or the deployment.
    pub permissions: Vec<Operation>,
}

/// How many sessions were ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct EndedSessions {
    /// How many.
    pub count: u32,
}

/// The session that a request comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CurrentSession {
    /// Its id.
    pub id: SessionId,
    /// When it ends if it is not used again.
    pub ends_at: Timestamp,
}
