// What scripts/build-npm.mjs puts in the place of these names, so that types are checked without a build.

/** The core's exports, as src/npm/lib.rs has them. */
declare module "#core" {
  export function initSync(source: { module: WebAssembly.Module }): { memory: WebAssembly.Memory };
  export function buffer(): number;
  export function capacity(): number;
  export function check(length: number): number;
  export function digest(length: number): number;
  export function explain(length: number): number;
  export function facts(): number;
  export function find(length: number): number;
  export function undecided(length: number): number;
}

/** The WebAssembly file in base64. */
declare module "#wasm" {
  const base64: string;
  export default base64;
}

declare module "*/keyward.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

interface Uint8ArrayConstructor {
  /** Not in every engine. */
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}
