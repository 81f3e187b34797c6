// @ts-check
// Finds the shells that completion and the README are tried in, beside bash, which is everywhere: those that are installed,
// else Debian's packages.
import { installDebians } from "./programs.mjs";
import { run, Stop } from "./run.mjs";

/** @typedef {"zsh" | "fish"} Shell */

/** @param {Shell} shell */
const isThere = async (shell) => (await run(shell, ["--version"])).code === 0;

/**
 * Which of these are there, installed if need be. One that cannot be had is an error on CI; otherwise it is left out, which is
 * said.
 * @param {Shell[]} wanted @returns {Promise<Record<Shell, boolean>>}
 */
export async function shells(...wanted) {
  const missing = await absent(wanted);
  if (missing.length > 0) await installDebians(...missing);
  const left = await absent(missing);
  const what = `on Debian or Ubuntu \`apt-get install ${left.join(" ")}\`, elsewhere install it`;
  if (left.length > 0 && process.env.CI) throw new Stop(`The tests need ${left.join(" and ")}: ${what}.`);
  for (const shell of left) console.log(`${shell} is left out: ${what}.`);
  return { zsh: !left.includes("zsh"), fish: !left.includes("fish") };
}

/** @param {Shell[]} wanted */
async function absent(wanted) {
  const found = await Promise.all(wanted.map(isThere));
  return wanted.filter((_, at) => !found[at]);
}
