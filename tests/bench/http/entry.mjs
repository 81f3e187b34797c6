// @ts-nocheck: workerd has more than the types of Node and browsers know.
// Runs in workerd around Keyward's worker, beside what a careful person would write by hand: the SHA-256 of a key is
// its place in KV, and the record there says what it may do and until when.
import Worker, { Ledger } from "./index.js";

export { Ledger };

const PEER = "peer/";

const sha256 = async (text) =>
  new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toHex();

const isSame = (a, b) =>
  a.length === b.length &&
  crypto.subtle.timingSafeEqual(new TextEncoder().encode(a), new TextEncoder().encode(b));

/** Says whether a key is valid, as written by hand. */
async function verify(request, env) {
  const started = Date.now();
  const caller = request.headers.get("authorization")?.slice("Bearer ".length) ?? "";
  if (!isSame(await sha256(caller), env.ROOT_KEY_DIGESTS)) return new Response(null, { status: 401 });
  const { key } = await request.json();
  const record = await env.KEYS.get(PEER + (await sha256(key)), "json");
  const code = record === null ? "unknown" : record.expires_at <= Date.now() ? "expired" : "valid";
  const shown = code === "valid" ? { id: record.id, owner: record.owner, scopes: record.scopes } : {};
  const milliseconds = Date.now() - started;
  console.log(JSON.stringify({ message: "answered", request_id: crypto.randomUUID(), code, milliseconds }));
  return Response.json({ valid: code === "valid", code, ...shown });
}

export default {
  async fetch(request, env, context) {
    const { pathname } = new URL(request.url);
    if (pathname === "/v1/peer") {
      const { key, record } = await request.json();
      await env.KEYS.put(PEER + (await sha256(key)), JSON.stringify(record));
      return new Response(null, { status: 204 });
    }
    if (pathname !== "/v1/bench") return new Worker(context, env).fetch(request);

    // Asks one of the two many times, without a network in between.
    const { who, times, question, code } = await request.json();
    const keyward = new Worker(context, env);
    const body = JSON.stringify(question);
    const headers = {
      authorization: request.headers.get("authorization") ?? "",
      "content-type": "application/json",
    };
    for (let n = 0; n < times; n += 1) {
      const asked = new Request("https://keyward.test/v1/verify", { method: "POST", headers, body });
      const answer = await (who === "peer" ? verify(asked, env) : keyward.fetch(asked));
      const found = await answer.json();
      if (found.code !== code) throw new Error(`${who} answered ${found.code} instead of ${code}`);
    }
    return new Response(null, { status: 204 });
  },
};
