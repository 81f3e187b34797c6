// @ts-check
// schemathesis reads the document and calls the worker thousands of times, with what the document allows and with what it
// does not, to find an answer that the document does not announce. The calls are the same each time.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { path, run } from "../../scripts/run.mjs";
import { startServer } from "../http/harness.mjs";

const folder = mkdtempSync(join(tmpdir(), "keyward-contract-"));
// In processes of its own, so that nothing of this one slows it down.
const server = await startServer({ persist: join(folder, "storage") });
after(async () => {
  await server.kill();
  rmSync(folder, { recursive: true });
});

test("schemathesis finds nothing that the document does not say", { timeout: 900_000 }, async (context) => {
  const args = ["-m", "schemathesis.cli", "run", path("www/openapi.json"), "--url", server.url, "--no-color"];
  const { code, output } = await run(process.env.PYTHON_BIN ?? "python3", args, {
    cwd: path("tests/contract"),
    env: {
      ...process.env,
      KEYWARD_ROOT_KEY: server.rootKey,
      // The order of sets must not depend on chance, and nothing may be left in the checkout.
      PYTHONHASHSEED: "0",
      PYTHONDONTWRITEBYTECODE: "1",
      HYPOTHESIS_STORAGE_DIRECTORY: join(folder, "hypothesis"),
    },
  });
  assert.equal(code, 0, output);
  context.diagnostic(output.match(/\d+ generated.*/)?.[0] ?? "");
});
