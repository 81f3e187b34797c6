// @ts-check
// The options of a command, and what is said when they are not understood.
import { parseArgs } from "node:util";
import { Stop } from "./run.mjs";

/**
 * Reads the options of a script. `--help` prints its usage and ends it; what is not understood stops it with a sentence.
 * @template {import("node:util").ParseArgsOptionsConfig} T
 * @param {string} usage
 * @param {T} options
 * @param {boolean} [allowPositionals]
 */
export function readOptions(usage, options, allowPositionals = false) {
  const help = { type: /** @type {const} */ ("boolean") };
  const read = () => parseArgs({ options: { ...options, help }, allowPositionals, tokens: true });
  const refuse = (/** @type {string} */ sentence) => new Stop(`${sentence}\n\n${usage}`);
  /** @type {ReturnType<typeof read>} */
  let parsed;
  try {
    parsed = read();
  } catch (error) {
    // Node's own sentence names the option; what follows it is for programmers.
    const [sentence] = /** @type {Error} */ (error).message.split(/\.? *\n|\. /);
    throw refuse(`${sentence.replace(/\.$/, "")}.`);
  }
  if (/** @type {{ help?: boolean }} */ (parsed.values).help) {
    console.log(usage);
    process.exit(0);
  }
  const seen = new Set();
  for (const token of parsed.tokens) {
    if (token.kind !== "option") continue;
    // Only the last one would count.
    if (seen.has(token.name) && token.value !== undefined && !options[token.name]?.multiple)
      throw refuse(`The option --${token.name} is given twice.`);
    if (token.value === "") throw refuse(`The option --${token.name} needs a value.`);
    seen.add(token.name);
  }
  return { values: parsed.values, positionals: /** @type {string[]} */ (parsed.positionals) };
}
