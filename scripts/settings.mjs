// @ts-check
// The worker's settings (settings.json lists them all), and where they are set: wrangler.toml, and .dev.vars on this machine.
// Whatever is set is used, or refused with a sentence: nothing is dropped without a word.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { path, Stop } from "./run.mjs";

/** @typedef {{ name: string, secret: boolean, about: string }} Setting */
/** @typedef {{ vars?: object, secrets?: { required?: string[] }, [name: string]: any }} Environment a part of wrangler.toml */

/** @type {Setting[]} */
export const SETTINGS = JSON.parse(readFileSync(new URL("settings.json", import.meta.url), "utf8"));

const NAMES = SETTINGS.map(({ name }) => name);
export const SECRETS = SETTINGS.filter(({ secret }) => secret).map(({ name }) => name);

/** How many letters have to change to make one word of another. @param {string} from @param {string} to */
function distance(from, to) {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...from].entries()) {
    const next = [index + 1];
    for (const [at, other] of [...to].entries())
      next.push(Math.min(row[at + 1] + 1, next[at] + 1, row[at] + Number(letter !== other)));
    row = next;
  }
  return row[to.length];
}

/** The setting that a name was probably meant to be. @param {string} name */
function nearest(name) {
  const from = name.toUpperCase().replaceAll(/[.-]/g, "_");
  const ranked = NAMES.map((to) => ({ to, steps: distance(from, to) })).sort((a, b) => a.steps - b.steps);
  const [{ to, steps }] = ranked;
  // More letters than these, and it is another word.
  return steps <= Math.min(3, to.length / 3) ? to : undefined;
}

/** @param {string} where @param {string} name */
function refuseUnknown(where, name) {
  const meant = nearest(name);
  const hint = meant ? `Do you mean ${meant}?` : `There are: ${NAMES.join(", ")}.`;
  return new Stop(`${where}: ${name} is no setting of Keyward. ${hint}`);
}

/** A line of .dev.vars as wrangler reads it: this is the expression of dotenv, which it uses. */
const LINE =
  /^\s*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

/**
 * The settings in the text of a .dev.vars. Refuses every line of which wrangler would make something else than it says.
 * @param {string} file its name, for the sentences
 * @param {string} text
 * @returns {Map<string, string>}
 */
