//! Verifies a key.

use keyward_core::settings::given;
use keyward_core::staleness::{Freshness, OnOutage, Staleness};
use keyward_core::verify::Verdict;
use keyward_core::{Consistency, KeyId, KeyRecord, Owner, OwnerId, Scopes, Timestamp};
use serde::{Deserialize, Serialize};

use super::{EdgeOperation, Endpoint};
use crate::{App, binding};
use crate::ports::Ports;
use crate::problem::Problem;
use crate::request::{Incoming, PathParams};
use crate::resources::{PublicKey, Shown, VerifiedKey};
use crate::response::Response;
use crate::router::Route;
use crate::verification::{Asked, AskedBy, CalledBy, Verified, organization_id};

/// Which key to verify, and what is required of it.
#[expect(missing_debug_implementations, reason = "it may hold a key")]
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "VerifyKeyRequest"))]
#[serde(deny_unknown_fields)]
pub struct VerifyKey {
    /// The presented text, whatever it is.
    key: String,
    /// Which organization the key has to reach. If an organization's key calls, that organization is the default; a person names one
    /// that they belong to.
    #[serde(default, deserialize_with = "organization_id")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<keyward_core::schema::OrganizationId>"))]
    organization: Option<OwnerId>,
    /// Which scopes the key has to hold, all of them.
    #[serde(default)]
    scopes: Scopes,
    /// How old the answer may be, in seconds. The organization's ceiling holds if it is lower, and a key whose own `consistency` is
    /// `strong` is always verified as things are now.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "Staleness", extend("default" = 30)))]
    max_staleness_seconds: Option<Staleness>,
    /// Another word for how old the answer may be: `strong` is 0, `fast` leaves it to `max_staleness_seconds`.
    #[serde(default, deserialize_with = "given")]
    #[cfg_attr(feature = "schema", schemars(with = "Consistency", extend("default" = "fast")))]
    consistency: Option<Consistency>,
    /// What is preferred while a ledger that has to be asked cannot be reached: a 503, or an older answer, as far as the
    /// organization allows it.
    #[serde(default)]
    on_outage: OnOutage,
}

/// The verdict on a key that is valid.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct ValidVerdict {
    /// Always true.
    #[cfg_attr(feature = "schema", schemars(extend("const" = true)))]
    valid: bool,
    /// Always `valid`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = "valid")))]
    code: Verdict,
    /// The key. A publishable key that verifies itself gets what is for everybody.
    key: Shown<VerifiedKey>,
    /// How the key was looked up: in copies, or in ledgers.
    consistency: Consistency,
    /// When the key was in this state, by the clock of its ledger.
    as_of: Timestamp,
    /// The bound that held: `as_of` is not further back.
    max_staleness_seconds: u32,
}

/// The verdict on a key that is not valid.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefusedVerdict {
    /// Always false.
    #[cfg_attr(feature = "schema", schemars(extend("const" = false)))]
    valid: bool,
    /// The first reason to refuse it.
    #[cfg_attr(feature = "schema", schemars(with = "RefusalCode"))]
    code: Verdict,
    /// Which key it is, so that its owner can be told; null where there is none that the caller may see: if it is
    /// `malformed`, of the `wrong_environment`, `forged` or `unknown`.
    key: Option<RefusedKey>,
    /// When the key was in this state, by the clock of its ledger; where no storage was needed, now.
    as_of: Timestamp,
    /// The bound that held: `as_of` is not further back.
    max_staleness_seconds: u32,
}

/// A key that is not valid.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RefusedKey {
    /// The key's id.
    id: KeyId,
    /// Whose key it is.
    owner: Owner,
}

/// Whether a key is valid.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "Verdict"))]
#[serde(untagged)]
enum Answer {
    Valid(Box<ValidVerdict>),
    Refused(RefusedVerdict),
}

impl ValidVerdict {
    /// What is told of a key that was found valid.
    pub(super) fn new(record: KeyRecord, verified: &Verified) -> Self {
        let Verified { verdict: code, is_public, consistency, as_of, bound, .. } = *verified;
        let key = if is_public {
            Shown::Public(PublicKey::new(record, as_of))
        } else {
            Shown::Whole(VerifiedKey::new(record, as_of))
        };
        Self { valid: true, code, key, consistency, as_of, max_staleness_seconds: bound.0 }
    }
}

impl From<Verified> for Answer {
    fn from(mut verified: Verified) -> Self {
        let (code, as_of, bound) = (verified.verdict, verified.as_of, verified.bound);
        match verified.record.take() {
            Some(record) if code == Verdict::Valid => {
                Self::Valid(Box::new(ValidVerdict::new(*record, &verified)))
            }
            record => {
                let key = record.map(|record| RefusedKey { id: record.id, owner: record.owner });
                Self::Refused(RefusedVerdict { valid: false, code, key, as_of, max_staleness_seconds: bound.0 })
            }
        }
    }
}

