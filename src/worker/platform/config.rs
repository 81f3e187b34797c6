//! The configuration of an environment, read and checked once in the life of an isolate.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use worker::Env;

use keyward_app::config::{Config, ConfigError};

thread_local! {
    static SHARED: RefCell<Option<Rc<Config>>> = const { RefCell::new(None) };
}

/// The isolate's configuration, read at the first request. One that is not usable is read again at the next request.
///
/// # Errors
/// [`ConfigError`].
pub(crate) fn shared(env: &Env) -> Result<Rc<Config>, ConfigError> {
    if let Some(config) = loaded() {
        return Ok(config);
    }
    let config = Rc::new(Config::read(|name| text(env, name), |name| binding(env, name).is_object())?);
    SHARED.set(Some(Rc::clone(&config)));
    Ok(config)
}

/// The isolate's configuration, if it has been read.
pub(crate) fn loaded() -> Option<Rc<Config>> {
    SHARED.with_borrow(Clone::clone)
}

/// What the environment holds under a name.
fn binding(env: &Env, name: &str) -> JsValue {
    Reflect::get(env, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// A variable or secret. wrangler.toml may also hold `true`, a number or a list, which is judged as it is written there.
fn text(env: &Env, name: &str) -> Option<String> {
    let value = binding(env, name);
    value.as_string().or_else(|| JSON::stringify(&value).ok()?.as_string())
}
