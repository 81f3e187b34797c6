/** The compiled module, where a runtime or bundler imports `.wasm` files as modules. */
declare const module: WebAssembly.Module;
export default module;
