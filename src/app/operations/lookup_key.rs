//! Looks a key up by its text.

use keyward_core::verify::authenticate;
use keyward_core::ErrorCode;
use serde::Deserialize;

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::ledger::queries::LookUpKey;
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::response::Response;
use crate::router::Route;

/// Which key to look up.
#[expect(missing_debug_implementations, reason = "it holds a key")]
#[derive(Clone, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "LookupKeyRequest"))]
pub struct LookupKey {
    /// The key's text, whatever its state.
    token: String,
}

impl EdgeOperation for LookupKey {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "lookup_key", path: "/v1/lookup" }] };

    /// A text that is no key of this deployment is not found without storage. Everything else is decided in the ledger
    /// that the key names, with the same work whether there is nothing or nothing that the caller may see.
    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        let principal = app.authenticate(incoming).await?.principal;
        incoming.request.no_query()?;
        let Self { token } = incoming.request.body()?;
        let key = authenticate(&token, &app.config.issuer).map_err(|_| ErrorCode::KeyNotFound)?;
        app.ask(key.ledger(), LookUpKey { principal, digest: key.digest() }).await
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for LookupKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples, may_read_keys};
        use keyward_core::policy::Access;
        use serde_json::json;
        Documentation::new(
            "keys",
            "Look a key up by its text",
            "For whoever may read the keys of the key's owner: answers as `get_key` does, whatever the key's status. A key that the caller may not read, that was deleted, or that this deployment did not issue, and a text that is no key, are all not found. It does not count as a use of the key. To find out whether a key works, verify it.",
        )
        .body::<Self>(json!({ "token": examples::TOKEN }))
        .responds::<crate::resources::Key>(
            crate::response::Success::Ok,
            "The key.",
            &[("secret", examples::key(json!({})))],
        )
        .not_visible_as(ErrorCode::KeyNotFound)
        .access("lookup_key", |principal, role, exists, owner| {
            match may_read_keys(principal, role, exists, owner) {
                Access::Granted => Access::Granted,
                _ => Access::NotVisible,
            }
        })
    }
}
