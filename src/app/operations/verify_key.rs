//! Verifies a key.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::try_join;
use keyward_core::foreign::may_be_foreign;
use keyward_core::verifier::{OnBehalfOf, Verifier, may_verify, verifies_as_member, verifies_for};
use keyward_core::verify::{Decision, Question, Verdict, authenticate, decide};
use keyward_core::{
    Consistency, ErrorCode, KeyId, KeyRecord, Owner, OwnerId, Principal, Scopes,
};
use serde::{Deserialize, Serialize};

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::authentication::Credential;
use crate::kv::STALENESS_MAX_SECONDS;
use crate::ports::Ports;
use crate::problem::{Problem, refusal};
use crate::request::{PathParams, Request};
use crate::resources::{PublicKey, Shown, VerifiedKey};
use crate::response::Response;
use crate::router::Route;

/// Which key to verify, and what is required of it.
#[expect(missing_debug_implementations, reason = "it may hold a key")]
#[derive(Clone, Default, Deserialize)]
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
    /// How fresh the answer has to be.
    #[serde(default)]
    consistency: Consistency,
}

/// An organization's id, or null.
fn organization_id<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<OwnerId>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| OwnerId::parse(&text)).transpose().map_err(serde::de::Error::custom)
}

/// The verdict on a key that is valid.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct ValidVerdict {
    /// Always true.
    #[cfg_attr(feature = "schema", schemars(extend("const" = true)))]
    valid: bool,
    /// Always `valid`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = "valid")))]
    code: Verdict,
    /// The key. A publishable key that verifies itself gets what is for everybody.
    key: Shown<VerifiedKey>,
    /// How the key was looked up.
    consistency: Consistency,
    /// How old the answer may be, at most.
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

impl Answer {
    fn refused(code: Verdict, record: Option<Box<KeyRecord>>) -> Self {
        let key = record.filter(|_| code.is_about_a_visible_key());
        let key = key.map(|record| RefusedKey { id: record.id, owner: record.owner });
        Self::Refused(RefusedVerdict { valid: false, code, key })
    }
}

impl EdgeOperation for VerifyKey {
    const ENDPOINT: Endpoint =
        Endpoint { method: "POST", routes: &[Route { id: "verify_key", path: "/v1/verify" }] };

    async fn serve<P: Ports>(
        app: &App<'_, P>,
        request: &Request,
        _: &PathParams<'_, '_>,
    ) -> Result<Response, Problem> {
        app.verify(request).await
    }
}

