// @ts-check
import { closest, distance } from "fastest-levenshtein";

/** What somebody may have meant, if it is but a slip away. @param {string} typed @param {string[]} names */
export function nearest(typed, names) {
  const name = closest(typed, names);
  return distance(typed, name) <= Math.min(2, name.length / 2) ? name : undefined;
}
