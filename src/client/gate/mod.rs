//! A layer for tower: only requests with a key that the deployment accepts go on.

mod credential;
mod refusal;

use core::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::header::{ACCESS_CONTROL_REQUEST_METHOD, HeaderName, ORIGIN};
use http::request::Parts;
use http::{HeaderMap, Method, Request, Response};
use keyward_core::ErrorCode;
use keyward_core::settings::{Scope, Scopes};
use tower_layer::Layer;
use tower_service::Service;

use crate::answer::{RefusalCode, VerifiedKey};
use crate::builder::ConfigError;
use crate::error::Error;
use crate::keyward::Keyward;
use crate::question::Question;
use credential::credential;
use refusal::{Refused, realm};

/// Where a request may have its key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Place {
    /// `Authorization: Bearer`.
    Bearer,
    /// `Authorization: Basic`, as the name or as the password.
    Basic,
    /// A header that holds the key alone.
    Header(HeaderName),
}

type OrganizationOf = dyn Fn(&Parts) -> Option<String> + Send + Sync;
type OnError = dyn Fn(&Error) + Send + Sync;

/// A layer that lets requests pass whose key the deployment accepts, and refuses all others with the right status, challenge
/// (RFC 6750) and problem (RFC 9457). The key's record is an extension of the request: a [`VerifiedKey`].
#[derive(Clone)]
#[must_use]
pub struct RequireKey(Arc<Options>);

#[derive(Clone)]
struct Options {
    keyward: Keyward,
    question: Question,
    organization_of: Option<Arc<OrganizationOf>>,
    places: Vec<Place>,
    realm: String,
    preflights_pass: bool,
    on_error: Arc<OnError>,
}

impl RequireKey {
    /// A layer that asks this of the key of each request.
    ///
    /// # Errors
    /// [`ConfigError::Scopes`], if no key could ever pass.
    pub fn new(keyward: &Keyward, question: Question) -> Result<Self, ConfigError> {
        let scopes: Result<Vec<_>, _> =
            question.required_scopes().iter().map(|scope| Scope::parse(scope)).collect();
        scopes.and_then(Scopes::new).map_err(|_| ConfigError::Scopes)?;
        let api_key = HeaderName::from_static("x-api-key");
        Ok(Self(Arc::new(Options {
            keyward: keyward.clone(),
            question,
            organization_of: None,
            places: vec![Place::Bearer, Place::Basic, Place::Header(api_key)],
            realm: "keyward".to_owned(),
            preflights_pass: true,
            on_error: Arc::new(|error| log::error!("keyward: a key could not be checked: {error}")),
        })))
    }

    fn with(mut self, change: impl FnOnce(&mut Options)) -> Self {
        change(Arc::make_mut(&mut self.0));
        self
    }

    /// Which organization the key of a request has to reach. A request of which nobody can say that is forbidden.
    pub fn organization_of(self, read: impl Fn(&Parts) -> Option<String> + Send + Sync + 'static) -> Self {
        self.with(|options| options.organization_of = Some(Arc::new(read)))
    }

    /// Where a request may have its key. Default: `Bearer`, `Basic` and the header `X-Api-Key`.
    pub fn places(self, places: impl IntoIterator<Item = Place>) -> Self {
        self.with(|options| options.places = places.into_iter().collect())
    }

    /// What the challenge of a refusal calls this API. Default: `keyward`.
    ///
    /// # Errors
    /// [`ConfigError::Realm`], if it does not fit into a header.
    pub fn realm(self, name: &str) -> Result<Self, ConfigError> {
        let name = realm(name)?;
        Ok(self.with(|options| options.realm = name))
    }

    /// Refuses a browser's preflights too, which never have a key. Otherwise they go on to what answers them, so this is for
    /// services that answer `OPTIONS` with what is for keys alone.
    pub fn refuse_preflights(self) -> Self {
        self.with(|options| options.preflights_pass = false)
    }

