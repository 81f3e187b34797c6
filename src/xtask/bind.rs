//! `cargo xtask bind`: what the command of wasm-bindgen does, as a library. It has to be of the very version that the
//! crates are compiled with, so Cargo.lock decides both, and nothing is installed.

use wasm_bindgen_cli_support::Bindgen;

/// For the edge worker. Whoever loads the module can put a new instance in the place of one that has trapped; and
/// errors of JavaScript are caught in WebAssembly, where a trap is never taken for one of them.
pub(crate) fn worker(wasm: &str, folder: &str) -> Result<(), String> {
    let mut options = Bindgen::new();
    bind(wasm, folder, options.out_name("worker").reset_state_function(true).force_enable_abort_handler(true))
}

/// For the npm package.
pub(crate) fn npm(wasm: &str, folder: &str) -> Result<(), String> {
    bind(wasm, folder, Bindgen::new().out_name("npm"))
}

fn bind(wasm: &str, folder: &str, options: &mut Bindgen) -> Result<(), String> {
    // `web`: the glue is given its module by whoever loads it, and asks no bundler for anything.
    options
        .input_path(wasm)
        .web(true)
        .and_then(|options| options.remove_name_section(true).generate(folder))
        .map_err(|error| format!("{wasm} could not be bound: {error:#}"))
}
