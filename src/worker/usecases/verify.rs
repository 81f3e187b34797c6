//! Says whether a key is valid.

use keyward_core::policy::may_verify;
use keyward_core::verify::{Decision, Question, Verdict, decide, examine};
use keyward_core::{Consistency, KeyRecord, OwnerId, Principal, Scopes, Timestamp};

use super::App;
use crate::ledger::call::KeyUse;
use crate::ports::Ports;
use crate::problem::Problem;

/// What a caller asks about a key.
#[derive(Clone)]
pub struct Verify {
    /// The presented text, whatever it is.
    pub key: String,
    /// Which organization the key has to reach.
    pub organization: Option<OwnerId>,
    /// Which scopes the key has to hold.
    pub scopes: Scopes,
    /// How fresh the answer has to be at least.
    pub consistency: Consistency,
}

/// Shows nothing of the presented text.
impl std::fmt::Debug for Verify {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Verify({})", self.consistency.as_str())
    }
}

/// The answer.
#[derive(Debug)]
pub struct Verification {
    /// Valid, or why not.
    pub verdict: Verdict,
    /// The key, if it is valid.
    pub record: Option<Box<KeyRecord>>,
    /// How the answer was found.
    pub consistency: Consistency,
    /// The clock that it was judged by.
    pub now: Timestamp,
    /// To be sent in the background: that the key was used.
    pub report: Option<KeyUse>,
}

impl<P: Ports> App<'_, P> {
    /// Verifies a key on behalf of `principal`.
    ///
    /// Grammar, checksum, brand, environment and seal need no storage. Then fast is one read of KV, and one request
    /// to the ledger on a miss; strong is one request to the ledger. A personal key that has to reach an organization
    /// costs one more of either.
    ///
    /// # Errors
    /// `auth.forbidden` or `auth.insufficient_scope` if the principal may not verify; `server.unavailable` if neither
    /// KV nor ledger can be reached: the answer is never guessed.
    pub async fn verify_key(&self, principal: &Principal, asked: Verify) -> Result<Verification, Problem> {
        let on_behalf_of = may_verify(principal)?;
        let refused = |verdict, consistency, now| Verification {
            verdict,
            record: None,
            consistency,
            now,
            report: None,
        };
        let key = match examine(&asked.key, &self.config.issuer) {
            Ok(key) => key,
            Err(verdict) => return Ok(refused(verdict, asked.consistency, self.ports.now())),
        };
        let found = match asked.consistency {
            Consistency::Fast => self.find_fast(&key).await?,
            Consistency::Strong => self.find_in_ledger(&key).await?,
        };
        let question = Question::new(on_behalf_of, asked.organization, asked.scopes);
        let mut is_member = None;
        let verdict = loop {
            match decide(&key, found.record.as_deref(), &question, is_member, found.now) {
                Decision::Final(verdict) => break verdict,
                Decision::NeedsMembership { organization, user } => {
                    let role = self.find_role(&organization, &user, found.consistency).await?;
                    is_member = Some(role.is_some());
                }
            }
        };
        let Some(record) = found.record.filter(|_| verdict == Verdict::Valid) else {
            return Ok(refused(verdict, found.consistency, found.now));
        };
        let report = self.report_of_use(&record, found.now);
        Ok(Verification {
            verdict,
            record: Some(record),
            consistency: found.consistency,
            now: found.now,
            report,
        })
    }

    /// What to tell the ledger about this use of a key, if this isolate has not done so lately.
    pub(crate) fn report_of_use(&self, record: &KeyRecord, now: Timestamp) -> Option<KeyUse> {
        let news = self.memory.borrow_mut().should_report_use(&record.id, record.last_used_at, now);
        news.then(|| KeyUse { owner: record.owner.clone(), key: record.id.clone(), at: now })
    }
}
