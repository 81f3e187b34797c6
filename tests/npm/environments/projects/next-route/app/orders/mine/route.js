import { Keyward } from "keyward/client";
import { requireKey } from "keyward/fetch";

const client = new Keyward({ url: process.env.KEYWARD_URL, key: process.env.KEYWARD_API_KEY });
const check = requireKey({ client, scopes: ["orders:read"] });

export async function GET(request) {
  const { key, response } = await check(request);
  return response ?? Response.json({ owner: key.owner.id });
}
