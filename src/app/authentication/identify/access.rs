//! Cloudflare Access in front of everything, where that is required.

use keyward_core::ErrorCode;

use crate::App;
use crate::identity::Source;
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
        let Some(assertion) = &credentials.access_assertion else {
            return Err(Problem::new(ErrorCode::AuthMissing)
                .because("This deployment answers only what comes through Cloudflare Access."));
        };
        self.identify(Source::Access, assertion).await.map(drop)
    }
}
