// What the modules here import, so that its types are checked without a build.

/** What Rust exports, and what wasm-bindgen adds. */
declare module "#rust" {
  export function initSync(source: { module: WebAssembly.Module }): unknown;
  /** Replaces the running instance by a new one; objects of the old one must not be used any more. */
  export function __wbg_reset_state(): void;
  export function fetch(request: Request, env: unknown, context: unknown): Promise<Response>;
  export function traceOf(header: string): string | undefined;
  export function verifyLimits(): Uint32Array;
  export function verifyBegin(now: number, authorization: string, body: Uint8Array): number;
  export function boundBegin(env: unknown, now: number, props: string, question: string): number;
  export function boundAnswer(requestId: string, milliseconds: number): string;
  export function verifyWants(number: number): string;
  export function verifyGive(number: number, text: string | undefined, failed: boolean): void;
  export function verifyGoOn(number: number, now: number): number;
  export function verifyBody(): Uint8Array<ArrayBuffer>;
  export function verifyProblem(
    requestId: string,
    milliseconds: number,
    isSecure: boolean,
    traceId?: string,
  ): Response;
  export function verifyHasLater(): boolean;
  export function verifyDoLater(env: unknown, trace?: string): Promise<void>;
  export class Ledger {
    constructor(state: unknown, env: unknown);
    answer(request: string, trace?: string): string | undefined;
    takeAlarm(): number | undefined;
    alarm(): Promise<void>;
  }
}

declare module "cloudflare:workers" {
  export class DurableObject {
    ctx: { storage: { setAlarm(milliseconds: number): Promise<void> } };
    env: unknown;
  }
  export class WorkerEntrypoint {
    ctx: ExecutionContext & { props?: unknown };
    env: { KEYS: KVNamespace; LEDGER: DurableObjectNamespace };
  }
}

declare module "*/index_bg.wasm" {
  const module: WebAssembly.Module;
  export default module;
}

/** The parts of the platform's bindings that are used. */
interface KVNamespace {
  get(key: string, options: { cacheTtl: number }): Promise<string | null>;
}
interface DurableObjectNamespace {
  getByName(name: string): { fetch(url: string, init: RequestInit): Promise<Response> };
}
interface ExecutionContext {
  waitUntil(promise: Promise<unknown>): void;
}
interface Uint8Array {
  toHex(): string;
}
