// What the text of a key says about it. The rules are in the core, which is compiled to WebAssembly; here are the words.
/** @import { SessionOptions } from "./openapi.d.ts" */
/** @import { Key, KeyProblem } from "./vendor/keyward.js" */
import { init, tryParse } from "./vendor/keyward.js";

const KINDS = {
  sk: "An organization’s secret key",
  pat: "A personal key",
  pk: "A publishable key",
};

/** @typedef {{ text: string, key: Key | null, fault: KeyProblem | null }} Reading */

/** What somebody pasted, without white space and `secret-token:` around it. @param {string} text */
export const bare = (text) => text.trim().replace(/^secret-token:/, "");

/**
 * Reads a text as a key.
 * @param {string} pasted
 * @returns {Promise<Reading>}
 */
export async function read(pasted) {
  await init();
  const text = bare(pasted);
  const found = tryParse(text);
  return found.ok ? { text, key: found.key, fault: null } : { text, key: null, fault: found };
}

/** Starts loading the reader, so that it is ready when somebody pastes. */
export const warmUp = () => init().catch(() => {});

/** @param {Key} key */
export const kindOf = (key) => KINDS[key.kind];

/**
 * What is wrong with a text, in words.
 * @param {KeyProblem} fault
 */
export function explain({ code, index, expected, actual }) {
  switch (code) {
    case "key.empty":
      return "Paste a key.";
    case "key.too_long":
      return "This is too long to be a key.";
    case "key.bad_character":
      return `The character at position ${(index ?? 0) + 1} isn’t allowed in a key.`;
    case "key.bad_prefix":
      return "This doesn’t start like a key.";
    case "key.unknown_version":
      return "This version of key isn’t supported here.";
    case "key.bad_length": {
      const off = (expected ?? 0) - (actual ?? 0);
      const count = `${Math.abs(off)} ${Math.abs(off) === 1 ? "character" : "characters"}`;
      return off > 0 ? `The end is missing: it’s ${count} too short.` : `It’s ${count} too long.`;
    }
    case "key.bad_checksum":
      return "A character is wrong, or two are swapped. Copy the key again.";
    default:
      return "This isn’t a key.";
  }
}

/**
 * What was copied along with a credential, or instead of it; null if nothing was.
 * @param {string} credential
 */
function surplus(credential) {
  if (/^bearer\s/i.test(credential)) return "Leave out “Bearer” before the key.";
  if (/^(?:export\s+)?[A-Za-z_]\w*\s*=/.test(credential))
    return "Leave out the name of the variable and the equals sign before the key.";
  if (/^["'`“”„‘’«»]|["'`“”„‘’«»]$/.test(credential)) return "Leave out the quotation marks around the key.";
  if (credential.includes("_***")) return "This is a key’s redacted form. Paste the whole key.";
  if (credential.startsWith("apk_")) return "This is a key’s id, not the key.";
  return /\s/.test(credential) ? "There’s white space in the middle. Paste one key and nothing else." : null;
}

/**
 * Why a key is not one of this deployment; null if its prefix is.
 * @param {Key} key
 * @param {SessionOptions} options
 */
export function foreign({ brand, environment }, options) {
  if (brand !== options.brand) return `This key belongs to another service: it starts with “${brand}”.`;
  return environment === options.environment
    ? null
    : `This key is for the ${environment} environment, but this is ${options.environment}.`;
}

/**
 * What to say about a credential before it is sent, or null where only the server can tell. Root keys and the identity
 * provider’s tokens are not keys of this format, so a text that does not start like one is left to the server.
 * @param {string} text
 * @param {SessionOptions} options
 */
export async function objection(text, options) {
  const { text: credential, key, fault } = await read(text);
  if (fault) {
    const more = surplus(credential);
    if (more) return more;
    const meant = fault.code === "key.empty" || credential.startsWith(`${options.brand}_`);
    const shaped = ["key.unknown_version", "key.bad_length", "key.bad_checksum"].includes(fault.code);
    return meant || shaped ? explain(fault) : null;
  }
  const elsewhere = key && foreign(key, options);
  if (elsewhere) return elsewhere;
  if (key?.kind === "pk")
    return "This is a publishable key. It’s public, so it can’t sign anyone in. Use a personal key.";
  if (key?.kind === "sk")
    return "This is an organization’s secret key, which is for programs. Use a personal key.";
  return null;
}
