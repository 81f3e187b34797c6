//! Workers KV, bound as `KEYS`.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures_util::future::{Either, select};
use keyward_app::kv::CACHE_TTL_SECONDS;
use keyward_app::ledger::outbox::KvWrite;
use keyward_app::ports::{KV_READ_TIMEOUT_SECONDS, KV_WRITE_TIMEOUT_SECONDS, KvWriteError, Unavailable};
use worker::{Delay, Env, Error, State};

const BINDING: &str = "KEYS";

fn after(seconds: u32) -> Delay {
    Duration::from_secs(seconds.into()).into()
}

/// Reads a value, within [`KV_READ_TIMEOUT_SECONDS`].
pub(super) async fn get(env: &Env, kv_key: &str) -> Result<Option<String>, Unavailable> {
    let read = async {
        let text = env.kv(BINDING)?.get(kv_key).cache_ttl(CACHE_TTL_SECONDS.into()).text();
        Ok::<_, Error>(text.await?)
    };
    match select(Box::pin(read), after(KV_READ_TIMEOUT_SECONDS)).await {
        Either::Left((Ok(value), _)) => return Ok(value),
        Either::Left((Err(error), _)) => log::error!(target: "KV", "{error}"),
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
            let put = env.kv(BINDING)?.put(&kv_key, value)?;
            let put = ttl_seconds.iter().fold(put, |put, seconds| put.expiration_ttl((*seconds).into()));
            Ok::<_, Error>(put.execute().await?)
        };
        match select(Box::pin(put), after(KV_WRITE_TIMEOUT_SECONDS)).await {
            Either::Left((Ok(()), _)) => Ok(()),
            Either::Left((Err(error), _)) => {
                log::error!(target: "KV", "{error}");
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
    fn watch(&self, kv_key: &str, write: impl Future<Output = worker::Result<()>> + 'static) {
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
