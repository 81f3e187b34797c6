//! Finds out which person a token of an identity provider speaks for.

use keyward_core::ErrorCode;

use super::Authenticated;
use crate::App;
use crate::identity::config::Provider;
use crate::identity::jwk::{Jwk, choose, read_key_set};
use crate::identity::keys::Plan;
use crate::identity::organizations::Unfit;
use crate::identity::token::Token;
use crate::identity::{Refusal, Source, claims};
use crate::ports::{Clock, Identity, Unavailable};
use crate::problem::Problem;

#[cfg(test)]
mod tests;

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
    pub async fn identify(&self, source: Source, token: &str) -> Result<Authenticated, Problem> {
        let failure = match self.config.providers.of(source) {
            Some(provider) => match self.prove(source, provider, token).await {
                Ok(caller) => return Ok(caller),
                Err(failure) => failure,
            },
            None => Failure::Refused(Refusal("provider.none")),
        };
        match failure {
            Failure::Refused(Refusal(reason)) => {
                log::info!(target: "token refused", "{}: {reason}", source.as_str());
                Err(ErrorCode::AuthInvalid.into())
            }
            Failure::Unavailable => Err(Problem::new(ErrorCode::ServerUnavailable)
                .because("The identity provider's keys cannot be fetched; try again.")),
        }
    }

    async fn prove(&self, source: Source, provider: &Provider, text: &str) -> Result<Authenticated, Failure> {
        let token = Token::read(text, &provider.algorithms)?;
        let claimed = claims::check(&token.claims, provider, self.ports.now())?;
        let key = self.key_of(source, provider, &token).await?;
        let signature =
            self.ports.verify_signature(token.algorithm, &key.json, &token.signature, token.signed);
        if !signature.await? {
            return Err(Refusal("signature").into());
        }
        if let Some(Unfit(reason)) = claimed.unfit {
            log::error!(target: "memberships in a token grant nothing", "{}: {reason}", source.as_str());
        }
        Ok(Authenticated { principal: claimed.principal, key: None, vouched_until: Some(claimed.until) })
    }

    /// The key that a token is signed with, from memory or from the provider.
    async fn key_of(&self, source: Source, provider: &Provider, token: &Token<'_>) -> Result<Jwk, Failure> {
        loop {
            let now = self.ports.now();
            let chosen = |keys: &[Jwk]| {
                choose(keys, token.kid.as_deref(), token.algorithm).map(Result::<&Jwk, Refusal>::cloned)
            };
            let plan =
                self.memory.borrow_mut().provider_keys(source).plan(now, |keys| chosen(keys).is_some());
            match plan {
                Plan::Use(keys) => return Ok(chosen(&keys).ok_or(Refusal("key.unknown"))??),
                Plan::Fetch => {
                    let keys = match self.ports.provider_keys(&provider.keys_url).await {
                        Ok(answer) => read_key_set(&answer).or_else(|| {
                            log::error!(target: "identity provider", "its response is not a key set");
                            None
                        }),
                        Err(Unavailable) => None,
                    };
                    self.memory.borrow_mut().provider_keys(source).arrived(keys, self.ports.now());
                }
                Plan::Wait => self.ports.pause().await,
                Plan::Unavailable => return Err(Failure::Unavailable),
            }
        }
    }
}
