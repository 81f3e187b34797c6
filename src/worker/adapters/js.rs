//! What we use of the platform beyond web standards, bound as thinly as that. The wrappers of the `worker` crate carry
//! every option that the platform knows; they made up a quarter of the upload.

use js_sys::futures::JsFuture;
use js_sys::{Array, Object, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::Env;
use worker::web_sys::{ReadableStream, ReadableStreamDefaultReader, Request};

/// What the platform gives, or what it throws. What we throw ourselves is a text.
pub(crate) type Thrown<T> = Result<T, JsValue>;

#[wasm_bindgen]
extern "C" {
    /// The bindings of `wrangler.toml`. One that is missing is `undefined`, and throws when it is used.
    pub(crate) type Bindings;
    #[wasm_bindgen(method, getter, js_name = KEYS)]
    pub(crate) fn keys(this: &Bindings) -> KvNamespace;
    #[wasm_bindgen(method, getter, js_name = LEDGER)]
    pub(crate) fn ledger(this: &Bindings) -> LedgerClass;

    /// Workers KV.
    pub(crate) type KvNamespace;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn get(this: &KvNamespace, key: &str, options: &Object) -> Thrown<Promise>;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn put(this: &KvNamespace, key: &str, value: &str, options: &Object) -> Thrown<Promise>;

    /// All Durable Objects of one class.
    pub(crate) type LedgerClass;
    #[wasm_bindgen(method, catch, js_name = getByName)]
    pub(crate) fn get_by_name(this: &LedgerClass, name: &str) -> Thrown<LedgerStub>;

    /// A Durable Object from outside.
    pub(crate) type LedgerStub;
    #[wasm_bindgen(method, catch)]
    pub(crate) fn fetch(this: &LedgerStub, request: &Request) -> Thrown<Promise>;

    /// A Durable Object from inside.
    pub(crate) type State;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn storage(this: &State) -> Storage;

    /// What a Durable Object stores.
    pub(crate) type Storage;
    #[wasm_bindgen(method, getter)]
    pub(crate) fn sql(this: &Storage) -> Sql;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    pub(crate) fn transaction_sync(this: &Storage, body: &mut dyn FnMut() -> Thrown<()>) -> Thrown<JsValue>;
    #[wasm_bindgen(method, catch, js_name = setAlarm)]
    pub(crate) fn set_alarm(this: &Storage, milliseconds: f64) -> Thrown<Promise>;

    /// A Durable Object's SQLite.
    pub(crate) type Sql;
    #[wasm_bindgen(method, catch, variadic)]
    pub(crate) fn exec(this: &Sql, query: &str, bindings: &Array) -> Thrown<Cursor>;

    /// The rows that a query gives.
    pub(crate) type Cursor;
    #[wasm_bindgen(method, catch)]
    fn raw(this: &Cursor) -> Thrown<JsValue>;

    /// A piece of a body; at the end there is no value.
    type Piece;
    #[wasm_bindgen(method, getter)]
    fn value(this: &Piece) -> Option<Uint8Array>;

    /// Waits; what it promises is `undefined`.
    #[wasm_bindgen(js_namespace = scheduler)]
    pub(crate) fn wait(milliseconds: u32) -> Promise;

    /// Asks the world.
    #[wasm_bindgen(catch)]
    pub(crate) fn fetch(request: &Request) -> Thrown<Promise>;

    #[wasm_bindgen(catch, js_namespace = Array, js_name = from)]
    fn collect(iterator: &JsValue) -> Thrown<Array>;

    #[wasm_bindgen(catch, js_name = String)]
    fn text(value: &JsValue) -> Thrown<String>;
}

/// The bindings of an environment.
pub(crate) fn bindings(env: &Env) -> &Bindings {
    env.unchecked_ref()
}

/// What a thrown value says, for logs.
pub(crate) fn said(thrown: &JsValue) -> String {
    text(thrown).unwrap_or_default()
}

/// Waits for what the platform promises.
pub(crate) async fn settle(promise: Thrown<Promise>) -> Thrown<JsValue> {
    JsFuture::from(promise?).await
}

/// Waits for what the platform promises, but for so many seconds at most; then it is nothing.
pub(crate) async fn settle_within(seconds: u32, promise: &Promise) -> Thrown<Option<JsValue>> {
    // In a list, so that even a promise of `undefined` is not taken for the wait.
    let kept = Promise::all(&Array::of1(promise.as_ref()));
    let first = settle(Ok(Promise::race(&Array::of2(kept.as_ref(), wait(seconds * 1000).as_ref())))).await?;
    Ok(first.dyn_into::<Array>().ok().map(|kept| kept.get(0)))
}

/// Waits for a text that the platform promises.
pub(crate) async fn settle_text(promise: Thrown<Promise>) -> Thrown<String> {
    settle(promise).await?.as_string().ok_or_else(|| "no text".into())
}

/// An object with one property, or none.
pub(crate) fn options(name: &str, value: Option<f64>) -> Object {
    let object = Object::new();
    if let Some(value) = value {
        // Only a frozen object refuses.
        let _ = Reflect::set(&object, &name.into(), &value.into());
    }
    object
}

/// The rows that a query gives, each an array of its columns.
pub(crate) fn rows(cursor: &Cursor) -> Thrown<Vec<Array>> {
    Ok(collect(&cursor.raw()?)?.iter().map(JsCast::unchecked_into).collect())
}

/// Reads a body; nothing if it has more than `max` bytes, the rest of which is not read.
pub(crate) async fn read_at_most(body: &ReadableStream, max: usize) -> Thrown<Option<Vec<u8>>> {
    let reader = ReadableStreamDefaultReader::new(body)?;
    let mut bytes = Vec::new();
    while let Some(piece) = settle(Ok(reader.read())).await?.unchecked_into::<Piece>().value() {
        bytes.extend(piece.to_vec());
        if bytes.len() > max {
            let _ = settle(Ok(reader.cancel())).await;
            return Ok(None);
        }
    }
    Ok(Some(bytes))
}
