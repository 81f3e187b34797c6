// @ts-check
// `keyward keys list`
import { limitOf, pageOf, printList, take } from "../shell/lists.mjs";
import { instantOf } from "../shell/moments.mjs";
import { ownerOf } from "../shell/owner.mjs";
import { KEY_COLUMNS, keyRow } from "./words.mjs";

/** @param {string[]} _args @param {Record<string, any>} flags @param {import("../manage.mjs").Asked} asked */
export async function listKeys(_args, flags, asked) {
  const limit = limitOf(flags.limit);
  const query = queryOf(flags);
  const { call } = await ownerOf(flags, asked);
  const found = await take(call("list", { ...query, limit: pageOf(limit) }), "keys", limit);
  printList(found, flags, { head: KEY_COLUMNS, row: keyRow, id: ({ id }) => id, noun: "such key" });
  return 0;
}

/** @param {Record<string, any>} flags */
function queryOf(flags) {
  const [scope, ...more] = flags.scope ?? [];
  if (more.length > 0) throw new TypeError("A list is of keys with one --scope.");
  return {
    ...{ q: flags.search, order: flags.sort, status: flags.status, type: flags.type, scope },
    created_by: flags["created-by"],
    created_after: instantOf("created-after", flags["created-after"], "ago"),
    created_before: instantOf("created-before", flags["created-before"], "ago"),
    expires_before: instantOf("expires-before", flags["expires-before"]),
    unused_since: instantOf("unused-since", flags["unused-since"], "ago"),
    ...(flags["never-expires"] && { never_expires: true }),
    ...(flags.foreign && { foreign: true }),
  };
}
