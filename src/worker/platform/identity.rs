//! Identity providers, by `fetch`; and signatures, by the platform's `WebCrypto`.

use std::time::Duration;

use js_sys::futures::JsFuture;
use js_sys::{JSON, Promise, Uint8Array};
use keyward_app::identity::Algorithm;
use keyward_app::identity::jwk::KEY_SET_MAX;
use keyward_app::identity::keys::TIMEOUT_SECONDS;
use keyward_app::ports::Unavailable;
use keyward_app::request::Trace;
use wasm_bindgen::prelude::*;
use worker::web_sys::{AbortSignal, RequestInit, RequestRedirect, Response};
use worker::{Delay, Error};

use super::body;
use super::ledgers::traced;

/// How long a request waits before it looks again whether another one has fetched the keys.
const PAUSE: Duration = Duration::from_millis(50);

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(catch)]
    fn fetch(url: &str, init: &RequestInit) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], js_name = importKey, catch)]
    fn import_key(
        format: &str,
        key: &JsValue,
        algorithm: &JsValue,
        extractable: bool,
        usages: &JsValue,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(js_namespace = ["crypto", "subtle"], catch)]
    fn verify(
        algorithm: &JsValue,
        key: &JsValue,
        signature: &Uint8Array,
        data: &Uint8Array,
    ) -> Result<Promise, JsValue>;
}

/// Fetches keys. A redirect is not followed: the keys come from where the configuration says.
pub(crate) async fn fetch_keys(url: &str, trace: Option<&Trace>) -> Result<String, Unavailable> {
    get(url, trace).await.map_err(|error| {
        log::error!(target: "identity provider", "{error} ({})", keyward_app::identity::place(url));
        Unavailable
    })
}

async fn get(url: &str, trace: Option<&Trace>) -> worker::Result<String> {
    let failed = |why: &str| Error::RustError(why.to_owned());
    let init = traced(trace)?;
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(TIMEOUT_SECONDS * 1000)));
    let response: Response = await_promise(fetch(url, &init)).await?.unchecked_into();
    if response.status() != 200 {
        return Err(failed(&format!("it answered {}", response.status())));
    }
    let Some(body) = response.body() else { return Ok(String::new()) };
    let bytes = body::read(&body, KEY_SET_MAX).await?.ok_or_else(|| failed("its response is too large"))?;
    String::from_utf8(bytes).map_err(|_| failed("its response is not UTF-8"))
}

/// Waits for a moment, so that other requests can go on.
pub(crate) async fn pause() {
    Delay::from(PAUSE).await;
}

/// An algorithm as `WebCrypto` describes it, for importing keys as well as for verifying.
fn description(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"}"#,
        Algorithm::Rs384 => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-384"}"#,
        Algorithm::Rs512 => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-512"}"#,
        Algorithm::Ps256 => r#"{"name":"RSA-PSS","hash":"SHA-256","saltLength":32}"#,
        Algorithm::Ps384 => r#"{"name":"RSA-PSS","hash":"SHA-384","saltLength":48}"#,
        Algorithm::Ps512 => r#"{"name":"RSA-PSS","hash":"SHA-512","saltLength":64}"#,
        Algorithm::Es256 => r#"{"name":"ECDSA","namedCurve":"P-256","hash":"SHA-256"}"#,
        Algorithm::Es384 => r#"{"name":"ECDSA","namedCurve":"P-384","hash":"SHA-384"}"#,
        Algorithm::Es512 => r#"{"name":"ECDSA","namedCurve":"P-521","hash":"SHA-512"}"#,
        Algorithm::Ed25519 => r#"{"name":"Ed25519"}"#,
    }
}

/// Imports a key, if it is one: `WebCrypto` refuses a point that is not on its curve, for instance.
pub(crate) async fn import(algorithm: Algorithm, jwk: &str) -> Result<JsValue, Unavailable> {
    let algorithm = parse(description(algorithm))?;
    let imported = import_key("jwk", &parse(jwk)?, &algorithm, false, &parse(r#"["verify"]"#)?);
    await_promise(imported).await.map_err(unavailable)
}

/// Verifies a signature.
pub(crate) async fn verify_signature(
    algorithm: Algorithm,
    jwk: &str,
    signature: &[u8],
    signed: &str,
) -> Result<bool, Unavailable> {
    let key = import(algorithm, jwk).await?;
    let algorithm = parse(description(algorithm))?;
    let verified = verify(&algorithm, &key, &signature.into(), &signed.as_bytes().into());
    Ok(await_promise(verified).await.map_err(unavailable)?.is_truthy())
}

async fn await_promise(promise: Result<Promise, JsValue>) -> Result<JsValue, JsValue> {
    JsFuture::from(promise?).await
}

fn parse(json: &str) -> Result<JsValue, Unavailable> {
    JSON::parse(json).map_err(unavailable)
}

fn unavailable(error: JsValue) -> Unavailable {
    log::error!(target: "WebCrypto", "{}", Error::from(error));
    Unavailable
}
