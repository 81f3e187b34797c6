import { Keyward } from "keyward/client";
import { requireKey } from "keyward/fetch";
import { use } from "./use.mjs";

/** @type {Keyward | undefined} Shared by all requests, as an application has it. */
let shared;
const check = requireKey({ client: () => shared });

export default {
  async fetch(request, { KEYWARD: binding, VERIFIER: verifier }) {
    const { url, root, org } = JSON.parse(request.headers.get("surroundings"));
    shared ??= new Keyward({ url, key: root });
    const { pathname } = new URL(request.url);
    if (pathname === "/use") return Response.json(await use({ url, root, org }));
    if (pathname === "/bound")
      return Response.json(
        await bound({ binding, verifier, root, org, other: request.headers.get("other") }),
      );
    const { key, response } = await check(request);
    return response ?? Response.json({ id: key.id });
  },
};

/** Every operation through the one binding, and verifying without a key through the other. */
async function bound({ binding, verifier, root, org, other }) {
  const keyward = new Keyward({ binding, key: root });
  const client = new Keyward({ binding: verifier });
  const { token, id } = await keyward.createKey(org, { title: "bound", scopes: ["a"] });
  const strong = { max_staleness_seconds: 0 };
  const right = await client.verify(token, { scopes: ["a"] });
  const verdicts = [
    right,
    await client.verify(token, { scopes: ["b"] }),
    await client.verify("no key"),
    await client.verify(other),
  ];
  await keyward.revokeKey(org, id);
  verdicts.push(await client.verify(token, strong));
  // What the one binding is for, asked through the other.
  const wrong = [client.whoami(), new Keyward({ binding }).verify(token)];
  const beyond = await Promise.all(wrong.map((each) => each.catch(({ code }) => code)));
  return {
    verdicts: verdicts.map(({ code }) => code),
    same: right.key.id === id,
    beyond,
  };
}
