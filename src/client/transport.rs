//! How requests are sent, behind a small trait.

use core::fmt;
use std::future::Future;
use std::time::{Duration, Instant, SystemTime};

/// Sends requests and lets time pass. With the feature `reqwest` there is one that does; another is a few lines.
///
/// It must follow no redirect: a key goes to the address that was given, and to no other.
pub trait Transport: Send + Sync + 'static {
    /// Sends a request once, and reads the whole answer, whatever its status.
    fn send(
        &self,
        request: http::Request<Body>,
    ) -> impl Future<Output = Result<http::Response<Vec<u8>>, Unreachable>> + Send;

    /// Ends after this time.
    fn wait(&self, time: Duration) -> impl Future<Output = ()> + Send;

    /// The time, by a clock that never goes back.
    #[expect(clippy::disallowed_methods, reason = "whatever has none, such as WebAssembly, brings its own")]
    fn now(&self) -> Instant {
        Instant::now()
    }

    /// The time of day.
    #[expect(clippy::disallowed_methods, reason = "whatever has none, such as WebAssembly, brings its own")]
    fn day(&self) -> SystemTime {
        SystemTime::now()
    }
}

/// The body of a request. It holds a key, so it is not shown.
#[derive(Clone)]
pub struct Body(String);

impl Body {
    pub(crate) fn new(text: String) -> Self {
        Self(text)
    }

    /// What is to be sent.
    #[must_use]
    pub fn into_string(self) -> String {
        self.0
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Body(***)")
    }
}

/// There was no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreachable(String);

impl Unreachable {
    /// Says why, in a few words, such as `connection refused`.
    #[must_use]
    pub fn because(why: impl Into<String>) -> Self {
        Self(why.into())
    }
}
