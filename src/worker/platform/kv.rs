//! Workers KV, bound as `KEYS`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use js_sys::futures::JsFuture;
use js_sys::{Object, Promise, Reflect};
use keyward_app::kv::CACHE_TTL_SECONDS;
use keyward_app::ledger::outbox::KvWrite;
use keyward_app::ports::{KV_READ_TIMEOUT_SECONDS, KV_WRITE_TIMEOUT_SECONDS, KvWriteError, Unavailable};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::{Delay, Env, State};

#[wasm_bindgen]
extern "C" {
    /// A namespace of KV. That of the crate `worker` reads and writes its options with two more libraries.
    type Namespace;

    #[wasm_bindgen(method, catch)]
    fn get(this: &Namespace, key: &str, options: &Object) -> Result<Promise, JsValue>;

    #[wasm_bindgen(method, catch)]
    fn put(this: &Namespace, key: &str, value: &str, options: &Object) -> Result<Promise, JsValue>;
}

fn namespace(env: &Env) -> Result<Namespace, JsValue> {
    Reflect::get(env, &"KEYS".into()).map(JsCast::unchecked_into)
}

/// Options, of which there is one that may be set.
fn options(name: &str, seconds: Option<u32>) -> Result<Object, JsValue> {
    let options = Object::new();
    if let Some(seconds) = seconds {
        Reflect::set(&options, &name.into(), &seconds.into())?;
    }
    Ok(options)
}

fn after(seconds: u32) -> Delay {
    Duration::from_secs(seconds.into()).into()
}

/// Reads a value, within [`KV_READ_TIMEOUT_SECONDS`].
pub(crate) async fn get(env: &Env, kv_key: &str) -> Result<Option<String>, Unavailable> {
    let read = async {
        let options = options("cacheTtl", Some(CACHE_TTL_SECONDS))?;
        let text = JsFuture::from(namespace(env)?.get(kv_key, &options)?).await?;
        Ok::<_, JsValue>(text.as_string())
    };
    match select(Box::pin(read), after(KV_READ_TIMEOUT_SECONDS)).await {
        Either::Left((Ok(value), _)) => return Ok(value),
        Either::Left((Err(error), _)) => log::error!(target: "KV", "{}", worker::Error::from(error)),
        Either::Right(_) => log::error!(target: "KV", "a read has timed out"),
    }
    Err(Unavailable)
}

/// The writes of one Durable Object.
#[derive(Clone)]
pub(crate) struct Writer {
    env: Env,
    state: Rc<State>,
    /// Keys under which a write that was given up is still going on.
    unsettled: Rc<RefCell<Vec<String>>>,
}

impl Writer {
    pub(crate) fn new(env: Env, state: Rc<State>) -> Self {
        Self { env, state, unsettled: Rc::default() }
    }

    /// Writes a value, within [`KV_WRITE_TIMEOUT_SECONDS`]. A write that takes longer goes on until it ends by itself.
    pub(crate) async fn put(&self, write: &KvWrite) -> Result<(), KvWriteError> {
        let (env, KvWrite { kv_key, value, ttl_seconds }) = (self.env.clone(), write.clone());
        let put = async move {
            let options = options("expirationTtl", ttl_seconds)?;
            JsFuture::from(namespace(&env)?.put(&kv_key, &value, &options)?).await
        };
        match select(Box::pin(put), after(KV_WRITE_TIMEOUT_SECONDS)).await {
            Either::Left((Ok(_), _)) => Ok(()),
            Either::Left((Err(error), _)) => {
                log::error!(target: "KV", "{}", worker::Error::from(error));
                Err(KvWriteError::Refused)
            }
            Either::Right(((), late)) => {
                log::error!(target: "KV", "a write has timed out");
                self.watch(&write.kv_key, late);
                Err(KvWriteError::Unsettled)
            }
        }
    }

    /// Whether a write under this key that was given up is still going on.
    pub(crate) fn is_unsettled(&self, kv_key: &str) -> bool {
        self.unsettled.borrow().iter().any(|unsettled| unsettled == kv_key)
    }

    /// Remembers, until it has ended, that a write is still going on.
    fn watch(&self, kv_key: &str, write: impl Future<Output = Result<JsValue, JsValue>> + 'static) {
        let (kv_key, unsettled) = (kv_key.to_owned(), Rc::clone(&self.unsettled));
        unsettled.borrow_mut().push(kv_key.clone());
        self.state.wait_until(async move {
            let _ = write.await;
            let mut unsettled = unsettled.borrow_mut();
            if let Some(index) = unsettled.iter().position(|unsettled| *unsettled == kv_key) {
                unsettled.swap_remove(index);
            }
        });
    }
}
