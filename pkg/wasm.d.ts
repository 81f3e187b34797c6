/** The compiled module, where a runtime or bundler imports `.wasm` files as modules. */
// @ts-ignore: not in every environment's types
declare const module: WebAssembly.Module;
export default module;
