//! Who calls through a binding of the entrypoint `Verifier`: what its `props` say.

use keyward_core::settings::given;
use keyward_core::verifier::{Binding, OnBehalfOf};
use keyward_core::{ErrorCode, OwnerId, Scopes};
use serde::Deserialize;

use crate::objects;
use crate::problem::{Problem, refusal};
use crate::verification::organization_id;

const HOW: &str = "The binding's props have to be `{ organization, scopes }` or `{ operator: true, scopes }`, with an organization's id, and scopes as an array.";

/// The props of a binding.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Props {
    #[serde(default, deserialize_with = "organization_id")]
    organization: Option<OwnerId>,
    #[serde(default)]
    operator: bool,
    #[serde(default, deserialize_with = "given")]
    scopes: Option<Scopes>,
}

/// On whose behalf a worker verifies whose binding has these props, as JSON.
///
/// # Errors
/// `auth.missing` where they name nobody, `auth.malformed` where they are not understood, `auth.insufficient_scope`.
pub(crate) fn on_behalf_of(props: &str) -> Result<OnBehalfOf, Problem> {
    let props = objects::from_str::<Option<Props>>(props);
    let props = props.map_err(|_| Problem::new(ErrorCode::AuthMalformed).because(HOW))?.unwrap_or_default();
    let organization = match (props.organization.as_ref(), props.operator) {
        (Some(_), true) => return Err(Problem::new(ErrorCode::AuthMalformed).because(HOW)),
        (None, false) => {
            let nobody = "The binding has no props that say who calls: an organization, or the operator.";
            return Err(Problem::new(ErrorCode::AuthMissing).because(nobody));
        }
        (organization, _) => organization,
    };
    Binding { organization, scopes: props.scopes.as_ref() }.may_verify().map_err(refusal)
}
