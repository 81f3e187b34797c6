// @ts-check
// The client that @hey-api/openapi-ts makes of the document, with its defaults, calls the worker.
import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { build } from "esbuild";
import { path, run } from "../../scripts/run.mjs";
import { serve } from "../http/client.mjs";
import { calls, DOCUMENT, generate, place } from "./clients.mjs";

const { url, rootKey } = await serve();
const folder = place("openapi-ts");
const bin = path("tests/contract/node_modules/@hey-api/openapi-ts/bin/run.js");
await generate(process.execPath, [bin, "--input", DOCUMENT, "--output", folder, "--no-log-file"]);

test("@hey-api/openapi-ts: its types hold", async () => {
  const options =
    "--ignoreConfig --noEmit --strict --skipLibCheck --target es2024 --module esnext --moduleResolution bundler";
  const { code, output } = await run("tsc", [...options.split(" "), join(folder, "index.ts")]);
  assert.equal(code, 0, output);
});

test("@hey-api/openapi-ts: creates, lists and verifies a key", async () => {
  const outfile = join(folder, "bundle.mjs");
  const entryPoints = [join(folder, "index.ts"), join(folder, "client.gen.ts")];
  const contents = entryPoints.map((file) => `export * from ${JSON.stringify(file)};`).join("");
  await build({ stdin: { contents, resolveDir: folder }, bundle: true, format: "esm", outfile });
  const { client, ...sdk } = await import(outfile);
  client.setConfig({ baseUrl: url, auth: rootKey, throwOnError: true });

  /** @param {keyof typeof calls} name @param {object} [body] */
  const call = async (name, body) => {
    const { id, parameters } = calls[name];
    const inCamels = id.replaceAll(/_(\w)/g, (_, letter) => letter.toUpperCase());
    return (await sdk[inCamels]({ path: parameters, body })).data;
  };
  await call("found", { id: "acme", name: "Acme" });
  const key = await call("create", { title: "CI deploys", scopes: ["orders:read"] });
  const { keys } = await call("list");
  assert.deepEqual(
    keys.map((/** @type {{ id: string }} */ { id }) => id),
    [key.id],
  );
  const verdict = await call("verify", { key: key.token, scopes: ["orders:read"] });
  assert.equal(verdict.key.title, "CI deploys");
});
