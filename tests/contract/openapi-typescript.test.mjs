// @ts-check
// The types that openapi-typescript makes of the document, with its defaults: uses.ts says what they have to allow.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FILES, table, types } from "../../scripts/client.mjs";
import { writeTypes } from "../../scripts/contract.mjs";
import { path, run } from "../../scripts/run.mjs";
import { calls, DOCUMENT, generate, place } from "./clients.mjs";

test("openapi-typescript: what may be left out is optional, and answers are whole", async () => {
  const folder = place("openapi-typescript");
  const bin = path("tests/contract/node_modules/openapi-typescript/bin/cli.js");
  await generate(process.execPath, [bin, DOCUMENT, "--output", join(folder, "document.d.ts")]);
  const names = Object.entries(calls).map(([name, { id }]) => `  ${name}: operations["${id}"];\n`);
  const calledSo = `import type { operations } from "./document.js";\nexport type Calls = {\n${names.join("")}};\n`;
  writeFileSync(join(folder, "calls.d.ts"), calledSo);
  const options = "--ignoreConfig --noEmit --strict --target es2024 --module nodenext --types node".split(
    " ",
  );
  const { code, output } = await run("tsc", [...options, path("tests/contract/uses.ts")]);
  assert.equal(code, 0, output);
});

test("the dashboard's types are those of the document", async () => {
  const file = join(place("dashboard"), "openapi.d.ts");
  await writeTypes(file);
  const isCurrent = readFileSync(file, "utf8") === readFileSync(path("www/openapi.d.ts"), "utf8");
  assert.ok(isCurrent, "www/openapi.d.ts is out of date: run `npm run contract`");
});

test("what the package's client knows of the API is made of the document", async () => {
  const document = JSON.parse(readFileSync(path("www/openapi.json"), "utf8"));
  for (const [file, made] of [
    [FILES.table, table(document)],
    [FILES.types, await types(document)],
  ])
    assert.ok(readFileSync(file, "utf8") === made, `${file} is out of date: run \`npm run contract\``);
});
