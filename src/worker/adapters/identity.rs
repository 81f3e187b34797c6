//! Identity providers through `fetch`, and signatures through the platform's `WebCrypto`.

use js_sys::{JSON, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use worker::web_sys::{AbortSignal, Request, RequestInit, RequestRedirect, Response};

use super::js::{self, Thrown, read_at_most, said, settle};
use crate::identity::Algorithm;
use crate::identity::jwk::KEY_SET_MAX;
use crate::identity::keys::PATIENCE_SECONDS;
use crate::log;
use crate::ports::Unavailable;

/// How long a request waits before it looks again at what another one fetches.
const PAUSE_MILLISECONDS: u32 = 50;

#[wasm_bindgen]
extern "C" {
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

/// Asks for keys. A redirect is no answer: the keys come from where the configuration says.
pub(super) async fn fetch_keys(url: &str) -> Result<String, Unavailable> {
    ask(url).await.map_err(|error| {
        log::fault("identity provider", &said(&error));
        Unavailable
    })
}

async fn ask(url: &str) -> Thrown<String> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE_SECONDS * 1000)));
    let request = Request::new_with_str_and_init(url, &init)?;
    let response: Response = settle(js::fetch(&request)).await?.unchecked_into();
    if response.status() != 200 {
        return Err(format!("it answered {}", response.status()).into());
    }
    let Some(body) = response.body() else { return Ok(String::new()) };
    let bytes = read_at_most(&body, KEY_SET_MAX).await?.ok_or("its answer is too large")?;
    String::from_utf8(bytes).map_err(|_| "its answer is not UTF-8".into())
}

/// Lets other requests go on for a moment.
pub(super) async fn pause() {
    // It cannot fail: nobody aborts it.
    let _ = settle(Ok(js::wait(PAUSE_MILLISECONDS))).await;
}

/// How `WebCrypto` calls an algorithm, for importing as well as for verifying.
fn description(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::Rs256 => r#"{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"}"#,
        Algorithm::Es256 => r#"{"name":"ECDSA","namedCurve":"P-256","hash":"SHA-256"}"#,
        Algorithm::EdDsa => r#"{"name":"Ed25519"}"#,
    }
}

/// Verifies a signature; a key that `WebCrypto` does not take has signed nothing.
pub(super) async fn verify_signature(
    algorithm: Algorithm,
    jwk: &str,
    signature: &[u8],
    signed: &str,
) -> Result<bool, Unavailable> {
    let algorithm = parse(description(algorithm))?;
    let imported = import_key("jwk", &parse(jwk)?, &algorithm, false, &parse(r#"["verify"]"#)?);
    let key = match settle(imported).await {
        Ok(key) => key,
        Err(error) => {
            log::fault("a key of the identity provider", &said(&error));
            return Ok(false);
        }
    };
    let verified = verify(&algorithm, &key, &signature.into(), &signed.as_bytes().into());
    Ok(settle(verified).await.map_err(unavailable)?.is_truthy())
}

fn parse(json: &str) -> Result<JsValue, Unavailable> {
    JSON::parse(json).map_err(unavailable)
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn unavailable(error: JsValue) -> Unavailable {
    log::fault("WebCrypto", &said(&error));
    Unavailable
}
