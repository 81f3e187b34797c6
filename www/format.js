// What a key's text says about itself. All rules live in the core, compiled to WebAssembly; here are only the words.
/** @import { SessionOptions } from "./types.d.ts" */
/** @typedef {{ ok: true, kind: "sk" | "pat" | "pk", brand: string, environment: "live" | "test", redacted: string }} Parts */
/** @typedef {{ ok: false, code: string, index?: number, expected?: number, actual?: number }} Fault */
import { init, tryParse } from "./vendor/keyward.js";

const KINDS = {
  sk: "secret key of an organization",
  pat: "personal key",
  pk: "publishable key",
};

/**
 * Reads a text as a key, without the white space and the `secret-token:` around it.
 * @param {string} text
 * @returns {Promise<{ text: string, parts: Parts | Fault }>}
 */
export async function read(text) {
  await init();
  const bare = text.trim().replace(/^secret-token:/, "");
  return { text: bare, parts: tryParse(bare) };
}

/** Starts loading the reader, so that it is there when somebody pastes. */
export const warmUp = () => init().catch(() => {});

/** @param {Parts} parts */
export const kindOf = (parts) => KINDS[parts.kind];

/**
 * What is wrong with a text, for people.
 * @param {Fault} fault
 */
export function explain({ code, index, expected, actual }) {
  switch (code) {
    case "key.empty":
      return "Paste a key.";
    case "key.too_long":
      return "This is too long to be a key.";
    case "key.bad_character":
      return `The character at position ${(index ?? 0) + 1} cannot stand in a key.`;
    case "key.bad_prefix":
      return "This does not start like a key.";
    case "key.unknown_version":
      return "This key has a version that is not known here.";
    case "key.bad_length": {
      const off = (expected ?? 0) - (actual ?? 0);
      const count = `${Math.abs(off)} ${Math.abs(off) === 1 ? "character" : "characters"}`;
      return off > 0 ? `The end is missing: it is ${count} too short.` : `It is ${count} too long.`;
    }
    case "key.bad_checksum":
      return "One character looks wrong, or two are swapped: copy the key again.";
    default:
      return "This is not a key.";
  }
}

/**
 * What to say about a credential before it is sent, or null where only the server can tell. Root keys and the identity
 * provider's tokens are not keys of this format, so a text that does not start like one is left to the server.
 * @param {string} text
 * @param {SessionOptions} options
 */
export async function objection(text, options) {
  const { text: bare, parts } = await read(text);
  if (!parts.ok) {
    const meant = parts.code === "key.empty" || bare.startsWith(`${options.brand}_`);
    const shaped = ["key.unknown_version", "key.bad_length", "key.bad_checksum"].includes(parts.code);
    return meant || shaped ? explain(parts) : null;
  }
  if (parts.brand !== options.brand) return `This key belongs to another service: it starts with “${parts.brand}”.`;
  if (parts.kind === "pk") return "This is a publishable key. It is public, so it signs nobody in: use a secret key.";
  if (parts.environment !== options.environment) {
    return `This key is for the ${parts.environment} environment, and this is ${options.environment}.`;
  }
  return null;
}
