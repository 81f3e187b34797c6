// @ts-check
// `npm run deploy`: wrangler builds (wrangler.toml names scripts/build.mjs) and uploads. Options are passed on to it.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { deployedSecrets } from "./deployed.mjs";
import { main, quietly, root, run, Stop } from "./run.mjs";
import { checkVariable, checkWranglerToml, chosenEnvironment, SECRETS } from "./settings.mjs";
import { setup } from "./setup.mjs";

const USAGE = `npm run deploy                          builds the worker and deploys it as wrangler.toml says
npm run deploy -- --env <name>          deploys an environment of wrangler.toml
npm run deploy -- --dry-run             builds and checks, and uploads nothing
npm run deploy -- --secrets-file <path> gives a worker without secrets those in a file of \`npm run secrets\`;
                                        with --replace-secrets in place of the ones that it has
Every other option is one of \`npx wrangler deploy --help\`, such as --domain.`;

const text = /** @type {const} */ ({ type: "string" });
const OPTIONS = /** @satisfies {import("node:util").ParseArgsOptionsConfig} */ ({
  env: { ...text, short: "e" },
  config: { ...text, short: "c" },
  name: text,
  var: { ...text, multiple: true },
  // wrangler understands both.
  "secrets-file": { ...text, multiple: true },
  secretsFile: { ...text, multiple: true },
  "dry-run": { type: "boolean" },
  "replace-secrets": { type: "boolean" },
  help: { type: "boolean", short: "h" },
});

/** The secrets that a file gives a worker: JSON, or lines as in .dev.vars. @param {string} file */
function secretsIn(file) {
  let lines;
  try {
    lines = readFileSync(resolve(root, file), "utf8").split("\n");
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    throw new Stop(`The file of --secrets-file cannot be read (${code}). Nothing was changed.`);
  }
  const given = lines.filter((line) => !/^\s*(#|\/\/)/.test(line)).join("\n");
  return SECRETS.filter((name) => given.includes(name));
}

/**
 * Other seal keys would make every key that was issued until now worthless.
 * @param {string[]} given the names in the file
 * @param {string[]} there the names of the secrets that the worker has
 */
function refuseToReplace(given, there) {
  const both = given.filter((name) => there.includes(name));
  if (both.length === 0) return;
  throw new Stop(
    `This worker has ${both.join(" and ")} already, and --secrets-file would replace what it has; other seal keys make all\n` +
      "its keys invalid. Nothing was changed. If the file begins with new values and goes on with those in use, as\n" +
      "`npm run secrets -- --rotate-seal --file` and `--add-root` make it, add --replace-secrets.",
  );
}

await main(async () => {
  const args = process.argv.slice(2);
  const { values, positionals } = parseArgs({ args, options: OPTIONS, strict: false });
  if (values.help) return console.log(USAGE);
  for (const name of ["env", "secrets-file", "secretsFile"]) {
    const needs = [values[name]].flat().some((value) => typeof value === "boolean" || value === "");
    if (needs)
      throw new Stop(`The option --${name} needs a ${name === "env" ? "name" : "path"}.\n\n${USAGE}`);
  }
  const env = /** @type {string | undefined} */ (values.env);
  const files = /** @type {string[]} */ ([values["secrets-file"] ?? [], values.secretsFile ?? []].flat());
  const replaces = values["replace-secrets"];
  if (replaces !== undefined && (replaces !== true || files.length === 0))
    throw new Stop(`The option --replace-secrets goes together with --secrets-file.\n\n${USAGE}`);
  await setup();
  const environment = chosenEnvironment(env);
  const { hasAddress } = await checkWranglerToml(environment);
  // One --var takes every word that follows it.
  if (values.var)
    for (const word of [...[values.var].flat(), ...positionals]) {
      const [, name] = String(word).match(/^([^:/.]+):/) ?? [];
      if (name) checkVariable("--var", name);
    }
  // wrangler turns it off with a word as well.
  const isDry = values["dry-run"] === true && !args.includes("false") && !args.includes("--no-dry-run");
  const given = files.flatMap(secretsIn);
  if (given.length > 0 && !replaces && !isDry) {
    const which = ["name", "config"].flatMap((name) => (values[name] ? [`--${name}=${values[name]}`] : []));
    refuseToReplace(given, await deployedSecrets(environment, { which }));
  }
  const passed = args.filter((argument) => argument !== "--replace-secrets");
  const { code } = await run("wrangler", ["deploy", ...passed], { env: quietly, show: true });
  if (code !== 0) {
    throw new Stop(
      `The deploy failed, see above. If secrets are missing, make them with \`npm run secrets\`.\n\n${USAGE}`,
    );
  }
  const isGiven = args.some((argument) => /^--(domains?|routes?)(=|$)/.test(argument));
  if (!hasAddress && !isGiven) {
    console.log(
      "\nwrangler.toml gives the worker no address: put `routes` there (or `workers_dev = true`), unless you have given it one in Cloudflare's dashboard.",
    );
  }
});
