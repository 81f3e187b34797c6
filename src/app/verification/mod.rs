//! Verifying: from a question about a presented text to a verdict. Every way in which it can be asked leads here.

mod requirements;

use std::cell::Cell;
use std::future::poll_fn;
use std::task::Poll;

use futures_util::future::try_join;
use keyward_core::foreign::may_be_foreign;
use keyward_core::staleness::{Bound, Freshness, OnOutage};
use keyward_core::verifier::{OnBehalfOf, Verifier, may_verify, verifies_as_member, verifies_for};
use keyward_core::verify::{Decision, Question, Verdict, authenticate, decide};
use keyward_core::{Consistency, ErrorCode, KeyRecord, OwnerId, Principal, Scopes, Timestamp};

pub(crate) use requirements::{Requirements, organization_id};

use crate::App;
use crate::authentication::Credential;
use crate::lookup::{KeyLookup, Lookup, RoleLookup, Sought};
use crate::ports::Ports;
use crate::problem::{Problem, refusal};
use crate::request::Incoming;

/// What is asked about a text.
#[derive(Default)]
pub(crate) struct Asked {
    /// The presented text, whatever it is.
    pub(crate) key: String,
    /// Which organization the key has to reach.
    pub(crate) organization: Option<OwnerId>,
    /// Which scopes the key has to hold, all of them.
    pub(crate) scopes: Scopes,
    /// How fresh the answer has to be.
    pub(crate) wanted: Freshness,
}

/// What says who asks.
pub(crate) enum CalledBy<'r> {
    /// What proves it.
    Credential(Credential<'r>),
    /// A binding of another worker. It has said on whose behalf.
    Binding(OnBehalfOf),
}

/// Who asks.
pub(crate) struct AskedBy<'r> {
    pub(crate) called_by: CalledBy<'r>,
    /// The id that they say their key has.
    pub(crate) client_id: Option<String>,
    /// Their request, if it is they who have sent it.
    pub(crate) incoming: Option<&'r Incoming>,
}

/// A verdict, and what it goes by.
pub(crate) struct Verified {
    pub(crate) verdict: Verdict,
    /// The key, if there is one that whoever asks may see.
    pub(crate) record: Option<Box<KeyRecord>>,
    /// Which organization the key had to reach.
    pub(crate) organization: Option<OwnerId>,
    /// Whether whoever asks may know of it what everybody may, and no more.
    pub(crate) is_public: bool,
    /// How the key was looked up.
    pub(crate) consistency: Consistency,
    /// When it was so; where no storage was needed, now.
    pub(crate) as_of: Timestamp,
    /// The bound that held.
    pub(crate) bound: Bound,
}

impl Verified {
    /// A text is refused that is no key.
    fn refused(verdict: Verdict, as_of: Timestamp, bound: Bound) -> Self {
        let (record, organization, is_public) = (None, None, false);
        Self { verdict, record, organization, is_public, consistency: Consistency::Fast, as_of, bound }
    }
}

