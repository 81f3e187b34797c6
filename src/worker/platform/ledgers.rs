//! The ledgers behind their Durable Object namespace, bound as `LEDGER`.

use js_sys::futures::JsFuture;
use js_sys::{Promise, Reflect};
use keyward_app::ledger::LedgerRequest;
use keyward_app::ports::{LEDGER_TIMEOUT_SECONDS, Unavailable};
use keyward_app::request::Trace;
use keyward_core::LedgerLocator;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::{AbortSignal, Headers, RequestInit, Response};
use worker::{Env, Error};

#[wasm_bindgen]
extern "C" {
    /// The ledgers.
    type Namespace;
    /// One of them.
    type Stub;

    #[wasm_bindgen(method, catch, js_name = getByName)]
    fn get_by_name(this: &Namespace, name: &str) -> Result<Stub, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn fetch(this: &Stub, url: &str, init: &RequestInit) -> Result<Promise, JsValue>;
}

/// The beginning of a request that belongs to this trace.
pub(super) fn traced(trace: Option<&Trace>) -> Result<RequestInit, JsValue> {
    let init = RequestInit::new();
    if let Some(trace) = trace {
        let headers = Headers::new()?;
        headers.set("traceparent", trace.as_str())?;
        init.set_headers(&headers);
    }
    Ok(init)
}

/// Sends a request to a ledger, and gives what it answers.
pub(crate) async fn send(
    env: &Env,
    ledger: LedgerLocator,
    request: &LedgerRequest,
    trace: Option<&Trace>,
) -> Result<String, Unavailable> {
    post(env, ledger, request, trace).await.map_err(|error| {
        log::error!(target: "ledger", "{}", Error::from(error));
        Unavailable
    })
}

async fn post(
    env: &Env,
    ledger: LedgerLocator,
    request: &LedgerRequest,
    trace: Option<&Trace>,
) -> Result<String, JsValue> {
    let init = traced(trace)?;
    init.set_method("POST");
    init.set_body(&keyward_app::json(request).into());
    init.set_signal(Some(&AbortSignal::timeout_with_u32(LEDGER_TIMEOUT_SECONDS * 1000)));
    // Found by the name of the binding alone; `Env::durable_object` would check the name of the class too.
    let namespace: Namespace = Reflect::get(env, &"LEDGER".into())?.unchecked_into();
    let stub = namespace.get_by_name(ledger.as_str())?;
    // The URL is never resolved: a Durable Object is reached through its stub.
    let response: Response = JsFuture::from(stub.fetch("https://ledger/", &init)?).await?.unchecked_into();
    match (response.status(), JsFuture::from(response.text()?).await?.as_string()) {
        (200, Some(text)) => Ok(text),
        (status, _) => Err(Error::RustError(format!("it answered {status}")).into()),
    }
}
