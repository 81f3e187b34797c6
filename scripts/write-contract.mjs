// @ts-check
// `npm run contract`: writes what is made from the code (see src/contract), and from www/openapi.json the types that the
// dashboard uses for requests and responses, and what the package's client knows. Tests fail when it has to be run.
import { writeClient } from "./client.mjs";
import { generators, writeTypes } from "./contract.mjs";
import { readOptions } from "./options.mjs";
import { main, path, run, Stop } from "./run.mjs";
import { setup } from "./setup.mjs";

const USAGE = `npm run contract   writes www/openapi.json, docs/ACCESS.md and tests/http/access.json from the code,
                   and from the first www/openapi.d.ts,
                   pkg/client/operations.mjs and pkg/types/api.d.cts`;

await main(async () => {
  readOptions(USAGE, {});
  await setup();
  const { code } = await run("cargo", ["run", "--quiet", "--package", "keyward-contract"], { show: true });
  if (code !== 0) throw new Stop("The contract could not be written, see above.");
  await generators();
  await writeTypes(path("www/openapi.d.ts"));
  await writeClient();
});
