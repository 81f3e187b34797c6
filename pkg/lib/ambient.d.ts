// What scripts/build-npm.mjs puts in the place of these names, so that types are checked without a build.

/** The core as JavaScript: call it and it starts. */
declare module "#plain" {
  export default function start(): import("./engine.mjs").Core;
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
