//! Revokes keys that somebody has found, such as a scanner.

use keyward_core::source::SOURCE_MAX;
use serde::Serialize;
use serde_json::{Map, Value};

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ports::Ports;
use crate::possession::Presented;
use crate::problem::Problem;
use crate::request::{FOUND_PATH, Incoming, PathParams};
use crate::response::Response;
use crate::router::Route;

/// Most texts that a request holds.
const FOUND_MAX: usize = 1000;

/// Revokes keys that somebody has found.
#[derive(Debug)]
pub struct RevokeFoundKeys;

/// Which texts were found.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RevokeFoundKeysRequest")]
#[expect(dead_code, reason = "it only describes")]
struct Found {
    /// The texts. One may be there more than once.
    #[schemars(length(min = 1, max = FOUND_MAX))]
    found: Vec<FoundKey>,
}

/// A text that was found.
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[expect(dead_code, reason = "it only describes")]
struct FoundKey {
    /// The text, whatever it is.
    token: String,
    /// Where it was found, for whoever reads the key's events: an address, a file and a line.
    #[schemars(length(max = SOURCE_MAX))]
    source: Option<String>,
}

/// What was found. Read by hand: serde's code for it would be as large as all the rest of this.
fn read(body: &Map<String, Value>) -> Result<Vec<Presented<'_>>, Problem> {
    let bad = |detail| Err(Problem::field("/found", detail));
    if body.keys().any(|name| name != "found") {
        return Err(Problem::field("", "must hold nothing but found"));
    }
    let found = match body.get("found") {
        None => return bad("is missing"),
        Some(Value::Array(found)) if (1..=FOUND_MAX).contains(&found.len()) => found,
        Some(_) => return bad("must be an array of 1 to 1,000 entries"),
    };
    let mut presented = Vec::new();
    for entry in found {
        let Some(fields) = entry.as_object() else { return bad("must be an array of objects") };
        if fields.keys().any(|name| name != "token" && name != "source") {
            return bad("must hold nothing but token and source in each entry");
        }
        let Some(text) = fields.get("token").and_then(Value::as_str) else {
            return bad("must hold a text as the token of each entry");
        };
        let source = match fields.get("source") {
            None | Some(Value::Null) => None,
            Some(Value::String(source)) if source.chars().nth(SOURCE_MAX).is_none() => Some(source.as_str()),
            Some(_) => return bad("must hold at most 500 characters as the source of each entry"),
        };
        presented.push(Presented { text, source });
    }
    Ok(presented)
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
#[cfg(feature = "schema")]
#[derive(schemars::JsonSchema)]
#[schemars(rename = "RevocationOutcome", rename_all = "snake_case")]
#[expect(dead_code, reason = "it only describes")]
enum Outcome {
    /// It is revoked from now on.
    Revoked,
    /// It was revoked before.
    AlreadyRevoked,
    /// It is no secret key that this deployment has issued and not deleted.
    Unknown,
}

/// What has become of a key.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RevokedFoundKey {
    /// What has become of it.
    #[cfg_attr(feature = "schema", schemars(with = "Outcome"))]
    outcome: Value,
}

impl EdgeOperation for RevokeFoundKeys {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "revoke_found_keys", path: FOUND_PATH }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        incoming.request.no_query()?;
        let body = incoming.request.object()?;
        let outcomes = app.revoke_by_possession(&read(&body)?, incoming).await?;
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
        .body::<Found>(json!({ "found": [{ "token": examples::TOKEN, "source": source }] }))
        .responds::<Revoked>(
            crate::response::Success::Ok,
            "What has become of each, in their order.",
            &[("revoked", json!({ "results": [{ "outcome": "revoked" }] }))],
        )
        .problems(FAULTS)
    }
}
