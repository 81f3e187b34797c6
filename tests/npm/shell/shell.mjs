// @ts-check
// The command beside a real worker, with this or that key.
import assert from "node:assert/strict";
import { serve } from "../../http/client.mjs";
import { keyward } from "../asked.mjs";

export const server = await serve();

/** What no answer may hold, unless a key is made. */
const KEY = /kw_(sk|pat)_test_1\w{30,}/;

/**
 * The command in these surroundings. What it prints holds no key, but where it makes one.
 * @param {Record<string, string>} env @param {string[]} [secrets]
 */
export const as =
  (env, secrets = []) =>
  /** @param {string[]} args @param {{ input?: string, reveals?: boolean }} [how] */
  async (args, { input = "", reveals = false } = {}) => {
    const credential = env.KEYWARD_API_KEY;
    const all = [...secrets, ...(credential ? [credential] : []), ...(reveals ? [] : [])];
    const answer = await keyward(args, { env, secrets: all, input });
    const isMade = args[0] === "keys" && ["create", "roll"].includes(args[1]);
    assert.doesNotMatch(answer.err, KEY);
    if (!isMade && !reveals) assert.doesNotMatch(answer.out, KEY);
    return answer;
  };

/** The same with a key, and an organization if one is said. @param {string} key @param {string} [organization] @param {string[]} [secrets] */
export const asKey = (key, organization, secrets) =>
  as(
    {
      KEYWARD_URL: server.url,
      KEYWARD_API_KEY: key,
      ...(organization !== undefined && { KEYWARD_ORGANIZATION: organization }),
    },
    secrets,
  );

/** @param {{ out: string, err: string }} answer */
export function json({ out, err }) {
  assert.notEqual(out, "", err);
  return JSON.parse(out);
}
