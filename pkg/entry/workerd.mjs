// @ts-check
// Workers compile no WebAssembly from bytes: the runtime brings the module.

import { instantiate, start } from "../lib/engine.mjs";
import module from "./keyward.wasm";

start(() => instantiate(module));

export * from "../lib/api.mjs";
