//! A question is asked, again where that may help, until there is an answer or the time is up.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::pin::{Pin, pin};
use std::time::{Duration, Instant, SystemTime};

use futures_util::future::{Either, select};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, DATE, RETRY_AFTER, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};

use crate::answer::Answer;
use crate::error::{Error, TIMEOUT};
use crate::question::{Asked, Question};
use crate::transport::{Body, Transport, Unreachable};

/// Statuses that may be another one the next time.
const PASSING: [u16; 4] = [429, 502, 503, 504];
/// The first pause, where the server does not say how long to wait.
const PAUSE: Duration = Duration::from_millis(250);
/// How this crate calls itself.
const AGENT: &str = concat!("keyward-client/", env!("CARGO_PKG_VERSION"));

type Boxed<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A [`Transport`] of whatever type.
pub(crate) trait AnyTransport: Send + Sync {
    fn send(&self, request: Request<Body>) -> Boxed<'_, Result<Response<Vec<u8>>, Unreachable>>;
    fn wait(&self, time: Duration) -> Boxed<'_, ()>;
    fn now(&self) -> Instant;
    fn day(&self) -> SystemTime;
}

impl<T: Transport> AnyTransport for T {
    fn send(&self, request: Request<Body>) -> Boxed<'_, Result<Response<Vec<u8>>, Unreachable>> {
        Box::pin(Transport::send(self, request))
    }
    fn wait(&self, time: Duration) -> Boxed<'_, ()> {
        Box::pin(Transport::wait(self, time))
    }
    fn now(&self) -> Instant {
        Transport::now(self)
    }
    fn day(&self) -> SystemTime {
        Transport::day(self)
    }
}

/// Where questions go, and how patient one is.
pub(crate) struct Connection {
    pub(crate) transport: Box<dyn AnyTransport>,
    pub(crate) base: String,
    pub(crate) authorization: Option<HeaderValue>,
    pub(crate) secret: String,
    pub(crate) timeout: Duration,
    pub(crate) retries: u32,
}

impl Connection {
    /// The answer, with its header Date.
    pub(crate) async fn ask(
        &self,
        key: &str,
        question: &Question,
    ) -> Result<(Answer, Option<String>), Error> {
        let body = serde_json::to_string(&Asked { key, question });
        // Texts and numbers can always be written.
        let body = body.map_err(|_| Error::unexpected(0, None))?;
        let tries = pin!(self.tries(key, &body));
        match select(tries, self.transport.wait(self.timeout)).await {
            Either::Left((answered, _)) => answered,
            Either::Right(((), _)) => Err(Error::new(
                TIMEOUT,
                format!("There was no answer within {} ms", self.timeout.as_millis()),
            )),
        }
    }

    async fn tries(&self, key: &str, body: &str) -> Result<(Answer, Option<String>), Error> {
        let started = self.transport.now();
        let mut tries = 0;
        loop {
            let (error, may_pass) = match self.once(key, body).await {
                Ok(answered) => return Ok(answered),
                Err(error) => {
                    let may_pass = error.status().is_none_or(|status| PASSING.contains(&status));
                    (error, may_pass)
                }
            };
            let pause = error.retry_after().unwrap_or_else(|| pause(tries));
            let passed = self.transport.now().saturating_duration_since(started);
            // There would be no time left for another answer.
            if !may_pass || tries >= self.retries || passed.saturating_add(pause) >= self.timeout {
                return Err(error);
            }
            self.transport.wait(pause).await;
            tries += 1;
        }
    }

    async fn once(&self, key: &str, body: &str) -> Result<(Answer, Option<String>), Error> {
        let secrets = [key, self.secret.as_str()];
        let sent = self.transport.send(self.request(body)).await;
        let response = sent.map_err(|unreachable| Error::unreachable(&unreachable.to_string(), &secrets))?;
        let status = response.status().as_u16();
        let after = retry_after(response.headers(), self.transport.day());
        if !response.status().is_success() {
            return Err(Error::of(status, response.body(), after, &secrets));
        }
        let answer = Answer::read(response.body()).ok_or_else(|| Error::unexpected(status, after))?;
        Ok((answer, text(response.headers(), DATE).map(str::to_owned)))
    }

    fn request(&self, body: &str) -> Request<Body> {
        let mut request = Request::new(Body::new(body.to_owned()));
        *request.method_mut() = http::Method::POST;
        // The address was read when the client was made.
        *request.uri_mut() = format!("{}/v1/verify", self.base).parse().unwrap_or_default();
        let headers = request.headers_mut();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        if let Some(authorization) = &self.authorization {
            headers.insert(AUTHORIZATION, authorization.clone());
        }
        request
    }
}

fn text(headers: &HeaderMap, name: HeaderName) -> Option<&str> {
    headers.get(name)?.to_str().ok()
}

/// How long a server wants to be left alone: in seconds, or until an instant.
fn retry_after(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = text(headers, RETRY_AFTER)?.trim();
    if (1..=9).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.parse().ok().map(Duration::from_secs);
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(now).unwrap_or_default())
}

/// How long to wait before the next try: longer each time, and not everybody as long.
fn pause(tries: u32) -> Duration {
    // The standard library's only source of numbers that differ.
    let share = RandomState::new().hash_one(tries) % 1000;
    let most = PAUSE.saturating_mul(2_u32.saturating_pow(tries));
    most / 2 + most.mul_f64(0.0005 * f64::from(u32::try_from(share).unwrap_or_default()))
}
