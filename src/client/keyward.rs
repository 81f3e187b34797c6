//! Verifying with as few requests as can be: what cannot be a key of the deployment is refused here, equal questions that are
//! under way share one answer, and answers are kept if that is wanted.

use core::fmt;
use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared, WeakShared};
use http::HeaderValue;
use keyward_core::staleness::STALENESS_DEFAULT_SECONDS;
use keyward_core::{Environment, ParseKeyError, Timestamp, WellFormedKey};

use crate::answer::{Answer, RefusalCode};
use crate::builder::Builder;
#[cfg(feature = "reqwest")]
use crate::builder::ConfigError;
use crate::clock::Clock;
use crate::error::Error;
use crate::kept::{Dated, Kept, Name, millis};
use crate::question::Question;
use crate::send::Connection;
use crate::transport::Transport;

type Answered = Result<Arc<Dated>, Error>;
type UnderWay = BoxFuture<'static, Answered>;

/// A deployment of Keyward. A clone is the same client: make one, and share it.
#[derive(Clone)]
pub struct Keyward(Arc<Inner>);

struct Inner {
    connection: Connection,
    clock: Clock,
    brand: Option<String>,
    environment: Option<Environment>,
    foreign: bool,
    kept: Option<Kept>,
    /// What equal questions wait for. Whoever waits keeps it alive, this map does not.
    under_way: Mutex<HashMap<Name, (u64, WeakShared<UnderWay>)>>,
    questions: AtomicU64,
    /// Counts changes: what was asked before one is not kept.
    changes: AtomicU64,
}

impl Keyward {
    /// A client over reqwest, with a key that may verify keys. [`Keyward::builder`] has the options.
    ///
    /// # Errors
    /// [`ConfigError`], if something cannot be meant.
    #[cfg(feature = "reqwest")]
    pub fn connect(url: &str, key: &str) -> Result<Self, ConfigError> {
        Self::builder(url).key(key).build()
    }

    /// A client with options, for the deployment at this address.
    pub fn builder(url: &str) -> Builder {
        Builder::new(url)
    }

    pub(crate) fn new(
        built: Builder,
        base: String,
        authorization: Option<HeaderValue>,
        secret: String,
        transport: impl Transport,
    ) -> Self {
        let Builder { brand, environment, foreign, max_age, size, timeout, retries, .. } = built;
        let clock = Clock::new(transport.now(), transport.day());
        let transport = Box::new(transport);
        Self(Arc::new(Inner {
            connection: Connection { transport, base, authorization, secret, timeout, retries },
            clock,
            brand,
            environment,
            foreign,
            kept: max_age.map(|max_age| Kept::new(max_age, size)),
            under_way: Mutex::default(),
            questions: AtomicU64::new(0),
            changes: AtomicU64::new(0),
        }))
    }

    /// Whether a key is valid for what is required of it. It asks with as few requests as can be: what cannot be a key of this
    /// deployment is refused without one, and equal questions under way share one; a question with a bound of 0 is always asked
    /// by itself.
    ///
    /// # Errors
    /// [`Error`], if there is no answer. That says nothing about the key, so it is never a yes.
    pub async fn verify(&self, key: &str, question: &Question) -> Result<Answer, Error> {
        let inner = &self.0;
        if let Some(code) = inner.refused(key) {
            let as_of = Timestamp::from_millis(millis(inner.connection.transport.day()));
            let bound = question.bound().unwrap_or(STALENESS_DEFAULT_SECONDS);
            return Ok(Answer::refused(code, as_of, bound));
        }
        // The newest answer there is, for this question alone.
        if question.is_strong() {
            return inner.dated(key, question).await.map(|dated| dated.answer);
        }
        let (name, bound) = (Name::new(key, question), question.bound());
        if let Some(kept) = inner.kept.as_ref().and_then(|kept| kept.get(&name, bound, inner.now())) {
            return Ok(kept.answer.clone());
        }
        let (shared, is_own) = self.joined(&name, key, question);
        let answered = shared.await?;
        // If it was under way before, it may be older than what was asked for now.
        if is_own || answered.serves(bound, inner.now()) {
            return Ok(answered.answer.clone());
        }
        inner.remembered(name, key, question).await.map(|answered| answered.answer.clone())
    }

    /// Forgets the answers that are kept: keys have changed, as the application knows.
    pub fn forget(&self) {
        self.0.changes.fetch_add(1, Ordering::SeqCst);
        self.0.waiting().clear();
        if let Some(kept) = &self.0.kept {
            kept.clear();
        }
    }

    /// What is asked already, or begins now: then it is the caller's own.
    fn joined(&self, name: &Name, key: &str, question: &Question) -> (Shared<UnderWay>, bool) {
        let mut under_way = self.0.waiting();
        if let Some(shared) = under_way.get(name).and_then(|(_, shared)| shared.upgrade()) {
            return (shared, false);
        }
        let number = self.0.questions.fetch_add(1, Ordering::Relaxed);
        let place = Place { inner: Arc::clone(&self.0), name: name.clone(), number };
        let (key, question) = (key.to_owned(), question.clone());
        let asked = async move { place.inner.remembered(place.name.clone(), &key, &question).await };
        let shared = asked.boxed().shared();
        if let Some(weak) = shared.downgrade() {
            under_way.insert(name.clone(), (number, weak));
        }
        (shared, true)
    }
}

impl Inner {
    fn now(&self) -> Duration {
        self.clock.passed(self.connection.transport.now(), self.connection.transport.day())
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<Name, (u64, WeakShared<UnderWay>)>> {
        self.under_way.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What needs no request: it cannot be a key of this deployment.
    fn refused(&self, key: &str) -> Option<RefusalCode> {
        if self.foreign {
            return None;
        }
        let key = match WellFormedKey::parse(key) {
            Ok(key) => key,
            // A newer server may know what this version does not.
            Err(ParseKeyError::UnknownVersion) => return None,
            Err(_) => return Some(RefusalCode::Malformed),
        };
        let is_ours = self.brand.as_deref().is_none_or(|brand| brand == key.brand());
        let is_here = self.environment.is_none_or(|environment| environment == key.environment());
        (!is_ours || !is_here).then_some(RefusalCode::WrongEnvironment)
    }

    async fn dated(&self, key: &str, question: &Question) -> Result<Dated, Error> {
        let sent = self.now();
        let (answer, date) = self.connection.ask(key, question).await?;
        Ok(Dated::new(answer, sent, date.as_deref(), self.connection.transport.day()))
    }

    async fn remembered(&self, name: Name, key: &str, question: &Question) -> Answered {
        let changes = self.changes.load(Ordering::SeqCst);
        let dated = Arc::new(self.dated(key, question).await?);
        if let Some(kept) = self.kept.as_ref().filter(|_| changes == self.changes.load(Ordering::SeqCst)) {
            kept.put(name, Arc::clone(&dated));
        }
        Ok(dated)
    }
}

/// Where a question that is under way is found; it is not found any more once it is answered, or nobody waits.
struct Place {
    inner: Arc<Inner>,
    name: Name,
    number: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut under_way = self.inner.waiting();
        if under_way.get(&self.name).is_some_and(|(number, _)| *number == self.number) {
            under_way.remove(&self.name);
        }
    }
}

/// Shows no key.
impl fmt::Debug for Keyward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyward").field("url", &self.0.connection.base).finish_non_exhaustive()
    }
}
