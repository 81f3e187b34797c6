// @ts-check
// Client and middleware in every runtime that pkg/README.md names for them, against the real worker.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { ok, serve } from "../../http/client.mjs";
import { front } from "../called.mjs";
import { lay } from "./place.mjs";
import { interpreters } from "./runtimes.mjs";
import { bundled } from "./workers.mjs";

const { url, rootKey, organization, key } = await serve();

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

test("in Workers they do the same, ask through bindings, and no request waits for another's", async () => {
  const { folder } = await lay("client");
  const name = "user";
  const { root, rootKey, mf, url, orgKey } = await serve({
    beside: [
      {
        ...(await bundled(folder)),
        ...{ name, compatibilityDate: "2026-07-01" },
        serviceBindings: {
          KEYWARD: "keyward",
          // Who calls through it, its props say.
          VERIFIER: { name: "keyward", entrypoint: "Verifier", props: { organization: "acme" } },
        },
      },
    ],
  });
  await ok(root.post("/v1/organizations", { id: "acme", name: "Acme" }), 201);
  const between = await front(url);
  const surroundings = JSON.stringify({ url: between.url, root: rootKey, org: "acme" });
  const user = /** @type {any} */ (await mf.getWorker(name));
  /** @param {string} path @param {Record<string, string>} [headers] */
  const ask = async (path, headers = {}) => {
    const response = await user.fetch(`http://user${path}`, { headers: { ...headers, surroundings } });
    return response.json();
  };
  assert.deepEqual(await ask("/use"), RIGHT);
  const other = await orgKey();
  assert.deepEqual(await ask("/bound", { other: other.token }), {
    verdicts: ["valid", "insufficient_scope", "malformed", "unknown", "revoked"],
    same: true,
    beyond: ["client.unexpected", "client.unexpected"],
  });

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
