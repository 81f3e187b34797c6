// @ts-check
// The instance of the WebAssembly: started once, and anew after a trap.

import * as rust from "#rust";
import module from "./index_bg.wasm";

rust.initSync({ module });

/** How often the WebAssembly has been started anew: what was made before the last time is of no use any more. */
let count = 0;

export const restarts = () => count;

/**
 * Starts the WebAssembly anew after it was left in the middle of something (a panic, too deep a stack, no memory, or an
 * error of the platform that Rust does not expect). What was borrowed then stays borrowed, so the instance cannot go on;
 * requests that are under way in it never end by themselves, and the platform answers them with an error.
 * @template T
 * @param {T} error what came out
 */
function restart(error) {
  count += 1;
  rust.__wbg_reset_state();
  // The platform logs the error itself. Its text is not repeated, since nobody here knows what is in it.
  const name = error instanceof Error ? error.name : typeof error;
  console.log(JSON.stringify({ level: "error", message: "restarted", error: name }));
  return error;
}

// Futures are polled in microtasks, whose errors nobody can catch; and woken by promises, whose rejections can also be
// those of the platform alone.
addEventListener("error", ({ error }) => {
  restart(error);
});
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason instanceof WebAssembly.RuntimeError) restart(reason);
});

/**
 * Calls Rust. What Rust returns as an error is a rejected promise, so whatever is thrown is a trap.
 * @template T
 * @param {() => T} call
 */
export function guarded(call) {
  try {
    return call();
  } catch (error) {
    throw restart(error);
  }
}
