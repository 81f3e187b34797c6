// @ts-nocheck: runs in workerd.
// KV for all programs alike: workerd turns `KEYS.get(…)` into GET /<key>?urlencoded=true… to this service. It runs in
// the process of the program that asks, so what it costs is in every figure, once per read.
const values = new Map();

/** From the address of a request to the key that it names. */
function keyOf(url) {
  const start = url.indexOf("/", "https://".length) + 1;
  const end = url.indexOf("?", start);
  return decodeURIComponent(url.slice(start, end < 0 ? undefined : end));
}

export default {
  async fetch(request) {
    const key = keyOf(request.url);
    if (request.method === "GET") {
      // Without a key: everything, for the benchmark itself.
      if (key === "") return Response.json(Object.fromEntries(values));
      const value = values.get(key);
      return value === undefined ? new Response(null, { status: 404 }) : new Response(value);
    }
    if (request.method === "PUT") values.set(key, await request.text());
    else values.delete(key);
    return new Response();
  },
};
