// Ids that somebody types.
import { userId } from "./owners.js";
import { holdsSecret } from "./pasted.js";
import { missing } from "./problem.js";

/**
 * An id from a field, or nothing. Ids stand in addresses, so a secret is none.
 * @param {FormData} fields @param {string} name
 */
export function typedId(fields, name) {
  const id = String(fields.get(name) ?? "").trim();
  if (holdsSecret(id)) throw missing(`/${name}`, "This looks like a key or a token, not an ID.");
  return id;
}

/**
 * The id of a user from a field, or nothing.
 * @param {FormData} fields @param {string} name
 */
export function typedUser(fields, name) {
  const typed = typedId(fields, name);
  if (/\s/.test(typed)) throw missing(`/${name}`, "An ID has no spaces.");
  return typed && userId(typed);
}
