// What every runtime is asked to do with the client and the middleware.
import { Keyward, KeywardError } from "keyward/client";
import { requireKey } from "keyward/fetch";

export async function use({ url, root, org }) {
  const client = new Keyward({ url, key: root });
  const { token, id, redacted } = await client.createKey(org, { title: "CI deploys", scopes: ["a"] });
  const check = requireKey({ client, scopes: ["a"] });
  const ask = (headers) => check(new Request("https://app.example/", { headers }));
  const { key } = await ask({ authorization: `Bearer ${token}` });
  const { response } = await ask({});
  const titles = [];
  for await (const { title } of client.listKeys(org, {
    limit: 1,
    created_by: `${key.created_by.type}:${key.created_by.id}`,
  }))
    titles.push(title);
  await client.revokeKey(org, id);
  const revoked = await client.verify(token, { consistency: "strong" });
  const malformed = await client.verify(redacted);
  const error = await client.getKey(org, "apk_01KAHQ0000000000000000000Z").catch((error) => error);
  const silent = new Keyward({ url, key: root, fetch: () => new Promise(() => {}), timeout: 20 });
  const late = await silent.whoami().catch((error) => error);
  return {
    key: key.id === id,
    missing: [response.status, response.headers.get("www-authenticate")],
    titles: titles.every((title) => title === "CI deploys") && titles.length > 0,
    verdicts: [revoked.code, malformed.code],
    errors: [error, late].map((each) => each instanceof KeywardError && each.code),
  };
}
