// @ts-check
// `keyward/client` over the command's own requests, which nobody between can read.
import { Keyward } from "keyward/client";
import { VERSION } from "../help.mjs";
import { send } from "../send.mjs";
import { checked } from "./answers.mjs";

/** A page of 100 keys with all that may be in them. */
const LONGEST = 16 << 20;
/** Statuses whose answers have no body, not even an empty one. */
const EMPTY = [101, 204, 205, 304];

/** @param {{ url: string, key: string }} to */
export const clientOf = ({ url, key }) => checked(new Keyward({ url, key, fetch: transport }));

/** As much of `fetch` as the client uses. @param {string} url @param {{ method: string, headers: Headers, body?: string, signal: AbortSignal }} init */
async function transport(url, { method, headers, body, signal }) {
  const sent = { ...Object.fromEntries(headers), "user-agent": `keyward/${VERSION}` };
  const answer = await send(url, { method, headers: sent, body, signal, longest: LONGEST });
  if (typeof answer === "string") {
    const [, code = ""] = answer.match(/\((\w+)\)/) ?? [];
    throw new Error(answer, { cause: { code } });
  }
  const said = new Headers();
  for (const [name, value] of Object.entries(answer.headers))
    for (const each of [value ?? []].flat()) said.append(name, each);
  return new Response(EMPTY.includes(answer.status) ? null : answer.text, {
    status: answer.status,
    headers: said,
  });
}
