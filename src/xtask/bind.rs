//! `cargo xtask bind`: does what the command `wasm-bindgen` does, with its library. That has to be of exactly the
//! version that the crates are compiled with; here Cargo.lock decides on both, and nothing has to be installed.

use wasm_bindgen_cli_support::Bindgen;

/// For the edge worker. Whoever loads the module can replace an instance that has trapped by a new one; and JavaScript
/// errors are caught in WebAssembly, where a trap is never taken for one of them.
pub(crate) fn worker(wasm: &str, folder: &str) -> Result<(), String> {
    let mut options = Bindgen::new();
    bind(wasm, folder, options.out_name("worker").reset_state_function(true).force_enable_abort_handler(true))
}

/// For the npm package.
pub(crate) fn npm(wasm: &str, folder: &str) -> Result<(), String> {
    bind(wasm, folder, Bindgen::new().out_name("npm"))
}

fn bind(wasm: &str, folder: &str, options: &mut Bindgen) -> Result<(), String> {
    // `web`: whoever loads the glue gives it its module, and it needs no bundler. The names of functions stay: wasm-opt
    // sorts by them.
    options
        .input_path(wasm)
        .web(true)
        .and_then(|options| options.generate(folder))
        .map_err(|error| format!("{wasm} could not be bound: {error:#}"))
}
