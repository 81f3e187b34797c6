// Is compiled, not run: what people write with the types that openapi-typescript makes.
import type { Calls } from "../artefacts/contract/openapi-typescript/calls.js";

type Body<Call extends { requestBody?: unknown }> =
  NonNullable<Call["requestBody"]> extends { content: { "application/json": infer Body } } ? Body : never;
type Answer<
  Call extends { responses: object },
  Status extends keyof Call["responses"],
> = Call["responses"][Status] extends { content: { "application/json": infer Body } } ? Body : never;

// Whatever has a default may be left out.
export const create: Body<Calls["create"]> = { title: "CI deploys" };
export const revoke: Body<Calls["revoke"]> = {};
export const roll: Body<Calls["roll"]> = {};
export const verify: Body<Calls["verify"]> = { key: "kw_sk_…" };

// What has none may not, and there are no others.
// @ts-expect-error
export const untitled: Body<Calls["create"]> = {};
// @ts-expect-error
export const unknown: Body<Calls["create"]> = { title: "CI deploys", colour: "blue" };

// A new key has its text; one in a list may have none.
export const token = (key: Answer<Calls["create"], 201>): string => key.token;
export const tokens = (list: Answer<Calls["list"], 200>): (string | null)[] =>
  list.keys.map((key) => key.token);
export const type = (key: Answer<Calls["create"], 201>): "secret" | "publishable" => key.type;

// A verdict is one of two. A publishable key that verifies itself is shown less of itself.
export const verdict = (found: Answer<Calls["verify"], 200>): string => {
  if (!found.valid) return found.code;
  return "title" in found.key ? found.key.title : found.key.redacted;
};
