//! Sending with reqwest, over tokio.

use core::error::Error;
use std::time::Duration;

use http::{Request, Response};
use reqwest::redirect::Policy;
use reqwest::{Client, ClientBuilder};

use crate::builder::ConfigError;
use crate::transport::{Body, Transport, Unreachable};

/// How large an answer can be: far larger than any of Keyward's.
const LARGEST: usize = 1024 * 1024;

/// Sends requests with reqwest.
#[derive(Debug, Clone)]
pub struct Reqwest(Client);

impl Reqwest {
    /// Over a client with options of one's own, such as proxies or certificates. It follows no redirect, whatever it is told:
    /// a key goes to the address that was given, and to no other.
    ///
    /// # Errors
    /// [`ConfigError::Transport`], if reqwest cannot make it.
    pub fn new(client: ClientBuilder) -> Result<Self, ConfigError> {
        client.redirect(Policy::none()).build().map(Self).map_err(|_| ConfigError::Transport)
    }
}

impl Transport for Reqwest {
    async fn send(&self, request: Request<Body>) -> Result<Response<Vec<u8>>, Unreachable> {
        let (parts, body) = request.into_parts();
        let request = self.0.request(parts.method, parts.uri.to_string()).headers(parts.headers);
        let mut said = request.body(body.into_string()).send().await.map_err(|error| why(&error))?;
        let mut response = Response::new(Vec::new());
        *response.status_mut() = said.status();
        *response.headers_mut() = std::mem::take(said.headers_mut());
        while let Some(part) = said.chunk().await.map_err(|error| why(&error))? {
            if response.body().len() + part.len() > LARGEST {
                return Err(Unreachable::because("the answer is too large"));
            }
            response.body_mut().extend_from_slice(&part);
        }
        Ok(response)
    }

    async fn wait(&self, time: Duration) {
        tokio::time::sleep(time).await;
    }
}

/// Why there is no answer, in a few words: reqwest's own error names addresses.
fn why(error: &reqwest::Error) -> Unreachable {
    let mut source: Option<&dyn Error> = Some(error);
    while let Some(error) = source {
        if let Some(io) = error.downcast_ref::<std::io::Error>() {
            return Unreachable::because(io.kind().to_string());
        }
        if error.to_string().contains("scheme is not http") {
            return Unreachable::because(
                "reqwest has no TLS here; turn on one of its features, such as `rustls`",
            );
        }
        source = error.source();
    }
    Unreachable::because(if error.is_connect() { "no connection" } else { "the connection was lost" })
}
