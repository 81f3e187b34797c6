// @ts-check
// Browsers, Node and bundlers: the core is part of the file, so nothing is fetched, read or configured. As JavaScript, too:
// where WebAssembly is not allowed nothing else could be loaded before the first call. It is not even parsed elsewhere.

import plain from "#plain";
import base64 from "#wasm";
import { instantiate, start } from "../lib/engine.mjs";

// Not every engine has `Uint8Array.fromBase64` yet, and Node's `atob` takes ten milliseconds for this.
const bytes = () =>
  Uint8Array.fromBase64?.(base64) ??
  globalThis.Buffer?.from(base64, "base64") ??
  Uint8Array.from(atob(base64), (digit) => digit.charCodeAt(0));

start(() => instantiate(new WebAssembly.Module(bytes())), plain);

export * from "../lib/api.mjs";
