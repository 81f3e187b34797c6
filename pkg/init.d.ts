export * from "./index.js";

/** Where the WebAssembly comes from: an address, an answer to a request, its bytes, or the compiled module. */
export type Source =
  | URL
  | string
  | Response
  | BufferSource
  | WebAssembly.Module
  | Promise<Response | BufferSource | WebAssembly.Module>;

/** Loads the core; by default from `keyward.wasm` beside this file. Call it once before anything else; more calls do nothing. */
export function init(source?: Source): Promise<void>;
