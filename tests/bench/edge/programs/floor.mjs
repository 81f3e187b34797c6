// @ts-nocheck: runs in workerd.
// The least that any program does which answers such requests: it reads the body, makes an id, reads KV as often as a
// check has to, logs, and answers what it was told to. It checks nothing. Its path says which case it is.
import { DurableObject } from "cloudflare:workers";

export class Ledger extends DurableObject {
  constructor(context, env) {
    super(context, env);
    const { sql } = context.storage;
    sql.exec("CREATE TABLE IF NOT EXISTS keys (place TEXT PRIMARY KEY, record TEXT)");
    sql.exec("INSERT OR REPLACE INTO keys VALUES (?, ?)", env.ASKED_KV_KEY, env.KEY_RECORD);
  }

  async fetch(request) {
    const place = await request.text();
    const { record } = this.ctx.storage.sql.exec("SELECT record FROM keys WHERE place = ?", place).one();
    return new Response(record);
  }
}

async function store(env, path) {
  if (path === "/operator") {
    await env.KEYS.get(env.ASKED_KV_KEY, { cacheTtl: 30 });
  } else if (path === "/organization") {
    await env.KEYS.get(env.CALLER_KV_KEY, { cacheTtl: 30 });
    await env.KEYS.get(env.ASKED_KV_KEY, { cacheTtl: 30 });
  } else if (path === "/strong") {
    const init = { method: "POST", body: env.ASKED_KV_KEY };
    await (await env.LEDGER.getByName("ledger").fetch("https://ledger/", init)).text();
  }
}

export default {
  async fetch(request, env) {
    const started = Date.now();
    const { url } = request;
    const path = url.slice(url.indexOf("/", "https://".length));
    await request.text();
    await store(env, path);
    const request_id = `req_${crypto.getRandomValues(new Uint8Array(16)).toHex()}`;
    console.log(
      JSON.stringify({
        level: "info",
        message: "answered",
        request_id,
        operation: "verify_key",
        status: 200,
        code: null,
        milliseconds: Date.now() - started,
      }),
    );
    return new Response(env[path], {
      headers: {
        "cache-control": "no-store",
        "x-request-id": request_id,
        vary: "Origin",
        "x-content-type-options": "nosniff",
        "content-type": "application/json",
      },
    });
  },
};
