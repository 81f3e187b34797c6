//! What is required of a key, where a question is asked in the words of a query or of a form.

use keyward_core::settings::{SettingError, given};
use keyward_core::staleness::{Freshness, OnOutage, StalenessText};
use keyward_core::{OwnerId, Scope, Scopes};
use serde::{Deserialize, Deserializer};

use super::Asked;

/// What is required of a key.
#[derive(Debug, Default, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Requirements {
    /// Which scopes the key has to hold, all of them, with spaces between.
    #[serde(default)]
    #[cfg_attr(
        feature = "schema",
        schemars(with = "String", regex(pattern = r"^[a-z0-9:._*-]{1,64}(?: [a-z0-9:._*-]{1,64}){0,99}$"))
    )]
    scope: SpacedScopes,
    /// Which organization the key has to reach. If an organization's key asks, that organization is the default.
    #[serde(default, deserialize_with = "organization_id")]
    #[cfg_attr(feature = "schema", schemars(with = "keyward_core::schema::OrganizationId"))]
    organization: Option<OwnerId>,
    /// How old the answer may be, in seconds: 30 if nothing is said, 0 for how things are now. The organization's ceiling holds if
    /// it is lower.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "StalenessText"))]
    max_staleness_seconds: Option<StalenessText>,
    /// What is preferred while a ledger that has to be asked cannot be reached: a 503, or an older answer, as far as the
    /// organization allows it.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "OnOutage"))]
    on_outage: OnOutage,
}

/// Scopes as OAuth writes them (RFC 6749): with spaces between.
#[derive(Debug, Default, Deserialize)]
#[serde(try_from = "String")]
struct SpacedScopes(Scopes);

impl TryFrom<String> for SpacedScopes {
    type Error = SettingError;
    /// No scope at all is no list of scopes: whoever has none to require says nothing.
    fn try_from(text: String) -> Result<Self, SettingError> {
        let scopes = text.split(' ').map(Scope::parse).collect::<Result<Vec<_>, _>>()?;
        Scopes::new(scopes).map(Self)
    }
}

/// An organization's id.
pub(crate) fn organization_id<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<OwnerId>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| OwnerId::parse(&text)).transpose().map_err(serde::de::Error::custom)
}

impl Requirements {
    /// The parameters.
    pub(crate) const NAMES: [&str; 4] = ["scope", "organization", "max_staleness_seconds", "on_outage"];

    /// The question whether a key meets them.
    pub(crate) fn of(self, key: String) -> Asked {
        let Self { scope, organization, max_staleness_seconds, on_outage } = self;
        let bound = max_staleness_seconds.map(StalenessText::bound).unwrap_or_default();
        Asked { key, organization, scopes: scope.0, wanted: Freshness { bound, on_outage } }
    }
}
