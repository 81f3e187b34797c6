// @ts-check
// For pages that load the core themselves: call `init` once before anything else.
import { start } from "../lib/engine.mjs";

/** @type {Promise<void> | undefined} */
let started;

/** @type {typeof import("../init.d.ts").init} */
export function init(source = new URL("./keyward.wasm", import.meta.url)) {
  started ??= compile(source).then(start);
  // A failed try, such as a lost connection, may be repeated.
  started.catch(() => (started = undefined));
  return started;
}

/** @param {import("../init.d.ts").Source} source */
async function compile(source) {
  const given = await source;
  if (given instanceof WebAssembly.Module) return given;
  if (given instanceof ArrayBuffer || ArrayBuffer.isView(given)) return WebAssembly.compile(given);
  const response = given instanceof Response ? given : await fetch(given);
  if (!response.ok)
    throw new Error(`keyward: the answer to the request for the WebAssembly file was ${response.status}`);
  const streams = response.headers.get("content-type")?.startsWith("application/wasm");
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

export * from "../lib/api.mjs";
