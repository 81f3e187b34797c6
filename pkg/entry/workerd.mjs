// @ts-check
// Workers compile no WebAssembly from bytes: the runtime brings the module.
import module from "./keyward.wasm";
import { start } from "../lib/engine.mjs";

start(module);

export * from "../lib/api.mjs";
