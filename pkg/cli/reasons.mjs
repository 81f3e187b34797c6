// @ts-check
// Why something was not searched, for people.
import { escaped } from "./names.mjs";

/** What is no file cannot be read to an end, or waits for somebody who writes. */
export const NO_FILE = "it is no regular file; `keyward scan -` reads what is piped into it";

export const COMPRESSED =
  "it is compressed, so what is in it was not searched; with --binary its bytes are taken as they are";

export const LOST = "it was not searched: a part of this program has ended early; try again";

/** The system's sentence without the path, which may hold anything. @param {unknown} problem */
export function reasonOf(problem) {
  const { message } = /** @type {Error} */ (problem);
  return typeof problem === "string" ? problem : escaped(message.split(", ")[0]);
}
