// What entry.mjs imports, so that its types are checked without a build.

/** What Rust exports, and what wasm-bindgen adds. */
declare module "#rust" {
  export function initSync(source: { module: WebAssembly.Module }): unknown;
  /** Puts a new instance in the place of the one that runs; objects of the old one must not be used any more. */
  export function __wbg_reset_state(): void;
  export function fetch(request: Request, env: unknown, context: unknown): Promise<Response>;
  export class Ledger {
    constructor(state: unknown, env: unknown);
    fetch(request: Request): Promise<Response>;
    alarm(): Promise<void>;
  }
}

declare module "cloudflare:workers" {
  export class WorkerEntrypoint {
    ctx: unknown;
    env: unknown;
  }
  export class DurableObject {
    ctx: unknown;
    env: unknown;
  }
}

declare module "*/index_bg.wasm" {
  const module: WebAssembly.Module;
  export default module;
}
