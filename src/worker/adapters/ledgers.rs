//! The ledgers behind their Durable Object namespace.

use keyward_core::{LedgerLocator, stored};
use wasm_bindgen::JsCast;
use worker::Env;
use worker::web_sys::{AbortSignal, Request, RequestInit, Response};

use super::js::{Thrown, bindings, said, settle, settle_text};
use crate::ledger::{Call, Reply};
use crate::ports::{LEDGER_PATIENCE_SECONDS, Ledgers, Unavailable};
use crate::{json, log};

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

    async fn send(&self, ledger: LedgerLocator, call: &Call) -> Thrown<Reply> {
        let text = json::write(call);
        let init = RequestInit::new();
        init.set_method("POST");
        init.set_body(&text.into());
        init.set_signal(Some(&AbortSignal::timeout_with_u32(LEDGER_PATIENCE_SECONDS * 1000)));
        // The address is never resolved: a Durable Object is reached through its stub.
        let request = Request::new_with_str_and_init("https://ledger/", &init)?;
        let stub = bindings(self.env).ledger().get_by_name(ledger.as_str())?;
        let response: Response = settle(stub.fetch(&request)).await?.unchecked_into();
        let text = settle_text(response.text()).await?;
        if response.status() != 200 {
            return Err(format!("the ledger answered {}", response.status()).into());
        }
        stored::read(&text).ok_or_else(|| "the ledger's answer is of unknown shape".into())
    }
}

impl Ledgers for LedgerNamespace<'_> {
    async fn call(&self, ledger: LedgerLocator, call: &Call) -> Result<Reply, Unavailable> {
        self.send(ledger, call).await.map_err(|error| {
            log::fault("ledger", &said(&error));
            Unavailable
        })
    }
}
