//! A deployment that answers as it is told, and what it was asked. Time is tokio's, which stands still until everybody waits.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use ::http::{HeaderMap, Request, Response};
use keyward_client::{Body, Builder, Keyward, Transport, Unreachable};
use serde_json::{Value, json};

/// Well-formed, and of no deployment.
pub(crate) const KEY: &str = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";

/// Another.
pub(crate) const ANOTHER: &str = "kw_sk_test_1fT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk0OSWY5";

/// What is answered to one request.
pub(crate) enum Said {
    /// With a status, headers and a body.
    Answer(u16, Vec<(&'static str, String)>, String),
    /// The same, after a while.
    After(Duration, Box<Said>),
    /// The connection fails.
    Lost(String),
    /// Nothing, ever.
    Never,
}

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) address: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

type Answers = dyn Fn(usize) -> Said + Send + Sync;

struct Told {
    answers: Box<Answers>,
    asked: Arc<Mutex<Vec<Asked>>>,
    begun: Instant,
}

impl Transport for Told {
    async fn send(&self, request: Request<Body>) -> Result<Response<Vec<u8>>, Unreachable> {
        let (parts, body) = request.into_parts();
        assert_eq!(parts.method, "POST");
        let body = serde_json::from_str(&body.into_string()).unwrap();
        let count = {
            let mut asked = self.asked.lock().unwrap();
            asked.push(Asked { address: parts.uri.to_string(), headers: parts.headers, body });
            asked.len()
        };
        let mut said = (self.answers)(count);
        loop {
            match said {
                Said::Answer(status, headers, body) => {
                    let mut response = Response::builder().status(status);
                    for (name, value) in headers {
                        response = response.header(name, value);
                    }
                    return Ok(response.body(body.into_bytes()).unwrap());
                }
                Said::After(time, then) => {
                    tokio::time::sleep(time).await;
                    said = *then;
                }
                Said::Lost(why) => return Err(Unreachable::because(why)),
                Said::Never => std::future::pending().await,
            }
        }
    }

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }

    fn day(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + (Transport::now(self) - self.begun)
    }
}

/// What the deployment was asked so far.
#[derive(Clone)]
pub(crate) struct Record(Arc<Mutex<Vec<Asked>>>);

impl Record {
    pub(crate) fn all(&self) -> Vec<Asked> {
        self.0.lock().unwrap().clone()
    }

    pub(crate) fn count(&self) -> usize {
        self.0.lock().unwrap().len()
    }
}

/// A client that is answered so, made with options.
pub(crate) fn told_with(
    options: impl FnOnce(Builder) -> Builder,
    answers: impl Fn(usize) -> Said + Send + Sync + 'static,
) -> (Keyward, Record) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let begun = tokio::time::Instant::now().into_std();
    let transport = Told { answers: Box::new(answers), asked: Arc::clone(&asked), begun };
    let keyward = options(Keyward::builder("https://keys.example.com")).build_with(transport).unwrap();
    (keyward, Record(asked))
}

pub(crate) fn told(answers: impl Fn(usize) -> Said + Send + Sync + 'static) -> (Keyward, Record) {
    told_with(|builder| builder, answers)
}

/// An answer with the header `Date`: the deployment's clock says noon.
pub(crate) fn said(status: u16, body: &Value) -> Said {
    Said::Answer(status, vec![("date", "Tue, 01 Jan 2030 12:00:00 GMT".to_owned())], body.to_string())
}

/// The answer that a key is valid, as of an instant, with a bound.
pub(crate) fn valid_as_of(as_of: &str, bound: u32) -> Value {
    json!({
        "valid": true, "code": "valid", "consistency": "fast", "as_of": as_of, "max_staleness_seconds": bound,
        "key": {
            "id": "apk_1", "type": "secret", "owner": { "type": "organization", "id": "acme" },
            "redacted": "kw_sk_test_***JnsL", "title": "CI", "scopes": ["orders:read"], "metadata": { "plan": "pro" },
            "status": "active", "expires_at": null, "revoked_at": null, "created_at": "2029-01-01T00:00:00.000Z",
        },
    })
}

/// The answer that a key is valid as of noon, when that is what the clock says.
pub(crate) fn valid() -> Value {
    valid_as_of("2030-01-01T12:00:00.000Z", 30)
}

pub(crate) fn refused(code: &str) -> Value {
    let key = json!({ "id": "apk_1", "owner": { "type": "organization", "id": "acme" } });
    json!({
        "valid": false, "code": code, "key": key, "as_of": "2030-01-01T12:00:00.000Z", "max_staleness_seconds": 30,
    })
}

pub(crate) async fn pass(seconds: u64) {
    tokio::time::advance(Duration::from_secs(seconds)).await;
}
