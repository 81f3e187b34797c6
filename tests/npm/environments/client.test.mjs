// @ts-check
// Client and middleware in every runtime that pkg/README.md names for them, against the real worker.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { convertV4MiniflareOptions, Miniflare } from "miniflare";
import { serve } from "../../http/client.mjs";
import { front } from "../called.mjs";
import { lay } from "./place.mjs";
import { interpreters } from "./runtimes.mjs";
import { bundled } from "./workers.mjs";

const { url, rootKey, organization, key, orgKey } = await serve();

const RIGHT = {
  key: true,
  missing: [401, 'Bearer realm="keyward"'],
  titles: true,
  verdicts: ["revoked", "malformed"],
  errors: ["key.not_found", "client.timeout"],
};

for (const [name, command] of Object.entries(interpreters))
  test(`in ${name} the client calls the worker, and the middleware lets the right requests pass`, async () => {
    const { run, tool } = await lay("client");
    const [program, ...args] = command(tool, ["--allow-net=127.0.0.1"]);
    const { stdout } = await run(program, ...args, "run.mjs", url, rootKey, await organization());
    assert.deepEqual(JSON.parse(stdout), RIGHT);
  });

test("in a route handler of Next the middleware lets the right requests pass", async (t) => {
  const org = await organization();
  const { token } = await key(`organizations/${org}`, { scopes: ["orders:read"] });
  const { folder, node } = await lay("next-route");
  const surroundings = { KEYWARD_URL: url, KEYWARD_API_KEY: rootKey };
  Object.assign(process.env, surroundings);
  await node("next/dist/bin/next", "build");
  const child = spawn(process.execPath, ["serve.mjs"], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  t.after(() => child.stdin.end());
  let port = "";
  for await (const line of createInterface(child.stdout)) {
    [, port = ""] = line.match(/^port (\d+)$/) ?? [];
    if (port) break;
  }
  /** @param {Record<string, string>} headers */
  const ask = (headers) => fetch(`http://127.0.0.1:${port}/orders/mine`, { headers });
  assert.deepEqual(await (await ask({ authorization: `Bearer ${token}` })).json(), { owner: org });
  const refused = await ask({});
  assert.deepEqual([refused.status, refused.headers.get("www-authenticate")], RIGHT.missing);
});

/** What stands for a deployment in the same account: a worker with the entrypoint that workers ask. */
const DEPLOYMENT = `
import { WorkerEntrypoint } from "cloudflare:workers";
const passed = (request, { URL: url }) => fetch(new Request(request.url.replace(/^https:..[^/]+/, url), request));
export class Verifier extends WorkerEntrypoint {
  async verify(question) {
    const headers = { authorization: "Bearer " + this.env.ROOT, "content-type": "application/json" };
    const request = new Request("https://x/v1/verify", { method: "POST", headers, body: JSON.stringify(question) });
    return (await passed(request, this.env)).json();
  }
}
export default { fetch: passed };`;

test("in Workers they do the same, ask through bindings, and no request waits for another's", async (t) => {
  const { folder } = await lay("client");
  const { modules, modulesRoot } = await bundled(folder);
  const between = await front(url);
  const org = await organization();
  const bindings = { URL: between.url, ROOT: rootKey, ORG: org };
  const dated = { compatibilityDate: "2026-07-01" };
  const miniflare = new Miniflare(
    convertV4MiniflareOptions({
      workers: [
        {
          ...{ name: "user", modulesRoot, modules, bindings, ...dated },
          serviceBindings: { KEYWARD: "keyward", VERIFIER: { name: "keyward", entrypoint: "Verifier" } },
        },
        { name: "keyward", modules: true, script: DEPLOYMENT, bindings, ...dated },
      ],
      cf: false,
    }),
  );
  t.after(() => miniflare.dispose());
  /** @param {string} path @param {Record<string, string>} [headers] */
  const ask = async (path, headers = {}) => {
    const response = await miniflare.dispatchFetch(`http://localhost${path}`, { headers });
    return /** @type {any} */ (await response.json());
  };
  assert.deepEqual(await ask("/use"), RIGHT);
  assert.deepEqual(await ask("/bound"), { code: "valid", same: true });

  const { token, id } = await orgKey();
  const asked = /** @type {(() => void)[]} */ ([]);
  // Neither is answered before both have asked.
  between.answer(async (_request, _response, pass) => {
    await new Promise((resolve) => {
      asked.push(() => resolve(undefined));
      if (asked.length === 2) for (const go of asked) go();
    });
    await pass();
  });
  const headers = { "x-api-key": token };
  assert.deepEqual(await Promise.all([ask("/", headers), ask("/", headers)]), [{ id }, { id }]);
  assert.equal(asked.length, 2);
});
