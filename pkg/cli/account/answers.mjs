// @ts-check
// Whether an answer is Keyward's: whatever else answers with success at the address, such as a proxy's page or another
// program, must not be taken for a key or for an empty list.
import { KeywardError } from "keyward/client";

/** Members and what they are. @typedef {{ [name: string]: "string" | "number" | "boolean" | "array" | "object" | Form }} Form */

/** @type {Form} */
const KEY = {
  ...{ id: "string", title: "string", redacted: "string", type: "string", status: "string" },
  ...{ owner: { type: "string" }, scopes: "array", links: "array", metadata: "object" },
  ...{ created_at: "string", created_by: { type: "string" } },
};
/** @type {Form} */
const MEMBER = { user: "string", role: "string" };
/** @type {Form} */
const ORGANIZATION = {
  id: "string",
  name: "string",
  max_staleness_seconds: "number",
  on_outage_max_seconds: "number",
};
/** @type {Form} */
const EFFECTIVE = { by: "string" };
/** @type {Form} */
const REVOKED = { count: "number", keys: "array" };

/** What operations answer, as far as it is shown; null: nothing. @type {[RegExp, Form | null][]} */
const ANSWERS = [
  [/^(get|update|lookup)\w*Key$/, KEY],
  [/^create\w*Key$/, { ...KEY, token: "string" }],
  [/^roll\w*Key$/, { ...KEY, token: "string", rolled: { revoked_at: "string" } }],
  [/^revoke\w*Key$/, { ...KEY, effective: EFFECTIVE }],
  [/^revoke\w*Keys$/, REVOKED],
  [/^verifyKey$/, { valid: "boolean", code: "string" }],
  [
    /^whoami$/,
    { type: "string", id: "string", ...{ scopes: "array", permissions: "array", organizations: "array" } },
  ],
  [/^(create|get|update)Organization$/, ORGANIZATION],
  [/^(put|get)Member$/, MEMBER],
  [/^(delete\w*Key|deleteOrganization|removeMember)$/, { effective: EFFECTIVE }],
  [/^createInvitation$/, MEMBER],
  [/^deleteInvitation$/, null],
];

/** What is in lists, by its name there. @type {Record<string, Form>} */
const ENTRIES = {
  keys: KEY,
  events: { id: "string", at: "string", action: "string", details: "object" },
  // Those of a person come without names.
  organizations: { id: "string" },
  members: MEMBER,
  invitations: { ...MEMBER, organization: "string" },
};

/** @param {any} value @param {Form} form @returns {boolean} */
const isOf = (value, form) =>
  typeof value === "object" &&
  value !== null &&
  Object.entries(form).every(([name, wanted]) => {
    const member = value[name];
    if (typeof wanted === "object") return isOf(member, wanted);
    if (wanted === "array") return Array.isArray(member);
    return typeof member === wanted && member !== null;
  });

const strange = () =>
  new /** @type {any} */ (KeywardError)({
    code: "client.unexpected",
    detail: "What answers at this address does not answer as Keyward does",
    status: 200,
  });

/** The entries of a page. @param {any} page @param {string} entries their name @returns {any[]} */
export function entriesOf(page, entries) {
  const found = page?.[entries];
  if (!Array.isArray(found) || !found.every((one) => isOf(one, ENTRIES[entries]))) throw strange();
  return found;
}

/** The client, which takes no other answers. @param {import("keyward/client").Keyward} client */
export const checked = (client) =>
  new Proxy(client, {
    get(target, name) {
      const operation = Reflect.get(target, name, target);
      const [, form] = ANSWERS.find(([names]) => names.test(String(name))) ?? [];
      if (form === undefined) return typeof operation === "function" ? operation.bind(target) : operation;
      return async (/** @type {any[]} */ ...args) => {
        const answer = await operation.apply(target, args);
        if (form === null ? answer !== undefined : !isOf(answer, form)) throw strange();
        return answer;
      };
    },
  });
