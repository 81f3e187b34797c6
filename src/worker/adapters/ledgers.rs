//! The ledgers behind their Durable Object namespace.

use keyward_core::LedgerLocator;
use worker::{Env, Headers, Method, Request, RequestInit};

use crate::ledger::{Call, Reply};
use crate::log;
use crate::ports::{Ledgers, Unavailable};

/// The namespace of all ledgers.
#[derive(Debug, Clone, Copy)]
pub struct LedgerNamespace<'a> {
    env: &'a Env,
}

impl<'a> LedgerNamespace<'a> {
    /// The namespace bound as `LEDGER`.
    #[must_use]
    pub fn new(env: &'a Env) -> Self {
        Self { env }
    }

    async fn send(&self, ledger: LedgerLocator, call: &Call) -> worker::Result<Reply> {
        let stub = self.env.durable_object("LEDGER")?.get_by_name(ledger.as_str())?;
        let mut init = RequestInit::new();
        init.with_method(Method::Post)
            .with_headers(Headers::new())
            .with_body(Some(serde_json::to_string(call)?.into()));
        // The address is never resolved: a Durable Object is reached through its stub.
        let mut response = stub.fetch_with_request(Request::new_with_init("https://ledger/", &init)?).await?;
        let text = response.text().await?;
        if response.status_code() != 200 {
            return Err(worker::Error::from(format!("the ledger answered {}", response.status_code())));
        }
        Ok(serde_json::from_str(&text)?)
    }
}

impl Ledgers for LedgerNamespace<'_> {
    async fn call(&self, ledger: LedgerLocator, call: &Call) -> Result<Reply, Unavailable> {
        self.send(ledger, call).await.map_err(|error| {
            log::fault("ledger", &error);
            Unavailable
        })
    }
}
