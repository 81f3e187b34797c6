//! Finds out which person a token of an identity provider speaks for.

use std::rc::Rc;

use keyward_core::ErrorCode;
use serde_json::Value;

use super::Authenticated;
use crate::App;
use crate::identity::jwk::{Jwk, fitting, read_key_set};
use crate::identity::keys::{Keys, Plan};
use crate::identity::organizations::Unfit;
use crate::identity::token::Token;
use crate::identity::{Refusal, Source, claims, place};
use crate::ports::{Clock, Identity, Unavailable};
use crate::problem::Problem;

mod access;
#[cfg(test)]
mod tests;

/// How many keys are tried for one token, at most: each costs about as much as an honest one.
const TRIES_MAX: usize = 8;

/// Why nobody was identified.
enum Failure {
    Refused(Refusal),
    Unavailable,
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Unavailable> for Failure {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

impl<P: Clock + Identity> App<'_, P> {
    /// Finds out which person a token speaks for.
    ///
    /// # Errors
    /// `auth.invalid` for one that is not accepted, whatever the reason; `server.unavailable` if the provider's keys
    /// cannot be fetched.
    pub(crate) async fn identify(&self, source: Source, token: &str) -> Result<Authenticated, Problem> {
        self.prove(source, token).await.map_err(|failure| match failure {
            Failure::Refused(Refusal(reason)) => {
                log::info!(target: "token refused", "{}: {reason}", source.as_str());
                ErrorCode::AuthInvalid.into()
            }
            Failure::Unavailable => Problem::new(ErrorCode::ServerUnavailable)
                .because("The identity provider's keys cannot be fetched; try again."),
        })
    }

    async fn prove(&self, source: Source, text: &str) -> Result<Authenticated, Failure> {
        if !self.config.providers.has(source) {
            return Err(Refusal("provider.none").into());
        }
        let token = Token::read(text)?;
        let issuer = token.claims.get("iss").and_then(Value::as_str);
        let provider = issuer.and_then(|issuer| self.config.providers.of(source, issuer));
        let provider = provider.ok_or(Refusal("claims.iss"))?;
        if !provider.algorithms.contains(&token.algorithm) {
            return Err(Refusal("header.alg").into());
        }
        let claimed = claims::check(&token.claims, provider, self.ports.now())?;
        self.verify_signature(&provider.keys_url, &token).await?;
        if let Some(Unfit(reason)) = claimed.unfit {
            log::error!(target: "memberships in a token grant nothing", "{}: {reason}", source.as_str());
        }
        Ok(Authenticated {
            vouched_until: Some(claimed.until),
            issuer: Some(provider.issuer.clone()),
            ..claimed.principal.into()
        })
    }

    /// Verifies a signature with each key that may have made it. If none has, the provider may have renewed one under
    /// the same name, or names none: its newest keys are tried as well, which are fetched at a measured pace.
    async fn verify_signature(&self, keys_url: &str, token: &Token<'_>) -> Result<(), Failure> {
        let mut tried: Vec<Jwk> = Vec::new();
        while tried.len() < TRIES_MAX {
            let keys = self.keys(keys_url, |keys| untried(keys, token, &tried).is_some()).await?;
            let Some(key) = untried(&keys, token, &tried).cloned() else { break };
            let signature =
                self.ports.verify_signature(token.algorithm, &key.json, &token.signature, token.signed);
            if signature.await? {
                return Ok(());
            }
            tried.push(key);
        }
        Err(Refusal(if tried.is_empty() { "key.unknown" } else { "signature" }).into())
    }

    /// The provider's keys, from memory if one of them `is_in` there, or else from the provider, if it may be asked.
    async fn keys(&self, url: &str, is_in: impl Fn(&[Jwk]) -> bool) -> Result<Rc<Vec<Jwk>>, Failure> {
        loop {
            let now = self.ports.now();
            let plan = |keys: &mut Keys| keys.plan(now, &is_in);
            let plan = self.memory.borrow_mut().with_provider_keys(url, plan);
            match plan {
                Plan::Use(keys) => return Ok(keys),
                Plan::Fetch => {
                    let keys = self.fetch_keys(url).await;
                    let now = self.ports.now();
                    let arrived = |known: &mut Keys| known.arrived(keys, now);
                    self.memory.borrow_mut().with_provider_keys(url, arrived);
                }
                Plan::Wait => self.ports.pause().await,
                Plan::Unavailable => return Err(Failure::Unavailable),
            }
        }
    }

    /// The keys that the provider has now, without those that nothing can be verified with; `None` if none is left: such
    /// a set must not take the place of one that has some.
    async fn fetch_keys(&self, url: &str) -> Option<Vec<Jwk>> {
        let answer = self.ports.provider_keys(url).await.ok()?;
        let mut keys = Vec::new();
        for key in read_key_set(&answer).unwrap_or_default() {
            if self.ports.is_key(key.an_algorithm(), &key.json).await {
                keys.push(key);
            }
        }
        if keys.is_empty() {
            let place = place(url);
            log::error!(target: "identity provider", "its response has no usable key ({place})");
            return None;
        }
        Some(keys)
    }
}

/// The next key that may have signed a token and has not been tried.
fn untried<'a>(keys: &'a [Jwk], token: &'a Token<'_>, tried: &[Jwk]) -> Option<&'a Jwk> {
    fitting(keys, token.kid.as_deref(), token.algorithm).find(|key| !tried.contains(key))
}
