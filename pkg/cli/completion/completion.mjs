// @ts-check
// `keyward completion`: what a shell is told about commands and options, made from the same table as the help.
import { COMMANDS, COMMON } from "../commands.mjs";
import { print } from "../terminal/output.mjs";
import { bash } from "./bash.mjs";
import { fish } from "./fish.mjs";
import { zsh } from "./zsh.mjs";

/** What follows some words: commands, and options. @typedef {{ path: string, words: [string, string][], options: Choice[] }} Place */
/** @typedef {{ name: string, short?: string, about: string, takes: boolean, choices: readonly string[] }} Choice */

/** @type {Record<string, (places: Place[]) => string>} */
const SHELLS = { bash, zsh, fish };

/** @param {string[]} args */
export async function completion([shell]) {
  if (!Object.hasOwn(SHELLS, shell)) throw new TypeError("There is completion for bash, zsh and fish.");
  print(SHELLS[shell](places()));
  return 0;
}

/** @returns {Place[]} */
function places() {
  const commands = Object.entries(COMMANDS);
  const firsts = [...new Set(commands.map(([name]) => name.split(" ")[0]))];
  const common = choicesOf(COMMON);
  /** @param {string} path @returns {[string, string][]} */
  const behind = (path) =>
    commands
      .filter(([name]) => name.startsWith(`${path} `))
      .map(([name, { about }]) => [name.slice(path.length + 1), sentence(about)]);
  const groups = firsts.filter((name) => !Object.hasOwn(COMMANDS, name));
  return [
    {
      path: "",
      words: firsts.map((name) => [
        name,
        sentence(
          COMMANDS[name]?.about ??
            `${name}: ${behind(name)
              .map(([word]) => word)
              .join(", ")}`,
        ),
      ]),
      options: common,
    },
    ...groups.map((path) => ({ path, words: behind(path), options: common })),
    ...commands.map(([path, { options, words = [] }]) => ({
      path,
      words: words.map((word) => /** @type {[string, string]} */ ([word, ""])),
      options: [...choicesOf(options), ...common],
    })),
  ];
}

/** @param {import("../commands.mjs").Options} options @returns {Choice[]} */
const choicesOf = (options) =>
  Object.entries(options).map(([name, { short, type, help, choices = [] }]) => ({
    ...{ name, short, about: sentence(help), takes: type === "string", choices },
  }));

/** The first sentence, as short as menus want it. @param {string} text */
const sentence = (text) => text.split(/[.:;] |\.$/)[0].slice(0, 80);
