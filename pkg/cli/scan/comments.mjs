// @ts-check
// Comments that allow the keys in their line.

/** @typedef {import("../bytes/search.mjs").Finding} Finding */

const WORDS = "keyward:allow";
/** What makes other words of these, or a name with its password in an address. */
const BEFORE = /[\w-]/;
const BEHIND = /[\w@-]/;

export function createComments() {
  // The words at the end, with a character before them: what follows is not known yet.
  let before = "";
  /** @type {Set<number>} */
  const lines = new Set();
  /** @type {Finding[]} */
  const findings = [];
  return {
    /** Where comments end in a text that comes in pieces. @param {string} text @param {number} offset of this piece @param {boolean} [last] */
    read(text, offset, last = false) {
      const whole = before + text;
      const start = offset - before.length;
      const ends = [];
      // What begins with the kept character was told the last time.
      const told = before.length > WORDS.length ? 1 : 0;
      for (let at = whole.indexOf(WORDS, told); at >= 0; at = whole.indexOf(WORDS, at + 1)) {
        const end = at + WORDS.length;
        if (end === whole.length && !last) break;
        if (BEFORE.test(whole.charAt(at - 1)) || BEHIND.test(whole.charAt(end))) continue;
        ends.push(start + end);
      }
      before = whole.slice(-1 - WORDS.length);
      return ends;
    },
    /** @param {number} line */
    inLine: (line) => void lines.add(line),
    /** @param {Finding} finding */
    near(finding) {
      findings.push(finding);
      return finding;
    },
    /** Now that all lines are known. */
    end() {
      for (const finding of findings) if (lines.has(finding.line)) finding.allowed = "comment";
    },
  };
}