export function readVars(file, text) {
  const source = text.replaceAll(/\r\n?/g, "\n");
  const lineAt = (/** @type {number} */ index) => source.slice(0, index).split("\n").length;
  /** @type {Map<string, string>} */
  const found = new Map();
  let rest = source;
  for (const match of source.matchAll(LINE)) {
    const [whole, name, raw = ""] = match;
    const where = `${file}, line ${lineAt(match.index + whole.search(/\S/))}`;
    const value = raw.trim();
    if (found.has(name)) throw new Stop(`${where}: ${name} is set twice.`);
    if (/^["'`]/.test(value) && (value.length === 1 || value.at(-1) !== value[0]))
      throw new Stop(`${where}: the quotes around ${name} do not match.`);
    if (!/^["'`]/.test(value) && /[^\s]#/.test(whole.slice(whole.indexOf(name))))
      throw new Stop(`${where}: # begins a comment; put quotes around what ${name} is.`);
    found.set(name, value.replace(/^(['"`])([\s\S]*)\1$/, "$2"));
    rest =
      rest.slice(0, match.index) + whole.replaceAll(/[^\n]/g, " ") + rest.slice(match.index + whole.length);
  }
  const strange = rest.split("\n").findIndex((line) => !/^\s*(#|$)/.test(line));
  if (strange >= 0) throw new Stop(`${file}, line ${strange + 1}: this is not of the form NAME="value".`);
  return found;
}

/** The environment of wrangler.toml that is meant: that of --env, else that of CLOUDFLARE_ENV as in wrangler itself. @param {string} [option] */
export const chosenEnvironment = (option) => option ?? (process.env.CLOUDFLARE_ENV || undefined);

/** How a table is written. @param {string[]} trail */
const tableOf = (trail) => (trail.length === 0 ? "before the first table" : `under [${trail.join(".")}]`);

/** The table where the settings belong that stand somewhere else. @param {string[]} trail */
const varsNear = ([first, name]) => (first === "env" && name !== undefined ? `[env.${name}.vars]` : "[vars]");

/**
 * Refuses settings outside of `vars`, which wrangler would drop, and a table that was meant to be `vars`.
 * @param {object} table
 * @param {string[]} [trail] where it is
 */
function refuseStray(table, trail = []) {
  const isEnvironment = trail.length === 0 || (trail.length === 2 && trail[0] === "env");
  for (const [key, value] of Object.entries(table)) {
    const inner = Array.isArray(table) ? trail : [...trail, key];
    // Those of `wrangler preview` are used as well.
    if (key === "vars" && (isEnvironment || trail.at(-1) === "previews")) continue;
    if (isEnvironment && distance(key.toLowerCase(), "vars") <= 1)
      throw new Stop(`wrangler.toml: [${inner.join(".")}] is not used. Do you mean ${varsNear(trail)}?`);
    const upper = key.toUpperCase().replaceAll("-", "_");
    // `environment` is a word of wrangler's own.
    const name = NAMES.includes(upper) && upper.includes("_") ? upper : key;
    const meant = /^[A-Z][A-Z\d_]*$/.test(name) ? nearest(name) : undefined;
    if (meant) {
      const hint = meant === key ? "" : ` Do you mean ${meant}?`;
      throw new Stop(
        `wrangler.toml: ${key} stands ${tableOf(trail)}; settings belong under ${varsNear(trail)}.${hint}`,
      );
    }
    if (typeof value === "object" && value !== null) refuseStray(value, inner);
  }
}

/** How wrangler is told. @param {string} [environment] */
export const environmentFlag = (environment) => (environment === undefined ? [] : [`--env=${environment}`]);

/** wrangler.toml as it is written. @returns {Promise<Environment>} */
async function wranglerToml() {
  const { experimental_readRawConfig } = await import("wrangler");
  try {
    return /** @type {any} */ (experimental_readRawConfig({ config: path("wrangler.toml") }).rawConfig);
  } catch (error) {
    throw new Stop(`wrangler.toml cannot be read: ${/** @type {Error} */ (error).message}`);
  }
}

/** Refuses a variable that is no setting, or that nobody may read. @param {string} where @param {string} name */
export function checkVariable(where, name) {
  if (SECRETS.includes(name))
    throw new Stop(`${where}: ${name} is a secret; \`npm run secrets\` gives it to Cloudflare.`);
  if (!NAMES.includes(name)) throw refuseUnknown(where, name);
}

/**
 * Checks that wrangler.toml has the environment, sets only what there is where wrangler looks for it, and lets wrangler take the secrets.
 * @param {string} [environment] the top level if there is none
 */
export async function checkWranglerToml(environment) {
  const top = await wranglerToml();
  refuseStray(top);
  const environments = Object.keys(top.env ?? {});
  if (environment !== undefined && !environments.includes(environment)) {
    const there = environments.length === 0 ? "none" : environments.join(", ");
    throw new Stop(`wrangler.toml has no environment of that name (--env); there is: ${there}.`);
  }
  /** @type {Environment} */
  const chosen = environment === undefined ? top : top.env[environment];
  const where = environment === undefined ? "wrangler.toml" : `wrangler.toml, environment ${environment}`;
  const vars = Object.keys(chosen.vars ?? {});
  for (const name of vars) checkVariable(where, name);
  const missing = SECRETS.find((name) => !chosen.secrets?.required?.includes(name));
  if (missing) throw new Stop(`${where}: ${missing} has to be in \`secrets.required\`.`);
  const routes = [chosen.route, chosen.routes, environment && [top.route, top.routes]].flat(2);
  const hasAddress = routes.some(Boolean) || Boolean(chosen.workers_dev ?? top.workers_dev);
  return { where, vars, environments, hasAddress };
}

/** The file of settings for this machine that wrangler reads. @param {string} folder @param {string} [environment] */
export function devVarsFile(folder, environment) {
  const own = `.dev.vars.${environment}`;
  return environment !== undefined && existsSync(join(folder, own)) ? own : ".dev.vars";
}

/**
 * Checks that whatever is set on this machine will be used.
 * @param {string} folder
 * @param {Awaited<ReturnType<typeof checkWranglerToml>>} wrangler
 * @param {string} [environment]
 */
export function checkDevVars(folder, { where, vars, environments }, environment) {
  const file = devVarsFile(folder, environment);
  for (const [name] of readVars(file, readFileSync(join(folder, file), "utf8"))) {
    if (!NAMES.includes(name)) throw refuseUnknown(file, name);
    if (!SECRETS.includes(name) && !vars.includes(name))
      throw new Stop(
        `${file}: wrangler takes ${name} from here only if ${where}, has it too: add ${name} = "" to \`vars\`.`,
      );
  }
  const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => !entry.isDirectory());
  for (const { name: other } of files) {
    const [, of] = other.match(/^\.dev\.vars\.(.+)$/) ?? [];
    if (of !== undefined && of !== "example" && !environments.includes(of))
      throw new Stop(
        `${other} is not used: wrangler.toml has no environment of that name. Rename or delete it.`,
      );
    // Where there is a .dev.vars, wrangler looks here only for what concerns itself.
    if (!/^\.env(\.|$)/.test(other) || other.endsWith(".example")) continue;
    const lines = readFileSync(join(folder, other), "utf8").matchAll(LINE);
    const lost = [...lines].map(([, name]) => name).find((name) => nearest(name));
    if (lost) throw new Stop(`${other}: ${lost} is not used from here. Put it into ${file}.`);
  }
}

/** Settings in the environment variables of the shell, which wrangler does not look at. */
export const ignoredVariables = () => NAMES.filter((name) => process.env[name]);
