// @ts-check

/** @typedef {{ what: string, value: string, ratio?: number, target?: string }} Row a measurement, and how it compares */

/** Prints a table in Markdown. @param {string} title @param {Row[]} rows */
export function print(title, rows) {
  console.log(`\n| ${title} | | ratio | target |\n| --- | --- | --- | --- |`);
  for (const { what, value, ratio, target } of rows) {
    console.log(
      `| ${what} | ${value} | ${ratio === undefined ? "" : `${ratio.toFixed(2)}×`} | ${target ?? ""} |`,
    );
  }
}

/** @param {number[]} values */
export const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
