// @ts-check
// For pages that load the core themselves: call `init` once before anything else.
import { fail, instantiate, start } from "../lib/engine.mjs";

/** @type {Promise<void> | undefined} */
let started;

/** @type {typeof import("../init.d.ts").init} */
export function init(source) {
  started ??= load(source);
  // A failed try, such as a lost connection, may be repeated.
  started.catch(() => (started = undefined));
  return started;
}

/** @param {import("../init.d.ts").Source} [source] */
async function load(source) {
  if (!hasWebAssembly()) {
    // What was asked for already is of no use; nor is it anybody's that it fails.
    Promise.resolve(source).catch(() => {});
    return loadPlain();
  }
  const wanted = source ?? new URL("./keyward.wasm", import.meta.url);
  // Nothing can be fetched in Jest's jsdom, or from a page that is a file; the JavaScript can be imported there.
  if (source === undefined && !canFetch(/** @type {URL} */ (wanted))) return loadPlain();
  const module = await compile(wanted);
  if (!start(() => instantiate(module)))
    throw fail("this WebAssembly is not that of this version of the package");
}

/** @param {URL} address */
const canFetch = ({ protocol }) => typeof fetch === "function" && protocol !== "file:";

/** A small module with instructions that the core needs and not every engine has: a vector of sixteen zeros. */
const SIMD = "0061736d010000000105016000017b030201000a0a0108004100fd0ffd620b";

/** Whether there is WebAssembly, a content security policy allows it, and it has SIMD. */
function hasWebAssembly() {
  try {
    const bytes = Uint8Array.from(SIMD.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
    // WebKit forbids no more than this second step.
    return Boolean(new WebAssembly.Instance(new WebAssembly.Module(bytes)));
  } catch {
    return false;
  }
}

async function loadPlain() {
  try {
    const { default: plain } = await import("./plain.mjs");
    start(plain);
  } catch {
    throw fail(
      "WebAssembly does not run here, and the JavaScript for such places, plain.mjs, could not be loaded",
    );
  }
}

/** @param {import("../init.d.ts").Source} source */
async function compile(source) {
  const given = await source;
  // By what they are called, so that those of another frame count, too.
  const kind = Object.prototype.toString.call(given).slice("[object ".length, -1);
  if (kind === "WebAssembly.Module") return /** @type {WebAssembly.Module} */ (given);
  if (kind === "ArrayBuffer" || ArrayBuffer.isView(given))
    return WebAssembly.compile(/** @type {BufferSource} */ (given));
  const response = /** @type {Response} */ (
    kind === "Response" ? given : await fetch(/** @type {string | URL} */ (given))
  );
  if (!response.ok)
    throw new Error(`keyward: the answer to the request for the WebAssembly file was ${response.status}`);
  const streams = response.headers.get("content-type")?.startsWith("application/wasm");
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

export * from "../lib/api.mjs";
