// @ts-check
// Texts of keys come in by standard input or an environment variable: arguments are visible to everybody on a machine, and
// shells remember them.
import { text } from "node:stream/consumers";
import { scan } from "keyward";
import { input } from "../terminal/input.mjs";
import { hide } from "../terminal/output.mjs";
import { answersTo } from "./confirm.mjs";

const ROOT_KEY = /kwroot_\w{8}/;

/** Whether a text has something secret in it. @param {string} text */
const holdsKey = (text) => ROOT_KEY.test(text) || scan(text).some(({ kind }) => kind !== "pk");

/** @param {string[]} texts @param {string} instead what to do about it */
export function mustHoldNoKey(texts, instead) {
  if (texts.some(holdsKey))
    throw new TypeError(
      `A key must not be an argument, since everybody on this machine can see those, and shells keep them: revoke it if it is in use. ${instead}`,
    );
}

/** A key's text from standard input, or from the variable that --key-env names. @param {{ "key-env"?: string }} flags */
export async function presentedKey({ "key-env": name }) {
  const given = name === undefined ? await typed() : variable(name);
  const key = given.trim();
  if (key === "") throw new TypeError(`There is no key in ${name ?? "what came in"}.`);
  hide(key);
  return key;
}

/** @param {string} name */
export function variable(name) {
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new TypeError("An environment variable's name has letters, digits and _.");
  const value = process.env[name];
  if (!value) throw new TypeError(`The environment variable ${name} is not set.`);
  return value;
}

async function typed() {
  if (!process.stdin.isTTY) return text(input());
  const [key] = await answersTo({ prompt: "Key (it is not shown): ", secret: true });
  return key;
}