    /// Is told why a key could not be checked, when a request is refused with 503. Default: the log.
    pub fn on_error(self, tell: impl Fn(&Error) + Send + Sync + 'static) -> Self {
        self.with(|options| options.on_error = Arc::new(tell))
    }
}

impl fmt::Debug for RequireKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Options { question, places, realm, .. } = &*self.0;
        let mut shown = f.debug_struct("RequireKey");
        shown
            .field("question", question)
            .field("places", places)
            .field("realm", realm)
            .finish_non_exhaustive()
    }
}

impl<S> Layer<S> for RequireKey {
    type Service = Gate<S>;

    fn layer(&self, inner: S) -> Gate<S> {
        Gate { inner, options: Arc::clone(&self.0) }
    }
}

/// A service behind [`RequireKey`].
#[derive(Clone)]
pub struct Gate<S> {
    inner: S,
    options: Arc<Options>,
}

impl<S: fmt::Debug> fmt::Debug for Gate<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("inner", &self.inner).finish_non_exhaustive()
    }
}

impl<S, B, R> Service<Request<B>> for Gate<S>
where
    S: Service<Request<B>, Response = Response<R>> + Clone + Send + 'static,
    S::Future: Send,
    B: Send + 'static,
    R: From<String>,
{
    type Response = Response<R>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Response<R>, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // It is this one that is ready; a clone of it need not be.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let options = Arc::clone(&self.options);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            match options.check(&parts).await {
                Ok(key) => {
                    // Only what was verified here is the request's key.
                    parts.extensions.remove::<VerifiedKey>();
                    if let Some(key) = key {
                        parts.extensions.insert(key);
                    }
                    inner.call(Request::from_parts(parts, body)).await
                }
                Err(refused) => Ok(refused.response(&options.realm)),
            }
        })
    }
}

const NOT_REACHED: &str = "The key does not reach this organization.";

impl Options {
    /// The request's key; none for a preflight that passes.
    async fn check(&self, parts: &Parts) -> Result<Option<VerifiedKey>, Refused> {
        let found = credential(&parts.headers, &self.places);
        let Some(key) = found.map_err(Refused::malformed)? else {
            if self.preflights_pass && is_preflight(&parts.method, &parts.headers) {
                return Ok(None);
            }
            return Err(Refused::new(ErrorCode::AuthMissing, "Send a key, as `Authorization: Bearer`."));
        };
        let not_reached = || Refused::new(ErrorCode::AuthForbidden, NOT_REACHED);
        let question = match &self.organization_of {
            None => self.question.clone(),
            // Nothing may be required less because it could not be found out.
            Some(read) => self.question.clone().organization(read(parts).ok_or_else(not_reached)?),
        };
        let answer = match self.keyward.verify(&key, &question).await {
            Ok(answer) => answer,
            Err(error) if is_no_organization(&error) => return Err(not_reached()),
            Err(error) => {
                (self.on_error)(&error);
                return Err(Refused::unavailable(error.retry_after()));
            }
        };
        answer.verdict.map(Some).map_err(|refusal| match refusal.code {
            RefusalCode::InsufficientScope => Refused::insufficient_scope(self.question.required_scopes()),
            RefusalCode::NotAMember => not_reached(),
            code => Refused::invalid(code),
        })
    }
}

/// Whether there cannot be such an organization, or nobody may know of it.
fn is_no_organization(error: &Error) -> bool {
    let is_field = |pointer: &str| error.errors().first().is_some_and(|field| field.pointer == pointer);
    error.code() == ErrorCode::OwnerNotFound.as_str()
        || (error.status() == Some(400) && is_field("/organization"))
}

/// Whether a browser asks what it may send: it never sends a key along.
fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    let has = |name| headers.get(name).is_some_and(|value: &http::HeaderValue| !value.is_empty());
    method == Method::OPTIONS && has(ORIGIN) && has(ACCESS_CONTROL_REQUEST_METHOD)
}
