// The client and the middleware that needs no framework, with the types of the language alone, and with any environment's.

import type { Answer, CallOptions, IssuedKey, Key, KeyList, Question, Verdict } from "keyward/client";
import { Keyward, KeywardError } from "keyward/client";
import type { Checked } from "keyward/fetch";
import { requireKey } from "keyward/fetch";

const keyward = new Keyward({ url: "https://keys.example.com", key: "kw_sk_…", cache: { maxAge: 30 } });
export const bound = new Keyward({ binding: { fetch: async () => ({}) } });
// @ts-expect-error: not an option
export const misspelt = new Keyward({ url: "https://keys.example.com", apiKey: "kw_sk_…" });

export async function life(): Promise<string[]> {
  const options: CallOptions = { timeout: 1000, headers: { traceparent: "00-0-0-00" } };
  const made: IssuedKey = await keyward.createKey(
    "acme",
    { title: "CI deploys", scopes: ["orders:read"] },
    { ...options, idempotencyKey: "0123456789abcdef" },
  );
  // @ts-expect-error: it needs a title
  await keyward.createKey("acme", {});
  // @ts-expect-error: there is no such member
  await keyward.updateKey("acme", made.id, { colour: "blue" });
  // @ts-expect-error: a key belongs to an organization
  await keyward.getKey({ id: made.id });
  const text: string = made.token;
  const page: KeyList = await keyward.listKeys("acme", { status: "active,retiring", limit: 5 });
  const titles: string[] = [text, String(page.count)];
  for await (const key of keyward.listKeys("acme")) {
    const each: Key = key;
    titles.push(each.title);
  }
  for await (const { events } of keyward.listEvents("acme").pages())
    titles.push(...events.map(({ id }) => id));
  await keyward.deleteKey("acme", made.id, { revoke: true });
  const question: Question = { scopes: ["orders:read"], organization: "acme", consistency: "strong" };
  const answer: Answer = await keyward.verify(text, question);
  if (answer.valid) titles.push(answer.key.owner.type);
  else titles.push(answer.code);
  const verdict: Verdict = await keyward.verifyKey({ key: text, ...question });
  // @ts-expect-error: a refused verdict says little of its key
  verdict.key.scopes;
  return titles;
}

export async function failed(call: Promise<unknown>): Promise<string | number | null> {
  try {
    await call;
  } catch (error) {
    if (error instanceof KeywardError) return error.pointer ?? error.requestId ?? error.retryAfter;
  }
  return null;
}

const check = requireKey({ client: keyward, scopes: ["orders:read"], organization: () => "acme" });
// @ts-expect-error: a misspelt option
export const careless = requireKey({ client: keyward, scope: ["orders:read"] });
export async function handled(request: Parameters<typeof check>[0]): Promise<string | object> {
  const checked: Checked = await check(request);
  if (!checked.key) return checked.response ?? {};
  return checked.key.owner.type;
}