impl<P: Ports> App<'_, P> {
    /// Answers a request to verify a key. The hot path calls this.
    ///
    /// # Errors
    /// The [`Problem`] that the caller is told.
    pub async fn verify(&self, request: &Request) -> Result<Response, Problem> {
        let credential = self.credential(request)?;
        Ok(Response::ok(&self.verify_key(credential, request).await?))
    }

    /// Finds out on whose behalf somebody verifies. Whether a person belongs to the organization that they name is asked of its
    /// ledger, whatever the consistency.
    async fn verifies_on_behalf_of(
        &self,
        principal: &Principal,
        of_itself: bool,
        organization: Option<&OwnerId>,
    ) -> Result<OnBehalfOf, Problem> {
        match may_verify(principal, of_itself, organization) {
            Ok(Verifier::Known(on_behalf_of)) => Ok(on_behalf_of),
            Ok(Verifier::MemberOf { organization, user }) => {
                let asserted = principal.role_in(&organization, None);
                let role = self.find_role(&organization, &user, asserted, Consistency::Strong).await?;
                verifies_for(organization, role).map_err(refusal)
            }
            Err(access) if verifies_as_member(principal) => {
                Err(refusal(access).because("People verify for an organization that they belong to: name it."))
            }
            Err(access) => Err(refusal(access)),
        }
    }

    /// Verifies a key. The steps, each cheaper than the next:
    ///
    /// 1. Grammar, checksum, brand, environment and seal. No storage is touched.
    /// 2. `fast`: one read of KV, and one request to the ledger on a miss. `strong`: one request to the ledger.
    /// 3. Revocation, expiry, owner and scopes.
    /// 4. For a personal key that has to reach an organization, one more of either.
    ///
    /// A text that is no key of ours may be a foreign key of the organization, if that has any.
    ///
    /// The caller's key and the key in question are read at the same time; nothing is answered before it is clear that
    /// the caller may verify.
    async fn verify_key(&self, credential: Credential<'_>, request: &Request) -> Result<Answer, Problem> {
        let read = request.no_query().and_then(|()| request.strict_body::<VerifyKey>());
        let (asked, fault) =
            read.map_or_else(|fault| (VerifyKey::default(), Some(fault)), |asked| (asked, None));
        let VerifyKey { key, organization, scopes, consistency } = asked;
        let of_itself = credential.is(&key);
        let is_proven = Cell::new(!credential.is_token());
        let caller = async {
            let principal = self.authenticate_verifier(request, credential).await?;
            is_proven.set(true);
            match fault {
                None => self.verifies_on_behalf_of(&principal, of_itself, organization.as_ref()).await,
                Some(fault) if verifies_as_member(&principal) => Err(fault),
                // Whoever may not verify does not learn what is wrong with the request.
                Some(fault) => may_verify(&principal, false, None).map_err(refusal).and(Err(fault)),
            }
        };
        let authentic = authenticate(&key, &self.config.issuer);
        let found = async {
            let Ok(key) = &authentic else { return Ok(None) };
            // While a token is being proven, nothing is read for somebody who may have forged it.
            poll_fn(|_| if is_proven.get() { Poll::Ready(()) } else { Poll::Pending }).await;
            Ok(Some(self.find_key(key, consistency).await))
        };
        // The caller comes first: nothing is read for somebody who is refused without storage.
        let (on_behalf_of, found) = try_join(caller, found).await?;
        let (digest, found) = match (authentic, found) {
            (Ok(key), Some(found)) => (key.digest(), found?),
            (Err(Verdict::Malformed), _) if may_be_foreign(&key, &self.config.issuer) => {
                let found = match on_behalf_of.looks_in(organization.as_ref()) {
                    Some(organization) => self.find_foreign_key(organization, &key, consistency).await?,
                    None => None,
                };
                let Some(found) = found else { return Ok(Answer::refused(Verdict::Malformed, None)) };
                found
            }
            (Err(verdict), _) => return Ok(Answer::refused(verdict, None)),
            (Ok(_), None) => return Err(ErrorCode::ServerInternal.into()),
        };
        let question = Question::new(on_behalf_of, organization, scopes);
        let mut is_member = None;
        let verdict = loop {
            match decide(&digest, found.record.as_deref(), &question, is_member, found.now) {
                Decision::Final(verdict) => break verdict,
                Decision::NeedsMembership { organization, user } => {
                    let role = self.find_role(&organization, &user, None, found.consistency).await?;
                    is_member = Some(role.is_some());
                }
            }
        };
        let record = match found.record {
            Some(record) if verdict == Verdict::Valid => record,
            record => {
                if let Some(record) = record.as_deref().filter(|_| verdict == Verdict::Revoked) {
                    self.count_refusal(record, found.now);
                }
                return Ok(Answer::refused(verdict, record));
            }
        };
        self.uses.borrow_mut().extend(self.use_of(&record, found.now));
        let key = match question.caller {
            OnBehalfOf::Itself(_) => Shown::Public(PublicKey::new(*record, found.now)),
            OnBehalfOf::Root | OnBehalfOf::Organization(_) => {
                Shown::Whole(VerifiedKey::new(*record, found.now))
            }
        };
        Ok(Answer::Valid(Box::new(ValidVerdict {
            valid: true,
            code: verdict,
            key,
            consistency: found.consistency,
            max_staleness_seconds: match found.consistency {
                Consistency::Fast => STALENESS_MAX_SECONDS,
                Consistency::Strong => 0,
            },
        })))
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
        use keyward_core::policy::Access;
        use keyward_core::verifier::authorize_verification;
        use serde_json::json;
        let valid = json!({
            "valid": true, "code": "valid", "key": examples::verified_key(), "consistency": "fast",
            "max_staleness_seconds": 60,
        });
        let refused = json!({
            "valid": false, "code": "revoked",
            "key": { "id": examples::KEY_ID, "owner": { "type": "organization", "id": "acme" } },
        });
        Documentation::new(
            "verify",
            "Verify a key",
            "For the operator (any key), and for an organization's secret key with `keys:verify` (the organization's own keys and its members' personal keys; whatever else exists is `unknown` to it). A person, or a personal key with `keys:verify`, names an `organization` that they belong to, and gets the verdict that its key would get; without one it is a 403. A publishable key may verify itself, and gets what is for everybody. Looks for a reason to refuse in this order, each step cheaper than the next: `malformed`, `wrong_environment`, `forged` (up to here no storage is touched), `unknown`, `revoked`, `expired`, `not_a_member`, `insufficient_scope`. `fast` may answer as things were up to about a minute ago; `strong` asks the ledger, so a revocation that has been answered is refused. A key whose own `consistency` is `strong` is always verified strongly. A text that is not a key is a verdict, `malformed`, not an error. A foreign key, which was imported, is looked for in the `organization` that is named, or in that of the calling key; where that organization has any, a text that is none of them is `unknown`.",
        )
        .body::<Self>(json!({ "key": examples::TOKEN, "scopes": ["orders:read"] }))
        .responds::<Answer>(crate::response::Success::Ok,
            "The verdict, whatever it is.",
            &[("valid", valid), ("refused", refused), ("malformed", json!({ "valid": false, "code": "malformed", "key": null }))],
        )
        .problems(&[ErrorCode::ServerBusy])
        .access("verify_key", |principal, role, _, _| authorize_verification(principal, role, false, None))
        .access("verify_key of itself", |principal, role, _, _| {
            authorize_verification(principal, role, true, None)
        })
        .access("verify_key for the organization", |principal, role, _, owner| {
            let Owner::Organization(organization) = owner else { return Access::NotVisible };
            authorize_verification(principal, role, false, Some(organization))
        })
    }
}