impl EdgeOperation for VerifyKey {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "verify_key", path: "/v1/verify" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        incoming: &Incoming,
        _: &PathParams,
    ) -> Result<Response, Problem> {
        app.verify(incoming).await
    }
}

impl<P: Ports> App<'_, P> {
    /// Answers a request to verify a key. The hot path calls this.
    ///
    /// # Errors
    /// The [`Problem`] that the caller is told.
    pub async fn verify(&self, incoming: &Incoming) -> Result<Response, Problem> {
        let called_by = match incoming.binding.as_deref() {
            Some(props) => CalledBy::Binding(binding::on_behalf_of(props)?),
            None => CalledBy::Credential(self.credential(incoming)?),
        };
        let read = incoming.request.no_query().and_then(|()| incoming.request.strict_body());
        let asked = read.and_then(VerifyKey::asks);
        let by = AskedBy { called_by, client_id: None, incoming: Some(incoming) };
        let verified = self.answer(&by, &asked).await?;
        Ok(Response::ok(&Answer::from(verified)))
    }
}

impl VerifyKey {
    /// What is asked, and how fresh the answer has to be.
    fn asks(self) -> Result<Asked, Problem> {
        let Self { key, organization, scopes, max_staleness_seconds, consistency, on_outage } = self;
        let wanted = Freshness::of(consistency, max_staleness_seconds, on_outage).ok_or_else(|| {
            Problem::field("/max_staleness_seconds", "must be 0 with `strong`, and more than 0 with `fast`")
        })?;
        Ok(Asked { key, organization, scopes, wanted })
    }
}

#[cfg(feature = "schema")]
struct RefusalCode;

#[cfg(feature = "schema")]
impl schemars::JsonSchema for RefusalCode {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RefusalCode".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        let refusals = Verdict::ALL.into_iter().filter(|verdict| *verdict != Verdict::Valid);
        let codes: Vec<_> = refusals.map(Verdict::as_str).collect();
        schemars::json_schema!({ "type": "string", "enum": codes })
    }
}

#[cfg(feature = "schema")]
impl super::documentation::Documented for VerifyKey {
    fn documentation() -> super::documentation::Documentation {
        use super::documentation::{Documentation, examples};
        use keyward_core::ErrorCode;
        use serde_json::json;
        let valid = json!({
            "valid": true, "code": "valid", "key": examples::verified_key(), "consistency": "fast",
            "as_of": "2026-11-21T08:00:00.000Z", "max_staleness_seconds": 30,
        });
        let refused = json!({
            "valid": false, "code": "revoked",
            "key": { "id": examples::KEY_ID, "owner": { "type": "organization", "id": "acme" } },
            "as_of": "2026-11-21T08:00:00.000Z", "max_staleness_seconds": 30,
        });
        let malformed = json!({
            "valid": false, "code": "malformed", "key": null,
            "as_of": "2026-11-21T08:00:00.000Z", "max_staleness_seconds": 30,
        });
        Documentation::new(
            "verify",
            "Verify a key",
            "For the operator (any key), and for an organization's secret key with `keys:verify` (the organization's own keys and its members' personal keys; whatever else exists is `unknown` to it). A person, or a personal key with `keys:verify`, names an `organization` that they belong to, and gets the verdict that its key would get; without one it is a 403. A publishable key may verify itself, and gets what is for everybody. Looks for a reason to refuse in this order, each step cheaper than the next: `malformed`, `wrong_environment`, `forged` (up to here no storage is touched), `unknown`, `revoked`, `expired`, `not_a_member`, `insufficient_scope`. Whoever verifies a key says how old the answer may be: 30 seconds if nothing is said, 0 to ask the ledger, where keys are changed, and never more than the ceiling of the organization. Every answer names the instant at which it was true, and that is no further back than was asked, whatever caches, clocks and networks do: what cannot prove its age is asked of the ledger, and where that cannot be reached there is no answer, unless caller and organization have both allowed an older one. So a revocation is answered with the instant by which the key is refused to everybody who asks within the ceiling, and to whoever asks for 0 seconds it is refused as soon as that answer is there. That is `max_staleness_seconds` (`strong` is another word for 0), `as_of`, `effective.by` and `on_outage`; no answer is a 503. A text that is not a key is a verdict, `malformed`, not an error. A foreign key, which was imported, is looked for in the `organization` that is named, or in that of the calling key; where that organization has any, a text that is none of them is `unknown`.",
        )
        .body::<Self>(json!({ "key": examples::TOKEN, "scopes": ["orders:read"] }))
        .responds::<Answer>(crate::response::Success::Ok,
            "The verdict, whatever it is.",
            &[("valid", valid), ("refused", refused), ("malformed", malformed)],
        )
        .problems(&[ErrorCode::ServerBusy])
        .verifies(["verify_key", "verify_key of itself", "verify_key for the organization"])
    }
}
