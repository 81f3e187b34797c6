//! Requests that may be sent twice, as the ledger carries them out once.

use keyward_core::idempotency::{IdempotencyKey, Salt};
use keyward_core::{Entropy, ErrorCode, IssuedKey, KeyDigest, KeyType};
use serde::{Deserialize, Serialize};

use super::sql::Sql;
use super::{Ledger, Transaction};
use crate::caller::Caller;
use crate::operations::create_key::kind_for;
use crate::problem::Problem;
use crate::response::Response;

/// What was answered to a request that may be sent again. The new key's text is not in it: it follows from the seal key, the
/// salt and the idempotency key, none of which tells it alone.
#[derive(Serialize, Deserialize)]
pub(crate) struct Remembered {
    /// SHA-256 of what was wanted: another request with the same idempotency key is a mistake.
    request: KeyDigest,
    salt: Salt,
    /// The new key's, to recognise its text.
    digest: KeyDigest,
    key_type: KeyType,
    /// The response, with the salt where the new key's text has to be. Nothing else can hold it: it is random.
    response: Response,
}

/// A request that is carried out for the first time.
#[derive(Debug, Default)]
pub(crate) struct FirstTime {
    /// For one that may be sent again: its idempotency key and that one's digest, and the digest of what is wanted.
    repeatable: Option<(IdempotencyKey, KeyDigest, KeyDigest, Salt)>,
}

/// Whether a request has been carried out before.
pub(crate) enum Attempt {
    /// It has not.
    First(FirstTime),
    /// It has: this was the response.
    Again(Response),
}

impl<S: Sql, E: Entropy> Ledger<'_, S, E> {
    /// Whether this has been carried out before, for the same caller and with the same idempotency key. A caller who may no
    /// longer do it has to be refused before.
    ///
    /// # Errors
    /// `idempotency.mismatch` for something else than before; `idempotency.lost` when the key's text cannot be made again.
    pub(crate) fn attempt(
        &mut self,
        caller: &Caller,
        key: Option<IdempotencyKey>,
        wanted: &impl Serialize,
    ) -> Result<Attempt, Problem> {
        let Some(key) = key else { return Ok(Attempt::First(FirstTime::default())) };
        let digest = key.digest(&caller.owner, &caller.actor());
        let request = KeyDigest::of(&crate::json(wanted));
        let Some(remembered) = self.store.remembered(&caller.owner, &digest, self.now)? else {
            let repeatable = Some((key, digest, request, Salt::make(self.entropy)?));
            return Ok(Attempt::First(FirstTime { repeatable }));
        };
        if !remembered.request.matches(&request) {
            return Err(ErrorCode::IdempotencyMismatch.into());
        }
        let Remembered { salt, digest, key_type, mut response, .. } = remembered;
        let kind = kind_for(key_type, &caller.owner)?;
        let issued = self.config.issuer.issue_again(kind, &caller.owner, &salt, &key, &digest);
        let issued = issued.ok_or(ErrorCode::IdempotencyLost)?;
        response.body = response.body.replace(&String::from(salt), issued.text());
        Ok(Attempt::Again(response))
    }

    /// Issues the new key that a request is about.
    pub(crate) fn issue(
        &mut self,
        caller: &Caller,
        key_type: KeyType,
        first: &FirstTime,
    ) -> Result<IssuedKey, Problem> {
        let kind = kind_for(key_type, &caller.owner)?;
        Ok(match &first.repeatable {
            Some((key, _, _, salt)) => self.config.issuer.issue_repeatably(kind, &caller.owner, salt, key)?,
            None => self.config.issuer.issue(kind, &caller.owner, self.entropy)?,
        })
    }
}

impl FirstTime {
    /// Adds what is answered to what is committed, so that it can be given again.
    pub(crate) fn remember(
        self,
        transaction: &mut Transaction,
        caller: &Caller,
        key_type: KeyType,
        issued: &IssuedKey,
        response: &Response,
    ) {
        let Some((_, digest, request, salt)) = self.repeatable else { return };
        let mut response = response.clone();
        response.body = response.body.replace(issued.text(), &String::from(salt.clone()));
        let remembered = Remembered { request, salt, digest: issued.digest(), key_type, response };
        transaction.remember(&digest, &caller.owner, &remembered);
    }
}
