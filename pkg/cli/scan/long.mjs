// @ts-check
// Long files, in parts that several threads read at once.

/** @typedef {import("../bytes/search.mjs").Finding} Finding */
/** @typedef {import("./task.mjs").Task} Task */
/** @typedef {import("./task.mjs").Outcome} Outcome */
/** @typedef {import("./part.mjs").Part} Part */
/** @typedef {{ number: number, path: import("../terminal/names.mjs").Path, size: number }} Long */

const PART = 16 << 20;
/** From so many bytes on other threads are worth their start. */
const MUCH = 64 << 20;

/**
 * What was found in each, by its number.
 * @param {Long[]} files
 * @param {{ start(): void }} pool
 * @param {(tasks: Task[]) => Promise<(Outcome | undefined)[]>} run
 */
export async function readLong(files, pool, run) {
  /** @type {Map<number, Finding[]>} */
  const found = new Map();
  if (files.reduce((sum, { size }) => sum + size, 0) >= MUCH) pool.start();
  const parts = files.flatMap(inParts);
  const results = (await run(parts)).map((outcome) => outcome?.part);
  /** @type {Set<number>} */
  const odd = new Set();
  results.forEach((result, at) => {
    if (result?.odd) odd.add(parts[at].number);
  });
  const whole = files.filter(({ number }) => odd.has(number));
  await run(whole.map(({ number, path }) => ({ number, path, again: true })));

  // Each line has the number that it has in the file.
  let before = 0;
  results.forEach((result, at) => {
    const { number, from } = parts[at];
    if (from === 0) before = 0;
    if (result?.findings.length && !odd.has(number)) {
      const all = found.get(number) ?? [];
      found.set(number, all);
      for (const finding of result.findings) all.push({ ...finding, line: before + finding.line });
    }
    before += result?.lines ?? 0;
  });
  return found;
}

/** @param {Long} file @returns {Part[]} */
function inParts({ number, path, size }) {
  const parts = [];
  for (let from = 0; from < size; from += PART)
    parts.push({ number, path, size, from, to: Math.min(size, from + PART) });
  return parts;
}
