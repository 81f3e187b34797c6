// @ts-check
// The core as JavaScript, a file of its own: `init.mjs` loads it where there is no WebAssembly.
export { default } from "#plain";
