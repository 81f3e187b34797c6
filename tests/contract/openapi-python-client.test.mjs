// @ts-check
// The client that openapi-python-client makes of the document, with its defaults, calls the worker from Python. It has to be
// told that lines of JSON are bytes for it.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { path, run } from "../../scripts/run.mjs";
import { serve } from "../http/client.mjs";
import { calls, DOCUMENT, generate, place } from "./clients.mjs";

const python = process.env.PYTHON_BIN ?? "python3";
const { url, rootKey } = await serve();

test("openapi-python-client: creates, lists and verifies a key", async () => {
  const folder = place("openapi-python-client");
  // It formats what it makes with ruff, which stands beside it.
  const env = { ...process.env, PATH: dirname(python) + delimiter + process.env.PATH };
  mkdirSync(folder, { recursive: true });
  const config = join(folder, "config.json");
  const types = {
    "application/x-ndjson": "application/octet-stream",
    "application/openmetrics-text; version=1.0.0; charset=utf-8": "text/plain",
  };
  writeFileSync(config, JSON.stringify({ content_type_overrides: types }));
  const output = join(folder, "keyward_client");
  const options = ["--path", DOCUMENT, "--output-path", output, "--meta", "none", "--config", config];
  await generate(python, ["-m", "openapi_python_client", "generate", "--fail-on-warning", ...options], env);
  const used = await run(python, [path("tests/contract/uses.py")], {
    env: { ...env, PYTHONPATH: folder },
    input: JSON.stringify({ url, rootKey, calls }),
  });
  assert.equal(used.code, 0, used.output);
});
