// @ts-check
// What the tests of generated clients share: where the clients go, how a generator is run, and what things are called.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { path, run } from "../../scripts/run.mjs";
import { operations, templateOf } from "../http/openapi.mjs";

export const DOCUMENT = path("www/openapi.json");

/** A place for one generator, which is empty. @param {string} name */
export function place(name) {
  const folder = path("tests/artefacts/contract", name);
  rmSync(folder, { recursive: true, force: true });
  return folder;
}

/**
 * Runs a generator, which must have nothing to complain of.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export async function generate(command, args, env = process.env) {
  const { code, output } = await run(command, args, { env: { ...env, NO_COLOR: "1" } });
  assert.equal(code, 0, output);
  assert.doesNotMatch(output, /warn|error|unable|unsupported|could not|skip/i);
}

/**
 * What the document calls an operation, and the parameters in its path.
 * @param {string} method
 * @param {string} address
 */
function called(method, address) {
  const template = templateOf(address) ?? "";
  const found = operations.find(
    (operation) => operation.template === template && operation.method === method,
  );
  const values = address.split("/");
  const names = template.split("/").map((part) => part.match(/^\{(\w+)\}$/)?.[1]);
  const parameters = names.flatMap((name, index) => (name ? [[name, values[index]]] : []));
  return {
    id: /** @type {string} */ (found?.operation.operationId),
    parameters: Object.fromEntries(parameters),
  };
}

const KEYS = "/v1/organizations/acme/keys";

/** What the tests call. */
export const calls = {
  found: called("POST", "/v1/organizations"),
  create: called("POST", KEYS),
  list: called("GET", KEYS),
  revoke: called("POST", `${KEYS}/apk_01KAHQ0000000000000000000Z/revoke`),
  roll: called("POST", `${KEYS}/apk_01KAHQ0000000000000000000Z/roll`),
  verify: called("POST", "/v1/verify"),
};
