// @ts-check
// What the tests of lists share.
import { ok } from "./client.mjs";

/** @typedef {Record<string, string | number>} Query */

/** @param {Pick<Awaited<ReturnType<typeof import("./client.mjs").serve>>, "root" | "organization" | "key">} server */
export function lists({ root, organization, key }) {
  /** A list's path. @param {string} org @param {Query} query */
  const place = (org, query) => {
    const pairs = Object.entries(query).map(([name, value]) => [name, `${value}`]);
    return `/v1/organizations/${org}/keys?${new URLSearchParams(pairs)}`;
  };
  /** The whole answer. @param {string} org @param {Query} [query] */
  const list = (org, query = {}) => ok(root.get(place(org, query)));
  /** The titles in their order. @param {string} org @param {Query} [query] @returns {Promise<string[]>} */
  const titles = async (org, query) =>
    (await list(org, query)).keys.map((/** @type {any} */ { title }) => title);
  /** An organization with a key for each title, made in this order. @param {(string | object)[]} wanted */
  const holding = async (...wanted) => {
    const org = await organization();
    const made = [];
    for (const fields of wanted) {
      made.push(await key(`organizations/${org}`, typeof fields === "string" ? { title: fields } : fields));
    }
    return { org, made };
  };
  return { place, list, titles, holding };
}
