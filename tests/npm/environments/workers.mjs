// @ts-check
// A worker that imports the package, bundled by wrangler, answers in workerd.
import assert from "node:assert/strict";
import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { quietly, run } from "../../../scripts/run.mjs";
import { casesModule, project } from "../project.mjs";
import { ALL, versionHere } from "./place.mjs";

const WORKER = `
import * as keyward from "keyward";
import { init, isWellFormed } from "keyward/init";
import { runAll, parseVectors, issueVectors } from "./cases.mjs";
export default {
  async fetch(request) {
    await init();
    const text = new TextDecoderStream();
    if (request.method === "POST") return new Response(request.body.pipeThrough(text).pipeThrough(keyward.redactStream()).pipeThrough(new TextEncoderStream()));
    return Response.json({ ...runAll(keyward, parseVectors, issueVectors), same: isWellFormed === keyward.isWellFormed });
  },
};`;

/** What wrangler makes of the worker.mjs in a folder, for Miniflare. @param {string} folder */
export async function bundled(folder) {
  const config = 'name = "user"\nmain = "worker.mjs"\ncompatibility_date = "2026-07-01"\n';
  writeFileSync(join(folder, "wrangler.toml"), config);
  const modulesRoot = join(folder, "out");
  const { code, output } = await run("wrangler", ["deploy", "--dry-run", "--outdir", modulesRoot], {
    cwd: folder,
    env: quietly,
  });
  assert.equal(code, 0, output);
  const wasm = readdirSync(modulesRoot).filter((name) => name.endsWith(".wasm"));
  assert.equal(wasm.length, 1, "one WebAssembly file, not inlined");
  const modules = [
    { type: /** @type {const} */ ("ESModule"), path: join(modulesRoot, "worker.js") },
    { type: /** @type {const} */ ("CompiledWasm"), path: join(modulesRoot, wasm[0]) },
  ];
  return { modulesRoot, modules };
}

/** @type {import("./place.mjs").Environment["prove"]} */
async function prove(t) {
  const { folder } = await project({ "worker.mjs": WORKER, "cases.mjs": casesModule() });
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      name: "user",
      ...(await bundled(folder)),
      compatibilityDate: "2026-07-01",
      cf: false,
    }),
  );
  t.after(() => miniflare.dispose());
  const answer = await miniflare.dispatchFetch("http://localhost/");
  assert.deepEqual(await answer.json(), { ...ALL, same: true });
  const key = "kw_sk_test_1eT6zIBp8HGhu9j069PsHf4tfTsXb8yzkmICjndbh8zcHX2azVZk2eJnsL";
  const redacted = await miniflare.dispatchFetch("http://localhost/", { method: "POST", body: `é ${key}\n` });
  assert.equal(await redacted.text(), "é kw_sk_test_***JnsL\n");
}

/** @type {import("./place.mjs").Environment[]} */
export const workers = [
  {
    name: "Cloudflare Workers",
    version: `wrangler ${versionHere("wrangler")}`,
    how: "`import`, with the WebAssembly as a static import",
    prove,
  },
];
