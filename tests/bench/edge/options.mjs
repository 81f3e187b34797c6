// @ts-check
// The options of the edge's benchmark; docs/BENCHMARKS.md explains them.

/** An option that is a text. @param {string} [otherwise] */
function text(otherwise) {
  return { type: /** @type {const} */ ("string"), default: otherwise };
}

/** @satisfies {import("node:util").ParseArgsOptionsConfig} */
export const options = {
  rounds: text("30"),
  requests: text("1000"),
  connections: text("1,16,64"),
  cases: text(),
  programs: text(),
  build: { type: /** @type {const} */ ("string"), multiple: true },
  quick: { type: /** @type {const} */ ("boolean") },
  write: { type: /** @type {const} */ ("boolean") },
};
