export * from "./index.js";

/** Where the WebAssembly comes from: an address, an answer to a request, its bytes, or the compiled module. */
export type Source = string | Known<PlatformUrl, { readonly href: string }> | Loaded | Promise<Loaded>;

type Loaded =
  | Known<PlatformBytes, ArrayBuffer | ArrayBufferView>
  | Known<PlatformResponse, object>
  | Known<PlatformModule, object>;

/** `Type`, or `Otherwise` where the types of the environment lack it: then it counts as `any`, which has every key. */
type Known<Type, Otherwise> = string extends keyof Type ? Otherwise : Type;

// @ts-ignore: not in every environment's types
type PlatformUrl = URL;
// @ts-ignore: not in every environment's types
type PlatformBytes = BufferSource;
// @ts-ignore: not in every environment's types
type PlatformResponse = Response;
// @ts-ignore: not in every environment's types
type PlatformModule = WebAssembly.Module;

/** Loads the core; by default from `keyward.wasm` beside this file. Call it once before anything else; more calls do nothing. */
export function init(source?: Source): Promise<void>;