impl<P: Ports> App<'_, P> {
    /// The verdict on what is asked; `asked` may also be what is wrong with it.
    ///
    /// # Errors
    /// The [`Problem`] that whoever asks is told. Those with a status of 401, 403 or 404 are about themselves.
    pub(crate) async fn answer(
        &self,
        by: &AskedBy<'_>,
        asked: &Result<Asked, Problem>,
    ) -> Result<Verified, Problem> {
        // What a copy has proven may be too old by now, if something else has taken long. What a ledger says after the request has
        // arrived is not. While one cannot be reached, copies are needed the second time too.
        for from_ledgers in [false, true] {
            self.proven.set(None);
            let verified = self.answer_once(by, asked, from_ledgers).await;
            if self.is_still_proven() {
                if let Ok(verified) = &verified {
                    self.note(verified);
                }
                return verified;
            }
        }
        Err(ErrorCode::ServerUnavailable.into())
    }

    /// Counts a verdict that is given, once, and what its key's ledger is told of it.
    fn note(&self, Verified { verdict, record, as_of, .. }: &Verified) {
        self.memory.borrow().metrics.decided(*verdict);
        match (verdict, record) {
            (Verdict::Valid, Some(record)) => self.uses.borrow_mut().extend(self.use_of(record)),
            (Verdict::Revoked, Some(record)) => self.count_refusal(record, *as_of),
            _ => {}
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
    async fn answer_once(
        &self,
        by: &AskedBy<'_>,
        asked: &Result<Asked, Problem>,
        from_ledgers: bool,
    ) -> Result<Verified, Problem> {
        let nothing = Asked::default();
        let (Asked { key, organization, scopes, wanted }, fault) = match asked {
            Ok(asked) => (asked, None),
            Err(fault) => (&nothing, Some(fault)),
        };
        let wanted = if from_ledgers { Freshness { bound: Bound(0), ..*wanted } } else { *wanted };
        let (of_itself, is_token) = match &by.called_by {
            CalledBy::Credential(credential) => (credential.is(key), credential.is_token()),
            CalledBy::Binding(_) => (false, false),
        };
        let is_proven = Cell::new(!is_token);
        let caller = async {
            let credential = match &by.called_by {
                CalledBy::Credential(credential) => credential.clone(),
                CalledBy::Binding(on_behalf_of) => {
                    return fault.cloned().map_or_else(|| Ok(on_behalf_of.clone()), Err);
                }
            };
            let principal = self.authenticate_verifier(credential, by, wanted).await?;
            is_proven.set(true);
            match fault {
                None => self.verifies_on_behalf_of(&principal, of_itself, organization.as_ref()).await,
                Some(fault) if verifies_as_member(&principal) => Err(fault.clone()),
                // Whoever may not verify does not learn what is wrong with the request.
                Some(fault) => may_verify(&principal, false, None).map_err(refusal).and(Err(fault.clone())),
            }
        };
        let authentic = authenticate(key, &self.config.issuer);
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
                if may_be_foreign(key, &self.config.issuer)
                    && let Some(organization) = on_behalf_of.looks_in(organization.as_ref()) =>
            {
                match self.find_foreign_key(organization, key, wanted).await? {
                    (Some(key), found) => (key, found),
                    (None, Lookup { as_of, bound, .. }) => {
                        return Ok(Verified::refused(Verdict::Malformed, as_of, bound));
                    }
                }
            }
            (Err(verdict), _) => return Ok(Verified::refused(verdict, self.ports.now(), wanted.bound)),
            (Ok(_), None) => return Err(ErrorCode::ServerInternal.into()),
        };
        let question = Question::new(on_behalf_of, organization.clone(), scopes.clone());
        let (verdict, found) = self.judge(key, found, &question, wanted).await?;
        let Lookup { found: record, as_of, consistency, bound, .. } = found;
        let record = record.filter(|_| verdict.is_about_a_visible_key());
        let Question { caller, organization, .. } = question;
        let is_public = matches!(caller, OnBehalfOf::Itself(_));
        Ok(Verified { verdict, record, organization, is_public, consistency, as_of, bound })
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
                Err(refusal(access)
                    .because("People verify for an organization that they belong to: name it."))
            }
            Err(access) => Err(refusal(access)),
        }
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
        let (organization, user) =
            match decide(&key.digest, found.found.as_deref(), question, None, found.as_of) {
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

impl KeyLookup {
    /// Whether there was an instant at which both were so, and the key was in the state that it was in last.
    fn agrees_with(&self, role: &RoleLookup) -> bool {
        let (as_of, begun_at) = (self.as_of.min(role.as_of), self.begun_at.max(role.begun_at));
        let status = |at| self.found.as_deref().map(|record| record.status(at));
        begun_at <= as_of && status(as_of) == status(self.as_of)
    }
}
