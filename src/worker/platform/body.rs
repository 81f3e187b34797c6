//! Bodies of the platform's requests and responses.

use js_sys::futures::JsFuture;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use worker::web_sys::{ReadableStream, ReadableStreamDefaultReader};

/// Reads a body piece by piece, no further than allowed; nothing if there is more.
///
/// # Errors
/// When the body ends before its time.
pub(crate) async fn read(body: &ReadableStream, max: usize) -> Result<Option<Vec<u8>>, JsValue> {
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let piece = JsFuture::from(reader.read()).await?;
        if Reflect::get(&piece, &"done".into())?.is_truthy() {
            return Ok(Some(bytes));
        }
        let piece: Uint8Array = Reflect::get(&piece, &"value".into())?.unchecked_into();
        if bytes.len().saturating_add(piece.length() as usize) > max {
            // The rest is not waited for.
            let _ = reader.cancel();
            return Ok(None);
        }
        bytes.extend(piece.to_vec());
    }
}
