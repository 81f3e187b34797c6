// @ts-check
// `npm run secrets`: makes a deployment's secrets and gives them to Cloudflare, which never shows them again.
import { text } from "node:stream/consumers";
import { deployedSecrets } from "./deployed.mjs";
import { digest, newRootKey, newSealKey, writeSecret } from "./keys.mjs";
import { readOptions } from "./options.mjs";
import { main, quietly, run, Stop } from "./run.mjs";
import { checkWranglerToml, chosenEnvironment, environmentFlag, SECRETS } from "./settings.mjs";
import { setup } from "./setup.mjs";

const USAGE = `npm run secrets                                   makes a new deployment's secrets and puts them
npm run secrets -- --rotate-seal < old-seal-keys  puts a new seal key before those in use
npm run secrets -- --add-root < old-root-digests  puts one more root key beside those in use
With --env <name> they are those of an environment in wrangler.toml. With --print they are only printed, with
--file <path> written to a new file for \`npm run deploy -- --secrets-file <path>\` (with --replace-secrets where they are
put before those in use).
Both old values are what an earlier run printed: one or more values of 64 hex characters, separated by commas.`;

const OPTIONS = /** @satisfies {import("node:util").ParseArgsOptionsConfig} */ ({
  "rotate-seal": { type: "boolean" },
  "add-root": { type: "boolean" },
  env: { type: "string" },
  print: { type: "boolean" },
  file: { type: "string" },
});

/** The value in use, from standard input, because Cloudflare never shows it. */
async function valueInUse() {
  if (process.stdin.isTTY) console.error("Paste the value in use, then press Enter and Ctrl-D:");
  const value = (await text(process.stdin)).trim();
  if (/^[0-9a-f]{64}(,[0-9a-f]{64})*$/.test(value)) return value;
  throw new Stop(
    "That is not one or more values of 64 hex characters, separated by commas; nothing was changed.",
  );
}

/**
 * New keys in front of the old ones; a new deployment gets one of each.
 * @param {string | undefined} added the secret that gets one more
 * @returns {Promise<{ rootKey?: string, secrets: Record<string, string> }>}
 */
async function make(added) {
  const rootKey = newRootKey();
  if (added === "SEAL_KEYS") return { secrets: { SEAL_KEYS: `${newSealKey()},${await valueInUse()}` } };
  if (added === "ROOT_KEY_DIGESTS") {
    return { rootKey, secrets: { ROOT_KEY_DIGESTS: `${digest(rootKey)},${await valueInUse()}` } };
  }
  return { rootKey, secrets: { SEAL_KEYS: newSealKey(), ROOT_KEY_DIGESTS: digest(rootKey) } };
}

/**
 * Other seal keys would make every key that was issued until now worthless.
 * @param {string[]} there the names of the secrets that the worker has
 * @param {string | undefined} added
 */
function refuseToReplace(there, added) {
  const [has, lacks] = [true, false].map((is) => SECRETS.filter((name) => there.includes(name) === is));
  if (added !== undefined) {
    if (has.includes(added)) return;
    throw new Stop(`This worker has no ${added} to add to: is it the right one? Nothing was changed.`);
  }
  if (has.length === 0) return;
  if (lacks.length === 0) {
    throw new Stop(
      `This worker has its secrets already; new ones would make all its keys invalid. To add to them:\n\n${USAGE}`,
    );
  }
  throw new Stop(
    `This worker has ${has} but no ${lacks}, so nothing was changed. Give it the ${lacks} that it had before, or, if it\n` +
      `never had any, one that \`npm run secrets -- --print\` makes: npx wrangler secret put ${lacks}`,
  );
}

/** @param {Record<string, string>} secrets @param {string | undefined} environment */
async function put(secrets, environment) {
  const input = JSON.stringify(secrets);
  const args = ["secret", "bulk", ...environmentFlag(environment)];
  const { code } = await run("wrangler", args, { env: quietly, tee: true, input });
  if (code === 0) return;
  throw new Stop(
    "wrangler failed, see above. Unless the names are in `npx wrangler secret list` all the same, nothing of what is printed here is in use.",
  );
}

await main(async () => {
  const { values: option } = readOptions(USAGE, OPTIONS);
  if (option["rotate-seal"] && option["add-root"])
    throw new Stop(`Choose one of --rotate-seal and --add-root.\n\n${USAGE}`);
  const added = option["rotate-seal"] ? "SEAL_KEYS" : option["add-root"] ? "ROOT_KEY_DIGESTS" : undefined;
  await setup();
  const environment = chosenEnvironment(option.env);
  await checkWranglerToml(environment);
  const isPut = !option.print && option.file === undefined;
  if (isPut) refuseToReplace(await deployedSecrets(environment), added);
  const { rootKey, secrets } = await make(added);
  const lines = Object.entries(secrets).map(([name, value]) => `${name}="${value}"`);
  if (option.file !== undefined) writeSecret(option.file, `${lines.join("\n")}\n`);
  console.log("Keep these in a safe place, such as a password manager: nobody can show them again.\n");
  if (rootKey) console.log(`Root key: ${rootKey}`);
  console.log(lines.join("\n"));
  if (isPut) await put(secrets, environment);
});
