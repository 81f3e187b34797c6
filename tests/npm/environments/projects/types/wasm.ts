// What holds where there are types of WebAssembly.
import { init } from "keyward/init";
import module from "keyward/wasm";

const compiled: WebAssembly.Module = module;
export const done: Promise<void> = init(compiled);
