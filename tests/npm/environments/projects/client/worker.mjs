import { Keyward } from "keyward/client";
import { requireKey } from "keyward/fetch";
import { use } from "./use.mjs";

/** @type {Keyward | undefined} Shared by all requests, as an application has it. */
let shared;
const check = requireKey({ client: () => shared });

export default {
  async fetch(request, { URL: url, ROOT: root, ORG: org, KEYWARD: binding, VERIFIER: verifier }) {
    shared ??= new Keyward({ url, key: root });
    const { pathname } = new URL(request.url);
    if (pathname === "/use") return Response.json(await use({ url, root, org }));
    if (pathname === "/bound") {
      const made = await new Keyward({ binding, key: root }).createKey(org, { title: "bound" });
      const { code, key } = await new Keyward({ binding: verifier }).verify(made.token, {
        organization: org,
      });
      return Response.json({ code, same: key.id === made.id });
    }
    const { key, response } = await check(request);
    return response ?? Response.json({ id: key.id });
  },
};
