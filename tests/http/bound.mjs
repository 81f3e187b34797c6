// @ts-check
// A worker of the same account as Keyward's, which is bound to its entrypoint `Verifier` in several ways.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { build } from "esbuild";
import { path } from "../../scripts/run.mjs";

/** What a binding answers, or what was thrown. @typedef {{ answers?: any[], thrown?: any, answer?: any, status?: number }} Told */

/**
 * The worker for the harness, and how it is asked.
 * @param {Record<string, object | undefined>} bindings their names and props
 */
export async function bound(bindings) {
  const modulesRoot = mkdtempSync(join(tmpdir(), "keyward-bound-"));
  after(() => rmSync(modulesRoot, { recursive: true, force: true }));
  const module = join(modulesRoot, "bound.mjs");
  await build({
    entryPoints: [path("tests/http/programs/bound.mjs")],
    alias: { "keyward/client": path("pkg/dist/client.mjs"), keyward: path("pkg/dist/workerd.mjs") },
    loader: { ".wasm": "copy" },
    assetNames: "[name]",
    outfile: module,
    bundle: true,
    format: "esm",
    logLevel: "warning",
  });
  const worker = {
    name: "bound",
    compatibilityDate: "2026-07-01",
    modulesRoot,
    modules: [
      { type: "ESModule", path: module },
      { type: "CompiledWasm", path: join(modulesRoot, "keyward.wasm") },
    ],
    serviceBindings: Object.fromEntries(
      Object.entries(bindings).map(([name, props]) => [
        name,
        { name: "keyward", entrypoint: "Verifier", ...(props && { props }) },
      ]),
    ),
  };
  /**
   * Asks through a binding.
   * @param {{ mf: import("miniflare").Miniflare }} server @param {string} through
   */
  const asking = ({ mf }, through) => {
    /** @param {object} task @returns {Promise<Told>} */
    const tell = async (task) => {
      const other = /** @type {any} */ (await mf.getWorker("bound"));
      const init = { method: "POST", body: JSON.stringify({ through, ...task }) };
      return (await other.fetch("http://bound/", init)).json();
    };
    /** One answer. @param {object} question @param {object} [task] @returns {Promise<any>} */
    const ask = async (question, task = {}) => {
      const { answers, thrown } = await tell({ questions: [question], ...task });
      assert.equal(thrown, undefined, JSON.stringify(thrown));
      return answers?.[0];
    };
    return { tell, ask };
  };
  return { worker, asking };
}
