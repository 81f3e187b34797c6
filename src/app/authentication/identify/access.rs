//! Cloudflare Access in front of everything, where that is required.

use keyward_core::ErrorCode;

use super::Failure;
use crate::App;
use crate::identity::config::Provider;
use crate::identity::token::Token;
use crate::identity::{Refusal, Source, claims};
use crate::ports::{Clock, Identity};
use crate::problem::Problem;
use crate::request::Credentials;

impl<P: Clock + Identity> App<'_, P> {
    /// Refuses a request that did not come through Cloudflare Access, whatever other credential it has.
    ///
    /// # Errors
    /// `auth.missing` without an assertion; `auth.invalid` for one that is not accepted, whatever the reason;
    /// `server.unavailable`.
    pub(crate) async fn require_access(&self, credentials: &Credentials) -> Result<(), Problem> {
        let (Some(assertion), Some(provider)) =
            (&credentials.access_assertion, &self.config.providers.access)
        else {
            return Err(Problem::new(ErrorCode::AuthMissing)
                .because("This deployment answers only what comes through Cloudflare Access."));
        };
        self.let_through(provider, assertion).await.map_err(|failure| failure.problem(Source::Access))
    }

    /// Who came is not asked here: the assertion of a program, with a service token of Access, names nobody.
    async fn let_through(&self, provider: &Provider, assertion: &str) -> Result<(), Failure> {
        let token = Token::read(assertion, &provider.algorithms)?;
        match claims::check(&token.claims, provider, self.ports.now()) {
            Ok(_) | Err(claims::NOBODY) => {}
            Err(refusal) => return Err(refusal.into()),
        }
        let key = self.key_of(Source::Access, provider, &token).await?;
        let signature =
            self.ports.verify_signature(token.algorithm, &key.json, &token.signature, token.signed);
        if signature.await? { Ok(()) } else { Err(Refusal("signature").into()) }
    }
}
