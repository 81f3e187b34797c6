//! The ledgers behind their Durable Object namespace, bound as `LEDGER`.

use js_sys::Reflect;
use keyward_app::ledger::LedgerRequest;
use keyward_app::ports::{LEDGER_TIMEOUT_SECONDS, Unavailable};
use keyward_core::LedgerLocator;
use wasm_bindgen::JsCast;
use worker::web_sys::{AbortSignal, Request, RequestInit};
use worker::{Env, Error, ObjectNamespace};

/// Sends a request to a ledger, and gives what it answers.
pub(super) async fn send(
    env: &Env,
    ledger: LedgerLocator,
    request: &LedgerRequest,
) -> Result<String, Unavailable> {
    post(env, ledger, request).await.map_err(|error| {
        log::error!(target: "ledger", "{error}");
        Unavailable
    })
}

async fn post(env: &Env, ledger: LedgerLocator, request: &LedgerRequest) -> worker::Result<String> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_body(&serde_json::to_string(request)?.into());
    init.set_signal(Some(&AbortSignal::timeout_with_u32(LEDGER_TIMEOUT_SECONDS * 1000)));
    // The URL is never resolved: a Durable Object is reached through its stub.
    let request = Request::new_with_str_and_init("https://ledger/", &init)?;
    // Found by the name of the binding alone; `Env::durable_object` would check the name of the class too.
    let namespace: ObjectNamespace = Reflect::get(env, &"LEDGER".into())?.unchecked_into();
    let mut response = namespace.get_by_name(ledger.as_str())?.fetch_with_request(request.into()).await?;
    match response.status_code() {
        200 => response.text().await,
        status => Err(Error::RustError(format!("it answered {status}"))),
    }
}
