// @ts-check
// Comments that allow the keys in their line.

/** @typedef {import("./search.mjs").Finding} Finding */

const WORDS = "keyward:allow";

export function createComments() {
  let before = "";
  /** @type {Set<number>} */
  const lines = new Set();
  /** @type {Finding[]} */
  const findings = [];
  return {
    /** Where comments end in a text that comes in pieces. @param {string} text @param {number} offset of this piece */
    read(text, offset) {
      const whole = before + text;
      const ends = [];
      for (let at = whole.indexOf(WORDS); at >= 0; at = whole.indexOf(WORDS, at + 1))
        ends.push(offset - before.length + at + WORDS.length);
      before = whole.slice(1 - WORDS.length);
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
