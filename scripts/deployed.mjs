// @ts-check
// What Cloudflare says of a deployed worker. Whatever depends on it is done only if the answer is certain.
import { quietly, run, Stop } from "./run.mjs";
import { environmentFlag } from "./settings.mjs";

/** How long wrangler may take to answer, in milliseconds. */
const PATIENCE = 60_000;

/** What wrangler says of a worker that does not exist, without colours. */
const NO_WORKER = /^\W*\[ERROR\] Worker "[\w-]+"(?: \(env: [\w-]+\))? not found\.$/m;

/** The names in what `wrangler secret list` prints, if it is what it should be. @param {string} text */
function namesIn(text) {
  try {
    const list = JSON.parse(text);
    const isList = Array.isArray(list) && list.every((item) => typeof item?.name === "string");
    return isList ? list.map(({ name }) => String(name)) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The names of the secrets that a worker has; none for a worker that does not exist yet.
 * @param {string} [environment] of wrangler.toml
 * @param {{ env?: NodeJS.ProcessEnv, timeout?: number, which?: string[] }} [options] `which`: further options that choose the worker
 */
export async function deployedSecrets(environment, { env = quietly, timeout = PATIENCE, which = [] } = {}) {
  const args = ["secret", "list", ...environmentFlag(environment), ...which];
  const { code, output, stdout } = await run("wrangler", args, { env, timeout });
  const names = code === 0 ? namesIn(stdout) : undefined;
  if (names) return names;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours begin with one
  const said = output.replaceAll(/\u001b\[[\d;]*m/g, "");
  if (code !== 0 && NO_WORKER.test(said) && said.split("[ERROR]").length === 2) return [];
  const why = code === 124 ? "wrangler did not answer in time" : "wrangler did not say";
  throw new Stop(
    `${said.trim()}\n\nWhether this worker has secrets already is not known: ${why}, see above. Nothing was changed.`,
  );
}
