//! Revokes keys that somebody has found, such as a scanner.

use serde::{Deserialize, Deserializer, Serialize, de};

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ledger::possession::Outcome;
use crate::ports::Ports;
use crate::possession::Presented;
use crate::problem::Problem;
use crate::request::{FOUND_PATH, PathParams, Request};
use crate::response::Response;
use crate::router::Route;

/// Most texts that a request holds.
const FOUND_MAX: usize = 1000;

/// Which texts were found.
#[expect(missing_debug_implementations, reason = "it holds keys")]
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RevokeFoundKeysRequest"))]
#[serde(deny_unknown_fields)]
pub struct RevokeFoundKeys {
    /// The texts. One may be there more than once.
    #[serde(deserialize_with = "entries")]
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = FOUND_MAX)))]
    found: Vec<FoundKey>,
}

/// A text that was found.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, expecting = "an array of objects")]
struct FoundKey {
    /// The text, whatever it is.
    #[serde(deserialize_with = "token")]
    token: String,
    /// Where it was found, for whoever reads the key's events: an address, a file and a line.
    #[serde(default, deserialize_with = "source")]
    #[cfg_attr(feature = "schema", schemars(length(max = keyward_core::source::SOURCE_MAX)))]
    source: Option<String>,
}

fn entries<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<FoundKey>, D::Error> {
    let entries = Vec::deserialize(deserializer)?;
    if (1..=FOUND_MAX).contains(&entries.len()) {
        Ok(entries)
    } else {
        Err(de::Error::custom("must hold 1 to 1,000 entries"))
    }
}

fn token<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let token = String::deserialize(deserializer);
    token.map_err(|_| de::Error::custom("must hold a string as each token"))
}

fn source<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let source = Option::<String>::deserialize(deserializer).ok();
    let is_long = |text: &String| text.chars().nth(keyward_core::source::SOURCE_MAX).is_some();
    let source = source.filter(|source| !source.as_ref().is_some_and(is_long));
    source.ok_or_else(|| de::Error::custom("must hold at most 500 characters, or null, as each source"))
}

/// What has become of the keys.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "RevokedFoundKeys"))]
struct Revoked {
    /// What has become of each, in the order in which they were sent.
    results: Vec<RevokedFoundKey>,
}

/// What has become of a key.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RevokedFoundKey {
    /// What has become of it.
    outcome: Outcome,
}

impl EdgeOperation for RevokeFoundKeys {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "revoke_found_keys", path: FOUND_PATH }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        request: &Request,
        _: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        request.no_query()?;
        let Self { found } = request.strict_body()?;
        let presented = found.into_iter().map(|FoundKey { token, source }| Presented { text: token, source });
        let outcomes = app.revoke_all_presented(&presented.collect::<Vec<_>>(), request).await?;
        let results = outcomes.into_iter().map(|outcome| RevokedFoundKey { outcome }).collect();
        Ok(Response::ok(&Revoked { results }))
    }
}

/// The problems of both ways to revoke by possession.
#[cfg(feature = "schema")]
pub(super) const FAULTS: &[keyward_core::ErrorCode] = {
    use keyward_core::ErrorCode as Code;
    &[
        Code::AuthMissing,
        Code::AuthInvalid,
        Code::ServerInternal,
        Code::ServerMisconfigured,
        Code::ServerUnavailable,
    ]
};

#[cfg(feature = "schema")]
impl super::documentation::Documented for RevokeFoundKeys {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use serde_json::json;
        let source = "https://git.example/acme/app/blob/main/.env#L7";
        Documentation::new(
            "keys",
            "Revoke keys that were found",
            "As `revoke_presented_key`, for whoever searches for keys that have leaked: up to 1,000 texts at once. `source` says where each was found, and stands in the event; keys in it are redacted, and one that holds another credential is left out. The keys of one owner are revoked together or not at all. A 503 means that this is not known of all keys, though some may be revoked; send the same again. Each owner's ledger is a subrequest of the platform.",
        )
        .public()
        .body::<Self>(json!({ "found": [{ "token": examples::TOKEN, "source": source }] }))
        .long()
        .responds::<Revoked>(
            crate::response::Success::Ok,
            "What has become of each, in their order.",
            &[("revoked", json!({ "results": [{ "outcome": "revoked" }] }))],
        )
        .problems(FAULTS)
    }
}
