//! Verifies a key.

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::try_join;
use keyward_core::foreign::may_be_foreign;
use keyward_core::settings::given;
use keyward_core::staleness::{Bound, Freshness, OnOutage, Staleness};
use keyward_core::verifier::{OnBehalfOf, Verifier, may_verify, verifies_as_member, verifies_for};
use keyward_core::verify::{Decision, Question, Verdict, authenticate, decide};
use keyward_core::{
    Consistency, ErrorCode, KeyId, KeyRecord, Owner, OwnerId, Principal, Scopes, Timestamp,
};
use serde::{Deserialize, Serialize};

use super::{EdgeOperation, Endpoint};
use crate::App;
use crate::authentication::Credential;
use crate::lookup::{KeyLookup, Lookup, RoleLookup, Sought};
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

impl Answer {
    fn refused(code: Verdict, record: Option<Box<KeyRecord>>, as_of: Timestamp, bound: Bound) -> Self {
        let key = record.filter(|_| code.is_about_a_visible_key());
        let key = key.map(|record| RefusedKey { id: record.id, owner: record.owner });
        Self::Refused(RefusedVerdict { valid: false, code, key, as_of, max_staleness_seconds: bound.0 })
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
        // What a copy has proven may be too old by now, if something else has taken long. What a ledger says after the request has
        // arrived is not. While one cannot be reached, copies are needed the second time too.
        for from_ledgers in [false, true] {
            self.proven.set(None);
            let answered = self.verify_key(credential.clone(), request, from_ledgers).await;
            if self.is_still_proven() {
                return Ok(Response::ok(&answered?));
            }
        }
        Err(ErrorCode::ServerUnavailable.into())
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
                let role = self.find_role(&organization, &user, asserted, Freshness::STRONG).await?;
                verifies_for(organization, role.found).map_err(refusal)
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
    /// 2. One read of KV, if the feed of the ledger may prove what it gives; or else one request to the ledger.
    /// 3. Revocation, expiry, owner and scopes.
    /// 4. For a personal key that has to reach an organization, one more of either.
    ///
    /// A text that is no key of ours may be a foreign key of the organization, if that has any.
    ///
    /// The caller's key and the key in question are read at the same time; nothing is answered before it is clear that
    /// the caller may verify.
    async fn verify_key(
        &self,
        credential: Credential<'_>,
        request: &Request,
        from_ledgers: bool,
    ) -> Result<Answer, Problem> {
        let read = request.no_query().and_then(|()| request.strict_body::<VerifyKey>());
        let read = read.and_then(|asked| Ok((asked.freshness()?, asked)));
        let ((wanted, asked), fault) =
            read.map_or_else(|fault| (Default::default(), Some(fault)), |asked| (asked, None));
        let wanted = if from_ledgers { Freshness { bound: Bound(0), ..wanted } } else { wanted };
        let VerifyKey { key, organization, scopes, .. } = asked;
        let of_itself = credential.is(&key);
        let is_proven = Cell::new(!credential.is_token());
        let caller = async {
            let principal = self.authenticate_verifier(request, credential, wanted).await?;
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
            Ok(Some(self.find_key(key.into(), wanted).await))
        };
        // The caller comes first: nothing is read for somebody who is refused without storage.
        let (on_behalf_of, found) = try_join(caller, found).await?;
        let (key, found) = match (authentic, found) {
            (Ok(key), Some(found)) => (Sought::from(&key), found?),
            (Err(Verdict::Malformed), _)
                if may_be_foreign(&key, &self.config.issuer)
                    && let Some(organization) = on_behalf_of.looks_in(organization.as_ref()) =>
            {
                match self.find_foreign_key(organization, &key, wanted).await? {
                    (Some(key), found) => (key, found),
                    (None, Lookup { as_of, bound, .. }) => {
                        return Ok(Answer::refused(Verdict::Malformed, None, as_of, bound));
                    }
                }
            }
            (Err(verdict), _) => {
                return Ok(Answer::refused(verdict, None, self.ports.now(), wanted.bound));
            }
            (Ok(_), None) => return Err(ErrorCode::ServerInternal.into()),
        };
        let question = Question::new(on_behalf_of, organization, scopes);
        let (verdict, found) = self.judge(key, found, &question, wanted).await?;
        let Lookup { found: record, as_of, consistency, bound, .. } = found;
        let record = match record {
            Some(record) if verdict == Verdict::Valid => record,
            record => {
                if let Some(record) = record.as_deref().filter(|_| verdict == Verdict::Revoked) {
                    self.count_refusal(record, as_of);
                }
                return Ok(Answer::refused(verdict, record, as_of, bound));
            }
        };
        self.uses.borrow_mut().extend(self.use_of(&record));
        let key = match question.caller {
            OnBehalfOf::Itself(_) => Shown::Public(PublicKey::new(*record, as_of)),
            OnBehalfOf::Root | OnBehalfOf::Organization(_) => Shown::Whole(VerifiedKey::new(*record, as_of)),
        };
        let max_staleness_seconds = bound.0;
        Ok(Answer::Valid(Box::new(ValidVerdict {
            valid: true,
            code: verdict,
            key,
            consistency,
            as_of,
            max_staleness_seconds,
        })))
    }

    /// Decides on a key that was looked up. Gives with the verdict what it goes by: where a membership matters, both have
    /// been so at one instant.
    async fn judge(
        &self,
        key: Sought,
        mut found: KeyLookup,
        question: &Question,
        wanted: Freshness,
    ) -> Result<(Verdict, KeyLookup), Problem> {
        let (organization, user) = match decide(&key.digest, found.found.as_deref(), question, None, found.as_of) {
            Decision::Final(verdict) => return Ok((verdict, found)),
            Decision::NeedsMembership { organization, user } => (organization, user),
        };
        // A key that is always verified strongly is so in everything.
        let strictness = found.found.as_ref().map(|record| record.settings.consistency);
        let on_outage =
            if strictness == Some(Consistency::Strong) { OnOutage::Refuse } else { wanted.on_outage };
        let wanted = Freshness { bound: found.bound.min(wanted.bound), on_outage };
        let mut role = self.find_role(&organization, &user, None, wanted).await?;
        let bound = found.bound.min(role.bound);
        if !found.agrees_with(&role) {
            found = self.find_key(key, Freshness::STRONG).await?;
            role = self.find_role(&organization, &user, None, Freshness::STRONG).await?;
        }
        // Both clocks may differ by more than the time since something has changed. Then that of the key's ledger counts.
        let agrees = found.agrees_with(&role);
        let as_of = if agrees { found.as_of.min(role.as_of) } else { found.as_of };
        let consistency = found.consistency.min(role.consistency);
        let found = Lookup { as_of, consistency, bound, ..found };
        let is_member = Some(role.found.is_some());
        match decide(&key.digest, found.found.as_deref(), question, is_member, as_of) {
            Decision::Final(verdict) => Ok((verdict, found)),
            Decision::NeedsMembership { .. } => Err(ErrorCode::ServerInternal.into()),
        }
    }
}

impl VerifyKey {
    /// How fresh the answer has to be.
    fn freshness(&self) -> Result<Freshness, Problem> {
        let wanted = Freshness::of(self.consistency, self.max_staleness_seconds, self.on_outage);
        wanted.ok_or_else(|| {
            Problem::field("/max_staleness_seconds", "must be 0 with `strong`, and more than 0 with `fast`")
        })
    }
}

impl KeyLookup {
    /// Whether there was an instant at which both were so, and the key was in the state that it was in last.
    fn agrees_with(&self, role: &RoleLookup) -> bool {
        let (as_of, begun_at) = (self.as_of.min(role.as_of), self.begun_at.max(role.begun_at));
        let status = |at| self.found.as_deref().map(|record| record.status(at));
        begun_at <= as_of && status(as_of) == status(self.as_of)
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
