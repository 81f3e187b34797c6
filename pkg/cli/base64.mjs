// @ts-check
// Keys in base64, as secrets of Kubernetes and Basic credentials have them.
import { scan } from "keyward";

/** @typedef {import("./reader.mjs").ReadKey} ReadKey */

/**
 * How the middle of a key is written, by where it stands in a group of three bytes: the characters that depend on nothing
 * else, and how far behind the group's start they begin.
 */
export const PARTS = ["_live_", "_test_"].flatMap((word) => [
  { part: btoa(word), behind: 0 },
  { part: btoa(`x${word}`).slice(2, 9), behind: 2 },
  { part: btoa(`xx${word}`).slice(3, 10), behind: 3 },
]);
const PART = new RegExp(PARTS.map(({ part }) => part).join("|"), "g");

/** Characters before the group, and from it on, that hold the longest key. */
const BEFORE = 32;
const AFTER = 88;

/** @param {import("keyward").Pins | undefined} pins */
export function createBase64Reader(pins) {
  let held = "";
  let offset = 0;
  let done = 0;

  /** @param {string} text @param {boolean} last @returns {ReadKey[]} */
  const read = (text, last) => {
    const whole = held + text;
    const found = [];
    let keep = whole.length - BEFORE - PARTS[0].part.length;
    for (const { 0: part, index } of whole.matchAll(PART)) {
      if (offset + index < done) continue;
      const group = index - (PARTS.find((one) => one.part === part)?.behind ?? 0);
      const [run = ""] = whole.slice(Math.max(0, group), group + AFTER).match(/^[A-Za-z0-9+/_-]*/) ?? [];
      // It may go on in what is yet to come.
      if (!last && run.length < AFTER && group + run.length === whole.length) {
        keep = Math.min(keep, group - BEFORE);
        break;
      }
      done = offset + index + 1;
      found.push(...keysAt(whole, group, run));
    }
    held = whole.slice(Math.max(0, keep));
    offset += whole.length - held.length;
    return found;
  };

  /** @param {string} whole @param {number} group @param {string} run */
  const keysAt = (whole, group, run) => {
    const [left = ""] =
      whole.slice(Math.max(0, group - BEFORE), Math.max(0, group)).match(/[A-Za-z0-9+/_-]*$/) ?? [];
    const before = left.slice(left.length % 4);
    const bytes = Buffer.from(before + run, "base64").toString("latin1");
    const middle = (before.length / 4) * 3;
    const first = offset + group - before.length;
    return scan(bytes, pins)
      .filter(({ start, end }) => start <= middle + 2 && end > middle)
      .map((key) => ({
        ...key,
        token: bytes.slice(key.start, key.end),
        start: first + Math.floor(key.start / 3) * 4,
        end: Math.min(first + Math.ceil(key.end / 3) * 4, offset + group + run.length),
      }));
  };

  return {
    /** @param {string} text */
    push: (text) => read(text, false),
    end: () => read("", true),
  };
}
