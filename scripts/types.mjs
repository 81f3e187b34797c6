// @ts-check
// Writes www/openapi.d.ts, the types that the dashboard uses for requests and responses, from www/openapi.json, as a part of
// `npm run contract`. The contract tests fail when it has to be run.
import { generators, writeTypes } from "./contract.mjs";
import { main, path } from "./run.mjs";

await main(async () => {
  await generators();
  await writeTypes(path("www/openapi.d.ts"));
});
