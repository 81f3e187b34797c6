// @ts-check
// What a deployment says no with, in the words of the command: its code, and the options that are wrong.
import { escaped } from "../terminal/names.mjs";

/** @typedef {import("keyward/client").KeywardError} KeywardError */

/** As options.mjs has them. @param {KeywardError} error */
export function exitCodeOf({ status, code }) {
  if (code === "request.key_in_url") return 2;
  if (status === 401 || status === 403) return 3;
  if (status === 404 || status === 409) return 1;
  return status >= 400 && status < 500 && status !== 429 && !code.startsWith("client.") ? 2 : 4;
}

/** Fields that options and arguments call otherwise. @type {Record<string, string>} */
const NAMES = {
  ...{ scopes: "scope", links: "link", q: "search", order: "sort" },
  ...{ max_staleness_seconds: "max-staleness", on_outage_max_seconds: "on-outage-max" },
};

/** The option, or the argument, that fills a field. @param {string} pointer @param {Record<string, unknown>} options */
function optionOf(pointer, options) {
  const [, field = ""] = pointer.match(/^[?/]([^/]*)/) ?? [];
  const name = NAMES[field] ?? field.replaceAll("_", "-");
  // An instant may be given as a duration, too.
  const ways = new Set([name, name.replace(/-at$/, "-in")].filter((way) => Object.hasOwn(options, way)));
  return ways.size > 0 ? [...ways].map((way) => `--${way}`).join(" or ") : field.replaceAll("_", " ");
}

/** @param {KeywardError} error @param {string} host @param {Record<string, unknown>} options of the command */
export function sentencesOf({ code, detail, errors, status, requestId }, host, options) {
  const known = [code, ...(requestId ? [requestId] : [])].join(", ");
  const verb = status === 0 || status === 429 || status >= 500 ? ":" : " refuses:";
  const first = `${host}${verb} ${escaped(detail).replace(/\.$/, "")} (${known})`;
  const wrong = errors.map((each) => `  ${optionOf(each.pointer, options)}: ${escaped(each.detail)}`);
  return [first, ...wrong];
}
